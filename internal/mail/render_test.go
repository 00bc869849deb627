package mail

import (
	"errors"
	"strings"
	"testing"
	"time"

	ics "github.com/arran4/golang-ical"

	"dimissioni/internal/calendar"
	"dimissioni/internal/discharge"
)

func TestRenderIsDeterministic(t *testing.T) {
	t.Parallel()
	m := full(discharge.MomentMeetingConvened, discharge.ToGP)
	one, err := Render(m, settings)
	if err != nil {
		t.Fatal(err)
	}
	two, err := Render(m, settings)
	if err != nil {
		t.Fatal(err)
	}
	if one.Text != two.Text || one.HTML != two.HTML || string(one.ICS) != string(two.ICS) {
		t.Error("the same message renders in two ways")
	}
}

func TestRenderEscapesWhatItIsGiven(t *testing.T) {
	t.Parallel()
	m := full(discharge.MomentReferralReceived, discharge.ToCoordinators)
	m.Why = `<script>alert("x")</script>`
	r, err := Render(m, settings)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(r.HTML, "<script") {
		t.Error("HTML was not escaped")
	}
}

func TestRenderRefusesWhatCannotBeSaid(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		moment discharge.Moment
		kind   discharge.RecipientKind
		change func(*Message)
	}{
		{"a moment nobody knows", "unheard_of", discharge.ToCoordinators, func(*Message) {}},
		{"a clock nobody knows", "reminder:unheard_of", discharge.ToCoordinators, func(m *Message) { m.DueOn = wednesday }},
		{"money to the family", discharge.MomentFundsReleased, discharge.ToPatient, func(*Message) {}},
		{"neutral words to a professional", discharge.MomentEnded, discharge.ToGP, func(*Message) {}},
		{"no case", discharge.MomentAdmitted, discharge.ToSender, func(m *Message) { m.CaseCode = "" }},
		{"no meeting", discharge.MomentMeetingMoved, discharge.ToGP, func(m *Message) { m.Meeting = nil }},
		{"a meeting without its case", discharge.MomentMeetingMoved, discharge.ToGP, func(m *Message) { m.CaseID = "" }},
		{"a meeting without instant", discharge.MomentMeetingMoved, discharge.ToGP, func(m *Message) { m.QueuedAt = time.Time{} }},
		{"an empty digest", discharge.MomentDigest, discharge.ToCoordinators, func(m *Message) { m.Items = nil }},
		{"a reminder without date", "reminder:equipe", discharge.ToCaseManager, func(m *Message) { m.Clocks[0].DueOn = "presto" }},
		{"a script as link", discharge.MomentAdmitted, discharge.ToSender, func(m *Message) { m.Link = "javascript:alert(1)" }},
		{"a path as link", discharge.MomentAdmitted, discharge.ToSender, func(m *Message) { m.Link = "/pratiche/1" }},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			m := bare(tt.moment, tt.kind)
			tt.change(&m)
			_, err := Render(m, settings)
			if !errors.Is(err, errNoLetter) && !errors.Is(err, errIncomplete) && !errors.Is(err, errLink) {
				t.Errorf("got error %v", err)
			}
		})
	}
}

func TestDeadlineNamesItsHourOnlyWhenItHasOne(t *testing.T) {
	t.Parallel()
	tests := []struct {
		dueAt         time.Time
		subject, body string
	}{
		{time.Time{}, " entro il 02/12/2026", "Mercoledì 02/12/2026, entro la fine della giornata."},
		{wednesday.End(), " entro il 02/12/2026", "Mercoledì 02/12/2026, entro la fine della giornata."},
		{wednesday.End().Add(-time.Second), " entro il 02/12/2026", "Mercoledì 02/12/2026, entro la fine della giornata."},
		{wednesday.At(12, 0), " entro le 12:00 del 02/12/2026", "Mercoledì 02/12/2026, entro le 12:00."},
	}
	for _, tt := range tests {
		m := Message{DueOn: wednesday, DueAt: tt.dueAt}
		if got := m.by(); got != tt.subject {
			t.Errorf("subject at %v: %q, want %q", tt.dueAt, got, tt.subject)
		}
		if got := m.due(); got != tt.body {
			t.Errorf("body at %v: %q, want %q", tt.dueAt, got, tt.body)
		}
	}
}

func TestTwoRemindersOfADayAreOneMail(t *testing.T) {
	t.Parallel()
	m := bare("reminder:cap", discharge.ToCaseManager)
	m.DueOn = wednesday // of another clock: the reminder's own date counts
	m.Clocks = []discharge.Reminder{
		{Clock: discharge.ClockCap, DueOn: "2027-01-05", Why: "avvio del 24/11/2026 più 42 giorni"},
		{Clock: discharge.ClockHandover, DueOn: "2026-12-22", Why: "avvio del 24/11/2026 più 28 giorni"},
	}
	r, err := Render(m, settings)
	if err != nil {
		t.Fatal(err)
	}
	if want := "preparare la chiusura entro il 05/01/2027"; !strings.Contains(r.Subject, want) {
		t.Errorf("subject %q lacks %q", r.Subject, want)
	}
	for _, want := range []string{
		"Martedì 05/01/2027, entro la fine", "più 42 giorni", "- Che cosa segue, entro martedì 22/12/2026", "più 28 giorni",
	} {
		if !strings.Contains(r.Text, want) {
			t.Errorf("letter lacks %q:\n%s", want, r.Text)
		}
	}
}

func TestSettingsHideWhoWrites(t *testing.T) {
	t.Parallel()
	quiet := settings
	quiet.SenderName, quiet.PublicName, quiet.Phone = "", "", ""
	r, err := Render(full(discharge.MomentAdmitted, discharge.ToSender), quiet)
	if err != nil {
		t.Fatal(err)
	}
	if want := "Pratica DP-2026-00042: segnalazione ammessa"; r.Subject != want {
		t.Errorf("subject is %q, want %q", r.Subject, want)
	}
	for _, s := range []string{r.Text, r.HTML} {
		if strings.Contains(s, "Dimissioni protette") || !strings.Contains(s, "Chiami il coordinamento.") {
			t.Errorf("letter with no names set:\n%s", s)
		}
	}
}

func TestInvitationIsMovedAndCalledOff(t *testing.T) {
	t.Parallel()
	tests := []struct {
		moment   discharge.Moment
		sequence int
		method   string
		want     map[ics.ComponentProperty]string
	}{
		{discharge.MomentMeetingConvened, 0, "REQUEST", map[ics.ComponentProperty]string{"SEQUENCE": "0", "STATUS": "CONFIRMED"}},
		{discharge.MomentMeetingMoved, 1, "REQUEST", map[ics.ComponentProperty]string{"SEQUENCE": "1", "STATUS": "CONFIRMED"}},
		{discharge.MomentMeetingCancelled, 2, "CANCEL", map[ics.ComponentProperty]string{"SEQUENCE": "2", "STATUS": "CANCELLED"}},
	}
	for _, tt := range tests {
		m := bare(tt.moment, discharge.ToCaregiver)
		m.Meeting.Sequence = tt.sequence
		r, err := Render(m, settings)
		if err != nil {
			t.Fatal(err)
		}
		event := parseEvent(t, r.ICS)
		tt.want["UID"] = "0198c0de-0000-7000-8000-00000000ca5e-equipe-1@esempio.test"
		tt.want["SUMMARY"] = "Équipe DP-2026-00042"
		tt.want["DTSTART"] = "20261209T133000Z"
		tt.want["DTEND"] = "20261209T143000Z"
		tt.want["ORGANIZER"] = "mailto:avvisi@esempio.test"
		tt.want["ATTENDEE"] = "mailto:" + readerAddress
		for name, want := range tt.want {
			if got := event.GetProperties(name); len(got) != 1 || got[0].Value != want {
				t.Errorf("%s: %s is %v, want one %q", tt.moment, name, got, want)
			}
		}
		for _, name := range []ics.ComponentProperty{"LOCATION", "DESCRIPTION", "URL"} {
			if event.HasProperty(name) {
				t.Errorf("%s tells its %s", tt.moment, name)
			}
		}
		if r.ICSMethod != tt.method || !strings.Contains(string(r.ICS), "METHOD:"+tt.method+"\r\n") {
			t.Errorf("%s: method is %s, want %s", tt.moment, r.ICSMethod, tt.method)
		}
		if text := string(r.ICS); strings.Count(text, "\n") != strings.Count(text, "\r\n") {
			t.Errorf("%s: lines do not end in CRLF", tt.moment)
		}
	}
}

// An hour of an équipe after the clock change is an hour of the wall.
func TestInvitationKeepsTheHourOfTheWall(t *testing.T) {
	t.Parallel()
	for day, want := range map[calendar.Date]string{
		calendar.NewDate(2026, time.October, 23): "20261023T123000Z",
		calendar.NewDate(2026, time.October, 26): "20261026T133000Z",
	} {
		m := bare(discharge.MomentMeetingMoved, discharge.ToGP)
		m.Meeting.At = day.At(14, 30)
		r, err := Render(m, settings)
		if err != nil {
			t.Fatal(err)
		}
		if got := parseEvent(t, r.ICS).GetProperty("DTSTART").Value; got != want {
			t.Errorf("starts at %s, want %s", got, want)
		}
		if want := day.Italian() + " alle 14:30"; !strings.Contains(r.Subject, want) {
			t.Errorf("subject %q lacks %q", r.Subject, want)
		}
	}
}

func parseEvent(t *testing.T, body []byte) *ics.VEvent {
	t.Helper()
	cal, err := ics.ParseCalendar(strings.NewReader(string(body)))
	if err != nil {
		t.Fatal(err)
	}
	if len(cal.Events()) != 1 {
		t.Fatalf("invitation has %d events", len(cal.Events()))
	}
	return cal.Events()[0]
}

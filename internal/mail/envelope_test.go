package mail

import (
	"mime"
	netmail "net/mail"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	gomail "github.com/wneessen/go-mail"

	"dimissioni/internal/discharge"
)

func TestMailCarriesTwinsAndInvitation(t *testing.T) {
	t.Parallel()
	s := serve(t, TLSNone, nil)
	m := full(discharge.MomentMeetingConvened, discharge.ToGP)
	want, err := Render(m, settings)
	if err != nil {
		t.Fatal(err)
	}
	msg, _ := sent(t, s, settingsFor(s), m)
	if got := msg.GetGenHeader(gomail.HeaderSubject); len(got) != 1 || decoded(t, got[0]) != want.Subject {
		t.Errorf("subject is %q, want %q", got, want.Subject)
	}
	var kinds, parts []string
	for _, p := range msg.GetParts() {
		content, err := p.GetContent()
		if err != nil {
			t.Fatal(err)
		}
		kinds = append(kinds, string(p.GetContentType()))
		parts = append(parts, string(content))
	}
	if diff := cmp.Diff([]string{"text/plain", "text/html", "text/calendar"}, kinds); diff != "" {
		t.Fatalf("parts (-want +got):\n%s", diff)
	}
	crlf := strings.NewReplacer("\n", "\r\n")
	if diff := cmp.Diff([]string{crlf.Replace(want.Text), crlf.Replace(want.HTML), string(want.ICS)}, parts); diff != "" {
		t.Errorf("contents (-want +got):\n%s", diff)
	}
	if raw := s.received()[0]; !strings.Contains(raw, "text/calendar; method=REQUEST; charset=UTF-8") {
		t.Error("the calendar part does not name its method")
	}
}

func TestMailTellsNothingInItsHeaders(t *testing.T) {
	t.Parallel()
	s := serve(t, TLSNone, nil)
	_, header := sent(t, s, settingsFor(s), full(discharge.MomentProposal, discharge.ToPartner))
	var names []string
	for name := range header {
		names = append(names, name)
	}
	slices.Sort(names)
	want := []string{"Auto-Submitted", "Content-Type", "Date", "From", "Message-Id", "Mime-Version", "Subject", "To"}
	if diff := cmp.Diff(want, names); diff != "" {
		t.Errorf("headers (-want +got):\n%s", diff)
	}
	for name, want := range map[string]string{
		"Message-Id":     "<0198c0de-0000-7000-8000-000000000042@esempio.test>",
		"Auto-Submitted": "auto-generated",
		"From":           `"Dimissioni protette" <avvisi@esempio.test>`,
		"To":             `"` + readerName + `" <` + readerAddress + `>`,
	} {
		if got := header.Get(name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	if date, err := header.Date(); err != nil || time.Since(date).Abs() > time.Minute {
		t.Errorf("date is %v, %v", date, err)
	}
}

func TestFamiliesSeeNoNameOfTheService(t *testing.T) {
	t.Parallel()
	s := serve(t, TLSNone, nil)
	_, header := sent(t, s, settingsFor(s), full(discharge.MomentStarted, discharge.ToPerson))
	if got := header.Get("From"); got != `"Ufficio di piano" <avvisi@esempio.test>` {
		t.Errorf("From is %q", got)
	}
	if got := header.Get("To"); got != "<"+readerAddress+">" {
		t.Errorf("To is %q", got)
	}
}

func TestMarkingHeadersAreForDemoAndTraining(t *testing.T) {
	t.Parallel()
	s := serve(t, TLSNone, nil)
	set := settingsFor(s)
	set.Marked = true
	_, header := sent(t, s, set, full("reminder:equipe", discharge.ToCaseManager))
	if got := header.Get("X-Dimissioni-Case"); got != "DP-2026-00042" {
		t.Errorf("case is %q", got)
	}
	if got := header.Get("X-Dimissioni-Moment"); got != "reminder:equipe" {
		t.Errorf("moment is %q", got)
	}
}

func TestMessageIDIsTheNotifications(t *testing.T) {
	t.Parallel()
	s := serve(t, TLSNone, nil)
	m := full(discharge.MomentAdmitted, discharge.ToSender)
	m.MessageID = "<una@altra.test>"
	if _, header := sent(t, s, settingsFor(s), m); header.Get("Message-Id") != m.MessageID {
		t.Errorf("Message-ID is %q, want %q", header.Get("Message-Id"), m.MessageID)
	}
}

func TestNamesCannotSmuggleHeaders(t *testing.T) {
	t.Parallel()
	s := serve(t, TLSNone, nil)
	m := full(discharge.MomentAdmitted, discharge.ToSender)
	m.ToName = "Ludovica\r\nBcc: altri@esempio.test"
	if _, header := sent(t, s, settingsFor(s), m); header.Get("Bcc") != "" {
		t.Error("a name became a header")
	}
}

// sent sends one message and reads it back.
func sent(t *testing.T, s *server, set Settings, m Message) (*gomail.Msg, netmail.Header) {
	t.Helper()
	session := open(t, set)
	if err := session.Send(t.Context(), m); err != nil {
		t.Fatal(err)
	}
	mails := s.received()
	if len(mails) != 1 {
		t.Fatalf("%d mails arrived, want 1", len(mails))
	}
	msg, err := gomail.EMLToMsgFromReader(strings.NewReader(mails[0]))
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := netmail.ReadMessage(strings.NewReader(mails[0]))
	if err != nil {
		t.Fatal(err)
	}
	return msg, parsed.Header
}

func decoded(t *testing.T, header string) string {
	t.Helper()
	s, err := new(mime.WordDecoder).DecodeHeader(header)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

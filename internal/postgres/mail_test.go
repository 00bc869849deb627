package postgres

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"dimissioni/internal/calendar"
	"dimissioni/internal/discharge"
)

// told lists "moment address" of the messages queued since a version of the case, sorted.
func (d *desk) told(caseID string, since int) []string {
	d.t.Helper()
	list, err := column[string](d.ctx, d.pool, `
		SELECT moment || ' ' || address FROM notifications WHERE case_id = $1 AND round > $2 AND status = 'queued'`,
		caseID, since)
	d.must(err)
	slices.Sort(list)
	return list
}

func (d *desk) check(what string, got []string, want ...string) {
	d.t.Helper()
	slices.Sort(want)
	if diff := cmp.Diff(want, got); diff != "" {
		d.t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

func TestWhoIsWrittenTo(t *testing.T) {
	d := newDesk(t)
	id := d.submit(person(1))
	d.check("a referral", d.told(id, 0), "referral_received coordinator@demo.test")
	d.start(id)
	started := d.fold(id).StartSeq
	d.check("the start", d.told(id, started-1),
		"start_confirmed sender@demo.test", "activated igea@demo.test", "activated mmg@demo.test",
		"activated municipality@demo.test", "activated hospital@demo.test", "started figlia@demo.test")

	d.do(id, byCoordinator, discharge.Take, discharge.Facts{})
	version := d.fold(id).Version
	d.do(id, byCoordinator, discharge.ConveneMeeting, discharge.Facts{At: d.now.Add(72 * time.Hour)})
	d.check("the équipe", d.told(id, version),
		"meeting_convened coordinator@demo.test", "meeting_convened casemanager@demo.test",
		"meeting_convened hospital@demo.test", "meeting_convened municipality@demo.test", "meeting_convened mmg@demo.test",
		"meeting_convened figlia@demo.test")
}

func TestOnlyWhoMayBeTold(t *testing.T) {
	d := newDesk(t)
	r := person(1)
	r.Network.GP.PhysicianID = DemoID("mmg2") // not verified
	r.Consent.ShareWith = []string{"gp"}      // and not the municipality
	r.Network.Caregiver.Channel = "phone"
	id := d.submit(r)
	d.start(id)
	d.check("the start", d.told(id, d.fold(id).StartSeq-1),
		"start_confirmed sender@demo.test", "activated igea@demo.test", "activated hospital@demo.test")

	d.must(d.VerifyPhysician(d.ctx, byCoordinator.UserID, DemoID("mmg2"), "MMG2@demo.test ", d.now))
	version := d.fold(id).Version
	d.do(id, byManager, discharge.Suspend, discharge.Facts{ReasonCode: "away"})
	d.check("once the GP is verified", d.told(id, version), "suspended igea@demo.test", "suspended mmg2@demo.test")
}

func TestWhoMustNotBeContactedIsNot(t *testing.T) {
	d := newDesk(t)
	id := d.submit(person(1))
	d.must(d.SetPersonFlags(d.ctx, id, PersonFlags{DoNotContact: []string{"caregiver", "mmg@demo.test"}}))
	d.start(id)
	d.check("the start", d.told(id, d.fold(id).StartSeq-1),
		"start_confirmed sender@demo.test", "activated igea@demo.test", "activated municipality@demo.test",
		"activated hospital@demo.test")
}

func TestRemindersOfADayAreOneMail(t *testing.T) {
	d := newDesk(t)
	id := d.submit(person(1))
	d.start(id)
	day := d.fold(id).StartOn.AddDays(21) // review: the day itself
	d.now = day.At(9, 0)
	d.do(id, bySystem, discharge.Tick, discharge.Facts{})
	reminders := func() []string {
		return slices.DeleteFunc(d.told(id, 0), func(s string) bool { return !strings.HasPrefix(s, "reminder:") })
	}
	before := reminders()
	if len(before) == 0 {
		t.Fatal("no reminder on the day of the review")
	}
	perPerson := map[string]int{}
	for _, m := range before {
		_, who, _ := strings.Cut(m, " ")
		perPerson[who]++
	}
	for who, n := range perPerson {
		if n != 1 {
			t.Errorf("%s gets %d reminders on a day", who, n)
		}
	}
	// Another clock that speaks later that day, of an event of its own, joins the mail that is still queued.
	events := []discharge.Event{{
		Kind: discharge.Reminded, Actor: bySystem, On: day,
		Facts: discharge.Facts{Clock: discharge.ClockMonitoring, DueOn: day},
	}}
	_, err := d.Record(d.ctx, id, d.fold(id).Version, d.now, discharge.Command{Kind: discharge.Tick, Actor: bySystem}, discharge.Decision{Events: events})
	d.must(err)
	d.check("after another clock of that day", reminders(), before...)
}

func TestTheEndStopsTheQueue(t *testing.T) {
	d := newDesk(t)
	id := d.submit(person(1))
	d.start(id)
	d.do(id, byCoordinator, discharge.ReportDeath, discharge.Facts{Outcome: "home"})
	version := d.fold(id).Version
	d.check("after a death", d.told(id, 0), "closed igea@demo.test", "closed mmg@demo.test", "closed municipality@demo.test",
		"closed hospital@demo.test", "closed casemanager@demo.test")
	_, next, err := d.Load(d.ctx, id)
	d.must(err)
	if !next.Equal(d.now) || version == 0 {
		t.Errorf("next mail at %s, want %s", next, d.now)
	}
}

// TestADeathSilencesTheFamily: what calls off a meeting outlives the end, but not for the family.
func TestADeathSilencesTheFamily(t *testing.T) {
	d := newDesk(t)
	id := d.submit(person(1))
	d.start(id)
	d.do(id, byCoordinator, discharge.ConveneMeeting, discharge.Facts{At: d.now.Add(72 * time.Hour), Invited: []string{"coordinator", "person"}})
	version := d.fold(id).Version
	d.do(id, byCoordinator, discharge.ConveneMeeting, discharge.Facts{CalledOff: true})
	d.check("called off", d.told(id, version), "meeting_cancelled coordinator@demo.test", "meeting_cancelled figlia@demo.test")
	d.do(id, byCoordinator, discharge.ReportDeath, discharge.Facts{Outcome: "home"})
	for _, mail := range d.told(id, 0) {
		if strings.HasSuffix(mail, "figlia@demo.test") {
			t.Errorf("after the death the family still gets %q", mail)
		}
	}
	if told := d.told(id, version); !slices.Contains(told, "meeting_cancelled coordinator@demo.test") {
		t.Errorf("the others get %v", told)
	}
}

func TestAMailIsSentOnce(t *testing.T) {
	d := newDesk(t)
	id := d.submit(person(1))
	mails, err := d.NextMails(d.ctx, id, d.now, 10)
	d.must(err)
	if len(mails) != 1 || mails[0].CaseCode != "DP-2026-00001" || !strings.HasSuffix(mails[0].MessageID, "@demo.test>") {
		t.Fatalf("mails %+v", mails)
	}
	mail := mails[0]
	if early, err := d.NextMails(d.ctx, id, d.now.Add(-time.Second), 10); err != nil || len(early) != 0 {
		t.Errorf("before its time: %v, %v", early, err)
	}
	d.must(d.MarkFailed(d.ctx, mail.ID, "network", false))
	d.must(d.MarkSent(d.ctx, mail.ID, d.now))
	d.must(d.MarkSent(d.ctx, mail.ID, d.now.Add(time.Hour)))
	list, err := d.Notifications(d.ctx, id)
	d.must(err)
	if n := list[0]; n.Status != "sent" || n.Attempts != 2 || !n.SentAt.Equal(d.now) || n.MessageID != mail.MessageID {
		t.Errorf("sent: %+v", n)
	}
	if next, err := d.NextMailAt(d.ctx, id); err != nil || !next.IsZero() {
		t.Errorf("next mail at %s, %v", next, err)
	}
}

func TestAFailedMailIsRetriedOrSettled(t *testing.T) {
	d := newDesk(t)
	id := d.submit(person(1))
	mails, err := d.NextMails(d.ctx, id, d.now, 10)
	d.must(err)
	mail := mails[0].ID
	d.must(d.MarkFailed(d.ctx, mail, "rejected", true))
	if ok, err := d.Requeue(d.ctx, id, mail, d.now); !ok || err != nil {
		t.Errorf("requeue: %v %v", ok, err)
	}
	d.must(d.MarkFailed(d.ctx, mail, "rejected", true))
	if ok, err := d.Settle(d.ctx, NewID(), mail); ok || err != nil {
		t.Errorf("settled through another case: %v %v", ok, err)
	}
	if ok, err := d.Settle(d.ctx, id, mail); !ok || err != nil {
		t.Errorf("settle: %v %v", ok, err)
	}
	counts, err := d.MailCounts(d.ctx)
	d.must(err)
	if counts["settled"] != 1 || counts["queued"] != 0 {
		t.Errorf("counts %v", counts)
	}
}

func TestReconcileFindsWhatNobodyHasSeen(t *testing.T) {
	d := newDesk(t)
	id := d.submit(person(1))
	unseen, err := d.Unacknowledged(d.ctx, 0, 10)
	d.must(err)
	if !slices.Equal(unseen, []string{id}) {
		t.Errorf("unacknowledged %v", unseen)
	}
	if quiet, err := d.Unacknowledged(d.ctx, time.Hour, 10); err != nil || len(quiet) != 0 {
		t.Errorf("too early: %v, %v", quiet, err)
	}
	d.must(d.Acknowledge(d.ctx, id, 1))
	d.must(d.Acknowledge(d.ctx, id, 0))
	if left, err := d.Unacknowledged(d.ctx, 0, 10); err != nil || len(left) != 0 {
		t.Errorf("after the acknowledgement: %v, %v", left, err)
	}
	d.exec(`UPDATE cases SET next_mail_at = now() - interval '1 hour', clock_offset_ms = 86400000`)
	if stuck, err := d.StuckMails(d.ctx, 10*time.Minute, 10); err != nil || !slices.Equal(stuck, []string{id}) {
		t.Errorf("stuck %v, %v", stuck, err)
	}
	d.exec(`UPDATE cases SET next_mail_at = now() + interval '1 hour', clock_offset_ms = 0`)
	if stuck, err := d.StuckMails(d.ctx, 10*time.Minute, 10); err != nil || len(stuck) != 0 {
		t.Errorf("stuck before its time %v, %v", stuck, err)
	}
}

func TestNobodyGetsMoreThanOneDigestADay(t *testing.T) {
	d := newDesk(t)
	id := d.submit(person(1))
	other := d.submit(person(2))
	d.now = calendar.DateOf(d.now).AddDays(2).At(8, 0) // the screening was due yesterday
	for _, c := range []string{id, other} {
		d.do(c, bySystem, discharge.Tick, discharge.Facts{})
	}
	for i, want := range []int{1, 0} {
		n, err := d.QueueDigests(d.ctx, d.now.Add(time.Duration(i)*time.Hour), "")
		d.must(err)
		if n != want {
			t.Errorf("run %d queued %d digests, want %d", i, n, want)
		}
	}
	list, err := d.NextDigests(d.ctx, 10)
	d.must(err)
	if len(list) != 1 || list[0].Address != "coordinator@demo.test" || len(list[0].Payload) != 2 ||
		list[0].Payload[0].Lines[0].Clock != discharge.ClockScreening {
		t.Fatalf("digests %+v", list)
	}
	d.must(d.MarkDigestFailed(d.ctx, list[0].ID, "network", false))
	d.must(d.MarkDigestSent(d.ctx, list[0].ID, d.now))
	if left, err := d.NextDigests(d.ctx, 10); err != nil || len(left) != 0 {
		t.Errorf("left %v, %v", left, err)
	}
	yes := true
	overdue, _, err := d.Cases(d.ctx, CaseFilter{Scopes: coordinatorScope, Overdue: &yes}, "", 10)
	d.must(err)
	if len(overdue) != 2 || !slices.Contains(overdue[0].Flags, "screening_missed") {
		t.Errorf("overdue %v", overdue)
	}
}

package discharge

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"dimissioni/internal/calendar"
)

// sent is the reminders among notices, as "2026-03-06 09:00 equipe+review to case_manager", in order.
func sent(notices []Notice) []string {
	var lines []string
	for _, n := range notices {
		if !strings.HasPrefix(string(n.Moment), "reminder:") {
			continue
		}
		var clocks, to []string
		for _, r := range n.Clocks {
			clocks = append(clocks, string(r.Clock))
		}
		for _, r := range n.To {
			to = append(to, string(r.Kind))
		}
		lines = append(lines, n.At.In(calendar.Rome).Format("2006-01-02 15:04 ")+strings.Join(clocks, "+")+" to "+strings.Join(to, ","))
	}
	return lines
}

// ofEquipe keeps the reminders of the équipe.
func ofEquipe(lines []string) []string {
	return slices.DeleteFunc(lines, func(line string) bool { return !strings.Contains(line, " equipe") })
}

// TestRemindersOfAWholePath is DOMAIN, Clocks, third column: a case that nobody looks after, from the start to after
// the cap. Start on Monday 2 March 2026, confirmed at 08:00; 6 April is Easter Monday.
func TestRemindersOfAWholePath(t *testing.T) {
	t.Parallel()
	p := startedOn(t, monday)
	got := sent(p.until(monday.AddDays(60).At(12, 0)))
	want := []string{
		"2026-03-06 09:00 equipe to case_manager",    // day 5 is a Saturday: day 4
		"2026-03-10 09:00 equipe to case_manager",    // day 8
		"2026-03-10 09:00 equipe to partner_manager", // in copy
		"2026-03-12 09:00 equipe to case_manager",
		"2026-03-12 09:00 equipe to partner_manager",
		"2026-03-16 09:00 review to case_manager", // day 21 - 7
		"2026-03-16 09:00 review to coordinators",
		"2026-03-20 09:00 review to case_manager", // - 3
		"2026-03-20 09:00 review to coordinators", // - 1 is a Sunday: the same Friday is - 3
		"2026-03-23 09:00 review to case_manager",
		"2026-03-23 09:00 review to coordinators",
		"2026-03-30 09:00 handover to case_manager",     // day 28
		"2026-04-03 09:00 cap+handover to case_manager", // day 32, and day 35 that is Easter Monday: one mail
		"2026-04-03 09:00 cap to coordinators",
		"2026-04-10 09:00 cap to case_manager", // - 3; - 1 is a Sunday
		"2026-04-10 09:00 cap to coordinators",
		"2026-04-20 09:00 outcome to case_manager", // closed, nobody has said how it ended
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("reminders (-want +got):\n%s", diff)
	}
}

// TestRemindersOnDaysOff go out on the working day before.
func TestRemindersOnDaysOff(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name, start string
		want        []string // of the équipe: days 5, 8 and 10
	}{
		{"a weekend", "2026-03-02", []string{"2026-03-06", "2026-03-10", "2026-03-12"}},
		{"Easter Monday, 6 April 2026", "2026-03-27", []string{"2026-04-01", "2026-04-03"}}, // day 8 and 10: Good Friday
		{"Sunday 4 October 2026 and its Saturday", "2026-09-24", []string{"2026-09-29", "2026-10-02"}},
		{"Monday 4 October 2027", "2027-09-24", []string{"2027-09-29", "2027-10-01"}},
		{"10 June, patron saint of Crema", "2026-06-02", []string{"2026-06-05", "2026-06-09", "2026-06-12"}},
		{"Monday 1 November 2027", "2027-10-22", []string{"2027-10-27", "2027-10-29"}},
		{"Christmas, Saint Stephen and a weekend", "2026-12-17", []string{"2026-12-22", "2026-12-24"}},
		{"New Year and Epiphany", "2026-12-27", []string{"2026-12-31", "2027-01-04", "2027-01-05"}},
		{"a leap day", "2028-02-19", []string{"2028-02-24", "2028-02-25", "2028-02-29"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			p := startedOn(t, day(t, tc.start))
			var got []string
			for _, line := range ofEquipe(sent(p.onDay(11))) {
				if strings.HasSuffix(line, "to case_manager") {
					got = append(got, line[:len("2026-01-01")])
				}
			}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestPatronSaintIsTheTowns: another town works on 10 June.
func TestPatronSaintIsTheTowns(t *testing.T) {
	t.Parallel()
	p := newPath(t)
	p.now = day(t, "2026-06-02").At(8, 0)
	p.send(func(f *Facts) { f.Rules.Calendar = calendar.Calendar{} })
	got := ofEquipe(sent(p.active().onDay(9)))
	if !slices.Contains(got, "2026-06-10 09:00 equipe to case_manager") {
		t.Error(got)
	}
}

// TestRemindersOfThePastAreSkipped, not sent late.
func TestRemindersOfThePastAreSkipped(t *testing.T) {
	t.Parallel()
	p := referred(t).ready().later(9)
	p.give(Command{Kind: ConfirmStart, Actor: anna, Facts: Facts{StartOn: monday}}) // day 0, told on day 9
	got := ofEquipe(sent(p.onDay(11)))
	if diff := cmp.Diff([]string{"2026-03-12 09:00 equipe to case_manager", "2026-03-12 09:00 equipe to partner_manager"}, got); diff != "" {
		t.Errorf("days 5 and 8 were over:\n%s", diff)
	}
}

// TestAReminderWhoseDayIsOverIsSkipped: the worker was away from before nine until the evening.
func TestAReminderWhoseDayIsOverIsSkipped(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name string
		back time.Time
		want int
	}{
		{"at half past three", day(t, "2026-03-10").At(15, 30), 2},
		{"after six", day(t, "2026-03-10").At(18, 0), 0},
		{"the next day", day(t, "2026-03-11").At(10, 0), 0},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			p := startedOn(t, monday)
			p.until(day(t, "2026-03-10").At(8, 0))
			p.now = tc.back
			want(t, "reminders of day 8", len(sent(p.tick())), tc.want)
		})
	}
}

// TestTwoRemindersToOnePersonAreOneMail, the most pressing first.
func TestTwoRemindersToOnePersonAreOneMail(t *testing.T) {
	t.Parallel()
	steps := plan(func(f *Facts) { f.MonitoringOn = []calendar.Date{monday.AddDays(8), monday.AddDays(8)} })
	p := newPath(t)
	p.now = monday.At(8, 0)
	p.send()
	p.planning().planned(steps).started()
	notices := p.until(day(t, "2026-03-10").At(9, 0))
	got := sent(notices[len(notices)-2:])
	want := []string{"2026-03-10 09:00 equipe+monitoring to case_manager", "2026-03-10 09:00 equipe to partner_manager"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	mail := notices[len(notices)-2]
	if mail.Moment != ReminderOf(ClockEquipe) || mail.Clocks[0].Why == "" || mail.Clocks[0].DueOn != "2026-03-12" {
		t.Errorf("the mail says %+v", mail)
	}
}

// TestReviewAndCapTogether: only the cap speaks.
func TestReviewAndCapTogether(t *testing.T) {
	t.Parallel()
	p := referred(t).active()
	p.do(desk, Renew, Facts{Days: 21, HasReason: true})
	want(t, "end of the period", p.c.PeriodEndOn(), p.c.CapOn())
	want(t, "review", len(p.clocks(ClockReview)), 0)
	for _, line := range sent(p.until(p.c.CapOn().End())) {
		if strings.Contains(line, "review") {
			t.Errorf("the review speaks: %s", line)
		}
	}
}

// TestNobodyInCharge: reminders go to the partner's managers until a case manager is appointed, and once.
func TestNobodyInCharge(t *testing.T) {
	t.Parallel()
	p := newPath(t)
	p.now = monday.At(8, 0)
	p.send()
	p.proposed().do(igea, Accept, Facts{})
	p.do(desk, ConfirmStart, Facts{})
	if !p.has(FlagNoCaseManager) {
		t.Error("nobody says that the case manager is missing")
	}
	got := ofEquipe(sent(p.onDay(8)))
	if diff := cmp.Diff([]string{"2026-03-06 09:00 equipe to partner_manager", "2026-03-10 09:00 equipe to partner_manager"}, got); diff != "" {
		t.Error(diff)
	}
}

// TestNoReminderAfterTheEnd, but for the outcome's: every end, and two months after it.
func TestNoReminderAfterTheEnd(t *testing.T) {
	t.Parallel()
	for _, end := range []struct {
		name string
		path *path
	}{
		{"closed", inState(t, StateClosed)},
		{"not started", inState(t, StateNotStarted)},
		{"rejected", inState(t, StateRejected)},
		{"cancelled", inState(t, StateCancelled)},
		{"died", referred(t).active().died()},
		{"closed by the cap", referred(t).capped()},
	} {
		t.Run(end.name, func(t *testing.T) {
			t.Parallel()
			for _, line := range sent(end.path.later(60).notices) {
				if !strings.Contains(line, " outcome ") {
					t.Errorf("after the end: %s", line)
				}
			}
			want(t, "and then silence", end.path.c.NextInstant(end.path.now), time.Time{})
		})
	}
}

func (p *path) died() *path {
	p.do(desk, ReportDeath, Facts{Outcome: "home"})
	return p
}

// TestStartReminder: "È iniziato?" at 09:00 of the planned day, in the digest until confirmed or moved.
func TestStartReminder(t *testing.T) {
	t.Parallel()
	p := referred(t).ready()
	got := sent(p.until(monday.AddDays(7).At(9, 0)))
	if diff := cmp.Diff([]string{"2026-03-09 09:00 start to case_manager"}, got); diff != "" {
		t.Error(diff)
	}
	p.later(1)
	want(t, "in the digest", p.inDigest(ClockStart), true)
	p.do(anna, MoveStart, Facts{StartPlannedOn: monday.AddDays(10)})
	want(t, "moved", p.inDigest(ClockStart), false)
	want(t, "asked again", p.c.NextInstant(p.now), monday.AddDays(10).At(9, 0))
	p.until(monday.AddDays(10).At(9, 0))
	p.wantTold(ReminderOf(ClockStart), Recipient{Kind: ToCaseManager, ID: "anna"})
	p.do(anna, ConfirmStart, Facts{})
	want(t, "confirmed", p.clock(ClockStart).Status, ClockMet)
}

// TestAcceptanceReminderGoesToThePartner that was asked.
func TestAcceptanceReminderGoesToThePartner(t *testing.T) {
	t.Parallel()
	p := referred(t).proposed()
	p.until(monday.AddDays(1).At(9, 0))
	p.wantTold(ReminderOf(ClockAcceptance), Recipient{Kind: ToPartner, ID: "igea"})
	p.later(1)
	items := p.c.DigestItems(p.now)
	if len(items) != 1 || !slices.Contains(items[0].To, coordinators) {
		t.Errorf("missed, the coordinators propose another: %+v", items)
	}
}

// TestDigestReaders is DOMAIN, Clocks, last column.
func TestDigestReaders(t *testing.T) {
	t.Parallel()
	manager, sender := Recipient{Kind: ToCaseManager, ID: "anna"}, Recipient{Kind: ToSender}
	p := referred(t).active()
	for kind, want := range map[ClockKind][]Recipient{
		ClockScreening:     {coordinators},
		ClockCompletion:    {sender, coordinators},
		ClockWaitlistCheck: {coordinators},
		ClockAssignment:    {coordinators},
		ClockAcceptance:    {coordinators},
		ClockPlan:          {manager, coordinators},
		ClockStart:         {manager},
		ClockSignatures:    {manager, coordinators},
		ClockEquipe:        {coordinators},
		ClockReview:        {coordinators},
		ClockHandover:      {coordinators},
		ClockMonitoring:    {manager},
		ClockOutcome:       {manager, coordinators},
	} {
		if diff := cmp.Diff(want, p.c.digestReaders(kind, p.now)); diff != "" {
			t.Errorf("%s:\n%s", kind, diff)
		}
	}
}

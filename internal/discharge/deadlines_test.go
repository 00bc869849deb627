package discharge

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"dimissioni/internal/calendar"
)

// TestBothSidesOfEveryDeadline: one second before it is due a clock is pending, from that instant on it is missed. The
// due days are DOMAIN's, Clocks, for a referral of Monday 2 March 2026 at 10:00.
func TestBothSidesOfEveryDeadline(t *testing.T) {
	t.Parallel()
	monitored := plan(func(f *Facts) { f.MonitoringOn = []calendar.Date{monday.AddDays(14)} })
	for _, tc := range []struct {
		clock ClockKind
		path  *path
		due   time.Time // 24:00 of the due day, or the hour
	}{
		{ClockScreening, referred(t), day(t, "2026-03-03").End()},
		{ClockCompletion, referred(t).asked(), day(t, "2026-03-04").End()},
		{ClockWaitlistCheck, inState(t, StateWaitlisted), day(t, "2026-03-09").End()},
		{ClockAssignment, referred(t).admitted(), day(t, "2026-03-03").End()},
		{ClockAcceptance, referred(t).proposed(), day(t, "2026-03-03").End()},
		{ClockPlan, referred(t).planning(), day(t, "2026-03-09").End()},
		{ClockStart, referred(t).ready(), day(t, "2026-03-09").End()},
		{ClockSignatures, referred(t).signing(), day(t, "2026-03-09").End()},
		{ClockEquipe, referred(t).active(), day(t, "2026-03-12").End()},
		{ClockReview, referred(t).active(), day(t, "2026-03-23").End()},
		{ClockHandover, referred(t).active(), day(t, "2026-03-30").End()},
		{ClockMonitoring, referred(t).planning().planned(monitored).started(), day(t, "2026-03-16").End()},
		{ClockOutcome, referred(t).capped(), day(t, "2026-04-20").End()},
	} {
		t.Run(string(tc.clock), func(t *testing.T) {
			t.Parallel()
			p := tc.path
			due := p.clock(tc.clock)
			if !due.DueAt.Equal(tc.due) {
				t.Fatalf("due at %s, want %s", due.DueAt.In(calendar.Rome), tc.due.In(calendar.Rome))
			}
			want(t, "due on", due.DueOn, calendar.DateOf(tc.due.Add(-time.Second)))
			p.until(tc.due.Add(-time.Second))
			want(t, "a second before", p.clock(tc.clock).Status, ClockPending)
			if p.inDigest(tc.clock) {
				t.Error("it is in the digest too early")
			}
			p.until(tc.due)
			want(t, "when due", p.clock(tc.clock).Status, ClockMissed)
			if !p.inDigest(tc.clock) || !p.has(clockFlag(tc.clock)) {
				t.Error("a missed clock raises its flag and goes in the digest")
			}
			p.later(3)
			if p.clock(tc.clock).Status == ClockMissed && !p.inDigest(tc.clock) {
				t.Error("it stays in the digest until its fact has happened")
			}
		})
	}
}

// TestTheCapNeedsNobody: the last second of day 42 is care, the next one is not.
func TestTheCapNeedsNobody(t *testing.T) {
	t.Parallel()
	p := referred(t).active()
	limit := day(t, "2026-04-13")
	want(t, "cap", p.c.CapOn(), limit)
	p.until(limit.End().Add(-time.Second))
	p.wantState(StateActive)
	want(t, "the cap", p.clock(ClockCap).Status, ClockPending)
	want(t, "day", p.c.Day(p.now), 42)
	p.until(limit.End())
	p.wantState(StateClosed)
	want(t, "the cap", p.clock(ClockCap).Status, ClockMet)
	want(t, "day", p.c.Day(p.now), 42)
	want(t, "the end", p.c.Exit.On, limit)
	want(t, "cause", p.c.Exit.Cause, CauseCap)
	want(t, "outcome", p.c.Exit.Outcome, Outcome(""))
	if p.inDigest(ClockCap) {
		t.Error("the cap is in the digest")
	}
}

func (p *path) asked() *path {
	p.do(desk, RequestInformation, Facts{HasReason: true})
	return p
}

func (p *path) planned(f Facts) *path {
	p.do(anna, SubmitPlan, f)
	return p
}

func (p *path) started() *path {
	p.do(anna, ConfirmStart, Facts{})
	return p
}

// TestScreeningIsDue is the three cases of DOMAIN: one working day, noon of the day before the discharge, two hours.
func TestScreeningIsDue(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name      string
		at        time.Time
		discharge string
		due       time.Time
	}{
		{"one working day", monday.At(10, 0), "2026-03-09", day(t, "2026-03-03").End()},
		{"on Friday, for Monday", day(t, "2026-03-06").At(10, 0), "2026-03-20", day(t, "2026-03-09").End()},
		{"before Easter", day(t, "2026-04-03").At(10, 0), "2026-04-20", day(t, "2026-04-07").End()},
		{"noon of the day before the discharge", monday.At(9, 0), "2026-03-04", day(t, "2026-03-03").At(12, 0)},
		{"noon of a Sunday", day(t, "2026-03-06").At(9, 0), "2026-03-09", day(t, "2026-03-08").At(12, 0)},
		{"never before two working hours", monday.At(11, 0), "2026-03-03", monday.At(13, 0)},
		{"two working hours, discharged today", monday.At(17, 0), "2026-03-02", day(t, "2026-03-03").At(9, 0)},
		{"two working hours from Friday evening", day(t, "2026-03-06").At(19, 30), "2026-03-07", day(t, "2026-03-09").At(10, 0)},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			p := newPath(t)
			p.now = tc.at
			p.send(func(f *Facts) { f.ExpectedOn = day(t, tc.discharge) })
			if got := p.clock(ClockScreening).DueAt; !got.Equal(tc.due) {
				t.Errorf("due at %s, want %s", got.In(calendar.Rome), tc.due.In(calendar.Rome))
			}
		})
	}
}

// TestAcceptanceIsDue: one working day; four working hours when urgent.
func TestAcceptanceIsDue(t *testing.T) {
	t.Parallel()
	marked := func(f *Facts) { f.Marked = true }
	soon := func(f *Facts) { f.ExpectedOn = monday.AddDays(2) }
	home := func(f *Facts) { f.ExpectedOn, f.AlreadyHome = calendar.Date{}, true }
	for _, tc := range []struct {
		name   string
		change func(*Facts)
		at     time.Time
		due    time.Time
	}{
		{"one working day", func(*Facts) {}, monday.At(10, 0), day(t, "2026-03-03").End()},
		{"discharge within 48 hours", soon, monday.At(10, 0), monday.At(14, 0)},
		{"marked urgent", marked, monday.At(10, 0), monday.At(14, 0)},
		{"already home", home, monday.At(10, 0), monday.At(14, 0)},
		{"urgent in the evening", marked, monday.At(20, 0), day(t, "2026-03-03").At(12, 0)},
		{"urgent on Friday afternoon", marked, day(t, "2026-03-06").At(16, 0), day(t, "2026-03-09").At(10, 0)},
		{"on Friday", func(f *Facts) { f.ExpectedOn = day(t, "2026-03-20") }, day(t, "2026-03-06").At(16, 0), day(t, "2026-03-09").End()},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			p := newPath(t)
			p.now = tc.at
			p.send(tc.change)
			p.proposed()
			if got := p.clock(ClockAcceptance).DueAt; !got.Equal(tc.due) {
				t.Errorf("due at %s, want %s", got.In(calendar.Rome), tc.due.In(calendar.Rome))
			}
		})
	}
}

// TestUrgency: 48 hours before the day of the discharge, before care starts.
func TestUrgency(t *testing.T) {
	t.Parallel()
	p := referred(t, func(f *Facts) { f.ExpectedOn = day(t, "2026-03-09") })
	edge := day(t, "2026-03-07").Start()
	want(t, "48 hours and a second before", p.c.UrgentAt(edge.Add(-time.Second)), false)
	want(t, "48 hours before", p.c.UrgentAt(edge), true)
	want(t, "in care", referred(t, func(f *Facts) { f.Marked = true }).active().c.UrgentAt(edge), false)
}

// TestClockChanges: ten days last 239 hours in spring and 241 in autumn; the day is met before 24:00 of Rome.
func TestClockChanges(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name, start, equipe string
		hours               int
	}{
		{"no change", "2026-03-02", "2026-03-12", 240},
		{"late March", "2026-03-25", "2026-04-04", 239},
		{"late October", "2026-10-20", "2026-10-30", 241},
		{"start on the day of the spring change", "2026-03-29", "2026-04-08", 240}, // day 0 does not count
		{"tenth day on the day of the autumn change", "2026-10-15", "2026-10-25", 241},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			p := startedOn(t, day(t, tc.start))
			due := p.clock(ClockEquipe)
			want(t, "due on", due.DueOn, day(t, tc.equipe))
			want(t, "ten days", due.DueAt.Sub(day(t, tc.start).End()), time.Duration(tc.hours)*time.Hour)
		})
	}
}

// startedOn is care that starts on a day, confirmed the same morning at 08:00.
func startedOn(t rapid.TB, on calendar.Date) *path {
	t.Helper()
	p := newPath(t)
	p.now = on.At(8, 0)
	p.send()
	return p.active()
}

// TestCalendarOfClocks: leap days, year's ends and holidays do not move a due date.
func TestCalendarOfClocks(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ name, start, equipe, review, handover, limit string }{
		{"an ordinary spring", "2026-03-02", "2026-03-12", "2026-03-23", "2026-03-30", "2026-04-13"},
		{"across a leap day", "2028-02-20", "2028-03-01", "2028-03-12", "2028-03-19", "2028-04-02"},
		{"on a leap day", "2028-02-29", "2028-03-10", "2028-03-21", "2028-03-28", "2028-04-11"},
		{"across the year's end", "2026-12-20", "2026-12-30", "2027-01-10", "2027-01-17", "2027-01-31"},
		{"on a holiday, ending on one", "2026-08-15", "2026-08-25", "2026-09-05", "2026-09-12", "2026-09-26"},
		{"équipe due on Easter Monday", "2026-03-27", "2026-04-06", "2026-04-17", "2026-04-24", "2026-05-08"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			p := startedOn(t, day(t, tc.start))
			got := map[ClockKind]string{}
			for _, k := range []ClockKind{ClockEquipe, ClockReview, ClockHandover, ClockCap} {
				got[k] = p.clock(k).DueOn.String()
			}
			want := map[ClockKind]string{
				ClockEquipe: tc.equipe, ClockReview: tc.review, ClockHandover: tc.handover, ClockCap: tc.limit,
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestPlanIsDue: the planned or expected start, at the earliest one working day after the acceptance.
func TestPlanIsDue(t *testing.T) {
	t.Parallel()
	p := referred(t, func(f *Facts) { f.ExpectedOn = monday }).planning()
	want(t, "accepted on the day of the discharge", p.clock(ClockPlan).DueOn, monday.AddDays(1))
	p = referred(t).planning()
	p.do(ward, UpdateDischarge, Facts{ExpectedOn: monday.AddDays(14)})
	want(t, "the discharge has moved", p.clock(ClockPlan).DueOn, monday.AddDays(14))
}

// TestAMetClockStaysMet: a discharge that is brought forward afterwards makes nobody late.
func TestAMetClockStaysMet(t *testing.T) {
	t.Parallel()
	p := referred(t).later(1).signing()
	want(t, "screening", p.clock(ClockScreening).Status, ClockMet)
	want(t, "plan", p.clock(ClockPlan).Status, ClockMet)
	p.later(1).do(ward, UpdateDischarge, Facts{DischargedOn: monday.AddDays(1)})
	want(t, "screening", p.clock(ClockScreening).Status, ClockMet)
	want(t, "plan", p.clock(ClockPlan).Status, ClockMet)
}

// TestWaitlistCheck: on the day of the expected discharge; of somebody already home, on the next working day.
func TestWaitlistCheck(t *testing.T) {
	t.Parallel()
	home := func(f *Facts) { f.ExpectedOn, f.AlreadyHome = calendar.Date{}, true }
	p := referred(t, home)
	p.until(day(t, "2026-03-06").At(10, 0))
	p.do(desk, Screen, Facts{Outcome: "waitlist", Level: LevelLight})
	want(t, "already home, on Friday", p.clock(ClockWaitlistCheck).DueOn, day(t, "2026-03-09"))
	p.do(desk, Screen, Facts{Outcome: "admit"})
	want(t, "admitted", p.clock(ClockWaitlistCheck).Status, ClockCancelled)
	want(t, "level", p.c.Level, LevelLight)
}

// TestEveryClockSaysWhy: no date without its reason.
func TestEveryClockSaysWhy(t *testing.T) {
	t.Parallel()
	seen := map[ClockKind]bool{}
	note := func(p *path) {
		for _, d := range p.c.Deadlines(p.now) {
			seen[d.Kind] = true
			if d.Why == "" || d.DueOn.IsZero() || d.DueAt.IsZero() {
				t.Errorf("%s in %s: %+v", d.Kind, p.c.State, d)
			}
		}
	}
	for _, s := range States() {
		note(inState(t, s))
	}
	note(referred(t).asked())
	note(referred(t).capped())
	note(referred(t).planning().planned(plan(func(f *Facts) { f.MonitoringOn = []calendar.Date{monday.AddDays(3)} })).started())
	for _, k := range Clocks() {
		if !seen[k] {
			t.Errorf("no case has the clock %s", k)
		}
	}
}

// TestEveryLiveStateHasAnOpenClock, where the clocks are on: nobody is lost.
func TestEveryLiveStateHasAnOpenClock(t *testing.T) {
	t.Parallel()
	for _, s := range States() {
		if s.Final() {
			continue
		}
		p := inState(t, s)
		for _, days := range []int{0, 3, 20} {
			p.later(days)
			open := false
			for _, d := range p.c.Deadlines(p.now) {
				open = open || d.Open()
			}
			if !open {
				t.Errorf("%s has no open clock on day %d", s, days)
			}
		}
	}
}

// TestDecliningStartsTheSearchAgain: a decline gives a new working day, also when the case had been handed back.
func TestDecliningStartsTheSearchAgain(t *testing.T) {
	t.Parallel()
	p := referred(t, func(f *Facts) { f.ExpectedOn = monday.AddDays(30) }).proposed().later(2).declined()
	want(t, "after a decline", p.clock(ClockAssignment).DueOn, monday.AddDays(3))
	p = referred(t).active()
	p.do(igea, ReturnCase, Facts{ReasonCode: "no_capacity"})
	want(t, "after the hand back", p.clock(ClockAssignment).DueOn, monday.AddDays(1))
	p.reassignedTo(meraki)
	want(t, "while a partner is asked", len(p.clocks(ClockAssignment)), 0)
	p.later(3).do(meraki, Decline, Facts{ReasonCode: "no_capacity"})
	want(t, "after its decline", p.clock(ClockAssignment).DueOn, monday.AddDays(4))
}

func TestCompletionClock(t *testing.T) {
	t.Parallel()
	p := referred(t).asked()
	p.do(desk, RequestInformation, Facts{HasReason: true})
	want(t, "two questions, two clocks", len(p.clocks(ClockCompletion)), 2)
	p.until(day(t, "2026-03-04").At(9, 0))
	p.wantTold(ReminderOf(ClockCompletion), Recipient{Kind: ToSender})
	p.do(ward, Complete, Facts{Groups: []string{"stay"}, Missing: []string{"stay.therapy_note"}})
	p.wantTold(MomentInformationGiven, coordinators)
	for _, d := range p.clocks(ClockCompletion) {
		want(t, "answered", d.Status, ClockMet)
	}
	want(t, "still missing", len(p.c.Missing), 1)
	late := referred(t).asked().later(5)
	late.do(ward, Complete, Facts{HasReason: true}) // in words alone
	want(t, "answered late", late.clock(ClockCompletion).Late, true)
	want(t, "out of the digest", late.inDigest(ClockCompletion), false)
	started := referred(t).asked().active()
	want(t, "care has started", started.clock(ClockCompletion).Status, ClockCancelled)
}

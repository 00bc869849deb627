package discharge

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"dimissioni/internal/calendar"
)

var (
	toIgea     = Recipient{Kind: ToPartner, ID: "igea"}
	toAnna     = Recipient{Kind: ToCaseManager, ID: "anna"}
	toGP       = Recipient{Kind: ToGP}
	toTown     = Recipient{Kind: ToMunicipality}
	toHospital = Recipient{Kind: ToHospital}
	toSender   = Recipient{Kind: ToSender}
)

// TestMoneyOfAnEnd: the share not served comes back, amount x (42 - days served) / 42 rounded down.
func TestMoneyOfAnEnd(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name string
		end  func(*path)
		back int64
	}{
		{"before the start, everything", func(p *path) { p.ready().do(desk, EndBeforeStart, Facts{ReasonCode: "person_refused"}) }, 200000},
		{"death before the start, everything", func(p *path) { p.ready().died() }, 200000},
		{"cancelled, everything", func(p *path) { p.active().do(desk, Cancel, Facts{HasReason: true}) }, 200000},
		{"on the day of the start", func(p *path) { p.active().close(0) }, 200000},
		{"on day 1", func(p *path) { p.active().close(1) }, 200000 * 41 / 42},
		{"on day 21", func(p *path) { p.active().close(21) }, 100000},
		{"on day 42", func(p *path) { p.active().close(42) }, 0},
		{"by the cap", func(p *path) { p.capped() }, 0},
		{"death on day 20", func(p *path) { p.active().onDay(20); p.died() }, 200000 * 22 / 42},
		{"rejected, nothing was reserved", func(p *path) { p.do(desk, Screen, Facts{Outcome: "reject", ReasonCode: "episode"}) }, 0},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			p := referred(t)
			tc.end(p)
			want(t, "given back", p.c.ReleasedCents, tc.back)
			want(t, "as the exit says", p.c.Exit.ReleasedCents, tc.back)
			if tc.back > 0 {
				want(t, "still reserved", p.c.ReservedCents, 200000-tc.back)
			}
		})
	}
}

// close ends the case with an outcome on a day of care.
func (p *path) close(day int) *path {
	p.Helper()
	p.onDay(day)
	p.do(desk, Close, Facts{Outcome: "completed", WhatFollows: []string{"sad"}})
	return p
}

func TestCloseIsRefused(t *testing.T) {
	t.Parallel()
	p := referred(t).active()
	p.onDay(3)
	for name, f := range map[string]Facts{
		"without an outcome":     {},
		"with a death":           {Outcome: "died_home"},
		"other, without a note":  {Outcome: "other"},
		"tomorrow":               {Outcome: "completed", EndedOn: monday.AddDays(4)},
		"before the start":       {Outcome: "completed", EndedOn: monday.AddDays(-1)},
		"followed by a miracle":  {Outcome: "completed", WhatFollows: []string{"miracle"}},
		"by a word of one's own": {Outcome: "finished"},
	} {
		if said := p.refused(KindInvalid, desk, Close, f); said.field == "" {
			t.Errorf("%s: the refusal names no field", name)
		}
	}
	p.do(desk, Close, Facts{Outcome: "other", HasReason: true, EndedOn: monday.AddDays(2)})
	want(t, "the end", p.c.Exit.On, monday.AddDays(2))
	p.wantTold(MomentClosed, toIgea, toAnna, toGP, toTown, toHospital)
	p.wantTold(MomentEnded, person)
}

// TestCompletingTheOutcome of a case that the cap closed: an earlier day gives more money back.
func TestCompletingTheOutcome(t *testing.T) {
	t.Parallel()
	p := referred(t).capped()
	want(t, "outcome pending", p.has(FlagOutcomePending), true)
	p.later(2)
	p.refused(KindInvalid, anna, CompleteOutcome, Facts{Outcome: "completed", EndedOn: p.c.CapOn().AddDays(1)})
	p.refused(KindInvalid, anna, CompleteOutcome, Facts{Outcome: "dance"})
	p.do(anna, CompleteOutcome, Facts{Outcome: "hospital", EndedOn: monday.AddDays(40), WhatFollows: []string{"rsa"}})
	want(t, "given back", p.c.ReleasedCents, 200000*2/42)
	want(t, "as the exit says", p.c.Exit.ReleasedCents, 200000*2/42)
	want(t, "cause", p.c.Exit.Cause, CauseCap)
	want(t, "SIAD", p.c.Exit.Outcome.SIAD(), "02")
	want(t, "the clock", p.clock(ClockOutcome).Status, ClockMet)
	want(t, "outcome pending", p.has(FlagOutcomePending), false)
	want(t, "no handover", p.has(FlagNoHandover), false)
	p.refused(KindNotAllowed, anna, CompleteOutcome, Facts{Outcome: "completed"})
	inState(t, StateClosed).refused(KindNotAllowed, anna, CompleteOutcome, Facts{Outcome: "completed"})

	late := referred(t).capped()
	late.until(day(t, "2026-04-21").At(10, 0))
	late.do(anna, CompleteOutcome, Facts{Outcome: "completed"})
	want(t, "late", late.clock(ClockOutcome).Late, true)
	want(t, "out of the digest", late.inDigest(ClockOutcome), false)
}

// TestADeathLearntAfterTheCap ends the case on its day, and the family hears no more.
func TestADeathLearntAfterTheCap(t *testing.T) {
	t.Parallel()
	p := referred(t).capped().later(3)
	before := p.c
	events := p.do(anna, CompleteOutcome, Facts{Outcome: "died_hospital", EndedOn: monday.AddDays(40)})
	cancel := MailsToCancel(before, events)
	want(t, "cause", p.c.Exit.Cause, CauseDeath)
	want(t, "died", p.c.Died(), true)
	want(t, "nothing more to the family", cancel.Family, true)
	want(t, "no handover", p.has(FlagNoHandover), false)
	want(t, "the outcome is no longer awaited", p.inDigest(ClockOutcome), false)
	p.later(1).do(desk, UpdateDetails, Facts{Groups: []string{"network"}})
}

// TestDeathStopsEverything: before and after the start, invitations are called off, the family hears nothing.
func TestDeathStopsEverything(t *testing.T) {
	t.Parallel()
	convened := Facts{At: monday.AddDays(3).At(15, 0)}
	p := referred(t).active()
	p.do(anna, ConveneMeeting, convened)
	p.onDay(2)
	p.refused(KindInvalid, anna, ReportDeath, Facts{EndedOn: monday.AddDays(3)})
	p.refused(KindInvalid, anna, ReportDeath, Facts{Outcome: "under a bridge"})
	before := p.c
	events := p.do(anna, ReportDeath, Facts{Outcome: "hospice", EndedOn: monday.AddDays(1)})
	p.wantState(StateClosed)
	want(t, "the end", p.c.Exit.On, monday.AddDays(1))
	want(t, "outcome", p.c.Exit.Outcome, OutcomeDiedInHospice)
	want(t, "SIAD", p.c.Exit.Outcome.SIAD(), "07")
	p.wantTold(MomentClosed, toIgea, toAnna, toGP, toTown, toHospital)
	p.wantTold(MomentEnded)
	p.wantTold(MomentMeetingCancelled, coordinators, toAnna, toHospital, toTown, toGP)
	for _, n := range p.notices {
		for _, r := range n.To {
			if r.family() {
				t.Errorf("%s goes to %s", n.Moment, r.Kind)
			}
		}
	}
	cancel := MailsToCancel(before, events)
	want(t, "queued mails stop", cancel.All, true)
	want(t, "those to the family without exception", cancel.Family, true)
	for _, f := range p.c.Flags(p.now) {
		if f == FlagNoHandover || f == FlagOutcomePending {
			t.Errorf("flag %s", f)
		}
	}
	p.do(desk, Correct, Facts{EventSeq: p.c.StartSeq, Date: monday, HasReason: true})
	want(t, "and no notice of anything later", len(p.notices), 0)

	ready := referred(t).ready()
	ready.do(anna, ConveneMeeting, convened)
	ready.do(ward, ReportDeath, Facts{})
	ready.wantState(StateNotStarted)
	want(t, "reason", ready.c.Exit.ReasonCode, "deceased")
	ready.wantTold(MomentNotStarted, coordinators, toSender, toIgea, toAnna, toGP, toTown)
	ready.wantTold(MomentMeetingCancelled, coordinators, toAnna, toHospital, toTown, toGP)

	noticed := referred(t, func(f *Facts) { f.EarlyNotice = []string{"gp"} }).planning()
	noticed.do(ward, ReportDeath, Facts{})
	noticed.wantTold(MomentNotStarted, coordinators, toSender, toIgea, toAnna, toTown)
	noticed.wantTold(MomentNoFollowUp, toGP)

	asked := referred(t).proposed()
	asked.do(ward, EndBeforeStart, Facts{ReasonCode: "deceased"})
	want(t, "a death however it is told", asked.c.Died(), true)
	asked.wantTold(MomentProposalRevoked, toIgea)
	inState(t, StateClosed).refused(KindNotAllowed, anna, ReportDeath, Facts{})
}

// TestEndBeforeStart: a coded reason, money released, whoever was asked or invited is told.
func TestEndBeforeStart(t *testing.T) {
	t.Parallel()
	p := referred(t).ready()
	p.do(anna, ConveneMeeting, Facts{At: monday.AddDays(3).At(15, 0)})
	p.refused(KindInvalid, anna, EndBeforeStart, Facts{})
	p.refused(KindInvalid, anna, EndBeforeStart, Facts{ReasonCode: "weather"})
	p.refused(KindInvalid, anna, EndBeforeStart, Facts{ReasonCode: "other", EndedOn: monday.AddDays(1)})
	p.do(anna, EndBeforeStart, Facts{ReasonCode: "caregiver_unavailable"})
	p.wantTold(MomentNotStarted, coordinators, toSender, toIgea, toAnna)
	p.wantTold(MomentMeetingCancelled, coordinators, toAnna, toHospital, toTown, toGP, person)
	want(t, "the end of nothing", p.c.Exit.Cause, CausePerson)
}

// TestReopen: within the six weeks, with a reason, and with the money that was given back.
func TestReopen(t *testing.T) {
	t.Parallel()
	p := referred(t).active().close(10)
	p.refused(KindInvalid, desk, Reopen, Facts{})
	p.poor = true
	p.refused(KindBudgetExhausted, desk, Reopen, Facts{HasReason: true})
	p.poor = false
	p.onDay(12)
	p.do(desk, Reopen, Facts{HasReason: true})
	p.wantState(StateActive)
	want(t, "reserved again", p.c.ReservedCents, 200000)
	want(t, "no exit", p.c.Exit == nil, true)
	p.wantTold(MomentReopened, toIgea, toAnna, toGP, toTown)
	p.wantTold(MomentChanged, person)
	p.until(p.c.CapOn().End())
	p.wantState(StateClosed)

	edge := referred(t).active().close(10)
	edge.until(monday.AddDays(42).End().Add(-1))
	edge.do(desk, Reopen, Facts{HasReason: true})
	over := referred(t).active().close(10)
	over.until(monday.AddDays(42).End())
	over.refused(KindNotAllowed, desk, Reopen, Facts{HasReason: true})
	referred(t).capped().refused(KindNotAllowed, desk, Reopen, Facts{HasReason: true})

	suspended := referred(t).suspended()
	suspended.do(desk, Close, Facts{Outcome: "hospital"})
	suspended.do(desk, Reopen, Facts{HasReason: true})
	suspended.wantState(StateSuspended)

	mistaken := referred(t).active().died()
	mistaken.do(desk, Reopen, Facts{HasReason: true})
	mistaken.wantState(StateActive)
	mistaken.wantTold(MomentChanged) // the family has heard of nothing
}

// TestCancel: entered by mistake; never once a visit is logged.
func TestCancel(t *testing.T) {
	t.Parallel()
	p := referred(t).proposed()
	p.refused(KindInvalid, desk, Cancel, Facts{})
	p.do(desk, Cancel, Facts{HasReason: true})
	p.wantTold(MomentCancelled, toSender)
	p.wantTold(MomentProposalRevoked, toIgea)
	visited := referred(t).active()
	visited.do(oss, LogVisit, Facts{})
	visited.refused(KindNotAllowed, desk, Cancel, Facts{HasReason: true})
}

// TestCorrect: a dated fact gets its true date; clocks and money are derived again.
func TestCorrect(t *testing.T) {
	t.Parallel()
	correct := func(seq int, on calendar.Date) Facts { return Facts{EventSeq: seq, Date: on, HasReason: true} }
	p := referred(t).active()
	p.onDay(6)
	meeting := everybody("continue")
	meeting.HeldOn = monday
	p.do(anna, RecordMeeting, meeting)
	p.do(anna, RecordHomeVisit, Facts{})
	start := p.c.StartSeq
	p.refused(KindForbidden, anna, Correct, correct(start, monday))
	p.refused(KindInvalid, desk, Correct, Facts{EventSeq: start, Date: monday})
	p.refused(KindInvalid, desk, Correct, correct(start, calendar.Date{}))
	p.refused(KindInvalid, desk, Correct, correct(start, monday.AddDays(7)))
	p.refused(KindInvalid, desk, Correct, correct(start, monday.AddDays(-1)))
	p.refused(KindInvalid, desk, Correct, correct(1, monday))
	own := correct(start, monday.AddDays(2))
	own.OwnEvent = true
	p.do(anna, Correct, own)
	want(t, "start", p.c.StartOn, monday.AddDays(2))
	want(t, "cap", p.c.CapOn(), monday.AddDays(44))
	want(t, "the équipe was before the start", p.clock(ClockEquipe).Status, ClockPending)
	p.wantTold(MomentChanged, person, toIgea, toAnna)

	p.do(desk, Correct, correct(p.lastSeq(MeetingRecorded), monday.AddDays(4)))
	want(t, "the équipe was in care", p.clock(ClockEquipe).Status, ClockMet)
	p.wantTold(MomentChanged)
	p.do(desk, Correct, correct(p.lastSeq(HomeVisitRecorded), monday.AddDays(5)))
	want(t, "home visit", p.c.HomeVisits[0].On, monday.AddDays(5))
	p.do(desk, Correct, correct(p.lastSeq(Signed), monday.AddDays(1)))
	want(t, "signature", p.c.Signatures[len(p.c.Signatures)-1].SignedOn, monday.AddDays(1))

	p.onDay(20)
	p.do(anna, Suspend, Facts{ReasonCode: "away"})
	p.refused(KindInvalid, desk, Correct, correct(start, monday.AddDays(23))) // after the suspension
}

// TestCorrectingAnEndedCase: the money follows the days served, both ways, and never past the cap.
func TestCorrectingAnEndedCase(t *testing.T) {
	t.Parallel()
	correct := func(seq int, on calendar.Date) Facts { return Facts{EventSeq: seq, Date: on, HasReason: true} }
	p := referred(t).active().close(21)
	want(t, "given back", p.c.ReleasedCents, 100000)
	p.onDay(30)
	start, end := p.c.StartSeq, p.c.Exit.Seq
	p.do(desk, Correct, correct(end, monday.AddDays(14)))
	want(t, "7 days less were served", p.c.Exit.ReleasedCents, 200000*28/42)
	want(t, "still reserved", p.c.ReservedCents, 200000-200000*28/42)
	p.do(desk, Correct, correct(end, monday.AddDays(28)))
	want(t, "14 days more were served", p.c.Exit.ReleasedCents, 200000*14/42)
	want(t, "reserved again", p.c.ReservedCents, 200000-200000*14/42)
	p.do(desk, Correct, correct(start, monday.AddDays(7)))
	want(t, "it had started a week later", p.c.Exit.ReleasedCents, 200000*21/42)
	p.refused(KindInvalid, desk, Correct, correct(start, monday.AddDays(29)))
	p.refused(KindInvalid, desk, Correct, correct(end, monday.AddDays(6)))
	p.poor = true
	p.refused(KindBudgetExhausted, desk, Correct, correct(start, monday))

	capped := referred(t).ready().later(7).started()
	capped.until(capped.c.CapOn().End())
	capped.refused(KindInvalid, desk, Correct, correct(capped.c.StartSeq, monday)) // the end would be past the cap
	capped.refused(KindInvalid, desk, Correct, correct(capped.c.Exit.Seq, capped.c.CapOn().AddDays(1)))
	capped.do(desk, Correct, correct(capped.c.Exit.Seq, monday.AddDays(40)))
	capped.do(desk, Correct, correct(capped.c.StartSeq, monday))
	want(t, "40 days served", capped.c.Exit.ReleasedCents, 200000*2/42)

	cancelled := referred(t).active()
	cancelled.do(desk, Cancel, Facts{HasReason: true})
	cancelled.do(desk, Correct, correct(cancelled.c.StartSeq, monday))
	want(t, "a case entered by mistake keeps nothing", cancelled.c.ReservedCents, 0)
}

// TestACorrectionBehindTheCapClosesTheCase at the next tick.
func TestACorrectionBehindTheCapClosesTheCase(t *testing.T) {
	t.Parallel()
	p := referred(t).ready().later(14).started()
	p.onDay(35)
	p.do(desk, Correct, Facts{EventSeq: p.c.StartSeq, Date: monday, HasReason: true})
	p.tick()
	p.wantState(StateClosed)
	want(t, "on the last day of care", p.c.Exit.On, monday.AddDays(42))
}

// TestMailsToCancel: what an event makes moot is not sent any more.
func TestMailsToCancel(t *testing.T) {
	t.Parallel()
	p := referred(t).proposed()
	before := p.c
	cancel := MailsToCancel(before, p.do(igea, Accept, Facts{}))
	want := MailCancel{Moments: []Moment{MomentProposal, ReminderOf(ClockAcceptance), ReminderOf(ClockAssignment)}}
	if diff := cmp.Diff(want, cancel); diff != "" {
		t.Error(diff)
	}
	active := referred(t).active()
	before = active.c
	cancel = MailsToCancel(before, active.do(desk, Close, Facts{Outcome: "completed"}))
	if !cancel.All || cancel.Family {
		t.Errorf("an end stops everything queued but what others must hear: %+v", cancel)
	}
	moved := referred(t).active()
	before = moved.c
	cancel = MailsToCancel(before, moved.do(anna, MoveStart, Facts{StartPlannedOn: monday.AddDays(2)}))
	for _, moot := range []Moment{
		ReminderOf(ClockStart), ReminderOf(ClockSignatures), ReminderOf(ClockEquipe), ReminderOf(ClockReview),
		ReminderOf(ClockHandover), ReminderOf(ClockCap), ReminderOf(ClockMonitoring),
		MomentStartConfirmed, MomentActivated, MomentStarted, MomentChanged,
	} {
		if !slices.Contains(cancel.Moments, moot) {
			t.Errorf("%s told of the start that was: %+v", moot, cancel)
		}
	}
}

// TestOutcomesAndSIAD is DOMAIN, Outcomes.
func TestOutcomesAndSIAD(t *testing.T) {
	t.Parallel()
	want := map[Outcome]string{
		OutcomeCompleted: "01", OutcomeHospital: "02", OutcomeDiedAtHome: "03", OutcomeDiedInHospital: "04",
		OutcomeResidence: "05", OutcomeHospice: "06", OutcomeDiedInHospice: "07", OutcomeOtherService: "08",
		OutcomeMoved: "09", OutcomeRenounced: "11", OutcomeOther: "99", OutcomeDiedElsewhere: "99", "": "", "x": "",
	}
	for o, code := range want {
		if o.SIAD() != code {
			t.Errorf("%s: got %q, want %q", o, o.SIAD(), code)
		}
	}
	codes := map[string]string{"hospital": "1", "away": "2", "residence": "3", "administrative": "4", "voluntary": "5", "other": "9"}
	for _, reason := range SuspensionReasons {
		if SuspensionSIAD(reason) != codes[reason] {
			t.Errorf("%s: got %q, want %q", reason, SuspensionSIAD(reason), codes[reason])
		}
	}
}

// TestProductCommands: what only the product itself gives.
func TestProductCommands(t *testing.T) {
	t.Parallel()
	p := referred(t).active()
	before := p.c
	want(t, "sync records nothing", len(p.do(theClock, Sync, Facts{At: p.now})), 0)
	p.same(before)
	p.do(theClock, MailFailed, Facts{Notifications: []string{"m1"}})
	p.wantTold(MomentDeliveryFailed, coordinators)
	want(t, "which", p.notices[0].Notifications[0], "m1")
	p.do(theClock, ReportRefusal, Facts{Refused: Renew, ErrorKind: KindInvalid, RefusedUserID: "coordinator"})
	p.wantTold(MomentCommandRefused, Recipient{Kind: ToUser, ID: "coordinator"})
	p.do(desk, Take, Facts{})
	want(t, "owner", p.c.OwnerID, "coordinator")
	want(t, "taken twice", len(p.do(desk, Take, Facts{})), 0)
}

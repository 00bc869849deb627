package discharge

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"dimissioni/internal/calendar"
)

// everybody is an équipe with its full composition.
func everybody(decision string) Facts {
	return Facts{Decision: decision, Attendees: []Attendee{
		{"coordinator", "present"}, {"case_manager", "remote"}, {"hospital_contact", "written"}, {"gp", "excused"},
	}}
}

// TestEquipeIsHeldWithinTenDays looks at the day on which it was held, whenever it was written down.
func TestEquipeIsHeldWithinTenDays(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name           string
		held, recorded int // days of care
		status         ClockStatus
		late           bool
		words          string
	}{
		{"before the start: it does not count", -1, 0, ClockPending, false, "pre-dimissione"},
		{"on the day of the start", 0, 0, ClockMet, false, ""},
		{"on day 10", 10, 10, ClockMet, false, ""},
		{"on day 10, written down on day 15", 10, 15, ClockMet, false, ""},
		{"on day 11", 11, 11, ClockMissed, true, "tenuta in ritardo (giorno 11)"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			p := referred(t).active()
			p.onDay(tc.recorded)
			meeting := everybody("continue")
			meeting.HeldOn = monday.AddDays(tc.held)
			p.do(anna, RecordMeeting, meeting)
			equipe := p.clock(ClockEquipe)
			want(t, "the clock", equipe.Status, tc.status)
			want(t, "late", equipe.Late, tc.late)
			want(t, "flag equipe_late", p.has(FlagEquipeLate), tc.late)
			want(t, "in words", p.c.MeetingTiming(meeting.HeldOn), tc.words)
			want(t, "in the digest", p.inDigest(ClockEquipe), false)
			p.onDay(16)
			want(t, "in the digest, later", p.inDigest(ClockEquipe), tc.status == ClockPending)
		})
	}
}

func TestEquipeComposition(t *testing.T) {
	t.Parallel()
	all := everybody("continue").Attendees
	for _, tc := range []struct {
		name      string
		attendees []Attendee
		complete  bool
	}{
		{"everybody", all, true},
		{"the ward in person", append(slices.Clone(all[:2]), Attendee{"sender", "present"}), true},
		{"without the coordinator", all[1:], false},
		{"without the case manager", []Attendee{all[0], all[2]}, false},
		{"without the hospital", all[:2], false},
		{"the hospital excused", append(slices.Clone(all[:2]), Attendee{"hospital_contact", "excused"}), false},
		{"the coordinator only in writing", append(slices.Clone(all[1:]), Attendee{"coordinator", "written"}), false},
		{"nobody", nil, false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			p := referred(t).active()
			p.do(desk, RecordMeeting, Facts{Decision: "continue", Attendees: tc.attendees})
			want(t, "composizione incompleta", p.has(FlagMeetingIncomplete), !tc.complete)
		})
	}
}

func TestEquipeAsksTheCoordinator(t *testing.T) {
	t.Parallel()
	p := referred(t).active()
	p.do(anna, RecordMeeting, everybody("continue"))
	p.wantTold(MomentMeetingDecision)
	p.do(anna, RecordMeeting, everybody("replan"))
	p.wantTold(MomentMeetingDecision, coordinators)
	want(t, "replan asked", p.has(FlagReplanAsked), true)
	p.do(anna, SubmitPlan, plan(func(f *Facts) { f.Days = 14 }))
	want(t, "replan asked, and done", p.has(FlagReplanAsked), false)
	p.do(anna, RecordMeeting, everybody("close"))
	want(t, "close asked", p.has(FlagCloseAsked), true)
	p.do(desk, Renew, Facts{Days: 7, HasReason: true})
	want(t, "close asked, and decided otherwise", p.has(FlagCloseAsked), false)
}

func TestEquipeIsRefused(t *testing.T) {
	t.Parallel()
	p := referred(t).active()
	p.refused(KindInvalid, anna, RecordMeeting, Facts{Decision: "dance"})
	p.refused(KindInvalid, anna, RecordMeeting, Facts{Decision: "continue", HeldOn: monday.AddDays(1)})
	p.refused(KindInvalid, anna, RecordMeeting, Facts{Decision: "continue", Attendees: []Attendee{{"coordinator", "asleep"}}})
	p.refused(KindInvalid, anna, RecordMeeting, Facts{Decision: "continue", Attendees: []Attendee{{"Mario Rossi", "present"}}})
	p.refused(KindInvalid, anna, ConveneMeeting, Facts{})
	p.refused(KindInvalid, anna, ConveneMeeting, Facts{At: p.now})
	p.refused(KindInvalid, anna, ConveneMeeting, Facts{At: monday.AddDays(3000).At(15, 0)})
	p.refused(KindInvalid, anna, ConveneMeeting, Facts{At: monday.AddDays(3).At(15, 0), Invited: []string{"Mario Rossi"}})
	p.refused(KindNotAllowed, anna, ConveneMeeting, Facts{CalledOff: true})
}

// TestLateMinutes: until ten working days after the end; never of a meeting after it.
func TestLateMinutes(t *testing.T) {
	t.Parallel()
	p := inState(t, StateClosed)
	p.later(1)
	p.refused(KindInvalid, anna, RecordMeeting, everybody("continue"))
	meeting := everybody("continue")
	meeting.HeldOn = monday
	p.do(anna, RecordMeeting, meeting)
	p.until(day(t, "2026-03-16").End().Add(-1))
	p.do(anna, RecordMeeting, meeting)
	p.until(day(t, "2026-03-17").Start())
	p.refused(KindNotAllowed, anna, RecordMeeting, meeting)
	p.refused(KindNotAllowed, anna, LogVisit, Facts{})
}

// TestInvitation: one stable UID, a sequence that counts the moves, and who is told what.
func TestInvitation(t *testing.T) {
	t.Parallel()
	first, second := monday.AddDays(3).At(15, 0), monday.AddDays(4).At(9, 30)
	p := referred(t).active()
	p.do(anna, ConveneMeeting, Facts{At: first})
	p.wantTold(MomentMeetingConvened, coordinators, Recipient{Kind: ToCaseManager, ID: "anna"}, Recipient{Kind: ToHospital},
		Recipient{Kind: ToMunicipality}, Recipient{Kind: ToGP}, person)
	if diff := cmp.Diff(p.c.Convened, p.notices[0].Meeting); diff != "" {
		t.Errorf("the invitation says otherwise:\n%s", diff)
	}
	p.do(anna, ConveneMeeting, Facts{At: second, Invited: []string{"coordinator", "case_manager", "territorial"}})
	p.wantTold(MomentMeetingMoved, coordinators, Recipient{Kind: ToCaseManager, ID: "anna"})
	p.wantTold(MomentMeetingConvened, Recipient{Kind: ToTerritorial})
	p.wantTold(MomentMeetingCancelled, Recipient{Kind: ToHospital}, Recipient{Kind: ToMunicipality}, Recipient{Kind: ToGP}, person)
	for _, n := range p.notices {
		want(t, "uid", n.Meeting.UID, 1)
		want(t, "sequence", n.Meeting.Sequence, 1)
	}
	p.do(anna, ConveneMeeting, Facts{CalledOff: true})
	p.wantTold(MomentMeetingCancelled, coordinators, Recipient{Kind: ToCaseManager, ID: "anna"}, Recipient{Kind: ToTerritorial})
	want(t, "sequence of the cancellation", p.notices[0].Meeting.Sequence, 2)
	p.do(anna, ConveneMeeting, Facts{At: second})
	want(t, "uid of the next one", p.c.Convened.UID, 2)
}

// TestRecordingAnEarlierMeetingCallsNothingOff: a later one still stands.
func TestRecordingAnEarlierMeetingCallsNothingOff(t *testing.T) {
	t.Parallel()
	p := referred(t).active()
	p.do(anna, ConveneMeeting, Facts{At: monday.AddDays(3).At(15, 0)})
	p.do(anna, RecordMeeting, everybody("continue"))
	want(t, "the convened one stands", p.c.Convened != nil, true)
	p.onDay(4)
	p.do(anna, RecordMeeting, everybody("continue")) // it was held, a day late
	want(t, "and is over", p.c.Convened == nil, true)
}

// TestRenewal: the équipe advises, the coordinator decides; never past the cap.
func TestRenewal(t *testing.T) {
	t.Parallel()
	early := everybody("continue")
	early.HeldOn = monday.AddDays(-1)
	for _, tc := range []struct {
		name    string
		meeting *Facts
		renew   Facts
		code    string // of the refusal
	}{
		{"on the advice to go on", ptr(everybody("continue")), Facts{Days: 14}, ""},
		{"on the advice to re-plan", ptr(everybody("replan")), Facts{Days: 14}, ""},
		{"against the advice, without a reason", ptr(everybody("close")), Facts{Days: 14}, "required"},
		{"against the advice, with a reason", ptr(everybody("close")), Facts{Days: 14, HasReason: true}, ""},
		{"without an équipe, without a reason", nil, Facts{Days: 14}, "required"},
		{"without an équipe, with a reason", nil, Facts{Days: 14, HasReason: true}, ""},
		{"on the advice of an équipe before the start", &early, Facts{Days: 14}, "required"},
		{"to the last day of the six weeks", ptr(everybody("continue")), Facts{Days: 21}, ""},
		{"a day beyond the six weeks", ptr(everybody("continue")), Facts{Days: 22}, "out_of_range"},
		{"of no day", ptr(everybody("continue")), Facts{}, "out_of_range"},
		{"backwards", ptr(everybody("continue")), Facts{Days: -1}, "out_of_range"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			p := referred(t).active()
			if tc.meeting != nil {
				p.do(anna, RecordMeeting, *tc.meeting)
			}
			p.onDay(12)
			if tc.code != "" {
				want(t, "the refusal", p.refused(KindInvalid, desk, Renew, tc.renew).code, tc.code)
				return
			}
			p.do(desk, Renew, tc.renew)
			want(t, "end of the period", p.c.PeriodEndOn(), monday.AddDays(21+tc.renew.Days))
			p.wantTold(MomentRenewed, Recipient{Kind: ToPartner, ID: "igea"}, Recipient{Kind: ToGP}, Recipient{Kind: ToMunicipality})
			p.wantTold(MomentChanged, person)
		})
	}
}

func ptr[T any](v T) *T { return &v }

func TestNothingIsLeftToRenew(t *testing.T) {
	t.Parallel()
	p := referred(t).active()
	p.do(desk, Renew, Facts{Days: 21, HasReason: true})
	p.refused(KindNotAllowed, desk, Renew, Facts{Days: 1, HasReason: true})
}

// TestAReviewMissedIsATechnicalExtension: the partner goes on, day by day up to the cap, and a renewal counts from the
// end that was missed.
func TestAReviewMissedIsATechnicalExtension(t *testing.T) {
	t.Parallel()
	p := referred(t).active()
	p.until(monday.AddDays(21).End())
	p.wantTold(MomentTechnicalExtension, Recipient{Kind: ToPartner, ID: "igea"}, Recipient{Kind: ToCaseManager, ID: "anna"})
	want(t, "review missed", p.has(FlagReviewMissed), true)
	want(t, "since", p.c.ReviewMissedOn, monday.AddDays(21))
	p.onDay(25)
	p.wantState(StateActive)
	p.refused(KindInvalid, desk, Renew, Facts{Days: 3, HasReason: true}) // it would end yesterday
	p.do(desk, Renew, Facts{Days: 7, HasReason: true})
	want(t, "end of the period", p.c.PeriodEndOn(), monday.AddDays(28))
	want(t, "review missed", p.has(FlagReviewMissed), false)
	want(t, "no extension any more", p.c.ReviewMissedOn, calendar.Date{})
}

// TestSuspension: the six weeks run on, the days are not served, the cap closes a suspended case too.
func TestSuspension(t *testing.T) {
	t.Parallel()
	p := referred(t).active()
	p.onDay(5)
	p.do(anna, Suspend, Facts{ReasonCode: "hospital"})
	p.onDay(8)
	want(t, "suspended so far", p.c.SuspendedDays(p.today()), 3)
	p.do(anna, Resume, Facts{})
	p.onDay(20)
	want(t, "suspended", p.c.SuspendedDays(p.today()), 3)
	want(t, "served", p.c.ServedDays(p.today()), 17)
	want(t, "day", p.c.Day(p.now), 20)
	want(t, "cap", p.c.CapOn(), monday.AddDays(42))
	p.do(anna, Suspend, Facts{ReasonCode: "away"})
	p.until(p.c.CapOn().End())
	p.wantState(StateClosed)
	want(t, "served in all", p.c.ServedDays(p.c.Exit.On), 17)
	want(t, "given back", p.c.ReleasedCents, 200000*25/42)
}

func TestSuspensionIsRefused(t *testing.T) {
	t.Parallel()
	p := referred(t).active()
	p.refused(KindInvalid, anna, Suspend, Facts{})
	p.refused(KindInvalid, anna, Suspend, Facts{ReasonCode: "holiday"})
	p.onDay(5)
	p.refusedCommand(KindInvalid, Command{Kind: Suspend, Actor: anna, On: monday.AddDays(-1), Facts: Facts{ReasonCode: "away"}})
	p.do(anna, Suspend, Facts{ReasonCode: "away"})
	p.refusedCommand(KindInvalid, Command{Kind: Resume, Actor: anna, On: monday.AddDays(4)})
	p.do(anna, Resume, Facts{})
	p.refusedCommand(KindInvalid, Command{Kind: Suspend, Actor: anna, On: monday.AddDays(4), Facts: Facts{ReasonCode: "away"}})
}

// TestSuspensionStopsTheClock, where the programme wants it: never more than 42 days of care all the same, and a case
// that is never resumed closes too.
func TestSuspensionStopsTheClock(t *testing.T) {
	t.Parallel()
	stops := func(f *Facts) { f.Rules.SuspensionStopsClock = true }
	p := referred(t, stops).active()
	p.onDay(30)
	p.do(anna, Suspend, Facts{ReasonCode: "hospital"})
	want(t, "the cap while suspended, at the latest", p.c.CapOn(), monday.AddDays(84))
	p.onDay(50)
	p.wantState(StateSuspended)
	want(t, "day", p.c.Day(p.now), 30)
	p.do(anna, Resume, Facts{})
	want(t, "the cap once resumed", p.c.CapOn(), monday.AddDays(62))
	p.until(p.c.CapOn().End())
	p.wantState(StateClosed)
	want(t, "served", p.c.ServedDays(p.c.Exit.On), 42)
	want(t, "given back", p.c.ReleasedCents, 0)

	never := referred(t, stops).active()
	never.onDay(10)
	never.do(anna, Suspend, Facts{ReasonCode: "hospital"})
	never.until(monday.AddDays(84).End())
	never.wantState(StateClosed)
	want(t, "served", never.c.ServedDays(never.c.Exit.On), 10)

	long := referred(t, stops).active()
	long.onDay(41)
	long.do(anna, Suspend, Facts{ReasonCode: "hospital"})
	long.onDay(84)
	long.do(anna, Resume, Facts{})
	want(t, "never later than twice the six weeks", long.c.CapOn(), monday.AddDays(84))
}

// TestReadmission: any ward of the hospital tells it; the case manager and the coordinators know at once, also by night.
func TestReadmission(t *testing.T) {
	t.Parallel()
	p := referred(t).active()
	p.until(monday.AddDays(5).At(23, 15)) // a Saturday
	p.do(otherWard, ReadmissionNotice, Facts{From: monday.AddDays(5), ExpectedOn: monday.AddDays(9)})
	p.wantTold(MomentReadmission, coordinators, Recipient{Kind: ToCaseManager, ID: "anna"})
	want(t, "at once", p.notices[0].At, p.now)
	p.wantState(StateActive)
	want(t, "a suspension is proposed", p.has(FlagReadmission), true)
	p.do(anna, Suspend, Facts{ReasonCode: "hospital"})
	want(t, "and decided", p.has(FlagReadmission), false)
	p.refused(KindInvalid, otherWard, ReadmissionNotice, Facts{From: monday.AddDays(6)})
}

// TestMonitoring: a step is met by a home visit or an équipe around its day, late by a later one.
func TestMonitoring(t *testing.T) {
	t.Parallel()
	steps := plan(func(f *Facts) { f.MonitoringOn = []calendar.Date{monday.AddDays(14), monday.AddDays(7)} })
	for _, tc := range []struct {
		name  string
		visit int // day of the home visit
		want  []ClockStatus
	}{
		{"on the day", 7, []ClockStatus{ClockMet, ClockPending}},
		{"two days before", 5, []ClockStatus{ClockMet, ClockPending}},
		{"three days before", 4, []ClockStatus{ClockMissed, ClockPending}},
		{"three days after", 10, []ClockStatus{ClockMissed, ClockPending}},
		{"not yet", 99, []ClockStatus{ClockMissed, ClockPending}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			p := referred(t).planning().planned(steps).started()
			p.onDay(min(tc.visit, 11))
			if tc.visit < 99 {
				p.do(anna, RecordHomeVisit, Facts{})
			}
			p.onDay(11)
			var got []ClockStatus
			for _, d := range p.clocks(ClockMonitoring) {
				got = append(got, d.Status)
			}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Error(diff)
			}
			want(t, "in the digest", p.inDigest(ClockMonitoring), tc.visit == 4 || tc.visit == 99)
		})
	}
}

// TestHandover: from day 28 until somebody says what follows, after the end too.
func TestHandover(t *testing.T) {
	t.Parallel()
	follows := Facts{Groups: []string{GroupHandover}, WhatFollows: []string{"sad", "meals"}, From: monday.AddDays(43)}
	p := referred(t).active()
	p.refused(KindInvalid, anna, UpdateDetails, Facts{Groups: []string{GroupHandover}})
	p.refused(KindInvalid, anna, UpdateDetails, Facts{Groups: []string{GroupHandover}, WhatFollows: []string{"a miracle"}})
	p.refused(KindInvalid, anna, UpdateDetails, Facts{})
	p.onDay(20)
	p.do(anna, UpdateDetails, follows)
	want(t, "known before day 28", p.clock(ClockHandover).Status, ClockMet)
	p.until(p.c.CapOn().End())
	want(t, "the exit knows it", slices.Equal(p.c.Exit.WhatFollows, follows.WhatFollows), true)
	want(t, "from when", p.c.Exit.From, follows.From)
	want(t, "no hole", p.has(FlagNoHandover), false)

	late := referred(t).capped()
	want(t, "esce senza seguito", late.has(FlagNoHandover), true)
	late.later(90)
	want(t, "still in the digest", late.inDigest(ClockHandover), true)
	late.do(desk, UpdateDetails, follows)
	want(t, "until a call is recorded", late.inDigest(ClockHandover), false)
	want(t, "no hole", late.has(FlagNoHandover), false)

	short := referred(t).active()
	short.onDay(5)
	short.do(desk, Close, Facts{Outcome: "completed"})
	want(t, "closed early", short.clock(ClockHandover).DueOn, monday.AddDays(5))
	want(t, "a hole", short.has(FlagNoHandover), true)
	short.onDay(6)
	want(t, "in the digest", short.inDigest(ClockHandover), true)

	nothing := referred(t).active()
	nothing.do(desk, Close, Facts{Outcome: "completed", WhatFollows: []string{"nothing"}})
	want(t, "nothing follows, and somebody said so", nothing.has(FlagNoHandover), false)
}

package discharge

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"dimissioni/internal/calendar"
)

// TestScreening: criteria one by one; the coordinator decides, with a reason where one is not met.
func TestScreening(t *testing.T) {
	t.Parallel()
	unmet := []Criterion{{Name: "age_or_network", Met: true}, {Name: "residence_or_presence", Met: false}}
	p := referred(t)
	p.refused(KindInvalid, desk, Screen, Facts{})
	p.refused(KindInvalid, desk, Screen, Facts{Outcome: "perhaps"})
	p.refused(KindInvalid, desk, Screen, Facts{Outcome: "admit"})
	p.refused(KindInvalid, desk, Screen, Facts{Outcome: "admit", Level: "extreme"})
	p.refused(KindInvalid, desk, Screen, Facts{Outcome: "waitlist", Level: "extreme"})
	p.refused(KindInvalid, desk, Screen, Facts{Outcome: "admit", Level: LevelLight, Criteria: unmet})
	p.refused(KindInvalid, desk, Screen, Facts{Outcome: "reject"})
	p.refused(KindInvalid, desk, Screen, Facts{Outcome: "reject", ReasonCode: "too_old"})
	p.do(desk, Screen, Facts{Outcome: "admit", Level: LevelLight, Criteria: unmet, HasReason: true})
	want(t, "reserved", p.c.ReservedCents, amounts[LevelLight])
	p.wantTold(MomentAdmitted, Recipient{Kind: ToSender})
	uninformed := []Criterion{{Name: "informed", Met: false}}
	referred(t).do(desk, Screen, Facts{Outcome: "admit", Level: LevelLight, Criteria: uninformed}) // paperwork stops nobody
}

// TestNoMoney: admitted or waitlisted; a waitlisted case stays so; an urgent start is refused.
func TestNoMoney(t *testing.T) {
	t.Parallel()
	p := referred(t)
	p.poor = true
	p.do(desk, Screen, Facts{Outcome: "admit", Level: LevelHigh})
	p.wantState(StateWaitlisted)
	want(t, "level", p.c.Level, LevelHigh)
	p.wantTold(MomentWaitlisted, Recipient{Kind: ToSender})
	p.refused(KindBudgetExhausted, desk, Screen, Facts{Outcome: "admit"})
	p.refused(KindNotAllowed, desk, Screen, Facts{Outcome: "waitlist"})
	p.refused(KindBudgetExhausted, desk, UrgentStart, Facts{PartnerID: "igea", UserID: "anna"})
	want(t, "reserved", p.c.ReservedCents, 0)
	p.poor = false
	p.do(desk, Screen, Facts{Outcome: "admit"})
	p.wantState(StateMatching)
}

// TestProgrammeEnd: a path that may run past the programme's last day needs a derogation with a reason.
func TestProgrammeEnd(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name    string
		ends    calendar.Date
		urgent  Facts // an urgent start instead of a screening, when it has a partner
		derogat bool
	}{
		{"no end known", calendar.Date{}, Facts{}, false},
		{"six weeks from the discharge end on the last day", monday.AddDays(7 + 42), Facts{}, false},
		{"they end the day after", monday.AddDays(7 + 41), Facts{}, true},
		{"a start after the discharge", monday.AddDays(7 + 42), Facts{PartnerID: "igea", UserID: "anna", StartOn: monday.AddDays(8)}, true},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			p := referred(t, func(f *Facts) { f.Rules.EndsOn = tc.ends })
			kind, f := Screen, Facts{Outcome: "admit"}
			if tc.urgent.PartnerID != "" {
				kind, f = UrgentStart, tc.urgent
			}
			f.Level = LevelLight
			if tc.derogat {
				want(t, "the refusal", p.refused(KindInvalid, desk, kind, f).field, "reason")
				f.HasReason = true
			}
			p.do(desk, kind, f)
			want(t, "derogation", p.has(FlagDerogation), tc.derogat)
		})
	}
}

// TestProgrammeWithoutCap: only the first period counts against its end.
func TestProgrammeWithoutCap(t *testing.T) {
	t.Parallel()
	p := referred(t, homeServices, func(f *Facts) { f.Rules.EndsOn = monday.AddDays(7 + 21) })
	p.do(townHall, Screen, Facts{Outcome: "admit", Level: LevelLight})
	want(t, "derogation", p.has(FlagDerogation), false)
}

// TestProposal: accept, decline with a code, another proposal; who answers for whom.
func TestProposal(t *testing.T) {
	t.Parallel()
	p := referred(t).proposed()
	p.wantTold(MomentProposal, Recipient{Kind: ToPartner, ID: "igea"})
	p.refused(KindNotAllowed, desk, Propose, Facts{PartnerID: "igea"}) // already asked
	p.refused(KindInvalid, desk, Propose, Facts{})
	p.refused(KindInvalid, igea, Decline, Facts{})
	p.refused(KindInvalid, igea, Decline, Facts{ReasonCode: "tired"})
	p.refused(KindInvalid, desk, Accept, Facts{}) // with whom on the telephone?
	p.proposedTo(meraki)
	p.wantTold(MomentProposalRevoked, Recipient{Kind: ToPartner, ID: "igea"})
	p.wantTold(MomentProposal, Recipient{Kind: ToPartner, ID: "meraki"})
	p.refused(KindForbidden, igea, Accept, Facts{}) // its link is dead
	p.do(meraki, Decline, Facts{ReasonCode: "figure_missing"})
	p.wantState(StateMatching)
	p.wantTold(MomentProposalDeclined, coordinators)
	p.proposedTo(igea)
	accepted := p.give(Command{Kind: Accept, Actor: desk, ByTelephone: true})
	want(t, "by telephone", accepted[0].Telephone, true)
	want(t, "partner", p.c.PartnerID, "igea")
	p.wantTold(MomentProposalAccepted) // the coordinator knows
}

// TestUrgentStart: admission, partner by telephone, case manager and start in one command.
func TestUrgentStart(t *testing.T) {
	t.Parallel()
	for _, s := range []State{StateSubmitted, StateWaitlisted, StateMatching, StateProposed} {
		t.Run("now, from "+string(s), func(t *testing.T) {
			t.Parallel()
			p := inState(t, s)
			p.do(desk, UrgentStart, Facts{Level: LevelModerate, PartnerID: meraki.OrgID, UserID: carla.UserID})
			p.wantState(StateActive)
			want(t, "reserved once", p.c.ReservedCents, amounts[LevelModerate])
			want(t, "partner", p.c.PartnerID, "meraki")
			want(t, "case manager", p.c.CaseManagerOn(monday), "carla")
			want(t, "start", p.c.StartOn, monday)
			want(t, "plan unsigned", p.has(FlagPlanUnsigned), true)
			want(t, "no proposal is left", p.c.Proposal == nil, true)
			p.wantTold(MomentCaseManagerAppointed, Recipient{Kind: ToCaseManager, ID: "carla"})
			p.wantTold(MomentProposal)
			if s == StateProposed {
				p.wantTold(MomentProposalRevoked, Recipient{Kind: ToPartner, ID: "igea"})
			}
		})
	}
	p := referred(t)
	p.refused(KindInvalid, desk, UrgentStart, Facts{Level: LevelLight, UserID: "anna"})
	p.refused(KindInvalid, desk, UrgentStart, Facts{Level: LevelLight, PartnerID: "igea"})
	p.refused(KindInvalid, desk, UrgentStart, Facts{PartnerID: "igea", UserID: "anna"})
	p.refused(KindInvalid, desk, UrgentStart, Facts{Level: LevelLight, PartnerID: "igea", UserID: "anna", StartOn: monday.AddDays(-1)})
	p.do(desk, UrgentStart, Facts{Level: LevelLight, PartnerID: "igea", UserID: "anna", StartOn: monday.AddDays(2)})
	p.wantState(StatePlanning)
	want(t, "planned, and asked about on its day", p.clock(ClockStart).DueOn, monday.AddDays(2))
	want(t, "plan due", p.clock(ClockPlan).DueOn, monday.AddDays(2))
	want(t, "in charge already", p.c.CaseManagerOn(monday), "anna")
	p.wantTold(MomentChanged)
}

// TestHandBack: the old partner serves until the new one accepts; the money is shared by days at that date.
func TestHandBack(t *testing.T) {
	t.Parallel()
	p := referred(t).active()
	p.onDay(10)
	p.refused(KindInvalid, igea, ReturnCase, Facts{})
	p.do(igea, ReturnCase, Facts{ReasonCode: "no_capacity"})
	p.wantTold(MomentCaseReturned, coordinators)
	want(t, "returned", p.has(FlagReturned), true)
	want(t, "still serves", p.c.PartnerID, "igea")
	p.refused(KindNotAllowed, igea, ReturnCase, Facts{ReasonCode: "no_capacity"})
	p.refused(KindInvalid, desk, Reassign, Facts{PartnerID: "igea"})
	p.reassignedTo(meraki)
	p.wantState(StateActive)
	want(t, "still serves", p.c.PartnerID, "igea")
	p.do(anna, RecordHomeVisit, Facts{})
	p.onDay(14)
	accepted := p.do(meraki, Accept, Facts{})
	want(t, "serves now", p.c.PartnerID, "meraki")
	want(t, "returned", p.has(FlagReturned), false)
	money := accepted[0].Facts.Money
	want(t, "share of the old partner", money.ShareOf, "igea")
	want(t, "14 days of 42", money.ShareCents, amounts[LevelModerate]*14/42)
	want(t, "the reservation stays", p.c.ReservedCents, amounts[LevelModerate])
	want(t, "until", p.c.FormerPartners[0], Former{"igea", monday.AddDays(14)})
	p.wantTold(MomentPartnerChanged, Recipient{Kind: ToPartner, ID: "igea"}, Recipient{Kind: ToCaseManager, ID: "anna"})
	p.wantTold(MomentChanged, person)
	want(t, "its case manager is not in charge any more", p.c.CaseManagerOn(p.today()), "")
	p.refused(KindForbidden, anna, RecordHomeVisit, Facts{})
	p.refused(KindForbidden, igea, AppointCaseManager, Facts{UserID: "anna"})
	p.do(meraki, AppointCaseManager, Facts{UserID: carla.UserID})

	p.onDay(24)
	p.reassignedTo(igea)
	again := p.do(igea, Accept, Facts{})
	want(t, "share of the second partner", again[0].Facts.Money.ShareOf, "meraki")
	want(t, "its own 10 days", again[0].Facts.Money.ShareCents, amounts[LevelModerate]*10/42)
	for day, serving := range map[int][]string{
		0: {"igea"}, 13: {"igea"}, 14: {"igea", "meraki"}, 15: {"meraki"}, 24: {"meraki", "igea"}, 25: {"igea"},
	} {
		if diff := cmp.Diff(serving, p.c.PartnersOn(monday.AddDays(day))); diff != "" {
			t.Errorf("who served on day %d:\n%s", day, diff)
		}
	}
}

func TestReassignBeforeTheStartSharesNothing(t *testing.T) {
	t.Parallel()
	p := referred(t).ready()
	p.reassignedTo(meraki)
	accepted := p.do(meraki, Accept, Facts{})
	want(t, "money", accepted[0].Facts.Money == nil, true)
	p.wantState(StateReady)
}

// TestEarlyNotice goes to those ticked and shared with, once the person is informed; no_follow_up if it ends before the start.
func TestEarlyNotice(t *testing.T) {
	t.Parallel()
	early := func(informed bool, share ...string) func(*Facts) {
		return func(f *Facts) {
			f.EarlyNotice, f.ShareWith, f.Informed = []string{"gp", "municipality"}, share, informed
		}
	}
	gp, town := Recipient{Kind: ToGP}, Recipient{Kind: ToMunicipality}
	p := referred(t, early(true, "gp", "municipality"))
	p.wantTold(MomentEarlyNotice, gp, town)
	p.do(ward, EndBeforeStart, Facts{ReasonCode: "discharge_cancelled"})
	p.wantTold(MomentNoFollowUp, gp, town)

	later := referred(t, early(false, "gp"))
	later.wantTold(MomentEarlyNotice)
	later.do(ward, Complete, Facts{Sharing: true, Informed: true, ShareWith: []string{"gp"}})
	later.wantTold(MomentEarlyNotice, gp)
	later.do(ward, Complete, Facts{Sharing: true, Informed: true, ShareWith: []string{"gp", "municipality"}})
	later.wantTold(MomentEarlyNotice) // once
	later.do(desk, Screen, Facts{Outcome: "reject", ReasonCode: "episode"})
	later.wantTold(MomentRejected, Recipient{Kind: ToSender})
	later.wantTold(MomentNoFollowUp, gp, town)

	never := referred(t, early(false, "gp"))
	never.do(desk, Cancel, Facts{HasReason: true})
	never.wantTold(MomentNoFollowUp)

	withdrawn := referred(t, early(true, "gp"))
	withdrawn.do(ward, UpdateDetails, Facts{Groups: []string{"consent"}, Sharing: true, Informed: true})
	withdrawn.do(ward, EndBeforeStart, Facts{ReasonCode: "other"})
	withdrawn.wantTold(MomentNoFollowUp) // not any more

	started := referred(t, early(true, "gp", "municipality")).active()
	started.do(desk, Close, Facts{Outcome: "completed"})
	started.wantTold(MomentNoFollowUp)
}

func TestSharingIsWithTheThreeOfDomain(t *testing.T) {
	t.Parallel()
	p := referred(t)
	strangers := Facts{Groups: []string{"consent"}, Sharing: true, ShareWith: []string{"neighbours"}}
	p.refused(KindInvalid, ward, UpdateDetails, strangers)
	p.refused(KindInvalid, ward, Complete, strangers)
}

// TestDischargeMoves: all are told; a discharge that did not happen after all is expected again.
func TestDischargeMoves(t *testing.T) {
	t.Parallel()
	p := referred(t).planning()
	p.refused(KindInvalid, ward, UpdateDischarge, Facts{})
	p.refused(KindInvalid, ward, UpdateDischarge, Facts{ExpectedOn: monday.AddDays(-1)})
	p.refused(KindInvalid, ward, UpdateDischarge, Facts{DischargedOn: monday.AddDays(1)})
	p.refused(KindInvalid, ward, UpdateDischarge, Facts{ExpectedOn: monday.AddDays(1000)})
	p.do(ward, UpdateDischarge, Facts{DischargedOn: monday})
	p.wantTold(MomentDischargeMoved, coordinators, Recipient{Kind: ToPartner, ID: "igea"}, Recipient{Kind: ToCaseManager, ID: "anna"})
	want(t, "discharged", p.c.DischargeOn(), monday)
	p.do(desk, RequestInformation, Facts{HasReason: true})
	p.wantTold(MomentInformationRequested, Recipient{Kind: ToHospital}) // who sent it has no patient any more
	p.do(ward, UpdateDischarge, Facts{ExpectedOn: monday.AddDays(4)})
	want(t, "expected", p.c.DischargeOn(), monday.AddDays(4))
}

func TestSubmitIsRefused(t *testing.T) {
	t.Parallel()
	p := newPath(t)
	rules, broken := DefaultRules(), DefaultRules()
	broken.CapDays = 0
	whole := Facts{Rules: &rules, Code: "DP-2026-00001", ExpectedOn: monday}
	for name, change := range map[string]func(*Facts){
		"without rules":           func(f *Facts) { f.Rules = nil },
		"with rules that are not": func(f *Facts) { f.Rules = &broken },
		"without a number":        func(f *Facts) { f.Code = "" },
	} {
		f := whole
		change(&f)
		if said := p.refused(KindInternal, ward, Submit, f); said.message == "" {
			t.Errorf("%s: no message", name)
		}
	}
	for name, change := range map[string]func(*Facts){
		"without a discharge":     func(f *Facts) { f.ExpectedOn = calendar.Date{} },
		"discharged tomorrow":     func(f *Facts) { f.DischargedOn = monday.AddDays(1) },
		"expected in two years":   func(f *Facts) { f.ExpectedOn = monday.AddDays(730) },
		"a level of its own":      func(f *Facts) { f.Level = "extreme" },
		"shared with a neighbour": func(f *Facts) { f.ShareWith = []string{"neighbour"} },
		"early to a neighbour":    func(f *Facts) { f.EarlyNotice = []string{"neighbour"} },
	} {
		f := whole
		change(&f)
		if said := p.refused(KindInvalid, ward, Submit, f); said.field == "" {
			t.Errorf("%s: the refusal names no field", name)
		}
	}
}

// TestWhenNoticesGo: in working hours; proposals and what the coordinators must know go at once when urgent.
func TestWhenNoticesGo(t *testing.T) {
	t.Parallel()
	night, morning := monday.At(23, 30), monday.AddDays(1).At(8, 0)
	for _, tc := range []struct {
		name               string
		urgent             bool
		now                time.Time
		proposal, referral time.Time
	}{
		{"by day", false, monday.At(11, 0), monday.At(11, 0), monday.At(11, 0)},
		{"by night", false, night, morning, morning},
		{"by night, urgent", true, night, night, night},
		{"on Sunday, urgent", true, monday.AddDays(-1).At(10, 0), monday.AddDays(-1).At(10, 0), monday.AddDays(-1).At(10, 0)},
		{"on Sunday", false, monday.AddDays(-1).At(10, 0), monday.At(8, 0), monday.At(8, 0)},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			p := newPath(t)
			p.now = tc.now
			p.send(func(f *Facts) { f.Marked, f.ExpectedOn = tc.urgent, monday.AddDays(20) })
			want(t, "the referral", p.notices[0].At, tc.referral)
			p.proposed()
			want(t, "the proposal", p.notices[0].At, tc.proposal)
			p.do(igea, Accept, Facts{})
			want(t, "the answer", p.notices[0].At, tc.referral)
			p.do(ward, UpdateDischarge, Facts{ExpectedOn: monday.AddDays(21)})
			for _, n := range p.notices {
				at := p.c.Rules.Calendar.NextOpening(p.now)
				if n.To[0] == coordinators {
					at = tc.referral
				}
				want(t, string(n.To[0].Kind)+" of a notice for several", n.At, at)
			}
		})
	}
}

package discharge

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"dimissioni/internal/calendar"
)

// signers is who has signed the version whose signatures are being collected.
func (p *path) signers() []string {
	var names []string
	for _, s := range p.c.Signatures {
		if s.Version == p.c.planToSign() {
			names = append(names, s.Signer)
		}
	}
	slices.Sort(names)
	return names
}

// TestSigners: coordinator, case manager, patient or representative; the caregiver only when the plan asks for it.
func TestSigners(t *testing.T) {
	t.Parallel()
	asks := func(f *Facts) { f.CaregiverPart = true }
	p := referred(t).planning().planned(plan(asks))
	want := []string{"coordinator", "case_manager", "patient", "caregiver"}
	if diff := cmp.Diff(want, p.c.MissingSigners()); diff != "" {
		t.Errorf("a plan that asks something of the caregiver:\n%s", diff)
	}
	p.wantTold(MomentSignatureRequested, coordinators, Recipient{Kind: ToCaseManager, ID: "anna"},
		Recipient{Kind: ToPatient}, Recipient{Kind: ToRepresentative}, Recipient{Kind: ToCaregiver})
	p = referred(t).signing()
	if diff := cmp.Diff(want[:3], p.c.MissingSigners()); diff != "" {
		t.Errorf("a plan that asks nothing of the caregiver:\n%s", diff)
	}
	p.refused(KindInvalid, anna, Sign, Facts{Signer: "caregiver", Method: "in_person"})
	p.do(anna, Sign, Facts{Signer: "representative", Method: "paper", HasTitle: true})
	if slices.Contains(p.c.MissingSigners(), "patient") {
		t.Error("the representative signs in the patient's place")
	}
	p.refused(KindInvalid, anna, Sign, Facts{Signer: "patient", Method: "in_person"})
	p.do(anna, Sign, Facts{Signer: "case_manager", Method: "digital"})
	p.wantState(StateSigning)
	p.do(desk, Sign, Facts{Signer: "coordinator", Method: "link"})
	p.wantState(StateReady)
	p.refused(KindNotAllowed, desk, Sign, Facts{Signer: "coordinator", Method: "link"})
}

// TestSignatureMethods: what each method asks for.
func TestSignatureMethods(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name string
		by   Actor
		sign Facts
		code string // of the refusal
	}{
		{"in person", anna, Facts{Signer: "patient", Method: "in_person"}, ""},
		{"on paper", anna, Facts{Signer: "patient", Method: "paper", Attachment: true}, ""},
		{"by link", anna, Facts{Signer: "patient", Method: "link"}, ""},
		{"digital", anna, Facts{Signer: "patient", Method: "digital"}, ""},
		{"spoken, two who heard", anna, Facts{Signer: "patient", Method: "verbal_witnessed", Witnesses: 2, HasReason: true}, ""},
		{"spoken, one who heard", anna, Facts{Signer: "patient", Method: "verbal_witnessed", Witnesses: 1, HasReason: true}, "required"},
		{"spoken, nobody says why", anna, Facts{Signer: "patient", Method: "verbal_witnessed", Witnesses: 2}, "required"},
		{"spoken by a professional", anna, Facts{Signer: "case_manager", Method: "verbal_witnessed", Witnesses: 2, HasReason: true}, "not_applicable"},
		{"incapable, the coordinator answers for it", desk, Facts{Signer: "patient", Method: "incapable_no_representative", HasReason: true}, ""},
		{"incapable, by the case manager", anna, Facts{Signer: "patient", Method: "incapable_no_representative", HasReason: true}, "not_applicable"},
		{"incapable, without a reason", desk, Facts{Signer: "patient", Method: "incapable_no_representative"}, "required"},
		{"incapable, not the patient", desk, Facts{Signer: "coordinator", Method: "incapable_no_representative", HasReason: true}, "not_applicable"},
		{"refused, with a reason", anna, Facts{Signer: "patient", Method: "refused", HasReason: true}, ""},
		{"refused, without a reason", anna, Facts{Signer: "patient", Method: "refused"}, "required"},
		{"representative without title and act", anna, Facts{Signer: "representative", Method: "in_person"}, "required"},
		{"representative", anna, Facts{Signer: "representative", Method: "in_person", HasTitle: true}, ""},
		{"unknown signer", anna, Facts{Signer: "neighbour", Method: "in_person"}, "unknown"},
		{"unknown method", anna, Facts{Signer: "patient", Method: "telepathy"}, "unknown"},
		{"in the future", anna, Facts{Signer: "patient", Method: "paper", SignedOn: monday.AddDays(1)}, "too_late"},
		{"a year ago", anna, Facts{Signer: "patient", Method: "paper", SignedOn: monday.AddDays(-365)}, "too_early"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			p := referred(t).signing()
			if tc.code != "" {
				want(t, "the refusal", p.refused(KindInvalid, tc.by, Sign, tc.sign).code, tc.code)
				return
			}
			p.do(tc.by, Sign, tc.sign)
			signed := !slices.Contains(p.c.MissingSigners(), "patient")
			want(t, "signed", signed, tc.sign.Method != "refused")
			want(t, "refused, the coordinator decides", p.has(FlagSignatureRefused), tc.sign.Method == "refused")
		})
	}
}

// TestARefusedSignatureMayStillBeGiven.
func TestARefusedSignatureMayStillBeGiven(t *testing.T) {
	t.Parallel()
	p := referred(t).signing()
	p.do(anna, Sign, Facts{Signer: "patient", Method: "refused", HasReason: true})
	p.sign()
	p.wantState(StateReady)
	want(t, "refused", p.has(FlagSignatureRefused), false)
}

// TestResubmittedPlan: figures, hours or the end void the signatures; anything else carries them over.
func TestResubmittedPlan(t *testing.T) {
	t.Parallel()
	other := func(i Intervention) func(*Facts) {
		return func(f *Facts) { f.Interventions = []Intervention{i} }
	}
	for _, tc := range []struct {
		name   string
		change func(*Facts)
		void   bool
	}{
		{"nothing that counts", func(f *Facts) { f.MonitoringOn = []calendar.Date{monday.AddDays(9)} }, false},
		{"only the start", func(f *Facts) { f.StartPlannedOn = monday.AddDays(9) }, false},
		{"the end", func(f *Facts) { f.Days = 14 }, true},
		{"a figure", other(Intervention{"asa", 3, 60}), true},
		{"how often", other(Intervention{"oss", 4, 60}), true},
		{"how long", other(Intervention{"oss", 3, 45}), true},
		{"one more", func(f *Facts) { f.Interventions = append(f.Interventions, Intervention{"nurse", 1, 30}) }, true},
		{"none", func(f *Facts) { f.Interventions = nil }, true},
		{"the level", func(f *Facts) { f.Level = LevelHigh }, true},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			p := referred(t).ready()
			p.do(anna, SubmitPlan, plan(tc.change))
			if tc.void {
				p.wantState(StateSigning)
				want(t, "signatures", len(p.c.Signatures), 0)
				want(t, "in force", p.c.PlanInForce, 0)
				return
			}
			p.wantState(StateReady)
			want(t, "in force", p.c.PlanInForce, 2)
			if diff := cmp.Diff([]string{"case_manager", "coordinator", "patient"}, p.signers()); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestTheOrderOfInterventionsVoidsNothing(t *testing.T) {
	t.Parallel()
	two := plan(func(f *Facts) { f.Interventions = append(f.Interventions, Intervention{"nurse", 1, 30}) })
	p := referred(t).planning().planned(two)
	p.sign()
	slices.Reverse(two.Interventions)
	p.planned(two).wantState(StateReady)
}

// TestRePlanningInCare: care goes on under the plan in force until the new one is signed; never two in force.
func TestRePlanningInCare(t *testing.T) {
	t.Parallel()
	p := referred(t).active()
	p.onDay(12)
	p.do(anna, SubmitPlan, plan(func(f *Facts) { f.Days = 14 }))
	p.wantState(StateActive)
	want(t, "in force", p.c.PlanInForce, 1)
	want(t, "pending", p.c.PlanPending, 2)
	want(t, "end of the period", p.c.PeriodEndOn(), monday.AddDays(21))
	want(t, "signatures due", p.clock(ClockSignatures).DueOn, monday.AddDays(16)) // three working days from a Saturday
	want(t, "the old signatures stay with the old plan", len(p.c.Signatures), 3)
	p.sign()
	want(t, "in force", p.c.PlanInForce, 2)
	want(t, "pending", p.c.PlanPending, 0)
	want(t, "end of the period", p.c.PeriodEndOn(), monday.AddDays(14))
	want(t, "signed in time", p.clock(ClockSignatures).Status, ClockMet)
	want(t, "signatures of the new plan alone", len(p.c.Signatures), 3)
	p.wantTold(MomentReplanned, Recipient{Kind: ToPartner, ID: "igea"}, Recipient{Kind: ToGP}, Recipient{Kind: ToMunicipality})
	p.wantTold(MomentChanged, person)
	p.do(anna, SubmitPlan, plan(func(f *Facts) { f.Days = 0 }))
	want(t, "left out, the days stay as they are", p.c.Plans[2].Days, 14)
}

func TestAPlanInCareMayNotEndInThePast(t *testing.T) {
	t.Parallel()
	p := referred(t).active()
	p.onDay(12)
	p.refused(KindInvalid, anna, SubmitPlan, plan(func(f *Facts) { f.Days = 7 }))
}

// TestPlanOfAnotherLevel adjusts the reservation, or stays a draft.
func TestPlanOfAnotherLevel(t *testing.T) {
	t.Parallel()
	high := plan(func(f *Facts) { f.Level = LevelHigh })
	p := referred(t).ready()
	p.do(anna, SubmitPlan, high)
	want(t, "reserved", p.c.ReservedCents, amounts[LevelHigh])
	want(t, "level", p.c.Level, LevelHigh)
	p.do(anna, SubmitPlan, plan(func(f *Facts) { f.Level = LevelLight }))
	want(t, "reserved", p.c.ReservedCents, amounts[LevelLight])

	poor := referred(t).ready()
	poor.poor = true
	_, err := poor.try(Command{Kind: SubmitPlan, Actor: anna, Facts: high})
	want(t, "refused", KindOf(err), KindBudgetExhausted)
	poor.wantState(StateReady)
	want(t, "a draft waits for money", poor.has(FlagPlanDraft), true)
	want(t, "level", poor.c.Level, LevelModerate)
	want(t, "in force", poor.c.PlanInForce, 1)
	want(t, "reserved", poor.c.ReservedCents, amounts[LevelModerate])
	poor.do(anna, SubmitPlan, plan(func(f *Facts) { f.Level = LevelLight })) // money that comes back needs none
	want(t, "the draft is superseded", poor.has(FlagPlanDraft), false)
	want(t, "the next version is the draft's", poor.c.PlanPending, 2)
}

func TestPlanIsRefused(t *testing.T) {
	t.Parallel()
	p := referred(t).planning()
	for name, change := range map[string]func(*Facts){
		"too long":             func(f *Facts) { f.Days = 22 },
		"backwards":            func(f *Facts) { f.Days = -1 },
		"a level of its own":   func(f *Facts) { f.Level = "extreme" },
		"before the referral":  func(f *Facts) { f.StartPlannedOn = monday.AddDays(-1) },
		"in two years":         func(f *Facts) { f.StartPlannedOn = monday.AddDays(730) },
		"an unknown figure":    func(f *Facts) { f.Interventions[0].Figure = "wizard" },
		"never":                func(f *Facts) { f.Interventions[0].TimesPerWeek = 0 },
		"more than a day long": func(f *Facts) { f.Interventions[0].Minutes = 1441 },
		"a step long ago":      func(f *Facts) { f.MonitoringOn = []calendar.Date{monday.AddDays(-1)} },
		"a step without a day": func(f *Facts) { f.MonitoringOn = []calendar.Date{{}} },
	} {
		if said := p.refused(KindInvalid, anna, SubmitPlan, plan(change)); said.field == "" {
			t.Errorf("%s: the refusal names no field", name)
		}
	}
}

// TestStartWithoutSignatures: paperwork never stops care. What is missing becomes a visible task.
func TestStartWithoutSignatures(t *testing.T) {
	t.Parallel()
	p := referred(t).signing().started()
	p.wantState(StateActive)
	want(t, "in force", p.c.PlanInForce, 1)
	want(t, "plan unsigned", p.has(FlagPlanUnsigned), true)
	want(t, "signatures due", p.clock(ClockSignatures).DueOn, monday.AddDays(3))
	p.do(desk, Sign, Facts{Signer: "coordinator", Method: "in_person"})
	p.onDay(4)
	want(t, "in the digest", p.inDigest(ClockSignatures), true)
	for _, item := range p.c.DigestItems(p.now) {
		if diff := cmp.Diff([]string{"case_manager", "patient"}, item.Signers); item.Clock == ClockSignatures && diff != "" {
			t.Errorf("the digest says who has not signed:\n%s", diff)
		}
	}
	p.sign()
	want(t, "plan unsigned", p.has(FlagPlanUnsigned), false)
	want(t, "still known to have started so", p.c.StartUnsigned, true)
	want(t, "late", p.clock(ClockSignatures).Late, true)
}

// TestStartWithoutAPlan: the first plan written in care is in force at once, there is no other to go on under.
func TestStartWithoutAPlan(t *testing.T) {
	t.Parallel()
	p := referred(t).planning().started()
	p.wantState(StateActive)
	want(t, "plan unsigned", p.has(FlagPlanUnsigned), true)
	want(t, "three weeks", p.c.PeriodEndOn(), monday.AddDays(21))
	want(t, "plan due", p.clock(ClockPlan).Status, ClockPending)
	p.later(1).do(anna, SubmitPlan, plan(func(f *Facts) { f.Days = 14 }))
	want(t, "in force", p.c.PlanInForce, 1)
	want(t, "pending", p.c.PlanPending, 0)
	want(t, "period", p.c.PeriodEndOn(), monday.AddDays(14))
	want(t, "plan unsigned", p.has(FlagPlanUnsigned), true)
	want(t, "signatures asked for", len(p.told(MomentSignatureRequested)), 4)
	p.sign()
	want(t, "plan unsigned", p.has(FlagPlanUnsigned), false)
	want(t, "signatures", p.clock(ClockSignatures).Status, ClockMet)
}

// TestStart: confirmed, not assumed; by the case manager or by the first visit.
func TestStart(t *testing.T) {
	t.Parallel()
	p := referred(t).ready().later(2)
	p.refused(KindInvalid, anna, ConfirmStart, Facts{StartOn: monday.AddDays(3)})
	p.refused(KindInvalid, anna, ConfirmStart, Facts{StartOn: monday.AddDays(-1)})
	p.do(anna, ConfirmStart, Facts{StartOn: monday.AddDays(1)})
	want(t, "start", p.c.StartOn, monday.AddDays(1))
	p.wantTold(MomentStartConfirmed, Recipient{Kind: ToSender})
	p.wantTold(MomentStarted, person)
	p.wantTold(MomentActivated, Recipient{Kind: ToPartner, ID: "igea"}, Recipient{Kind: ToGP},
		Recipient{Kind: ToMunicipality}, Recipient{Kind: ToHospital})

	visited := referred(t).ready().later(2)
	visited.give(Command{Kind: LogVisit, Actor: oss, On: monday.AddDays(1)})
	visited.wantState(StateActive)
	want(t, "start", visited.c.StartOn, monday.AddDays(1))
	want(t, "the second visit changes nothing", len(visited.do(oss, LogVisit, Facts{})), 0)
	visited.refused(KindNotAllowed, anna, MoveStart, Facts{StartPlannedOn: monday.AddDays(9)})
	visited.refused(KindNotAllowed, desk, Cancel, Facts{HasReason: true})
}

// TestAReferralOnPaper: the hospital telephoned on Saturday, care began, the referral was typed in on Monday.
func TestAReferralOnPaper(t *testing.T) {
	t.Parallel()
	saturday := monday.AddDays(-2)
	p := newPath(t)
	rules := DefaultRules()
	p.give(Command{Kind: Submit, Actor: ward, On: saturday, Facts: Facts{
		Rules: &rules, Code: "DP-2026-00001", WardID: ward.OrgID, AlreadyHome: true,
	}})
	want(t, "discharged", p.c.DischargeOn(), saturday)
	want(t, "screening runs from when it was recorded", p.clock(ClockScreening).DueAt, monday.At(12, 0))
	p.do(desk, UrgentStart, Facts{Level: LevelLight, PartnerID: "igea", UserID: "anna", StartOn: saturday})
	want(t, "start", p.c.StartOn, saturday)
}

// TestMoveStart: clocks are derived again; back from active until the first visit.
func TestMoveStart(t *testing.T) {
	t.Parallel()
	p := referred(t).ready()
	p.refused(KindInvalid, anna, MoveStart, Facts{})
	p.refused(KindInvalid, anna, MoveStart, Facts{StartPlannedOn: monday.AddDays(-1)})
	p.refused(KindInvalid, anna, MoveStart, Facts{StartPlannedOn: monday.AddDays(7)}) // as it is
	p.refused(KindInvalid, anna, MoveStart, Facts{StartPlannedOn: monday.AddDays(700)})
	p.do(anna, MoveStart, Facts{StartPlannedOn: monday.AddDays(9)})
	want(t, "start due", p.clock(ClockStart).DueOn, monday.AddDays(9))
	want(t, "signatures due", p.clock(ClockSignatures).DueOn, monday.AddDays(9))

	for _, tc := range []struct {
		name string
		path *path
		back State
	}{
		{"signed", referred(t).active(), StateReady},
		{"unsigned", referred(t).signing().started(), StateSigning},
		{"without a plan", referred(t).planning().started(), StatePlanning},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			p := tc.path
			p.do(desk, Renew, Facts{Days: 7, HasReason: true})
			p.do(anna, Suspend, Facts{ReasonCode: "away"})
			p.later(1).do(anna, Resume, Facts{})
			p.refused(KindInvalid, anna, MoveStart, Facts{StartPlannedOn: p.today()})
			p.do(anna, MoveStart, Facts{StartPlannedOn: p.today().AddDays(1)})
			p.wantState(tc.back)
			want(t, "no start", p.c.StartOn, calendar.Date{})
			want(t, "day", p.c.Day(p.now), -1)
			for _, kind := range []ClockKind{ClockEquipe, ClockReview, ClockHandover, ClockCap} {
				want(t, string(kind), len(p.clocks(kind)), 0)
			}
			p.later(1).started()
			want(t, "six weeks from the new start", p.c.CapOn(), monday.AddDays(2+42))
			want(t, "three weeks from the new start", p.c.PeriodEndOn(), monday.AddDays(2+21))
			want(t, "served", p.c.ServedDays(monday.AddDays(12)), 10)
			if tc.back != StatePlanning {
				want(t, "in force", p.c.PlanInForce, 1)
			}
			want(t, "unsigned", p.c.StartUnsigned, tc.back != StateReady)
		})
	}
}

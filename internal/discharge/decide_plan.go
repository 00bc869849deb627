package discharge

import (
	"slices"

	"dimissioni/internal/calendar"
)

func decideHomeVisit(t turn) (Decision, error) {
	held := t.cmd.Facts.HeldOn
	if held.IsZero() {
		held = t.cmd.On
	}
	if held.After(t.today) {
		return Decision{}, Invalid("held_on", "too_late", "La visita si registra quando è stata fatta: la data è nel futuro.")
	}
	return t.one(HomeVisitRecorded, Facts{HeldOn: held})
}

func decideSubmitPlan(t turn) (Decision, error) {
	f, err := t.checkPlan()
	if err != nil {
		return Decision{}, err
	}
	current, has := t.c.latestPlan()
	f.Version = len(t.c.Plans) + 1
	f.SignaturesVoid = !has || f.Days != current.Days || f.Level != current.Level ||
		!slices.Equal(f.Interventions, current.Interventions)
	var refusal *Error
	var draft []Event
	if f.Level != t.c.Level {
		f.Money = &Money{Entry: EntryAdjust, Level: f.Level}
		drafted := f
		drafted.Money = nil
		draft = []Event{t.event(PlanDrafted, drafted)}
		refusal = noMoney("I fondi non bastano per il nuovo livello: il PAI è salvato come bozza e resta in vigore quello di prima.")
	}
	events := []Event{t.event(PlanSubmitted, f)}
	if after := t.after(events...); after.PlanPending != 0 && len(after.MissingSigners()) == 0 {
		events = append(events, t.event(PlanInForce, Facts{Version: f.Version}))
	}
	return Decision{Events: events, Alternative: draft, NoMoney: refusal}, nil
}

// checkPlan fills in what a plan may leave out and refuses what it may not say.
func (t turn) checkPlan() (Facts, error) {
	in := t.cmd.Facts
	f := Facts{
		StartPlannedOn: in.StartPlannedOn, Days: in.Days, Level: in.Level, Interventions: in.Interventions,
		MonitoringOn: in.MonitoringOn, CaregiverPart: in.CaregiverPart,
	}
	if f.Level == "" {
		f.Level = t.c.Level
	}
	if !slices.Contains(Levels(), f.Level) {
		return f, Invalid("level", "unknown", "Scelga il livello di intensità: lieve, moderato o elevato.")
	}
	if f.Days == 0 {
		f.Days = t.c.Rules.PeriodDays
	}
	if f.Days < 1 || f.Days > t.c.Rules.PeriodDays {
		return f, Invalid("days", "out_of_range", "Il primo periodo dura da 1 a 21 giorni; poi si può rinnovare.")
	}
	for _, i := range f.Interventions {
		if i.TimesPerWeek < 1 || i.TimesPerWeek > 42 || i.Minutes < 5 || i.Minutes > 1440 {
			return f, Invalid("interventions", "out_of_range", "Ogni intervento ha da 1 a 42 volte a settimana e da 5 a 1440 minuti.")
		}
	}
	if !t.c.State.BeforeStart() {
		f.StartPlannedOn = calendar.Date{}
		return f, nil
	}
	if f.StartPlannedOn.IsZero() {
		f.StartPlannedOn = calendar.Max(calendar.Max(t.c.StartPlannedOn, t.c.DischargeOn()), t.today)
	}
	if f.StartPlannedOn.Before(calendar.DateOf(t.c.SubmittedAt)) {
		return f, Invalid("start_planned_on", "too_early", "L'avvio previsto non può precedere la segnalazione.")
	}
	return f, nil
}

func (c Case) latestPlan() (Plan, bool) {
	if len(c.Plans) == 0 {
		return Plan{}, false
	}
	return c.Plans[len(c.Plans)-1], true
}

// MissingSigners lists who has still to sign the pending plan or, when none is pending, the one in force: the
// coordinator, the case manager, the patient or the representative, and the caregiver when the plan asks
// something of the caregiver. DOMAIN, Signatures.
func (c Case) MissingSigners() []string {
	version := c.PlanPending
	if version == 0 {
		version = c.PlanInForce
	}
	plan, ok := c.plan(version)
	if !ok {
		return nil
	}
	var missing []string
	for _, signer := range []string{"coordinator", "case_manager", "patient", "caregiver"} {
		switch {
		case signer == "caregiver" && !plan.CaregiverPart:
		case c.signed(version, signer):
		case signer == "patient" && c.signed(version, "representative"):
		default:
			missing = append(missing, signer)
		}
	}
	return missing
}

func (c Case) signed(version int, signer string) bool {
	for _, s := range c.Signatures {
		if s.Version == version && s.Signer == signer && s.Method != "refused" {
			return true
		}
	}
	return false
}

func decideSign(t turn) (Decision, error) {
	f := t.cmd.Facts
	if f.SignedOn.IsZero() {
		f.SignedOn = t.cmd.On
	}
	if err := t.checkSignature(f); err != nil {
		return Decision{}, err
	}
	version := t.c.PlanPending
	if version == 0 {
		version = t.c.PlanInForce
	}
	events := []Event{t.event(Signed, Facts{
		Signer: f.Signer, Method: f.Method, SignedOn: f.SignedOn, Version: version, Witnesses: f.Witnesses,
		Attachment: f.Attachment, HasReason: f.HasReason, HasTitle: f.HasTitle,
	})}
	if after := t.after(events...); after.PlanPending != 0 && len(after.MissingSigners()) == 0 {
		events = append(events, t.event(PlanInForce, Facts{Version: version}))
	}
	return Decision{Events: events}, nil
}

// checkSignature asks what each method asks for. DOMAIN, Signatures.
func (t turn) checkSignature(f Facts) error {
	missing := t.c.MissingSigners()
	switch {
	case !slices.Contains(Signers, f.Signer):
		return Invalid("signer", "unknown", "Indichi chi firma.")
	case f.Signer == "representative" && !slices.Contains(missing, "patient"),
		f.Signer != "representative" && !slices.Contains(missing, f.Signer):
		return Invalid("signer", "not_applicable", "Questa firma non è richiesta, o c'è già.")
	case !slices.Contains(SignatureMethods, f.Method):
		return Invalid("method", "unknown", "Indichi come ha firmato.")
	case f.SignedOn.After(t.today):
		return Invalid("signed_on", "too_late", "La data della firma è nel futuro.")
	case f.Signer == "representative" && !f.HasTitle:
		return Invalid("title", "required", "Indichi il titolo e l'atto di nomina del rappresentante.")
	case f.Method == "verbal_witnessed" && (!f.HasReason || f.Witnesses < 2):
		return Invalid("witnesses", "required", "Scriva perché non può firmare e le due persone che hanno sentito.")
	case f.Method == "incapable_no_representative" && f.Signer != "patient":
		return Invalid("method", "not_applicable", "Riguarda solo la firma della persona assistita.")
	case f.Method == "incapable_no_representative" && t.cmd.Actor.Role != RoleCoordinator:
		return Invalid("method", "not_applicable", "Ne risponde il coordinatore: lo può registrare solo lui.")
	case (f.Method == "incapable_no_representative" || f.Method == "refused") && !f.HasReason:
		return Invalid("reason", "required", "Scriva il motivo.")
	default:
		return nil
	}
}

func decideUpdateDischarge(t turn) (Decision, error) {
	f := t.cmd.Facts
	switch {
	case f.ExpectedOn.IsZero() && f.DischargedOn.IsZero():
		return Decision{}, Invalid("expected_on", "required", "Indichi la nuova data prevista, o quando è stata dimessa.")
	case f.DischargedOn.After(t.today):
		return Decision{}, Invalid("discharged_on", "too_late", "La dimissione avvenuta non può essere nel futuro.")
	case f.DischargedOn.IsZero() && f.ExpectedOn.Before(t.today):
		return Decision{}, Invalid("expected_on", "too_early", "La data prevista è già passata.")
	default:
		return t.one(DischargeUpdated, Facts{ExpectedOn: f.ExpectedOn, DischargedOn: f.DischargedOn})
	}
}

func decideMoveStart(t turn) (Decision, error) {
	to := t.cmd.Facts.StartPlannedOn
	switch {
	case to.IsZero():
		return Decision{}, Invalid("start_planned_on", "required", "Indichi la nuova data di avvio.")
	case to.Before(t.today):
		return Decision{}, Invalid("start_planned_on", "too_early", "La nuova data di avvio è già passata.")
	case t.c.State == StateActive && !to.After(t.today):
		return Decision{}, Invalid("start_planned_on", "too_early", "L'avvio era confermato: la nuova data deve essere da domani in poi.")
	}
	back := t.c.State
	if t.c.State == StateActive {
		back = StateReady
		if _, has := t.c.latestPlan(); !has {
			back = StatePlanning
		} else if len(t.c.MissingSigners()) > 0 {
			back = StateSigning
		}
	}
	return t.one(StartMoved, Facts{StartPlannedOn: to, State: back})
}

func decideConfirmStart(t turn) (Decision, error) {
	on := t.cmd.Facts.StartOn
	if on.IsZero() {
		on = t.cmd.On
	}
	if err := t.checkStart(on); err != nil {
		return Decision{}, err
	}
	return t.one(Started, Facts{StartOn: on})
}

func (t turn) checkStart(on calendar.Date) error {
	switch {
	case on.After(t.today):
		return Invalid("start_on", "too_late", "L'avvio si conferma quando è avvenuto: la data è nel futuro.")
	case on.Before(calendar.DateOf(t.c.SubmittedAt)):
		return Invalid("start_on", "too_early", "L'avvio non può precedere la segnalazione.")
	default:
		return nil
	}
}

// decideLogVisit makes the first visit of the case count: it confirms the start, and from then on the start can
// only be corrected.
func decideLogVisit(t turn) (Decision, error) {
	if t.c.VisitLogged {
		return Decision{}, nil
	}
	events := []Event{}
	if t.c.State.BeforeStart() {
		if err := t.checkStart(t.cmd.On); err != nil {
			return Decision{}, err
		}
		events = append(events, t.event(Started, Facts{StartOn: t.cmd.On}))
	}
	return Decision{Events: append(events, t.event(FirstVisitLogged, Facts{}))}, nil
}

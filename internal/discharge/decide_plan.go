package discharge

import (
	"cmp"
	"slices"
	"strconv"

	"dimissioni/internal/calendar"
)

func decideHomeVisit(t turn) (Decision, error) {
	held := firstDate(t.cmd.Facts.HeldOn, t.cmd.On)
	if err := t.happened("held_on", held); err != nil {
		return Decision{}, err
	}
	return t.one(HomeVisitRecorded, Facts{HeldOn: held})
}

// decideSubmitPlan makes a new version of the plan. In care it waits for its signatures beside the one in force, and
// comes into force at once when nobody has to sign anew or when there is none to go on under.
func decideSubmitPlan(t turn) (Decision, error) {
	f, err := t.checkPlan()
	if err != nil {
		return Decision{}, err
	}
	current, has := t.c.latestPlan()
	f.Version = len(t.c.Plans) + 1
	f.SignaturesVoid = !has || f.Days != current.Days || f.Level != current.Level ||
		!slices.Equal(ordered(f.Interventions), ordered(current.Interventions))
	var d Decision
	if f.Level != t.c.Level {
		drafted := f
		f.Money = &Money{Entry: EntryAdjust, Level: f.Level}
		d.Alternative = []Event{t.event(PlanDrafted, drafted)}
		d.NoMoney = noMoney("I fondi non bastano per il nuovo livello: il PAI è salvato come bozza e resta valido quello di prima.")
	}
	d.Events = t.inForceWhenSigned(t.event(PlanSubmitted, f))
	return d, nil
}

// inForceWhenSigned adds to an event that the pending plan comes into force, if nothing keeps it waiting any more.
func (t turn) inForceWhenSigned(e Event) []Event {
	events := []Event{e}
	after := t.after(e)
	alone := after.State.InCare() && after.PlanInForce == 0
	if after.PlanPending != 0 && (alone || len(after.MissingSigners()) == 0) {
		events = append(events, t.event(PlanInForce, Facts{Version: after.PlanPending}))
	}
	return events
}

// ordered is the interventions in an order of their own: to list them otherwise changes nothing that was signed.
func ordered(interventions []Intervention) []Intervention {
	return slices.SortedFunc(slices.Values(interventions), func(a, b Intervention) int {
		return cmp.Or(cmp.Compare(a.Figure, b.Figure), a.TimesPerWeek-b.TimesPerWeek, a.Minutes-b.Minutes)
	})
}

// checkPlan fills in what a plan may leave out and refuses what it may not say.
func (t turn) checkPlan() (Facts, error) {
	in := t.cmd.Facts
	f := Facts{
		StartPlannedOn: in.StartPlannedOn, Days: in.Days, Level: cmp.Or(in.Level, t.c.Level),
		Interventions: in.Interventions, CaregiverPart: in.CaregiverPart,
		MonitoringOn: slices.Compact(slices.SortedFunc(slices.Values(in.MonitoringOn), calendar.Date.Compare)),
	}
	if !slices.Contains(Levels(), f.Level) {
		return f, errLevel()
	}
	for _, i := range f.Interventions {
		if !slices.Contains(Figures(), i.Figure) {
			return f, Invalid("interventions", "unknown", "La figura di un intervento non è nell'elenco.")
		}
		if i.TimesPerWeek < 1 || i.TimesPerWeek > 42 || i.Minutes < 5 || i.Minutes > 1440 {
			return f, Invalid("interventions", "out_of_range", "Ogni intervento ha da 1 a 42 volte a settimana e da 5 a 1440 minuti.")
		}
	}
	for _, day := range f.MonitoringOn {
		if day.Before(t.c.SubmittedOn) || day.After(t.today.AddDays(longAfter)) {
			return f, Invalid("monitoring_steps", "out_of_range", "Un passo di monitoraggio ha una data lontana: la controlli.")
		}
	}
	return t.checkPeriod(f)
}

// checkPeriod fills in and checks the plan's days and, before the start, when it is to begin.
func (t turn) checkPeriod(f Facts) (Facts, error) {
	if f.Days == 0 {
		f.Days = t.c.Rules.PeriodDays
		if plan, ok := t.c.CurrentPlan(); ok && t.c.State.InCare() {
			f.Days = plan.Days
		}
	}
	switch {
	case f.Days < 1 || f.Days > t.c.Rules.PeriodDays:
		return f, Invalid("days", "out_of_range",
			"Il primo periodo dura da 1 a "+strconv.Itoa(t.c.Rules.PeriodDays)+" giorni; poi si può rinnovare.")
	case t.c.State.InCare() && f.Days < t.c.periodDays() && t.c.StartOn.AddDays(f.Days+t.c.RenewedDays).Before(t.today):
		return f, Invalid("days", "out_of_range", "Con questi giorni il periodo sarebbe già finito.")
	case t.c.State.InCare():
		f.StartPlannedOn = calendar.Date{}
		return f, nil
	case f.StartPlannedOn.IsZero():
		f.StartPlannedOn = calendar.Max(calendar.Max(t.c.StartPlannedOn, t.c.DischargeOn()), t.today)
	}
	if f.StartPlannedOn.Before(t.c.SubmittedOn) {
		return f, Invalid("start_planned_on", "too_early", "L'avvio previsto non può precedere la segnalazione.")
	}
	return f, t.foreseen("start_planned_on", f.StartPlannedOn)
}

func decideUpdateDischarge(t turn) (Decision, error) {
	f := t.cmd.Facts
	switch {
	case f.ExpectedOn.IsZero() && f.DischargedOn.IsZero():
		return Decision{}, Invalid("expected_on", "required", "Indichi la nuova data prevista, o quando la persona è stata dimessa.")
	case f.DischargedOn.After(t.today):
		return Decision{}, Invalid("discharged_on", "too_late", "La dimissione avvenuta non può essere nel futuro.")
	case f.DischargedOn.IsZero() && f.ExpectedOn.Before(t.today):
		return Decision{}, Invalid("expected_on", "too_early", "La data prevista è già passata.")
	}
	if err := t.foreseen("expected_on", f.ExpectedOn); err != nil {
		return Decision{}, err
	}
	return t.one(DischargeUpdated, Facts{ExpectedOn: f.ExpectedOn, DischargedOn: f.DischargedOn})
}

func decideMoveStart(t turn) (Decision, error) {
	to := t.cmd.Facts.StartPlannedOn
	switch {
	case to.IsZero():
		return Decision{}, Invalid("start_planned_on", "required", "Indichi la nuova data di avvio.")
	case to.Before(t.today):
		return Decision{}, Invalid("start_planned_on", "too_early", "La nuova data di avvio è già passata.")
	case t.c.State == StateActive && to == t.today:
		return Decision{}, Invalid("start_planned_on", "too_early", "L'avvio era confermato: la nuova data deve essere da domani in poi.")
	case t.c.State != StateActive && to == t.c.StartPlannedOn:
		return Decision{}, Invalid("start_planned_on", "not_applicable", "L'avvio è già previsto per questa data.")
	}
	if err := t.foreseen("start_planned_on", to); err != nil {
		return Decision{}, err
	}
	return t.one(StartMoved, Facts{StartPlannedOn: to, State: t.c.stateUnstarted()})
}

// stateUnstarted is where a case waits for a start that was moved: a start that was confirmed is taken back.
func (c Case) stateUnstarted() State {
	switch {
	case c.State != StateActive:
		return c.State
	case len(c.Plans) == 0:
		return StatePlanning
	case len(c.MissingSigners()) > 0:
		return StateSigning
	default:
		return StateReady
	}
}

func decideConfirmStart(t turn) (Decision, error) {
	on := firstDate(t.cmd.Facts.StartOn, t.cmd.On)
	if err := t.checkStart(on); err != nil {
		return Decision{}, err
	}
	return t.one(Started, Facts{StartOn: on})
}

func (t turn) checkStart(on calendar.Date) error {
	switch {
	case on.After(t.today):
		return Invalid("start_on", "too_late", "L'avvio si conferma quando è avvenuto: la data è nel futuro.")
	case on.Before(t.c.SubmittedOn):
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
		on := firstDate(t.cmd.Facts.StartOn, t.cmd.On)
		if err := t.checkStart(on); err != nil {
			return Decision{}, err
		}
		events = append(events, t.event(Started, Facts{StartOn: on}))
	}
	return Decision{Events: append(events, t.event(FirstVisitLogged, Facts{}))}, nil
}

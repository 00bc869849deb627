package discharge

import (
	"slices"

	"dimissioni/internal/calendar"
)

func decideSubmit(t turn) (Decision, error) {
	f := t.cmd.Facts
	if f.Rules == nil || f.Code == "" {
		return Decision{}, Refuse(KindInternal, "La segnalazione non dice di quale programma è.")
	}
	if f.ExpectedOn.IsZero() && !f.AlreadyHome && f.DischargedOn.IsZero() {
		return Decision{}, Invalid("stay.expected_discharge_on", "required",
			"Indichi la data prevista di dimissione, o che la persona è già a casa.")
	}
	return t.one(Submitted, f)
}

func decideComplete(t turn) (Decision, error) {
	f := t.cmd.Facts
	return t.one(Completed, Facts{
		Missing: f.Missing, Sharing: f.Sharing, ShareWith: f.ShareWith, Informed: f.Informed, Groups: f.Groups,
	})
}

func decideRequestInformation(t turn) (Decision, error) {
	if !t.cmd.Facts.HasReason {
		return Decision{}, Invalid("question", "required", "Scriva la domanda per chi ha inviato la segnalazione.")
	}
	return t.one(InformationRequested, Facts{HasReason: true})
}

func decideScreen(t turn) (Decision, error) {
	f := t.cmd.Facts
	switch f.Outcome {
	case "admit":
		return t.admit()
	case "waitlist":
		if t.c.State == StateWaitlisted {
			return Decision{}, Refuse(KindNotAllowed, "La pratica è già in attesa di fondi.")
		}
		return t.one(Waitlisted, Facts{Level: f.Level, Criteria: f.Criteria})
	case "reject":
		if err := checkCode("reason_code", f.ReasonCode, RejectReasons); err != nil {
			return Decision{}, err
		}
		return t.one(Rejected, Facts{ReasonCode: f.ReasonCode, Criteria: f.Criteria, EndedOn: t.cmd.On})
	case "":
		return Decision{}, Invalid("outcome", "required", "Scelga l'esito: ammettere, mettere in attesa o non ammettere.")
	default:
		return Decision{}, Invalid("outcome", "unknown", "L'esito può essere ammettere, mettere in attesa o non ammettere.")
	}
}

// admit reserves the level's money or, when there is none, waitlists.
func (t turn) admit() (Decision, error) {
	admitted, err := t.admission()
	if err != nil {
		return Decision{}, err
	}
	d := Decision{Events: []Event{admitted}}
	if t.c.State == StateWaitlisted {
		d.NoMoney = noMoney("I fondi non bastano: la pratica resta in attesa.")
		return d, nil
	}
	d.Alternative = []Event{t.event(Waitlisted, Facts{Level: t.cmd.Facts.Level, Criteria: t.cmd.Facts.Criteria})}
	return d, nil
}

// admission is the event of an admission, once its content has been checked.
func (t turn) admission() (Event, error) {
	f := t.cmd.Facts
	if f.Level == "" {
		f.Level = t.c.Level
	}
	if !slices.Contains(Levels(), f.Level) {
		return Event{}, Invalid("level", "required", "Scelga il livello di intensità: lieve, moderato o elevato.")
	}
	for _, criterion := range f.Criteria {
		if !criterion.Met && criterion.Name != "informed" && !f.HasReason {
			return Event{}, Invalid("reason", "required",
				"Un criterio non è soddisfatto: per ammettere comunque scriva il motivo.")
		}
	}
	past := t.pastProgrammeEnd()
	if past && !f.HasReason {
		return Event{}, Invalid("reason", "required",
			"Le sei settimane superano l'ultimo giorno del programma: per ammettere serve una deroga motivata che indichi gli altri fondi.")
	}
	return t.event(Admitted, Facts{
		Level: f.Level, Criteria: f.Criteria, Derogation: past, HasReason: f.HasReason,
		Money: &Money{Entry: EntryReserve, Level: f.Level},
	}), nil
}

// pastProgrammeEnd reports whether six weeks from the discharge would run past the programme's last day.
func (t turn) pastProgrammeEnd() bool {
	if t.c.Rules.EndsOn.IsZero() {
		return false
	}
	start := calendar.Max(t.today, t.c.DischargeOn())
	return start.AddDays(t.c.Rules.CapDays).After(t.c.Rules.EndsOn)
}

func noMoney(message string) *Error { return Refuse(KindBudgetExhausted, message) }

func decidePropose(t turn) (Decision, error) {
	partner := t.cmd.Facts.PartnerID
	if partner == "" {
		return Decision{}, Invalid("partner_id", "required", "Scelga l'ente a cui proporre il caso.")
	}
	if t.c.Proposal != nil && t.c.Proposal.PartnerID == partner {
		return Decision{}, Refuse(KindNotAllowed, "Il caso è già stato proposto a questo ente, che non ha ancora risposto.")
	}
	return t.one(Proposed, Facts{PartnerID: partner})
}

func decideReassign(t turn) (Decision, error) {
	if t.cmd.Facts.PartnerID != "" && t.cmd.Facts.PartnerID == t.c.PartnerID {
		return Decision{}, Invalid("partner_id", "not_applicable", "È l'ente che segue già il caso: ne scelga un altro.")
	}
	return decidePropose(t)
}

// answers checks that whoever answers a proposal is the partner asked, or the coordinator by telephone.
func (t turn) answers() error {
	switch {
	case t.cmd.Actor.Role == RoleCoordinator && !t.cmd.ByTelephone:
		return Invalid("by_telephone_with", "required", "Indichi con chi ha parlato al telefono.")
	case t.cmd.Actor.Role == RolePartnerManager && t.cmd.Actor.OrgID != t.c.Proposal.PartnerID:
		return Refuse(KindForbidden, "La proposta è rivolta a un altro ente.")
	default:
		return nil
	}
}

func decideAccept(t turn) (Decision, error) {
	if err := t.answers(); err != nil {
		return Decision{}, err
	}
	f := Facts{PartnerID: t.c.Proposal.PartnerID}
	if t.c.Proposal.Reassign && t.c.State.InCare() {
		served := t.c.ServedDays(t.today)
		f.Money = &Money{
			Entry:      EntryAdjust,
			ShareOf:    t.c.PartnerID,
			ShareCents: t.c.ReservedCents * int64(served) / int64(t.c.Rules.CapDays),
		}
	}
	return t.one(Accepted, f)
}

func decideDecline(t turn) (Decision, error) {
	if err := t.answers(); err != nil {
		return Decision{}, err
	}
	if err := checkCode("reason_code", t.cmd.Facts.ReasonCode, DeclineReasons); err != nil {
		return Decision{}, err
	}
	return t.one(Declined, Facts{PartnerID: t.c.Proposal.PartnerID, ReasonCode: t.cmd.Facts.ReasonCode})
}

func decideReturn(t turn) (Decision, error) {
	if t.cmd.Actor.OrgID != t.c.PartnerID {
		return Decision{}, Refuse(KindForbidden, "Il caso è seguito da un altro ente.")
	}
	if err := checkCode("reason_code", t.cmd.Facts.ReasonCode, DeclineReasons); err != nil {
		return Decision{}, err
	}
	return t.one(Returned, Facts{PartnerID: t.c.PartnerID, ReasonCode: t.cmd.Facts.ReasonCode})
}

// decideUrgentStart is admission, partner by telephone, case manager and start in one command: paperwork never
// stops care. A start ahead is planned, and asked about on its day.
func decideUrgentStart(t turn) (Decision, error) {
	f := t.cmd.Facts
	var events []Event
	if t.c.State == StateSubmitted || t.c.State == StateWaitlisted {
		admitted, err := t.admission()
		if err != nil {
			return Decision{}, err
		}
		events = append(events, admitted)
	}
	if f.PartnerID == "" {
		return Decision{}, Invalid("partner_id", "required", "Scelga l'ente che ha accettato al telefono.")
	}
	if f.UserID == "" {
		return Decision{}, Invalid("case_manager_id", "required", "Scelga il case manager che segue il caso.")
	}
	if f.StartOn.IsZero() {
		f.StartOn = t.cmd.On
	}
	if f.StartOn.Before(calendar.DateOf(t.c.SubmittedAt)) {
		return Decision{}, Invalid("start_on", "too_early", "L'avvio non può precedere la segnalazione.")
	}
	t.cmd.ByTelephone = true
	events = append(events,
		t.event(Proposed, Facts{PartnerID: f.PartnerID}),
		t.event(Accepted, Facts{PartnerID: f.PartnerID}),
		t.event(CaseManagerAppointed, Facts{UserID: f.UserID, From: calendar.Min(t.today, f.StartOn)}),
	)
	if f.StartOn.After(t.today) {
		events = append(events, t.event(StartMoved, Facts{StartPlannedOn: f.StartOn, State: StatePlanning}))
	} else {
		events = append(events, t.event(Started, Facts{StartOn: f.StartOn}))
	}
	return Decision{Events: events, NoMoney: noMoney("I fondi non bastano per questo livello: il caso non può partire su questo programma.")}, nil
}

func decideAppoint(t turn) (Decision, error) {
	f := t.cmd.Facts
	if t.cmd.Actor.Role == RolePartnerManager && t.cmd.Actor.OrgID != t.c.PartnerID {
		return Decision{}, Refuse(KindForbidden, "Il caso è seguito da un altro ente.")
	}
	if f.UserID == "" {
		return Decision{}, Invalid("user_id", "required", "Scelga il case manager.")
	}
	if f.From.IsZero() {
		f.From = t.cmd.On
	}
	if !f.To.IsZero() && f.To.Before(f.From) {
		return Decision{}, Invalid("to", "too_early", "La fine dell'incarico non può precedere l'inizio.")
	}
	return t.one(CaseManagerAppointed, Facts{UserID: f.UserID, From: f.From, To: f.To, SubstituteFor: f.SubstituteFor})
}

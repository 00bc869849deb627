package discharge

import (
	"cmp"
	"slices"

	"dimissioni/internal/calendar"
)

func decideSubmit(t turn) (Decision, error) {
	f := t.cmd.Facts
	switch {
	case f.Rules == nil || !f.Rules.Valid() || f.Code == "":
		return Decision{}, Refuse(KindInternal, "Il programma della segnalazione non è impostato come si deve.")
	case f.ExpectedOn.IsZero() && !f.AlreadyHome && f.DischargedOn.IsZero():
		return Decision{}, Invalid("stay.expected_discharge_on", "required",
			"Indichi la data prevista di dimissione, o che la persona è già a casa.")
	case f.DischargedOn.After(t.today):
		return Decision{}, Invalid("stay.expected_discharge_on", "too_late", "La dimissione avvenuta non può essere nel futuro.")
	case f.Level != "" && !slices.Contains(Levels(), f.Level):
		return Decision{}, Invalid("needs.level", "unknown", "Il livello può essere lieve, moderato o elevato.")
	}
	if err := cmp.Or(
		t.foreseen("stay.expected_discharge_on", f.ExpectedOn),
		checkShared("consent.share_with", f.ShareWith), checkShared("early_notice", f.EarlyNotice),
	); err != nil {
		return Decision{}, err
	}
	return t.one(Submitted, Facts{
		Rules: f.Rules, Code: f.Code, HospitalID: f.HospitalID, WardID: f.WardID, Missing: f.Missing,
		Informed: f.Informed, ShareWith: f.ShareWith, EarlyNotice: f.EarlyNotice, Marked: f.Marked,
		ExpectedOn: f.ExpectedOn, DischargedOn: f.DischargedOn, AlreadyHome: f.AlreadyHome, Level: f.Level,
	})
}

func decideComplete(t turn) (Decision, error) {
	f := t.cmd.Facts
	if t.c.Rules.Revision >= 2 && !t.completes() {
		return Decision{}, t.c.nothingCompleted()
	}
	if err := checkShared("consent.share_with", f.ShareWith); err != nil {
		return Decision{}, err
	}
	return t.one(Completed, Facts{
		Missing: f.Missing, Sharing: f.Sharing, ShareWith: f.ShareWith, Informed: f.Informed, Groups: f.Groups,
	})
}

// completes reports whether a completion says something: a group of the referral or, to an open question, words.
func (t turn) completes() bool {
	f := t.cmd.Facts
	return len(f.Groups) > 0 || f.Sharing || f.HasReason && t.c.asked()
}

// asked reports whether a question to the sender is open.
func (c Case) asked() bool {
	return slices.ContainsFunc(c.Questions, func(q Question) bool { return q.AnsweredAt.IsZero() })
}

// nothingCompleted refuses a completion that says nothing, and names what could be said.
func (c Case) nothingCompleted() *Error {
	err := Refuse(KindInvalid, "Non c'è niente da registrare: indichi almeno un dato della segnalazione.")
	if c.asked() {
		err.Fields = append(err.Fields, FieldError{"note", "required", "C'è una domanda senza risposta: la scriva qui, o dia il dato chiesto."})
	}
	for _, field := range c.Missing {
		err.Fields = append(err.Fields, FieldError{field, "required", "Manca ancora nella segnalazione."})
	}
	if len(err.Fields) == 0 {
		return Invalid(anyGroup, "required", err.Message)
	}
	return err
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
		return t.waitlist()
	case "reject":
		if err := checkReason(f.ReasonCode, RejectReasons); err != nil {
			return Decision{}, err
		}
		return t.one(Rejected, Facts{ReasonCode: f.ReasonCode, Criteria: f.Criteria, EndedOn: t.cmd.On, Cause: CausePerson})
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

func (t turn) waitlist() (Decision, error) {
	f := t.cmd.Facts
	switch {
	case t.c.State == StateWaitlisted:
		return Decision{}, Refuse(KindNotAllowed, "La pratica è già in attesa di fondi.")
	case f.Level != "" && !slices.Contains(Levels(), f.Level):
		return Decision{}, errLevel()
	default:
		return t.one(Waitlisted, Facts{Level: f.Level, Criteria: f.Criteria})
	}
}

// admission is the event of an admission, once its content has been checked: the level, then what the coordinator
// must give a reason for.
func (t turn) admission() (Event, error) {
	f := t.cmd.Facts
	if f.Level == "" {
		f.Level = t.c.Level
	}
	if !slices.Contains(Levels(), f.Level) {
		return Event{}, errLevel()
	}
	unmet := func(c Criterion) bool { return !c.Met && c.Name != "informed" }
	if slices.ContainsFunc(f.Criteria, unmet) && !f.HasReason {
		return Event{}, Invalid("reason", "required",
			"Un criterio non è soddisfatto: per ammettere comunque scriva il motivo.")
	}
	past := t.pastProgrammeEnd()
	if past && !f.HasReason {
		return Event{}, Invalid("reason", "required", "Il percorso può durare oltre l'ultimo giorno del programma, il "+
			t.c.Rules.EndsOn.Italian()+": per ammettere serve una deroga motivata che indichi gli altri fondi.")
	}
	return t.event(Admitted, Facts{
		Level: f.Level, Criteria: f.Criteria, Derogation: past, HasReason: f.HasReason,
		Money: &Money{Entry: EntryReserve, Level: f.Level},
	}), nil
}

func errLevel() *Error {
	return Invalid("level", "required", "Scelga il livello di intensità: lieve, moderato o elevato.")
}

// pastProgrammeEnd reports whether the whole path, six weeks where there is a cap and otherwise the first period,
// would run past the programme's last day. DOMAIN, Programmes.
func (t turn) pastProgrammeEnd() bool {
	if t.c.Rules.EndsOn.IsZero() {
		return false
	}
	days := t.c.Rules.PeriodDays
	if t.c.Rules.Cap {
		days = t.c.Rules.CapDays
	}
	start := calendar.Max(calendar.Max(t.today, t.c.DischargeOn()), t.cmd.Facts.StartOn)
	return start.AddDays(days).After(t.c.Rules.EndsOn)
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

// answered checks that a coordinator who answers for a partner has spoken to somebody there.
func (t turn) answered() error {
	if t.cmd.Actor.Role == RoleCoordinator && !t.cmd.ByTelephone {
		return Invalid("by_telephone_with", "required", "Indichi con chi ha parlato al telefono.")
	}
	return nil
}

func decideAccept(t turn) (Decision, error) {
	if err := t.answered(); err != nil {
		return Decision{}, err
	}
	f := Facts{PartnerID: t.c.Proposal.PartnerID}
	if t.c.State.InCare() {
		f.Money = &Money{Entry: EntryAdjust, ShareOf: t.c.PartnerID, ShareCents: t.c.partnerShare(t.cmd.On)}
	}
	return t.one(Accepted, f)
}

// partnerShare is what the serving partner has served until it hands the case over on a day: its part of the
// reservation by days, rounded down, after those of the partners before it.
func (c Case) partnerShare(until calendar.Date) int64 {
	before := 0
	if n := len(c.FormerPartners); n > 0 {
		before = c.ServedDays(c.FormerPartners[n-1].Until)
	}
	return c.ReservedCents * int64(max(0, c.ServedDays(until)-before)) / int64(c.Rules.CapDays)
}

func decideDecline(t turn) (Decision, error) {
	if err := t.answered(); err != nil {
		return Decision{}, err
	}
	if err := checkReason(t.cmd.Facts.ReasonCode, DeclineReasons); err != nil {
		return Decision{}, err
	}
	return t.one(Declined, Facts{PartnerID: t.c.Proposal.PartnerID, ReasonCode: t.cmd.Facts.ReasonCode})
}

func decideReturn(t turn) (Decision, error) {
	if err := checkReason(t.cmd.Facts.ReasonCode, DeclineReasons); err != nil {
		return Decision{}, err
	}
	return t.one(Returned, Facts{PartnerID: t.c.PartnerID, ReasonCode: t.cmd.Facts.ReasonCode})
}

// decideUrgentStart is admission, partner by telephone, case manager and start in one command: paperwork never
// stops care. A start ahead is planned, and asked about on its day.
func decideUrgentStart(t turn) (Decision, error) {
	f := t.cmd.Facts
	switch {
	case f.PartnerID == "":
		return Decision{}, Invalid("partner_id", "required", "Scelga l'ente che ha accettato al telefono.")
	case f.UserID == "":
		return Decision{}, Invalid("case_manager_id", "required", "Scelga il case manager che segue il caso.")
	case f.StartOn.IsZero():
		f.StartOn = t.cmd.On
	}
	if err := cmp.Or(t.foreseen("start_on", f.StartOn), t.checkStart(calendar.Min(f.StartOn, t.today))); err != nil {
		return Decision{}, err
	}
	t.cmd.ByTelephone = true
	var events []Event
	if t.c.State == StateSubmitted || t.c.State == StateWaitlisted {
		admitted, err := t.admission()
		if err != nil {
			return Decision{}, err
		}
		events = append(events, admitted)
	}
	events = append(events,
		t.event(Accepted, Facts{PartnerID: f.PartnerID}),
		t.event(CaseManagerAppointed, Facts{UserID: f.UserID, From: calendar.Min(t.today, f.StartOn)}),
	)
	if f.StartOn.After(t.today) {
		events = append(events, t.event(StartMoved, Facts{StartPlannedOn: f.StartOn, State: StatePlanning}))
	} else {
		events = append(events, t.event(Started, Facts{StartOn: f.StartOn}))
	}
	return Decision{
		Events:  events,
		NoMoney: noMoney("I fondi non bastano per questo livello: il caso non può partire su questo programma."),
	}, nil
}

func decideAppoint(t turn) (Decision, error) {
	f := t.cmd.Facts
	if f.UserID == "" {
		return Decision{}, Invalid("user_id", "required", "Scelga il case manager.")
	}
	if f.From.IsZero() {
		f.From = t.cmd.On
	}
	if !f.To.IsZero() && f.To.Before(f.From) {
		return Decision{}, Invalid("to", "too_early", "La fine dell'incarico non può precedere l'inizio.")
	}
	if err := cmp.Or(t.foreseen("from", f.From), t.foreseen("to", f.To)); err != nil {
		return Decision{}, err
	}
	return t.one(CaseManagerAppointed, Facts{UserID: f.UserID, From: f.From, To: f.To, SubstituteFor: f.SubstituteFor})
}

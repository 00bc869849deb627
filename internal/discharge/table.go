package discharge

import (
	"slices"
	"time"

	"dimissioni/internal/calendar"
)

// rule is a line of DOMAIN's table of commands: who, in which states, and the effect.
type rule struct {
	by     []Role
	in     []State
	decide func(turn) (Decision, error)
}

// turn is one command at its turn.
type turn struct {
	c     Case
	cmd   Command
	now   time.Time
	today calendar.Date
}

var (
	coordinator   = []Role{RoleCoordinator}
	wards         = []Role{RoleSender, RoleHospitalContact}
	referrers     = []Role{RoleSender, RoleHospitalContact, RoleCoordinator}
	partners      = []Role{RolePartnerManager, RoleCoordinator}
	managers      = []Role{RoleCoordinator, RoleCaseManager}
	signers       = []Role{RoleCoordinator, RoleCaseManager, RoleSignatory}
	visitors      = []Role{RoleCoordinator, RoleCaseManager, RolePartnerManager, RoleOperator}
	professionals = []Role{RoleCoordinator, RoleCaseManager, RolePartnerManager, RoleSender, RoleHospitalContact}
	system        = []Role{RoleSystem}

	nowhere     = []State{""} // there is no case yet
	anyState    = States()
	notFinal    = slices.DeleteFunc(States(), State.Final)
	beforeStart = slices.DeleteFunc(States(), func(s State) bool { return !s.BeforeStart() })
	withPartner = slices.DeleteFunc(States(), func(s State) bool { return !s.HasPartner() })
	inCare      = slices.DeleteFunc(States(), func(s State) bool { return !s.InCare() })
	toScreen    = []State{StateSubmitted, StateWaitlisted}
	unaccepted  = []State{StateSubmitted, StateWaitlisted, StateMatching, StateProposed}
	toStart     = []State{StatePlanning, StateSigning, StateReady}
)

// table is DOMAIN, Commands. What a state and a role alone do not tell is in admitsMore, belongs and the decisions.
var table = map[CommandKind]rule{
	Submit:             {wards, nowhere, decideSubmit},
	Complete:           {referrers, beforeStart, decideComplete},
	RequestInformation: {coordinator, beforeStart, decideRequestInformation},
	Screen:             {coordinator, toScreen, decideScreen},
	Propose:            {coordinator, []State{StateMatching, StateProposed}, decidePropose},
	Accept:             {partners, append([]State{StateProposed}, withPartner...), decideAccept},
	Decline:            {partners, append([]State{StateProposed}, withPartner...), decideDecline},
	UrgentStart:        {coordinator, unaccepted, decideUrgentStart},
	AppointCaseManager: {partners, withPartner, decideAppoint},
	RecordHomeVisit:    {managers, append([]State{StateActive}, toStart...), decideHomeVisit},
	SubmitPlan:         {managers, withPartner, decideSubmitPlan},
	Sign:               {signers, []State{StateSigning, StateReady, StateActive, StateSuspended}, decideSign},
	UpdateDischarge:    {referrers, beforeStart, decideUpdateDischarge},
	MoveStart:          {managers, []State{StateSigning, StateReady, StateActive}, decideMoveStart},
	ConfirmStart:       {managers, toStart, decideConfirmStart},
	ConveneMeeting:     {managers, withPartner, decideConvene},
	RecordMeeting:      {managers, append([]State{StateClosed}, withPartner...), decideRecordMeeting},
	Renew:              {coordinator, inCare, decideRenew},
	Suspend:            {managers, []State{StateActive}, decideSuspend},
	Resume:             {managers, []State{StateSuspended}, decideResume},
	ReturnCase:         {[]Role{RolePartnerManager}, withPartner, decideReturn},
	Reassign:           {coordinator, withPartner, decideReassign},
	ReadmissionNotice:  {referrers, inCare, decideReadmission},
	EndBeforeStart:     {professionals, beforeStart, decideEndBeforeStart},
	ReportDeath:        {professionals, notFinal, decideDeath},
	Close:              {coordinator, inCare, decideClose},
	CompleteOutcome:    {managers, []State{StateClosed}, decideCompleteOutcome},
	Reopen:             {coordinator, []State{StateClosed}, decideReopen},
	Cancel:             {coordinator, notFinal, decideCancel},
	Correct:            {professionals, anyState, decideCorrect},
	UpdateDetails:      {professionals, anyState, decideUpdateDetails},
	Take:               {coordinator, anyState, decideTake},

	LogVisit:      {visitors, append([]State{StateClosed}, withPartner...), decideLogVisit},
	Tick:          {system, anyState, decideTick},
	Sync:          {system, anyState, decideNothing},
	MailFailed:    {system, anyState, decideMailFailed},
	ReportRefusal: {system, anyState, decideReportRefusal},

	ReportWrongDelivery: {coordinator, anyState, decideWrongDelivery},
}

// municipalityCommands is what the municipality does where it admits by itself: it opens, admits and re-plans,
// and does what every professional may. DOMAIN, Programmes.
var municipalityCommands = []CommandKind{
	Submit, Complete, Screen, Propose, SubmitPlan, Sign, Reassign, Renew, UpdateDischarge, EndBeforeStart, ReportDeath,
	Close, UpdateDetails, Correct, ConveneMeeting, RecordMeeting,
}

// Allowed reports whether a role may ever give a command under a programme's rules, whatever the case.
func Allowed(role Role, kind CommandKind, rules Rules) bool {
	byMunicipality := rules.ScreenedBy == RoleMunicipality
	switch {
	case role == RoleMunicipality:
		return byMunicipality && slices.Contains(municipalityCommands, kind)
	case kind == Submit && byMunicipality:
		return false // opened by the municipalities
	default:
		return slices.Contains(table[kind].by, role)
	}
}

// AllowedCommands lists what a role may do with the case now, in the order of the path. It is what the form
// offers; [Decide] still judges who exactly asks, and the content.
func (c Case) AllowedCommands(role Role, now time.Time) []CommandKind {
	return slices.DeleteFunc(Commands(), func(kind CommandKind) bool {
		return !Allowed(role, kind, c.Rules) || c.admits(kind, now) != nil
	})
}

// AllowedTo is [Case.AllowedCommands] for somebody in particular: a partner that has only been asked may only answer,
// one that has handed the case over, or a case manager who was replaced, may read for a while and do nothing.
func (c Case) AllowedTo(actor Actor, now time.Time) []CommandKind {
	return slices.DeleteFunc(c.AllowedCommands(actor.Role, now), func(kind CommandKind) bool {
		return c.belongs(actor, kind, c.Today(now)) != nil
	})
}

// Admits judges whether the case as it stands lets a kind of command in, whoever gives it: nil, or why not.
func (c Case) Admits(kind CommandKind, now time.Time) error {
	if err := c.admits(kind, now); err != nil {
		return err
	}
	return nil
}

// admits judges whether the case's state lets a command in, before its content is looked at.
func (c Case) admits(kind CommandKind, now time.Time) *Error {
	if !slices.Contains(table[kind].in, c.State) {
		return Refuse(KindNotAllowed, "«"+kind.Italian()+"» non è possibile: la pratica è "+c.State.inSentence()+".")
	}
	return c.admitsMore(kind, c.Today(now))
}

// admitsMore holds the conditions that a state alone does not tell.
func (c Case) admitsMore(kind CommandKind, today calendar.Date) *Error {
	refuse := func(message string) *Error { return Refuse(KindNotAllowed, message) }
	switch {
	case (kind == Accept || kind == Decline) && c.Proposal == nil:
		return refuse("Non c'è una proposta aperta: forse è stata revocata o ha già avuto risposta.")
	case kind == MoveStart && c.State == StateActive && c.VisitLogged:
		return refuse("L'assistenza è già iniziata con un accesso registrato: si può correggere la data, non spostare l'avvio.")
	case kind == Sign && len(c.MissingSigners()) == 0:
		return refuse("Non ci sono firme da raccogliere: il PAI le ha già tutte, o non è ancora stato presentato.")
	case kind == Renew && c.renewable() <= 0:
		return refuse("Le sei settimane sono già tutte assegnate: non si può rinnovare oltre.")
	case kind == ReturnCase && !c.ReturnedAt.IsZero():
		return refuse("Il caso è già stato riconsegnato: il coordinatore sta cercando un altro ente.")
	case (kind == RecordMeeting || kind == LogVisit) && c.State == StateClosed && today.After(c.lateRecordUntil()):
		return refuse("Dalla conclusione sono passati troppi giorni lavorativi: non si può più registrare.")
	case kind == CompleteOutcome && (c.Exit.Cause != CauseCap || c.Exit.Outcome != ""):
		return refuse("L'esito si completa solo quando la pratica si è chiusa da sola alle sei settimane.")
	case kind == Reopen && !c.CapOn().IsZero() && today.After(c.CapOn()):
		return refuse("Le sei settimane sono passate: serve una nuova segnalazione.")
	case kind == Cancel && c.VisitLogged:
		return refuse("È già registrato un accesso: la pratica si chiude, non si annulla.")
	default:
		return nil
	}
}

func (c Case) lateRecordUntil() calendar.Date {
	return c.Rules.Calendar.AddWorkdays(c.Exit.On, c.Rules.LateRecordWorkdays)
}

// belongs judges whether whoever gives a command is the case's own: the partner that was asked or that serves it, the
// case manager who has not been replaced, an operator of that partner, the ward that sent it. Any ward may announce a
// readmission. The other roles are bound to the case by [Case.View] alone.
func (c Case) belongs(a Actor, kind CommandKind, today calendar.Date) *Error {
	partner := c.PartnerID
	if answer := kind == Accept || kind == Decline; answer && c.Proposal != nil {
		partner = c.Proposal.PartnerID
	}
	switch {
	case (a.Role == RolePartnerManager || a.Role == RoleOperator) && (a.OrgID == "" || a.OrgID != partner):
		return Refuse(KindForbidden, "Il caso è affidato a un altro ente.")
	case a.Role == RoleCaseManager && !c.inCharge(a.UserID, today):
		return Refuse(KindForbidden, "Il caso è affidato a un altro case manager.")
	case a.Role == RoleSender && kind != Submit && kind != ReadmissionNotice && !c.sentBy(a.UserID, a.OrgID):
		return Refuse(KindForbidden, "La segnalazione è di un altro reparto.")
	default:
		return nil
	}
}

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
	senders       = []Role{RoleSender, RoleHospitalContact}
	managers      = []Role{RoleCoordinator, RoleCaseManager}
	professionals = []Role{RoleCoordinator, RoleCaseManager, RolePartnerManager, RoleSender, RoleHospitalContact}
	recorders     = []Role{
		RoleCoordinator, RoleCaseManager, RolePartnerManager, RoleSender, RoleHospitalContact, RoleMunicipality,
	}
	visitors = []Role{RoleCoordinator, RoleCaseManager, RolePartnerManager, RoleOperator}

	anyState    = States()
	notFinal    = slices.DeleteFunc(States(), State.Final)
	beforeStart = slices.DeleteFunc(States(), func(s State) bool { return !s.BeforeStart() })
	withPartner = slices.DeleteFunc(States(), func(s State) bool { return !s.HasPartner() })
	inCare      = []State{StateActive, StateSuspended}
)

// ruleOf is the table of commands. DOMAIN, Commands.
func ruleOf(kind CommandKind) (rule, bool) {
	switch kind {
	case Submit:
		return rule{senders, []State{""}, decideSubmit}, true
	case Complete:
		return rule{[]Role{RoleSender, RoleHospitalContact, RoleCoordinator}, beforeStart, decideComplete}, true
	case RequestInformation:
		return rule{[]Role{RoleCoordinator}, beforeStart, decideRequestInformation}, true
	case Screen:
		return rule{[]Role{RoleCoordinator}, []State{StateSubmitted, StateWaitlisted}, decideScreen}, true
	case Propose:
		return rule{[]Role{RoleCoordinator}, []State{StateMatching, StateProposed}, decidePropose}, true
	case Accept:
		return rule{[]Role{RolePartnerManager, RoleCoordinator}, append([]State{StateProposed}, withPartner...), decideAccept}, true
	case Decline:
		return rule{[]Role{RolePartnerManager, RoleCoordinator}, append([]State{StateProposed}, withPartner...), decideDecline}, true
	case UrgentStart:
		in := []State{StateSubmitted, StateWaitlisted, StateMatching, StateProposed}
		return rule{[]Role{RoleCoordinator}, in, decideUrgentStart}, true
	case AppointCaseManager:
		return rule{[]Role{RolePartnerManager, RoleCoordinator}, withPartner, decideAppoint}, true
	case RecordHomeVisit:
		in := []State{StatePlanning, StateSigning, StateReady, StateActive}
		return rule{managers, in, decideHomeVisit}, true
	case SubmitPlan:
		return rule{managers, withPartner, decideSubmitPlan}, true
	case Sign:
		return rule{managers, []State{StateSigning, StateReady, StateActive, StateSuspended}, decideSign}, true
	case UpdateDischarge:
		return rule{[]Role{RoleSender, RoleHospitalContact, RoleCoordinator}, beforeStart, decideUpdateDischarge}, true
	case MoveStart:
		return rule{managers, []State{StateSigning, StateReady, StateActive}, decideMoveStart}, true
	case ConfirmStart:
		return rule{managers, []State{StatePlanning, StateSigning, StateReady}, decideConfirmStart}, true
	case LogVisit:
		return rule{visitors, append([]State{StateClosed}, withPartner...), decideLogVisit}, true
	case ConveneMeeting:
		return rule{managers, withPartner, decideConvene}, true
	case RecordMeeting:
		return rule{managers, append([]State{StateClosed}, withPartner...), decideRecordMeeting}, true
	default:
		return ruleOfCare(kind)
	}
}

// ruleOfCare is the second half of the table: care, end and what is always possible.
func ruleOfCare(kind CommandKind) (rule, bool) {
	coordinator := []Role{RoleCoordinator}
	system := []Role{RoleSystem}
	switch kind {
	case Renew:
		return rule{coordinator, inCare, decideRenew}, true
	case Suspend:
		return rule{managers, []State{StateActive}, decideSuspend}, true
	case Resume:
		return rule{managers, []State{StateSuspended}, decideResume}, true
	case ReturnCase:
		return rule{[]Role{RolePartnerManager}, withPartner, decideReturn}, true
	case Reassign:
		return rule{coordinator, withPartner, decideReassign}, true
	case ReadmissionNotice:
		return rule{[]Role{RoleSender, RoleHospitalContact, RoleCoordinator}, inCare, decideReadmission}, true
	case EndBeforeStart:
		return rule{professionals, beforeStart, decideEndBeforeStart}, true
	case ReportDeath:
		return rule{professionals, notFinal, decideDeath}, true
	case Close:
		return rule{coordinator, inCare, decideClose}, true
	case CompleteOutcome:
		return rule{managers, []State{StateClosed}, decideCompleteOutcome}, true
	case Reopen:
		return rule{coordinator, []State{StateClosed}, decideReopen}, true
	case Cancel:
		return rule{coordinator, notFinal, decideCancel}, true
	case Correct:
		return rule{recorders, anyState, decideCorrect}, true
	case UpdateDetails:
		return rule{professionals, anyState, decideUpdateDetails}, true
	case Take:
		return rule{coordinator, anyState, decideTake}, true
	case Tick:
		return rule{system, anyState, decideTick}, true
	case Sync:
		return rule{system, anyState, decideNothing}, true
	case MailFailed:
		return rule{system, anyState, decideMailFailed}, true
	case ReportRefusal:
		return rule{system, anyState, decideReportRefusal}, true
	default:
		return rule{}, false
	}
}

// municipalityCommands is what the municipality does where it admits by itself: it opens, admits and re-plans,
// and does what every professional may. DOMAIN, Programmes.
var municipalityCommands = []CommandKind{
	Submit, Complete, Screen, Propose, SubmitPlan, Reassign, Renew, UpdateDischarge, EndBeforeStart, ReportDeath,
	Close, UpdateDetails, Correct, ConveneMeeting, RecordMeeting,
}

// Allowed reports whether a role may ever give a command under a programme's rules, whatever the case.
func Allowed(role Role, kind CommandKind, rules Rules) bool {
	r, ok := ruleOf(kind)
	if !ok {
		return false
	}
	if role == RoleMunicipality && rules.ScreenedBy == RoleMunicipality {
		return slices.Contains(municipalityCommands, kind)
	}
	if kind == Submit && rules.ScreenedBy == RoleMunicipality {
		return false // opened by the municipalities
	}
	if role == RoleMunicipality && kind != Correct {
		return false
	}
	return slices.Contains(r.by, role)
}

// AllowedCommands lists what a role may do with the case now, in the order of the path. It is what the form
// offers; [Decide] still judges the content.
func (c Case) AllowedCommands(role Role, now time.Time) []CommandKind {
	kinds := []CommandKind{}
	for _, kind := range Commands() {
		if Allowed(role, kind, c.Rules) && c.admits(kind, now) == nil {
			kinds = append(kinds, kind)
		}
	}
	return kinds
}

// admits judges whether the case's state lets a command in, before its content is looked at.
func (c Case) admits(kind CommandKind, now time.Time) *Error {
	r, ok := ruleOf(kind)
	if !ok {
		return Refuse(KindNotFound, "Comando sconosciuto.")
	}
	if !slices.Contains(r.in, c.State) {
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
		return refuse("Il PAI ha già tutte le firme.")
	case kind == ReturnCase && !c.ReturnedAt.IsZero():
		return refuse("Il caso è già stato riconsegnato: il coordinatore sta cercando un altro ente.")
	case kind == RecordMeeting && c.State == StateClosed && today.After(c.lateRecordUntil()):
		return refuse("Sono passati più di dieci giorni lavorativi dalla conclusione: il verbale non si può più registrare.")
	case kind == CompleteOutcome && (c.Exit.Cause != CauseCap || c.Exit.Outcome != ""):
		return refuse("L'esito si completa solo quando la pratica si è chiusa da sola alle sei settimane.")
	case kind == Reopen && today.After(c.StartOn.AddDays(c.Rules.CapDays)):
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

package discharge

import "strings"

// The words that people read for the codes of this package. One Italian term for one thing: docs/glossary.md.

// Italian is what the coordinator reads for a state.
func (s State) Italian() string {
	switch s {
	case StateSubmitted:
		return "Da valutare"
	case StateWaitlisted:
		return "In attesa di fondi"
	case StateMatching:
		return "Da assegnare"
	case StateProposed:
		return "Proposta all'ente"
	case StatePlanning:
		return "In preparazione (visita e PAI)"
	case StateSigning:
		return "PAI in firma"
	case StateReady:
		return "Pronta all'avvio"
	case StateActive:
		return "Attiva"
	case StateSuspended:
		return "Sospesa"
	case StateClosed:
		return "Chiusa"
	case StateNotStarted:
		return "Non avviata"
	case StateRejected:
		return "Non ammissibile"
	case StateCancelled:
		return "Annullata per errore"
	default:
		return "Nuova"
	}
}

// SenderItalian is what the ward reads for a state.
func (s State) SenderItalian() string {
	if s == StateSubmitted {
		return "Inviata"
	}
	return s.Italian()
}

func (s State) inSentence() string {
	if s == StateSubmitted {
		return "da valutare"
	}
	return "«" + s.Italian() + "»"
}

// Phase is which of the five phases heads the case page.
func (s State) Phase() string {
	switch s {
	case StateSubmitted, StateWaitlisted:
		return "accesso"
	case StateMatching, StateProposed:
		return "valutazione"
	case StatePlanning, StateSigning, StateReady:
		return "progetto"
	case StateActive, StateSuspended:
		return "erogazione"
	default:
		return "conclusione"
	}
}

// Italian is the command's label on buttons and in refusals.
func (k CommandKind) Italian() string {
	switch k {
	case Submit:
		return "Inviare la segnalazione"
	case Complete:
		return "Completare la segnalazione"
	case RequestInformation:
		return "Chiedere informazioni"
	case Screen:
		return "Valutare la segnalazione"
	case Propose:
		return "Proporre a un ente"
	case Accept:
		return "Accettare la proposta"
	case Decline:
		return "Rifiutare la proposta"
	case UrgentStart:
		return "Avvio urgente"
	case AppointCaseManager:
		return "Nominare il case manager"
	case RecordHomeVisit:
		return "Registrare la visita domiciliare"
	case SubmitPlan:
		return "Presentare il PAI"
	case Sign:
		return "Registrare una firma"
	case UpdateDischarge:
		return "Aggiornare la data di dimissione"
	case MoveStart:
		return "Spostare l'avvio"
	case ConfirmStart:
		return "Confermare l'avvio"
	case LogVisit:
		return "Registrare un accesso"
	case ConveneMeeting:
		return "Convocare l'équipe multidisciplinare"
	case RecordMeeting:
		return "Registrare l'équipe multidisciplinare"
	default:
		return k.italianOfCare()
	}
}

func (k CommandKind) italianOfCare() string {
	switch k {
	case Renew:
		return "Rinnovare"
	case Suspend:
		return "Sospendere"
	case Resume:
		return "Riprendere"
	case ReturnCase:
		return "Riconsegnare il caso"
	case Reassign:
		return "Riassegnare a un altro ente"
	case ReadmissionNotice:
		return "Segnalare un nuovo ricovero"
	case EndBeforeStart:
		return "Concludere prima dell'avvio"
	case ReportDeath:
		return "Comunicare il decesso"
	case Close:
		return "Chiudere la pratica"
	case CompleteOutcome:
		return "Completare l'esito"
	case Reopen:
		return "Riaprire la pratica"
	case Cancel:
		return "Annullare per errore"
	case Correct:
		return "Correggere una data"
	case UpdateDetails:
		return "Aggiornare i dati"
	case Take:
		return "Prendere in carico"
	case ReportWrongDelivery:
		return "Segnalare un messaggio arrivato alla persona sbagliata"
	default:
		return string(k)
	}
}

// Italian is the role's name.
func (r Role) Italian() string {
	switch r {
	case RoleSender:
		return "segnalante"
	case RoleHospitalContact:
		return "referente dimissioni"
	case RoleCoordinator:
		return "coordinatore"
	case RolePartnerManager:
		return "referente ente"
	case RoleCaseManager:
		return "case manager"
	case RoleOperator:
		return "operatore"
	case RoleMunicipality:
		return "servizio sociale"
	case RoleSteering:
		return "cabina di regia"
	case RolePublicBody:
		return "ente pubblico"
	case RoleAdministrative:
		return "amministrativo"
	case RoleDPO:
		return "responsabile protezione dati"
	case RoleAdmin:
		return "amministratore di sistema"
	case RoleSystem:
		return "il sistema"
	case RoleSignatory:
		return "firmatario"
	default:
		return string(r)
	}
}

// Italian is the level's name.
func (l Level) Italian() string {
	switch l {
	case LevelLight:
		return "lieve"
	case LevelModerate:
		return "moderato"
	case LevelHigh:
		return "elevato"
	default:
		return ""
	}
}

// Italian is the clock's name in lists and reminders.
func (k ClockKind) Italian() string {
	switch k {
	case ClockScreening:
		return "Valutazione della segnalazione"
	case ClockCompletion:
		return "Risposta alla richiesta di informazioni"
	case ClockWaitlistCheck:
		return "Verifica della lista d'attesa"
	case ClockAssignment:
		return "Proposta a un ente"
	case ClockAcceptance:
		return "Risposta dell'ente"
	case ClockPlan:
		return "PAI da presentare"
	case ClockStart:
		return "Avvio"
	case ClockSignatures:
		return "Firme del PAI"
	case ClockEquipe:
		return "Équipe multidisciplinare entro 10 giorni"
	case ClockReview:
		return "Verifica delle tre settimane"
	case ClockHandover:
		return "Che cosa segue"
	case ClockCap:
		return "Termine massimo (sei settimane)"
	case ClockMonitoring:
		return "Passo di monitoraggio"
	case ClockOutcome:
		return "Esito da completare"
	default:
		return string(k)
	}
}

// Italian is what a flag says on a case's page.
func (f Flag) Italian() string {
	switch f {
	case FlagPlanUnsigned:
		return "PAI senza tutte le firme"
	case FlagEquipeLate:
		return "Équipe multidisciplinare tenuta in ritardo"
	case FlagEquipeMissed:
		return "Équipe multidisciplinare non tenuta entro 10 giorni"
	case FlagReviewMissed:
		return "Periodo finito senza decisione: proroga tecnica"
	case FlagStartUnconfirmed:
		return "Avvio da confermare o spostare"
	case FlagOutcomePending:
		return "Esito da completare"
	case FlagNoHandover:
		return "Non si sa che cosa segue"
	case FlagPlanDraft:
		return "PAI in bozza: i fondi non bastano per il livello"
	case FlagReturned:
		return "Caso riconsegnato dall'ente"
	case FlagReadmission:
		return "Nuovo ricovero segnalato"
	case FlagDerogation:
		return "Deroga motivata: oltre la fine del programma"
	case FlagSignatureRefused:
		return "Firma rifiutata: decide il coordinatore"
	case FlagMeetingIncomplete:
		return "Équipe multidisciplinare con composizione incompleta"
	case FlagReplanAsked:
		return "L'équipe multidisciplinare chiede di riprogettare"
	case FlagCloseAsked:
		return "L'équipe multidisciplinare chiede di chiudere"
	case FlagNoCaseManager:
		return "Manca il case manager"
	default:
		return "Scaduto: " + ClockKind(strings.TrimSuffix(string(f), "_missed")).Italian()
	}
}

// SignerItalian is what a signer of the plan is called; the code itself when it is none.
func SignerItalian(signer string) string {
	switch signer {
	case "coordinator":
		return "coordinatore"
	case "case_manager":
		return "case manager"
	case "patient":
		return "persona assistita"
	case "representative":
		return "rappresentante"
	default:
		return signer // caregiver
	}
}

package discharge

import "strconv"

// Summary says in Italian what an event was, for the timeline. It holds no name and no free text.
func (e Event) Summary() string {
	f := e.Facts
	switch e.Kind {
	case Submitted:
		return "Segnalazione inviata"
	case Completed:
		return "Segnalazione completata"
	case InformationRequested:
		return "Chieste informazioni al segnalante"
	case Admitted:
		return "Ammessa, livello " + f.Level.Italian() + ": fondi riservati"
	case Waitlisted:
		return "In attesa di fondi"
	case Rejected:
		return "Non ammissibile"
	case Proposed:
		return "Proposta a un ente"
	case Accepted:
		return "L'ente ha accettato"
	case Declined:
		return "L'ente ha rifiutato: " + italianOr(declineItalian, f.ReasonCode)
	case Returned:
		return "L'ente ha riconsegnato il caso: " + italianOr(declineItalian, f.ReasonCode)
	case CaseManagerAppointed:
		return "Nominato il case manager dal " + f.From.Italian()
	case HomeVisitRecorded:
		return "Visita domiciliare del " + f.HeldOn.Italian()
	case PlanSubmitted:
		return "PAI versione " + strconv.Itoa(f.Version) + " presentato"
	case PlanDrafted:
		return "PAI salvato come bozza: i fondi non bastano per il livello " + f.Level.Italian()
	case PlanInForce:
		return "PAI versione " + strconv.Itoa(f.Version) + " in vigore"
	case Signed:
		return "Firma del PAI: " + italianOr(signerItalian, f.Signer) + " (" + italianOr(methodItalian, f.Method) + ")"
	case DischargeUpdated:
		if !f.DischargedOn.IsZero() {
			return "Dimissione avvenuta il " + f.DischargedOn.Italian()
		}
		return "Dimissione prevista il " + f.ExpectedOn.Italian()
	case StartMoved:
		return "Avvio spostato al " + f.StartPlannedOn.Italian()
	case Started:
		return "Avvio confermato dal " + f.StartOn.Italian()
	default:
		return e.summaryOfCare()
	}
}

func (e Event) summaryOfCare() string {
	f := e.Facts
	switch e.Kind {
	case FirstVisitLogged:
		return "Primo accesso registrato"
	case MeetingConvened:
		return "Équipe multidisciplinare convocata"
	case MeetingMoved:
		return "Équipe multidisciplinare spostata"
	case MeetingCalledOff:
		return "Équipe multidisciplinare disdetta"
	case MeetingRecorded:
		return "Équipe multidisciplinare del " + f.HeldOn.Italian() + ": " + italianOr(decisionItalian, f.Decision)
	case Renewed:
		return "Rinnovata di " + counted(f.Days, "giorno", "giorni")
	case Suspended:
		return "Sospesa: " + italianOr(suspensionItalian, f.ReasonCode)
	case Resumed:
		return "Ripresa"
	case ReadmissionNoticed:
		return "Segnalato un nuovo ricovero"
	case NotStarted:
		return "Non avviata: " + italianOr(notStartedItalian, f.ReasonCode)
	case Closed:
		return e.closedSummary()
	case OutcomeCompletedLate:
		return "Esito: " + italianOr(outcomeItalian, f.Outcome)
	case Reopened:
		return "Riaperta"
	case Cancelled:
		return "Annullata per errore"
	case Corrected:
		return "Corretta la data dell'evento n. " + strconv.Itoa(f.EventSeq) + ": " + f.Date.Italian()
	case DetailsUpdated:
		return "Dati aggiornati"
	case Taken:
		return "Presa in carico dal coordinatore"
	case Reminded:
		return "Promemoria: " + f.Clock.Italian()
	case Missed:
		return "Scaduto: " + f.Clock.Italian() + " (" + f.DueOn.Italian() + ")"
	case DeliveryFailed:
		return "Messaggi non consegnati: avvisare per telefono"
	case WrongDelivery:
		return "Messaggio inviato alla persona sbagliata: avvisato il responsabile protezione dati"
	case CommandRefused:
		return "Richiesta non accolta: " + f.Refused.Italian()
	default:
		return string(e.Kind)
	}
}

func (e Event) closedSummary() string {
	switch e.Facts.Cause {
	case CauseCap:
		return "Chiusa al termine massimo (sei settimane)"
	case CauseDeath:
		return "Chiusa per decesso il " + e.Facts.EndedOn.Italian()
	default:
		return "Chiusa il " + e.Facts.EndedOn.Italian() + ": " + italianOr(outcomeItalian, e.Facts.Outcome)
	}
}

func italianOr(words map[string]string, code string) string {
	if w, ok := words[code]; ok {
		return w
	}
	return code
}

var (
	declineItalian = map[string]string{
		"no_capacity": "non c'è disponibilità", "out_of_area": "fuori zona", "figure_missing": "manca la figura richiesta",
		"not_appropriate": "non appropriato", "other": "altro",
	}
	signerItalian = map[string]string{
		"coordinator": "coordinatore", "case_manager": "case manager", "patient": "persona assistita",
		"caregiver": "caregiver", "representative": "rappresentante",
	}
	methodItalian = map[string]string{
		"in_person": "di persona", "paper": "su carta", "link": "da link", "digital": "firma digitale",
		"verbal_witnessed":            "a voce, davanti a due testimoni",
		"incapable_no_representative": "incapace senza rappresentante", "refused": "rifiutata",
	}
	decisionItalian = map[string]string{
		"continue": "proseguire", "replan": "riprogettare", "close": "chiudere",
	}
	suspensionItalian = map[string]string{
		"hospital": "ricovero", "away": "allontanamento", "residence": "struttura residenziale",
		"administrative": "motivo amministrativo", "voluntary": "assenza volontaria", "other": "altro",
	}
	notStartedItalian = map[string]string{
		"deceased": "decesso", "discharge_cancelled": "dimissione annullata", "other_facility": "altra struttura",
		"person_refused": "rinuncia della persona", "caregiver_unavailable": "caregiver non disponibile",
		"out_of_area": "fuori zona", "no_partner": "nessun ente disponibile", "other": "altro",
	}
	outcomeItalian = map[string]string{
		"completed": "percorso concluso", "hospital": "ricovero", "residence": "RSA o riabilitazione",
		"hospice": "hospice", "other_service": "passaggio ad altro servizio",
		"moved": "trasferimento fuori distretto", "renounced": "rinuncia", "other": "altro",
		"died_home": "decesso a domicilio", "died_hospital": "decesso in ospedale",
		"died_hospice": "decesso in hospice", "died_elsewhere": "decesso altrove",
	}
)

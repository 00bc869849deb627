package api

import (
	"fmt"

	"dimissioni/internal/discharge"
)

// happened says an event in Italian, without its texts and its money. partner is the name to put after "ente", if any.
func happened(e discharge.Event, partner string) string {
	f := e.Facts
	switch e.Kind {
	case discharge.Submitted:
		return "Segnalazione inviata"
	case discharge.Completed:
		return "Segnalazione completata"
	case discharge.InformationRequested:
		return "Chieste informazioni a chi ha segnalato"
	case discharge.Admitted:
		return "Caso ammesso, livello " + f.Level.Italian() + when(f.Derogation, ", con deroga oltre la fine del programma")
	case discharge.Waitlisted:
		return "Caso in attesa di fondi"
	case discharge.Rejected:
		return "Caso non ammissibile: " + word(rejectWords, f.ReasonCode)
	case discharge.Proposed:
		return "Caso proposto a un ente" + partner
	case discharge.Accepted:
		return "Proposta accettata dall'ente" + partner
	case discharge.Declined:
		return "Proposta rifiutata dall'ente" + partner + ": " + word(declineWords, f.ReasonCode)
	case discharge.Returned:
		return "Caso riconsegnato dall'ente" + partner + ": " + word(declineWords, f.ReasonCode)
	case discharge.CaseManagerAppointed:
		return "Case manager nominato dal " + f.From.Italian() + when(!f.To.IsZero(), " al "+f.To.Italian())
	case discharge.HomeVisitRecorded:
		return "Visita domiciliare del " + f.HeldOn.Italian()
	case discharge.PlanSubmitted:
		return fmt.Sprintf("PAI presentato, versione %d, livello %s", f.Version, f.Level.Italian()) +
			when(f.SignaturesVoid && f.Version > 1, "; le firme precedenti non valgono più")
	case discharge.PlanDrafted:
		return "PAI salvato come bozza: i fondi non bastano per il livello " + f.Level.Italian()
	case discharge.PlanInForce:
		return fmt.Sprintf("PAI in vigore, versione %d", f.Version)
	case discharge.Signed:
		return "PAI: " + word(methodWords, f.Method) + " (" + discharge.SignerItalian(f.Signer) + "), " + f.SignedOn.Italian()
	default:
		return happenedInCare(e)
	}
}

func happenedInCare(e discharge.Event) string {
	f := e.Facts
	switch e.Kind {
	case discharge.DischargeUpdated:
		if !f.DischargedOn.IsZero() {
			return "Persona dimessa il " + f.DischargedOn.Italian()
		}
		return "Dimissione prevista spostata al " + f.ExpectedOn.Italian()
	case discharge.StartMoved:
		return "Avvio previsto il " + f.StartPlannedOn.Italian()
	case discharge.Started:
		return "Assistenza avviata il " + f.StartOn.Italian()
	case discharge.FirstVisitLogged:
		return "Registrato il primo accesso"
	case discharge.MeetingConvened, discharge.MeetingMoved:
		return when(e.Kind == discharge.MeetingConvened, "Équipe convocata per il ") +
			when(e.Kind == discharge.MeetingMoved, "Équipe spostata al ") + localTime(f.At)
	case discharge.MeetingCalledOff:
		return "Équipe disdetta"
	case discharge.MeetingRecorded:
		return "Équipe tenuta il " + f.HeldOn.Italian() + ", decisione: " + word(decisionWords, f.Decision)
	case discharge.Renewed:
		return fmt.Sprintf("Percorso rinnovato di %d giorni", f.Days)
	case discharge.Suspended:
		return "Percorso sospeso: " + word(suspensionWords, f.ReasonCode)
	case discharge.Resumed:
		return "Percorso ripreso"
	case discharge.ReadmissionNoticed:
		return "Segnalato un nuovo ricovero" + when(!f.From.IsZero(), " dal "+f.From.Italian()) +
			when(!f.ExpectedOn.IsZero(), ", dimissione prevista il "+f.ExpectedOn.Italian())
	default:
		return happenedAtTheEnd(e)
	}
}

func happenedAtTheEnd(e discharge.Event) string {
	f := e.Facts
	switch e.Kind {
	case discharge.NotStarted:
		return "Percorso non avviato: " + word(notStartedWords, f.ReasonCode)
	case discharge.Closed:
		if f.Cause == discharge.CauseCap {
			return "Percorso chiuso al termine massimo delle sei settimane"
		}
		return "Percorso concluso il " + f.EndedOn.Italian() + ": " + word(outcomeWords, f.Outcome)
	case discharge.OutcomeCompletedLate:
		return "Esito completato, conclusione il " + f.EndedOn.Italian() + ": " + word(outcomeWords, f.Outcome)
	case discharge.Reopened:
		return "Pratica riaperta"
	case discharge.Cancelled:
		return "Pratica annullata per errore"
	case discharge.Corrected:
		return fmt.Sprintf("Corretta la data della voce %d: %s", f.EventSeq, f.Date.Italian())
	case discharge.DetailsUpdated:
		return "Dati aggiornati"
	case discharge.Taken:
		return "Pratica presa in carico"
	case discharge.Reminded:
		return "Promemoria: " + f.Clock.Italian() + ", entro il " + f.DueOn.Italian()
	case discharge.Missed:
		return "Scadenza mancata: " + f.Clock.Italian() + ", era il " + f.DueOn.Italian()
	case discharge.DeliveryFailed:
		return "Un messaggio non è stato consegnato: avvisare per telefono"
	case discharge.WrongDelivery:
		return "Un messaggio è arrivato alla persona sbagliata: avvisato il responsabile protezione dati"
	case discharge.CommandRefused:
		return "Comando inviato e non accettato: «" + f.Refused.Italian() + "»"
	default:
		return string(e.Kind)
	}
}

func when(yes bool, words string) string {
	if yes {
		return words
	}
	return ""
}

// word is the Italian of a code, the code itself when it has none.
func word(words map[string]string, code string) string {
	if w, ok := words[code]; ok {
		return w
	}
	return code
}

var (
	rejectWords = map[string]string{
		"age_or_network": "età o rete familiare", "residence_or_presence": "residenza o presenza nel distretto",
		"episode": "manca l'episodio acuto", "other_district": "competenza di un altro distretto", "other": "altro",
	}
	declineWords = map[string]string{
		"no_capacity": "nessuna disponibilità", "out_of_area": "fuori zona", "figure_missing": "manca la figura richiesta",
		"not_appropriate": "non appropriato", "other": "altro",
	}
	methodWords = map[string]string{
		"in_person": "firma in presenza", "paper": "firma su carta", "link": "firma dal link", "digital": "firma digitale",
		"verbal_witnessed": "assenso verbale con testimoni", "refused": "firma rifiutata",
		"incapable_no_representative": "persona incapace senza rappresentante",
	}
	decisionWords   = map[string]string{"continue": "proseguire", "replan": "riprogettare", "close": "chiudere"}
	suspensionWords = map[string]string{
		"hospital": "ricovero", "away": "allontanamento", "residence": "struttura residenziale",
		"administrative": "motivo amministrativo", "voluntary": "assenza volontaria", "other": "altro",
	}
	notStartedWords = map[string]string{
		"deceased": "decesso", "discharge_cancelled": "dimissione annullata", "other_facility": "altra struttura",
		"person_refused": "rinuncia della persona", "caregiver_unavailable": "caregiver non disponibile",
		"out_of_area": "fuori zona", "no_partner": "nessun ente disponibile", "other": "altro",
	}
	outcomeWords = map[string]string{
		"completed": "percorso concluso", "hospital": "ricovero", "residence": "RSA o riabilitazione", "hospice": "hospice",
		"other_service": "passaggio ad altro servizio", "moved": "trasferimento fuori distretto", "renounced": "rinuncia",
		"other": "altro", "died_home": "decesso a domicilio", "died_hospital": "decesso in ospedale",
		"died_hospice": "decesso in hospice", "died_elsewhere": "decesso altrove",
	}
)

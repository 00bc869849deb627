package html

import (
	"html/template"
	"strconv"
	"strings"

	"dimissioni/internal/discharge"
	"dimissioni/internal/referral"
)

// The Italian of the codes that the page of a case shows.

// caseWords are what the templates of the case call.
var caseWords = template.FuncMap{
	"fact":       func(label, text string) fact { return fact{label, text} },
	"euro":       euro,
	"yes":        yes,
	"sex":        func(code string) string { return wordOf(sexes, code) },
	"stay":       func(code string) string { return wordOf(stays, code) },
	"audience":   func(code string) string { return wordOf(audiences, code) },
	"willing":    func(code string) string { return wordOf(willings, code) },
	"signer":     func(code string) string { return wordOf(signers, code) },
	"method":     func(code string) string { return wordOf(methods, code) },
	"decision":   func(code string) string { return wordOf(decisions, code) },
	"mode":       func(code string) string { return wordOf(modes, code) },
	"pause":      func(code string) string { return wordOf(pauses, code) },
	"device":     func(code string) string { return wordOf(devices, code) },
	"missing":    func(path string) string { return wordOf(missings, path) },
	"roleName":   roleName,
	"momentName": momentName,
	"triage":     triageLetters,
}

// fact is a line of a list of facts, left out when nothing is known.
type fact struct{ Label, Text string }

// triageLetters writes the sheet: "morbilità A, mobilità C"; it has no total.
func triageLetters(t referral.Triage) string {
	var said []string
	for i, letter := range []string{t.Morbidity, t.Feeding, t.Continence, t.Mobility, t.Hygiene, t.Mental, t.LivesWith, t.Care} {
		if letter != "" {
			said = append(said, triages[i]+" "+letter)
		}
	}
	return strings.Join(said, ", ")
}

// euro writes cents as people read them: 1.234,56 euro.
func euro(cents int64) string {
	sign := ""
	if cents < 0 {
		sign, cents = "-", -cents
	}
	whole := strconv.FormatInt(cents/100, 10)
	for i := len(whole) - 3; i > 0; i -= 3 {
		whole = whole[:i] + "." + whole[i:]
	}
	rest := strconv.FormatInt(cents%100+100, 10)[1:]
	return sign + whole + "," + rest + " euro"
}

// yes answers a question that may not have been answered.
func yes(answer *bool) string {
	switch {
	case answer == nil:
		return ""
	case *answer:
		return "sì"
	default:
		return "no"
	}
}

var (
	sexes = map[string]string{"F": "donna", "M": "uomo", "X": "altro"}
	stays = map[string]string{
		"ward": "ricovero", "emergency": "pronto soccorso", "observation": "osservazione", "intermediate": "cure intermedie",
		"subacute": "cure subacute", "rehabilitation": "riabilitazione",
	}
	devices   = map[string]string{"catheter": "catetere", "peg": "PEG", "oxygen": "ossigeno", "other": "altro"}
	audiences = map[string]string{"gp": "medico di base", "municipality": "Comune", "territorial": "servizi territoriali"}
	willings  = map[string]string{"yes": "sì", "no": "no", "not_yet": "non ancora chiesto"}
	signers   = map[string]string{
		"coordinator": "coordinatore", "case_manager": "case manager", "patient": "persona assistita", "caregiver": "caregiver",
		"representative": "rappresentante",
	}
	methods = map[string]string{
		"in_person": "in presenza", "paper": "su carta", "link": "dal collegamento", "digital": "firma digitale",
		"verbal_witnessed": "a voce, davanti a testimoni", "refused": "rifiutata",
		"incapable_no_representative": "persona incapace senza rappresentante",
	}
	decisions = map[string]string{"continue": "proseguire", "replan": "riprogettare", "close": "chiudere"}
	modes     = map[string]string{"present": "in presenza", "remote": "a distanza", "written": "parere scritto", "excused": "assente giustificato"}
	pauses    = map[string]string{
		"hospital": "ricovero", "away": "allontanamento", "residence": "struttura residenziale", "administrative": "motivo amministrativo",
		"voluntary": "assenza volontaria", "other": "altro",
	}
	invitees = map[string]string{"gp": "medico di base", "person": "persona assistita o caregiver", "territorial": "servizi territoriali"}
	moments  = map[string]string{ //nolint:gosec // G101: words for a mail about passwords, and no password
		"referral_received": "segnalazione ricevuta", "early_notice": "preavviso", "no_follow_up": "non avviata, dopo il preavviso",
		"information_requested": "richiesta di informazioni", "information_given": "informazioni date", "rejected": "non ammissibile",
		"waitlisted": "in attesa di fondi", "admitted": "ammessa", "start_confirmed": "avvio confermato", "proposal": "proposta",
		"proposal_revoked": "proposta revocata", "proposal_accepted": "proposta accettata", "proposal_declined": "proposta rifiutata",
		"case_returned": "caso riconsegnato", "case_manager_appointed": "nomina del case manager", "signature_requested": "richiesta di firma",
		"activated": "presa in carico", "replanned": "nuovo PAI", "renewed": "proroga", "suspended": "sospensione", "resumed": "ripresa",
		"closed": "conclusione", "started": "inizio dell'assistenza", "changed": "cambiamento", "ends_in_7_days": "finisce tra sette giorni",
		"ended": "fine dell'assistenza", "meeting_convened": "convocazione dell'équipe", "meeting_moved": "équipe spostata",
		"meeting_cancelled": "équipe disdetta", "readmission": "nuovo ricovero", "digest": "riepilogo", "command_refused": "comando non accettato",
		"delivery_failed": "messaggio non consegnato", "not_started": "non avviata", "reopened": "riaperta", "funds_released": "fondi liberati",
		"cancelled": "annullata", "partner_changed": "cambio di ente",
		"discharge_moved": "dimissione spostata", "technical_extension": "proroga tecnica", "meeting_decision": "decisione dell'équipe",
		"wrong_delivery": "messaggio alla persona sbagliata", "password_link": "collegamento per la password",
	}
	missings = map[string]string{
		"autonomy.triage": "scheda di triage", "network.gp": "medico di base", "stay.admitted_on": "data del ricovero",
		"needs.level": "livello proposto", "needs.goal": "obiettivo del rientro", "network.caregiver": "caregiver",
		"network.representative": "rappresentante", "network.active_services": "servizi già attivi",
		"network.known_to_social": "se è nota ai servizi sociali", "stay.allergies": "allergie", "stay.therapy_note": "terapia o lettera di dimissione",
		"plan.interventions": "interventi con frequenza e minuti", "patient.language": "lingua", "stay.fit_on": "data in cui è dimissibile",
	}
	triages = [...]string{
		"morbilità", "alimentazione", "alvo e diuresi", "mobilità", "igiene personale", "stato mentale e comportamento", "con chi vive",
		"assistenza diretta",
	}
)

// roleName is the Italian of whoever stands in a role of the case or of its surroundings.
func roleName(code string) string {
	for _, words := range []map[string]string{roles, invitees, signers} {
		if w, ok := words[code]; ok {
			return w
		}
	}
	return discharge.Role(code).Italian()
}

// momentName is the Italian of a message's moment; a reminder names its clocks.
func momentName(m discharge.Moment) string {
	if clock, ok := strings.CutPrefix(string(m), "reminder:"); ok {
		return "promemoria: " + discharge.ClockKind(clock).Italian()
	}
	return wordOf(moments, string(m))
}

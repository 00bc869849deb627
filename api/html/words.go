package html

import (
	"html/template"
	"strconv"
	"strings"
	"time"

	"dimissioni/internal/calendar"
	"dimissioni/internal/discharge"
)

// words are what templates call: the Italian of codes, dates and amounts of time.
var words = template.FuncMap{
	"figure":   func(f discharge.Figure) string { return wordOf(figures, string(f)) },
	"housing":  func(code string) string { return wordOf(housings, code) },
	"infected": func(code string) string { return wordOf(infections, code) },
	"reason":   func(code string) string { return wordOf(reasons, code) },
	"follow":   func(code string) string { return wordOf(follows, code) },
	"area":     func(code string) string { return wordOf(areas, code) },
	"role":     func(code string) string { return wordOf(roles, code) },
	"signing":  func(code string) string { return wordOf(signings, code) },
	"asked":    func(a discharge.LinkAction) string { return wordOf(askings, string(a)) },
	"news":     func(m discharge.Moment) string { return wordOf(news, string(m)) },
	"done":     func(answer string) doneText { return doneWords[answer] },
	"day":      day,
	"moment": func(t time.Time) string {
		return day(calendar.DateOf(t)) + " alle " + t.In(calendar.Rome).Format("15:04")
	},
	"hours":     hours,
	"count":     count,
	"tel":       tel,
	"join":      join,
	"today":     calendar.DateOf,
	"caseTable": caseTable,
	"picture":   picture,
	"act":       func(code string) string { return wordOf(acts, code) },
	"question":  showQuestion,
	"badge":     func(tone, text string) Badge { return Badge{tone, text} },
}

// wordOf is the Italian of a code, the code itself when it has none.
func wordOf(words map[string]string, code string) string {
	if w, ok := words[code]; ok {
		return w
	}
	return code
}

var weekdays = [...]string{"domenica", "lunedì", "martedì", "mercoledì", "giovedì", "venerdì", "sabato"}

// day is "mercoledì 02/12/2026".
func day(d calendar.Date) string { return weekdays[d.Weekday()] + " " + d.Italian() }

// hours writes minutes as people say them: 1 ora e 30 minuti.
func hours(minutes int) string {
	var parts []string
	if h := minutes / 60; h > 0 {
		parts = append(parts, count(h, "ora", "ore"))
	}
	if m := minutes % 60; m > 0 || len(parts) == 0 {
		parts = append(parts, count(m, "minuto", "minuti"))
	}
	return join(parts)
}

func count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return strconv.Itoa(n) + " " + many
}

// join writes a list: a, b e c.
func join(list []string) string {
	if len(list) < 2 {
		return strings.Join(list, "")
	}
	return strings.Join(list[:len(list)-1], ", ") + " e " + list[len(list)-1]
}

// tel is the address that a telephone dials; empty when the number holds anything else than a number.
func tel(number string) template.URL {
	digits := strings.NewReplacer(" ", "", "-", "", "/", "", ".", "").Replace(number)
	for i, r := range digits {
		if (r < '0' || r > '9') && (r != '+' || i > 0) {
			return ""
		}
	}
	return template.URL("tel:" + digits) //nolint:gosec // digits alone, as checked above
}

var (
	figures = map[string]string{
		"coordinator": "coordinatore", "social_worker": "assistente sociale", "asa": "ASA", "oss": "OSS",
		"family_assistant": "assistente familiare", "auxiliary": "ausiliario", "educator": "educatore professionale",
		"nurse": "infermiere", "physician": "medico", "psychologist": "psicologo",
	}
	housings = map[string]string{
		"stable": "casa stabile", "precarious": "precarietà abitativa", "homeless": "senza dimora",
	}
	infections = map[string]string{"no": "no", "yes": "sì", "unknown": "non noto"}
	reasons    = map[string]string{
		"no_capacity": "Non abbiamo disponibilità", "out_of_area": "È fuori zona", "figure_missing": "Manca la figura richiesta",
		"not_appropriate": "Non è appropriato per noi", "other": "Altro (lo scriva nella nota)",
	}
	follows = map[string]string{
		"social_service": "servizio sociale del Comune", "domicilio_anziani": "servizi domiciliari per anziani", "sad": "SAD",
		"isd": "ISD", "cdom": "C-DOM", "rsa_aperta": "RSA aperta", "b1": "misura B1", "provi": "Pro.Vi", "cdi": "CDI",
		"telesoccorso": "telesoccorso", "meals": "pasti", "rsa": "RSA", "shelter": "struttura di accoglienza",
		"private_assistant": "assistente familiare privata", "caregiver": "caregiver", "nothing": "nessun servizio",
	}
	areas = map[string]string{
		"clinical": "Clinico", "care": "Assistenza", "social": "Sociale", "inclusion": "Inclusione", "autonomy": "Autonomia",
	}
	roles = map[string]string{
		"coordinator": "Coordinamento", "partner": "Ente che segue la persona", "case_manager": "Case manager",
	}
	signings = map[string]string{
		"patient": "la firma della persona assistita", "caregiver": "la firma del caregiver",
		"representative": "la firma del rappresentante della persona assistita",
	}
	askings = map[string]string{
		string(discharge.LinkSign):        "Un documento da leggere e firmare",
		string(discharge.LinkAcknowledge): "Un'informazione da leggere",
		string(discharge.LinkAttend):      "Un incontro: dire se partecipa",
	}
	news = map[string]string{
		string(discharge.MomentEarlyNotice): "Preavviso di dimissione protetta",
		string(discharge.MomentActivated):   "La presa in carico è cominciata",
		string(discharge.MomentReplanned):   "È in vigore un nuovo piano (PAI)",
		string(discharge.MomentRenewed):     "Il periodo è stato prorogato",
		string(discharge.MomentSuspended):   "L'assistenza è sospesa",
		string(discharge.MomentResumed):     "L'assistenza è ripresa",
		string(discharge.MomentClosed):      "L'assistenza è conclusa",
		string(discharge.MomentNotStarted):  "L'assistenza non è stata avviata",
		string(discharge.MomentReopened):    "La pratica è stata riaperta",
	}
)

// doneText thanks for an answer.
type doneText struct{ Title, Text string }

var doneWords = map[string]doneText{
	"accept": {
		"Proposta accettata",
		"Grazie. Ora la pratica è affidata a voi: entrate con il vostro account, leggetela e nominate il case manager.",
	},
	"decline":     {"Risposta registrata", "Grazie di avere risposto. Il coordinatore si rivolge a un altro ente."},
	"sign":        {"Firma registrata", "Grazie. Può chiedere una copia di quello che ha firmato chiamando il coordinamento."},
	"acknowledge": {"Presa visione registrata", "Grazie. Non deve fare altro."},
	"coming":      {"Risposta registrata", "Grazie, La aspettiamo. Se non potrà più venire, avvisi il coordinamento."},
	"password":    {"Password salvata", "Grazie. Da ora si entra con questa password: chi era già entrato deve entrare di nuovo."},
	"not_coming":  {"Risposta registrata", "Grazie di avere avvisato. Se cambia idea, chiami il coordinamento."},
}

package mail

import (
	"strings"
	"time"

	"dimissioni/internal/calendar"
	"dimissioni/internal/discharge"
)

var reminderPrefix = string(discharge.ReminderOf(""))

// duty is what a clock asks for. In lists it is called as the pages call it.
type duty struct {
	subject string // what to do, before "entro il ..."
	todo    string
	missed  string // in the digest
}

var duties = map[discharge.ClockKind]duty{
	discharge.ClockScreening: {
		subject: "valutare la segnalazione",
		todo:    "Apra la pratica e decida: ammettere, mettere in attesa di fondi o non ammettere.",
		missed:  "segnalazione non ancora valutata",
	},
	discharge.ClockCompletion: {
		subject: "rispondere alla domanda del coordinatore",
		todo:    "Apra la pratica, legga la domanda e risponda.",
		missed:  "domanda del coordinatore senza risposta",
	},
	discharge.ClockWaitlistCheck: {
		subject: "serve ancora? Rispondere",
		todo: "La pratica è in attesa di fondi. Serve ancora? Se sì, aggiorni la data di dimissione; se no, ritiri la " +
			"segnalazione.",
		missed: "da chiedere se la richiesta serve ancora",
	},
	discharge.ClockAssignment: {
		subject: "proporre la pratica a un ente",
		todo:    "Apra la pratica e la proponga a un ente.",
		missed:  "nessun ente in carico",
	},
	discharge.ClockAcceptance: {
		subject: "rispondere alla proposta",
		todo:    "Apra la proposta, poi accetti o rifiuti.",
		missed:  "l'ente non ha risposto: proporre a un altro",
	},
	discharge.ClockPlan: {
		subject: "completare il PAI",
		todo:    "Completi il PAI e lo invii alle firme.",
		missed:  "PAI non ancora inviato alle firme",
	},
	discharge.ClockStart: {
		subject: "confermare l'avvio",
		todo:    "È iniziato? Se sì, confermi l'avvio nella pratica. Se no, indichi la nuova data.",
		missed:  "avvio non confermato e non spostato",
	},
	discharge.ClockSignatures: {
		subject: "raccogliere le firme del PAI",
		todo:    "Nella pratica vede chi non ha ancora firmato: lo contatti. L'avvio non aspetta le firme.",
		missed:  "firme del PAI mancanti",
	},
	discharge.ClockEquipe: {
		subject: "tenere l'équipe",
		todo: "Convochi l'équipe, se non l'ha ancora fatto. Dopo l'incontro scriva nella pratica chi c'era e che cosa si è " +
			"deciso.",
		missed: "équipe non ancora tenuta",
	},
	discharge.ClockReview: {
		subject: "preparare la verifica di fine periodo",
		todo:    "Dica al coordinatore se conviene rinnovare o concludere, con il parere dell'équipe. Decide il coordinatore.",
		missed:  "verifica non fatta: è in corso la proroga tecnica",
	},
	discharge.ClockHandover: {
		subject: "scrivere che cosa segue",
		todo:    "Scriva nella pratica che cosa segue, da quando e chi ha chiamato, perché non resti un vuoto.",
		missed:  "esce senza seguito",
	},
	discharge.ClockCap: {
		subject: "preparare la chiusura",
		todo: "Alla fine di quel giorno la pratica si chiude da sola: non si può prorogare. Concordi prima che cosa segue e " +
			"lo scriva nella pratica.",
		missed: "termine massimo superato",
	},
	discharge.ClockMonitoring: {
		subject: "fare il monitoraggio previsto",
		todo:    "Faccia il monitoraggio previsto dal PAI e ne scriva l'esito nella pratica.",
		missed:  "monitoraggio previsto non registrato",
	},
	discharge.ClockOutcome: {
		subject: "scrivere l'esito",
		todo:    "La pratica si è chiusa al termine massimo. Scriva nella pratica l'esito e che cosa segue.",
		missed:  "esito mancante",
	},
}

// dutyOf is a clock's duty as this reader has it.
func dutyOf(k discharge.ClockKind, m Message) duty {
	d := duties[k]
	switch {
	case k == discharge.ClockEquipe && m.to(discharge.ToPartner):
		d.todo = "Per conoscenza: il case manager del Suo ente deve tenere l'équipe. Controlli che sia convocata."
	case k == discharge.ClockReview && m.to(discharge.ToCoordinators):
		d.subject = "decidere proroga o conclusione"
		d.todo = "Decida se rinnovare o concludere. Senza decisione si continua giorno per giorno, in proroga tecnica."
	}
	return d
}

// reminderLetters has one letter per clock, all written by remind.
func reminderLetters() book {
	b := book{}
	for _, k := range discharge.Clocks() {
		b[discharge.ReminderOf(k)] = remind
	}
	return b
}

// remind writes the reminder of the day. The first clock is the letter's subject, the others are listed.
func remind(m Message) letter {
	first := dutyOf(m.Clocks[0].Clock, m)
	l := letter{
		subject: first.subject + m.by(),
		what:    "Le ricordiamo una scadenza di questa pratica: " + "«" + m.Clocks[0].Clock.Italian() + "».",
		todo:    first.todo,
	}
	if len(m.Clocks) == 1 {
		return l
	}
	l.what = sentence(l.what, "Ecco le altre che si avvicinano.")
	for _, r := range m.Clocks[1:] {
		d := dutyOf(r.Clock, m)
		due, _ := calendar.ParseDate(r.DueOn)
		l.list = append(l.list, entry{Head: r.Clock.Italian() + ", entro " + day(due), Lines: []string{d.todo, why(r.Why)}})
	}
	return l
}

// withClocks takes the deadline from the first reminder. A reminder without clocks is one of its moment's clock, for
// the message's own date.
func (m Message) withClocks() (Message, error) {
	if len(m.Clocks) == 0 {
		kind := strings.TrimPrefix(string(m.Moment), reminderPrefix)
		m.Clocks = []discharge.Reminder{{Clock: discharge.ClockKind(kind), DueOn: m.DueOn.String(), Why: m.Why}}
	}
	for i, r := range m.Clocks {
		due, err := calendar.ParseDate(r.DueOn)
		if _, ok := duties[r.Clock]; !ok || err != nil {
			return m, errIncomplete
		}
		if i == 0 && due != m.DueOn {
			m.DueOn, m.DueAt = due, time.Time{}
		}
	}
	m.Why = m.Clocks[0].Why
	return m, nil
}

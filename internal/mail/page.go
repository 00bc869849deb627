package mail

import "dimissioni/internal/discharge"

// page is what both layouts show, in this order.
type page struct {
	Subject  string
	Title    string
	Sections []section
	Foot     []string
}

// section is a part of a page under its heading; the first has none.
type section struct {
	Head   string
	Paras  []string
	List   []entry
	Action string // what the link is called
	Link   string
	Notes  []string // small, under the link
}

// newPage lays a letter out: what happened, what to do, by when, the link, whom to call.
func newPage(m Message, l letter, s Settings) page {
	p := page{Title: title(m, l)}
	p.Subject = p.Title
	if !m.person() && s.SenderName != "" {
		p.Subject = "[" + s.SenderName + "] " + p.Title
	}
	p.add(section{Paras: paras(l.what, reason(m)), List: l.list})
	todo := l.todo
	switch {
	case todo != "":
	case m.outside() && !m.canOpen():
		todo = "Nulla: questo messaggio è solo per informarLa. Per saperne di più chiami il coordinamento."
	default:
		todo = "Nulla: questo messaggio è solo per informarLa."
	}
	p.add(section{Head: "Che cosa fare", Paras: paras(urgency(m, l), todo)})
	if due := m.due(); due != "" {
		p.add(section{Head: "Entro quando", Paras: paras(due, whyFor(m))})
	}
	if m.Link != "" {
		p.add(linkSection(m, l))
	}
	if calls := whomToCall(m, s); calls != "" {
		p.add(section{Head: "Chi chiamare", Paras: paras(calls)})
	}
	p.Foot = foot(m, s)
	return p
}

func (p *page) add(s section) { p.Sections = append(p.Sections, s) }

// title is the subject without the sender's mark. To a person it is always the same, whatever the moment.
func title(m Message, l letter) string {
	switch {
	case m.person():
		return "Aggiornamento sulla pratica " + m.CaseCode
	case m.Moment == discharge.MomentDigest, m.Moment == discharge.MomentPasswordLink:
		return upperFirst(l.subject)
	case m.Urgent:
		return "Pratica " + m.CaseCode + ", urgente: " + l.subject
	default:
		return "Pratica " + m.CaseCode + ": " + l.subject
	}
}

// reason tells readers outside the case why they are written to: who the person is stays behind the link.
func reason(m Message) string {
	switch {
	case m.to(discharge.ToGP):
		return "La pratica riguarda un Suo assistito."
	case m.outside():
		return "La pratica riguarda una persona del Suo territorio."
	default:
		return ""
	}
}

// whyFor keeps the rules' words from persons: they would tell of what the case is.
func whyFor(m Message) string {
	if m.person() {
		return ""
	}
	return why(m.Why)
}

func urgency(m Message, l letter) string {
	if !m.Urgent || l.todo == "" || m.person() {
		return ""
	}
	return "La pratica è urgente: La preghiamo di occuparsene appena può."
}

func linkSection(m Message, l letter) section {
	s := section{Action: l.action, Link: m.Link}
	if s.Action == "" {
		s.Action = "Aprire la pratica"
		switch {
		case m.person():
			s.Action = "Aprire la pagina"
		case m.outside() && !m.LinkUntil.IsZero():
			s.Action = "Leggere e dare presa visione"
		}
	}
	switch {
	case m.Moment == discharge.MomentPasswordLink:
		s.Notes = paras("Il collegamento è personale e vale una volta sola: non lo inoltri.")
	case m.LinkUntil.IsZero() && m.person():
		s.Notes = paras("Il collegamento è personale: non lo inoltri.")
	case m.LinkUntil.IsZero():
		s.Notes = paras("Si entra con il proprio account.")
	case m.person():
		s.Notes = paras("Il collegamento è personale e vale fino a "+day(m.LinkUntil)+" compreso: non lo inoltri. Non serve "+
			"un account.", "Se la pagina chiede un codice, lo riceve per SMS; se non arriva, chiami e glielo diremo.")
	default:
		s.Notes = paras("Il collegamento è personale e vale fino a "+day(m.LinkUntil)+" compreso: non lo inoltri. Non serve "+
			"un account.", "Se la pagina chiede un codice, lo riceve per SMS; se non arriva, lo chieda al coordinamento.")
	}
	return s
}

// whomToCall is empty for the coordinators: they are who is called.
func whomToCall(m Message, s Settings) string {
	number := s.Phone
	if number != "" && s.PhoneHours != "" {
		number += " (" + s.PhoneHours + ")"
	}
	switch {
	case m.to(discharge.ToCoordinators):
		return ""
	case number == "" && m.person():
		return "Chiami la persona che La segue."
	case number == "":
		return "Chiami il coordinamento."
	case m.person():
		return "Chiami il numero " + number + "."
	default:
		return "Coordinamento: " + number + "."
	}
}

func foot(m Message, s Settings) []string {
	wrong := "Se l'ha ricevuto per errore "
	if len(m.links()) > 0 {
		wrong += "non apra il collegamento e "
	}
	wrong += "lo cancelli."
	if !m.person() {
		wrong += " Poi avvisi il coordinamento."
	}
	return paras(s.senderName(m), "Questo messaggio è automatico: non risponda a questo indirizzo.",
		"Per riservatezza non contiene nomi né altri dati personali. "+wrong)
}

// paras are the paragraphs that say something.
func paras(texts ...string) []string {
	var out []string
	for _, t := range texts {
		if t != "" {
			out = append(out, t)
		}
	}
	return out
}

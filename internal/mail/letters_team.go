package mail

import "dimissioni/internal/discharge"

// teamLetters are those of the équipe, and of what needs a person at once.
var teamLetters = book{
	discharge.MomentMeetingConvened: func(m Message) letter {
		return letter{
			subject: "équipe il " + m.meetingShort(),
			what:    "È convocata l'équipe multidisciplinare: " + m.meeting() + ".",
			todo: "Accetti l'invito che trova in questo messaggio: entra nel Suo calendario. " + m.place() +
				" Se non può esserci, avvisi il coordinamento o mandi un parere scritto.",
			action: m.attending(),
		}
	},
	discharge.MomentMeetingMoved: func(m Message) letter {
		return letter{
			subject: "équipe spostata al " + m.meetingShort(),
			what:    "L'équipe multidisciplinare è stata spostata: ora è " + m.meeting() + ".",
			todo: "Accetti l'invito che trova in questo messaggio: aggiorna il Suo calendario. " + m.place() +
				" Se non può esserci, avvisi il coordinamento o mandi un parere scritto.",
			action: m.attending(),
		}
	},
	discharge.MomentMeetingCancelled: func(m Message) letter {
		l := letter{
			subject: "équipe del " + m.meetingShort() + " annullata",
			what: "L'équipe multidisciplinare di " + m.meeting() + " è annullata. Il messaggio contiene l'avviso che la " +
				"toglie dal Suo calendario.",
		}
		if m.to(discharge.ToCoordinators, discharge.ToCaseManager) {
			l.todo = "Se il termine dell'équipe corre ancora, ne convochi un'altra in tempo."
		}
		return l
	},
	discharge.MomentMeetingDecision: func(m Message) letter {
		return letter{
			subject: "decidere dopo l'équipe" + m.by(),
			what:    "L'équipe chiede di riprogettare o di concludere: la decisione spetta a Lei.",
			todo:    "Apra la pratica, legga che cosa ha deciso l'équipe e proceda.",
		}
	},
	discharge.MomentReadmission: func(m Message) letter {
		return letter{
			subject: "leggere subito un avviso",
			what:    "È arrivato un avviso su questa pratica.",
			todo:    "Apra la pratica, legga l'avviso e decida se sospendere gli accessi.",
			action:  "Leggere l'avviso",
		}
	},
	discharge.MomentCommandRefused: func(m Message) letter {
		return letter{
			subject: "operazione non eseguita",
			what:    "Un'operazione che ha inviato su questa pratica non è stata eseguita. Nella pratica non è cambiato nulla.",
			todo:    "Apra la pratica e legga il motivo. Se l'operazione serve ancora, la corregga e la invii di nuovo.",
			action:  "Leggere il motivo",
		}
	},
	discharge.MomentDeliveryFailed: deliveryFailed,
	discharge.MomentWrongDelivery: func(m Message) letter {
		return letter{
			subject: "un messaggio è arrivato alla persona sbagliata",
			what: "Il coordinatore segnala che un messaggio di questa pratica è arrivato alla persona sbagliata. Il suo " +
				"collegamento non funziona più.",
			todo: "Apra il registro degli invii sbagliati e valuti se è una violazione da notificare: le 72 ore corrono da " +
				"quando se ne è avuta notizia.",
		}
	},
	discharge.MomentDigest: digest,
}

// attending is what an answer's link of a meeting is called: who has one says there whether they come.
func (m Message) attending() string {
	if m.LinkUntil.IsZero() {
		return ""
	}
	return "Dire se partecipa"
}

// place says where to find the place of a meeting, which may be a home.
func (m Message) place() string {
	if m.canOpen() {
		return "Il luogo è scritto nella pratica."
	}
	return "Per sapere il luogo chiami il coordinamento."
}

func deliveryFailed(m Message) letter {
	what := "Alcuni messaggi di questa pratica non sono stati consegnati."
	switch {
	case m.Failed == 1:
		what = "Un messaggio di questa pratica non è stato consegnato."
	case m.Failed > 1:
		what = count(m.Failed, "", "messaggi") + " di questa pratica non sono stati consegnati."
	}
	return letter{
		subject: "telefonare: messaggi non consegnati",
		what:    what,
		todo: "Apra la pratica e guardi tra le notifiche a chi erano diretti. Telefoni e segni «avvisato per telefono». " +
			"Se un indirizzo è sbagliato, lo corregga.",
		action: "Vedere i messaggi non consegnati",
	}
}

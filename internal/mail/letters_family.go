package mail

import "dimissioni/internal/discharge"

// familyLetters go to the patient, the caregiver or the representative. Their words are neutral: whoever reads over
// a shoulder learns that there is a case, and nothing of its kind.
var familyLetters = book{
	discharge.MomentSignatureRequested: func(m Message) letter {
		l := letter{
			what:   "C'è un documento da leggere e firmare.",
			todo:   "Chiami per sapere come leggerlo e firmarlo, anche su carta.",
			action: "Leggere e firmare",
		}
		if m.canOpen() {
			l.todo = "Lo legga con calma. Se preferisce firmare su carta, o qualcosa non è chiaro, chiami prima di firmare."
		}
		return l
	},
	discharge.MomentStarted: func(m Message) letter {
		return letter{what: sentence("Quanto concordato con Lei è cominciato"+m.on(" ")+".",
			m.ifCanOpen("Alla pagina indicata qui sotto trova i dettagli e chi chiamare."))}
	},
	discharge.MomentChanged: func(m Message) letter {
		l := letter{
			what: "Quanto concordato con Lei è cambiato" + m.on(": la novità vale da ") + ".",
			todo: "Chiami per sapere che cosa cambia.",
		}
		if m.canOpen() {
			l.todo = "Legga che cosa cambia. Se qualcosa non è chiaro, chiami."
		}
		return l
	},
	discharge.MomentEndsIn7Days: func(m Message) letter {
		when := "tra una settimana"
		if !m.On.IsZero() {
			when = day(m.On)
		}
		return letter{
			what: "Il periodo concordato con Lei finisce " + when + ".",
			todo: "Se ha domande su che cosa succede dopo, chiami in questi giorni: c'è il tempo di organizzarsi.",
		}
	},
	discharge.MomentEnded: func(m Message) letter {
		return letter{what: "Il periodo concordato con Lei è finito" + m.on(" ") + ". Per qualsiasi domanda può ancora " +
			"chiamare."}
	},
	discharge.MomentMeetingConvened: func(m Message) letter {
		return letter{
			what:   "È fissato un incontro a cui può partecipare: " + m.meeting() + ".",
			todo:   familyMeeting,
			action: m.attending(),
		}
	},
	discharge.MomentMeetingMoved: func(m Message) letter {
		return letter{
			what:   "L'incontro a cui può partecipare è stato spostato: ora è " + m.meeting() + ".",
			todo:   familyMeeting,
			action: m.attending(),
		}
	},
	discharge.MomentMeetingCancelled: func(m Message) letter {
		return letter{what: "L'incontro di " + m.meeting() + " è annullato."}
	},
}

const familyMeeting = "Se vuole, accetti l'invito che trova in questo messaggio: entra nel Suo calendario. Per sapere " +
	"dove si tiene, o se non può esserci, chiami."

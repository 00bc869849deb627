package mail

import "dimissioni/internal/discharge"

// careLetters go from the case manager's appointment to the end.
var careLetters = book{
	discharge.MomentCaseManagerAppointed: func(m Message) letter {
		return letter{
			subject: "Lei è il case manager" + m.on(" da "),
			what:    "La pratica è affidata a Lei come case manager" + m.on(" da ") + ".",
			todo: "Apra la pratica: la prima pagina dice a che punto è, che cosa manca e qual è la prossima scadenza. " +
				"I promemoria arriveranno a Lei.",
		}
	},
	discharge.MomentDischargeMoved: func(m Message) letter {
		return letter{
			subject: "data di dimissione aggiornata",
			what:    "La data di dimissione è stata aggiornata" + m.on(": ") + ".",
			todo:    "Controlli che tutto sia pronto per quel giorno. Se l'avvio previsto non va più bene, va spostato.",
		}
	},
	discharge.MomentSignatureRequested: func(m Message) letter {
		return letter{
			subject: "firmare il PAI" + m.by(),
			what:    "Il piano assistenziale individualizzato (PAI) è pronto e attende la Sua firma.",
			todo:    "Apra la pratica, legga il PAI e lo firmi. L'avvio non aspetta le firme, ma le firme servono tutte.",
			action:  "Leggere e firmare",
		}
	},
	discharge.MomentStartConfirmed: func(m Message) letter {
		return letter{
			subject: "avvio confermato",
			what:    "L'avvio è confermato" + m.on(": ") + ".",
		}
	},
	discharge.MomentChanged: func(m Message) letter {
		return letter{
			subject: "avvio cambiato",
			what:    "La data di avvio è cambiata" + m.on(": ora è ") + ". Le scadenze sono state ricalcolate.",
			todo:    m.ifPartner("Adegui gli accessi alla nuova data."),
		}
	},
	discharge.MomentActivated: func(m Message) letter {
		return letter{
			subject: "presa in carico cominciata",
			what:    sentence("La presa in carico è cominciata"+m.on(" ")+".", m.ifCanOpen("Nella pratica trova chi contattare.")),
			todo:    m.ifPartner("Controlli che gli operatori siano assegnati e che registrino gli accessi."),
		}
	},
	discharge.MomentReplanned: func(m Message) letter {
		return letter{
			subject: "nuovo PAI in vigore",
			what:    "È in vigore una nuova versione del piano assistenziale individualizzato (PAI)" + m.on(" da ") + ".",
			todo:    m.ifPartner("Legga che cosa cambia e adegui figure, ore e accessi."),
		}
	},
	discharge.MomentRenewed: func(m Message) letter {
		return letter{
			subject: "periodo prorogato",
			what:    "Il periodo è stato prorogato" + m.until() + ".",
			todo:    m.ifPartner("Continui gli accessi previsti dal PAI."),
		}
	},
	discharge.MomentTechnicalExtension: func(m Message) letter {
		return letter{
			subject: "continuare, in proroga tecnica",
			what: "La verifica di fine periodo non è ancora registrata. Si continua giorno per giorno (proroga tecnica), " +
				"mai oltre il termine massimo.",
			todo: m.ifPartner("Continui gli accessi previsti dal PAI finché il coordinatore non decide."),
		}
	},
	discharge.MomentSuspended: func(m Message) letter {
		return letter{
			subject: "sospesa",
			what:    sentence("La pratica è sospesa"+m.on(" da ")+".", m.ifCanOpen("Il motivo si legge aprendola.")),
			todo:    m.ifPartner("Fermi gli accessi. Quando si riprende Le scriveremo."),
		}
	},
	discharge.MomentResumed: func(m Message) letter {
		return letter{
			subject: "ripresa",
			what:    "La pratica è ripresa" + m.on(" da ") + ".",
			todo:    m.ifPartner("Riprenda gli accessi previsti dal PAI."),
		}
	},
	discharge.MomentClosed: closed,
	discharge.MomentNotStarted: func(m Message) letter {
		return letter{
			subject: "chiusa prima dell'avvio",
			what:    sentence("La pratica si è chiusa prima dell'avvio.", m.ifCanOpen("Il motivo si legge aprendola.")),
			todo:    m.ifPartner("Annulli la visita e gli accessi già programmati."),
		}
	},
	discharge.MomentReopened: func(m Message) letter {
		return letter{
			subject: "riaperta",
			what:    "La pratica è stata riaperta" + m.on(" ") + ".",
			todo:    m.ifPartner("Apra la pratica e riprenda gli accessi dal punto in cui si erano fermati."),
		}
	},
	discharge.MomentCancelled: func(m Message) letter {
		return letter{
			subject: "annullata",
			what:    "La pratica è stata annullata: era stata inserita per errore.",
			todo:    m.ifPartner("Annulli gli impegni che aveva già preso per questa pratica."),
		}
	},
}

func closed(m Message) letter {
	l := letter{
		subject: "conclusa",
		what: sentence("La pratica si è conclusa"+m.on(" ")+".",
			m.ifCanOpen("Quello che segue, se previsto, si legge aprendola.")),
		todo: m.ifPartner("Fermi gli accessi e registri quelli già fatti che mancano."),
	}
	if m.outside() {
		l.todo = m.ifCanOpen("Apra la pratica e controlli se quello che segue La riguarda.")
	}
	return l
}

// ifPartner is a task of who gives the care: the partner and its case manager. The others are only told.
func (m Message) ifPartner(todo string) string {
	if m.to(discharge.ToPartner, discharge.ToCaseManager) {
		return todo
	}
	return ""
}

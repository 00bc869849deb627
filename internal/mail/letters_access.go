package mail

import "dimissioni/internal/discharge"

// accessLetters go from the referral to a partner's acceptance.
var accessLetters = book{
	discharge.MomentReferralReceived: func(m Message) letter {
		return letter{
			subject: "nuova segnalazione da valutare" + m.by(),
			what:    "È arrivata una nuova segnalazione.",
			todo: "Apra la pratica, controlli i requisiti e i fondi, poi decida: ammettere, mettere in attesa di fondi " +
				"o non ammettere. Se manca qualcosa lo chieda a chi ha inviato la segnalazione: la pratica va avanti lo stesso.",
			action: "Valutare la segnalazione",
		}
	},
	discharge.MomentEarlyNotice: func(m Message) letter {
		return letter{
			subject: "preavviso",
			what:    "È stata aperta una pratica. La avvisiamo in anticipo, perché possa organizzarsi.",
			todo: m.ifCanOpen("Per ora non deve fare nulla. Se conosce la situazione, può aprire la pratica e lasciare " +
				"un'informazione utile."),
		}
	},
	discharge.MomentNoFollowUp: func(m Message) letter {
		return letter{
			subject: "nessun seguito",
			what:    "La pratica di cui Le avevamo dato preavviso non avrà seguito. Se aveva preso accordi, può annullarli.",
		}
	},
	discharge.MomentInformationRequested: func(m Message) letter {
		return letter{
			subject: "rispondere a una domanda" + m.by(),
			what:    "Il coordinatore Le chiede un'informazione su questa pratica.",
			todo:    "Apra la pratica, legga la domanda e risponda. Intanto la pratica va avanti.",
			action:  "Leggere la domanda",
		}
	},
	discharge.MomentInformationGiven: func(m Message) letter {
		return letter{
			subject: "leggere la risposta alla Sua domanda",
			what:    "Chi ha inviato la segnalazione ha dato le informazioni richieste.",
			todo:    "Apra la pratica, legga la risposta e prosegua.",
			action:  "Leggere la risposta",
		}
	},
	discharge.MomentRejected: func(m Message) letter {
		return letter{
			subject: "segnalazione non ammessa",
			what:    "La segnalazione non è stata ammessa. Il motivo è scritto nella pratica.",
			todo:    "Apra la pratica e legga il motivo. Se la situazione cambia, può inviare una nuova segnalazione.",
			action:  "Leggere il motivo",
		}
	},
	discharge.MomentWaitlisted: func(m Message) letter {
		return letter{
			subject: "in attesa di fondi",
			what: "I requisiti ci sono, ma ora i fondi non bastano: la pratica è in attesa di fondi. Quando si liberano, " +
				"il coordinatore la riprende nell'ordine stabilito.",
			todo: "Non invii di nuovo la segnalazione. Se la data di dimissione cambia, o la richiesta non serve più, " +
				"lo scriva nella pratica.",
		}
	},
	discharge.MomentAdmitted: func(m Message) letter {
		return letter{
			subject: "segnalazione ammessa",
			what:    "La segnalazione è stata ammessa e i fondi sono riservati. Il coordinatore la affida a un ente.",
			todo:    "Completi i dati che la pratica indica come mancanti. Se la data di dimissione cambia, la aggiorni.",
		}
	},
	discharge.MomentFundsReleased: fundsReleased,
	discharge.MomentProposal: func(m Message) letter {
		return letter{
			subject: "rispondere alla proposta" + m.by(),
			what:    "Il coordinatore Le propone di prendere in carico questa pratica.",
			todo: "Apra la proposta, guardi livello, zona, figure e date, poi accetti o rifiuti. Se rifiuta, scelga un " +
				"motivo: il coordinatore si rivolgerà a un altro ente.",
			action: "Rispondere alla proposta",
		}
	},
	discharge.MomentProposalRevoked: func(m Message) letter {
		return letter{
			subject: "proposta ritirata",
			what: "La proposta che Le avevamo inviato è stata ritirata: il collegamento di quel messaggio non funziona " +
				"più.",
		}
	},
	discharge.MomentProposalAccepted: func(m Message) letter {
		return letter{
			subject: "proposta accettata",
			what:    "L'ente ha accettato la proposta.",
			todo:    "Controlli che l'ente nomini il case manager. I passi successivi sono la visita domiciliare e il PAI.",
		}
	},
	discharge.MomentProposalDeclined: func(m Message) letter {
		return letter{
			subject: "proporre la pratica a un altro ente" + m.by(),
			what:    "L'ente ha rifiutato la proposta. Il motivo è scritto nella pratica.",
			todo:    "Apra la pratica e la proponga a un altro ente.",
			action:  "Scegliere un altro ente",
		}
	},
	discharge.MomentCaseReturned: func(m Message) letter {
		return letter{
			subject: "l'ente restituisce la pratica: trovarne un altro" + m.by(),
			what: "L'ente ha restituito la pratica: il motivo si legge aprendola. Continua a seguirla finché un altro ente " +
				"non accetta.",
			todo:   "Apra la pratica e la proponga a un altro ente.",
			action: "Scegliere un altro ente",
		}
	},
	discharge.MomentPartnerChanged: func(m Message) letter {
		return letter{
			subject: "passata a un altro ente",
			what:    "Un altro ente ha preso in carico la pratica" + m.on(" ") + ". Grazie per il lavoro fatto.",
			todo:    "Fermi gli accessi e registri quelli già fatti che mancano.",
		}
	},
}

func fundsReleased(m Message) letter {
	if m.AboutCode == "" {
		return letter{
			subject: "fondi liberati: valutare chi è in attesa",
			what:    "Questa pratica ha liberato dei fondi.",
			todo:    "Guardi l'elenco delle pratiche in attesa di fondi e ammetta la prima che vi rientra.",
			action:  "Aprire l'elenco",
		}
	}
	return letter{
		subject: "fondi liberati: valutare la pratica " + m.AboutCode,
		what: "Questa pratica ha liberato dei fondi. La prima in attesa che vi rientra è la pratica " + m.AboutCode +
			".",
		todo: "Apra la pratica " + m.AboutCode + " e la ammetta. Se ne sceglie un'altra, deve scrivere perché.",
		// The link leads to the case that is next.
		action: "Aprire la pratica " + m.AboutCode,
	}
}

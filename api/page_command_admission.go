package api

import (
	"dimissioni/api/html"
	"dimissioni/internal/discharge"
	"dimissioni/internal/referral"
)

// The forms from the screening to the case manager.
var admissionForms = map[discharge.CommandKind]commandForm{
	discharge.Screen: {ask: askScreening, done: "La valutazione è registrata."},
	discharge.Propose: {
		button: "Proporre", done: "La proposta è partita.",
		ask: func(a *asking) []html.Group {
			return questions(html.Ask("radios", "partner_id", "Ente").From(a.partners()).Must(), note())
		},
	},
	discharge.Reassign: {
		intro:  "L'ente che segue il caso continua finché il nuovo non accetta.",
		button: "Proporre", done: "La proposta è partita.",
		ask: func(a *asking) []html.Group {
			return questions(html.Ask("radios", "partner_id", "Nuovo ente").From(a.partners()).Must(), reason())
		},
	},
	discharge.Accept: {
		button: "Accettare", done: "La proposta è accettata.",
		ask: func(a *asking) []html.Group { return questions(append(a.telephone(), note())...) },
	},
	discharge.Decline: {
		button: "Rifiutare", done: "Il rifiuto è registrato.",
		ask: func(a *asking) []html.Group {
			return questions(append(a.telephone(),
				html.Ask("radios", "reason_code", "Motivo").From(optionsOfCodes(discharge.DeclineReasons, declineWords)).Must(), note())...)
		},
	},
	discharge.ReturnCase: {
		intro:  "Il caso resta a Lei finché un altro ente non lo accetta.",
		button: "Riconsegnare", done: "Il coordinatore è avvisato.",
		ask: func(a *asking) []html.Group {
			return questions(
				html.Ask("radios", "reason_code", "Motivo").From(optionsOfCodes(discharge.DeclineReasons, declineWords)).Must(), a.when(), note())
		},
	},
	discharge.UrgentStart: {
		intro:  "Ammissione, ente sentito al telefono, case manager e avvio in un passo solo.",
		button: "Avviare", done: "L'avvio urgente è registrato.", ask: askUrgentStart,
	},
	discharge.AppointCaseManager: {
		button: "Nominare", done: "Il case manager è nominato.", ask: askCaseManager,
	},
	discharge.Take: {
		intro:  "I promemoria e i riepiloghi del caso arriveranno a Lei.",
		button: "Prendere in carico", done: "Il caso è Suo.",
		ask: func(*asking) []html.Group { return nil },
	},
}

// askScreening proposes what the referral says; the coordinator decides.
func askScreening(a *asking) []html.Group {
	proposed, criteria := a.criteria()
	hint := proposed.Reason
	if hint != "" {
		hint = "Dai dati della segnalazione: " + hint
	}
	level := string(a.v.Snapshot.Level)
	if level == "" {
		level = string(a.v.Referral.Needs.Level)
	}
	decision := []html.Question{
		a.known(html.Ask("radios", "outcome", "Esito").Hinted(hint).From([]html.Option{
			{Value: "admit", Label: "Ammettere", Hint: "I fondi del livello si riservano subito; se non bastano, il caso va in attesa."},
			{Value: "waitlist", Label: "Mettere in attesa di fondi"},
			{Value: "reject", Label: "Non ammettere"},
		}).Must(), proposed.Outcome),
		a.known(html.Ask("select", "level", "Livello").Hinted("Serve per ammettere.").From(levelOptions()), level),
		a.known(html.Ask("select", "reason_code", "Criterio che manca").Hinted("Solo per non ammettere.").
			From(optionsOfCodes(discharge.RejectReasons, rejectWords)), proposed.ReasonCode),
		reason().Hinted("Per ammettere benché manchi un criterio, o oltre la fine del programma (con quali fondi)."),
		note(),
	}
	return []html.Group{{Legend: "Criteri", Questions: criteria}, {Legend: "Decisione", Questions: decision}}
}

// criteria are the questions on who may be admitted, answered by the referral where it can.
func (a *asking) criteria() (referral.Eligibility, []html.Question) {
	towns, err := a.store.Municipalities(a)
	known := map[string]bool{}
	for _, town := range keepErr(a, towns, err) {
		known[town.ISTAT] = true
	}
	proposed := a.v.Referral.ProposeOutcome(a.v.now, func(istat string) bool { return known[istat] })
	labels := map[string]string{
		referral.AgeOrNetwork: "Età o rete familiare", referral.ResidenceOrPresence: "Residenza o presenza nel distretto",
		referral.Episode: "Episodio acuto", referral.IsInformed: "Informata e disponibile",
	}
	var list []html.Question
	for _, criterion := range proposed.Criteria {
		answer := map[referral.Answer]string{referral.Yes: "si", referral.No: "no"}[criterion.Met]
		list = append(list, a.known(
			html.Ask("yesno", "criteria."+criterion.Name+".met", labels[criterion.Name]).Hinted(criterion.Reason), answer))
	}
	return proposed, list
}

func askUrgentStart(a *asking) []html.Group {
	_, criteria := a.criteria()
	level := string(a.v.Snapshot.Level)
	if level == "" {
		level = string(a.v.Referral.Needs.Level)
	}
	return []html.Group{
		{Questions: []html.Question{
			a.known(html.Ask("radios", "level", "Livello").From(levelOptions()).Must(), level),
			html.Ask("radios", "partner_id", "Ente che ha accettato al telefono").From(a.partners()).Must(),
			html.Ask("text", "by_telephone_with", "Con chi ha parlato"),
			html.Ask("select", "case_manager_id", "Case manager").From(a.caseManagers("")).Must(),
			a.date("start_on", "Inizia il", a.today()).Must(),
			reason().Hinted("Se manca un criterio, o se si va oltre la fine del programma (con quali fondi)."),
		}},
		{Legend: "Criteri", Questions: criteria},
	}
}

func askCaseManager(a *asking) []html.Group {
	managers := a.caseManagers(a.v.Snapshot.PartnerID)
	list := []html.Question{
		html.Ask("radios", "user_id", "Case manager").From(managers).Must(),
		a.date("from", "Dal", a.today()).Must(),
		a.date("to", "Al", calendarNever).Hinted("Solo per una sostituzione."),
	}
	var before []html.Option
	for _, option := range managers {
		for _, appointed := range a.v.Snapshot.CaseManagers {
			if appointed.UserID == option.Value {
				before = append(before, option)
				break
			}
		}
	}
	if len(before) > 0 {
		list = append(list, html.Ask("select", "substitute_for", "Sostituisce").Hinted("Solo per una sostituzione.").From(before))
	}
	return questions(append(list, note())...)
}

package api

import (
	"net/url"
	"slices"
	"strconv"

	"dimissioni/api/html"
	"dimissioni/internal/calendar"
	"dimissioni/internal/discharge"
)

// The forms that end a case, open it again or correct it.
var endForms = map[discharge.CommandKind]commandForm{
	discharge.EndBeforeStart: {
		button: "Concludere", done: "Il caso è concluso prima dell'avvio.",
		ask: func(a *asking) []html.Group {
			return questions(html.Ask("radios", "reason_code", "Motivo").From(optionsOfCodes(discharge.NotStartedReasons, notStartedWords)).Must(),
				a.when(), note())
		},
	},
	discharge.ReportDeath: {
		intro: "Basta la data. Da subito alla persona e alla famiglia non arriva più alcun messaggio.",
		done:  "È registrato.",
		ask:   func(a *asking) []html.Group { return questions(a.date("died_on", "Data", a.today()).Must()) },
	},
	discharge.Close: {
		button: "Chiudere", done: "Il percorso è concluso.", warn: uncovered,
		ask: func(a *asking) []html.Group { return a.outcome(a.today()) },
	},
	discharge.CompleteOutcome: {
		done: "L'esito è registrato.", warn: uncovered,
		ask: func(a *asking) []html.Group {
			end := a.today()
			if exit := a.v.Snapshot.Exit; exit != nil {
				end = exit.On
			}
			return a.outcome(end)
		},
	},
	discharge.Reopen: {
		button: "Riaprire", done: "Il caso è riaperto.",
		ask: func(*asking) []html.Group { return questions(reason().Must()) },
	},
	discharge.Cancel: {
		intro:  "Solo per ciò che è stato inserito per errore: il percorso non sarà mai esistito.",
		button: "Annullare la pratica", done: "La pratica è annullata.",
		ask: func(*asking) []html.Group { return questions(reason().Must()) },
	},
	discharge.Correct: {
		intro:  "La data di prima resta nella cronologia; scadenze e fondi si ricalcolano.",
		button: "Correggere", done: "La data è corretta.", ask: askCorrection,
	},
}

// outcome asks how it ended and what follows.
func (a *asking) outcome(end calendar.Date) []html.Group {
	follows, from := a.v.Snapshot.WhatFollows, a.v.Snapshot.FollowsFrom
	if exit := a.v.Snapshot.Exit; exit != nil {
		follows, from = exit.WhatFollows, exit.From
	}
	return questions(
		html.Ask("radios", "outcome", "Perché si conclude").From(optionsOfCodes(discharge.Outcomes(), outcomeWords)).Must(),
		a.date("closed_on", "Concluso il", end).Must(),
		a.known(html.Ask("checks", "what_follows", "Che cosa segue").From(html.FollowUps(discharge.FollowUps)).Must(), follows...),
		a.date("from", "Da quando", from),
		note().Hinted("Serve se ha scelto «altro»."),
	)
}

// uncovered warns of days without anybody between the end and what follows.
func uncovered(a *asking, values url.Values) string {
	follows := slices.DeleteFunc(slices.Clone(values["what_follows"]), func(code string) bool { return code == "nothing" || code == "" })
	if len(follows) == 0 {
		return "Dopo la conclusione non segue alcun servizio: la persona resta sola."
	}
	from, unknown := calendar.ParseDate(dateOr(values.Get("from")))
	if unknown != nil {
		return "Non si sa da quando comincia ciò che segue."
	}
	end, err := calendar.ParseDate(dateOr(values.Get("closed_on")))
	if err != nil {
		end = a.today()
	}
	if hole := from.DaysSince(end) - 1; hole > 0 {
		return "Dalla conclusione a ciò che segue la persona resta scoperta: giorni senza servizi " + strconv.Itoa(hole) + "."
	}
	return ""
}

func dateOr(text string) string {
	on, _ := dateTyped(text)
	typed, _ := on.(string)
	return typed
}

// askCorrection lists the dated facts that can bear another date.
func askCorrection(a *asking) []html.Group {
	c, facts := a.v.Snapshot, []html.Option(nil)
	add := func(seq int, what string, on calendar.Date) {
		facts = append(facts, html.Option{Value: strconv.Itoa(seq), Label: what + ", " + on.Italian()})
	}
	if c.StartSeq > 0 {
		add(c.StartSeq, "Avvio", c.StartOn)
	}
	for _, visit := range c.HomeVisits {
		add(visit.Seq, "Visita domiciliare", visit.On)
	}
	for _, meeting := range c.Meetings {
		add(meeting.Seq, "Équipe multidisciplinare", meeting.HeldOn)
	}
	for _, signature := range c.Signatures {
		add(signature.Seq, "Firma: "+discharge.SignerItalian(signature.Signer), signature.SignedOn)
	}
	if c.Exit != nil {
		add(c.Exit.Seq, "Conclusione", c.Exit.On)
	}
	return questions(
		html.Ask("choice", "event_seq", "Quale data").From(facts).Must(),
		a.date("on", "Data giusta", calendarNever).Must(), reason().Must(),
	)
}

package api

import (
	"slices"

	"dimissioni/api/html"
	"dimissioni/internal/discharge"
)

// The forms on the referral and on the stay.
var referralForms = map[discharge.CommandKind]commandForm{
	discharge.Complete: {
		intro: "Scriva quello che sa: il resto può arrivare dopo.", done: "I dati sono registrati.", ask: askMissing,
	},
	discharge.UpdateDetails: {done: "I dati sono aggiornati.", ask: askDetails},
	discharge.RequestInformation: {
		button: "Chiedere", done: "La domanda è partita.",
		ask: func(*asking) []html.Group {
			return questions(html.Ask("textarea", "question", "Domanda per chi ha segnalato").Must())
		},
	},
	discharge.UpdateDischarge: {
		intro: "La nuova data prevista, oppure il giorno in cui la persona è stata dimessa.", done: "Tutti sono avvisati della data.",
		ask: func(a *asking) []html.Group {
			return questions(a.date("expected_on", "Dimissione prevista", a.v.Snapshot.ExpectedOn),
				a.date("discharged_on", "Dimessa il", calendarNever), reason())
		},
	},
	discharge.ReadmissionNotice: {
		intro:  "Il case manager e il coordinatore sono avvisati subito.",
		button: "Segnalare", done: "Il nuovo ricovero è segnalato.",
		ask: func(a *asking) []html.Group {
			return questions(html.Ask("text", "ward", "Reparto"), a.date("admitted_on", "Ricoverata il", a.today()),
				a.date("expected_discharge_on", "Dimissione prevista", calendarNever), html.Ask("text", "phone", "Telefono del reparto"))
		},
	},
}

// askMissing asks for what the referral still lacks and fits in an answer.
func askMissing(a *asking) []html.Group {
	all := []html.Question{
		a.date("stay.admitted_on", "Data del ricovero", calendarNever), a.date("stay.fit_on", "Dimissibile dal", calendarNever),
		html.Ask("text", "stay.allergies", "Allergie"), html.Ask("textarea", "stay.therapy_note", "Terapia o lettera di dimissione"),
		html.Ask("radios", "needs.level", "Livello proposto").From(levelOptions()), html.Ask("textarea", "needs.goal", "Obiettivo del rientro"),
		html.Ask("text", "patient.language", "Lingua"), html.Ask("yesno", "network.known_to_social", "È nota ai servizi sociali?"),
	}
	var list []html.Question
	for _, q := range all {
		if slices.Contains(a.v.Missing, q.Name()) {
			list = append(list, q)
		}
	}
	return questions(append(list, note().Hinted("Qui anche la risposta a una domanda del coordinatore."))...)
}

func askDetails(a *asking) []html.Group {
	r := a.v.Referral
	return questions(
		a.known(html.Ask("text", "patient.phone", "Telefono"), r.Patient.Phone),
		a.known(html.Ask("text", "places.address", "Indirizzo"), r.Places.Address),
		a.known(html.Ask("textarea", "places.access_notes", "Come si entra in casa"), r.Places.AccessNotes),
		a.known(html.Ask("checks", "what_follows", "Che cosa segue alla conclusione").From(html.FollowUps(discharge.FollowUps)), a.v.Snapshot.WhatFollows...),
		a.date("from", "Da quando", a.v.Snapshot.FollowsFrom), note(),
	)
}

package api

import (
	"strconv"

	"dimissioni/api/html"
	"dimissioni/internal/calendar"
	"dimissioni/internal/discharge"
)

// calendarNever is a day that is not known.
var calendarNever calendar.Date

// The forms from the home visit to the start.
var planForms = map[discharge.CommandKind]commandForm{
	discharge.RecordHomeVisit: {
		done: "La visita domiciliare è registrata.",
		ask: func(a *asking) []html.Group {
			return questions(a.date("held_on", "Fatta il", a.today()).Must(),
				html.Ask("lines", "present", "Chi era presente").Hinted("Una persona per riga."), note())
		},
	},
	discharge.SubmitPlan: {
		intro:  "Le firme raccolte restano valide se non cambiano figure, ore e durata.",
		button: "Presentare il PAI", done: "Il PAI è presentato.", ask: askPlan,
	},
	discharge.Sign: {done: "La firma è registrata.", ask: askSignature},
	discharge.MoveStart: {
		button: "Spostare", done: "L'avvio è spostato.",
		ask: func(a *asking) []html.Group {
			return questions(a.date("start_planned_on", "Nuova data di avvio", calendarNever).Must(), reason())
		},
	},
	discharge.ConfirmStart: {
		title: "È iniziato?", button: "Sì, è iniziato", done: "L'avvio è confermato.",
		intro: "Se invece l'avvio è rimandato, torni al caso e lo sposti.",
		ask: func(a *asking) []html.Group {
			start := a.v.Snapshot.StartPlannedOn
			if start.IsZero() || start.After(a.today()) {
				start = a.today()
			}
			return questions(a.date("start_on", "Iniziato il", start).Must())
		},
	},
}

// askPlan begins from the last plan or, before the first, from the referral.
func askPlan(a *asking) []html.Group {
	plan := a.lastPlan()
	start := plan.StartPlannedOn
	if start.IsZero() {
		start = a.v.Snapshot.StartPlannedOn
	}
	if start.IsZero() {
		start = calendar.Max(a.v.Snapshot.DischargeOn(), a.today())
	}
	days := plan.Days
	if days == 0 {
		days = a.v.Snapshot.Rules.PeriodDays
	}
	level := plan.Level
	if level == "" {
		level = a.v.Snapshot.Level
	}
	groups := questions(
		a.date("start_planned_on", "Avvio previsto", start).Must(),
		a.known(html.Ask("number", "days", "Giorni").Must(), strconv.Itoa(days)),
		a.known(html.Ask("radios", "level", "Livello").From(levelOptions()).Must(), string(level)),
		a.known(html.Ask("text", "place_of_care", "Luogo delle cure").Hinted("Casa, o la struttura qualificata."), plan.PlaceOfCare),
		a.known(html.Ask("textarea", "preferences", "Preferenze della persona"), plan.Preferences),
	)
	groups = append(groups, a.planLines(plan)...)
	return append(groups, questions(
		a.known(html.Ask("textarea", "caregiver_part", "Che cosa si chiede al caregiver").Hinted("Se c'è, firma anche il caregiver."), plan.CaregiverPart),
		note(),
	)...)
}

// planLines are the lists of a plan, each with room for more.
func (a *asking) planLines(plan planBody) []html.Group {
	var groups []html.Group
	lines := func(row, legend string, filled, least int, ask func(i int) html.Group) {
		for i := range max(filled+1, least) {
			group := ask(i)
			group = html.Line(row, i, legend+" "+strconv.Itoa(i+1), group.Questions...)
			groups = append(groups, group)
		}
	}
	lines("interventions", "Intervento", len(plan.Interventions), 5, func(i int) html.Group {
		var one intervention
		if i < len(plan.Interventions) {
			one = plan.Interventions[i]
		}
		return a.line("interventions", i, map[string]string{
			"figure": string(one.Figure), "service": one.Service, "times_per_week": number(one.TimesPerWeek), "minutes": number(one.Minutes),
		}, html.Ask("select", "figure", "Figura").From(html.Figures(discharge.Figures())), html.Ask("text", "service", "Che cosa fa"),
			html.Ask("number", "times_per_week", "Volte alla settimana"), html.Ask("number", "minutes", "Minuti ogni volta"))
	})
	lines("goals", "Obiettivo", len(plan.Goals), 2, func(i int) html.Group {
		var one goal
		if i < len(plan.Goals) {
			one = plan.Goals[i]
		}
		return a.line("goals", i, map[string]string{"area": one.Area, "text": one.Text},
			html.Ask("select", "area", "Area").From(html.Areas(goalAreas)), html.Ask("text", "text", "Obiettivo"))
	})
	lines("network_services", "Servizio della rete", len(plan.NetworkServices), 1, func(i int) html.Group {
		var one networkService
		if i < len(plan.NetworkServices) {
			one = plan.NetworkServices[i]
		}
		return a.line("network_services", i, map[string]string{
			"service": one.Service, "owner": one.Owner, "asked_on": typed(one.AskedOn), "from": typed(one.From), "to": typed(one.To),
		}, html.Ask("text", "service", "Servizio"), html.Ask("text", "owner", "Di chi"), html.Ask("date", "asked_on", "Chiesto il"),
			html.Ask("date", "from", "Dal"), html.Ask("date", "to", "Al"))
	})
	lines("monitoring_steps", "Monitoraggio", len(plan.MonitoringSteps), 2, func(i int) html.Group {
		var one monitoringStep
		if i < len(plan.MonitoringSteps) {
			one = plan.MonitoringSteps[i]
		}
		return a.line("monitoring_steps", i, map[string]string{"on": typed(one.On), "what": one.What},
			html.Ask("date", "on", "Il"), html.Ask("text", "what", "Che cosa"))
	})
	return groups
}

var goalAreas = []string{"clinical", "care", "social", "inclusion", "autonomy"}

// line gives the questions of a line their first answers.
func (a *asking) line(row string, i int, known map[string]string, list ...html.Question) html.Group {
	group := html.Line(row, i, "", list...)
	for _, q := range group.Questions {
		a.known(q, known[q.Key()])
	}
	return group
}

func number(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}

func typed(on calendar.Date) string {
	if on.IsZero() {
		return ""
	}
	return on.String()
}

// lastPlan is the newest version, or what the referral asks for.
func (a *asking) lastPlan() planBody {
	plans, err := a.store.Plans(a, a.v.ID)
	if len(keepErr(a, plans, err)) > 0 {
		newest := plans[0]
		for _, p := range plans {
			if p.Version > newest.Version {
				newest = p
			}
		}
		last, err := planOf(newest)
		keepErr(a, plans, err)
		return last.planBody
	}
	var plan planBody
	for _, i := range a.v.Referral.Plan.Interventions {
		plan.Interventions = append(plan.Interventions, intervention{
			Figure: i.Figure, Service: i.Service, TimesPerWeek: i.TimesPerWeek, Minutes: i.Minutes,
		})
	}
	return plan
}

func askSignature(a *asking) []html.Group {
	var methods []string
	for _, method := range discharge.SignatureMethods {
		if method != "link" && (method != "incapable_no_representative" || a.coordinates()) {
			methods = append(methods, method)
		}
	}
	var missing []string
	for _, signer := range a.v.Snapshot.MissingSigners() {
		if missing = append(missing, signer); signer == "patient" {
			missing = append(missing, "representative")
		}
	}
	return questions(
		html.Ask("radios", "signer", "Chi firma").From(html.Signers(missing)).Must(),
		html.Ask("radios", "method", "Come").From(optionsOfCodes(methods, methodWords)).Must(),
		a.date("signed_on", "Firmato il", a.today()).Must(),
		html.Ask("lines", "witnesses", "Testimoni").Hinted("Solo per l'assenso a voce: le due persone che hanno sentito, una per riga."),
		reason().Hinted("Per l'assenso a voce, il rifiuto o l'incapacità."),
		html.Ask("text", "title", "Titolo del rappresentante").Hinted("Tutore, amministratore di sostegno, procuratore."),
		html.Ask("text", "act", "Atto di nomina"), note(),
	)
}

package api

import (
	"slices"
	"strconv"

	"dimissioni/api/html"
	"dimissioni/internal/calendar"
	"dimissioni/internal/discharge"
)

// The forms while care goes on.
var careForms = map[discharge.CommandKind]commandForm{
	discharge.ConveneMeeting: {done: "L'équipe multidisciplinare è aggiornata: gli invitati sono avvisati.", ask: askMeeting},
	discharge.RecordMeeting:  {done: "L'équipe multidisciplinare è registrata.", ask: askHeldMeeting},
	discharge.Renew: {
		button: "Rinnovare", done: "Il rinnovo è registrato.",
		ask: func(a *asking) []html.Group {
			days := html.Ask("number", "days", "Giorni in più").Must()
			if limit := a.v.Snapshot.CapOn(); !limit.IsZero() {
				most := limit.DaysSince(a.v.Snapshot.PeriodEndOn())
				days = a.known(days, strconv.Itoa(most)).Hinted("Fino alle sei settimane ne restano " + strconv.Itoa(most) + ".")
			}
			return questions(days, reason().Hinted("Serve se l'équipe multidisciplinare non ha consigliato di proseguire, o non si è tenuta."), note())
		},
	},
	discharge.Suspend: {
		intro:  "Le sei settimane continuano a contare.",
		button: "Sospendere", done: "La sospensione è registrata.",
		ask: func(a *asking) []html.Group {
			code := html.Ask("radios", "reason_code", "Motivo").From(optionsOfCodes(discharge.SuspensionReasons, suspensionWords)).Must()
			if a.v.Snapshot.Readmission {
				code = a.known(code, "hospital")
			}
			return questions(code, a.when(), note())
		},
	},
	discharge.Resume: {
		button: "Riprendere", done: "La ripresa è registrata.",
		ask: func(a *asking) []html.Group { return questions(a.when(), note()) },
	},
}

// askMeeting convenes, moves or calls off.
func askMeeting(a *asking) []html.Group {
	at := html.Ask("datetime", "at", "Giorno e ora")
	place := html.Ask("text", "place", "Luogo").Hinted("Non l'indirizzo di casa.")
	invited := html.Ask("checks", "invited", "Invitati").From(html.Invitees(meetingRoles))
	open := a.v.Snapshot.Convened
	if open == nil {
		return questions(at.Must(), place, a.known(invited, a.v.Snapshot.DefaultInvited()...), note())
	}
	return questions(a.known(at, open.At.In(calendar.Rome).Format("2006-01-02T15:04")), place, a.known(invited, open.Invited...),
		html.Ask("flag", "called_off", "Disdire l'incontro"), reason())
}

var meetingRoles = []string{
	"coordinator", "case_manager", "hospital_contact", "partner_manager", "municipality", "gp", "territorial", "person",
}

func askHeldMeeting(a *asking) []html.Group {
	held, invited := a.today(), a.v.Snapshot.DefaultInvited()
	if open := a.v.Snapshot.Convened; open != nil {
		held, invited = calendar.Min(held, calendar.DateOf(open.At)), open.Invited
	}
	groups := questions(
		a.date("held_on", "Tenuta il", held).Must(),
		html.Ask("radios", "decision", "Decisione").From(optionsOfCodes(discharge.MeetingDecisions, decisionWords)).Must(),
		html.Ask("textarea", "minutes", "Verbale"),
	)
	who := slices.Clone(meetingRoles)
	slices.SortStableFunc(who, func(x, y string) int { // the invited first
		return zeroLast(!slices.Contains(invited, x), !slices.Contains(invited, y))
	})
	for i, option := range html.Invitees(who) {
		groups = append(groups, html.Line("attendees", i, option.Label, a.line("attendees", i, map[string]string{"role": option.Value},
			html.Ask("hidden", "role", ""), html.Ask("select", "mode", "Come ha partecipato").From(html.Modes(discharge.AttendanceModes)),
			html.Ask("text", "name", "Nome")).Questions...))
	}
	return groups
}

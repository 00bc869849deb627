package api

import (
	"maps"
	"net/url"
	"strconv"

	"dimissioni/api/html"
	"dimissioni/internal/calendar"
	"dimissioni/internal/discharge"
	"dimissioni/internal/postgres"
)

// commandForm is what the page of a command asks and says. The names of the questions are the keys of the command's body.
type commandForm struct {
	title  string // the command's own name when empty
	intro  string
	button string
	done   string // said afterwards
	ask    func(*asking) []html.Group
	warn   func(*asking, url.Values) string // what to think over before it is sent; empty: nothing
}

// commandForms are the forms by command.
var commandForms = func() map[discharge.CommandKind]commandForm {
	all := map[discharge.CommandKind]commandForm{}
	for _, forms := range []map[discharge.CommandKind]commandForm{referralForms, admissionForms, planForms, careForms, endForms} {
		maps.Copy(all, forms)
	}
	return all
}()

// asking makes the questions of a form for one reader of one case, with what is known already as their first answers.
type asking struct {
	turn
	first url.Values
	err   error // of what had to be looked up
}

func (a *asking) groups(form commandForm) ([]html.Group, error) {
	groups := form.ask(a)
	return groups, a.err
}

// keep remembers the first error of a look-up.
func keepErr[T any](a *asking, list []T, err error) []T {
	if a.err == nil {
		a.err = err
	}
	return list
}

// known gives a question its first answer.
func (a *asking) known(q html.Question, answers ...string) html.Question {
	if len(answers) > 0 && answers[0] != "" {
		a.first[q.Name()] = answers
	}
	return q
}

// date asks for a day, which may be known.
func (a *asking) date(name, label string, known calendar.Date) html.Question {
	q := html.Ask("date", name, label).Hinted("gg/mm/aaaa")
	if known.IsZero() {
		return q
	}
	return a.known(q, known.String())
}

func (a *asking) today() calendar.Date { return a.v.Snapshot.Today(a.v.now) }

// when asks for the day of the fact: today, unless it was before.
func (a *asking) when() html.Question { return a.date("on", "Data del fatto", a.today()).Must() }

func note() html.Question { return html.Ask("textarea", "note", "Nota") }

func reason() html.Question { return html.Ask("textarea", "reason", "Motivo") }

// coordinates reports whether the reader gives the command as the coordinator.
func (a *asking) coordinates() bool { return a.actor.Role == discharge.RoleCoordinator }

// telephone asks the coordinator who said it, and nobody else.
func (a *asking) telephone() []html.Question {
	if !a.coordinates() {
		return nil
	}
	return []html.Question{html.Ask("text", "by_telephone_with", "Con chi ha parlato al telefono").Hinted("Nome di chi ha risposto per l'ente.").Must()}
}

// questions is a form without parts.
func questions(list ...html.Question) []html.Group { return []html.Group{{Questions: list}} }

// optionsOfCodes are codes as choices, in the order of the rules.
func optionsOfCodes[T ~string](codes []T, words map[string]string) []html.Option {
	return each(codes, func(code T) html.Option { return html.Option{Value: string(code), Label: word(words, string(code))} })
}

func levelOptions() []html.Option {
	return each(discharge.Levels(), func(l discharge.Level) html.Option { return html.Option{Value: string(l), Label: l.Italian()} })
}

// partners are those of the programme, with the cases that each has open.
func (a *asking) partners() []html.Option {
	list, err := a.store.Organisations(a, "partner", a.v.ProgrammeID)
	keepErr(a, list, err)
	open, _, err := a.store.Cases(a, postgres.CaseFilter{Scopes: scopesOf(a.v.me), Programme: a.v.ProgrammeID, States: openStates}, "", mostCases)
	load := map[string]int{}
	for _, one := range keepErr(a, open, err) {
		load[one.Snapshot.PartnerID]++
	}
	return each(list, func(o postgres.Organisation) html.Option {
		return html.Option{Value: o.ID, Label: o.Name, Hint: "Casi aperti: " + strconv.Itoa(load[o.ID])}
	})
}

var openStates = func() (open []discharge.State) {
	for _, state := range discharge.States() {
		if !state.Final() {
			open = append(open, state)
		}
	}
	return open
}()

// caseManagers are those of a partner, or of all.
func (a *asking) caseManagers(partner string) []html.Option {
	list, err := a.store.Users(a, a.v.ProgrammeID, discharge.RoleCaseManager, partner)
	var options []html.Option
	for _, u := range keepErr(a, list, err) {
		if u.Active {
			options = append(options, html.Option{Value: u.ID, Label: u.Name + " (" + u.OrganisationName + ")"})
		}
	}
	return options
}

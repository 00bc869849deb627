package html

import "fmt"

// Command is the form of a command on a case.
var Command = desk[CommandPage]("command")

// CommandPage asks what a command needs or, when there is none to give, says why.
type CommandPage struct {
	Title   string
	Code    string // of the case
	Case    Path   // its page
	Person  string // empty where the reader may not know
	Intro   string
	Changed []string // what happened to the case while the form was open
	Warning string   // said once; sent again, the form goes through
	Refused string   // why there is no form
	Form    Form
	Version string // of the case that the form was filled in on
	Groups  []Group
	Button  string
}

// Group is a part of a form. Groups of one Row are the lines of a list: what is left blank is no line.
type Group struct {
	Legend    string
	Questions []Question
	row       string
}

// Line is the i-th line of a list of a form.
func Line(row string, i int, legend string, questions ...Question) Group {
	for n := range questions {
		questions[n].name = fmt.Sprintf("%s[%d].%s", row, i, questions[n].key)
	}
	return Group{Legend: legend, Questions: questions, row: row}
}

// Row is the list whose line the group is; empty for none.
func (g Group) Row() string { return g.row }

// Question is a [Field] before anybody has filled it in.
type Question struct {
	Label, Hint string
	Options     []Option
	Required    bool
	Max         int
	name, key   string
	kind        string
}

// Ask makes a question of a kind: text, textarea, date, datetime, number, select, radios, choice (radios of numbers),
// checks, yesno, flag (a single check), lines (a list, one for each line), hidden.
func Ask(kind, name, label string) Question {
	q := Question{Label: label, name: name, key: name, kind: kind}
	switch kind {
	case "yesno":
		q.Options = []Option{{Value: "si", Label: "Sì"}, {Value: "no", Label: "No"}}
	case "flag":
		q.Options = []Option{{Value: "si", Label: "Sì"}}
	}
	return q
}

// Name is the question's in the form: the path of a key of the command's body.
func (q Question) Name() string { return q.name }

// Key is the last of the path, in a line of a list.
func (q Question) Key() string { return q.key }

// Kind is what is asked for, as [Ask] was told.
func (q Question) Kind() string { return q.kind }

// Must makes an answer compulsory.
func (q Question) Must() Question { q.Required = true; return q }

// Hinted says how to answer.
func (q Question) Hinted(hint string) Question { q.Hint = hint; return q }

// From gives the choices.
func (q Question) From(options []Option) Question { q.Options = options; return q }

// Block is the template of fields.html that shows it; empty for a question that nobody has made.
func (q Question) Block() string {
	switch q.kind {
	case "yesno", "choice":
		return "radios"
	case "flag":
		return "checks"
	case "lines":
		return "textarea"
	case "datetime", "number":
		return "text"
	default:
		return q.kind
	}
}

// Field is the question in a form, with its answer so far.
func (q Question) Field(f Form) Field {
	field := f.Field(q.name, q.Label).Hinted(q.Hint).From(q.Options).Within(q.Max)
	field.Required = q.Required
	switch q.kind {
	case "datetime":
		return field.As("datetime-local")
	case "number":
		return field.As("number")
	default:
		return field
	}
}

// shown is a question in a form, for the template.
type shown struct {
	Block string
	Field Field
}

func showQuestion(q Question, f Form) shown { return shown{q.Block(), q.Field(f)} }

// Figures are codes as choices, in Italian; like the functions after it.
func Figures[T ~string](codes []T) []Option { return choices(figures, codes) }

// FollowUps are what may follow the end.
func FollowUps(codes []string) []Option { return choices(follows, codes) }

// Modes are how somebody took part in a meeting.
func Modes(codes []string) []Option { return choices(modes, codes) }

// Signers are who signs a plan.
func Signers(codes []string) []Option { return choices(signers, codes) }

// Areas are those of the goals of a plan.
func Areas(codes []string) []Option { return choices(areas, codes) }

// Invitees are who takes part in a meeting.
func Invitees(codes []string) []Option {
	options := make([]Option, len(codes))
	for i, code := range codes {
		options[i] = Option{Value: code, Label: roleName(code)}
	}
	return options
}

func choices[T ~string](words map[string]string, codes []T) []Option {
	options := make([]Option, len(codes))
	for i, code := range codes {
		options[i] = Option{Value: string(code), Label: wordOf(words, string(code))}
	}
	return options
}

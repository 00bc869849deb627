package html

import (
	"slices"

	"dimissioni/internal/discharge"
)

// CaseTable is a list of cases with the columns that at least one of them fills.
type CaseTable struct {
	Caption                           string
	Lines                             []CaseLine
	People, Partners, Managers, Towns bool
}

func caseTable(lines []CaseLine, caption string) CaseTable {
	some := func(filled func(CaseLine) string) bool {
		return slices.ContainsFunc(lines, func(l CaseLine) bool { return filled(l) != "" })
	}
	return CaseTable{
		Caption: caption, Lines: lines,
		People:   some(func(l CaseLine) string { return l.Person }),
		Partners: some(func(l CaseLine) string { return l.Partner }),
		Managers: some(func(l CaseLine) string { return l.CaseManager }),
		Towns:    some(func(l CaseLine) string { return l.Municipality }),
	}
}

// Cases is the list of cases.
var Cases = desk[CasesPage]("cases")

// CasesPage is the list with what narrows it, or what was found by a name.
type CasesPage struct {
	Form                      Form
	Sort                      string
	Searched                  bool // by name
	Names                     bool // the reader may search by name
	Lines                     []CaseLine
	Pager                     Pager
	Partners, Managers, Towns []Option
}

// States are the choices of the filter: those under way together, then each.
func (CasesPage) States() []Option {
	options := []Option{{Value: "aperti", Label: "Tutti gli aperti"}}
	for _, s := range discharge.States() {
		options = append(options, Option{Value: string(s), Label: s.Italian()})
	}
	return options
}

// Filtered reports whether anything narrows or orders the list.
func (p CasesPage) Filtered() bool {
	for _, name := range []string{"numero", "stato", "ente", "case_manager", "comune", "ordine", "in_ritardo"} {
		if p.Form.Values.Get(name) != "" {
			return true
		}
	}
	return false
}

// Orders are the choices of the order.
func (CasesPage) Orders() []Option {
	return []Option{
		{Value: "scadenza", Label: "per scadenza"},
		{Value: "numero", Label: "per numero"},
		{Value: "persona", Label: "per nome"},
		{Value: "stato", Label: "per stato"},
	}
}

// Late is the choice of what is overdue.
func (CasesPage) Late() []Option { return []Option{{Value: "si", Label: "Solo quelli in ritardo"}} }

// Empty is what stands where nothing was found.
func (p CasesPage) Empty() Empty {
	switch {
	case p.Searched:
		return Empty{Title: "Nessun caso con questo nome", Text: "Provi con meno lettere, o con il solo cognome. Si trovano i casi che il Suo ruolo vede."}
	case len(p.Form.Values) > 0:
		return Empty{Title: "Nessun caso con questi filtri", Link: "/casi", Label: "Togliere i filtri"}
	default:
		return Empty{Title: "Nessun caso, per ora", Text: "I casi che il Suo ruolo può vedere compaiono qui."}
	}
}

package discharge

import (
	"fmt"
	"slices"
	"strings"
)

// together are states that a picture draws as one where all of them can do the same.
var together = []struct {
	name, title string
	states      []State
}{
	{"every_before", "Ogni stato prima dell'avvio", beforeStart},
	{"every_unaccepted", "Ogni stato prima che un ente accetti", unaccepted},
	{"every_care", "Attiva o sospesa", inCare},
}

// Mermaid draws arrows as a Mermaid state diagram with the words that people read. What every state before the start,
// before a partner has accepted, or in care can do is drawn once, after the rest.
func Mermaid(arrows []Arrow) string {
	var b strings.Builder
	b.WriteString("stateDiagram-v2\n")
	for _, s := range States() {
		fmt.Fprintf(&b, "    %s: %s\n", s, s.Italian())
	}
	for _, g := range together {
		fmt.Fprintf(&b, "    %s: %s\n", g.name, g.title)
	}
	labels := map[string][]string{}
	var single, grouped []string
	for _, a := range arrows {
		from, group := a.tail(arrows)
		way := from + " --> " + string(a.To)
		if len(labels[way]) == 0 && group {
			grouped = append(grouped, way)
		} else if len(labels[way]) == 0 {
			single = append(single, way)
		}
		if label := a.label(); !slices.Contains(labels[way], label) {
			labels[way] = append(labels[way], label)
		}
	}
	for _, way := range append(single, grouped...) {
		fmt.Fprintf(&b, "    %s: %s\n", way, strings.Join(labels[way], ", "))
	}
	return b.String()
}

// tail is where an arrow is drawn from, and whether that stands for several states.
func (a Arrow) tail(arrows []Arrow) (string, bool) {
	if a.From == "" {
		return "[*]", false
	}
	for _, g := range together {
		cannot := func(s State) bool { return !slices.Contains(arrows, Arrow{s, a.By, a.To}) }
		if slices.Contains(g.states, a.From) && !slices.Contains(g.states, a.To) && !slices.ContainsFunc(g.states, cannot) {
			return g.name, true
		}
	}
	return string(a.From), false
}

// label is the command in a picture; of the screening, what came of it.
func (a Arrow) label() string {
	switch {
	case a.By == Tick:
		return "Termine massimo (sei settimane)"
	case a.By == Screen && a.To == StateMatching:
		return "Ammettere"
	case a.By == Screen && a.To == StateWaitlisted:
		return "Mettere in attesa di fondi"
	case a.By == Screen && a.To == StateRejected:
		return "Non ammettere"
	default:
		return a.By.Italian()
	}
}

package discharge

import (
	"slices"
	"testing"
)

// TestACompletionSaysSomething: nothing is no answer to a question, and the refusal names what could be said.
func TestACompletionSaysSomething(t *testing.T) {
	t.Parallel()
	lacking := func(f *Facts) { f.Missing = []string{"stay.allergies", "network.gp"} }
	words, group := Facts{HasReason: true}, Facts{Groups: []string{"stay"}}
	for _, tc := range []struct {
		name   string
		path   *path
		f      Facts
		fields []string // what the refusal names; none: it is accepted
	}{
		{"nothing, with fields missing", referred(t, lacking), Facts{}, []string{"stay.allergies", "network.gp"}},
		{"nothing, to a question", referred(t, lacking).asked(), Facts{}, []string{"note", "stay.allergies", "network.gp"}},
		{"nothing, when nothing is missing", referred(t), Facts{}, []string{"groups"}},
		{"words that nobody asked for", referred(t), words, []string{"groups"}},
		{"words to a question", referred(t).asked(), words, nil},
		{"a group", referred(t), group, nil},
		{"a group to a question", referred(t).asked(), group, nil},
		{"nothing, of a case that lives by the rules before", referred(t, func(f *Facts) { f.Rules.Revision = 1 }), Facts{}, nil},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			_, err := Decide(tc.path.c, Command{Kind: Complete, Actor: ward, Facts: tc.f}, tc.path.now)
			var named []string
			if refused, ok := err.(*Error); ok { //nolint:errorlint // as Decide gives it
				want(t, "kind", refused.Kind, KindInvalid)
				for _, f := range refused.Fields {
					named = append(named, f.Field)
				}
			}
			if (err != nil) != (tc.fields != nil) || !slices.Equal(named, tc.fields) {
				t.Errorf("refused %v naming %q, want %q", err, named, tc.fields)
			}
		})
	}
}

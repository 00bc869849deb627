package discharge

import (
	"errors"
	"flag"
	"io/fs"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the picture of the flow into README.md")

// TestFlow holds the arrows that the code allows against DOMAIN, States: where each state leads.
func TestFlow(t *testing.T) {
	t.Parallel()
	want := map[State]string{
		"":              "submitted",
		StateSubmitted:  "waitlisted matching planning active not_started rejected cancelled",
		StateWaitlisted: "matching planning active not_started rejected cancelled",
		StateMatching:   "proposed planning active not_started cancelled",
		StateProposed:   "matching planning active not_started cancelled",
		StatePlanning:   "signing active not_started cancelled",
		StateSigning:    "ready active not_started cancelled",
		StateReady:      "signing active not_started cancelled",
		StateActive:     "planning signing ready suspended closed cancelled",
		StateSuspended:  "active closed cancelled",
		StateClosed:     "active suspended",
	}
	got := map[State]string{}
	for _, a := range Arrows() {
		if !slices.Contains(strings.Fields(got[a.From]), string(a.To)) {
			got[a.From] = strings.TrimSpace(got[a.From] + " " + string(a.To))
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the ways between states (-DOMAIN +code):\n%s", diff)
	}
}

func TestEveryLiveStateLeadsToAnEndAndHasAnOwner(t *testing.T) {
	t.Parallel()
	arrows := Arrows()
	ends := map[State]bool{}
	for range States() {
		for _, a := range arrows {
			ends[a.From] = ends[a.From] || a.To.Final() || ends[a.To]
		}
	}
	for _, s := range States() {
		if s.Final() {
			continue
		}
		if !ends[s] {
			t.Errorf("%s leads to no end", s)
		}
		if s.Owner() == "" {
			t.Errorf("%s has no owner", s)
		}
	}
}

// TestFlowPicture keeps README's picture to what the code does. go test ./internal/discharge -run FlowPicture -update
// draws it again.
func TestFlowPicture(t *testing.T) {
	t.Parallel()
	const readme, begin, end = "../../README.md", "<!-- flow:begin -->\n", "<!-- flow:end -->"
	text, err := os.ReadFile(readme)
	if errors.Is(err, fs.ErrNotExist) {
		t.Fatal("there is no README.md")
	}
	if err != nil {
		t.Fatal(err)
	}
	before, rest, found := strings.Cut(string(text), begin)
	drawn, after, closed := strings.Cut(rest, end)
	if !found || !closed {
		t.Fatal("README.md has no place for the picture")
	}
	want := "```mermaid\n" + Mermaid(Arrows()) + "```\n"
	if drawn == want {
		return
	}
	if !*update {
		t.Fatalf("README.md shows another flow: run this test with -update\n%s", cmp.Diff(drawn, want))
	}
	if err := os.WriteFile(readme, []byte(before+begin+want+end+after), 0o600); err != nil {
		t.Fatal(err)
	}
}

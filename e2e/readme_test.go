package e2e

import (
	"context"
	"os"
	"os/exec"
	"strings"
	"testing"
)

// TestReadmeWalk types what README.md tells to type, against a service of its own.
func TestReadmeWalk(t *testing.T) {
	t.Parallel()
	readme, err := os.ReadFile("../README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, walk, _ := strings.Cut(string(readme), "<!-- walk:begin -->\n```sh\n")
	walk, _, found := strings.Cut(walk, "```\n<!-- walk:end -->")
	if !found {
		t.Fatal("README.md has no shell block between walk:begin and walk:end")
	}
	const told = "http://127.0.0.1:8080"
	if !strings.Contains(walk, told) {
		t.Fatalf("the walk does not speak to %s", told)
	}
	w := newWorld(t)
	said := w.shell(strings.ReplaceAll(walk, told, w.address))
	for _, want := range []string{`"matching"`, `"proposed"`, `"planning"`, `"signing"`, `"ready"`, `"active"`, `"equipe"`, `"closed"`} {
		before, after, found := strings.Cut(said, want)
		if !found {
			t.Errorf("it does not say %s after\n%s", want, before)
		}
		said = after
	}
	if strings.Contains(said, "error") {
		t.Errorf("the end: %s", said)
	}
}

// shell runs a script as a person in the repository's folder does, and gives what it prints. It ends at the first
// command that fails, or that jq finds nothing in.
func (w *world) shell(script string) string {
	w.t.Helper()
	ctx, cancel := context.WithTimeout(w.ctx(), patience)
	defer cancel()
	cmd := exec.CommandContext(ctx, "bash", "-c", "set -euo pipefail\njq() { command jq -e \"$@\"; }\n"+script)
	cmd.Dir = ".."
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "PASSWORD=" + password}
	said := &tail{}
	cmd.Stdout, cmd.Stderr = said, said
	if err := cmd.Run(); err != nil {
		w.t.Fatalf("%v; it needs curl and jq; it said:\n%s", err, said)
	}
	return said.String()
}

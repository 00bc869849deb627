package e2e

import (
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestFaultsAreOneLineEach starts the programs wrongly and reads what they say: one clear line a fault, exit code 2.
func TestFaultsAreOneLineEach(t *testing.T) {
	taken, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = taken.Close() }()
	_, port, err := net.SplitHostPort(taken.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(reachable(t), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	hidden := t.TempDir()                           // only root passes through it
	if err := os.Chmod(hidden, 0o700); err != nil { //nolint:gosec // that is the fault
		t.Fatal(err)
	}
	anyPorts := []string{
		"DIMISSIONI_TEMPORAL_PORT=0", "DIMISSIONI_TEMPORAL_UI_PORT=-1", "DIMISSIONI_ADDR=127.0.0.1:0",
		"DIMISSIONI_ADMIN_ADDR=127.0.0.1:0",
	}
	for _, fault := range []struct {
		name, program string
		environment   []string
		says          []string
	}{
		{"http port taken", "standalone", append(anyPorts, "DIMISSIONI_ADDR=127.0.0.1:"+port), []string{"DIMISSIONI_ADDR"}},
		{"engine port taken", "standalone", append(anyPorts, "DIMISSIONI_TEMPORAL_PORT="+port), []string{"DIMISSIONI_TEMPORAL_PORT"}},
		{"data folder is a file", "standalone", append(anyPorts, "DIMISSIONI_DATA="+file), []string{"file"}},
		{"data folder not reachable", "standalone", append(anyPorts, "DIMISSIONI_DATA="+filepath.Join(hidden, "data")), []string{"postgres"}},
		{"no settings", "dimissioni-race", nil, []string{"DATABASE_URL", "DIMISSIONI_KEYS", "SMTP_HOST", "MAIL_FROM"}},
		{"not a number", "dimissioni-race", []string{"SMTP_PORT=molti", "DIMISSIONI_DEMO=forse"}, []string{"SMTP_PORT", "DIMISSIONI_DEMO"}},
	} {
		t.Run(fault.name, func(t *testing.T) {
			environment := fault.environment
			args := []string{"serve"}
			if fault.program == "standalone" {
				environment = append([]string{"DIMISSIONI_DATA=" + filepath.Join(reachable(t), "data")}, environment...)
				args = []string{"run"}
			}
			p := start(t, fault.program, environment, args...)
			if code := p.wait(t); code != 2 {
				t.Errorf("exit code %d, want 2:\n%s", code, p.output)
			}
			said := strings.Split(strings.TrimSpace(p.output.String()), "\n")
			if len(said) != len(fault.says) {
				t.Errorf("%d lines, want %d:\n%s", len(said), len(fault.says), p.output)
			}
			for _, want := range fault.says {
				if !strings.Contains(p.output.String(), want) {
					t.Errorf("it does not name %s:\n%s", want, p.output)
				}
			}
		})
	}
}

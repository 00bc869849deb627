package e2e

import (
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
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
	hidden := t.TempDir() // only root passes through it
	if err := os.Chmod(hidden, 0o700); err != nil {
		t.Fatal(err)
	}
	anyPorts := []string{
		"DIMISSIONI_TEMPORAL_PORT=0", "DIMISSIONI_TEMPORAL_UI_PORT=-1", "DIMISSIONI_ADDR=127.0.0.1:0",
		"DIMISSIONI_ADMIN_ADDR=127.0.0.1:0",
	}
	for _, fault := range []struct {
		name, program string
		environment   []string
		says          []string // a line each
	}{
		{"http port taken", "standalone", append(anyPorts, "DIMISSIONI_ADDR=127.0.0.1:"+port), []string{"DIMISSIONI_ADDR"}},
		{"engine port taken", "standalone", append(anyPorts, "DIMISSIONI_TEMPORAL_PORT="+port), []string{"DIMISSIONI_TEMPORAL_PORT"}},
		{"ports taken and asked for twice", "standalone", []string{
			"DIMISSIONI_ADDR=127.0.0.1:" + port, "DIMISSIONI_ADMIN_ADDR=127.0.0.1:0", "DIMISSIONI_SMTP_ADDR=127.0.0.1:" + port,
			"DIMISSIONI_TEMPORAL_PORT=" + port, "DIMISSIONI_TEMPORAL_UI_PORT=" + port,
		}, []string{"DIMISSIONI_ADDR", "DIMISSIONI_SMTP_ADDR", "DIMISSIONI_TEMPORAL_PORT", "DIMISSIONI_TEMPORAL_UI_PORT"}},
		{"data folder is a file", "standalone", append(anyPorts, "DIMISSIONI_DATA="+file), []string{"DIMISSIONI_DATA"}},
		{"data folder not reachable", "standalone", append(anyPorts, "DIMISSIONI_DATA="+filepath.Join(hidden, "data")), []string{"postgres"}},
		{"database away", "standalone", append(anyPorts, "DATABASE_URL=postgres://x:secret@127.0.0.1:1/x"), []string{"DATABASE_URL"}},
		{"temporal away", "standalone", append(anyPorts, "TEMPORAL_ADDRESS=127.0.0.1:1"), []string{"TEMPORAL_ADDRESS"}},
		{"everything wrong", "standalone", []string{
			"DIMISSIONI_DEMO=forse", "SMTP_PORT=molti", "DIMISSIONI_TEMPORAL_PORT=tanti", "DIMISSIONI_ADDR=8080", "DIMISSIONI_KEYS=secret",
			"DIMISSIONI_DEMO_PASSWORD=secret",
		}, []string{
			"DIMISSIONI_DEMO ", "SMTP_PORT", "DIMISSIONI_TEMPORAL_PORT", "DIMISSIONI_ADDR", "DIMISSIONI_KEYS", "DIMISSIONI_DEMO_PASSWORD",
		}},
		{"no settings", "dimissioni-race", nil, []string{"DATABASE_URL", "DIMISSIONI_KEYS", "SMTP_HOST", "MAIL_FROM"}},
		{"not a number", "dimissioni-race", []string{"SMTP_PORT=molti", "DIMISSIONI_DEMO=forse"}, []string{
			"SMTP_PORT", "DIMISSIONI_DEMO", "DATABASE_URL", "DIMISSIONI_KEYS", "SMTP_HOST", "MAIL_FROM",
		}},
	} {
		t.Run(fault.name, func(t *testing.T) {
			if strings.Contains(strings.Join(fault.environment, " "), hidden) && os.Geteuid() != 0 {
				t.Skip("Postgres runs as us, who can go there")
			}
			environment := fault.environment
			args := []string{"serve"}
			if fault.program == "standalone" {
				environment = append([]string{"DIMISSIONI_DATA=" + filepath.Join(reachable(t), "data")}, environment...)
				args = []string{"run"}
			}
			began := time.Now()
			p := start(t, fault.program, environment, args...)
			if code := p.wait(t); code != 2 {
				t.Errorf("exit code %d, want 2:\n%s", code, p.output)
			}
			if took := time.Since(began); took > 10*time.Second {
				t.Errorf("it took %s to say so", took)
			}
			if strings.Contains(p.output.String(), "secret") {
				t.Errorf("it repeats a value:\n%s", p.output)
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

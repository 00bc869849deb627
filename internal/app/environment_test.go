package app

import (
	"errors"
	"slices"
	"strings"
	"testing"
)

// silence takes every setting of the environment away for the length of a test.
func silence(t *testing.T) {
	t.Helper()
	for _, name := range []string{
		"DIMISSIONI_ADDR", "DIMISSIONI_ADMIN_ADDR", "DIMISSIONI_PUBLIC_URL", "DATABASE_URL", "DIMISSIONI_KEYS", "SMTP_HOST",
		"SMTP_PORT", "SMTP_TLS", "MAIL_FROM", "DIMISSIONI_DEMO", "DIMISSIONI_DEMO_PASSWORD", "DIMISSIONI_TRAINING", "DIMISSIONI_TRUSTED_PROXIES",
	} {
		t.Setenv(name, "") // which counts as not set
	}
}

// named are the variables that the lines of an error begin with.
func named(err error) []string {
	if err == nil {
		return nil
	}
	var names []string
	for line := range strings.SplitSeq(err.Error(), "\n") {
		name, _, _ := strings.Cut(line, " ")
		names = append(names, strings.TrimSuffix(name, ":"))
	}
	return names
}

func TestEmptyVariablesCountAsNotSet(t *testing.T) {
	silence(t)
	t.Setenv("DIMISSIONI_TRAINING", "0")
	var s Settings
	if err := Parse(&s, map[string]string{"DIMISSIONI_DEMO": "1", "DIMISSIONI_TRAINING": "1"}); err != nil {
		t.Fatal(err)
	}
	if s.Addr != "127.0.0.1:8080" || s.SMTPPort != 25 || !s.Demo || s.Training {
		t.Errorf("settings %+v", s)
	}
}

func TestEveryFaultIsNamedOnceAndNoValueIsRepeated(t *testing.T) {
	silence(t)
	for name, value := range map[string]string{
		"DIMISSIONI_DEMO": "segreto", "SMTP_PORT": "segreto", "DIMISSIONI_KEYS": "segreto", "DIMISSIONI_ADDR": "segreto:99999",
		"DIMISSIONI_PUBLIC_URL": "segreto", "DIMISSIONI_DEMO_PASSWORD": "segreto", "DATABASE_URL": "mysql://segreto", "SMTP_TLS": "segreto",
		"SMTP_HOST": "segreto", "MAIL_FROM": "segreto", "DIMISSIONI_TRUSTED_PROXIES": "10.0.0.0/8,segreto",
	} {
		t.Setenv(name, value)
	}
	_, err := Read(Settings.Check)
	var settings *SettingsError
	if !errors.As(err, &settings) {
		t.Fatalf("error %v, want a *SettingsError", err)
	}
	got := slices.Sorted(slices.Values(named(err)))
	want := []string{
		"DATABASE_URL", "DIMISSIONI_ADDR", "DIMISSIONI_DEMO", "DIMISSIONI_DEMO_PASSWORD", "DIMISSIONI_KEYS", "DIMISSIONI_PUBLIC_URL",
		"DIMISSIONI_TRUSTED_PROXIES", "MAIL_FROM", "SMTP_PORT", "SMTP_TLS",
	}
	if !slices.Equal(got, want) {
		t.Errorf("named %v, want %v", got, want)
	}
	if strings.Contains(err.Error(), "segreto") {
		t.Errorf("a value is repeated:\n%v", err)
	}
}

func TestACommandAsksOnlyForWhatItNeeds(t *testing.T) {
	silence(t)
	if _, err := Read(Settings.CheckDatabase); !slices.Equal(named(err), []string{"DATABASE_URL"}) {
		t.Errorf("migrate asks for %v", named(err))
	}
	t.Setenv("DATABASE_URL", "postgres://127.0.0.1/dimissioni")
	if _, err := Read(Settings.CheckEngine); !slices.Equal(named(err), []string{"DIMISSIONI_KEYS"}) {
		t.Errorf("prepare asks for %v", named(err))
	}
	if _, err := Read(Settings.Check); !slices.Equal(named(err), []string{"DIMISSIONI_KEYS", "SMTP_HOST", "MAIL_FROM"}) {
		t.Errorf("serve asks for %v", named(err))
	}
}

// Package app puts the rooms together into a running service: it reads the settings, opens the store, dials the
// engine, and serves the API, the workers or both until it is told to stop. Both programs under cmd use it.
package app

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"strings"

	"github.com/caarlos0/env/v11"

	"dimissioni/internal/cipher"
	"dimissioni/internal/mail"
)

// Settings are read from the environment. TEMPORAL_* are read by the engine, as the Temporal SDK does.
type Settings struct {
	Addr        string `env:"DIMISSIONI_ADDR" envDefault:"127.0.0.1:8080"`
	AdminAddr   string `env:"DIMISSIONI_ADMIN_ADDR" envDefault:"127.0.0.1:9090"`
	PublicURL   string `env:"DIMISSIONI_PUBLIC_URL"`
	DatabaseURL string `env:"DATABASE_URL"`
	Keys        string `env:"DIMISSIONI_KEYS"`

	SMTPHost     string `env:"SMTP_HOST"`
	SMTPPort     int    `env:"SMTP_PORT" envDefault:"25"`
	SMTPUsername string `env:"SMTP_USERNAME"`
	SMTPPassword string `env:"SMTP_PASSWORD"`
	SMTPTLS      string `env:"SMTP_TLS" envDefault:"none"`
	MailFrom     string `env:"MAIL_FROM"`
	SenderName   string `env:"DIMISSIONI_SENDER_NAME" envDefault:"Dimissioni protette"`
	PublicName   string `env:"DIMISSIONI_PUBLIC_NAME"`
	Phone        string `env:"DIMISSIONI_PHONE"`
	PhoneHours   string `env:"DIMISSIONI_PHONE_HOURS"`

	Demo         bool   `env:"DIMISSIONI_DEMO"`
	DemoPassword string `env:"DIMISSIONI_DEMO_PASSWORD"`
	Training     bool   `env:"DIMISSIONI_TRAINING"`
}

// Read reads the environment. The error joins every fault, each one line in Italian that names the variable and
// never repeats its value; some are found later, by [Settings.Check], when the missing ones have been filled in.
func Read() (Settings, error) {
	s, err := env.ParseAs[Settings]()
	if err == nil {
		return s, nil
	}
	var aggregate env.AggregateError
	if !errors.As(err, &aggregate) {
		return s, fmt.Errorf("read environment: %w", err)
	}
	var faults []error
	for _, fault := range aggregate.Errors {
		var parse env.ParseError
		if errors.As(fault, &parse) {
			faults = append(faults, fmt.Errorf("%s non è valida: serve %s", variableOf(parse.Name), kindOf(parse.Type.Kind().String())))
			continue
		}
		faults = append(faults, errors.New("una variabile dell'ambiente non si legge"))
	}
	return s, &SettingsError{Err: errors.Join(faults...)}
}

func variableOf(field string) string {
	params, err := env.GetFieldParams(&Settings{})
	if err != nil {
		return field
	}
	for _, p := range params {
		if strings.EqualFold(strings.NewReplacer("_", "", "DIMISSIONI", "").Replace(p.Key), field) ||
			strings.EqualFold(strings.ReplaceAll(p.Key, "_", ""), field) {
			return p.Key
		}
	}
	return field
}

func kindOf(kind string) string {
	switch kind {
	case "bool":
		return "1 o 0"
	case "int":
		return "un numero"
	default:
		return "un testo"
	}
}

// Mail are the settings of outgoing mail.
func (s Settings) Mail() mail.Settings {
	return mail.Settings{
		Host: s.SMTPHost, Port: s.SMTPPort, Username: s.SMTPUsername, Password: s.SMTPPassword,
		TLS: mail.TLSMode(s.SMTPTLS), From: s.MailFrom, SenderName: s.SenderName, PublicName: s.PublicName,
		Phone: s.Phone, PhoneHours: s.PhoneHours, Marked: s.Demo || s.Training,
	}
}

// Check returns every fault of the settings joined, or nil.
func (s Settings) Check() error {
	var faults []error
	fault := func(wrong bool, line string) {
		if wrong {
			faults = append(faults, errors.New(line))
		}
	}
	if u, err := url.Parse(s.DatabaseURL); s.DatabaseURL == "" || err != nil || !strings.HasPrefix(u.Scheme, "postgres") {
		fault(true, "DATABASE_URL manca o non è un indirizzo postgres://…")
	}
	for name, addr := range map[string]string{"DIMISSIONI_ADDR": s.Addr, "DIMISSIONI_ADMIN_ADDR": s.AdminAddr} {
		_, port, err := net.SplitHostPort(addr)
		fault(err != nil || port == "", name+" non è un indirizzo: serve host:porta")
	}
	if u, err := url.Parse(s.PublicURL); s.PublicURL != "" && (err != nil || u.Host == "" || !strings.HasPrefix(u.Scheme, "http")) {
		fault(true, "DIMISSIONI_PUBLIC_URL non è un indirizzo http:// o https://")
	}
	if _, err := cipher.ParseRing(s.Keys); err != nil {
		fault(true, "DIMISSIONI_KEYS manca o non è id:base64,…: 32 byte per chiave")
	}
	if err := s.Mail().Check(); err != nil {
		faults = append(faults, err)
	}
	fault(s.Demo && len(s.DemoPassword) < 8, "DIMISSIONI_DEMO_PASSWORD ha meno di 8 caratteri")
	return errors.Join(faults...)
}

// SettingsError is a fault that the person who starts the program can mend: one line or more, in Italian.
type SettingsError struct{ Err error }

func (e *SettingsError) Error() string { return e.Err.Error() }

func (e *SettingsError) Unwrap() error { return e.Err }

// Exit prints every fault on its own line and ends the program with the code of wrong settings.
func Exit(err error) {
	for line := range strings.SplitSeq(err.Error(), "\n") {
		_, _ = fmt.Fprintln(os.Stderr, line)
	}
	os.Exit(2)
}

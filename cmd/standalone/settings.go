package main

import (
	"cmp"
	"context"
	"errors"
	"net"
	"os"
	"strconv"
	"strings"

	"dimissioni/internal/app"
	"dimissioni/internal/cipher"
)

// settings of one machine: the service's and our own.
type settings struct {
	app.Settings
	Own
}

// Own are the settings that the machine has besides the service's.
type Own struct {
	Data           string `env:"DIMISSIONI_DATA" envDefault:"./data"`
	PostgresPort   int    `env:"DIMISSIONI_POSTGRES_PORT" envDefault:"0"`
	TemporalPort   int    `env:"DIMISSIONI_TEMPORAL_PORT" envDefault:"7233"`
	TemporalUIPort int    `env:"DIMISSIONI_TEMPORAL_UI_PORT" envDefault:"8233"`
	SMTPAddr       string `env:"DIMISSIONI_SMTP_ADDR" envDefault:"127.0.0.1:0"`  // of the mail catcher
	MailsAddr      string `env:"DIMISSIONI_MAILS_ADDR" envDefault:"127.0.0.1:0"` // its pages, of `engine` alone
}

// readSettings reads the environment: a demonstration with training unless it says otherwise. What the machine itself
// provides may be missing; the error is a [*app.SettingsError] with every fault.
func readSettings() (settings, error) {
	var s settings
	faults := app.Parse(&s, map[string]string{"DIMISSIONI_DEMO": "1", "DIMISSIONI_TRAINING": "1"})
	if !s.temporalElsewhere() {
		faults = errors.Join(faults, forgetTemporal())
	}
	if err := errors.Join(faults, s.complete().Check(), s.check()); err != nil {
		return s, &app.SettingsError{Err: err}
	}
	if s.Demo {
		s.DemoPassword = cmp.Or(s.DemoPassword, app.NewDemoPassword())
		s.PublicName = cmp.Or(s.PublicName, "Ufficio di prova")
		if s.Phone == "" { // that of the demo's directory: mails say whom to call
			s.Phone, s.PhoneHours = "0373 000200", "dal lunedì al venerdì, dalle 8 alle 18"
		}
	}
	return s, nil
}

// complete puts something right where the machine will put its own, so that the rest can be judged before anything
// starts.
func (s settings) complete() app.Settings {
	c := s.Settings
	if c.DatabaseURL == "" {
		c.DatabaseURL = "postgres://127.0.0.1"
	}
	if c.Keys == "" {
		c.Keys = cipher.NewKey("k1")
	}
	if c.SMTPHost == "" {
		c.SMTPHost, c.MailFrom = "127.0.0.1", cmp.Or(c.MailFrom, mailFrom)
	}
	return c
}

func (o Own) check() error {
	return errors.Join(
		checkPort("DIMISSIONI_POSTGRES_PORT", o.PostgresPort, 0), checkPort("DIMISSIONI_TEMPORAL_PORT", o.TemporalPort, 0),
		checkPort("DIMISSIONI_TEMPORAL_UI_PORT", o.TemporalUIPort, -1),
		checkLoopback("DIMISSIONI_SMTP_ADDR", o.SMTPAddr), checkLoopback("DIMISSIONI_MAILS_ADDR", o.MailsAddr),
	)
}

func checkPort(name string, port, least int) error {
	if port < least || port > 65535 {
		return errors.New(name + " non è una porta: serve un numero da 1 a 65535, o 0 per una qualsiasi")
	}
	return nil
}

func checkLoopback(name, addr string) error {
	if tcp, err := net.ResolveTCPAddr("tcp", addr); err != nil || !tcp.IP.IsLoopback() {
		return errors.New(name + " non è un indirizzo di questa sola macchina: serve 127.0.0.1:porta")
	}
	return nil
}

// temporalElsewhere reports whether the environment names a Temporal that is not ours.
func (settings) temporalElsewhere() bool {
	return os.Getenv("TEMPORAL_ADDRESS") != "" || os.Getenv("TEMPORAL_PROFILE") != ""
}

// forgetTemporal takes away the credentials and the profiles of some other Temporal (a developer's shell often has them),
// which our own would not understand. A namespace may be chosen.
func forgetTemporal() error {
	errs := []error{os.Setenv("TEMPORAL_CONFIG_FILE", os.DevNull)}
	for _, variable := range os.Environ() {
		name, _, _ := strings.Cut(variable, "=")
		if strings.HasPrefix(name, "TEMPORAL_") && name != "TEMPORAL_CONFIG_FILE" && name != "TEMPORAL_NAMESPACE" {
			errs = append(errs, os.Unsetenv(name))
		}
	}
	return errors.Join(errs...)
}

// checkPorts listens on every address at once, for a moment: a taken one is told before anything has started, and so are
// two settings that ask for the same one.
func (s settings) checkPorts(ctx context.Context) error {
	local := func(port int) string { return net.JoinHostPort("127.0.0.1", strconv.Itoa(port)) }
	wanted := [][2]string{
		{"DIMISSIONI_ADDR", s.Addr}, {"DIMISSIONI_ADMIN_ADDR", s.AdminAddr}, {"DIMISSIONI_SMTP_ADDR", s.SMTPAddr},
	}
	if !s.temporalElsewhere() {
		wanted = append(wanted, [2]string{"DIMISSIONI_TEMPORAL_PORT", local(s.TemporalPort)})
		if s.TemporalUIPort >= 0 {
			wanted = append(wanted, [2]string{"DIMISSIONI_TEMPORAL_UI_PORT", local(s.TemporalUIPort)})
		}
	}
	var faults []error
	for _, each := range wanted {
		l, err := app.Listen(ctx, each[0], each[1])
		if err != nil {
			faults = append(faults, err)
			continue
		}
		defer func() { _ = l.Close() }()
	}
	if err := errors.Join(faults...); err != nil {
		return &app.SettingsError{Err: err}
	}
	return nil
}

package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"dimissioni/internal/app"
	"dimissioni/internal/cipher"
	"dimissioni/internal/standalone/cluster"
	"dimissioni/internal/standalone/mailcatcher"
	"dimissioni/internal/standalone/temporald"
)

// database is the product's own, beside the two of Temporal.
const database = "dimissioni"

// machine is everything that the product needs around it, running on this computer.
type machine struct {
	cluster  *cluster.Cluster
	temporal *temporald.Server
	catcher  *mailcatcher.Catcher // nil when mail goes to a real server
}

// startMachine starts what the settings do not already name, and fills the settings in with where it is. What it
// started before a failure is stopped again.
func startMachine(ctx context.Context, o options, s *app.Settings, log *slog.Logger) (_ *machine, err error) {
	if err := os.MkdirAll(o.Data, 0o755); err != nil {
		return nil, &app.SettingsError{Err: fmt.Errorf("la cartella %s (DIMISSIONI_DATA) non si può scrivere", o.Data)}
	}
	m := &machine{}
	defer func() {
		if err != nil {
			m.stop(log)
		}
	}()
	if s.Keys, err = keepKey(filepath.Join(o.Data, "keys"), s.Keys); err != nil {
		return m, err
	}
	postgres := s.DatabaseURL
	if postgres == "" {
		if m.cluster, err = cluster.Start(ctx, cluster.Options{Dir: filepath.Join(o.Data, "postgres"), Logger: log}); err != nil {
			return m, err
		}
		if err := m.cluster.CreateDatabase(ctx, database); err != nil {
			return m, err
		}
		s.DatabaseURL, postgres = m.cluster.URL(database), m.cluster.URL("postgres")
	}
	if o.temporalAddress() == "" {
		if m.temporal, err = temporald.Start(ctx, temporald.Options{
			PostgresURL: postgres, Port: o.TemporalPort, UIPort: o.TemporalUIPort, TimeSkipping: s.Training, Logger: log,
		}); err != nil {
			return m, err
		}
	}
	return m, m.catchMails(o, s, log)
}

// catchMails starts the mail catcher unless the settings name a mail server.
func (m *machine) catchMails(o options, s *app.Settings, log *slog.Logger) (err error) {
	if s.SMTPHost != "" {
		return nil
	}
	m.catcher, err = mailcatcher.Start(mailcatcher.Options{
		Dir: filepath.Join(o.Data, "mail"), SMTPAddr: o.SMTPAddr, Logger: log,
	})
	if err != nil {
		return err
	}
	host, port, err := net.SplitHostPort(m.catcher.Addr())
	if err != nil {
		return fmt.Errorf("read mail catcher address: %w", err)
	}
	s.SMTPHost = host
	s.SMTPTLS = "none"
	if s.SMTPPort, err = strconv.Atoi(port); err != nil {
		return fmt.Errorf("read mail catcher port: %w", err)
	}
	if s.MailFrom == "" {
		s.MailFrom = "dimissioni@demo.test"
	}
	return nil
}

// temporalAddress is where Temporal answers: the embedded one, or empty for what TEMPORAL_ADDRESS says.
func (m *machine) temporalAddress() string {
	if m.temporal == nil {
		return ""
	}
	return m.temporal.Address()
}

// stop stops everything in the reverse order of starting. It says what did not stop and goes on.
func (m *machine) stop(log *slog.Logger) {
	if m.catcher != nil {
		if err := m.catcher.Stop(); err != nil {
			log.Error("mail catcher did not stop", "error", err)
		}
	}
	if m.temporal != nil {
		if err := m.temporal.Stop(); err != nil {
			log.Error("temporal did not stop", "error", err)
		}
	}
	if m.cluster != nil {
		ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
		defer cancel()
		if err := m.cluster.Stop(ctx); err != nil {
			log.Error("postgres did not stop", "error", err)
		}
	}
}

// keepKey returns the ring of the settings, or the one kept in a file, made at the first start.
func keepKey(file, ring string) (string, error) {
	if ring != "" {
		return ring, nil
	}
	kept, err := os.ReadFile(file) //nolint:gosec // under the data folder of the person who starts us
	if err == nil {
		return strings.TrimSpace(string(kept)), nil
	}
	if !errors.Is(err, os.ErrNotExist) {
		return "", &app.SettingsError{Err: fmt.Errorf("il file delle chiavi %s non si può leggere", file)}
	}
	ring = cipher.NewKey("k1")
	if err := os.WriteFile(file, []byte(ring+"\n"), 0o600); err != nil {
		return "", &app.SettingsError{Err: fmt.Errorf("il file delle chiavi %s non si può scrivere", file)}
	}
	return ring, nil
}

// demoPassword is a password that can be typed from a screen.
func demoPassword() string {
	text := strings.ToLower(rand.Text())
	return text[:4] + "-" + text[4:8] + "-" + text[8:12]
}

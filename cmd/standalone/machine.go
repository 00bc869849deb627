package main

import (
	"cmp"
	"context"
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

const (
	database = "dimissioni"           // the product's own, beside the two of Temporal
	mailFrom = "dimissioni@demo.test" // who writes when nobody is named and no mail leaves
)

// machine is everything that the product needs around it, running on this computer.
type machine struct {
	cluster  *cluster.Cluster
	temporal *temporald.Server
	catcher  *mailcatcher.Catcher // nil when mail goes to a real server
}

// startMachine starts what the settings do not already name, and fills the settings in with where it is. What can be
// known to be wrong is told before anything starts; what was started before a failure is stopped again.
func startMachine(ctx context.Context, s *settings, log *slog.Logger) (_ *machine, err error) {
	if err := s.prepareFolder(); err != nil {
		return nil, err
	}
	if err := s.checkPorts(ctx); err != nil {
		return nil, err
	}
	m := &machine{}
	defer func() {
		if err != nil {
			m.stop(log)
		}
	}()
	if s.Keys, err = keepKey(filepath.Join(s.Data, "keys"), s.Keys); err != nil {
		return m, err
	}
	postgres, err := m.startPostgres(ctx, s, log)
	if err != nil {
		return m, err
	}
	if s.temporalElsewhere() {
		err = app.ReachTemporal(ctx, s.Settings, log)
	} else {
		m.temporal, err = temporald.Start(ctx, temporald.Options{
			PostgresURL: postgres, Port: s.TemporalPort, UIPort: s.TemporalUIPort,
			Namespace: os.Getenv("TEMPORAL_NAMESPACE"), TimeSkipping: s.Training, Logger: log,
		})
	}
	if err != nil {
		return m, err
	}
	return m, m.catchMails(s, log)
}

// prepareFolder makes the data folder and looks whether another program is at work in it.
func (s *settings) prepareFolder() error {
	err := os.MkdirAll(s.Data, 0o755)
	if err == nil {
		var probe *os.File
		if probe, err = os.CreateTemp(s.Data, ".scrivibile-"); err == nil {
			err = errors.Join(probe.Close(), os.Remove(probe.Name()))
		}
	}
	if err != nil {
		return &app.SettingsError{Err: fmt.Errorf("DIMISSIONI_DATA: la cartella %s non è scrivibile", s.Data)}
	}
	if s.DatabaseURL != "" {
		return nil
	}
	return cluster.Available(s.clusterDir())
}

func (s *settings) clusterDir() string { return filepath.Join(s.Data, "postgres") }

// startPostgres starts the private cluster unless the settings name another, and gives the address for Temporal's
// databases.
func (m *machine) startPostgres(ctx context.Context, s *settings, log *slog.Logger) (url string, err error) {
	if s.DatabaseURL != "" {
		return s.DatabaseURL, app.Reach(ctx, s.DatabaseURL)
	}
	m.cluster, err = cluster.Start(ctx, cluster.Options{Dir: s.clusterDir(), Port: s.PostgresPort, Logger: log})
	if err != nil {
		return "", err
	}
	if err := m.cluster.CreateDatabase(ctx, database); err != nil {
		return "", err
	}
	s.DatabaseURL = m.cluster.URL(database)
	return m.cluster.URL("postgres"), nil
}

// catchMails starts the mail catcher unless the settings name a mail server.
func (m *machine) catchMails(s *settings, log *slog.Logger) (err error) {
	if s.SMTPHost != "" {
		return nil
	}
	m.catcher, err = mailcatcher.Start(mailcatcher.Options{
		Dir: filepath.Join(s.Data, "mail"), SMTPAddr: s.SMTPAddr, Logger: log,
	})
	if err != nil {
		return err
	}
	host, port, err := net.SplitHostPort(m.catcher.Addr())
	if err != nil {
		return fmt.Errorf("read mail catcher address: %w", err)
	}
	s.SMTPHost, s.SMTPTLS, s.MailFrom = host, "none", cmp.Or(s.MailFrom, mailFrom)
	if s.SMTPPort, err = strconv.Atoi(port); err != nil {
		return fmt.Errorf("read mail catcher port: %w", err)
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
	kept, err := os.ReadFile(file)
	if err == nil {
		ring = strings.TrimSpace(string(kept))
		if _, err := cipher.ParseRing(ring); err != nil {
			return "", &app.SettingsError{Err: fmt.Errorf("Il file delle chiavi %s è rovinato: rimetterlo dalla copia di sicurezza", file)}
		}
		return ring, nil
	}
	if !errors.Is(err, os.ErrNotExist) {
		return "", &app.SettingsError{Err: fmt.Errorf("Il file delle chiavi %s non si può leggere: correggere i permessi", file)}
	}
	ring = cipher.NewKey("k1")
	if err := os.WriteFile(file, []byte(ring+"\n"), 0o600); err != nil {
		return "", &app.SettingsError{Err: fmt.Errorf("Il file delle chiavi %s non si può scrivere: correggere i permessi", file)}
	}
	return ring, nil
}

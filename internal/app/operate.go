package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"dimissioni/internal/engine"
	"dimissioni/internal/postgres"
)

// answerPatience is how long a database or a Temporal may take to say that it is there.
const answerPatience = 10 * time.Second

// Reach fails with a [*SettingsError] when the database cannot be used.
func Reach(ctx context.Context, databaseURL string) error {
	ctx, cancel := context.WithTimeout(ctx, answerPatience)
	defer cancel()
	if err := postgres.Reach(ctx, databaseURL); err != nil {
		return &SettingsError{Err: fmt.Errorf("DATABASE_URL: %w", err)}
	}
	return nil
}

// Migrate brings the schema up to this version and writes the programmes that a new database lacks. It is safe to repeat,
// also by several processes at once.
func Migrate(ctx context.Context, s Settings) error {
	if err := Reach(ctx, s.DatabaseURL); err != nil {
		return err
	}
	if err := migrate(ctx, s); err != nil {
		return err
	}
	s.Demo = false // its people come with a password, when a service is started
	return withStore(ctx, s, func(store *postgres.Store) error { return seed(ctx, store, s) })
}

func migrate(ctx context.Context, s Settings) error {
	if err := postgres.Migrate(ctx, s.DatabaseURL); err != nil {
		return fmt.Errorf("migrate database: %w", err)
	}
	return nil
}

// ReachTemporal fails with a [*SettingsError] when the Temporal of TEMPORAL_* cannot be used.
func ReachTemporal(ctx context.Context, s Settings, log *slog.Logger) error {
	client, err := dial(s, Options{Log: log}, nil)
	if err != nil {
		return err
	}
	defer client.Close()
	return answers(ctx, client)
}

func answers(ctx context.Context, client *engine.Client) error {
	ctx, cancel := context.WithTimeout(ctx, answerPatience)
	defer cancel()
	err := client.Healthy(ctx)
	if err == nil || errors.Is(err, engine.ErrKeys) {
		return explain(err)
	}
	return &SettingsError{Err: fmt.Errorf("TEMPORAL_ADDRESS: Temporal non risponde (%s)", oneLine(err))}
}

// Prepare makes Temporal ready for this version: namespace, search attributes, schedules, current workers.
func Prepare(ctx context.Context, s Settings, log *slog.Logger) error {
	return withStore(ctx, s, func(store *postgres.Store) error {
		client, err := dial(s, Options{Log: log}, store)
		if err != nil {
			return err
		}
		defer client.Close()
		if err := answers(ctx, client); err != nil {
			return err
		}
		if err := client.Prepare(ctx); err != nil {
			return explain(fmt.Errorf("prepare temporal: %w", err))
		}
		return nil
	})
}

// explain says to the person at the keyboard what only that person can mend.
func explain(err error) error {
	if errors.Is(err, engine.ErrKeys) {
		return &SettingsError{Err: errors.New("DIMISSIONI_KEYS non contiene la chiave con cui Temporal conserva i suoi dati: " +
			"rimetterla, anche dopo quella nuova")}
	}
	return err
}

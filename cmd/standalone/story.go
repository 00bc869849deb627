package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"strings"

	"dimissioni/internal/app"
	"dimissioni/internal/standalone/story"
)

type storyCommand struct {
	Keep bool `help:"Play on the data folder of \"run\", where the case can be looked at afterwards, instead of a temporary one."`
}

// Run plays the story, on a machine of its own that is gone afterwards, or on the one of run.
func (c storyCommand) Run(ctx context.Context, log *slog.Logger) error {
	if !c.Keep {
		folder, err := os.MkdirTemp("", "dimissioni-story-")
		if err != nil {
			return fmt.Errorf("make a folder for the story: %w", err)
		}
		defer func() { _ = os.RemoveAll(folder) }()
		if err := os.Chmod(folder, 0o755); err != nil { //nolint:gosec // the user postgres must pass through it
			return fmt.Errorf("open the folder of the story: %w", err)
		}
		if err := ownEnvironment(folder); err != nil {
			return fmt.Errorf("set up the story: %w", err)
		}
	}
	s, err := readSettings()
	if err != nil {
		return err
	}
	if !s.Demo || !s.Training || s.SMTPHost != "" {
		return &app.SettingsError{Err: errors.New(
			"La storia si gioca in prova: servono DIMISSIONI_DEMO=1 e DIMISSIONI_TRAINING=1, e non SMTP_HOST")}
	}
	return withService(ctx, s, log, func(s settings, _ *machine, service *app.Service) error {
		_, err := story.Play(ctx, story.Options{
			Address: service.URL(), Mails: service.URL() + "/posta/messages.json", Password: s.DemoPassword, Out: os.Stdout,
		})
		return err
	})
}

const anyPort = "127.0.0.1:0"

// ownEnvironment forgets every setting of ours: a story must never reach a database, an engine or a mail server that
// somebody's shell names.
func ownEnvironment(folder string) error {
	var errs []error
	for _, variable := range os.Environ() {
		name, _, _ := strings.Cut(variable, "=")
		for _, ours := range []string{"DIMISSIONI_", "DATABASE_URL", "TEMPORAL_", "SMTP_", "MAIL_FROM"} {
			if strings.HasPrefix(name, ours) {
				errs = append(errs, os.Unsetenv(name))
			}
		}
	}
	for name, value := range map[string]string{
		"DIMISSIONI_DATA": folder, "DIMISSIONI_ADDR": anyPort, "DIMISSIONI_ADMIN_ADDR": anyPort,
		"DIMISSIONI_TEMPORAL_PORT": "0", "DIMISSIONI_TEMPORAL_UI_PORT": "-1",
	} {
		errs = append(errs, os.Setenv(name, value))
	}
	return errors.Join(errs...)
}

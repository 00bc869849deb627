package main

import (
	"context"
	"fmt"
	"log/slog"
	"os"

	"dimissioni/internal/app"
	"dimissioni/internal/standalone/story"
)

type storyCommand struct {
	Keep bool `help:"Play on the data folder instead of a temporary one."`
}

// Run plays the story on a machine of its own, which is gone afterwards.
func (c storyCommand) Run(ctx context.Context, o options, log *slog.Logger) error {
	if !c.Keep {
		folder, err := os.MkdirTemp("", "dimissioni-story-")
		if err != nil {
			return fmt.Errorf("make a folder for the story: %w", err)
		}
		defer func() { _ = os.RemoveAll(folder) }()
		if err := os.Chmod(folder, 0o755); err != nil { //nolint:gosec // the user postgres must pass through it
			return fmt.Errorf("open the folder of the story: %w", err)
		}
		o.Data, o.TemporalPort, o.TemporalUIPort = folder, 0, -1
		for _, name := range []string{"DIMISSIONI_ADDR", "DIMISSIONI_ADMIN_ADDR"} {
			if err := os.Setenv(name, "127.0.0.1:0"); err != nil {
				return fmt.Errorf("choose a port: %w", err)
			}
		}
	}
	return withService(ctx, o, log, func(ctx context.Context, s app.Settings, _ *machine, service *app.Service) error {
		_, err := story.Play(ctx, story.Options{
			Address: service.URL(), Mails: service.URL() + "/posta/messages.json", Password: s.DemoPassword, Out: os.Stdout,
		})
		return err
	})
}

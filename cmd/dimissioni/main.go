// Command dimissioni is the service: the API, the workers, and what an operator does around them. It is set up by
// the environment; docs/operators.md has the list.
package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"syscall"

	"github.com/alecthomas/kong"

	"dimissioni/internal/app"
)

var program struct {
	Migrate      migrateCommand      `cmd:"" help:"Bring the database up to this version, with its programmes. Safe to repeat."`
	Prepare      prepareCommand      `cmd:"" help:"Prepare Temporal: namespace, search attributes, schedules, current version. Safe to repeat."`
	Serve        serveCommand        `cmd:"" help:"Serve the API and run the workers."`
	API          apiCommand          `cmd:"" name:"api" help:"Serve the API alone."`
	Worker       workerCommand       `cmd:"" help:"Run the workers alone."`
	Organisation organisationCommand `cmd:"" help:"Administer the directory."`
	User         userCommand         `cmd:"" help:"Administer users."`
}

func main() {
	parsed := kong.Parse(&program, kong.Name("dimissioni"), kong.ConfigureHelp(kong.HelpOptions{Compact: true}),
		kong.Description("Protected discharges. It is set up by the environment (DATABASE_URL, DIMISSIONI_KEYS, …): "+
			"the list is in docs/operators.md."))
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second signal ends at once
	log := slog.New(slog.NewJSONHandler(os.Stderr, nil))
	slog.SetDefault(log)
	parsed.BindTo(ctx, (*context.Context)(nil))
	err := parsed.Run(log)
	var settings *app.SettingsError
	switch {
	case err == nil || ctx.Err() != nil: // whoever stopped it knows why
	case errors.As(err, &settings):
		app.Exit(err)
	default:
		_, _ = fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// Command standalone runs everything on one machine: a private Postgres, the embedded Temporal with its UI, the API
// and the workers, and a catcher of mails. It is the only program that links the Temporal server.
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
	"dimissioni/internal/standalone"
)

// options are what the machine has besides the service's own settings. Each can be given as a flag too.
type options struct {
	Data           string `env:"DIMISSIONI_DATA" default:"./data" help:"Folder of the cluster, the caught mails and the keys."`
	TemporalPort   int    `env:"DIMISSIONI_TEMPORAL_PORT" default:"7233" help:"Port of the embedded Temporal; 0 for any."`
	TemporalUIPort int    `env:"DIMISSIONI_TEMPORAL_UI_PORT" default:"8233" help:"Port of Temporal's UI; 0 for any."`
	SMTPAddr       string `env:"DIMISSIONI_SMTP_ADDR" default:"127.0.0.1:0" help:"Where the mail catcher receives."`
	Verbose        bool   `short:"v" help:"Log everything, not only warnings."`
}

var program struct {
	options

	Run    runCommand    `cmd:"" default:"1" help:"Start everything; Ctrl-C stops it."`
	Story  storyCommand  `cmd:"" help:"Play six weeks of one discharge and tell it."`
	Engine engineCommand `cmd:"" help:"Start only Postgres, Temporal and the mail catcher, for a service run apart."`
}

func main() {
	parsed := kong.Parse(&program, kong.Name("standalone"),
		kong.Description("Protected discharges on one machine."), kong.UsageOnError())
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second Ctrl-C ends at once
	level := slog.LevelWarn
	if program.Verbose {
		level = slog.LevelInfo
	}
	log := slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: level}))
	slog.SetDefault(log)
	parsed.BindTo(ctx, (*context.Context)(nil))
	if err := parsed.Run(program.options, log); err != nil {
		complain(err)
	}
}

// complain says why the program could not run and ends it: 2 for what the person at the keyboard can mend.
func complain(err error) {
	var fault *standalone.Fault
	var settings *app.SettingsError
	if errors.As(err, &fault) || errors.As(err, &settings) {
		app.Exit(err)
	}
	_, _ = fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}

// temporalAddress is a Temporal that is not ours.
func (options) temporalAddress() string { return os.Getenv("TEMPORAL_ADDRESS") }

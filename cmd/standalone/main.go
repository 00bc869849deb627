// Command standalone runs everything on one machine: a private Postgres, the embedded Temporal with its UI, the API
// and the workers, and a catcher of mails. It is the only program that links the Temporal server. It is set up by the
// environment; docs/operators.md has the list.
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

var program struct {
	Verbose bool `short:"v" help:"Log everything, not only warnings."`

	Run    runCommand    `cmd:"" default:"1" help:"Start everything; Ctrl-C stops it."`
	Story  storyCommand  `cmd:"" help:"Play six weeks of one discharge and tell it."`
	Engine engineCommand `cmd:"" help:"Start only Postgres, Temporal and the mail catcher, for a service run apart."`
}

func main() {
	parsed := kong.Parse(&program, kong.Name("standalone"), kong.ConfigureHelp(kong.HelpOptions{Compact: true}),
		kong.Description("Protected discharges on one machine. It is set up by the environment (DIMISSIONI_ADDR, "+
			"DIMISSIONI_DATA, …): the list is in docs/operators.md."))
	ctx, stop := signal.NotifyContext(context.Background(), ends()...)
	defer stop()
	if parsed.Command() != "story" { // which would leave its temporary machine behind
		context.AfterFunc(ctx, stop) // a second Ctrl-C ends at once
	}
	level := slog.LevelWarn
	if program.Verbose {
		level = slog.LevelInfo
	}
	log := slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: level}))
	slog.SetDefault(log)
	parsed.BindTo(ctx, (*context.Context)(nil))
	if err := parsed.Run(log); err != nil {
		complain(ctx, err)
	}
}

// ends are the signals that stop the program in order: Ctrl-C, kill, and the end of the terminal unless nohup says that it
// does not matter.
func ends() []os.Signal {
	if signal.Ignored(syscall.SIGHUP) {
		return []os.Signal{os.Interrupt, syscall.SIGTERM}
	}
	return []os.Signal{os.Interrupt, syscall.SIGTERM, syscall.SIGHUP}
}

// complain says why the program could not run and ends it: 2 for what the person at the keyboard can mend. Whoever
// stopped it while it was starting knows why.
func complain(ctx context.Context, err error) {
	const interrupted = 130 // as shells count
	if ctx.Err() != nil {
		os.Exit(interrupted)
	}
	var fault *standalone.Fault
	var settings *app.SettingsError
	if errors.As(err, &fault) || errors.As(err, &settings) {
		app.Exit(err)
	}
	_, _ = fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}

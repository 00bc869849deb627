package main

import (
	"context"
	"fmt"
	"log/slog"

	"dimissioni/internal/app"
)

// first is what may go before serving.
type first struct {
	Migrate bool `help:"Bring the database up first."`
}

type (
	apiCommand     struct{ first }
	workerCommand  struct{ first }
	serveCommand   struct{ first }
	migrateCommand struct{}
	prepareCommand struct{}
)

// Run serves the API until the program is told to stop.
func (c apiCommand) Run(ctx context.Context, log *slog.Logger) error {
	return serve(ctx, app.Options{API: true, Migrate: c.Migrate, Log: log})
}

// Run runs the workers until the program is told to stop.
func (c workerCommand) Run(ctx context.Context, log *slog.Logger) error {
	return serve(ctx, app.Options{Worker: true, Migrate: c.Migrate, Log: log})
}

// Run serves the API and runs the workers until the program is told to stop.
func (c serveCommand) Run(ctx context.Context, log *slog.Logger) error {
	return serve(ctx, app.Options{API: true, Worker: true, Migrate: c.Migrate, Log: log})
}

func serve(ctx context.Context, o app.Options) error {
	s, err := app.Read(app.Settings.Check)
	if err != nil {
		return err
	}
	if s.Demo && s.DemoPassword == "" && o.Migrate {
		s.DemoPassword = app.NewDemoPassword()
		fmt.Println("demo password " + s.DemoPassword)
	}
	service, err := app.Start(ctx, s, o)
	if err != nil {
		return err
	}
	defer service.Stop()
	if o.API {
		fmt.Println("listening on " + service.URL())
	}
	fmt.Println("admin on http://" + service.AdminAddress())
	return service.Wait(ctx)
}

// Run brings the database up to this version.
func (migrateCommand) Run(ctx context.Context) error {
	s, err := app.Read(app.Settings.CheckDatabase)
	if err != nil {
		return err
	}
	return app.Migrate(ctx, s)
}

// Run prepares Temporal.
func (prepareCommand) Run(ctx context.Context, log *slog.Logger) error {
	s, err := app.Read(app.Settings.CheckEngine)
	if err != nil {
		return err
	}
	return app.Prepare(ctx, s, log)
}

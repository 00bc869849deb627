package main

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"os"

	"dimissioni/internal/app"
)

// Defaults of one machine: a demonstration, with training, unless the environment says otherwise.
func demonstration() {
	for name, value := range map[string]string{"DIMISSIONI_DEMO": "1", "DIMISSIONI_TRAINING": "1"} {
		if _, set := os.LookupEnv(name); !set {
			_ = os.Setenv(name, value)
		}
	}
}

type runCommand struct{}

// Run starts everything and serves until the context ends.
func (runCommand) Run(ctx context.Context, o options, log *slog.Logger) error {
	return withService(ctx, o, log, func(ctx context.Context, s app.Settings, m *machine, service *app.Service) error {
		welcome(s, m, service)
		return service.Wait(ctx)
	})
}

// withService starts the machine and the service, does the work, and stops both.
func withService(
	ctx context.Context, o options, log *slog.Logger,
	work func(context.Context, app.Settings, *machine, *app.Service) error,
) error {
	demonstration()
	s, err := app.Read()
	if err != nil {
		return err
	}
	if s.Demo && s.DemoPassword == "" {
		s.DemoPassword = demoPassword()
	}
	m, err := startMachine(ctx, o, &s, log)
	if err != nil {
		return err
	}
	defer m.stop(log)
	service, err := app.Start(ctx, s, app.Options{
		API: true, Worker: true, Migrate: true, TemporalAddress: m.temporalAddress(), Log: log,
		Pages: m.pages(s),
	})
	if err != nil {
		return err
	}
	defer service.Stop()
	return work(ctx, s, m, service)
}

// pages are what one machine serves beside the product: the caught mails, in demonstrations and training only.
func (m *machine) pages(s app.Settings) map[string]http.Handler {
	if m.catcher == nil || !s.Demo && !s.Training {
		return nil
	}
	return map[string]http.Handler{"/posta/": m.catcher.Handler()}
}

// welcome says where to look. The last line is for programs.
func welcome(s app.Settings, m *machine, service *app.Service) {
	base := service.URL()
	fmt.Println("Dimissioni protette: tutto su questa macchina. Le persone della prova sono inventate.")
	fmt.Println()
	fmt.Println("  API, documentazione    " + base + "/api/v1/docs")
	if m.catcher != nil {
		fmt.Println("  posta di prova         " + base + "/posta/")
	}
	if m.temporal != nil {
		fmt.Println("  Temporal               http://" + m.temporal.UIAddress())
	}
	fmt.Println("  metriche               http://" + service.AdminAddress() + "/metrics")
	if s.Demo {
		fmt.Println()
		fmt.Println("  Utenti di prova, tutti con la password  " + s.DemoPassword)
		for _, account := range app.DemoAccounts() {
			fmt.Printf("    %-28s %s\n", account.Email, account.Who)
		}
	}
	fmt.Println()
	fmt.Println("Ctrl-C ferma tutto; al prossimo avvio ogni pratica riprende da dov'era.")
	fmt.Println("listening on " + base)
}

package main

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"

	"dimissioni/internal/app"
)

type runCommand struct{}

// Run starts everything and serves until the context ends.
func (runCommand) Run(ctx context.Context, log *slog.Logger) error {
	s, err := readSettings()
	if err != nil {
		return err
	}
	return withService(ctx, s, log, func(s settings, m *machine, service *app.Service) error {
		welcome(s, m, service)
		if err := service.Wait(ctx); err != nil {
			return err
		}
		fmt.Println("\nFermo tutto: qualche secondo. Ctrl-C di nuovo chiude subito, e non si perde nulla.")
		return nil
	})
}

// withService starts the machine and the service, does the work, and stops both.
func withService(
	ctx context.Context, s settings, log *slog.Logger, work func(settings, *machine, *app.Service) error,
) error {
	m, err := startMachine(ctx, &s, log)
	if err != nil {
		return err
	}
	defer m.stop(log)
	service, err := app.Start(ctx, s.Settings, app.Options{
		API: true, Worker: true, Migrate: true, TemporalAddress: m.temporalAddress(), Log: log, Pages: m.pages(s),
	})
	if err != nil {
		return err
	}
	defer service.Stop()
	return work(s, m, service)
}

// pages are what one machine serves beside the product: the caught mails, in demonstrations and training only.
func (m *machine) pages(s settings) map[string]http.Handler {
	if m.catcher == nil || !s.Demo && !s.Training {
		return nil
	}
	return map[string]http.Handler{"/posta/": m.catcher.Handler()}
}

// welcome says where to look. The last line is for programs.
func welcome(s settings, m *machine, service *app.Service) {
	base := service.URL()
	fmt.Println("Dimissioni protette: tutto su questa macchina.")
	fmt.Println()
	fmt.Println("  API, documentazione    " + base + "/api/v1/docs")
	if m.pages(s) != nil {
		fmt.Println("  posta di prova         " + base + "/posta/")
	}
	if m.temporal != nil && m.temporal.UIAddress() != "" {
		fmt.Println("  Temporal               http://" + m.temporal.UIAddress())
	}
	fmt.Println("  metriche               http://" + service.AdminAddress() + "/metrics")
	if s.Demo {
		fmt.Println()
		fmt.Println("  Utenti di prova (persone inventate), tutti con la password  " + s.DemoPassword)
		for _, account := range app.DemoAccounts() {
			fmt.Printf("    %-28s %s\n", account.Email, account.Who)
		}
	}
	fmt.Println()
	fmt.Println("Ctrl-C ferma tutto; al prossimo avvio ogni pratica riprende da dov'era.")
	fmt.Println("listening on " + base)
}

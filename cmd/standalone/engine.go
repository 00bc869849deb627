package main

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"

	"dimissioni/internal/app"
)

type engineCommand struct {
	MailsAddr string `env:"DIMISSIONI_MAILS_ADDR" default:"127.0.0.1:0" help:"Where the caught mails are shown."`
}

// Run starts the machine alone and prints the environment for the service, one NAME=value a line, then an empty line.
func (c engineCommand) Run(ctx context.Context, o options, log *slog.Logger) error {
	demonstration()
	s, err := app.Read()
	if err != nil {
		return err
	}
	m, err := startMachine(ctx, o, &s, log)
	if err != nil {
		return err
	}
	defer m.stop(log)
	fmt.Println("DATABASE_URL=" + s.DatabaseURL)
	fmt.Println("TEMPORAL_ADDRESS=" + m.temporalAddress())
	fmt.Println("DIMISSIONI_KEYS=" + s.Keys)
	fmt.Printf("SMTP_HOST=%s\nSMTP_PORT=%d\nSMTP_TLS=%s\nMAIL_FROM=%s\n", s.SMTPHost, s.SMTPPort, s.SMTPTLS, s.MailFrom)
	if m.catcher == nil {
		fmt.Println()
		<-ctx.Done()
		return nil
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", c.MailsAddr)
	if err != nil {
		return &app.SettingsError{Err: fmt.Errorf("l'indirizzo %s (DIMISSIONI_MAILS_ADDR) è occupato", c.MailsAddr)}
	}
	fmt.Printf("MAILS_URL=http://%s/messages.json\n\n", listener.Addr())
	server := &http.Server{Handler: m.catcher.Handler(), ReadHeaderTimeout: 10 * time.Second}
	context.AfterFunc(ctx, func() { _ = server.Close() })
	_ = server.Serve(listener) // ends when the context does
	return nil
}

package main

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"time"

	"dimissioni/internal/app"
)

type engineCommand struct{}

// Run starts the machine alone and prints the environment for the service, one NAME=value a line, then an empty line.
func (engineCommand) Run(ctx context.Context, log *slog.Logger) error {
	s, err := readSettings()
	if err != nil {
		return err
	}
	s.Addr, s.AdminAddr = anyPort, anyPort // the service's, which is not ours to start
	m, err := startMachine(ctx, &s, log)
	if err != nil {
		return err
	}
	defer m.stop(log)
	fmt.Println("DATABASE_URL=" + s.DatabaseURL)
	if m.temporal != nil {
		fmt.Println("TEMPORAL_ADDRESS=" + m.temporalAddress())
	}
	fmt.Println("DIMISSIONI_KEYS=" + s.Keys)
	fmt.Printf("SMTP_HOST=%s\nSMTP_PORT=%d\nSMTP_TLS=%s\nMAIL_FROM=%s\n", s.SMTPHost, s.SMTPPort, s.SMTPTLS, s.MailFrom)
	if m.catcher == nil {
		fmt.Println()
		<-ctx.Done()
		return nil
	}
	listener, err := app.Listen(ctx, "DIMISSIONI_MAILS_ADDR", s.MailsAddr)
	if err != nil {
		return err
	}
	fmt.Printf("MAILS_URL=http://%s/messages.json\n\n", listener.Addr())
	server := &http.Server{Handler: m.catcher.Handler(), ReadHeaderTimeout: 10 * time.Second}
	context.AfterFunc(ctx, func() { _ = server.Close() })
	_ = server.Serve(listener) // ends when the context does
	return nil
}

package app

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"dimissioni/api/html"
	"dimissioni/internal/calendar"
	"dimissioni/internal/postgres"
)

// DemoAccounts lists the demo accounts, in the order of a case's path.
func DemoAccounts() []html.DemoAccount {
	return []html.DemoAccount{
		{Email: "sender@demo.test", Who: "reparto (segnalante)"},
		{Email: "hospital@demo.test", Who: "ospedale (referente dimissioni)"},
		{Email: "coordinator@demo.test", Who: "coordinatore"},
		{Email: "igea@demo.test", Who: "ente Igea"},
		{Email: "meraki@demo.test", Who: "ente Meraki"},
		{Email: "sentiero@demo.test", Who: "ente Sentiero"},
		{Email: "casemanager@demo.test", Who: "case manager (Igea)"},
		{Email: "operator@demo.test", Who: "operatore (Igea)"},
		{Email: "municipality@demo.test", Who: "servizio sociale di Crema"},
		{Email: "steering@demo.test", Who: "cabina di regia"},
		{Email: "public@demo.test", Who: "ente pubblico"},
		{Email: "administrative@demo.test", Who: "amministrativo"},
		{Email: "dpo@demo.test", Who: "responsabile protezione dati"},
		{Email: "admin@demo.test", Who: "amministratore di sistema"},
	}
}

// seed writes what a new database needs: the programmes and directories, and in the demo its people.
func seed(ctx context.Context, store *postgres.Store, s Settings) error {
	if err := store.SeedProgrammes(ctx); err != nil {
		return fmt.Errorf("seed programmes: %w", err)
	}
	if !s.Demo {
		return nil
	}
	if s.DemoPassword == "" {
		return &SettingsError{Err: errors.New("DIMISSIONI_DEMO_PASSWORD manca")}
	}
	hash, err := demoHash(ctx, store, s.DemoPassword)
	if err != nil {
		return err
	}
	if err := store.SeedDemo(ctx, hash, calendar.DateOf(time.Now())); err != nil {
		return fmt.Errorf("seed demo: %w", err)
	}
	return nil
}

// demoHash is the hash that the accounts have when the password is still the same, so that whoever is signed in stays so.
func demoHash(ctx context.Context, store *postgres.Store, password string) (string, error) {
	hash, err := store.DemoPasswordHash(ctx)
	if err != nil {
		return "", err
	}
	if hash != "" {
		if same, err := postgres.PasswordMatches(password, hash); err == nil && same {
			return hash, nil
		}
	}
	return postgres.HashPassword(password)
}

func hostOf(address string) string { return address[strings.LastIndex(address, "@")+1:] }

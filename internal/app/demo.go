package app

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"dimissioni/internal/calendar"
	"dimissioni/internal/postgres"
)

// Account is a demo account as the person who tries the product reads it.
type Account struct{ Email, Who string }

// DemoAccounts lists the demo accounts, in the order of a case's path.
func DemoAccounts() []Account {
	return []Account{
		{"sender@demo.test", "reparto (segnalante)"},
		{"hospital@demo.test", "ospedale (referente dimissioni)"},
		{"coordinator@demo.test", "coordinatore"},
		{"igea@demo.test", "ente Igea"},
		{"meraki@demo.test", "ente Meraki"},
		{"sentiero@demo.test", "ente Sentiero"},
		{"casemanager@demo.test", "case manager (Igea)"},
		{"operator@demo.test", "operatore (Igea)"},
		{"municipality@demo.test", "servizio sociale di Crema"},
		{"steering@demo.test", "cabina di regia"},
		{"public@demo.test", "ente pubblico"},
		{"administrative@demo.test", "amministrativo"},
		{"dpo@demo.test", "responsabile protezione dati"},
		{"admin@demo.test", "amministratore di sistema"},
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

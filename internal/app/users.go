package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"dimissioni/internal/postgres"
)

// What whoever runs the machine does for the accounts: the first administrator, and whoever is locked out. Each act is in
// the audit without a name: it came from the command line.

// NewPassword is a password that can be typed from a screen.
func NewPassword() string { return postgres.NewPassword() }

// ListUsers writes a line for each account: e-mail, name, organisation, roles, and whatever keeps it from coming in.
func ListUsers(ctx context.Context, s Settings, out io.Writer) error {
	return withStore(ctx, s, func(store *postgres.Store) error {
		list, err := store.Accounts(ctx, "", time.Now())
		if err != nil {
			return err
		}
		table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
		for _, a := range list {
			_, _ = fmt.Fprintln(table, strings.Join([]string{a.Email, a.Name, a.OrganisationName, roles(a.Grants), standing(a)}, "\t"))
		}
		return table.Flush()
	})
}

// roles names each role once, whatever the programme.
func roles(grants []postgres.Grant) string {
	var names []string
	seen := map[string]bool{}
	for _, g := range grants {
		if name := string(g.Role); !seen[name] {
			seen[name] = true
			names = append(names, name)
		}
	}
	return strings.Join(names, ",")
}

func standing(a postgres.Account) string {
	switch {
	case !a.Active:
		return "chiuso"
	case !a.HasPassword:
		return "invitato"
	case a.BlockedUntil != nil:
		return "rallentato fino alle " + a.BlockedUntil.Local().Format("15:04:05")
	case a.SecondFactor:
		return "attivo, secondo fattore"
	default:
		return "attivo"
	}
}

// DeactivateUser closes an account. A fault of the arguments, or open cases, are a [SettingsError].
func DeactivateUser(ctx context.Context, s Settings, email string) error {
	return forAccount(ctx, s, email, func(store *postgres.Store, u postgres.User) error { return store.Deactivate(ctx, "", u.ID) })
}

// UnlockUser forgets the wrong passwords of an account. A fault of the arguments is a [SettingsError].
func UnlockUser(ctx context.Context, s Settings, email string) error {
	return forAccount(ctx, s, email, func(store *postgres.Store, u postgres.User) error { return store.Unlock(ctx, "", u.ID) })
}

// ResetPassword gives an account a new password and ends its sessions. A fault of the arguments is a [SettingsError].
func ResetPassword(ctx context.Context, s Settings, email, password string) error {
	return forAccount(ctx, s, email, func(store *postgres.Store, u postgres.User) error {
		return store.SetPassword(ctx, "", u, password)
	})
}

func forAccount(ctx context.Context, s Settings, email string, work func(*postgres.Store, postgres.User) error) error {
	return withStore(ctx, s, func(store *postgres.Store) error {
		if strings.TrimSpace(email) == "" {
			return &SettingsError{Err: errors.New("--email manca")}
		}
		list, err := store.Accounts(ctx, email, time.Now())
		if err != nil {
			return err
		}
		if len(list) == 0 {
			return &SettingsError{Err: errors.New("--email: nessun utente ha questo indirizzo")}
		}
		return work(store, list[0].User)
	})
}

package app

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/alexedwards/argon2id"

	"dimissioni/internal/discharge"
	"dimissioni/internal/postgres"
)

// minPassword is the least length of a password, in bytes.
const minPassword = 12

// NewUser is an account to make from the command line.
type NewUser struct {
	Email, Name, Role, Organisation, Password string
}

// AddUser makes an account with a role in every programme. A fault of the arguments is a [SettingsError].
func AddUser(ctx context.Context, s Settings, in NewUser) error {
	if !slices.Contains(discharge.Roles(), discharge.Role(in.Role)) {
		return &SettingsError{Err: errors.New("il ruolo non esiste: si veda la guida per gli operatori")}
	}
	if len(in.Password) < minPassword {
		return &SettingsError{Err: fmt.Errorf("la password ha meno di %d caratteri", minPassword)}
	}
	if err := Reach(ctx, s.DatabaseURL); err != nil {
		return err
	}
	store, err := postgres.Open(ctx, s.DatabaseURL, postgres.Options{})
	if err != nil {
		return fmt.Errorf("open database: %w", err)
	}
	defer store.Close()
	organisations, err := store.Organisations(ctx, "", "")
	if err != nil {
		return fmt.Errorf("read organisations: %w", err)
	}
	i := slices.IndexFunc(organisations, func(o postgres.Organisation) bool {
		return o.ID == in.Organisation || o.Name == in.Organisation
	})
	if i < 0 {
		return &SettingsError{Err: errors.New("l'organizzazione non è nell'elenco")}
	}
	programmes, err := store.Programmes(ctx)
	if err != nil {
		return fmt.Errorf("read programmes: %w", err)
	}
	grants := make([]postgres.Grant, len(programmes))
	for n, p := range programmes {
		grants[n] = postgres.Grant{ProgrammeID: p.ID, Role: discharge.Role(in.Role)}
	}
	hash, err := argon2id.CreateHash(in.Password, argon2id.DefaultParams)
	if err != nil {
		return fmt.Errorf("hash password: %w", err)
	}
	_, err = store.CreateUser(ctx, postgres.NewUser{
		Email: in.Email, Name: in.Name, OrganisationID: organisations[i].ID, PasswordHash: hash, Grants: grants,
	})
	return err
}

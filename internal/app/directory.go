package app

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"dimissioni/internal/discharge"
	"dimissioni/internal/postgres"
)

// organisationTypes are those of the directory.
var organisationTypes = []string{
	"hospital", "ward", "partner", "municipality", "public_body", "coordination", "administrative", "territorial", "shelter",
}

// NewUser is an account to make from the command line. Organisation is an id or an exact name.
type NewUser struct {
	Email, Name, Phone, Role, Organisation, Password string
}

// NewOrganisation is an entry of the directory to make from the command line. Parent, a ward's hospital, is an id or an
// exact name.
type NewOrganisation struct {
	Type, Name, Parent, ISTAT, Email, Phone string
}

// AddUser makes an account with a role in every programme. A fault of the arguments is a [SettingsError].
func AddUser(ctx context.Context, s Settings, in NewUser) error {
	err := errors.Join(
		oneOf("--role", in.Role, discharge.Roles()),
		fault(!strings.Contains(in.Email, "@"), "--email non è un indirizzo di posta"), said(postgres.CheckPassword(in.Email, in.Password)),
	)
	if err != nil {
		return &SettingsError{Err: err}
	}
	return withStore(ctx, s, func(store *postgres.Store) error {
		organisation, err := organisationNamed(ctx, store, "--organisation", in.Organisation)
		if err != nil {
			return err
		}
		programmes, err := programmeIDs(ctx, store)
		if err != nil {
			return err
		}
		grants := make([]postgres.Grant, len(programmes))
		for i, id := range programmes {
			grants[i] = postgres.Grant{ProgrammeID: id, Role: discharge.Role(in.Role)}
		}
		_, err = store.CreateUser(ctx, "", postgres.NewUser{
			Email: in.Email, Name: in.Name, Phone: in.Phone, OrganisationID: organisation, Password: in.Password, Grants: grants,
		})
		return err
	})
}

// AddOrganisation makes an entry of the directory, in every programme, and gives its id. A fault of the arguments is a
// [SettingsError].
func AddOrganisation(ctx context.Context, s Settings, in NewOrganisation) (id string, err error) {
	if err := oneOf("--type", in.Type, organisationTypes); err != nil {
		return "", &SettingsError{Err: err}
	}
	return id, withStore(ctx, s, func(store *postgres.Store) error {
		parent := ""
		if in.Parent != "" {
			if parent, err = organisationNamed(ctx, store, "--parent", in.Parent); err != nil {
				return err
			}
		}
		programmes, err := programmeIDs(ctx, store)
		if err != nil {
			return err
		}
		id, err = store.AddOrganisation(ctx, "", postgres.Organisation{
			Type: in.Type, Name: in.Name, ParentID: parent, ISTAT: in.ISTAT, Email: in.Email, Phone: in.Phone,
		}, programmes)
		return err
	})
}

// withStore opens the database for some work. What a person may be told of the work's failure is a [SettingsError].
func withStore(ctx context.Context, s Settings, work func(*postgres.Store) error) error {
	if err := Reach(ctx, s.DatabaseURL); err != nil {
		return err
	}
	store, err := postgres.Open(ctx, s.DatabaseURL, postgres.Options{})
	if err != nil {
		return fmt.Errorf("open database: %w", err)
	}
	defer store.Close()
	err = work(store)
	if refusal := said(err); refusal != nil {
		return &SettingsError{Err: refusal}
	}
	return err
}

// said is what a person may be told of an error; nil for what is nobody's business.
func said(err error) error {
	var refusal *discharge.Error
	if errors.As(err, &refusal) {
		return errors.New(refusal.Message)
	}
	return nil
}

func oneOf[T ~string](flag, value string, all []T) error {
	names := make([]string, len(all))
	for i, each := range all {
		names[i] = string(each)
	}
	return fault(!slices.Contains(names, value), flag+" può essere "+strings.Join(names, ", "))
}

// organisationNamed finds one organisation by its id or its exact name.
func organisationNamed(ctx context.Context, store *postgres.Store, flag, name string) (id string, err error) {
	all, err := store.Organisations(ctx, "", "")
	if err != nil {
		return "", fmt.Errorf("read organisations: %w", err)
	}
	for _, o := range all {
		switch {
		case o.ID != name && o.Name != name:
		case id != "":
			return "", &SettingsError{Err: errors.New(flag + ": più organizzazioni hanno questo nome, serve l'id")}
		default:
			id = o.ID
		}
	}
	if id == "" {
		return "", &SettingsError{Err: errors.New(flag + ": l'organizzazione non è nell'elenco: dimissioni organisation add la aggiunge")}
	}
	return id, nil
}

func programmeIDs(ctx context.Context, store *postgres.Store) ([]string, error) {
	programmes, err := store.Programmes(ctx)
	if err != nil {
		return nil, fmt.Errorf("read programmes: %w", err)
	}
	if len(programmes) == 0 {
		return nil, &SettingsError{Err: errors.New("Il database non ha ancora i programmi: dimissioni migrate li scrive")}
	}
	ids := make([]string, len(programmes))
	for i, p := range programmes {
		ids[i] = p.ID
	}
	return ids, nil
}

package postgres

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"dimissioni/internal/discharge"
)

// What an administrator does for the accounts, each with its row in the audit. `by` is the administrator's account;
// empty: whoever runs the machine, from the command line.

// NewUser is an account to create.
type NewUser struct {
	ID             string // empty: the store makes one; the same again makes no other account
	Email          string
	Name           string
	Phone          string
	OrganisationID string
	Password       string // empty: none yet, and nobody can come in before a link has set one
	Grants         []Grant
}

// CreateUser makes an account and answers with its id; a *discharge.Error invalid when the e-mail is taken or the
// password will not do.
func (s *Store) CreateUser(ctx context.Context, by string, in NewUser) (id string, err error) {
	hash := ""
	if in.Password != "" {
		if err := CheckPassword(in.Email, in.Password); err != nil {
			return "", err
		}
		if hash, err = s.hash(ctx, in.Password); err != nil {
			return "", err
		}
	}
	err = s.inTx(ctx, func(tx pgx.Tx) error {
		err := tx.QueryRow(ctx, `
			INSERT INTO users (id, email, name, phone, organisation_id, password_hash)
			VALUES (coalesce(@id, gen_random_uuid()), @email, @name, @phone, @org, @hash)
			ON CONFLICT (id) DO NOTHING RETURNING id`,
			pgx.NamedArgs{
				"id":    null(in.ID),
				"email": normalEmail(in.Email), "name": in.Name, "phone": null(in.Phone),
				"org": in.OrganisationID, "hash": hash,
			}).Scan(&id)
		if errors.Is(err, pgx.ErrNoRows) {
			id = in.ID
			return nil // made before
		}
		if err != nil {
			return err
		}
		if err := setGrants(ctx, tx, id, in.Grants); err != nil {
			return err
		}
		return audit(ctx, tx, by, "user_added", id, map[string]string{
			"organisation": in.OrganisationID, "roles": grantsText(in.Grants),
		})
	})
	if err != nil {
		return "", badUser("create user", err)
	}
	return id, nil
}

// badUser tells what an administrator can mend.
func badUser(doing string, err error) error {
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		switch pg.ConstraintName {
		case "users_email_key":
			return discharge.Invalid("email", "taken", "Esiste già un utente con questa e-mail.")
		case "users_organisation_id_fkey":
			return discharge.Invalid("organisation_id", "unknown", "L'organizzazione non è nell'elenco.")
		case "grants_programme_id_fkey":
			return discharge.Invalid("roles", "unknown", "Il programma non esiste.")
		}
	}
	return fmt.Errorf("%s: %w", doing, err)
}

// UserChange is what an administrator changes of an account; what is nil stays.
type UserChange struct {
	Name           *string
	Phone          *string
	OrganisationID *string
	Grants         *[]Grant
}

// ChangeUser changes an account. The last administrator stays one; who is moved or loses a role keeps the cases they own,
// so both are refused while there are some.
func (s *Store) ChangeUser(ctx context.Context, by, userID string, in UserChange) error {
	if !isID(userID) {
		return errNoUser()
	}
	err := s.inTx(ctx, func(tx pgx.Tx) error {
		before, err := lockUser(ctx, tx, userID)
		if err != nil {
			return err
		}
		if in.OrganisationID != nil && *in.OrganisationID != before.OrganisationID {
			if err := noOpenCases(ctx, tx, userID); err != nil {
				return err
			}
		}
		_, err = tx.Exec(ctx, `
			UPDATE users SET name = coalesce(@name, name), organisation_id = coalesce(@org, organisation_id),
			    phone = CASE WHEN @phone::text IS NULL THEN phone ELSE nullif(@phone, '') END
			WHERE id = @id`,
			pgx.NamedArgs{"id": userID, "name": in.Name, "phone": in.Phone, "org": in.OrganisationID})
		if err != nil {
			return err
		}
		detail := map[string]string{}
		if in.OrganisationID != nil {
			detail["organisation"] = *in.OrganisationID
		}
		if in.Grants != nil {
			detail["roles_before"], detail["roles"] = grantsText(before.Grants), grantsText(*in.Grants)
			if err := changeGrants(ctx, tx, before, *in.Grants); err != nil {
				return err
			}
		}
		return audit(ctx, tx, by, "user_changed", userID, detail)
	})
	if err != nil {
		return badUser("change user", err)
	}
	return nil
}

// lockUser reads an account that nobody else may administer meanwhile.
func lockUser(ctx context.Context, tx pgx.Tx, userID string) (User, error) {
	u, err := row[User](ctx, tx, `SELECT `+userColumns+userFrom+`WHERE u.id = $1 FOR UPDATE OF u`, userID)
	if errors.Is(err, pgx.ErrNoRows) {
		return User{}, errNoUser()
	}
	return u, err
}

func changeGrants(ctx context.Context, tx pgx.Tx, before User, after []Grant) error {
	lost := slices.DeleteFunc(slices.Clone(before.Grants), func(g Grant) bool { return slices.Contains(after, g) })
	if slices.ContainsFunc(lost, func(g Grant) bool {
		return g.Role == discharge.RoleCoordinator || g.Role == discharge.RoleCaseManager
	}) {
		if err := noOpenCases(ctx, tx, before.ID); err != nil {
			return err
		}
	}
	if err := setGrants(ctx, tx, before.ID, after); err != nil {
		return err
	}
	return someAdmin(ctx, tx, before.Grants)
}

// someAdmin refuses what has left nobody to administer the product.
func someAdmin(ctx context.Context, tx pgx.Tx, before []Grant) error {
	if !slices.ContainsFunc(before, func(g Grant) bool { return g.Role == discharge.RoleAdmin }) {
		return nil
	}
	// One at a time: two administrators must not take each other's role away.
	if _, err := tx.Exec(ctx, `SELECT pg_advisory_xact_lock($1)`, adminLock); err != nil {
		return err
	}
	var some bool
	err := tx.QueryRow(ctx, `
		SELECT EXISTS (SELECT FROM users u JOIN grants g ON g.user_id = u.id WHERE u.active AND g.role = 'admin')`).Scan(&some)
	if err != nil {
		return err
	}
	if !some {
		return discharge.Refuse(discharge.KindNotAllowed, "È l'ultimo amministratore di sistema: prima se ne nomina un altro.")
	}
	return nil
}

const adminLock = 20261122

func setGrants(ctx context.Context, tx pgx.Tx, userID string, grants []Grant) error {
	if _, err := tx.Exec(ctx, `DELETE FROM grants WHERE user_id = $1`, userID); err != nil {
		return err
	}
	for _, g := range grants {
		_, err := tx.Exec(ctx, `
			INSERT INTO grants (user_id, programme_id, role) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`,
			userID, g.ProgrammeID, g.Role)
		if err != nil {
			return err
		}
	}
	return nil
}

func grantsText(grants []Grant) string {
	words := make([]string, len(grants))
	for i, g := range grants {
		words[i] = string(g.Role) + "@" + g.ProgrammeID
	}
	return strings.Join(words, " ")
}

package postgres

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

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

// Deactivate closes an account and ends its sessions. An account that owns open cases, or is in charge of some, is
// refused: they must be handed over first; so is the last administrator.
func (s *Store) Deactivate(ctx context.Context, by, userID string) error {
	return s.administer(ctx, by, userID, "user_deactivated", func(ctx context.Context, tx pgx.Tx, u User) error {
		if err := noOpenCases(ctx, tx, u.ID); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `UPDATE users SET active = false WHERE id = $1`, u.ID); err != nil {
			return err
		}
		if err := someAdmin(ctx, tx, u.Grants); err != nil {
			return err
		}
		return signOut(ctx, tx, u.ID)
	})
}

// noOpenCases refuses to let go of whoever owns open cases or is in charge of some.
func noOpenCases(ctx context.Context, tx pgx.Tx, userID string) error {
	var open int
	err := tx.QueryRow(ctx, `
		SELECT count(*) FROM cases
		WHERE (owner_id = $1 OR case_manager_id = $1)
		  AND state NOT IN ('closed', 'not_started', 'rejected', 'cancelled')`, userID).Scan(&open)
	if err != nil {
		return err
	}
	if open > 0 {
		return discharge.Refuse(discharge.KindNotAllowed, "L'utente segue casi ancora aperti: vanno prima affidati ad altri.")
	}
	return nil
}

// Reactivate opens a closed account again.
func (s *Store) Reactivate(ctx context.Context, by, userID string) error {
	return s.administer(ctx, by, userID, "user_reactivated", func(ctx context.Context, tx pgx.Tx, u User) error {
		_, err := tx.Exec(ctx, `UPDATE users SET active = true WHERE id = $1`, u.ID)
		return err
	})
}

// Unlock forgets the wrong passwords of an account, which may be tried again at once.
func (s *Store) Unlock(ctx context.Context, by, userID string) error {
	return s.administer(ctx, by, userID, "user_unlocked", func(ctx context.Context, tx pgx.Tx, u User) error {
		_, err := tx.Exec(ctx, `DELETE FROM login_failures WHERE user_id = $1 OR kind = 'account' AND key = $2`, u.ID, hashOf(u.Email))
		return err
	})
}

// ResetSecondFactor takes an account's second factor away and ends its sessions: who must have one enrols again.
func (s *Store) ResetSecondFactor(ctx context.Context, by, userID string) error {
	return s.administer(ctx, by, userID, "second_factor_reset", func(ctx context.Context, tx pgx.Tx, u User) error {
		if err := dropSecondFactor(ctx, tx, u.ID); err != nil {
			return err
		}
		return signOut(ctx, tx, u.ID)
	})
}

func dropSecondFactor(ctx context.Context, tx pgx.Tx, userID string) error {
	for _, sql := range []string{
		`DELETE FROM second_factors WHERE user_id = $1`, `DELETE FROM recovery_codes WHERE user_id = $1`,
	} {
		if _, err := tx.Exec(ctx, sql, userID); err != nil {
			return err
		}
	}
	return nil
}

// administer does something to an account that nobody else administers meanwhile, and writes it into the audit.
func (s *Store) administer(
	ctx context.Context, by, userID, action string, work func(context.Context, pgx.Tx, User) error,
) error {
	if !isID(userID) {
		return errNoUser()
	}
	err := s.inTx(ctx, func(tx pgx.Tx) error {
		u, err := lockUser(ctx, tx, userID)
		if err != nil {
			return err
		}
		if err := work(ctx, tx, u); err != nil {
			return err
		}
		return audit(ctx, tx, by, action, userID, nil)
	})
	if err != nil {
		return fmt.Errorf("administer user: %w", err)
	}
	return nil
}

// Account is a user as an administrator sees it.
type Account struct {
	User
	HasPassword  bool       // false: invited, and has not come in yet
	BlockedUntil *time.Time // wrong passwords: nobody who has not come in before from the same address is let in
	LastLoginAt  *time.Time
}

// Accounts lists every account by name; of one e-mail when it is given.
func (s *Store) Accounts(ctx context.Context, email string, now time.Time) ([]Account, error) {
	list, err := rows[Account](ctx, s.pool, `
		SELECT `+userColumns+`, u.password_hash <> '' AS has_password,
		       (SELECT max(f.blocked_until) FROM login_failures f WHERE f.user_id = u.id AND f.blocked_until > @now) AS blocked_until,
		       (SELECT max(l.last_at) FROM login_addresses l WHERE l.user_id = u.id) AS last_login_at`+userFrom+`
		WHERE @email = '' OR u.email = @email ORDER BY u.name, u.id`,
		pgx.NamedArgs{"email": normalEmail(email), "now": now})
	if err != nil {
		return nil, fmt.Errorf("list accounts: %w", err)
	}
	for i := range list {
		list[i].User = s.withDuties(list[i].User)
	}
	return list, nil
}

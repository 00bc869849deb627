package postgres

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"dimissioni/internal/discharge"
)

// Grant is a role held in a programme.
type Grant struct {
	ProgrammeID string         `json:"programme_id"`
	Role        discharge.Role `json:"role"`
}

// User is an account with what it may be: its organisation and its grants.
type User struct {
	ID               string
	Email            string
	Name             string
	Phone            string
	Active           bool
	OrganisationID   string
	OrganisationType string
	OrganisationName string
	HospitalID       string // the hospital of the user's ward, or the hospital itself; empty elsewhere
	ISTAT            string // municipality
	Grants           []Grant
}

const userColumns = `
	u.id, u.email, u.name, coalesce(u.phone, '') AS phone, u.active, u.organisation_id,
	o.type AS organisation_type, o.name AS organisation_name, coalesce(o.istat, '') AS istat,
	CASE o.type WHEN 'ward' THEN coalesce(o.parent_id, o.id)::text WHEN 'hospital' THEN o.id::text ELSE '' END AS hospital_id,
	coalesce((SELECT jsonb_agg(jsonb_build_object('programme_id', g.programme_id, 'role', g.role)
	                           ORDER BY g.programme_id, g.role)
	          FROM grants g WHERE g.user_id = u.id), '[]') AS grants`

const userFrom = ` FROM users u JOIN organisations o ON o.id = u.organisation_id `

// User reads an account, active or not; a *discharge.Error not_found when there is none.
func (s *Store) User(ctx context.Context, id string) (User, error) {
	if !isID(id) {
		return User{}, errNoUser()
	}
	u, err := row[User](ctx, s.pool, `SELECT `+userColumns+userFrom+`WHERE u.id = $1`, id)
	if errors.Is(err, pgx.ErrNoRows) {
		return User{}, errNoUser()
	}
	if err != nil {
		return User{}, fmt.Errorf("read user: %w", err)
	}
	return u, nil
}

// Users lists the accounts, by name; with a role or an organisation, only those.
func (s *Store) Users(ctx context.Context, programme string, role discharge.Role, organisationID string) ([]User, error) {
	list, err := rows[User](ctx, s.pool, `SELECT `+userColumns+userFrom+`
		WHERE (@role = '' OR EXISTS (SELECT FROM grants g WHERE g.user_id = u.id AND g.role = @role
		                             AND (@programme = '' OR g.programme_id = @programme)))
		  AND (@org = '' OR u.organisation_id::text = @org)
		ORDER BY u.name, u.id`,
		pgx.NamedArgs{"role": role, "programme": programme, "org": organisationID})
	if err != nil {
		return nil, fmt.Errorf("list users: %w", err)
	}
	return list, nil
}

// Login is what checking a password needs. It exists only for active users.
type Login struct {
	UserID       string
	PasswordHash string
	LockedUntil  *time.Time
}

// Login finds an account by its e-mail; a *discharge.Error not_found when there is none or it is not active.
func (s *Store) Login(ctx context.Context, email string) (Login, error) {
	l, err := row[Login](ctx, s.pool, `
		SELECT id AS user_id, password_hash, locked_until FROM users WHERE email = $1 AND active`, normalEmail(email))
	if errors.Is(err, pgx.ErrNoRows) {
		return Login{}, errNoUser()
	}
	if err != nil {
		return Login{}, fmt.Errorf("find login: %w", err)
	}
	return l, nil
}

// After so many wrong passwords in a row an account rests.
const (
	loginsBeforeRest = 10
	loginRest        = 15 * time.Minute
)

// LoginFailed counts a wrong password; the tenth in a row locks the account for a quarter of an hour.
func (s *Store) LoginFailed(ctx context.Context, userID string, now time.Time) error {
	_, err := s.pool.Exec(ctx, `
		UPDATE users
		SET failed_logins = CASE WHEN failed_logins + 1 >= @most THEN 0 ELSE failed_logins + 1 END,
		    locked_until = CASE WHEN failed_logins + 1 >= @most THEN @until ELSE locked_until END
		WHERE id = @id`,
		pgx.NamedArgs{"id": userID, "most": loginsBeforeRest, "until": now.Add(loginRest)})
	if err != nil {
		return fmt.Errorf("count failed login: %w", err)
	}
	return nil
}

// LoginSucceeded forgets the wrong passwords.
func (s *Store) LoginSucceeded(ctx context.Context, userID string) error {
	_, err := s.pool.Exec(ctx, `UPDATE users SET failed_logins = 0, locked_until = NULL WHERE id = $1`, userID)
	if err != nil {
		return fmt.Errorf("forget failed logins: %w", err)
	}
	return nil
}

// NewUser is an account to create, or to bring to this.
type NewUser struct {
	Email          string
	Name           string
	Phone          string
	OrganisationID string
	PasswordHash   string
	Grants         []Grant
}

// CreateUser makes an account and answers with its id; a *discharge.Error invalid when the e-mail is taken.
func (s *Store) CreateUser(ctx context.Context, in NewUser) (string, error) {
	var id string
	err := s.inTx(ctx, func(tx pgx.Tx) error {
		err := tx.QueryRow(ctx, `
			INSERT INTO users (email, name, phone, organisation_id, password_hash)
			VALUES (@email, @name, @phone, @org, @hash) RETURNING id`,
			pgx.NamedArgs{
				"email": normalEmail(in.Email), "name": in.Name, "phone": null(in.Phone),
				"org": in.OrganisationID, "hash": in.PasswordHash,
			}).Scan(&id)
		if err != nil {
			return err
		}
		return setGrants(ctx, tx, id, in.Grants)
	})
	var pg *pgconn.PgError
	if errors.As(err, &pg) && pg.ConstraintName == "users_email_key" {
		return "", discharge.Invalid("email", "taken", "Esiste già un utente con questa e-mail.")
	}
	if err != nil {
		return "", fmt.Errorf("create user: %w", err)
	}
	return id, nil
}

// SetGrants replaces the roles of an account.
func (s *Store) SetGrants(ctx context.Context, userID string, grants []Grant) error {
	err := s.inTx(ctx, func(tx pgx.Tx) error { return setGrants(ctx, tx, userID, grants) })
	if err != nil {
		return fmt.Errorf("set grants: %w", err)
	}
	return nil
}

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

// SetPassword replaces a password's hash and revokes every token of the account.
func (s *Store) SetPassword(ctx context.Context, userID, hash string) error {
	err := s.inTx(ctx, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, `
			UPDATE users SET password_hash = $2, failed_logins = 0, locked_until = NULL WHERE id = $1`, userID, hash); err != nil {
			return err
		}
		return revokeTokens(ctx, tx, userID)
	})
	if err != nil {
		return fmt.Errorf("set password: %w", err)
	}
	return nil
}

// Deactivate closes an account and revokes its tokens. An account that owns open cases, or is in charge of some, is
// refused: they must be handed over first.
func (s *Store) Deactivate(ctx context.Context, userID string) error {
	err := s.inTx(ctx, func(tx pgx.Tx) error {
		var open int
		err := tx.QueryRow(ctx, `
			SELECT count(*) FROM cases
			WHERE (owner_id = $1 OR case_manager_id = $1)
			  AND state NOT IN ('closed', 'not_started', 'rejected', 'cancelled')`, userID).Scan(&open)
		if err != nil {
			return err
		}
		if open > 0 {
			return discharge.Refuse(discharge.KindNotAllowed,
				"L'utente segue casi ancora aperti: vanno prima affidati ad altri.")
		}
		if _, err := tx.Exec(ctx, `UPDATE users SET active = false WHERE id = $1`, userID); err != nil {
			return err
		}
		return revokeTokens(ctx, tx, userID)
	})
	if err != nil {
		return fmt.Errorf("deactivate user: %w", err)
	}
	return nil
}

func normalEmail(s string) string { return strings.ToLower(strings.TrimSpace(s)) }

func errNoUser() error { return discharge.Refuse(discharge.KindNotFound, "L'utente non esiste.") }

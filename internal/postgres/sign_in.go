package postgres

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"

	"dimissioni/internal/discharge"
)

// SignIn is an attempt to come in, through the API or the pages.
type SignIn struct {
	Email    string
	Password string
	Code     string // of the second factor, or a recovery code; empty when none was given
	Address  string // the caller's
	Now      time.Time
}

// errCredentials is the answer whatever was wrong: no such account, one that is closed, password, code.
var errCredentials = discharge.Refuse(discharge.KindUnauthenticated, "E-mail, password o codice non corretti.")

// Authenticate lets an account in, or refuses in the same words and time whatever was wrong. It hashes few passwords at
// a time, slows guessing down by account and by address in all processes together, checks the second factor of who
// has one, and writes the audit. A [*WaitError] says when the next attempt may be made; it is the same for accounts that
// do not exist. Who must still enrol a second factor comes in, with [User.MustEnrol].
func (s *Store) Authenticate(ctx context.Context, in SignIn) (User, error) {
	leave, err := s.hashing.enter(ctx)
	if err != nil {
		return User{}, err
	}
	defer leave()
	in.Email, in.Address = normalEmail(in.Email), network(in.Address)
	a, err := s.attempt(ctx, in)
	if err != nil {
		return User{}, err
	}
	fits := a.fits
	if fits {
		if fits, err = s.comeIn(ctx, a, in); err != nil {
			return User{}, err
		}
	}
	if !fits {
		return User{}, s.turnAway(ctx, a, in, "login_failed")
	}
	return s.User(ctx, a.UserID)
}

// AuthenticateDemo lets an account of the demo in without its password; the caller knows that this is the demo.
func (s *Store) AuthenticateDemo(ctx context.Context, email string) (User, error) {
	var id string
	err := s.inTx(ctx, func(tx pgx.Tx) error {
		err := tx.QueryRow(ctx, `SELECT id FROM users WHERE email = $1 AND active`, normalEmail(email)).Scan(&id)
		if errors.Is(err, pgx.ErrNoRows) {
			return errNoUser()
		}
		if err != nil {
			return err
		}
		return audit(ctx, tx, id, "login", id, map[string]string{"second_factor": "demo"})
	})
	if err != nil {
		return User{}, fmt.Errorf("sign in to the demo: %w", err)
	}
	return s.User(ctx, id)
}

// confirmPassword asks an account for its password again; guessing there counts as at the door.
func (s *Store) confirmPassword(ctx context.Context, u User, in SignIn) error {
	leave, err := s.hashing.enter(ctx)
	if err != nil {
		return err
	}
	defer leave()
	in.Email, in.Address = u.Email, network(in.Address)
	a, err := s.attempt(ctx, in)
	if err != nil || a.fits {
		return err
	}
	err = s.turnAway(ctx, a, in, "password_not_confirmed")
	if discharge.KindOf(err) == discharge.KindUnauthenticated {
		return errWrongPassword
	}
	return err
}

var errWrongPassword = discharge.Invalid("current_password", "wrong", "La password attuale non è corretta.")

// attempt is an account, if there is one, and whether the password given is its own.
type attempt struct {
	UserID       string
	PasswordHash string
	Known        bool // it has come in from this address before
	keys         []failureKey
	fits         bool
}

// attempt compares the password. What must wait is refused before; the caller holds the turn in which it is compared until
// a failure is counted, so that many attempts at once are no way around.
func (s *Store) attempt(ctx context.Context, in SignIn) (attempt, error) {
	a, err := row[attempt](ctx, s.pool, `
		SELECT coalesce(u.id::text, '') AS user_id, coalesce(u.password_hash, '') AS password_hash,
		       EXISTS (SELECT FROM login_addresses l WHERE l.user_id = u.id AND l.address = $2 AND l.last_at > $3) AS known
		FROM (SELECT) one LEFT JOIN users u ON u.email = $1 AND u.active`,
		in.Email, hashOf(in.Address), in.Now.Add(-addressLife))
	if err != nil {
		return attempt{}, fmt.Errorf("find account: %w", err)
	}
	a.keys = failureKeys(in.Email, in.Address, a.Known)
	wait, err := s.mustWait(ctx, a.keys, in.Now)
	if err != nil {
		return attempt{}, err
	}
	if wait > 0 {
		return attempt{}, &WaitError{
			Refusal: discharge.Refuse(discharge.KindRateLimited, "Troppi tentativi non riusciti: riprovi tra poco."), After: wait,
		}
	}
	exists := a.PasswordHash != "" // an account that was invited has none yet
	if !exists {
		if a.PasswordHash, err = nobody(); err != nil {
			return attempt{}, err
		}
	}
	match, err := PasswordMatches(in.Password, a.PasswordHash)
	a.fits = match && exists
	return a, err
}

var errCodeWrong = errors.New("second factor does not fit")

// comeIn uses the code up, forgets the failures and remembers the address. It reports whether the code was right.
func (s *Store) comeIn(ctx context.Context, a attempt, in SignIn) (bool, error) {
	err := s.inTx(ctx, func(tx pgx.Tx) error {
		with, err := s.useCode(ctx, tx, a.UserID, in.Code, in.Now)
		if err != nil {
			return err
		}
		if err := forgetFailures(ctx, tx, a.keys); err != nil {
			return err
		}
		if err := rememberAddress(ctx, tx, a.UserID, in.Address, in.Now); err != nil {
			return err
		}
		return audit(ctx, tx, a.UserID, "login", a.UserID, map[string]string{"second_factor": with})
	})
	switch {
	case errors.Is(err, errCodeWrong):
		return false, nil
	case err != nil:
		return false, fmt.Errorf("sign in: %w", err)
	default:
		return true, nil
	}
}

// turnAway counts the failure and refuses.
func (s *Store) turnAway(ctx context.Context, a attempt, in SignIn, action string) error {
	err := s.inTx(ctx, func(tx pgx.Tx) error {
		wait, err := countFailure(ctx, tx, a.keys, a.UserID, in.Now)
		if err != nil {
			return err
		}
		detail := map[string]string{}
		if wait > 0 {
			detail["blocked_seconds"] = strconv.Itoa(int(wait.Seconds()))
		}
		return audit(ctx, tx, a.UserID, action, a.UserID, detail)
	})
	if err != nil {
		return fmt.Errorf("refuse sign in: %w", err)
	}
	return errCredentials
}

package postgres

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"dimissioni/internal/discharge"
)

// Whether an account may come in: what an administrator does about it, and the list in which that is seen.

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

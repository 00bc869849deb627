package postgres

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"dimissioni/internal/discharge"
)

// CreateToken remembers a bearer token by its hash until it expires.
func (s *Store) CreateToken(ctx context.Context, userID, token string, now, expires time.Time) error {
	_, err := s.pool.Exec(ctx, `
		INSERT INTO tokens (user_id, hash, created_at, expires_at, used_at) VALUES (@user, @hash, @now, @expires, @now)`,
		pgx.NamedArgs{"user": userID, "hash": hashOf(token), "now": now, "expires": expires})
	if err != nil {
		return fmt.Errorf("create token: %w", err)
	}
	return nil
}

// UserByToken is the active user of a token in force; a *discharge.Error unauthenticated otherwise.
func (s *Store) UserByToken(ctx context.Context, token string, now time.Time) (User, error) {
	u, err := row[User](ctx, s.pool, `SELECT `+userColumns+userFrom+`
		JOIN tokens t ON t.user_id = u.id
		WHERE t.hash = $1 AND t.revoked_at IS NULL AND t.expires_at > $2 AND u.active`, hashOf(token), now)
	if errors.Is(err, pgx.ErrNoRows) {
		return User{}, discharge.Refuse(discharge.KindUnauthenticated, "Acceda di nuovo: la sessione non è valida.")
	}
	if err != nil {
		return User{}, fmt.Errorf("find token: %w", err)
	}
	// Once a minute is often enough to know that a token is in use.
	_, err = s.pool.Exec(ctx, `
		UPDATE tokens SET used_at = $2 WHERE hash = $1 AND used_at < $2::timestamptz - interval '1 minute'`,
		hashOf(token), now)
	if err != nil {
		return User{}, fmt.Errorf("touch token: %w", err)
	}
	return u, nil
}

// RevokeToken ends a token; one that is unknown or ended is left alone.
func (s *Store) RevokeToken(ctx context.Context, token string) error {
	_, err := s.pool.Exec(ctx, `UPDATE tokens SET revoked_at = now() WHERE hash = $1 AND revoked_at IS NULL`, hashOf(token))
	if err != nil {
		return fmt.Errorf("revoke token: %w", err)
	}
	return nil
}

func revokeTokens(ctx context.Context, tx pgx.Tx, userID string) error {
	_, err := tx.Exec(ctx, `UPDATE tokens SET revoked_at = now() WHERE user_id = $1 AND revoked_at IS NULL`, userID)
	return err
}

func hashOf(s string) []byte {
	sum := sha256.Sum256([]byte(s))
	return sum[:]
}

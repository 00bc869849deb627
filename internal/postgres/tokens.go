package postgres

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode"

	"github.com/jackc/pgx/v5"

	"dimissioni/internal/discharge"
)

// Token is a bearer token as its owner may see it: never the secret.
type Token struct {
	ID        string
	Label     string // which program or browser asked for it
	CreatedAt time.Time
	UsedAt    time.Time // to the minute
	ExpiresAt time.Time
	Current   bool // it is the one with which the question was asked
}

// maxTokens is how many an account may have in force; a new one takes the place of the one used longest ago.
const maxTokens = 100

// CreateToken remembers a bearer token by its hash until it expires. The label says which program asked for it.
func (s *Store) CreateToken(ctx context.Context, userID, token, label string, now, expires time.Time) error {
	args := pgx.NamedArgs{
		"user": userID, "hash": hashOf(token), "label": shortLabel(label), "now": now, "expires": expires, "most": maxTokens,
	}
	err := s.inTx(ctx, func(tx pgx.Tx) error {
		for _, sql := range []string{
			`INSERT INTO tokens (user_id, hash, label, created_at, expires_at, used_at)
			 VALUES (@user, @hash, @label, @now, @expires, @now)`,
			`UPDATE tokens SET revoked_at = @now WHERE id IN (
			     SELECT id FROM tokens WHERE user_id = @user AND revoked_at IS NULL AND expires_at > @now
			     ORDER BY used_at DESC, id OFFSET @most)`,
			`DELETE FROM tokens WHERE user_id = @user AND expires_at < @now::timestamptz - interval '30 days'`,
		} {
			if _, err := tx.Exec(ctx, sql, args); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("create token: %w", err)
	}
	return nil
}

// shortLabel is a label that can be shown in a list.
func shortLabel(label string) string {
	label = strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return -1
		}
		return r
	}, strings.ToValidUTF8(label, ""))
	if runes := []rune(label); len(runes) > 120 {
		label = string(runes[:120])
	}
	return label
}

// UserByToken is the active user of a token in force; a *discharge.Error unauthenticated otherwise.
func (s *Store) UserByToken(ctx context.Context, token string, now time.Time) (User, error) {
	type holder struct {
		User
		UsedAt time.Time
	}
	u, err := row[holder](ctx, s.pool, `SELECT t.used_at, `+userColumns+userFrom+`
		JOIN tokens t ON t.user_id = u.id
		WHERE t.hash = $1 AND t.revoked_at IS NULL AND t.expires_at > $2 AND u.active`, hashOf(token), now)
	if errors.Is(err, pgx.ErrNoRows) {
		return User{}, discharge.Refuse(discharge.KindUnauthenticated, "Acceda di nuovo: la sessione non è valida.")
	}
	if err != nil {
		return User{}, fmt.Errorf("find token: %w", err)
	}
	// Once a minute is often enough to know that a token is in use.
	if now.Sub(u.UsedAt) <= time.Minute {
		return s.withDuties(u.User), nil
	}
	if _, err := s.pool.Exec(ctx, `UPDATE tokens SET used_at = $2 WHERE hash = $1 AND used_at < $2`, hashOf(token), now); err != nil {
		return User{}, fmt.Errorf("touch token: %w", err)
	}
	return s.withDuties(u.User), nil
}

// Tokens are an account's tokens in force, the newest first; current is the one in use.
func (s *Store) Tokens(ctx context.Context, userID, current string, now time.Time) ([]Token, error) {
	list, err := rows[Token](ctx, s.pool, `
		SELECT id, label, created_at, used_at, expires_at, hash = $2 AS current FROM tokens
		WHERE user_id = $1 AND revoked_at IS NULL AND expires_at > $3 ORDER BY created_at DESC, id`,
		userID, hashOf(current), now)
	if err != nil {
		return nil, fmt.Errorf("list tokens: %w", err)
	}
	return list, nil
}

// RevokeToken ends a token; one that is unknown or ended is left alone.
func (s *Store) RevokeToken(ctx context.Context, token string) error {
	_, err := s.pool.Exec(ctx, `UPDATE tokens SET revoked_at = now() WHERE hash = $1 AND revoked_at IS NULL`, hashOf(token))
	if err != nil {
		return fmt.Errorf("revoke token: %w", err)
	}
	return nil
}

// RevokeOwnToken ends one of an account's tokens by its id; a *discharge.Error not_found when there is none in force.
func (s *Store) RevokeOwnToken(ctx context.Context, userID, tokenID string) error {
	none := discharge.Refuse(discharge.KindNotFound, "La sessione non esiste o è già finita.")
	if !isID(tokenID) {
		return none
	}
	tag, err := s.pool.Exec(ctx, `
		UPDATE tokens SET revoked_at = now() WHERE id = $1 AND user_id = $2 AND revoked_at IS NULL`, tokenID, userID)
	if err != nil {
		return fmt.Errorf("revoke token: %w", err)
	}
	if tag.RowsAffected() == 0 {
		return none
	}
	return nil
}

// SignOutEverywhere ends every token and browser session of an account, at the wish of a user.
func (s *Store) SignOutEverywhere(ctx context.Context, by, userID string) error {
	if !isID(userID) {
		return errNoUser()
	}
	err := s.inTx(ctx, func(tx pgx.Tx) error {
		if err := signOut(ctx, tx, userID); err != nil {
			return err
		}
		return audit(ctx, tx, by, "signed_out_everywhere", userID, nil)
	})
	if err != nil {
		return fmt.Errorf("sign out everywhere: %w", err)
	}
	return nil
}

// signOut ends every token and browser session of an account; a *discharge.Error not_found when there is none.
func signOut(ctx context.Context, tx pgx.Tx, userID string) error {
	var known bool
	if err := tx.QueryRow(ctx, `SELECT EXISTS (SELECT FROM users WHERE id = $1)`, userID).Scan(&known); err != nil {
		return err
	}
	if !known {
		return errNoUser()
	}
	_, err := tx.Exec(ctx, `UPDATE tokens SET revoked_at = now() WHERE user_id = $1 AND revoked_at IS NULL`, userID)
	if err != nil {
		return err
	}
	return closeSessions(ctx, tx, userID)
}

func hashOf(s string) []byte {
	sum := sha256.Sum256([]byte(s))
	return sum[:]
}

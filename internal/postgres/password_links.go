package postgres

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"dimissioni/internal/discharge"
)

// PasswordReason is why somebody gets a link to set a password.
type PasswordReason string

// The reasons, each with how long its link lives.
const (
	PasswordForgotten  PasswordReason = "forgotten"  // by whoever typed the e-mail: an hour
	PasswordReset      PasswordReason = "reset"      // by an administrator: an hour
	PasswordInvitation PasswordReason = "invitation" // the first one of a new account: three days
)

func (r PasswordReason) life() time.Duration {
	if r == PasswordInvitation {
		return 72 * time.Hour
	}
	return time.Hour
}

// forgottenMost is how many links whoever types an e-mail can have sent in an hour.
const forgottenMost = 3

// purposePassword is what the tokens of these links are derived for.
const purposePassword = "password links"

var errNoLinkKeys = errors.New("no keys for links")

// ForgetPassword makes a link for the account of an e-mail and gives its id, to be sent. It is empty, and nobody is told,
// when there is no such account or enough links have been asked for.
func (s *Store) ForgetPassword(ctx context.Context, email string, now time.Time) (linkID string, err error) {
	type account struct{ ID string }
	a, err := row[account](ctx, s.pool, `
		SELECT id FROM users u WHERE email = $1 AND active AND $3 > (
		    SELECT count(*) FROM password_links l
		    WHERE l.user_id = u.id AND l.reason = 'forgotten' AND l.created_at > $2)`,
		normalEmail(email), now.Add(-time.Hour), forgottenMost)
	if errors.Is(err, pgx.ErrNoRows) {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("find account: %w", err)
	}
	return s.NewPasswordLink(ctx, "", a.ID, PasswordForgotten, now)
}

// NewPasswordLink makes a link with which an account sets a password, and gives its id. An administrator's ends every
// session at once: whoever asks for it may have lost the password to somebody else.
func (s *Store) NewPasswordLink(ctx context.Context, by, userID string, reason PasswordReason, now time.Time) (string, error) {
	id, keyID := NewID(), s.linkKeys.Current
	token, err := s.linkKeys.passwordToken(keyID, id)
	if err != nil {
		return "", fmt.Errorf("make password link: %w", err)
	}
	action := map[PasswordReason]string{
		PasswordForgotten: "password_link_asked", PasswordReset: "password_link_sent", PasswordInvitation: "invitation_sent",
	}[reason]
	return id, s.administer(ctx, by, userID, action, func(ctx context.Context, tx pgx.Tx, u User) error {
		if !u.Active {
			return discharge.Refuse(discharge.KindNotAllowed, "L'account è chiuso: prima va riaperto.")
		}
		if reason == PasswordReset {
			if err := signOut(ctx, tx, u.ID); err != nil {
				return err
			}
		}
		_, err := tx.Exec(ctx, `
			INSERT INTO password_links (id, user_id, reason, token_hash, key_id, created_at, expires_at, message_id)
			VALUES (@id, @user, @reason, @hash, @key, @now, @expires, @message)`,
			pgx.NamedArgs{
				"id": id, "user": u.ID, "reason": reason, "hash": hashOf(token), "key": keyID, "now": now,
				"expires": now.Add(reason.life()), "message": "<" + id + "@" + s.messageHost + ">",
			})
		return err
	})
}

// passwordToken is the secret of a link, the same whenever its mail is written.
func (k LinkKeys) passwordToken(keyID, linkID string) (string, error) {
	if k.Derive == nil {
		return "", errNoLinkKeys
	}
	sum, err := k.sum(keyID, purposePassword, linkID)
	if err != nil {
		return "", err
	}
	return strings.ToLower(tokenText.EncodeToString(sum[:tokenBytes])), nil
}

// PasswordLetter is what the mail with a link says.
type PasswordLetter struct {
	ID        string
	Reason    PasswordReason
	Address   string
	Name      string
	MessageID string
	ExpiresAt time.Time
	Token     string
	KeyID     string
}

// PasswordLetter gives the letter of a link; a *discharge.Error not_found when it has gone out or is of no use any more.
func (s *Store) PasswordLetter(ctx context.Context, linkID string, now time.Time) (PasswordLetter, error) {
	l, err := row[PasswordLetter](ctx, s.pool, `
		SELECT l.id, l.reason, u.email AS address, u.name, l.message_id, l.expires_at, l.key_id
		FROM password_links l JOIN users u ON u.id = l.user_id
		WHERE l.id = $1 AND u.active AND l.sent_at IS NULL AND l.used_at IS NULL AND l.revoked_at IS NULL AND l.expires_at > $2`,
		linkID, now)
	if errors.Is(err, pgx.ErrNoRows) {
		return PasswordLetter{}, errDeadLink
	}
	if err != nil {
		return PasswordLetter{}, fmt.Errorf("read password link: %w", err)
	}
	l.Token, err = s.linkKeys.passwordToken(l.KeyID, l.ID)
	if err != nil {
		return PasswordLetter{}, fmt.Errorf("make password link: %w", err)
	}
	return l, nil
}

// PasswordLetterSent records that the mail has gone.
func (s *Store) PasswordLetterSent(ctx context.Context, linkID string, now time.Time) error {
	if _, err := s.pool.Exec(ctx, `UPDATE password_links SET sent_at = $2 WHERE id = $1`, linkID, now); err != nil {
		return fmt.Errorf("mark password link: %w", err)
	}
	return nil
}

// UnsentPasswordLinks are the links whose mail should have gone by now.
func (s *Store) UnsentPasswordLinks(ctx context.Context, now time.Time, limit int) ([]string, error) {
	ids, err := column[string](ctx, s.pool, `
		SELECT id::text FROM password_links
		WHERE sent_at IS NULL AND used_at IS NULL AND revoked_at IS NULL AND expires_at > $1 AND created_at < $1::timestamptz - interval '1 minute'
		ORDER BY created_at LIMIT $2`, now, limit)
	if err != nil {
		return nil, fmt.Errorf("find unsent password links: %w", err)
	}
	return ids, nil
}

var errDeadLink = discharge.Refuse(discharge.KindNotFound, "Il collegamento non è più valido: ne chieda un altro.")

// ResetPassword sets the password of whoever holds a link, which is used up by it, and ends every session. A link that
// cannot be used, whatever the reason, is a *discharge.Error not_found; a password that will not do leaves it good.
func (s *Store) ResetPassword(ctx context.Context, token, password string, now time.Time) error {
	l, err := row[struct {
		ID, UserID, Email string
	}](ctx, s.pool, `
		SELECT l.id, l.user_id, u.email FROM password_links l JOIN users u ON u.id = l.user_id
		WHERE l.token_hash = $1 AND u.active AND l.used_at IS NULL AND l.revoked_at IS NULL AND l.expires_at > $2`,
		hashOf(token), now)
	if errors.Is(err, pgx.ErrNoRows) {
		return errDeadLink
	}
	if err != nil {
		return fmt.Errorf("find password link: %w", err)
	}
	if err := CheckPassword(l.Email, password); err != nil {
		return err
	}
	hash, err := s.hash(ctx, password)
	if err != nil {
		return err
	}
	return s.administer(ctx, l.UserID, l.UserID, "password_set_by_link", func(ctx context.Context, tx pgx.Tx, u User) error {
		tag, err := tx.Exec(ctx, `
			UPDATE password_links SET used_at = $2 WHERE id = $1 AND used_at IS NULL AND revoked_at IS NULL`, l.ID, now)
		if err != nil {
			return err
		}
		if tag.RowsAffected() == 0 || !u.Active {
			return errDeadLink
		}
		return replacePassword(ctx, tx, u, hash)
	})
}

// PasswordLinkOpen reports whether a link can still be used, for the page that it opens.
func (s *Store) PasswordLinkOpen(ctx context.Context, token string, now time.Time) (bool, error) {
	open, err := column[bool](ctx, s.pool, `
		SELECT true FROM password_links l JOIN users u ON u.id = l.user_id
		WHERE l.token_hash = $1 AND u.active AND l.used_at IS NULL AND l.revoked_at IS NULL AND l.expires_at > $2`, hashOf(token), now)
	if err != nil {
		return false, fmt.Errorf("find password link: %w", err)
	}
	return len(open) > 0, nil
}

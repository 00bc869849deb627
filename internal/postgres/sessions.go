package postgres

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
)

// SessionData is what a session holds: who, from where, and a word or two for the next page. No personal data.
type SessionData struct {
	Deadline time.Time         `json:"deadline"` // the session's last moment, however much it is used
	Values   map[string]string `json:"values"`
}

// The values that a session's row is made of.
const (
	SessionID     = "id"
	SessionUser   = "user"
	SessionDevice = "device"
)

// Sessions keeps the sessions of browsers for the session manager (scs.CtxStore). Tokens come hashed.
type Sessions struct{ store *Store }

// Sessions are the sessions of browsers.
func (s *Store) Sessions() Sessions { return Sessions{s} }

var errNoContext = errors.New("sessions: called without a context")

// Find needs a context: [Sessions.FindCtx].
func (Sessions) Find(string) ([]byte, bool, error) { return nil, false, errNoContext }

// Commit needs a context: [Sessions.CommitCtx].
func (Sessions) Commit(string, []byte, time.Time) error { return errNoContext }

// Delete needs a context: [Sessions.DeleteCtx].
func (Sessions) Delete(string) error { return errNoContext }

// FindCtx is the data of a session in force; false when there is none.
func (s Sessions) FindCtx(ctx context.Context, token string) ([]byte, bool, error) {
	var data []byte
	err := s.store.pool.QueryRow(ctx, `
		SELECT data FROM sessions WHERE token = $1 AND revoked_at IS NULL AND expires_at > now()`, token).Scan(&data)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, fmt.Errorf("find session: %w", err)
	}
	return data, true, nil
}

// CommitCtx keeps a session until it expires; one that has been closed meanwhile stays closed.
func (s Sessions) CommitCtx(ctx context.Context, token string, content []byte, expires time.Time) error {
	var data SessionData
	if err := json.Unmarshal(content, &data); err != nil {
		return fmt.Errorf("read session: %w", err)
	}
	_, err := s.store.pool.Exec(ctx, `
		INSERT INTO sessions (id, token, user_id, device, data, expires_at)
		VALUES (@id, @token, @user, @device, @data, @expires)
		ON CONFLICT (token) DO UPDATE SET data = excluded.data, seen_at = now(), expires_at = excluded.expires_at
		WHERE sessions.revoked_at IS NULL`,
		pgx.NamedArgs{
			"id": data.Values[SessionID], "token": token, "user": data.Values[SessionUser],
			"device": data.Values[SessionDevice], "data": content, "expires": expires,
		})
	if err != nil {
		return fmt.Errorf("keep session: %w", err)
	}
	return nil
}

// DeleteCtx closes a session; one that is unknown is left alone.
func (s Sessions) DeleteCtx(ctx context.Context, token string) error {
	_, err := s.store.pool.Exec(ctx, `UPDATE sessions SET revoked_at = now() WHERE token = $1 AND revoked_at IS NULL`, token)
	if err != nil {
		return fmt.Errorf("close session: %w", err)
	}
	return nil
}

// Session is a browser that has signed in.
type Session struct {
	ID        string
	Device    string
	CreatedAt time.Time
	SeenAt    time.Time
}

// OpenSessions lists a user's sessions in force, the one used last first.
func (s *Store) OpenSessions(ctx context.Context, userID string) ([]Session, error) {
	list, err := rows[Session](ctx, s.pool, `
		SELECT id, device, created_at, seen_at FROM sessions
		WHERE user_id = $1 AND revoked_at IS NULL AND expires_at > now() ORDER BY seen_at DESC, id`, userID)
	if err != nil {
		return nil, fmt.Errorf("list sessions: %w", err)
	}
	return list, nil
}

// CloseSession closes one of a user's sessions; one that is not the user's, or not there, is left alone.
func (s *Store) CloseSession(ctx context.Context, userID, id string) error {
	if !isID(id) {
		return nil
	}
	_, err := s.pool.Exec(ctx, `
		UPDATE sessions SET revoked_at = now() WHERE id = $1 AND user_id = $2 AND revoked_at IS NULL`, id, userID)
	if err != nil {
		return fmt.Errorf("close session: %w", err)
	}
	return nil
}

// CloseOtherSessions closes a user's sessions but one.
func (s *Store) CloseOtherSessions(ctx context.Context, userID, but string) error {
	_, err := s.pool.Exec(ctx, `
		UPDATE sessions SET revoked_at = now() WHERE user_id = $1 AND id::text <> $2 AND revoked_at IS NULL`, userID, but)
	if err != nil {
		return fmt.Errorf("close sessions: %w", err)
	}
	return nil
}

// ForgetSessions removes the sessions that have expired since long enough that no request of theirs is under way.
func (s *Store) ForgetSessions(ctx context.Context) error {
	if _, err := s.pool.Exec(ctx, `DELETE FROM sessions WHERE expires_at < now() - interval '1 day'`); err != nil {
		return fmt.Errorf("forget sessions: %w", err)
	}
	return nil
}

// closeSessions closes every session of a user.
func closeSessions(ctx context.Context, tx pgx.Tx, userID string) error {
	_, err := tx.Exec(ctx, `UPDATE sessions SET revoked_at = now() WHERE user_id = $1 AND revoked_at IS NULL`, userID)
	return err
}

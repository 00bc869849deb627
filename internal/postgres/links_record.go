package postgres

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"dimissioni/internal/discharge"
)

// addLink makes the link of a message that has just been queued, when its reader has something to do.
func (r *recording) addLink(ctx context.Context, notificationID string, l letter, to discharge.Recipient, a addressee) error {
	if r.linkKeys.Derive == nil {
		return nil
	}
	subject, ok := r.after.LinkFor(discharge.Notice{Moment: l.Moment, Round: l.Round, Meeting: l.Payload.Meeting}, to)
	if !ok || !r.after.Awaits(subject, r.now) {
		return nil
	}
	keyID := r.linkKeys.Current
	token, err := r.linkKeys.token(keyID, notificationID)
	if err != nil {
		return fmt.Errorf("make link: %w", err)
	}
	var offset int64
	if err := r.tx.QueryRow(ctx, `SELECT clock_offset_ms FROM cases WHERE id = $1`, r.before.ID).Scan(&offset); err != nil {
		return fmt.Errorf("make link: %w", err)
	}
	now := r.now.Add(-time.Duration(offset) * time.Millisecond)
	holder := ""
	if a.User {
		holder = a.Key
	}
	_, err = r.tx.Exec(ctx, `
		INSERT INTO links (token_hash, key_id, case_id, notification_id, action, subject, user_id, created_at, expires_at)
		VALUES (@hash, @key, @case, @notification, @action, @subject, @user, @now, @expires)`,
		pgx.NamedArgs{
			"hash": hashOf(token), "key": keyID, "case": r.before.ID, "notification": notificationID,
			"action": subject.Action, "subject": asJSON(subject), "user": null(holder), "now": now,
			"expires": expiry(now.Add(max(0, l.At.Sub(r.now))), subject.Action),
		})
	if err != nil {
		return fmt.Errorf("make link: %w", err)
	}
	return nil
}

// keepWrongDeliveries revokes the links of messages that reached the wrong person, takes back those that have not gone
// out yet, and writes them into the register.
func (r *recording) keepWrongDeliveries(ctx context.Context, events []discharge.Event) error {
	for _, e := range events {
		if e.Kind != discharge.WrongDelivery {
			continue
		}
		var said struct{ Note string }
		if len(r.body) > 0 {
			if err := json.Unmarshal(r.body, &said); err != nil {
				return fmt.Errorf("read command body: %w", err)
			}
		}
		args := pgx.NamedArgs{
			"case": r.before.ID, "ids": e.Facts.Notifications, "seq": e.Seq, "by": e.Actor.UserID, "note": said.Note,
		}
		for _, sql := range []string{
			`UPDATE links SET revoked_at = now(), revoked_reason = 'wrong_recipient'
			 WHERE case_id = @case AND notification_id = ANY (@ids::uuid[]) AND revoked_at IS NULL`,
			`UPDATE notifications SET status = 'cancelled'
			 WHERE case_id = @case AND id = ANY (@ids::uuid[]) AND status = 'queued'`,
			`INSERT INTO wrong_deliveries (notification_id, case_id, event_seq, reported_by, note)
			 SELECT id, case_id, @seq, @by, @note FROM notifications WHERE case_id = @case AND id = ANY (@ids::uuid[])
			 ON CONFLICT (notification_id) DO NOTHING`,
		} {
			if _, err := r.tx.Exec(ctx, sql, args); err != nil {
				return fmt.Errorf("keep wrong delivery: %w", err)
			}
		}
	}
	return nil
}

// WrongDelivery is an entry of the register: a message that reached the wrong person.
type WrongDelivery struct {
	NotificationID string
	CaseID         string
	CaseCode       string
	ProgrammeID    string
	Moment         discharge.Moment
	RecipientRole  string
	SentAt         *time.Time
	ReportedBy     string // name
	Note           string
	At             time.Time
}

// WrongDeliveries is the register of some programmes, the newest first, at most a thousand.
func (s *Store) WrongDeliveries(ctx context.Context, programmes []string) ([]WrongDelivery, error) {
	list, err := rows[WrongDelivery](ctx, s.pool, `
		SELECT w.notification_id, w.case_id, c.code AS case_code, c.programme_id, n.moment, n.recipient_role, n.sent_at,
		       u.name AS reported_by, w.note, w.at
		FROM wrong_deliveries w JOIN notifications n ON n.id = w.notification_id JOIN cases c ON c.id = w.case_id
		JOIN users u ON u.id = w.reported_by
		WHERE c.programme_id = ANY ($1::text[]) ORDER BY w.at DESC, w.notification_id LIMIT 1000`, orEmpty(programmes))
	if err != nil {
		return nil, fmt.Errorf("list wrong deliveries: %w", err)
	}
	return list, nil
}

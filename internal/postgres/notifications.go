package postgres

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"dimissioni/internal/calendar"
	"dimissioni/internal/discharge"
)

// MailPayload is what a message may say besides the case's code: codes and dates, no personal data.
type MailPayload struct {
	Clocks         []discharge.Reminder `json:"clocks,omitempty"`
	Meeting        *discharge.Meeting   `json:"meeting,omitempty"`
	Notifications  []string             `json:"notifications,omitempty"` // delivery_failed: which messages
	AboutCode      string               `json:"about_code,omitempty"`    // funds_released: the case that is next
	Urgent         bool                 `json:"urgent,omitempty"`
	ExpectedOn     calendar.Date        `json:"expected_on,omitzero"` // the discharge: expected, or happened
	StartPlannedOn calendar.Date        `json:"start_planned_on,omitzero"`
	StartOn        calendar.Date        `json:"start_on,omitzero"`
	PeriodEndOn    calendar.Date        `json:"period_end_on,omitzero"`
	CapOn          calendar.Date        `json:"cap_on,omitzero"`
	EndedOn        calendar.Date        `json:"ended_on,omitzero"`
}

// Mail is a queued message with all that is needed to write and send it.
type Mail struct {
	ID            string
	CaseID        string
	CaseCode      string
	ProgrammeID   string
	ProgrammeName string
	Moment        discharge.Moment
	Round         int
	RecipientKind discharge.RecipientKind
	RecipientRole string
	Name          string
	Address       string
	Payload       MailPayload
	Attempts      int
	NotBefore     time.Time
	MessageID     string // <hash@host>, always the same for this message
	HasLink       bool   // of its own, which [Store.OpenLink] gives
}

// NextMails are the queued mails of a case that may go at now (the case's clock), the oldest first.
func (s *Store) NextMails(ctx context.Context, caseID string, now time.Time, limit int) ([]Mail, error) {
	mails, err := rows[Mail](ctx, s.pool, `
		SELECT n.id, n.case_id, c.code AS case_code, c.programme_id, p.name AS programme_name, n.moment, n.round,
		       n.recipient_kind, n.recipient_role, n.name, n.address, n.payload, n.attempts, n.not_before, n.message_id,
		       EXISTS (SELECT FROM links l WHERE l.notification_id = n.id) AS has_link
		FROM notifications n
		JOIN cases c ON c.id = n.case_id
		JOIN programmes p ON p.id = c.programme_id
		WHERE n.case_id = @case AND n.status = 'queued' AND n.not_before <= @now
		ORDER BY n.not_before, n.round, n.id
		LIMIT @limit`,
		pgx.NamedArgs{"case": caseID, "now": now, "limit": limit})
	if err != nil {
		return nil, fmt.Errorf("find next mails: %w", err)
	}
	return mails, nil
}

// NextMailAt is the earliest instant at which a queued mail of the case may go; zero when none is queued.
func (s *Store) NextMailAt(ctx context.Context, caseID string) (time.Time, error) {
	return nextMailAt(ctx, s.pool, caseID)
}

func nextMailAt(ctx context.Context, q querier, caseID string) (time.Time, error) {
	var at *time.Time
	err := q.QueryRow(ctx, `SELECT min(not_before) FROM notifications WHERE case_id = $1 AND status = 'queued'`,
		caseID).Scan(&at)
	switch {
	case err != nil:
		return time.Time{}, fmt.Errorf("find next mail: %w", err)
	case at == nil:
		return time.Time{}, nil
	default:
		return at.UTC(), nil
	}
}

// MarkSent records that the server accepted a message. Repeating it changes nothing.
func (s *Store) MarkSent(ctx context.Context, id string, now time.Time) error {
	return s.markMail(ctx, "sent", `
		UPDATE notifications SET status = 'sent', sent_at = @now, attempts = attempts + 1, last_error_kind = NULL
		WHERE id = @id AND status = 'queued'`, pgx.NamedArgs{"id": id, "now": now})
}

// MarkFailed records a failed attempt and the kind of failure, never its text. A permanent one leaves the queue:
// somebody must call.
func (s *Store) MarkFailed(ctx context.Context, id, kind string, permanent bool) error {
	return s.markMail(ctx, "failed", `
		UPDATE notifications
		SET attempts = attempts + 1, last_error_kind = @kind, status = CASE WHEN @permanent THEN 'failed' ELSE status END
		WHERE id = @id AND status = 'queued'`, pgx.NamedArgs{"id": id, "kind": kind, "permanent": permanent})
}

// Requeue sends a failed message again, not before now (the case's clock), to the address that its reader has by now.
// It reports whether there was one.
func (s *Store) Requeue(ctx context.Context, caseID, id string, now time.Time) (bool, error) {
	return s.moveMail(ctx, caseID, id, `
		UPDATE notifications n
		SET status = 'queued', not_before = @now, address = coalesce(nullif(CASE
		    WHEN n.recipient_key = 'person:representative' THEN r.content#>>'{network,representative,email}'
		    WHEN n.recipient_key LIKE 'person:%' THEN r.content#>>'{network,caregiver,email}'
		    WHEN n.recipient_key LIKE 'gp:%' THEN
		        (SELECT email FROM physicians p WHERE 'gp:' || p.id = n.recipient_key AND p.verified_at IS NOT NULL)
		    ELSE coalesce((SELECT email FROM users u WHERE u.id::text = n.recipient_key),
		                  (SELECT email FROM organisations o WHERE o.id::text = n.recipient_key)) END, ''), n.address)
		FROM referrals r
		WHERE n.id = @id AND n.case_id = @case AND n.status = 'failed' AND r.case_id = n.case_id`, now)
}

// Settle records that a failed message was told by telephone. It reports whether there was one.
func (s *Store) Settle(ctx context.Context, caseID, id string) (bool, error) {
	return s.moveMail(ctx, caseID, id, `
		UPDATE notifications SET status = 'settled' WHERE id = @id AND case_id = @case AND status = 'failed'`, time.Time{})
}

func (s *Store) moveMail(ctx context.Context, caseID, id, sql string, now time.Time) (bool, error) {
	if !isID(id) {
		return false, nil
	}
	tag, err := s.pool.Exec(ctx, sql, pgx.NamedArgs{"id": id, "case": caseID, "now": now})
	if err != nil {
		return false, fmt.Errorf("move mail: %w", err)
	}
	if tag.RowsAffected() == 0 {
		return false, nil
	}
	return true, s.refreshNextMail(ctx, id)
}

func (s *Store) markMail(ctx context.Context, as, sql string, args pgx.NamedArgs) error {
	if _, err := s.pool.Exec(ctx, sql, args); err != nil {
		return fmt.Errorf("mark mail %s: %w", as, err)
	}
	return s.refreshNextMail(ctx, args["id"].(string))
}

// refreshNextMail keeps the case's column true, which reconcile reads.
func (s *Store) refreshNextMail(ctx context.Context, mailID string) error {
	_, err := s.pool.Exec(ctx, `
		UPDATE cases c
		SET next_mail_at = (SELECT min(not_before) FROM notifications WHERE case_id = c.id AND status = 'queued')
		WHERE c.id = (SELECT case_id FROM notifications WHERE id = $1)`, mailID)
	if err != nil {
		return fmt.Errorf("refresh next mail: %w", err)
	}
	return nil
}

// Notification is a message's fate, without its address.
type Notification struct {
	ID            string
	Moment        discharge.Moment
	Round         int
	RecipientKind discharge.RecipientKind
	RecipientRole string
	Name          string
	Status        string
	Attempts      int
	NotBefore     time.Time
	CreatedAt     time.Time
	SentAt        *time.Time
	LastErrorKind *string
	MessageID     string
	Payload       MailPayload
	WrongAt       *time.Time // when it was said that it reached the wrong person
}

// Notifications are all the messages of a case, the oldest first.
func (s *Store) Notifications(ctx context.Context, caseID string) ([]Notification, error) {
	list, err := rows[Notification](ctx, s.pool, `
		SELECT id, moment, round, recipient_kind, recipient_role, name, status, attempts, not_before, created_at,
		       sent_at, last_error_kind, message_id, payload,
		       (SELECT at FROM wrong_deliveries w WHERE w.notification_id = notifications.id) AS wrong_at
		FROM notifications WHERE case_id = $1 ORDER BY created_at, round, id`, caseID)
	if err != nil {
		return nil, fmt.Errorf("list notifications: %w", err)
	}
	return list, nil
}

// MailCounts counts the messages by status, for the metrics.
func (s *Store) MailCounts(ctx context.Context) (map[string]int64, error) {
	type count struct {
		Status string
		N      int64
	}
	list, err := rows[count](ctx, s.pool, `SELECT status, count(*) AS n FROM notifications GROUP BY status`)
	if err != nil {
		return nil, fmt.Errorf("count mails: %w", err)
	}
	counts := map[string]int64{"queued": 0, "sent": 0, "failed": 0, "cancelled": 0, "settled": 0}
	for _, c := range list {
		counts[c.Status] = c.N
	}
	return counts, nil
}

package postgres

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"dimissioni/internal/calendar"
	"dimissioni/internal/discharge"
)

// Link is a link of a mail: what it is about, who was sent it, and what became of it.
type Link struct {
	ID             string
	KeyID          string // of the ring: what its secrets are derived from
	CaseID         string
	NotificationID string
	Subject        discharge.Link
	UserID         string // the holder's account; empty for who has none
	Role           string // what people read: gp, caregiver, partner_manager …
	Name           string
	Address        string // the mail's
	CreatedAt      time.Time
	ExpiresAt      time.Time // real time, as everything here
	UsedAt         *time.Time
	RevokedAt      *time.Time
	HolderGone     bool // the account is closed, or answers for the partner no more
	CodeAttempts   int  // wrong codes in a row
	CodeRound      int  // codes used up
	CodeSends      int
	CodeSentAt     *time.Time
	Answer         LinkAnswer // empty until used
	Note           string     // that came with an acknowledgement or an attendance
}

// LinkAnswer is what somebody answered through a link.
type LinkAnswer string

// The answers. The first three are commands, and called as these.
const (
	AnswerAccept                 = LinkAnswer(discharge.Accept)
	AnswerDecline                = LinkAnswer(discharge.Decline)
	AnswerSign                   = LinkAnswer(discharge.Sign)
	AnswerAcknowledge LinkAnswer = "acknowledge"
	AnswerComing      LinkAnswer = "coming"
	AnswerNotComing   LinkAnswer = "not_coming"
)

// LinkState is where a link stands. Whoever holds one learns only whether it is open.
type LinkState string

// The states, in the order in which they are judged.
const (
	LinkRevoked LinkState = "revoked" // it reached the wrong person
	LinkUsed    LinkState = "used"
	LinkExpired LinkState = "expired"
	LinkMoot    LinkState = "moot"   // the case does not await it any more
	LinkLocked  LinkState = "locked" // too many wrong codes
	LinkOpen    LinkState = "open"
)

// State judges the link on its case: now is real time, caseNow the case's clock.
func (l Link) State(c discharge.Case, now, caseNow time.Time) LinkState {
	switch {
	case l.RevokedAt != nil:
		return LinkRevoked
	case l.UsedAt != nil:
		return LinkUsed
	case !now.Before(l.ExpiresAt):
		return LinkExpired
	case l.HolderGone || !c.Awaits(l.Subject, caseNow):
		return LinkMoot
	case l.CodeAttempts >= codeTries:
		return LinkLocked
	default:
		return LinkOpen
	}
}

// LastDay is the last whole day on which the link is good.
func (l Link) LastDay() calendar.Date { return lastDay(l.ExpiresAt) }

func lastDay(expires time.Time) calendar.Date { return calendar.DateOf(expires.Add(-time.Second)) }

// expiry is the end of the last day of a link that somebody gets at an instant.
func expiry(got time.Time, action discharge.LinkAction) time.Time {
	return calendar.DateOf(got).AddDays(action.LinkLife()).End().UTC()
}

const linkColumns = `
	l.id, l.key_id, l.case_id, l.notification_id, l.subject, coalesce(l.user_id::text, '') AS user_id,
	n.recipient_role AS role, n.name, n.address, l.created_at, l.expires_at, l.used_at, l.revoked_at, l.code_attempts, l.code_round,
	l.code_sends, l.code_sent_at,
	l.user_id IS NOT NULL AND NOT EXISTS (
	    SELECT FROM users u WHERE u.id = l.user_id AND u.active AND (l.action <> 'answer_proposal' OR
	        u.organisation_id::text = l.subject->>'partner' AND EXISTS (SELECT FROM grants g
	            WHERE g.user_id = u.id AND g.programme_id = c.programme_id AND g.role = 'partner_manager'))) AS holder_gone,
	coalesce((SELECT m.kind FROM commands m WHERE m.link_id = l.id AND m.status = 'done'),
	         CASE WHEN a.link_id IS NOT NULL THEN 'acknowledge' WHEN t.coming THEN 'coming'
	              WHEN NOT t.coming THEN 'not_coming' ELSE '' END) AS answer,
	coalesce(a.note, t.note, '') AS note`

const linkFrom = `
	FROM links l JOIN notifications n ON n.id = l.notification_id JOIN cases c ON c.id = l.case_id
	LEFT JOIN acknowledgements a ON a.link_id = l.id LEFT JOIN attendance t ON t.link_id = l.id `

// LinkByToken finds the link of a token, whatever its state; a *discharge.Error not_found when there is none.
func (s *Store) LinkByToken(ctx context.Context, token string) (Link, error) {
	l, err := row[Link](ctx, s.pool, `SELECT `+linkColumns+linkFrom+`WHERE l.token_hash = $1`, hashOf(token))
	if errors.Is(err, pgx.ErrNoRows) {
		return Link{}, discharge.Refuse(discharge.KindNotFound, "Il collegamento non esiste.")
	}
	if err != nil {
		return Link{}, fmt.Errorf("find link: %w", err)
	}
	return l, nil
}

// Links are all the links of a case, the newest first.
func (s *Store) Links(ctx context.Context, caseID string) ([]Link, error) {
	list, err := rows[Link](ctx, s.pool, `
		SELECT `+linkColumns+linkFrom+`WHERE l.case_id = $1 ORDER BY l.created_at DESC, l.id`, caseID)
	if err != nil {
		return nil, fmt.Errorf("list links: %w", err)
	}
	return list, nil
}

// OpenLink gives the token of a notification's link as its mail goes out, and the last day on which it will work: the
// days count from the mail, however long it waited. Empty when it has no link that can still be used.
func (s *Store) OpenLink(ctx context.Context, notificationID string, now time.Time) (string, calendar.Date, error) {
	type opened struct {
		KeyID     string
		ExpiresAt time.Time
	}
	l, err := row[opened](ctx, s.pool, `
		UPDATE links
		SET expires_at = greatest(expires_at, CASE action WHEN 'answer_proposal' THEN @proposal::timestamptz ELSE @other END)
		WHERE notification_id = @id AND revoked_at IS NULL AND used_at IS NULL RETURNING key_id, expires_at`,
		pgx.NamedArgs{
			"id": notificationID, "proposal": expiry(now, discharge.LinkAnswerProposal),
			"other": expiry(now, discharge.LinkAcknowledge),
		})
	if errors.Is(err, pgx.ErrNoRows) {
		return "", calendar.Date{}, nil
	}
	if err != nil {
		return "", calendar.Date{}, fmt.Errorf("open link: %w", err)
	}
	token, err := s.linkKeys.token(l.KeyID, notificationID)
	if err != nil {
		return "", calendar.Date{}, nil //nolint:nilerr // its key has left the ring: the mail says whom to call
	}
	return token, lastDay(l.ExpiresAt), nil
}

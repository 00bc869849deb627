package postgres

import (
	"context"
	"crypto/sha256"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"dimissioni/internal/calendar"
	"dimissioni/internal/discharge"
)

// DigestCase is a case in somebody's digest, with its missed clocks.
type DigestCase struct {
	CaseID string       `json:"case_id"`
	Code   string       `json:"code"`
	Lines  []DigestLine `json:"lines"`
}

// DigestLine is a missed clock.
type DigestLine struct {
	Clock discharge.ClockKind `json:"clock"`
	DueOn calendar.Date       `json:"due_on"`
	Why   string              `json:"why"`
	// Signers are, of missing signatures, those of whom.
	Signers []string `json:"signers,omitempty"`
}

// Digest is a queued daily message to a user.
type Digest struct {
	ID        string
	UserID    string
	Name      string
	Address   string
	Day       calendar.Date
	Payload   []DigestCase
	Attempts  int
	MessageID string
}

// QueueDigests prepares the digests of the day of now: for everybody who must hear of it, the clocks that are missed
// and still awaited. Whoever already has one for that day gets no other, whatever it said. In training onlyCase tells
// of one case, now being its clock; otherwise it is empty. It answers how many were queued.
func (s *Store) QueueDigests(ctx context.Context, now time.Time, onlyCase string) (int, error) {
	queued := 0
	err := s.inTx(ctx, func(tx pgx.Tx) error {
		byUser, err := missedClocks(ctx, tx, now, onlyCase)
		if err != nil {
			return err
		}
		day := calendar.DateOf(now)
		for _, user := range slices.Sorted(maps.Keys(byUser)) {
			sum := sha256.Sum256([]byte("digest\n" + user + "\n" + day.String()))
			tag, err := tx.Exec(ctx, `
				INSERT INTO digests (user_id, day, payload, message_id) VALUES (@user, @day, @payload, @message)
				ON CONFLICT (user_id, day) DO NOTHING`,
				pgx.NamedArgs{
					"user": user, "day": day, "payload": asJSON(byUser[user]),
					"message": fmt.Sprintf("<%x@%s>", sum[:16], s.messageHost),
				})
			if err != nil {
				return err
			}
			queued += int(tag.RowsAffected())
		}
		return nil
	})
	if err != nil {
		return 0, fmt.Errorf("queue digests: %w", err)
	}
	return queued, nil
}

// missedClocks gathers by user what the cases' digest items say.
func missedClocks(ctx context.Context, tx pgx.Tx, now time.Time, onlyCase string) (map[string][]DigestCase, error) {
	type candidate struct {
		Snapshot      discharge.Case
		ClockOffsetMS int64
	}
	list, err := rows[candidate](ctx, tx, `
		SELECT snapshot, clock_offset_ms FROM cases
		WHERE CASE WHEN @only = '' THEN overdue OR next_due_on < @day::date ELSE id::text = @only END
		ORDER BY submitted_at, id`, pgx.NamedArgs{"only": onlyCase, "day": calendar.DateOf(now).AddDays(1)})
	if err != nil {
		return nil, fmt.Errorf("find overdue cases: %w", err)
	}
	byUser := map[string][]DigestCase{}
	for _, c := range list {
		at := now
		if onlyCase == "" {
			at = now.Add(time.Duration(c.ClockOffsetMS) * time.Millisecond)
		}
		people, err := peopleOf(ctx, tx, c.Snapshot)
		if err != nil {
			return nil, err
		}
		for _, item := range c.Snapshot.DigestItems(at) {
			line := DigestLine{Clock: item.Clock, DueOn: item.DueOn, Why: item.Why, Signers: item.Signers}
			told := map[string]bool{}
			for _, to := range item.To {
				found, err := people.find(ctx, to)
				if err != nil {
					return nil, err
				}
				for _, a := range found {
					if a.User && !told[a.Key] {
						told[a.Key] = true
						byUser[a.Key] = withLine(byUser[a.Key], c.Snapshot, line)
					}
				}
			}
		}
	}
	return byUser, nil
}

// withLine adds a clock to the case in the list, or the case to the list.
func withLine(list []DigestCase, c discharge.Case, line DigestLine) []DigestCase {
	if n := len(list); n > 0 && list[n-1].CaseID == c.ID {
		list[n-1].Lines = append(list[n-1].Lines, line)
		return list
	}
	return append(list, DigestCase{CaseID: c.ID, Code: c.Code, Lines: []DigestLine{line}})
}

// NextDigests are the queued digests, the oldest first.
func (s *Store) NextDigests(ctx context.Context, limit int) ([]Digest, error) {
	list, err := rows[Digest](ctx, s.pool, `
		SELECT d.id, d.user_id, u.name, u.email AS address, d.day, d.payload, d.attempts, d.message_id
		FROM digests d JOIN users u ON u.id = d.user_id
		WHERE d.status = 'queued' ORDER BY d.created_at, d.id LIMIT $1`, limit)
	if err != nil {
		return nil, fmt.Errorf("find next digests: %w", err)
	}
	return list, nil
}

// MarkDigestSent records that the server accepted a digest. Repeating it changes nothing.
func (s *Store) MarkDigestSent(ctx context.Context, id string, now time.Time) error {
	_, err := s.pool.Exec(ctx, `
		UPDATE digests SET status = 'sent', sent_at = $2, attempts = attempts + 1, last_error_kind = NULL
		WHERE id = $1 AND status = 'queued'`, id, now)
	if err != nil {
		return fmt.Errorf("mark digest sent: %w", err)
	}
	return nil
}

// MarkDigestFailed records a failed attempt; a permanent one leaves the queue.
func (s *Store) MarkDigestFailed(ctx context.Context, id, kind string, permanent bool) error {
	_, err := s.pool.Exec(ctx, `
		UPDATE digests
		SET attempts = attempts + 1, last_error_kind = $2, status = CASE WHEN $3 THEN 'failed' ELSE status END
		WHERE id = $1 AND status = 'queued'`, id, kind, permanent)
	if err != nil {
		return fmt.Errorf("mark digest failed: %w", err)
	}
	return nil
}

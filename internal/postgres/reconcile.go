package postgres

import (
	"context"
	"fmt"
	"time"
)

// Acknowledge records what the workflow has seen of a case, so that reconcile leaves it alone. It never goes back. It does
// not wait for the disk: a crash that forgets it costs the case a look at the store.
func (s *Store) Acknowledge(ctx context.Context, caseID string, version int) error {
	_, err := s.pool.Exec(ctx, `
		WITH quick AS MATERIALIZED (SELECT set_config('synchronous_commit', 'off', true))
		UPDATE cases SET acknowledged_version = $2 FROM quick WHERE id = $1 AND acknowledged_version < $2`, caseID, version)
	if err != nil {
		return fmt.Errorf("acknowledge case: %w", err)
	}
	return nil
}

// Unacknowledged are the cases whose newest event no workflow has seen for at least quiet: never started, or asleep.
func (s *Store) Unacknowledged(ctx context.Context, quiet time.Duration, limit int) ([]string, error) {
	ids, err := column[string](ctx, s.pool, `
		SELECT id::text FROM cases
		WHERE acknowledged_version < version AND updated_at < now() - make_interval(secs => $1)
		ORDER BY updated_at LIMIT $2`, quiet.Seconds(), limit)
	if err != nil {
		return nil, fmt.Errorf("find unacknowledged cases: %w", err)
	}
	return ids, nil
}

// StuckMails are the cases with a mail that should have gone at least late ago, by the case's clock.
func (s *Store) StuckMails(ctx context.Context, late time.Duration, limit int) ([]string, error) {
	ids, err := column[string](ctx, s.pool, `
		SELECT id::text FROM cases
		WHERE next_mail_at < now() + make_interval(secs => clock_offset_ms / 1000.0) - make_interval(secs => $1)
		ORDER BY next_mail_at LIMIT $2`, late.Seconds(), limit)
	if err != nil {
		return nil, fmt.Errorf("find stuck mails: %w", err)
	}
	return ids, nil
}

// StalePending are the commands of living cases that have waited for an answer at least since quiet ago.
func (s *Store) StalePending(ctx context.Context, quiet time.Duration, limit int) ([]StoredCommand, error) {
	return listCommands(ctx, s.pool, `
		WHERE status = 'pending' AND case_id IS NOT NULL AND created_at < now() - make_interval(secs => $1)
		ORDER BY created_at LIMIT $2`, quiet.Seconds(), limit)
}

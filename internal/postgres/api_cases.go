package postgres

import (
	"context"
	"fmt"
	"time"
)

// AssignedCases are the cases to which an operator is assigned at now, on each case's own day.
func (s *Store) AssignedCases(ctx context.Context, userID string, now time.Time) ([]string, error) {
	ids, err := column[string](ctx, s.pool, `
		SELECT DISTINCT a.case_id::text FROM assignments a JOIN cases c ON c.id = a.case_id
		CROSS JOIN LATERAL (SELECT (($2::timestamptz + make_interval(secs => c.clock_offset_ms / 1000.0))
		                            AT TIME ZONE 'Europe/Rome')::date AS day) AS today
		WHERE a.user_id = $1 AND a.from_date <= today.day AND (a.to_date IS NULL OR a.to_date >= today.day)`, userID, now)
	if err != nil {
		return nil, fmt.Errorf("list assigned cases: %w", err)
	}
	return ids, nil
}

// SpentCents is what expenses have spent on a case.
func (s *Store) SpentCents(ctx context.Context, caseID string) (int64, error) {
	var cents int64
	err := s.pool.QueryRow(ctx, `
		SELECT coalesce(sum(amount_cents), 0)::bigint FROM ledger WHERE case_id = $1 AND entry = 'spend'`, caseID).Scan(&cents)
	if err != nil {
		return 0, fmt.Errorf("sum spent: %w", err)
	}
	return cents, nil
}

package postgres

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"dimissioni/internal/calendar"
)

// Visit is an operator's visit: planned, done or missed.
type Visit struct {
	ID           string // of the command that recorded it: recording it again changes nothing
	CaseID       string
	UserID       string // the operator; empty: planned, nobody yet
	UserName     string // filled in when read
	PartnerID    string
	Figure       string
	Service      string
	Status       string // planned, done, missed
	OnDate       calendar.Date
	StartsAt     string // 09:30, or empty
	Minutes      int
	ReasonCode   string // missed
	Note         string
	ByTelephone  bool
	RecordedBy   string
	RecordedName string // filled in when read
	RecordedAt   time.Time
}

// AddVisit stores a visit, once for its id. It reports whether it is the first one done on the case, which confirms
// the start; asking again gives the same answer.
func (s *Store) AddVisit(ctx context.Context, v Visit) (first bool, err error) {
	err = s.inTx(ctx, func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, `
			INSERT INTO visits (id, case_id, user_id, partner_id, figure, service, status, on_date, starts_at, minutes,
			                    reason_code, note, by_telephone, recorded_by, recorded_at)
			VALUES (@id, @case, @user, @partner, @figure, @service, @status, @on, @starts, @minutes, @reason, @note,
			        @telephone, @by, @at)
			ON CONFLICT (id) DO NOTHING`,
			pgx.NamedArgs{
				"id": v.ID, "case": v.CaseID, "user": null(v.UserID), "partner": null(v.PartnerID), "figure": v.Figure,
				"service": null(v.Service), "status": v.Status, "on": v.OnDate, "starts": null(v.StartsAt),
				"minutes": v.Minutes, "reason": null(v.ReasonCode), "note": null(v.Note), "telephone": v.ByTelephone,
				"by": v.RecordedBy, "at": v.RecordedAt,
			})
		if err != nil {
			return err
		}
		return tx.QueryRow(ctx, `
			SELECT NOT coalesce((snapshot->>'visit_logged')::boolean, false) AND @status = 'done'
			FROM cases WHERE id = @case`, pgx.NamedArgs{"case": v.CaseID, "status": v.Status}).Scan(&first)
	})
	if err != nil {
		return false, fmt.Errorf("add visit: %w", err)
	}
	return first, nil
}

// Visits lists the visits of a case by day.
func (s *Store) Visits(ctx context.Context, caseID string) ([]Visit, error) {
	list, err := rows[Visit](ctx, s.pool, `
		SELECT v.id, v.case_id, coalesce(v.user_id::text, '') AS user_id, coalesce(u.name, '') AS user_name,
		       coalesce(v.partner_id::text, '') AS partner_id, v.figure, coalesce(v.service, '') AS service, v.status,
		       v.on_date, coalesce(v.starts_at, '') AS starts_at, v.minutes, coalesce(v.reason_code, '') AS reason_code,
		       coalesce(v.note, '') AS note, v.by_telephone, v.recorded_by, r.name AS recorded_name, v.recorded_at
		FROM visits v LEFT JOIN users u ON u.id = v.user_id JOIN users r ON r.id = v.recorded_by
		WHERE v.case_id = $1 ORDER BY v.on_date, v.starts_at, v.recorded_at, v.id`, caseID)
	if err != nil {
		return nil, fmt.Errorf("list visits: %w", err)
	}
	return list, nil
}

// DiaryEntry is a note from the case manager to the coordinator, or back.
type DiaryEntry struct {
	ID           string
	CaseID       string
	OnDate       calendar.Date
	Body         string
	RecordedBy   string
	RecordedName string // filled in when read
	RecordedAt   time.Time
}

// AddDiary stores a note, once for its id.
func (s *Store) AddDiary(ctx context.Context, e DiaryEntry) error {
	_, err := s.pool.Exec(ctx, `
		INSERT INTO diary (id, case_id, on_date, body, recorded_by, recorded_at)
		VALUES (@id, @case, @on, @body, @by, @at) ON CONFLICT (id) DO NOTHING`,
		pgx.NamedArgs{"id": e.ID, "case": e.CaseID, "on": e.OnDate, "body": e.Body, "by": e.RecordedBy, "at": e.RecordedAt})
	if err != nil {
		return fmt.Errorf("add diary entry: %w", err)
	}
	return nil
}

// Diary lists the notes of a case, the newest first.
func (s *Store) Diary(ctx context.Context, caseID string) ([]DiaryEntry, error) {
	list, err := rows[DiaryEntry](ctx, s.pool, `
		SELECT d.id, d.case_id, d.on_date, d.body, d.recorded_by, u.name AS recorded_name, d.recorded_at
		FROM diary d JOIN users u ON u.id = d.recorded_by
		WHERE d.case_id = $1 ORDER BY d.recorded_at DESC, d.id`, caseID)
	if err != nil {
		return nil, fmt.Errorf("list diary: %w", err)
	}
	return list, nil
}

// Assessment is a scale or sheet filled in at a point of the path.
type Assessment struct {
	ID           string
	CaseID       string
	Phase        string // entry, review, exit
	Scale        string // triage, barthel, …
	OnDate       calendar.Date
	Content      json.RawMessage
	RecordedBy   string
	RecordedName string // filled in when read
	RecordedAt   time.Time
}

// AddAssessment stores an assessment, once for its id.
func (s *Store) AddAssessment(ctx context.Context, a Assessment) error {
	_, err := s.pool.Exec(ctx, `
		INSERT INTO assessments (id, case_id, phase, scale, on_date, content, recorded_by, recorded_at)
		VALUES (@id, @case, @phase, @scale, @on, @content, @by, @at) ON CONFLICT (id) DO NOTHING`,
		pgx.NamedArgs{
			"id": a.ID, "case": a.CaseID, "phase": a.Phase, "scale": a.Scale, "on": a.OnDate, "content": a.Content,
			"by": a.RecordedBy, "at": a.RecordedAt,
		})
	if err != nil {
		return fmt.Errorf("add assessment: %w", err)
	}
	return nil
}

// Assessments lists the assessments of a case by day.
func (s *Store) Assessments(ctx context.Context, caseID string) ([]Assessment, error) {
	list, err := rows[Assessment](ctx, s.pool, `
		SELECT a.id, a.case_id, a.phase, a.scale, a.on_date, a.content, a.recorded_by, u.name AS recorded_name,
		       a.recorded_at
		FROM assessments a JOIN users u ON u.id = a.recorded_by
		WHERE a.case_id = $1 ORDER BY a.on_date, a.recorded_at, a.id`, caseID)
	if err != nil {
		return nil, fmt.Errorf("list assessments: %w", err)
	}
	return list, nil
}

// Assign gives an operator to a case from a day, to a day or, with a zero one, to the end.
func (s *Store) Assign(ctx context.Context, caseID, userID string, from, to calendar.Date, by string, at time.Time) error {
	_, err := s.pool.Exec(ctx, `
		INSERT INTO assignments (case_id, user_id, from_date, to_date, assigned_by, at)
		VALUES (@case, @user, @from, @to, @by, @at)
		ON CONFLICT (case_id, user_id, from_date) DO UPDATE SET to_date = @to, assigned_by = @by, at = @at`,
		pgx.NamedArgs{"case": caseID, "user": userID, "from": from, "to": to, "by": by, "at": at})
	if err != nil {
		return fmt.Errorf("assign operator: %w", err)
	}
	return nil
}

// Assigned reports whether an operator is assigned to a case on a day.
func (s *Store) Assigned(ctx context.Context, caseID, userID string, day calendar.Date) (bool, error) {
	var yes bool
	err := s.pool.QueryRow(ctx, `
		SELECT EXISTS (SELECT FROM assignments WHERE case_id = @case AND user_id = @user
		               AND from_date <= @day::date AND (to_date IS NULL OR to_date >= @day::date))`,
		pgx.NamedArgs{"case": caseID, "user": userID, "day": day}).Scan(&yes)
	if err != nil {
		return false, fmt.Errorf("find assignment: %w", err)
	}
	return yes, nil
}

package postgres

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"dimissioni/internal/discharge"
)

// Access is somebody's look at a case.
type Access struct {
	ID               int64
	CaseID           string
	CaseCode         string
	UserID           string // empty: from a link, by who has no account
	UserName         string
	OrganisationName string
	Role             discharge.Role
	At               time.Time
	What             string // which page or list
}

// Look is who looks at a case, in which role, and at what of it.
type Look struct {
	UserID         string
	OrganisationID string
	Role           discharge.Role
	What           string // which page or list
}

// LogAccess records that a user has read a case, before the answer goes out.
func (s *Store) LogAccess(ctx context.Context, caseID string, look Look) error {
	return logAccess(ctx, s.pool, caseID, &look)
}

func logAccess(ctx context.Context, q querier, caseID string, look *Look) error {
	if look == nil {
		return nil
	}
	_, err := q.Exec(ctx, `
		INSERT INTO accesses (case_id, user_id, organisation_id, role, what) VALUES ($1, $2, $3, $4, $5)`,
		caseID, look.UserID, look.OrganisationID, look.Role, look.What)
	if err != nil {
		return fmt.Errorf("log access: %w", err)
	}
	return nil
}

// LogAccesses records that a user has read several cases in one list.
func (s *Store) LogAccesses(
	ctx context.Context, caseIDs []string, userID, organisationID string, role discharge.Role, what string,
) error {
	_, err := s.pool.Exec(ctx, `
		INSERT INTO accesses (case_id, user_id, organisation_id, role, what)
		SELECT id, $2, $3, $4, $5 FROM unnest($1::uuid[]) AS id`, orEmpty(caseIDs), userID, organisationID, role, what)
	if err != nil {
		return fmt.Errorf("log accesses: %w", err)
	}
	return nil
}

const accessColumns = `
	a.id, a.case_id, c.code AS case_code, coalesce(a.user_id::text, '') AS user_id, coalesce(u.name, n.name, '') AS user_name,
	coalesce(o.name, '') AS organisation_name, a.role, a.at, a.what
	FROM accesses a JOIN cases c ON c.id = a.case_id
	LEFT JOIN users u ON u.id = a.user_id LEFT JOIN organisations o ON o.id = a.organisation_id
	LEFT JOIN links l ON l.id = a.link_id LEFT JOIN notifications n ON n.id = l.notification_id `

// Accesses lists who has read a case, or asked for what may not be read, the newest first: at most so many, those
// before an id. Zero is from the newest.
func (s *Store) Accesses(ctx context.Context, caseID string, before int64, most int) ([]Access, error) {
	list, err := rows[Access](ctx, s.pool, `SELECT `+accessColumns+`
		WHERE a.case_id = $1 AND ($2 = 0 OR a.id < $2) ORDER BY a.id DESC LIMIT $3`, caseID, before, most)
	if err != nil {
		return nil, fmt.Errorf("list accesses: %w", err)
	}
	return list, nil
}

// RefusedAccess begins what was asked for by somebody who sees the case and may not have that of it: nothing was read.
const RefusedAccess = "refused "

// Reads lists every read of some cases, the oldest first.
func (s *Store) Reads(ctx context.Context, caseIDs []string) ([]Access, error) {
	list, err := rows[Access](ctx, s.pool, `SELECT `+accessColumns+`
		WHERE a.case_id = ANY ($1::uuid[]) AND NOT starts_with(a.what, $2) ORDER BY a.id`, orEmpty(caseIDs), RefusedAccess)
	if err != nil {
		return nil, fmt.Errorf("list reads: %w", err)
	}
	return list, nil
}

// Audit records an act that is not about one case's path: a check, an administrative act. Detail holds codes, no
// personal data and no secrets. An empty user is the product itself, or who runs its machine.
func (s *Store) Audit(ctx context.Context, userID, action, target string, detail map[string]string) error {
	return s.inTx(ctx, func(tx pgx.Tx) error { return audit(ctx, tx, userID, action, target, detail) })
}

// audit is Audit in the transaction of the act itself.
func audit(ctx context.Context, tx pgx.Tx, userID, action, target string, detail map[string]string) error {
	if detail == nil {
		detail = map[string]string{}
	}
	_, err := tx.Exec(ctx, `INSERT INTO audit (user_id, action, target, detail) VALUES ($1, $2, $3, $4)`,
		null(userID), action, target, asJSON(detail))
	if err != nil {
		return fmt.Errorf("audit: %w", err)
	}
	return nil
}

// AuditEntry is an act of the audit.
type AuditEntry struct {
	ID       int64
	At       time.Time
	UserID   string // empty: the product itself, who runs its machine, or an attempt on no account
	UserName string
	Action   string
	Target   string // the id of what it was done to; its name, when it is an account
	Name     string
	Detail   map[string]string
}

// AuditEntries lists the audit, the newest first, from below an entry's id (0: from the newest), of an action when one is
// given.
func (s *Store) AuditEntries(ctx context.Context, action string, below int64, limit int) ([]AuditEntry, error) {
	list, err := rows[AuditEntry](ctx, s.pool, `
		SELECT a.id, a.at, coalesce(a.user_id::text, '') AS user_id, coalesce(u.name, '') AS user_name, a.action, a.target,
		       coalesce(t.name, '') AS name, a.detail
		FROM audit a LEFT JOIN users u ON u.id = a.user_id LEFT JOIN users t ON t.id::text = a.target
		WHERE (@action = '' OR a.action = @action) AND (@below = 0 OR a.id < @below)
		ORDER BY a.id DESC LIMIT @limit`,
		pgx.NamedArgs{"action": action, "below": below, "limit": limit})
	if err != nil {
		return nil, fmt.Errorf("list audit: %w", err)
	}
	return list, nil
}

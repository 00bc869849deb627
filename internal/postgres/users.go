package postgres

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"

	"dimissioni/internal/discharge"
)

// Grant is a role held in a programme.
type Grant struct {
	ProgrammeID string         `json:"programme_id"`
	Role        discharge.Role `json:"role"`
}

// User is an account with what it may be: its organisation and its grants.
type User struct {
	ID               string
	Email            string
	Name             string
	Phone            string
	Active           bool
	OrganisationID   string
	OrganisationType string
	OrganisationName string
	HospitalID       string // the hospital of the user's ward, or the hospital itself; empty elsewhere
	ISTAT            string // municipality
	Grants           []Grant
	SecondFactor     bool // it has one
	MustEnrol        bool // it needs one and has none: until then it may do nothing but enrol
}

const userColumns = `
	u.id, u.email, u.name, coalesce(u.phone, '') AS phone, u.active, u.organisation_id,
	EXISTS (SELECT FROM second_factors f WHERE f.user_id = u.id AND NOT f.pending) AS second_factor,
	o.type AS organisation_type, o.name AS organisation_name, coalesce(o.istat, '') AS istat,
	CASE o.type WHEN 'ward' THEN coalesce(o.parent_id, o.id)::text WHEN 'hospital' THEN o.id::text ELSE '' END AS hospital_id,
	coalesce((SELECT jsonb_agg(jsonb_build_object('programme_id', g.programme_id, 'role', g.role)
	                           ORDER BY g.programme_id, g.role)
	          FROM grants g WHERE g.user_id = u.id), '[]') AS grants`

const userFrom = ` FROM users u JOIN organisations o ON o.id = u.organisation_id `

// User reads an account, active or not; a *discharge.Error not_found when there is none.
func (s *Store) User(ctx context.Context, id string) (User, error) {
	if !isID(id) {
		return User{}, errNoUser()
	}
	u, err := row[User](ctx, s.pool, `SELECT `+userColumns+userFrom+`WHERE u.id = $1`, id)
	if errors.Is(err, pgx.ErrNoRows) {
		return User{}, errNoUser()
	}
	if err != nil {
		return User{}, fmt.Errorf("read user: %w", err)
	}
	return s.withDuties(u), nil
}

// withDuties says whether the account must still enrol a second factor.
func (s *Store) withDuties(u User) User {
	u.MustEnrol = s.secondFactor && !u.SecondFactor && slices.ContainsFunc(u.Grants, func(g Grant) bool {
		return g.Role == discharge.RoleCoordinator || g.Role == discharge.RoleAdmin
	})
	return u
}

// Users lists the accounts, by name; with a role or an organisation, only those.
func (s *Store) Users(ctx context.Context, programme string, role discharge.Role, organisationID string) ([]User, error) {
	list, err := rows[User](ctx, s.pool, `SELECT `+userColumns+userFrom+`
		WHERE (@role = '' OR EXISTS (SELECT FROM grants g WHERE g.user_id = u.id AND g.role = @role
		                             AND (@programme = '' OR g.programme_id = @programme)))
		  AND (@org = '' OR u.organisation_id::text = @org)
		ORDER BY u.name, u.id`,
		pgx.NamedArgs{"role": role, "programme": programme, "org": organisationID})
	if err != nil {
		return nil, fmt.Errorf("list users: %w", err)
	}
	return list, nil
}

func normalEmail(s string) string { return strings.ToLower(strings.TrimSpace(s)) }

func errNoUser() error { return discharge.Refuse(discharge.KindNotFound, "L'utente non esiste.") }

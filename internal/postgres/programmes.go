package postgres

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"dimissioni/internal/calendar"
	"dimissioni/internal/discharge"
)

// Programme is a funding: its dates, money and rules in force.
type Programme struct {
	ID               string
	Name             string
	CodePrefix       string
	CUP              string // empty until typed
	StartsOn         calendar.Date
	EndsOn           calendar.Date
	Rules            discharge.Rules // of the cases submitted from now on
	Targets          Targets
	CareLine         string // the line that pays the care budgets
	SubDistricts     int    // the care line is split among so many; 0: not split
	SetAside         int    // places kept for housing precarity
	CoordinatorPhone string
	CoordinatorHours string

	// Whom to call for a person of the other district; empty until typed.
	OtherDistrictName  string
	OtherDistrictPhone string
	OtherDistrictEmail string

	Amounts []LevelAmount // by level, then from the oldest
}

// Targets are how many people a programme must reach; zero is no target.
type Targets struct {
	People     int `json:"people,omitempty"`
	Precarious int `json:"precarious,omitempty"` // of them in housing precarity
}

// LevelAmount is the care budget of a level from a day on.
type LevelAmount struct {
	Level       discharge.Level `json:"level"`
	AmountCents int64           `json:"amount_cents"`
	EffectiveOn calendar.Date   `json:"effective_on"`
	DecidedBy   string          `json:"decided_by"`
}

const programmeColumns = `
	p.id, p.name, p.code_prefix, coalesce(p.cup, '') AS cup, p.starts_on, p.ends_on, p.rules, p.targets, p.care_line,
	p.sub_districts, p.set_aside, coalesce(p.coordinator_phone, '') AS coordinator_phone,
	coalesce(p.coordinator_hours, '') AS coordinator_hours,
	coalesce(p.other_district_name, '') AS other_district_name,
	coalesce(p.other_district_phone, '') AS other_district_phone,
	coalesce(p.other_district_email, '') AS other_district_email,
	coalesce((SELECT jsonb_agg(to_jsonb(a) - 'programme_id' ORDER BY a.amount_cents, a.effective_on)
	          FROM level_amounts a WHERE a.programme_id = p.id), '[]') AS amounts`

// Programmes lists every programme.
func (s *Store) Programmes(ctx context.Context) ([]Programme, error) {
	list, err := rows[Programme](ctx, s.pool, `SELECT `+programmeColumns+` FROM programmes p ORDER BY p.id DESC`)
	if err != nil {
		return nil, fmt.Errorf("list programmes: %w", err)
	}
	return list, nil
}

// Programme reads one; a *discharge.Error not_found when there is none.
func (s *Store) Programme(ctx context.Context, id string) (Programme, error) {
	return programme(ctx, s.pool, id, "")
}

func programme(ctx context.Context, q querier, id, lock string) (Programme, error) {
	p, err := row[Programme](ctx, q, `SELECT `+programmeColumns+` FROM programmes p WHERE p.id = $1 `+lock, id)
	if errors.Is(err, pgx.ErrNoRows) {
		return Programme{}, errNoProgramme()
	}
	if err != nil {
		return Programme{}, fmt.Errorf("read programme: %w", err)
	}
	return p, nil
}

// SetLevelAmount records what the steering committee decided for a level from a day on.
func (s *Store) SetLevelAmount(ctx context.Context, programme string, a LevelAmount) error {
	_, err := s.pool.Exec(ctx, `
		INSERT INTO level_amounts (programme_id, level, effective_on, amount_cents, decided_by)
		VALUES (@programme, @level, @on, @cents, @by)
		ON CONFLICT (programme_id, level, effective_on) DO UPDATE SET amount_cents = @cents, decided_by = @by`,
		pgx.NamedArgs{
			"programme": programme, "level": a.Level, "on": a.EffectiveOn, "cents": a.AmountCents, "by": a.DecidedBy,
		})
	if err != nil {
		return fmt.Errorf("set level amount: %w", err)
	}
	return nil
}

func errNoProgramme() error {
	return discharge.Refuse(discharge.KindNotFound, "Il programma non esiste.")
}

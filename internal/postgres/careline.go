package postgres

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"dimissioni/internal/discharge"
)

// careLine is the line that pays the care budgets of a programme, locked: what is left of it, and of each
// sub-district's share once every municipality has one.
type careLine struct {
	ProgrammeID  string
	LineID       string
	PlannedCents int64
	SubDistricts int
	SetAside     int

	residual  int64
	districts map[string]int // sub-district of each municipality; nil: the line is not split, or not yet
	shares    map[int]int64  // what is left of each share
	kept      int64          // kept for housing precarity
}

// place is what the line asks of a person: the municipality that counts and the housing.
type place struct {
	ISTAT   string
	Housing string
}

// lockCareLine holds the line until the transaction ends and sums its ledger.
func lockCareLine(ctx context.Context, tx pgx.Tx, programme string) (*careLine, error) {
	return careLineOf(ctx, tx, programme, "FOR UPDATE OF l")
}

// careLineOf sums the ledger of the line. What it says may be past at once, unless it is locked.
func careLineOf(ctx context.Context, tx pgx.Tx, programme, lock string) (*careLine, error) {
	line, err := row[careLine](ctx, tx, `
		SELECT p.id AS programme_id, l.id AS line_id, l.planned_cents, p.sub_districts, p.set_aside
		FROM programmes p JOIN budget_lines l ON l.programme_id = p.id AND l.id = p.care_line
		WHERE p.id = $1 `+lock, programme)
	if err != nil {
		return nil, fmt.Errorf("find budget line: %w", err)
	}
	type used struct {
		ISTAT string
		Cents int64
	}
	entries, err := rows[used](ctx, tx, `
		SELECT coalesce(municipality_istat, '') AS istat, sum(amount_cents)::bigint AS cents FROM ledger
		WHERE programme_id = $1 AND line_id = $2 GROUP BY 1`, line.ProgrammeID, line.LineID)
	if err != nil {
		return nil, fmt.Errorf("sum ledger: %w", err)
	}
	if err := line.split(ctx, tx); err != nil {
		return nil, err
	}
	line.residual = line.PlannedCents
	for _, u := range entries {
		line.take(u.Cents, place{ISTAT: u.ISTAT})
	}
	return &line, line.setAside(ctx, tx)
}

// split gives every sub-district its share, when the programme is split and every municipality is in one.
func (l *careLine) split(ctx context.Context, tx pgx.Tx) error {
	if l.SubDistricts == 0 {
		return nil
	}
	list, err := municipalities(ctx, tx)
	if err != nil {
		return err
	}
	shares, complete := bySubDistrict(l.PlannedCents, list)
	if !complete {
		return nil
	}
	l.districts, l.shares = map[string]int{}, map[int]int64{}
	for _, m := range list {
		l.districts[m.ISTAT] = *m.SubDistrict
	}
	for _, s := range shares {
		l.shares[s.SubDistrict] = s.Cents
	}
	return nil
}

// setAside computes what is kept for the places of housing precarity not yet taken, each at the middle level.
func (l *careLine) setAside(ctx context.Context, tx pgx.Tx) error {
	if l.SetAside == 0 {
		return nil
	}
	err := tx.QueryRow(ctx, `
		SELECT greatest(0, @places::int - count(*)) * coalesce((
		    SELECT amount_cents FROM level_amounts WHERE programme_id = @programme AND level = 'moderate'
		    ORDER BY effective_on DESC LIMIT 1), 0)
		FROM cases
		WHERE programme_id = @programme AND housing IN ('precarious', 'homeless')
		  AND state NOT IN ('submitted', 'waitlisted', 'rejected', 'not_started', 'cancelled')`,
		pgx.NamedArgs{"places": l.SetAside, "programme": l.ProgrammeID}).Scan(&l.kept)
	if err != nil {
		return fmt.Errorf("count places set aside: %w", err)
	}
	return nil
}

// fits reports whether the line, and the sub-district's share when it counts, can bear an amount for that person.
func (l *careLine) fits(cents int64, p place) bool {
	free := l.residual
	if p.Housing != "precarious" && p.Housing != "homeless" {
		free -= l.kept
	}
	if cents > free {
		return false
	}
	district, split := l.districts[p.ISTAT]
	return !split || cents <= l.shares[district]
}

// sameShare reports whether two municipalities are paid from the same money.
func (l *careLine) sameShare(a, b string) bool { return l.districts[a] == l.districts[b] }

// take moves an amount out of the line and of its share; a negative one comes back.
func (l *careLine) take(cents int64, p place) {
	l.residual -= cents
	if district, split := l.districts[p.ISTAT]; split {
		l.shares[district] -= cents
	}
}

// countingISTAT is the municipality whose share pays: of the residence when it is in the district, otherwise where
// the person goes.
const countingISTAT = `
	coalesce((SELECT m.istat FROM municipalities m WHERE m.istat = c.residence_istat),
	         c.municipality_istat, c.residence_istat, '')`

func placeOf(ctx context.Context, q querier, caseID string) (place, error) {
	p, err := row[place](ctx, q, `
		SELECT `+countingISTAT+` AS istat, coalesce(c.housing, '') AS housing FROM cases c WHERE c.id = $1`, caseID)
	if err != nil {
		return place{}, fmt.Errorf("find place: %w", err)
	}
	return p, nil
}

// amountOf is a level's care budget, for a case on the waitlist: of the middle one when nobody has said which.
func amountOf(amounts map[discharge.Level]int64, level discharge.Level) (int64, bool) {
	if level == "" {
		level = discharge.LevelModerate
	}
	cents, ok := amounts[level]
	return cents, ok
}

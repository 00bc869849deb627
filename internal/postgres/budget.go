package postgres

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"dimissioni/internal/calendar"
	"dimissioni/internal/discharge"
)

// Budget is a programme's money as the ledger has it now. Residual = planned - reserved - spent.
type Budget struct {
	Lines         []LineBudget
	Levels        []LevelBudget
	Partners      []PartnerBudget
	SubDistricts  []SubDistrictBudget // empty when the programme is not split
	SplitComplete bool                // every municipality has its sub-district: the shares count at admission
	Reached       Targets             // distinct people with at least one day of care
	Targets       Targets
}

// LineBudget is a budget line.
type LineBudget struct {
	ID            string
	Name          string
	PlannedCents  int64
	ReservedCents int64
	SpentCents    int64
	ResidualCents int64
}

// LevelBudget is what a level's cases hold, and the care budget in force today.
type LevelBudget struct {
	Level         discharge.Level
	AmountCents   int64 // zero: not decided
	Cases         int
	ReservedCents int64
	SpentCents    int64
}

// PartnerBudget is what a partner's cases hold; ID empty: no partner yet.
type PartnerBudget struct {
	ID            string
	Name          string
	Cases         int
	ReservedCents int64
	SpentCents    int64
}

// SubDistrictBudget is a sub-district's share; 0 gathers what no sub-district is known of.
type SubDistrictBudget struct {
	SubDistrict   int
	ShareCents    int64
	ReservedCents int64
	SpentCents    int64
	ResidualCents int64
}

const sums = `
	coalesce(sum(l.amount_cents) FILTER (WHERE l.entry <> 'spend'), 0)::bigint AS reserved_cents,
	coalesce(sum(l.amount_cents) FILTER (WHERE l.entry = 'spend'), 0)::bigint AS spent_cents`

// sumsOfCases add up what was summed by case first: counting distinct cases would sort the whole ledger.
const sumsOfCases = `
	coalesce(sum(h.reserved_cents), 0)::bigint AS reserved_cents, coalesce(sum(h.spent_cents), 0)::bigint AS spent_cents`

// Budget reads the money of a programme in one snapshot; a *discharge.Error not_found when there is no programme.
func (s *Store) Budget(ctx context.Context, id string, today calendar.Date) (Budget, error) {
	var b Budget
	snapshot := pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}
	err := pgx.BeginTxFunc(ctx, s.pool, snapshot, func(tx pgx.Tx) error {
		p, err := programme(ctx, tx, id, "")
		if err != nil {
			return err
		}
		b.Targets = p.Targets
		if b.Lines, err = rows[LineBudget](ctx, tx, `
			SELECT b.id, b.name, b.planned_cents, `+sums+`,
			       b.planned_cents - coalesce(sum(l.amount_cents), 0)::bigint AS residual_cents
			FROM budget_lines b LEFT JOIN ledger l ON l.programme_id = b.programme_id AND l.line_id = b.id
			WHERE b.programme_id = $1 GROUP BY b.programme_id, b.id ORDER BY b.position`, id); err != nil {
			return err
		}
		if b.Levels, err = levelBudgets(ctx, tx, id, today); err != nil {
			return err
		}
		if b.Partners, err = rows[PartnerBudget](ctx, tx, `
			SELECT coalesce(o.id::text, '') AS id, coalesce(o.name, '') AS name, count(h.case_id) AS cases, `+sumsOfCases+`
			FROM (SELECT coalesce(l.partner_id, c.partner_id) AS partner_id, l.case_id, `+sums+`
			      FROM ledger l LEFT JOIN cases c ON c.id = l.case_id WHERE l.programme_id = $1 GROUP BY 1, 2) AS h
			LEFT JOIN organisations o ON o.id = h.partner_id GROUP BY o.id ORDER BY o.name NULLS LAST`, id); err != nil {
			return err
		}
		if err := b.addSubDistricts(ctx, tx, p); err != nil {
			return err
		}
		b.Reached, err = reached(ctx, tx, id)
		return err
	})
	if err != nil {
		return Budget{}, fmt.Errorf("read budget: %w", err)
	}
	return b, nil
}

func levelBudgets(ctx context.Context, q querier, programme string, today calendar.Date) ([]LevelBudget, error) {
	return rows[LevelBudget](ctx, q, `
		SELECT v.level, coalesce((
		           SELECT a.amount_cents FROM level_amounts a
		           WHERE a.programme_id = @programme AND a.level = v.level AND a.effective_on <= @today::date
		           ORDER BY a.effective_on DESC LIMIT 1), 0) AS amount_cents,
		       count(h.case_id) AS cases, `+sumsOfCases+`
		FROM unnest(@levels::text[]) WITH ORDINALITY AS v (level, n)
		LEFT JOIN (SELECT l.case_id, c.level, `+sums+`
		           FROM ledger l JOIN cases c ON c.id = l.case_id WHERE l.programme_id = @programme GROUP BY 1, 2) AS h
		       ON h.level = v.level
		GROUP BY v.level, v.n ORDER BY v.n`,
		pgx.NamedArgs{"programme": programme, "today": today, "levels": discharge.Levels()})
}

// addSubDistricts compares what each sub-district holds with its share of the care line.
func (b *Budget) addSubDistricts(ctx context.Context, tx pgx.Tx, p Programme) error {
	if p.SubDistricts == 0 {
		return nil
	}
	list, err := municipalities(ctx, tx)
	if err != nil {
		return err
	}
	var planned int64
	for _, l := range b.Lines {
		if l.ID == p.CareLine {
			planned = l.PlannedCents
		}
	}
	shares, complete := bySubDistrict(planned, list)
	b.SplitComplete = complete
	held, err := rows[SubDistrictBudget](ctx, tx, `
		SELECT coalesce(m.sub_district, 0) AS sub_district, `+sums+`
		FROM ledger l LEFT JOIN municipalities m ON m.istat = l.municipality_istat
		WHERE l.programme_id = $1 AND l.line_id = $2 GROUP BY 1`, p.ID, p.CareLine)
	if err != nil {
		return err
	}
	for n := range p.SubDistricts + 1 {
		d := SubDistrictBudget{SubDistrict: n}
		for _, h := range held {
			if h.SubDistrict == n {
				d.ReservedCents, d.SpentCents = h.ReservedCents, h.SpentCents
			}
		}
		for _, s := range shares {
			if s.SubDistrict == n && complete {
				d.ShareCents = s.Cents
			}
		}
		d.ResidualCents = d.ShareCents - d.ReservedCents - d.SpentCents
		b.SubDistricts = append(b.SubDistricts, d)
	}
	return nil
}

// reached counts distinct people, not cases: by tax code, otherwise by names and birth date.
func reached(ctx context.Context, q querier, programme string) (Targets, error) {
	return row[Targets](ctx, q, `
		SELECT count(DISTINCT who) AS people, count(DISTINCT who) FILTER (WHERE precarious) AS precarious
		FROM (SELECT coalesce(pt.tax_code, pt.other_code, pt.search || ' ' || coalesce(pt.birth_date::text, '')) AS who,
		             c.housing IN ('precarious', 'homeless') AS precarious
		      FROM cases c JOIN patients pt ON pt.case_id = c.id
		      WHERE c.programme_id = $1 AND c.start_on IS NOT NULL AND c.state <> 'cancelled') AS served`, programme)
}

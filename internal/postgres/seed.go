package postgres

import (
	"bytes"
	"context"
	_ "embed" // the municipalities
	"encoding/csv"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"

	"dimissioni/internal/calendar"
	"dimissioni/internal/discharge"
)

//go:embed data/comuni_cremasco.csv
var municipalitiesCSV []byte

// seedLock keeps two processes that start together from seeding at once.
const seedLock = 20261121

// SeedProgrammes makes the two programmes with their lines and level amounts, and the 48 municipalities, as the source
// documents say. What is there already stays as people have set it.
func (s *Store) SeedProgrammes(ctx context.Context) error {
	err := s.inTx(ctx, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, `SELECT pg_advisory_xact_lock($1)`, seedLock); err != nil {
			return err
		}
		for _, p := range seedProgrammes() {
			if err := p.insert(ctx, tx); err != nil {
				return fmt.Errorf("%s: %w", p.ID, err)
			}
		}
		return seedMunicipalities(ctx, tx)
	})
	if err != nil {
		return fmt.Errorf("seed programmes: %w", err)
	}
	return nil
}

type seedProgramme struct {
	Programme
	lines []LineBudget
}

// seedProgrammes are dp-cremasco and domicilio-anziani. DOMAIN, Programmes.
func seedProgrammes() []seedProgramme {
	dp := discharge.DefaultRules()
	dp.EndsOn = calendar.NewDate(2026, time.March, 31)
	da := discharge.HomeServicesRules()
	return []seedProgramme{
		{
			Programme{
				ID: dp.Programme, Name: "Dimissioni protette del distretto cremasco", CodePrefix: "DP",
				CUP: "D34H22000500007", StartsOn: calendar.NewDate(2024, time.November, 1), EndsOn: dp.EndsOn, Rules: dp,
				Targets: Targets{People: 63, Precarious: 13}, CareLine: "percorso",
				OtherDistrictName: "Comune di Cremona, dimissioni protette",
			},
			[]LineBudget{
				{ID: "coordinamento", Name: "Coordinamento", PlannedCents: 15_000_00},
				{ID: "equipe", Name: "Équipe multidisciplinari", PlannedCents: 11_000_00},
				{ID: "formazione", Name: "Formazione degli operatori", PlannedCents: 9_000_00},
				{ID: "percorso", Name: "Percorsi di dimissione protetta", PlannedCents: 130_000_00},
			},
		},
		{
			Programme{
				ID: da.Programme, Name: "Servizi domiciliari per anziani", CodePrefix: "DA", Rules: da, CareLine: "percorso",
				SubDistricts: 6,
			},
			[]LineBudget{{ID: "percorso", Name: "Servizi domiciliari", PlannedCents: 300_000_00}},
		},
	}
}

// demoAmounts are ours [D]: the sources give none, and the steering committee decides others.
var demoAmounts = map[discharge.Level]int64{
	discharge.LevelLight: 1_200_00, discharge.LevelModerate: 2_000_00, discharge.LevelHigh: 3_000_00,
}

func (p seedProgramme) insert(ctx context.Context, tx pgx.Tx) error {
	tag, err := tx.Exec(ctx, `
		INSERT INTO programmes (id, name, code_prefix, cup, starts_on, ends_on, rules, targets, care_line, sub_districts,
		                        other_district_name)
		VALUES (@id, @name, @prefix, @cup, @starts, @ends, @rules, @targets, @line, @districts, @other)
		ON CONFLICT (id) DO NOTHING`,
		pgx.NamedArgs{
			"id": p.ID, "name": p.Name, "prefix": p.CodePrefix, "cup": null(p.CUP), "starts": p.StartsOn,
			"ends": p.EndsOn, "rules": asJSON(p.Rules), "targets": asJSON(p.Targets), "line": p.CareLine,
			"districts": p.SubDistricts, "other": null(p.OtherDistrictName),
		})
	if err != nil || tag.RowsAffected() == 0 {
		return err
	}
	for i, l := range p.lines {
		_, err := tx.Exec(ctx, `
			INSERT INTO budget_lines (programme_id, id, name, position, planned_cents) VALUES ($1, $2, $3, $4, $5)`,
			p.ID, l.ID, l.Name, i+1, l.PlannedCents)
		if err != nil {
			return err
		}
	}
	for _, level := range discharge.Levels() {
		_, err := tx.Exec(ctx, `
			INSERT INTO level_amounts (programme_id, level, effective_on, amount_cents, decided_by)
			VALUES ($1, $2, '2024-11-01', $3, 'Valore iniziale, da confermare dalla cabina di regia')`,
			p.ID, level, demoAmounts[level])
		if err != nil {
			return err
		}
	}
	return nil
}

func seedMunicipalities(ctx context.Context, tx pgx.Tx) error {
	lines, err := csv.NewReader(bytes.NewReader(municipalitiesCSV)).ReadAll()
	if err != nil {
		return fmt.Errorf("read municipalities: %w", err)
	}
	for _, l := range lines[1:] {
		census, err1 := strconv.Atoi(l[4])
		residents, err2 := strconv.Atoi(l[5])
		if err := errors.Join(err1, err2); err != nil {
			return fmt.Errorf("read municipalities: %w", err)
		}
		_, err := tx.Exec(ctx, `
			INSERT INTO municipalities (istat, name, cadastral, cap, population_2011, population_2021)
			VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (istat) DO NOTHING`, l[0], l[1], l[2], l[3], census, residents)
		if err != nil {
			return err
		}
	}
	return nil
}

package postgres

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"
)

// SplitYear is the year of the residents that shares are computed on.
const SplitYear = 2021

// Share is what a municipality or a sub-district gets of a sum, in proportion to its residents.
type Share struct {
	SubDistrict int    // 0: not said
	ISTAT       string // empty for a sub-district
	Name        string // empty for a sub-district
	Population  int
	Cents       int64
}

// Split is a programme's care line divided among residents, to the cent.
type Split struct {
	Year           int
	TotalCents     int64
	Complete       bool // every municipality has its sub-district: the shares count at admission
	SubDistricts   []Share
	Municipalities []Share
}

// Split divides the care line of a programme among sub-districts, as far as they are known, and municipalities.
func (s *Store) Split(ctx context.Context, programme string) (Split, error) {
	split := Split{Year: SplitYear}
	err := s.pool.QueryRow(ctx, `
		SELECT l.planned_cents FROM programmes p
		JOIN budget_lines l ON l.programme_id = p.id AND l.id = p.care_line WHERE p.id = $1`, programme).
		Scan(&split.TotalCents)
	if errors.Is(err, pgx.ErrNoRows) {
		return Split{}, errNoProgramme()
	}
	if err != nil {
		return Split{}, fmt.Errorf("read care line: %w", err)
	}
	list, err := municipalities(ctx, s.pool)
	if err != nil {
		return Split{}, err
	}
	split.SubDistricts, split.Complete = bySubDistrict(split.TotalCents, list)
	split.Municipalities = byMunicipality(split.TotalCents, list)
	return split, nil
}

// bySubDistrict shares a sum among the sub-districts. While a municipality has none the shares are of those that
// have one, and do not count: complete is false.
func bySubDistrict(total int64, list []Municipality) (shares []Share, complete bool) {
	complete = len(list) > 0
	for _, m := range list {
		if m.SubDistrict == nil {
			complete = false
			continue
		}
		i := slices.IndexFunc(shares, func(s Share) bool { return s.SubDistrict == *m.SubDistrict })
		if i < 0 {
			i, shares = len(shares), append(shares, Share{SubDistrict: *m.SubDistrict})
		}
		shares[i].Population += m.Population2021
	}
	slices.SortFunc(shares, func(a, b Share) int { return cmp.Compare(a.SubDistrict, b.SubDistrict) })
	divide(total, shares)
	return shares, complete
}

func byMunicipality(total int64, list []Municipality) []Share {
	shares := make([]Share, len(list))
	for i, m := range list {
		shares[i] = Share{ISTAT: m.ISTAT, Name: m.Name, Population: m.Population2021}
		if m.SubDistrict != nil {
			shares[i].SubDistrict = *m.SubDistrict
		}
	}
	divide(total, shares)
	return shares
}

// divide fills in the cents by the largest remainder: everybody gets the whole part, and the cents left over go one
// each to the largest remainders; of two equal, to the more populous, then to the first in the list.
func divide(total int64, shares []Share) {
	var people int64
	for _, s := range shares {
		people += int64(s.Population)
	}
	if people == 0 {
		return
	}
	left := total
	order := make([]int, len(shares))
	remainder := make([]int64, len(shares))
	for i, s := range shares {
		part := total * int64(s.Population) // fits for any sum below 500 billion euro
		shares[i].Cents, remainder[i], order[i] = part/people, part%people, i
		left -= shares[i].Cents
	}
	slices.SortStableFunc(order, func(a, b int) int {
		return cmp.Or(cmp.Compare(remainder[b], remainder[a]), cmp.Compare(shares[b].Population, shares[a].Population))
	})
	for _, i := range order[:left] {
		shares[i].Cents++
	}
}

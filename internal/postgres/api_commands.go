package postgres

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
)

// RepeatedCommand finds a command that was done before with the same actor, route, key and body: what its actor may
// hear again also when the case has gone out of sight since. None is false.
func (s *Store) RepeatedCommand(ctx context.Context, in NewCommand) (StoredCommand, bool, error) {
	body, err := canonical(in.Body)
	if err != nil || in.Key == "" {
		return StoredCommand{}, false, nil //nolint:nilerr // a body that is not JSON was never stored
	}
	var id string
	err = s.pool.QueryRow(ctx, `
		SELECT id FROM commands
		WHERE actor_id = @actor AND route = @route AND key_hash = @key AND body_hash = @hash AND status = 'done'`,
		pgx.NamedArgs{
			"actor": in.ActorID, "route": in.Route, "key": hashOf(in.Key), "hash": hashOf(string(body)),
		}).Scan(&id)
	if errors.Is(err, pgx.ErrNoRows) {
		return StoredCommand{}, false, nil
	}
	if err != nil {
		return StoredCommand{}, false, fmt.Errorf("find repeated command: %w", err)
	}
	found, err := s.Command(ctx, id)
	return found, err == nil, err
}

// SettleFact marks a command as done that no workflow decides: a record of care.
func (s *Store) SettleFact(ctx context.Context, commandID string) error {
	err := s.inTx(ctx, func(tx pgx.Tx) error { return settleCommand(ctx, tx, commandID, "", 0) })
	if err != nil {
		return fmt.Errorf("settle fact: %w", err)
	}
	return nil
}

// SubDistrictCases counts the cases that hold money by sub-district; 0 is not known.
func (s *Store) SubDistrictCases(ctx context.Context, programme string) (map[int]int, error) {
	type count struct {
		SubDistrict int
		N           int
	}
	list, err := rows[count](ctx, s.pool, `
		SELECT coalesce(m.sub_district, 0) AS sub_district, count(DISTINCT h.case_id) AS n
		FROM (SELECT DISTINCT case_id, municipality_istat FROM ledger WHERE programme_id = $1) AS h
		LEFT JOIN municipalities m ON m.istat = h.municipality_istat GROUP BY 1`, programme)
	if err != nil {
		return nil, fmt.Errorf("count cases by sub-district: %w", err)
	}
	counts := make(map[int]int, len(list))
	for _, c := range list {
		counts[c.SubDistrict] = c.N
	}
	return counts, nil
}

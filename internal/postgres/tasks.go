package postgres

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"

	"dimissioni/internal/calendar"
	"dimissioni/internal/discharge"
)

// TaskCase is a case that may ask something of somebody, with what bears on it and is not in it.
type TaskCase struct {
	CaseSummary
	FailedMails int
	FundsFree   bool
}

// Aside is what discharge.Case.Tasks wants to know besides the case.
func (c TaskCase) Aside() discharge.Aside {
	return discharge.Aside{FailedMails: c.FailedMails, FundsFree: c.FundsFree}
}

// TaskCases lists, of the cases in the scopes, those that are under way, those that have ended and still wait for a word,
// and those with a message that did not arrive. Pages, digest and API ask the rules what each of them asks of whom. On
// is the day of the amounts.
func (s *Store) TaskCases(ctx context.Context, scopes []Scope, on calendar.Date) ([]TaskCase, error) {
	where, args := CaseFilter{Scopes: scopes}.where()
	args["final"] = slices.DeleteFunc(discharge.States(), func(state discharge.State) bool { return !state.Final() })
	args["waiting"] = []discharge.Flag{discharge.FlagOutcomePending, discharge.FlagNoHandover}
	list, err := rows[TaskCase](ctx, s.pool, `
		SELECT `+summaryColumns+`, coalesce(f.n, 0)::int AS failed_mails FROM cases c
		JOIN patients pt ON pt.case_id = c.id
		LEFT JOIN (SELECT case_id, count(*) AS n FROM notifications WHERE status = 'failed' GROUP BY 1) f ON f.case_id = c.id
		WHERE `+strings.Join(where, " AND ")+`
		  AND (NOT c.state = ANY(@final) OR c.flags && @waiting OR f.n > 0)
		ORDER BY c.submitted_at, c.id`, args)
	if err != nil {
		return nil, fmt.Errorf("list cases with tasks: %w", err)
	}
	return list, s.tellFunds(ctx, list, on)
}

// tellFunds marks the waitlisted cases whose turn has come and whose money is there.
func (s *Store) tellFunds(ctx context.Context, list []TaskCase, on calendar.Date) error {
	var programmes []string
	for _, c := range list {
		if c.State == discharge.StateWaitlisted && !slices.Contains(programmes, c.ProgrammeID) {
			programmes = append(programmes, c.ProgrammeID)
		}
	}
	for _, programme := range programmes {
		next, err := s.nextAdmitted(ctx, programme, on)
		if err != nil {
			return err
		}
		for i := range list {
			list[i].FundsFree = list[i].FundsFree || slices.Contains(next, list[i].ID)
		}
	}
	return nil
}

// nextAdmitted are the first cases of the waitlist whose money is there: one of the line or, once it is split, one of
// each share.
func (s *Store) nextAdmitted(ctx context.Context, programme string, on calendar.Date) ([]string, error) {
	var next []string
	err := s.inTx(ctx, func(tx pgx.Tx) error {
		line, err := careLineOf(ctx, tx, programme, "")
		if err != nil {
			return err
		}
		list, err := waitlist(ctx, tx, programme, "")
		if err != nil {
			return err
		}
		amounts, err := levelAmounts(ctx, tx, programme, on)
		if err != nil {
			return err
		}
		served := map[int]bool{}
		for _, w := range list {
			share := line.districts[w.ISTAT]
			if cents, ok := amountOf(amounts, w.Level); ok && !served[share] && line.fits(cents, place{w.ISTAT, w.Housing}) {
				served[share] = true
				next = append(next, w.ID)
			}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("find next of waitlist: %w", err)
	}
	return next, nil
}

// UnverifiedPhysicians counts the addresses that nobody has verified: no mail goes there.
func (s *Store) UnverifiedPhysicians(ctx context.Context) (int, error) {
	var n int
	err := s.pool.QueryRow(ctx, `SELECT count(*) FROM physicians WHERE verified_at IS NULL`).Scan(&n)
	if err != nil {
		return 0, fmt.Errorf("count physicians: %w", err)
	}
	return n, nil
}

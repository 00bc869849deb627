package postgres

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"dimissioni/internal/calendar"
	"dimissioni/internal/discharge"
)

// waitlistOrder is who comes first when money is short: already home, then the nearest discharge, then urgency,
// then arrival. DOMAIN, Money.
const waitlistOrder = "c.already_home DESC, c.expected_on NULLS LAST, c.urgent DESC, c.submitted_at, c.id"

// waiting is a case in the order of the waitlist.
type waiting struct {
	ID      string
	Code    string
	State   discharge.State
	Level   discharge.Level
	ISTAT   string
	Housing string
}

// waitlist lists the waitlisted cases of a programme in order, and among them the case that asks, if any.
func waitlist(ctx context.Context, q querier, programme, caseID string) ([]waiting, error) {
	list, err := rows[waiting](ctx, q, `
		SELECT c.id, c.code, c.state, coalesce(c.level, '') AS level, `+countingISTAT+` AS istat,
		       coalesce(c.housing, '') AS housing
		FROM cases c WHERE c.programme_id = $1 AND c.state = 'waitlisted' OR c.id = nullif($2, '')::uuid
		ORDER BY `+waitlistOrder, programme, caseID)
	if err != nil {
		return nil, fmt.Errorf("read waitlist: %w", err)
	}
	return list, nil
}

// skips refuses an admission that overtakes a waitlisted case whose money is there, unless a reason was given.
func (r *recording) skips(ctx context.Context, events []discharge.Event) (*discharge.Error, error) {
	i := slices.IndexFunc(events, func(e discharge.Event) bool { return e.Kind == discharge.Admitted })
	if i < 0 || events[i].Facts.HasReason || r.cmd.Facts.HasReason {
		return nil, nil //nolint:nilnil // nobody is overtaken: there is nothing to refuse
	}
	first, err := r.firstWaiting(ctx, events[i].On, r.before.ID)
	if err != nil || first == nil || first.ID == r.before.ID {
		return nil, err
	}
	return discharge.Invalid("reason", "required", "La pratica "+first.Code+
		" viene prima in lista d'attesa e i fondi le basterebbero: per ammettere questa scriva il motivo."), nil
}

// levelAmounts are the amounts in force on a day, of the levels that have one.
func levelAmounts(ctx context.Context, q querier, programme string, on calendar.Date) (map[discharge.Level]int64, error) {
	amounts := map[discharge.Level]int64{}
	for _, level := range discharge.Levels() {
		var refused *discharge.Error
		cents, err := levelAmount(ctx, q, programme, level, on)
		if errors.As(err, &refused) {
			continue
		}
		if err != nil {
			return nil, err
		}
		amounts[level] = cents
	}
	return amounts, nil
}

// firstWaiting is the first case of the waitlist whose money is there, or the one that asks, if its turn comes
// before; nil when there is none. Once the line is split, only cases of the same share compete.
func (r *recording) firstWaiting(ctx context.Context, on calendar.Date, asking string) (*waiting, error) {
	list, err := waitlist(ctx, r.tx, r.line.ProgrammeID, asking)
	if err != nil {
		return nil, err
	}
	amounts, err := levelAmounts(ctx, r.tx, r.line.ProgrammeID, on)
	if err != nil {
		return nil, err
	}
	for _, w := range list {
		if !r.line.sameShare(w.ISTAT, r.place.ISTAT) {
			continue
		}
		if w.ID == asking {
			return &w, nil
		}
		if cents, ok := amountOf(amounts, w.Level); ok && r.line.fits(cents, place{w.ISTAT, w.Housing}) {
			return &w, nil
		}
	}
	return nil, nil //nolint:nilnil // an empty waitlist is no error
}

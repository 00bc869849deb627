package postgres

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"dimissioni/internal/calendar"
	"dimissioni/internal/discharge"
)

// choose takes the decision's events when the line can bear their money, otherwise its alternative. It stamps the
// events and fills in the amounts. From here on the line is locked, after the case: always in this order.
func (r *recording) choose(ctx context.Context, d discharge.Decision) ([]discharge.Event, *discharge.Error, error) {
	events := r.stamp(d.Events)
	if !moves(events) {
		return events, nil, nil
	}
	var err error
	if r.line, err = lockCareLine(ctx, r.tx, r.before.Rules.Programme); err != nil {
		return nil, nil, err
	}
	if r.place, err = placeOf(ctx, r.tx, r.before.ID); err != nil {
		return nil, nil, err
	}
	need, err := r.fill(ctx, events)
	var refused *discharge.Error
	if errors.As(err, &refused) {
		return nil, refused, nil
	}
	if err != nil {
		return nil, nil, err
	}
	if need > 0 && !r.line.fits(need, r.place) {
		refusal := d.NoMoney
		if refusal == nil && len(d.Alternative) == 0 {
			refusal = discharge.Refuse(discharge.KindBudgetExhausted, "I fondi della linea non bastano.")
		}
		return r.stamp(d.Alternative), refusal, nil
	}
	if refusal, err := r.skips(ctx, events); refusal != nil || err != nil {
		return nil, refusal, err
	}
	return events, nil, nil
}

// moves reports whether an event touches the ledger.
func moves(events []discharge.Event) bool {
	for _, e := range events {
		if e.Facts.Money != nil {
			return true
		}
	}
	return false
}

// fill completes the amounts, as discharge.Money says, and gives what the events ask of the line together.
func (r *recording) fill(ctx context.Context, events []discharge.Event) (int64, error) {
	var need int64
	c := r.before
	for i, e := range events {
		if e.Facts.Money != nil {
			m := *e.Facts.Money // the decision's own stays as it was
			if m.Level != "" && (m.AmountCents == 0 || m.Entry == discharge.EntryAdjust) {
				amount, err := levelAmount(ctx, r.tx, r.line.ProgrammeID, m.Level, e.On)
				if err != nil {
					return 0, err
				}
				if m.Entry == discharge.EntryAdjust {
					amount -= c.ReservedCents
				}
				m.AmountCents = amount
			}
			events[i].Facts.Money = &m
			need += effect(m)
		}
		c = c.Apply(events[i])
	}
	return need, nil
}

// effect is what an entry takes from the line; negative when money comes back.
func effect(m discharge.Money) int64 {
	if m.Entry == discharge.EntryRelease {
		return -m.AmountCents
	}
	return m.AmountCents
}

// levelAmount is the care budget of a level in force on a day; before the first decision, the first. A level that
// nobody has decided on is a *discharge.Error.
func levelAmount(ctx context.Context, q querier, programme string, level discharge.Level, on calendar.Date) (int64, error) {
	var cents int64
	err := q.QueryRow(ctx, `
		SELECT amount_cents FROM level_amounts
		WHERE programme_id = @programme AND level = @level
		ORDER BY effective_on <= @on::date DESC,
		         CASE WHEN effective_on <= @on::date THEN effective_on END DESC, effective_on
		LIMIT 1`, pgx.NamedArgs{"programme": programme, "level": level, "on": on}).Scan(&cents)
	if errors.Is(err, pgx.ErrNoRows) {
		return 0, discharge.Invalid("level", "not_applicable",
			"La cabina di regia non ha ancora deciso l'importo di questo livello.")
	}
	if err != nil {
		return 0, fmt.Errorf("find level amount: %w", err)
	}
	return cents, nil
}

// enterMoney writes the ledger. A share of a partner that leaves goes to its name; what has no partner follows
// whoever serves the case.
func (r *recording) enterMoney(ctx context.Context, events []discharge.Event) error {
	for _, e := range events {
		m := e.Facts.Money
		if m == nil {
			continue
		}
		share := int64(0)
		if m.ShareOf != "" {
			share = m.ShareCents
		}
		for _, entry := range []struct {
			partner string
			cents   int64
		}{{"", effect(*m) - share}, {m.ShareOf, share}} {
			if entry.cents == 0 {
				continue
			}
			if err := r.enter(ctx, e, m.Entry, entry.partner, entry.cents); err != nil {
				return err
			}
		}
		r.line.take(effect(*m), r.place)
	}
	return nil
}

func (r *recording) enter(ctx context.Context, e discharge.Event, entry discharge.Entry, partner string, cents int64) error {
	_, err := r.tx.Exec(ctx, `
		INSERT INTO ledger (programme_id, line_id, case_id, event_seq, entry, amount_cents, partner_id,
		                    municipality_istat, at, on_date)
		VALUES (@programme, @line, @case, @seq, @entry, @cents, @partner, @istat, @at, @on)`,
		pgx.NamedArgs{
			"programme": r.line.ProgrammeID, "line": r.line.LineID, "case": r.before.ID, "seq": e.Seq, "entry": entry,
			"cents": cents, "partner": null(partner), "istat": null(r.place.ISTAT), "at": r.now, "on": e.On,
		})
	if err != nil {
		return fmt.Errorf("enter %s in ledger: %w", entry, err)
	}
	return nil
}

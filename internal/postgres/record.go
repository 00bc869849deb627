package postgres

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"dimissioni/internal/discharge"
)

// Recorded is what Record found or did.
type Recorded struct {
	// Events is everything past `after`, as stored: what the workflow applies.
	Events []discharge.Event
	// Applied says that this command or decision is settled, now or since before. False: the case had moved on,
	// nothing was stored, and the workflow applies Events and decides again.
	Applied bool
	// Refusal is the answer to a command that was judged and refused under lock (no money, an order skipped without a
	// reason); Events may still hold what was recorded instead, a draft.
	Refusal *discharge.Error
	// NextMailAt is the earliest instant, by the case's clock, at which a queued mail of the case may go; zero when
	// none is queued.
	NextMailAt time.Time
}

// Record makes a decision part of the case, in one transaction: events, ledger, texts, queued mails, the read model
// and the command's answer. The caller has seen the case's events up to after and decided at now, the case's clock.
//
// A command already recorded changes nothing and gives the same answer again. When the case has moved past after,
// nothing is stored. Money is looked at under the line's lock: when it does not suffice the decision's alternative
// is recorded, or nothing, and Refusal says why. Errors are of the infrastructure: the caller tries again.
func (s *Store) Record(
	ctx context.Context, caseID string, after int, now time.Time, cmd discharge.Command, d discharge.Decision,
) (Recorded, error) {
	var out Recorded
	err := s.inTx(ctx, func(tx pgx.Tx) error {
		c, err := lockCase(ctx, tx, caseID)
		if err != nil {
			return err
		}
		if out, err = recordedBefore(ctx, tx, c, after, cmd.ID); err != nil || out.Applied || c.Version > after {
			return err
		}
		if c.Version < after {
			return fmt.Errorf("case is at version %d, the caller at %d", c.Version, after)
		}
		// Postgres keeps microseconds: what is applied now must equal what is read later.
		r := &recording{Store: s, tx: tx, before: c, now: now.UTC().Truncate(time.Microsecond), cmd: cmd}
		out, err = r.record(ctx, d)
		return err
	})
	if err != nil {
		return Recorded{}, fmt.Errorf("record: %w", err)
	}
	return out, nil
}

// Load reads the events of a case and when its next mail may go. A case without events is a *discharge.Error
// not_found.
func (s *Store) Load(ctx context.Context, caseID string) ([]discharge.Event, time.Time, error) {
	if !isID(caseID) {
		return nil, time.Time{}, errNoCase()
	}
	events, err := eventsAfter(ctx, s.pool, caseID, 0)
	if err != nil {
		return nil, time.Time{}, fmt.Errorf("load case: %w", err)
	}
	if len(events) == 0 {
		return nil, time.Time{}, errNoCase()
	}
	next, err := nextMailAt(ctx, s.pool, caseID)
	if err != nil {
		return nil, time.Time{}, fmt.Errorf("load case: %w", err)
	}
	return events, next, nil
}

// lockCase holds the case until the transaction ends. The lock lets foreign keys to the case be checked meanwhile.
func lockCase(ctx context.Context, tx pgx.Tx, caseID string) (discharge.Case, error) {
	if !isID(caseID) {
		return discharge.Case{}, errNoCase()
	}
	var c discharge.Case
	err := tx.QueryRow(ctx, `SELECT snapshot FROM cases WHERE id = $1 FOR NO KEY UPDATE`, caseID).Scan(&c)
	if errors.Is(err, pgx.ErrNoRows) {
		return c, errNoCase()
	}
	if err != nil {
		return c, fmt.Errorf("lock case: %w", err)
	}
	return c, nil
}

// recordedBefore tells whether the command is already settled and, then or when the case has moved on, what is past
// `after`. A case that is as the caller saw it has nothing to tell.
func recordedBefore(ctx context.Context, tx pgx.Tx, c discharge.Case, after int, commandID string) (Recorded, error) {
	out, err := settledBefore(ctx, tx, c.ID, commandID)
	if err != nil || !out.Applied && c.Version <= after {
		return out, err
	}
	if out.Events, err = eventsAfter(ctx, tx, c.ID, after); err != nil {
		return Recorded{}, err
	}
	out.NextMailAt, err = nextMailAt(ctx, tx, c.ID)
	return out, err
}

// settledBefore tells whether a command was recorded or refused before.
func settledBefore(ctx context.Context, tx pgx.Tx, caseID, commandID string) (Recorded, error) {
	var out Recorded
	if commandID == "" {
		return out, nil
	}
	err := tx.QueryRow(ctx, `SELECT EXISTS (SELECT FROM events WHERE command_id = $1 AND case_id = $2)`,
		commandID, caseID).Scan(&out.Applied)
	if err != nil {
		return Recorded{}, fmt.Errorf("look for command: %w", err)
	}
	stored, err := findCommand(ctx, tx, commandID)
	if errors.Is(err, pgx.ErrNoRows) {
		return out, nil // one of the product's own
	}
	if err != nil {
		return Recorded{}, err
	}
	out.Applied = out.Applied || stored.Status != CommandPending
	out.Refusal = stored.Refusal
	return out, nil
}

// recording is one decision on its way into the database.
type recording struct {
	*Store
	tx     pgx.Tx
	before discharge.Case
	after  discharge.Case // with the decision; known once there are messages to queue
	now    time.Time
	cmd    discharge.Command
	body   []byte    // the command's, with its texts; empty for the product's own commands
	line   *careLine // locked, when the decision moves money
	place  place     // whose share the money is of
}

// record stores the decision; the case is locked and at the version that the caller has seen.
func (r *recording) record(ctx context.Context, d discharge.Decision) (Recorded, error) {
	var err error
	if r.body, err = commandBody(ctx, r.tx, r.cmd.ID); err != nil {
		return Recorded{}, err
	}
	events, refusal, err := r.choose(ctx, d)
	if err != nil {
		return Recorded{}, err
	}
	var refused *discharge.Error
	if err := r.takeTexts(ctx, events); errors.As(err, &refused) {
		events, refusal = nil, refused
	} else if err != nil {
		return Recorded{}, err
	}
	next, err := r.store(ctx, events)
	if err != nil {
		return Recorded{}, err
	}
	if err := r.answer(ctx, len(events), refusal); err != nil {
		return Recorded{}, err
	}
	return Recorded{Events: events, Applied: true, Refusal: refusal, NextMailAt: next}, nil
}

// store writes the events and all that follows from them, and tells when the next mail may go.
func (r *recording) store(ctx context.Context, events []discharge.Event) (nextMailAt time.Time, err error) {
	after := r.before
	for _, e := range events {
		after = after.Apply(e)
	}
	if err := insertEvents(ctx, r.tx, r.before.ID, events); err != nil {
		return time.Time{}, err
	}
	if err := r.enterMoney(ctx, events); err != nil {
		return time.Time{}, err
	}
	if err := r.keepPlans(ctx, after, events); err != nil {
		return time.Time{}, err
	}
	if err := r.keepDischarge(ctx, events); err != nil {
		return time.Time{}, err
	}
	if err := r.keepWrongDeliveries(ctx, events); err != nil {
		return time.Time{}, err
	}
	if err := r.notify(ctx, after, events); err != nil {
		return time.Time{}, err
	}
	return r.updateCase(ctx, after)
}

// stamp gives the events their place: sequence, instant, default day.
func (r *recording) stamp(events []discharge.Event) []discharge.Event {
	stamped := make([]discharge.Event, len(events))
	for i, e := range events {
		e.Seq = r.before.Version + i + 1
		e.At = r.now
		if e.On.IsZero() {
			e.On = r.before.Today(r.now)
		}
		stamped[i] = e
	}
	return stamped
}

// answer settles the command's row; the product's own commands have none.
func (r *recording) answer(ctx context.Context, recorded int, refusal *discharge.Error) error {
	if refusal != nil {
		return refuse(ctx, r.tx, r.cmd.ID, refusal)
	}
	return settleCommand(ctx, r.tx, r.cmd.ID, r.before.ID, r.before.Version+recorded)
}

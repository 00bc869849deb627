package activities

import (
	"context"
	"time"

	"dimissioni/internal/discharge"
	"dimissioni/internal/engine"
)

// Load reads what Postgres knows of a case past a version, and acknowledges that version. A case that does not exist
// has no events.
func (a *Activities) Load(ctx context.Context, in engine.LoadRequest) (engine.Loaded, error) {
	events, next, err := a.Store.Load(ctx, in.CaseID)
	if discharge.KindOf(err) == discharge.KindNotFound {
		return engine.Loaded{}, nil
	}
	if err != nil {
		return engine.Loaded{}, stumble(ctx, "load case", err)
	}
	summary, err := a.Store.Summary(ctx, in.CaseID)
	if err != nil {
		return engine.Loaded{}, stumble(ctx, "load case", err)
	}
	if in.After > 0 {
		if err := a.Store.Acknowledge(ctx, in.CaseID, in.After); err != nil {
			return engine.Loaded{}, stumble(ctx, "acknowledge case", err)
		}
	}
	out := engine.Loaded{Events: past(events, in.After), NextMailAt: next}
	if summary.ClockOffsetMS != 0 {
		out.Now = summary.Now(time.Now()).UTC()
	}
	return out, nil
}

// past are the events after a version.
func past(events []discharge.Event, version int) []discharge.Event {
	for i, e := range events {
		if e.Seq > version {
			return events[i:]
		}
	}
	return nil
}

// Record stores a decision, or says what the workflow does not know yet. See postgres.Store.Record.
func (a *Activities) Record(ctx context.Context, in engine.RecordRequest) (engine.Recorded, error) {
	out, err := a.Store.Record(ctx, in.CaseID, in.After, in.Now, in.Command, in.Decision)
	if err != nil {
		return engine.Recorded{}, stumble(ctx, "record", err)
	}
	return engine.Recorded{
		Events: out.Events, Applied: out.Applied, Refusal: out.Refusal, NextMailAt: out.NextMailAt,
	}, nil
}

// Refuse stores the refusal of a command that was sent without waiting.
func (a *Activities) Refuse(ctx context.Context, in engine.RefuseRequest) error {
	if err := a.Store.Refuse(ctx, in.CommandID, in.Refusal); err != nil {
		return stumble(ctx, "store refusal", err)
	}
	return nil
}

package workflows

import (
	"errors"
	"time"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"dimissioni/internal/discharge"
	"dimissioni/internal/engine"
)

var errStalled = errors.New("record stored nothing and had no news")

// durably runs an activity on Postgres: as a local one for some seconds, which costs one event, and when Postgres is
// away as a normal one, for as long as it takes. An error means that the answer could not be understood.
func durably(ctx workflow.Context, activity, request, result any) error {
	local := workflow.WithLocalActivityOptions(ctx, workflow.LocalActivityOptions{
		ScheduleToCloseTimeout: 10 * time.Second,
		StartToCloseTimeout:    5 * time.Second,
		RetryPolicy: &temporal.RetryPolicy{
			InitialInterval: 100 * time.Millisecond, BackoffCoefficient: 2, MaximumInterval: 2 * time.Second,
		},
	})
	if err := workflow.ExecuteLocalActivity(local, activity, request).Get(local, result); err == nil {
		return nil
	}
	patient := workflow.WithActivityOptions(ctx, workflow.ActivityOptions{
		StartToCloseTimeout: 30 * time.Second,
		RetryPolicy: &temporal.RetryPolicy{
			InitialInterval: time.Second, BackoffCoefficient: 2, MaximumInterval: time.Minute,
		},
	})
	return workflow.ExecuteActivity(patient, activity, request).Get(patient, result)
}

// load makes the case what its stored events say.
func (w *walk) load(ctx workflow.Context) error {
	w.collect(ctx)
	w.poked = false // what they point at is about to be read
	var out engine.Loaded
	if err := durably(ctx, act.Load, engine.LoadRequest{CaseID: w.id}, &out); err != nil {
		return err
	}
	// A run that follows another one in training starts in the past of its case.
	if ahead := out.Now.Sub(workflow.Now(ctx)); !out.Now.IsZero() && ahead > time.Minute {
		w.ahead = ahead
	}
	w.learn(ctx, out.Events, out.NextMailAt)
	return nil
}

// refresh looks for events that Postgres has and the case has not, and reports whether there were any.
func (w *walk) refresh(ctx workflow.Context) (news bool, err error) {
	w.poked = false
	var out engine.Loaded
	request := engine.LoadRequest{CaseID: w.id, After: w.c.Version}
	if err := durably(ctx, act.Load, request, &out); err != nil {
		return false, err
	}
	w.learn(ctx, out.Events, out.NextMailAt)
	w.hurry(ctx)
	return len(out.Events) > 0, nil
}

// record stores a decision and applies what Postgres answers: never what was decided, so that a later change of the
// rules cannot change the past on replay.
func (w *walk) record(
	ctx workflow.Context, cmd discharge.Command, decision discharge.Decision, now time.Time,
) (engine.Recorded, error) {
	var out engine.Recorded
	err := durably(ctx, act.Record, engine.RecordRequest{
		CaseID: w.id, After: w.c.Version, Now: now, Command: cmd, Decision: decision,
	}, &out)
	if err != nil {
		return out, err
	}
	if !out.Applied && len(out.Events) == 0 {
		return out, errStalled
	}
	w.learn(ctx, out.Events, out.NextMailAt)
	if len(out.Events) > 0 {
		w.hurry(ctx)
	}
	return out, nil
}

// learn makes stored events part of the case.
func (w *walk) learn(ctx workflow.Context, events []discharge.Event, nextMailAt time.Time) {
	for _, e := range events {
		w.c = w.c.Apply(e)
		if e.CommandID != "" {
			w.known[e.CommandID] = true
		}
		for _, id := range e.Facts.Notifications {
			w.post.told[id] = true
		}
	}
	w.post.nextAt, w.post.news = nextMailAt, true
	w.fresh = w.fresh || !workflow.IsReplaying(ctx)
}

// published is what the search attributes say.
type published struct{ state, programme, partner string }

var (
	stateAttribute     = temporal.NewSearchAttributeKeyKeyword(engine.AttributeState)
	programmeAttribute = temporal.NewSearchAttributeKeyKeyword(engine.AttributeProgramme)
	partnerAttribute   = temporal.NewSearchAttributeKeyKeyword(engine.AttributePartner)
)

// publish tells operators where the case stands, in codes, and only when that has changed: it costs an event.
func (w *walk) publish(ctx workflow.Context) error {
	now := published{state: string(w.c.State), programme: w.c.Rules.Programme, partner: w.c.PartnerID}
	if now == w.published {
		return nil
	}
	was := w.published
	w.published = now
	updates := []temporal.SearchAttributeUpdate{stateAttribute.ValueSet(now.state)}
	if now.programme != was.programme {
		updates = append(updates, programmeAttribute.ValueSet(now.programme))
	}
	if now.partner != was.partner {
		updates = append(updates, partnerAttribute.ValueSet(now.partner))
	}
	return workflow.UpsertTypedSearchAttributes(ctx, updates...)
}

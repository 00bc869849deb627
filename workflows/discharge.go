// Package workflows holds the durable side of the product: a workflow per case, the daily digest and the
// reconciliation. The rules are in package discharge; here is only the loop around them.
//
// After the first release every change of what a workflow does needs workflow.GetVersion and a new history in
// testdata/histories. Replay compares neither the durations of timers nor the inputs of activities.
package workflows

import (
	"time"

	"go.temporal.io/sdk/workflow"

	"dimissioni/activities"
	"dimissioni/internal/discharge"
	"dimissioni/internal/engine"
)

// act names the activities; nobody stands behind it.
var act *activities.Activities

// Discharge is the life of one case, from its referral until nothing is left to do: the case has ended, its clocks
// are silent, its mails are settled and nobody waits for an answer. A later command starts a new run, which finds
// everything in Postgres. It never fails on a business outcome and never times out.
//
// One command or one tick at a time is decided by the rules, recorded in Postgres and, as recorded, made part of the
// case. Mails go out beside, in their own time.
func Discharge(ctx workflow.Context, caseID string) error {
	ctx, _ = workflow.NewDisconnectedContext(ctx) // nobody is lost: a cancellation changes nothing
	w := newWalk(caseID)
	if err := w.listen(ctx); err != nil {
		return err
	}
	if err := w.load(ctx); err != nil {
		return err
	}
	if err := rehearse(ctx); err != nil {
		return err
	}
	workflow.Go(ctx, w.postman)
	for {
		if err := w.turn(ctx); err != nil {
			return err
		}
		if w.settled(ctx) {
			if err := workflow.Await(ctx, func() bool { return workflow.AllHandlersFinished(ctx) }); err != nil {
				return err
			}
			if w.settled(ctx) {
				return nil
			}
		}
		if w.grown(ctx) {
			return workflow.NewContinueAsNewError(ctx, engine.WorkflowDischarge, caseID)
		}
		if err := w.wait(ctx); err != nil {
			return err
		}
	}
}

// walk is a case on its way and what its workflow remembers of it.
type walk struct {
	id string
	c  discharge.Case

	boxes    []box
	queue    []*order        // commands, in the order of their arrival
	known    map[string]bool // commands that are in the case
	nameless int             // signals that came without an id
	poked    bool            // somebody says that Postgres knows more
	fault    error           // the postman's; ends the run, reconcile starts another
	busy     bool            // a turn is under way: the case may be stale
	fresh    bool            // this very worker has seen Postgres; only for the validator, see judge

	ahead  time.Duration // how far the case's clock runs before the workflow's; training alone
	ticked time.Time     // everything due until then is done
	alarm  alarm

	post      post
	published published
}

func newWalk(caseID string) *walk {
	return &walk{
		id:    caseID,
		c:     discharge.Case{ID: caseID},
		known: map[string]bool{},
		busy:  true, // until the case is loaded
		post:  post{told: map[string]bool{}},
	}
}

// turn does all that there is to do now: the commands that wait, then what time has brought.
func (w *walk) turn(ctx workflow.Context) error {
	w.busy = true
	defer func() { w.busy = false }()
	if w.fault != nil {
		return w.fault
	}
	w.collect(ctx)
	if w.poked {
		if _, err := w.refresh(ctx); err != nil {
			return err
		}
	}
	for len(w.queue) > 0 {
		next := w.queue[0]
		w.queue = w.queue[1:]
		if err := w.obey(ctx, next); err != nil {
			return err
		}
		w.collect(ctx)
	}
	if err := w.tick(ctx); err != nil {
		return err
	}
	return w.publish(ctx)
}

// settled reports whether nothing is left to do for the case, now or later.
func (w *walk) settled(ctx workflow.Context) bool {
	over := w.c.State.Final() || w.c.Version == 0
	return over && w.idle() && w.post.settled() && w.nextInstant(ctx).IsZero()
}

// grown reports whether the history has become so long that the case goes on better in a new run.
func (w *walk) grown(ctx workflow.Context) bool {
	return workflow.GetInfo(ctx).GetContinueAsNewSuggested() && w.idle() && !w.post.away &&
		workflow.AllHandlersFinished(ctx)
}

// idle reports whether no command and no signal waits for its turn.
func (w *walk) idle() bool {
	return len(w.queue) == 0 && !w.poked && !w.signalled()
}

// now is the case's clock.
func (w *walk) now(ctx workflow.Context) time.Time { return workflow.Now(ctx).Add(w.ahead).UTC() }

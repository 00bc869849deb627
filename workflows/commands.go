package workflows

import (
	"fmt"
	"slices"
	"strconv"
	"time"

	"go.temporal.io/sdk/workflow"

	"dimissioni/internal/discharge"
	"dimissioni/internal/engine"
)

var system = discharge.Actor{Role: discharge.RoleSystem}

// order is a command in the queue.
type order struct {
	command discharge.Command
	async   bool // sent without waiting: a refusal must reach its sender in another way

	done    bool
	answer  engine.Answer
	refusal *discharge.Error
}

// listen takes commands from now on: as Updates, whose senders wait for the answer, and as signals.
func (w *walk) listen(ctx workflow.Context) error {
	err := workflow.SetUpdateHandlerWithOptions(ctx, engine.UpdateCommand, w.answer, workflow.UpdateHandlerOptions{
		Validator:   w.judge,
		Description: "A command of a person: discharge.Command",
	})
	if err != nil {
		return fmt.Errorf("listen to commands: %w", err)
	}
	for _, name := range append(engine.CommandSignals(), engine.SignalPoke) {
		w.boxes = append(w.boxes, box{name, workflow.GetSignalChannel(ctx, name)})
	}
	return nil
}

// judge turns a command away at the door, so that a bad or a double click leaves no trace in the history. Only when
// the case is idle and known to be as Postgres has it: a commit that a worker did not live to tell is still unknown to
// the next one, until that has seen Postgres itself. What is refused here is not remembered, and what is let in is
// judged again at its turn, so it does not matter that this depends on the worker.
func (w *walk) judge(ctx workflow.Context, cmd discharge.Command) error {
	if w.busy || !w.idle() || !w.fresh || w.known[cmd.ID] {
		return nil
	}
	if _, err := discharge.Decide(w.c, cmd, w.now(ctx)); err != nil {
		return engine.Failure(engine.AsError(err))
	}
	return nil
}

// answer queues a command and waits for its turn. It never returns an infrastructure error: the same update id would
// return it for ever.
func (w *walk) answer(ctx workflow.Context, cmd discharge.Command) (engine.Answer, error) {
	ctx, _ = workflow.NewDisconnectedContext(ctx)
	o := &order{command: cmd}
	if o.command.ID == "" {
		o.command.ID = workflow.GetCurrentUpdateInfo(ctx).ID
	}
	w.collect(ctx) // signals that came before it go first
	w.queue = append(w.queue, o)
	if err := workflow.Await(ctx, func() bool { return o.done }); err != nil {
		return engine.Answer{}, err
	}
	if o.refusal != nil {
		return engine.Answer{}, engine.Failure(o.refusal)
	}
	return o.answer, nil
}

// box is where the signals of a name arrive.
type box struct {
	name string
	workflow.ReceiveChannel
}

// collect queues the commands that came as signals, and notices pokes.
func (w *walk) collect(ctx workflow.Context) {
	for _, b := range w.boxes {
		if b.name == engine.SignalPoke {
			for b.ReceiveAsync(nil) {
				w.poked = true
			}
			continue
		}
		var cmd discharge.Command
		for b.ReceiveAsync(&cmd) {
			w.queue = append(w.queue, &order{command: w.named(ctx, cmd, b.name), async: true})
			cmd = discharge.Command{}
		}
	}
}

// named completes a command from an operator's command line, which may lack its kind and its id.
func (w *walk) named(ctx workflow.Context, cmd discharge.Command, signal string) discharge.Command {
	if cmd.Kind == "" {
		cmd.Kind = engine.KindOf(signal)
	}
	if cmd.ID == "" {
		w.nameless++
		cmd.ID = engine.DerivedID(signal, workflow.GetInfo(ctx).WorkflowExecution.RunID, strconv.Itoa(w.nameless))
	}
	return cmd
}

// signalled reports whether a signal waits to be collected.
func (w *walk) signalled() bool {
	return slices.ContainsFunc(w.boxes, func(b box) bool { return b.Len() > 0 })
}

// obey gives one command its turn.
func (w *walk) obey(ctx workflow.Context, o *order) error {
	refusal, err := w.carryOut(ctx, o.command)
	if err != nil {
		return err
	}
	if refusal != nil && o.async {
		if err := w.report(ctx, o.command, refusal); err != nil {
			return err
		}
	}
	o.refusal = refusal
	o.answer = engine.Answer{Version: w.c.Version, Now: w.now(ctx)}
	o.done = true
	return nil
}

// carryOut decides a command and records it; when the case turns out to have moved on, it decides again. The refusal
// is the rules', or that of the line that cannot bear the money.
func (w *walk) carryOut(ctx workflow.Context, cmd discharge.Command) (*discharge.Error, error) {
	for {
		now := w.now(ctx)
		if cmd.Kind == discharge.Sync && cmd.Facts.At.After(now) {
			w.ahead += cmd.Facts.At.Sub(now)
			now = w.now(ctx)
		}
		decision, refusal := w.decide(cmd, now)
		if refusal != nil {
			if news, err := w.refresh(ctx); err != nil || !news {
				return refusal, err
			}
			continue // it was judged on a stale case
		}
		out, err := w.record(ctx, cmd, decision, now)
		if err != nil || out.Applied {
			return out.Refusal, err
		}
	}
}

// decide asks the rules. For a command that is in the case already there is nothing to decide: Record has its answer.
func (w *walk) decide(cmd discharge.Command, now time.Time) (discharge.Decision, *discharge.Error) {
	switch {
	case w.c.Version == 0:
		return discharge.Decision{}, discharge.Refuse(discharge.KindNotFound, "Il caso non esiste.")
	case w.known[cmd.ID]:
		return discharge.Decision{}, nil
	}
	decision, err := discharge.Decide(w.c, cmd, now)
	if err != nil {
		return discharge.Decision{}, engine.AsError(err)
	}
	return decision, nil
}

// report tells the refusal of a command to whoever sent it without waiting: with the stored command, on the timeline
// and by mail.
func (w *walk) report(ctx workflow.Context, cmd discharge.Command, refusal *discharge.Error) error {
	err := durably(ctx, act.Refuse, engine.RefuseRequest{CommandID: cmd.ID, Refusal: refusal}, nil)
	if err != nil || w.c.Version == 0 {
		return err
	}
	_, err = w.carryOut(ctx, discharge.Command{
		ID:    engine.DerivedID("refused", cmd.ID),
		Kind:  discharge.ReportRefusal,
		Actor: system,
		Facts: discharge.Facts{Refused: cmd.Kind, ErrorKind: refusal.Kind, RefusedUserID: cmd.Actor.UserID},
	})
	return err
}

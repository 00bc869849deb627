package workflows

import (
	"fmt"
	"time"

	"go.temporal.io/sdk/workflow"

	"dimissioni/internal/discharge"
	"dimissioni/internal/engine"
)

// rounds is how often in a turn one tick may lead to the next: the cap closes the case, then the outcome is missing.
const rounds = 5

// alarm is the one timer of a case.
type alarm struct {
	at     time.Time // zero: not armed
	future workflow.Future
	cancel workflow.CancelFunc
}

func (a alarm) rings() bool { return a.future != nil && a.future.IsReady() }

// tick does what the passing of time asks for.
func (w *walk) tick(ctx workflow.Context) error {
	if w.c.Version == 0 {
		return nil
	}
	now := w.now(ctx) // once: what falls due while this turn lasts belongs to the next one
	for range rounds {
		cmd := discharge.Command{Kind: discharge.Tick, Actor: system}
		decision, err := discharge.Decide(w.c, cmd, now)
		if err != nil {
			return fmt.Errorf("tick: %w", engine.Failure(engine.AsError(err)))
		}
		if len(decision.Events) == 0 {
			break
		}
		if _, err := w.record(ctx, cmd, decision, now); err != nil {
			return err
		}
	}
	w.ticked = now
	return nil
}

// nextInstant is when the case has something to do by itself: a clock after the last tick, or a mail that may not go
// before. Zero: never. A mail that may go now is the postman's.
func (w *walk) nextInstant(ctx workflow.Context) time.Time {
	next := w.c.NextInstant(w.ticked)
	if mail := w.post.nextAt; mail.After(w.now(ctx)) && (next.IsZero() || mail.Before(next)) {
		next = mail
	}
	return next
}

// wait sleeps until the next instant, a command, a poke or the postman's return. It takes no signal out of its box: a
// selector would, before the turn of an Update that came after it.
func (w *walk) wait(ctx workflow.Context) error {
	w.arm(ctx)
	err := workflow.Await(ctx, func() bool { return !w.idle() || w.post.back || w.alarm.rings() })
	w.post.back = false
	if w.alarm.rings() {
		w.alarm = alarm{}
	}
	return err
}

// arm sets the timer, only when the instant has changed: each change costs two events of history.
func (w *walk) arm(ctx workflow.Context) {
	at := w.nextInstant(ctx)
	if at.Equal(w.alarm.at) {
		return
	}
	if w.alarm.cancel != nil {
		w.alarm.cancel()
	}
	w.alarm = alarm{at: at}
	if at.IsZero() {
		return
	}
	timer, cancel := workflow.WithCancel(ctx)
	w.alarm.cancel = cancel
	w.alarm.future = workflow.NewTimerWithOptions(timer, engine.Spread(w.id, at).Sub(w.now(ctx)),
		workflow.TimerOptions{Summary: at.Format(time.RFC3339)})
}

package workflows

import (
	"time"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"dimissioni/internal/discharge"
	"dimissioni/internal/engine"
)

const (
	// giveUpAfter is how long a mail is tried before somebody is asked to call instead.
	giveUpAfter = 72 * time.Hour
	// longestPause is the longest back-off between two attempts.
	longestPause = 6 * time.Hour
	// leastPatience is how long a delivery is tried even when its mails have waited for days already, because
	// nothing was running.
	leastPatience = 12 * time.Hour
	// silence is how long a worker that carries mails may say nothing before another one takes them: it has died.
	silence = 30 * time.Second
	// hurryAfter is how old a delivery must be for news of the case to make it start again: its next attempt may be
	// hours away.
	hurryAfter = time.Minute
)

// post is what the workflow knows of the case's mails.
type post struct {
	nextAt time.Time       // the earliest queued mail, by the case's clock; zero: none
	told   map[string]bool // the failed messages that the coordinators know of

	away   bool      // a delivery is under way
	since  time.Time // when it left
	news   bool      // Postgres was seen since it left
	recall workflow.CancelFunc
	back   bool // it has come back, and the loop has not looked yet
}

func (p *post) settled() bool { return p.nextAt.IsZero() && !p.away }

// postman carries the mails that may go, beside the loop, which never waits for a mail server.
func (w *walk) postman(ctx workflow.Context) {
	due := func() bool { return !w.post.nextAt.IsZero() && !w.post.nextAt.After(w.now(ctx)) }
	for w.fault == nil && workflow.Await(ctx, due) == nil {
		w.fault = w.deliver(ctx)
		w.post.back = true
	}
}

// deliver sends what is due and tells the loop of what could not be delivered.
func (w *walk) deliver(ctx workflow.Context) error {
	w.post.away, w.post.news, w.post.since = true, false, w.now(ctx)
	defer func() { w.post.away = false }()
	out, err := w.send(ctx)
	if temporal.IsCanceledError(err) {
		return nil // recalled: there is more to carry
	}
	if err != nil {
		before := w.now(ctx).Add(-giveUpAfter)
		out = engine.Delivered{}
		if err := durably(ctx, act.GiveUp, engine.GiveUpRequest{CaseID: w.id, Before: before}, &out); err != nil {
			return err
		}
	}
	// What Record saw meanwhile may be older or newer than what the postman saw last: never lose the earlier instant.
	if !w.post.news || w.post.nextAt.IsZero() || !out.NextMailAt.IsZero() && out.NextMailAt.Before(w.post.nextAt) {
		w.post.nextAt = out.NextMailAt
	}
	w.tell(out.Failed)
	return nil
}

// send tries, ever more rarely, until the oldest mail has waited for giveUpAfter.
func (w *walk) send(ctx workflow.Context) (engine.Delivered, error) {
	now := w.now(ctx)
	ctx, w.post.recall = workflow.WithCancel(ctx)
	ctx = workflow.WithActivityOptions(ctx, workflow.ActivityOptions{
		TaskQueue: engine.MailQueue,
		// The last attempt may come a whole pause after giveUpAfter.
		ScheduleToCloseTimeout: max(w.post.nextAt.Add(giveUpAfter+longestPause).Sub(now), leastPatience),
		StartToCloseTimeout:    10 * time.Minute,
		HeartbeatTimeout:       silence,
		WaitForCancellation:    true, // so that two deliveries never overlap
		RetryPolicy: &temporal.RetryPolicy{
			InitialInterval: 5 * time.Second, BackoffCoefficient: 2, MaximumInterval: longestPause,
		},
	})
	var out engine.Delivered
	err := workflow.ExecuteActivity(ctx, act.Deliver, engine.DeliverRequest{
		CaseID: w.id, Version: w.c.Version, Now: now, Ahead: w.ahead,
	}).Get(ctx, &out)
	return out, err
}

// hurry makes a delivery that waits for its next attempt start again, because there may be more to carry.
func (w *walk) hurry(ctx workflow.Context) {
	if w.post.away && w.now(ctx).Sub(w.post.since) > hurryAfter {
		w.post.since = w.now(ctx)
		w.post.recall()
	}
}

// tell puts the messages that could not be delivered on the coordinators' desk, each once.
func (w *walk) tell(failed []string) {
	var untold []string
	for _, id := range failed {
		if !w.post.told[id] {
			w.post.told[id] = true
			untold = append(untold, id)
		}
	}
	if len(untold) == 0 {
		return
	}
	w.queue = append(w.queue, &order{command: discharge.Command{
		ID:    engine.DerivedID(append([]string{"mail failed", w.id}, untold...)...),
		Kind:  discharge.MailFailed,
		Actor: system,
		Facts: discharge.Facts{Notifications: untold},
	}})
}

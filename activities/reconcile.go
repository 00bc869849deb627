package activities

import (
	"context"
	"time"

	"go.temporal.io/sdk/activity"

	"dimissioni/internal/engine"
)

const (
	quiet     = time.Minute      // how long a workflow may take to see what is recorded
	late      = 10 * time.Minute // how long a mail may wait past its time
	wokenMost = 500              // cases in one reconciliation; the rest waits for the next
)

// Reconcile wakes the cases whose workflow does not know what Postgres knows. A case with late mails is only started
// if it does not run: one that runs is trying already.
func (a *Activities) Reconcile(ctx context.Context) (engine.Reconciled, error) {
	var out engine.Reconciled
	behind, err := a.Store.Unacknowledged(ctx, quiet, wokenMost)
	if err != nil {
		return out, stumble(ctx, "find unacknowledged cases", err)
	}
	stuck, err := a.Store.StuckMails(ctx, late, wokenMost)
	if err != nil {
		return out, stumble(ctx, "find stuck mails", err)
	}
	for _, id := range behind {
		if err := a.Engine.Poke(ctx, id); err != nil {
			return out, stumble(ctx, "poke case", err)
		}
	}
	for _, id := range stuck {
		if err := a.Engine.Start(ctx, id); err != nil {
			return out, stumble(ctx, "start case", err)
		}
	}
	letters, err := a.Store.UnsentPasswordLinks(ctx, time.Now(), wokenMost)
	if err != nil {
		return out, stumble(ctx, "find unsent password letters", err)
	}
	for _, id := range letters {
		if err := a.Engine.SendPasswordLetter(ctx, id); err != nil {
			return out, stumble(ctx, "start password letter", err)
		}
	}
	out.Woken = len(behind) + len(stuck)
	if out.Woken > 0 {
		activity.GetLogger(ctx).Info("cases woken", "behind", len(behind), "with_late_mails", len(stuck))
	}
	return out, nil
}

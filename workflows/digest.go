package workflows

import (
	"time"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"dimissioni/internal/engine"
)

// Digest tells everybody once, on a working day, what has been missed. It tries for as long as the working day lasts.
func Digest(ctx workflow.Context, in engine.DigestRequest) (engine.Digested, error) {
	ctx = workflow.WithActivityOptions(ctx, workflow.ActivityOptions{
		TaskQueue:              engine.MailQueue,
		ScheduleToCloseTimeout: 9 * time.Hour,
		StartToCloseTimeout:    10 * time.Minute,
		HeartbeatTimeout:       silence,
		RetryPolicy: &temporal.RetryPolicy{
			InitialInterval: 5 * time.Second, BackoffCoefficient: 2, MaximumInterval: 30 * time.Minute,
		},
	})
	if in.Now.IsZero() {
		in.Now = workflow.Now(ctx).UTC()
	}
	var out engine.Digested
	err := workflow.ExecuteActivity(ctx, act.Digest, in).Get(ctx, &out)
	return out, err
}

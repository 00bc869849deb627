package workflows

import (
	"time"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"dimissioni/internal/engine"
)

// Digest tells everybody once, on a working day, what has been missed. It is scheduled, and tries for the working day.
func Digest(ctx workflow.Context, _ engine.Keyed) (engine.Digested, error) {
	ctx = workflow.WithActivityOptions(ctx, workflow.ActivityOptions{
		TaskQueue:              engine.MailQueue,
		ScheduleToCloseTimeout: 9 * time.Hour,
		StartToCloseTimeout:    10 * time.Minute,
		RetryPolicy: &temporal.RetryPolicy{
			InitialInterval: 5 * time.Second, BackoffCoefficient: 2, MaximumInterval: 30 * time.Minute,
		},
	})
	var out engine.Digested
	err := workflow.ExecuteActivity(ctx, act.Digest, engine.DigestRequest{Now: workflow.Now(ctx)}).Get(ctx, &out)
	return out, err
}

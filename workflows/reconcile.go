package workflows

import (
	"time"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"dimissioni/internal/engine"
)

// Reconcile wakes the cases that Postgres knows better than their workflows: never started because Temporal was away,
// ahead of what the workflow has seen, or with mails that should have gone. It is scheduled; the next one tries again.
func Reconcile(ctx workflow.Context, _ engine.ReconcileRequest) (engine.Reconciled, error) {
	ctx = workflow.WithActivityOptions(ctx, workflow.ActivityOptions{
		ScheduleToCloseTimeout: 10 * time.Minute,
		StartToCloseTimeout:    5 * time.Minute,
		RetryPolicy:            &temporal.RetryPolicy{InitialInterval: 5 * time.Second, BackoffCoefficient: 2},
	})
	var out engine.Reconciled
	err := workflow.ExecuteActivity(ctx, act.Reconcile).Get(ctx, &out)
	return out, err
}

package workflows

import (
	"time"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"dimissioni/internal/engine"
)

// PasswordLetter sends the mail with a link to set a password, for as long as the longest link lives. One that is of no
// use any more is given up in silence: whoever needs it asks for another.
func PasswordLetter(ctx workflow.Context, in engine.PasswordLetterRequest) error {
	ctx = workflow.WithActivityOptions(ctx, workflow.ActivityOptions{
		TaskQueue:              engine.MailQueue,
		ScheduleToCloseTimeout: 72 * time.Hour,
		StartToCloseTimeout:    2 * time.Minute,
		RetryPolicy: &temporal.RetryPolicy{
			InitialInterval: 5 * time.Second, BackoffCoefficient: 2, MaximumInterval: 10 * time.Minute,
		},
	})
	return workflow.ExecuteActivity(ctx, act.PasswordLetter, in).Get(ctx, nil)
}

//go:build next

package workflows

import (
	"time"

	"go.temporal.io/sdk/workflow"
)

// rehearse is a change of the loop as a release may bring it, so that the end-to-end tests can roll an upgrade out: a
// case that was open before goes on as it was, a new one has one timer more. No release is built with this.
func rehearse(ctx workflow.Context) error {
	if workflow.GetVersion(ctx, "rehearsal", workflow.DefaultVersion, 1) == workflow.DefaultVersion {
		return nil
	}
	return workflow.NewTimerWithOptions(ctx, time.Second, workflow.TimerOptions{Summary: "rehearsal"}).Get(ctx, nil)
}

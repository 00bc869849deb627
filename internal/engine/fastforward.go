package engine

import (
	"context"
	"errors"
	"fmt"
	"time"

	commonpb "go.temporal.io/api/common/v1"
	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/serviceerror"
	workflowpb "go.temporal.io/api/workflow/v1"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/fieldmaskpb"

	"dimissioni/internal/discharge"
)

// skips is how many timers and back-offs one fast-forward may jump over.
const skips = 100_000

// FastForward moves the clock of a case from an instant, which it shows now, to a later one, and returns when it has
// arrived, with everything done that was due on the way. For training and end-to-end tests alone: the server must allow
// time skipping.
func (c *Client) FastForward(ctx context.Context, caseID string, from, to time.Time) error {
	running, err := c.running(ctx, caseID)
	if err != nil {
		return err
	}
	if !running { // perhaps it has only been lost: a run that has nothing to do ends at once
		if _, err := c.sync(ctx, caseID, time.Time{}); err != nil {
			return err
		}
		if running, err = c.running(ctx, caseID); err != nil {
			return err
		}
	}
	if running {
		if err := c.skip(ctx, caseID, to.Sub(from)); err != nil {
			return err
		}
	}
	// A skip that fires no timer runs no code, and a case that has ended on the way stopped its clock there.
	answer, err := c.sync(ctx, caseID, to.UTC())
	if err != nil {
		return err
	}
	c.digest(ctx, caseID, answer.Now)
	return nil
}

// digest sends the digest of the case's day, since the scheduled one knows the real day alone. It waits for a moment,
// and goes on by itself.
func (c *Client) digest(ctx context.Context, caseID string, now time.Time) {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	run, err := c.sdk.ExecuteWorkflow(ctx, client.StartWorkflowOptions{
		ID:                       "digest/" + caseID,
		TaskQueue:                Queue,
		WorkflowIDConflictPolicy: enumspb.WORKFLOW_ID_CONFLICT_POLICY_TERMINATE_EXISTING,
	}, WorkflowDigest, DigestRequest{Now: now, OnlyCase: caseID})
	if err == nil {
		err = run.Get(ctx, nil)
	}
	if err != nil {
		c.log.WarnContext(ctx, "digest of the case's day not sent yet", "case_id", caseID, "error", err)
	}
}

// running reports whether the case has a run that goes on.
func (c *Client) running(ctx context.Context, caseID string) (bool, error) {
	seen, err := c.sdk.DescribeWorkflowExecution(ctx, WorkflowID(caseID), "")
	if ended(err) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("describe case: %w", err)
	}
	return seen.GetWorkflowExecutionInfo().GetStatus() == enumspb.WORKFLOW_EXECUTION_STATUS_RUNNING, nil
}

// skip moves a running case on and waits until it has arrived or ended.
func (c *Client) skip(ctx context.Context, caseID string, by time.Duration) error {
	execution := &commonpb.WorkflowExecution{WorkflowId: WorkflowID(caseID)}
	id := fmt.Sprintf("%s %d", BuildID, time.Now().UnixNano())
	_, err := c.sdk.WorkflowService().UpdateWorkflowExecutionOptions(ctx,
		&workflowservice.UpdateWorkflowExecutionOptionsRequest{
			Namespace:         c.namespace,
			WorkflowExecution: execution,
			WorkflowExecutionOptions: &workflowpb.WorkflowExecutionOptions{
				TimeSkippingConfig: &commonpb.TimeSkippingConfig{
					Enabled:             true,
					MaxSessionSkipCount: skips,
					FastForwardConfig:   &commonpb.FastForwardConfig{Id: id, Duration: durationpb.New(by)},
				},
			},
			UpdateMask: &fieldmaskpb.FieldMask{Paths: []string{"time_skipping_config"}},
		})
	if ended(err) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("fast-forward case: %w", err)
	}
	for {
		poll, err := c.sdk.WorkflowService().PollWorkflowExecutionTimeSkipping(ctx,
			&workflowservice.PollWorkflowExecutionTimeSkippingRequest{
				Namespace: c.namespace, WorkflowExecution: execution, FastForwardId: id,
			})
		if ended(err) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("wait for fast-forward: %w", err)
		}
		switch poll.GetFastForwardPollingResult() {
		case enumspb.FAST_FORWARD_POLLING_RESULT_FAST_FORWARD_COMPLETED:
			return nil
		case enumspb.FAST_FORWARD_POLLING_RESULT_FAST_FORWARD_FAILED:
			if running, err := c.running(ctx, caseID); err != nil || running {
				return errors.Join(fmt.Errorf("fast-forward stopped: %s", poll.GetFailedReason()), err)
			}
			return nil // ended on the way
		default: // not yet: the server answers every 20 seconds
		}
	}
}

// sync makes the case do what is due by its clock, and moves that on to an instant if it has not got there.
func (c *Client) sync(ctx context.Context, caseID string, to time.Time) (Answer, error) {
	return c.apply(ctx, caseID, discharge.Command{
		ID:    DerivedID("sync", caseID, fmt.Sprint(time.Now().UnixNano())),
		Kind:  discharge.Sync,
		Actor: discharge.Actor{Role: discharge.RoleSystem},
		Facts: discharge.Facts{At: to},
	})
}

func ended(err error) bool {
	var none *serviceerror.NotFound
	return errors.As(err, &none)
}

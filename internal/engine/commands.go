package engine

import (
	"context"
	"errors"
	"fmt"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/sdk/client"

	"dimissioni/internal/discharge"
)

// Apply gives a command to a case, which it starts if it has no workflow, and waits for the answer: nil when the
// command is recorded, now or before. Every error is a *discharge.Error: the rules' refusal, or unavailable when the
// answer did not come in time. The command may then still be carried out: repeating it with the same ID is safe.
func (c *Client) Apply(ctx context.Context, caseID string, cmd discharge.Command) error {
	_, err := c.apply(ctx, caseID, cmd)
	return err
}

func (c *Client) apply(ctx context.Context, caseID string, cmd discharge.Command) (Answer, error) {
	waiting, cancel := context.WithTimeout(ctx, c.patience)
	defer cancel()
	var answer Answer
	err := c.update(waiting, caseID, cmd, &answer)
	for endedMeanwhile(err) && pause(waiting, 100*time.Millisecond) {
		err = c.update(waiting, caseID, cmd, &answer) // the next try starts a new run
	}
	if err == nil {
		c.acknowledged(ctx, caseID, answer.Version)
		return answer, nil
	}
	if refusal, ok := Refusal(err); ok {
		return Answer{}, refusal
	}
	c.log.WarnContext(ctx, "no answer from the case", "case_id", caseID, "command_id", cmd.ID, "error", err)
	return Answer{}, discharge.Refuse(discharge.KindUnavailable, "Il sistema non ha risposto in tempo: "+
		"il comando potrebbe essere già registrato. Lo ripeta fra poco: non verrà eseguito due volte.")
}

// update asks the running workflow first, which costs Temporal less than looking whether one must be started.
func (c *Client) update(ctx context.Context, caseID string, cmd discharge.Command, answer *Answer) error {
	if err := c.trust(ctx); err != nil {
		return err
	}
	options := startOptions(caseID)
	options.WorkflowIDConflictPolicy = enumspb.WORKFLOW_ID_CONFLICT_POLICY_USE_EXISTING
	update := client.UpdateWorkflowOptions{
		UpdateID:     cmd.ID,
		WorkflowID:   options.ID,
		UpdateName:   UpdateCommand,
		Args:         []any{cmd},
		WaitForStage: client.WorkflowUpdateStageCompleted,
	}
	handle, err := c.sdk.UpdateWorkflow(ctx, update)
	if endedMeanwhile(err) {
		handle, err = c.sdk.UpdateWithStartWorkflow(ctx, client.UpdateWithStartWorkflowOptions{
			StartWorkflowOperation: c.sdk.NewWithStartWorkflowOperation(options, WorkflowDischarge, caseID),
			UpdateOptions:          update,
		})
	}
	if err != nil {
		return err
	}
	return handle.Get(ctx, answer)
}

// endedMeanwhile reports whether an update failed because the case's run ended while it arrived.
func endedMeanwhile(err error) bool {
	var gone *serviceerror.NotFound
	var aborted *serviceerror.Aborted
	return errors.As(err, &gone) || errors.As(err, &aborted)
}

// Send gives a command to a case without waiting: nil means that Temporal keeps it, even with every worker down. Its
// outcome is found with the stored command. Commands sent one after the other arrive in that order: all by one signal,
// since between signals of different names there is none.
func (c *Client) Send(ctx context.Context, caseID string, cmd discharge.Command) error {
	return c.signal(ctx, caseID, SignalCommand, cmd)
}

// Poke makes the case look at Postgres again, and starts it if it has no workflow.
func (c *Client) Poke(ctx context.Context, caseID string) error {
	return c.signal(ctx, caseID, SignalPoke, nil)
}

func (c *Client) signal(ctx context.Context, caseID, name string, arg any) error {
	if err := c.trust(ctx); err != nil {
		return c.unavailable(ctx, "signal case", caseID, err)
	}
	options := startOptions(caseID)
	if _, err := c.sdk.SignalWithStartWorkflow(ctx, options.ID, name, arg, options, WorkflowDischarge, caseID); err != nil {
		return c.unavailable(ctx, "signal case", caseID, err)
	}
	return nil
}

// Start makes sure that the case has a running workflow.
func (c *Client) Start(ctx context.Context, caseID string) error {
	if err := c.trust(ctx); err != nil {
		return c.unavailable(ctx, "start case", caseID, err)
	}
	options := startOptions(caseID)
	options.WorkflowIDConflictPolicy = enumspb.WORKFLOW_ID_CONFLICT_POLICY_USE_EXISTING
	if _, err := c.sdk.ExecuteWorkflow(ctx, options, WorkflowDischarge, caseID); err != nil {
		return c.unavailable(ctx, "start case", caseID, err)
	}
	return nil
}

func (c *Client) unavailable(ctx context.Context, step, caseID string, err error) error {
	c.log.WarnContext(ctx, "temporal did not answer", "step", step, "case_id", caseID, "error", err)
	return fmt.Errorf("%s: %w", step, discharge.Refuse(discharge.KindUnavailable,
		"Il sistema non è raggiungibile in questo momento. Riprovi fra poco."))
}

// startOptions of a case: no timeouts, which would end it without its code, and a new run whenever the last one has
// ended.
func startOptions(caseID string) client.StartWorkflowOptions {
	return client.StartWorkflowOptions{
		ID:                    WorkflowID(caseID),
		TaskQueue:             Queue,
		WorkflowIDReusePolicy: enumspb.WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE,
	}
}

// pause waits and reports whether there is still time.
func pause(ctx context.Context, d time.Duration) bool {
	select {
	case <-ctx.Done():
		return false
	case <-time.After(d):
		return true
	}
}

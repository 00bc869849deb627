package engine

import (
	"context"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/client"
)

// SendPasswordLetter makes sure that the mail with a link to set a password is being sent. It goes out once, however often
// it is asked for.
func (c *Client) SendPasswordLetter(ctx context.Context, linkID string) error {
	if err := c.trust(ctx); err != nil {
		return c.unavailable(ctx, "start password letter", "", err)
	}
	_, err := c.sdk.ExecuteWorkflow(ctx, client.StartWorkflowOptions{
		ID: "password-letter/" + linkID, TaskQueue: Queue,
		WorkflowIDConflictPolicy: enumspb.WORKFLOW_ID_CONFLICT_POLICY_USE_EXISTING,
		WorkflowIDReusePolicy:    enumspb.WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE,
	}, WorkflowPassword, PasswordLetterRequest{LinkID: linkID})
	if err != nil {
		return c.unavailable(ctx, "start password letter", "", err)
	}
	return nil
}

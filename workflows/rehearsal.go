//go:build !next

package workflows

import "go.temporal.io/sdk/workflow"

// rehearse is nothing: the build with the tag next, which rehearses an upgrade, has a step here.
func rehearse(workflow.Context) error { return nil }

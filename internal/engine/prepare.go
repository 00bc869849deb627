package engine

import (
	"context"
	"errors"
	"fmt"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/operatorservice/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
	"google.golang.org/protobuf/types/known/durationpb"
)

// Retention is how long Temporal keeps the history of a case that has ended; the truth is in Postgres.
const Retention = 30 * 24 * time.Hour

// Prepare makes Temporal ready for this program: namespace, search attributes, schedules, and this version of the
// workers as the current one, since a versioned worker gets nothing before. Doing it again changes nothing. It waits
// for each to be usable until ctx ends. [ErrKeys] says that the key ring cannot read what is there.
func (c *Client) Prepare(ctx context.Context) error {
	return c.prepare(ctx, c.prepareVersion)
}

// Join is [Prepare] for a worker that starts beside others: a version that another one has replaced stays replaced, so
// that an old worker that starts again in the middle of an upgrade does not take the work back.
func (c *Client) Join(ctx context.Context) error {
	return c.prepare(ctx, c.joinVersion)
}

func (c *Client) prepare(ctx context.Context, version func(context.Context) error) error {
	steps := []func(context.Context) error{c.prepareNamespace, c.prepareAttributes, c.prepareSchedules, version}
	for _, step := range steps {
		if err := step(ctx); err != nil {
			return err
		}
	}
	return nil
}

// prepareVersion does not wait for the version's first poll: its workers are about to start, and until then the cases
// wait for them.
func (c *Client) prepareVersion(ctx context.Context) error {
	handle := c.sdk.WorkerDeploymentClient().GetHandle(Deployment)
	return until(ctx, "make the workers' version current", func() error {
		_, err := handle.SetCurrentVersion(ctx, client.WorkerDeploymentSetCurrentVersionOptions{
			BuildID: BuildID, AllowNoPollers: true, IgnoreMissingTaskQueues: true,
		})
		return err
	})
}

func (c *Client) joinVersion(ctx context.Context) error {
	replaced := ""
	err := until(ctx, "look at the workers' versions", func() (err error) {
		replaced, err = c.replacedBy(ctx)
		return err
	})
	if err != nil {
		return err
	}
	if replaced != "" {
		c.log.WarnContext(ctx, "this version of the workers was replaced and gets no work: to go back to it, run prepare",
			"version", BuildID, "current", replaced)
		return nil
	}
	return c.prepareVersion(ctx)
}

// replacedBy is the current version, when this one was that before.
func (c *Client) replacedBy(ctx context.Context) (string, error) {
	seen, err := c.sdk.WorkerDeploymentClient().GetHandle(Deployment).Describe(ctx, client.WorkerDeploymentDescribeOptions{})
	var none *serviceerror.NotFound
	if errors.As(err, &none) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	current := seen.Info.RoutingConfig.CurrentVersion
	if current == nil || current.BuildID == BuildID {
		return "", nil
	}
	for _, v := range seen.Info.VersionSummaries {
		if v.Version.BuildID == BuildID && v.DrainageStatus != client.WorkerDeploymentVersionDrainageStatusUnspecified {
			return current.BuildID, nil
		}
	}
	return "", nil
}

func (c *Client) prepareNamespace(ctx context.Context) error {
	service := c.sdk.WorkflowService()
	return until(ctx, "prepare namespace", func() error {
		_, err := service.DescribeNamespace(ctx, &workflowservice.DescribeNamespaceRequest{Namespace: c.namespace})
		var missing *serviceerror.NamespaceNotFound
		if !errors.As(err, &missing) {
			return err
		}
		_, err = service.RegisterNamespace(ctx, &workflowservice.RegisterNamespaceRequest{
			Namespace:                        c.namespace,
			Description:                      "Dimissioni protette",
			WorkflowExecutionRetentionPeriod: durationpb.New(Retention),
		})
		var exists *serviceerror.NamespaceAlreadyExists
		if err != nil && !errors.As(err, &exists) {
			return err
		}
		return errors.New("namespace just registered, not yet usable")
	})
}

func (c *Client) prepareAttributes(ctx context.Context) error {
	wanted := []string{AttributeState, AttributeProgramme, AttributePartner}
	return until(ctx, "prepare search attributes", func() error {
		operator := c.sdk.OperatorService()
		known, err := operator.ListSearchAttributes(ctx,
			&operatorservice.ListSearchAttributesRequest{Namespace: c.namespace})
		if err != nil {
			return err
		}
		missing := map[string]enumspb.IndexedValueType{}
		for _, name := range wanted {
			if _, ok := known.GetCustomAttributes()[name]; !ok {
				missing[name] = enumspb.INDEXED_VALUE_TYPE_KEYWORD
			}
		}
		if len(missing) > 0 {
			_, err := operator.AddSearchAttributes(ctx, &operatorservice.AddSearchAttributesRequest{
				Namespace: c.namespace, SearchAttributes: missing,
			})
			var exists *serviceerror.AlreadyExists
			if err != nil && !errors.As(err, &exists) {
				return err
			}
		}
		// Added is not yet usable: a workflow that sets one too early is stuck until it is.
		for _, name := range wanted {
			_, err := c.sdk.CountWorkflow(ctx, &workflowservice.CountWorkflowExecutionsRequest{
				Namespace: c.namespace, Query: name + " = 'none'",
			})
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// until repeats a step that the server may not be ready for, until it succeeds or ctx ends. Wrong keys never get right.
func until(ctx context.Context, what string, step func() error) error {
	for {
		err := step()
		if err == nil {
			return nil
		}
		if errors.Is(err, ErrKeys) || !pause(ctx, 200*time.Millisecond) {
			return fmt.Errorf("%s: %w", what, err)
		}
	}
}

package temporald

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"testing"
	"time"

	commonpb "go.temporal.io/api/common/v1"
	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/operatorservice/v1"
	workflowpb "go.temporal.io/api/workflow/v1"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"
	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/fieldmaskpb"

	"dimissioni/internal/standalone/cluster"
)

// postgres is a private cluster for one test.
func postgres(t *testing.T) *cluster.Cluster {
	t.Helper()
	dir, err := os.MkdirTemp("", "temporald-test-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	c, err := cluster.Start(t.Context(), cluster.Options{Dir: filepath.Join(dir, "postgres"), FastUnsafe: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := c.Stop(context.Background()); err != nil {
			t.Error(err)
		}
	})
	return c
}

func mustStart(t *testing.T, options Options) *Server {
	t.Helper()
	options.Logger = slog.New(slog.NewTextHandler(t.Output(), nil))
	before := time.Now()
	server, err := Start(t.Context(), options)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("started in %v", time.Since(before).Round(10*time.Millisecond))
	return server
}

func mustStop(t *testing.T, server *Server) {
	t.Helper()
	before := time.Now()
	if err := server.Stop(); err != nil {
		t.Fatal(err)
	}
	t.Logf("stopped in %v", time.Since(before).Round(10*time.Millisecond))
}

func dial(t *testing.T, address string) client.Client {
	t.Helper()
	c, err := client.DialContext(t.Context(), client.Options{
		HostPort: address, Namespace: namespace, Logger: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

// eventually calls try until it succeeds, for what the server does in its own time.
func eventually(t *testing.T, what string, try func() error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	if err := poll(ctx, what, try); err != nil {
		t.Fatal(err)
	}
}

// register makes the namespace with a search attribute.
func register(t *testing.T, c client.Client) {
	t.Helper()
	_, err := c.WorkflowService().RegisterNamespace(t.Context(), &workflowservice.RegisterNamespaceRequest{
		Namespace: namespace, WorkflowExecutionRetentionPeriod: durationpb.New(72 * time.Hour),
	})
	if err != nil {
		t.Fatal(err)
	}
	eventually(t, "add search attribute", func() error {
		_, err := c.OperatorService().AddSearchAttributes(t.Context(), &operatorservice.AddSearchAttributesRequest{
			Namespace:        namespace,
			SearchAttributes: map[string]enumspb.IndexedValueType{"CaseState": enumspb.INDEXED_VALUE_TYPE_KEYWORD},
		})
		return err
	})
}

var caseState = temporal.NewSearchAttributeKeyKeyword("CaseState")

// waiting is a workflow that ends when it is told.
func waiting(ctx workflow.Context) (string, error) {
	state := ""
	workflow.GetSignalChannel(ctx, "end").Receive(ctx, &state)
	err := workflow.UpsertTypedSearchAttributes(ctx, caseState.ValueSet(state))
	return state, err
}

func start(t *testing.T, c client.Client, id string, definition any) {
	t.Helper()
	options := client.StartWorkflowOptions{ID: id, TaskQueue: queue}
	eventually(t, "start workflow", func() error { // a new namespace is not known everywhere at once
		_, err := c.ExecuteWorkflow(t.Context(), options, definition)
		return err
	})
}

// finish runs a worker until the workflow has ended, and looks for it by its search attribute.
func finish(t *testing.T, c client.Client, id string) {
	t.Helper()
	w := worker.New(c, queue, worker.Options{})
	w.RegisterWorkflow(waiting)
	if err := w.Start(); err != nil {
		t.Fatal(err)
	}
	defer w.Stop()
	if err := c.SignalWorkflow(t.Context(), id, "", "end", "closed"); err != nil {
		t.Fatal(err)
	}
	var got string
	if err := c.GetWorkflow(t.Context(), id, "").Get(t.Context(), &got); err != nil || got != "closed" {
		t.Fatalf("result %q, %v", got, err)
	}
	eventually(t, "find workflow", func() error {
		found, err := c.ListWorkflow(t.Context(), &workflowservice.ListWorkflowExecutionsRequest{
			Query: fmt.Sprintf("CaseState = 'closed' AND WorkflowId = '%s'", id),
		})
		if err == nil && len(found.GetExecutions()) != 1 {
			err = fmt.Errorf("%d found", len(found.GetExecutions()))
		}
		return err
	})
}

// month is a workflow that ends after 30 days.
func month(ctx workflow.Context) error { return workflow.Sleep(ctx, 30*24*time.Hour) }

// skipTime asks for the clock of the workflow to jump over its waits.
func skipTime(t *testing.T, c client.Client, id string) error {
	t.Helper()
	_, err := c.WorkflowService().UpdateWorkflowExecutionOptions(t.Context(), &workflowservice.UpdateWorkflowExecutionOptionsRequest{
		Namespace:         namespace,
		WorkflowExecution: &commonpb.WorkflowExecution{WorkflowId: id},
		WorkflowExecutionOptions: &workflowpb.WorkflowExecutionOptions{
			TimeSkippingConfig: &commonpb.TimeSkippingConfig{Enabled: true},
		},
		UpdateMask: &fieldmaskpb.FieldMask{Paths: []string{"time_skipping_config"}},
	})
	return err
}

package e2e

import (
	"errors"
	"flag"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"

	enumspb "go.temporal.io/api/enums/v1"
	historypb "go.temporal.io/api/history/v1"
	"go.temporal.io/api/temporalproto"
	"go.temporal.io/api/workflowservice/v1"
	temporal "go.temporal.io/sdk/client"
	"google.golang.org/protobuf/proto"
)

var update = flag.Bool("update", false, "keep the histories of this run in workflows/testdata/histories")

var errRefused = errors.New("user unknown")

// The limits of one six-week case. ARCHITECTURE, The rest of the workflow.
const (
	mostEvents = 500
	mostBytes  = 256 << 10
	// syncEvents is what the command costs that ends every fast-forward: an Update's two events and its workflow task.
	syncEvents = 5
)

// checkHistory prints how many events and bytes the engine keeps of a case, and holds them to the limits. The events
// of time skipping, which exist in training alone, are counted apart.
func (w *world) checkHistory(id string) {
	w.t.Helper()
	history := w.history(id)
	skips := 0
	for _, e := range history.GetEvents() {
		switch e.GetEventType() { //nolint:exhaustive // the two that only a fast-forward makes
		case enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_TIME_SKIPPING_TRANSITIONED:
			skips++
		case enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_OPTIONS_UPDATED:
			skips += 1 + syncEvents
		}
	}
	events, size := len(history.GetEvents())-skips, proto.Size(history)
	w.t.Logf("history: %d events and %d bytes (and %d events of time skipping)", events, size, skips)
	if events >= mostEvents || size >= mostBytes {
		w.t.Errorf("the history has %d events and %d bytes, want less than %d and %d", events, size, mostEvents, mostBytes)
	}
	if *update {
		w.keep(history)
	}
}

// history reads what the engine keeps of a case's workflow: of its longest run, since what comes after a case's end starts
// another one.
func (w *world) history(id string) *historypb.History {
	w.t.Helper()
	c, err := temporal.Dial(temporal.Options{HostPort: w.setting("TEMPORAL_ADDRESS")})
	if err != nil {
		w.t.Fatal(err)
	}
	defer c.Close()
	runs, err := c.ListWorkflow(w.ctx(), &workflowservice.ListWorkflowExecutionsRequest{
		Query: "WorkflowId = 'discharge/" + id + "'",
	})
	if err != nil {
		w.t.Fatal(err)
	}
	longest := &historypb.History{}
	for _, run := range runs.GetExecutions() {
		history := &historypb.History{}
		pages := c.GetWorkflowHistory(w.ctx(), run.GetExecution().GetWorkflowId(), run.GetExecution().GetRunId(), false,
			enumspb.HISTORY_EVENT_FILTER_TYPE_ALL_EVENT)
		for pages.HasNext() {
			e, err := pages.Next()
			if err != nil {
				w.t.Fatal(err)
			}
			history.Events = append(history.Events, e)
		}
		if len(history.GetEvents()) > len(longest.GetEvents()) {
			longest = history
		}
	}
	return longest
}

// keep writes a history where the replay tests find it.
func (w *world) keep(history *historypb.History) {
	w.t.Helper()
	content, err := temporalproto.CustomJSONMarshalOptions{Indent: " "}.Marshal(history)
	if err != nil {
		w.t.Fatal(err)
	}
	file := filepath.Join("..", "workflows", "testdata", "histories", "six-weeks.json")
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		w.t.Fatal(err)
	}
	if err := os.WriteFile(file, content, 0o644); err != nil {
		w.t.Fatal(err)
	}
}

// setting is a variable of the service's environment.
func (w *world) setting(name string) string {
	for _, s := range w.environment {
		if value, ok := strings.CutPrefix(s, name+"="); ok {
			return value
		}
	}
	w.t.Fatalf("no %s in the service's environment", name)
	return ""
}

// mailsJSON serves the caught mails as one machine does.
func (w *world) mailsJSON() string {
	server := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		w.catcher.Handler().ServeHTTP(rw, r)
	}))
	w.t.Cleanup(server.Close)
	return server.URL + "/messages.json"
}

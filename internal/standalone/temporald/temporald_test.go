package temporald

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/operatorservice/v1"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"
	"google.golang.org/protobuf/types/known/durationpb"

	"dimissioni/internal/standalone"
	"dimissioni/internal/standalone/cluster"
)

const (
	// helperURL, when set, makes the test program run a server on that Postgres and wait to be killed.
	helperURL = "TEMPORALD_TEST_HELPER_URL"
	namespace = "dimissioni"
	queue     = "test"
)

func TestMain(m *testing.M) {
	if url := os.Getenv(helperURL); url != "" {
		server, err := Start(context.Background(), Options{PostgresURL: url, UIPort: -1})
		if err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
		fmt.Println(server.Address())
		select {}
	}
	m.Run()
}

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

func start(t *testing.T, c client.Client, id string) {
	t.Helper()
	options := client.StartWorkflowOptions{ID: id, TaskQueue: queue}
	eventually(t, "start workflow", func() error { // a new namespace is not known everywhere at once
		_, err := c.ExecuteWorkflow(t.Context(), options, waiting)
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

func TestServerGoesOnAfterARestart(t *testing.T) {
	t.Parallel()
	database := postgres(t)
	first := mustStart(t, Options{PostgresURL: database.URL("postgres"), UIPort: -1})
	c := dial(t, first.Address())
	register(t, c)
	start(t, c, "discharge/1")
	c.Close()
	mustStop(t, first)

	second := mustStart(t, Options{PostgresURL: database.URL("postgres"), UIPort: -1})
	defer mustStop(t, second)
	c = dial(t, second.Address())
	finish(t, c, "discharge/1")
	c.Close()
}

func TestServerGoesOnAfterAKill(t *testing.T) {
	t.Parallel()
	database := postgres(t)
	program := exec.CommandContext(t.Context(), os.Args[0])
	program.Env = append(os.Environ(), helperURL+"="+database.URL("postgres"))
	out, err := program.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := program.Start(); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	c := dial(t, strings.TrimSpace(line))
	register(t, c)
	start(t, c, "discharge/2")
	c.Close()
	if err := program.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = program.Wait() // always "signal: killed"

	server := mustStart(t, Options{PostgresURL: database.URL("postgres"), UIPort: -1})
	defer mustStop(t, server)
	c = dial(t, server.Address())
	finish(t, c, "discharge/2")
	c.Close()
}

func TestWebInterfaceAnswers(t *testing.T) {
	t.Parallel()
	server := mustStart(t, Options{PostgresURL: postgres(t).URL("postgres"), Namespace: namespace})
	defer mustStop(t, server)
	for path, want := range map[string]string{"/": "<!doctype html>", "/api/v1/settings?": `"DefaultNamespace":"dimissioni"`} {
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+server.UIAddress()+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		response, err := http.DefaultClient.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(response.Body)
		response.Body.Close()
		if err != nil || response.StatusCode != http.StatusOK || !strings.Contains(string(body), want) {
			t.Errorf("%s: status %d, %v, body %.200s", path, response.StatusCode, err, body)
		}
	}
}

func TestHalfDoneSchemaIsTakenUp(t *testing.T) {
	t.Parallel()
	pg := postgres(t)
	database, err := parseDatabase(pg.URL("postgres"))
	if err != nil {
		t.Fatal(err)
	}
	log := newLogger(slog.New(slog.DiscardHandler))
	for _, schema := range schemas {
		if err := schema.create(t.Context(), database); err != nil {
			t.Fatal(err)
		}
		if version, err := schema.readVersion(t.Context(), database); version != "" || err != nil {
			t.Errorf("version of an empty database: %q, %v", version, err)
		}
		if err := schema.setUp(t.Context(), database, log); err != nil {
			t.Fatal(err)
		}
		if version, err := schema.readVersion(t.Context(), database); version != schema.version || err != nil {
			t.Errorf("version after the set-up: %q, %v, want %s", version, err, schema.version)
		}
	}
}

func TestFaultPortTaken(t *testing.T) {
	t.Parallel()
	listener, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	port := listener.Addr().(*net.TCPAddr).Port
	for name, options := range map[string]Options{
		"DIMISSIONI_TEMPORAL_PORT": {Port: port, UIPort: -1},
		"pagine":                   {UIPort: port},
	} {
		options.PostgresURL = "postgres://u:p@127.0.0.1:1/postgres" // the ports are looked at first
		_, err := Start(t.Context(), options)
		var fault *standalone.Fault
		if !errors.As(err, &fault) || !strings.Contains(fault.Message, strconv.Itoa(port)) || !strings.Contains(fault.Message, name) {
			t.Errorf("error = %v, want a fault that names %d and %q", err, port, name)
		}
	}
}

func TestPortLostBeforeTheStart(t *testing.T) {
	t.Parallel()
	listener, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	database, err := parseDatabase(postgres(t).URL("postgres"))
	if err != nil {
		t.Fatal(err)
	}
	log := newLogger(slog.New(slog.DiscardHandler))
	if err := setUpSchemas(t.Context(), database, log); err != nil {
		t.Fatal(err)
	}
	ports, err := choosePorts(Options{UIPort: -1})
	if err != nil {
		t.Fatal(err)
	}
	ports.frontend = listener.Addr().(*net.TCPAddr).Port
	if _, err := launch(serverOptions(database, ports, Options{}, log)); err == nil {
		t.Fatal("started on a taken port")
	}
}

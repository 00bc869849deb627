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
	"strconv"
	"strings"
	"testing"
	"time"

	"go.temporal.io/sdk/worker"
	"go.temporal.io/server/tools/common/schema"
	"go.temporal.io/server/tools/sql"

	"dimissioni/internal/standalone"
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

func TestServerGoesOnAfterARestart(t *testing.T) {
	t.Parallel()
	database := postgres(t)
	first := mustStart(t, Options{PostgresURL: database.URL("postgres"), UIPort: -1})
	c := dial(t, first.Address())
	register(t, c)
	start(t, c, "discharge/1", waiting)
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
	start(t, c, "discharge/2", waiting)
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

func TestTimeSkipping(t *testing.T) {
	t.Parallel()
	for _, allowed := range []bool{true, false} {
		t.Run(fmt.Sprint(allowed), func(t *testing.T) {
			t.Parallel()
			server := mustStart(t, Options{PostgresURL: postgres(t).URL("postgres"), UIPort: -1, TimeSkipping: allowed})
			defer mustStop(t, server)
			c := dial(t, server.Address())
			defer c.Close()
			register(t, c)
			w := worker.New(c, queue, worker.Options{})
			w.RegisterWorkflow(month)
			if err := w.Start(); err != nil {
				t.Fatal(err)
			}
			defer w.Stop()
			start(t, c, "discharge/3", month)
			err := skipTime(t, c, "discharge/3")
			if !allowed {
				if err == nil {
					t.Error("time was skipped without the setting")
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
			defer cancel()
			if err := c.GetWorkflow(ctx, "discharge/3", "").Get(ctx, nil); err != nil {
				t.Errorf("the month did not pass: %v", err)
			}
		})
	}
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
		defer response.Body.Close()
		body, err := io.ReadAll(response.Body)
		if err != nil || response.StatusCode != http.StatusOK || !strings.Contains(string(body), want) {
			t.Errorf("%s: status %d, %v, body %.200s", path, response.StatusCode, err, body)
		}
	}
}

func TestHalfDoneSchemaIsTakenUp(t *testing.T) {
	t.Parallel()
	database, err := parseDatabase(postgres(t).URL("postgres"))
	if err != nil {
		t.Fatal(err)
	}
	log := newLogger(slog.New(slog.DiscardHandler))
	for _, half := range schemas {
		if err := half.create(t.Context(), database); err != nil {
			t.Fatal(err)
		}
		if err := half.create(t.Context(), database); err != nil {
			t.Errorf("create a database that is there: %v", err)
		}
		conn, err := sql.NewConnection(database.config(half.database), log)
		if err != nil {
			t.Fatal(err)
		}
		err = schema.NewSetupSchemaTask(conn, &schema.SetupConfig{InitialVersion: "0.0"}, log).Run()
		conn.Close()
		if err != nil {
			t.Fatal(err)
		}
		if err := half.setUp(t.Context(), database, log); err != nil {
			t.Fatal(err)
		}
		if version, err := half.readVersion(t.Context(), database); version != half.version || err != nil {
			t.Errorf("version of %s: %q, %v, want %s", half.database, version, err, half.version)
		}
	}
}

func TestFaultNoServerInTheURL(t *testing.T) {
	t.Parallel()
	for _, url := range []string{"", "postgres:///dimissioni", "postgres://user:se%cret@host/", "host=/run user=x"} {
		_, err := Start(t.Context(), Options{PostgresURL: url})
		var fault *standalone.Fault
		if !errors.As(err, &fault) || strings.Contains(fmt.Sprint(err, fault.Err), "cret") {
			t.Errorf("%q: error = %v, want a fault without the password", url, err)
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
		"DIMISSIONI_TEMPORAL_PORT":    {Port: port, UIPort: -1},
		"DIMISSIONI_TEMPORAL_UI_PORT": {UIPort: port},
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

package pgtest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// dieEarly, when set, makes the test program print the folder of its cluster and die without cleaning up.
const dieEarly = "PGTEST_DIE_EARLY"

func TestMain(m *testing.M) { Main(m) }

var setUps atomic.Int32

func people(url string) error {
	setUps.Add(1)
	return run(url, "CREATE TABLE people (name text)")
}

func run(url, sql string) error {
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		return err
	}
	defer conn.Close(ctx)
	_, err = conn.Exec(ctx, sql)
	return err
}

func count(t *testing.T, url, sql string, arguments ...any) int {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.Background())
	var n int
	if err := conn.QueryRow(t.Context(), sql, arguments...).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

func TestEachTestHasItsOwnCopy(t *testing.T) {
	t.Parallel()
	for i := range 5 {
		t.Run(fmt.Sprint(i), func(t *testing.T) {
			t.Parallel()
			url := URL(t, people)
			if err := run(url, "INSERT INTO people VALUES ('Ada')"); err != nil {
				t.Fatal(err)
			}
			if n := count(t, url, "SELECT count(*) FROM people"); n != 1 {
				t.Errorf("%d people, want the one of this test", n)
			}
		})
	}
	t.Cleanup(func() {
		if n := setUps.Load(); n != 1 {
			t.Errorf("setUp ran %d times, want once", n)
		}
	})
}

func TestNoSetUpGivesAnEmptyDatabase(t *testing.T) {
	t.Parallel()
	if n := count(t, URL(t, nil), "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"); n != 0 {
		t.Errorf("%d tables, want none", n)
	}
}

func TestDatabaseIsDroppedAtTheEnd(t *testing.T) {
	t.Parallel()
	var name string
	t.Run("inner", func(t *testing.T) {
		url := URL(t, nil)
		name = url[strings.LastIndex(url, "/")+1 : strings.Index(url, "?")]
		leak, err := pgx.Connect(context.Background(), url) // a forgotten connection does not keep it
		if err != nil {
			t.Fatal(err)
		}
		_ = leak
	})
	if n := count(t, running.base.String(), "SELECT count(*) FROM pg_database WHERE datname = $1", name); n != 0 {
		t.Errorf("database %q is still there", name)
	}
}

func TestFailedSetUpFailsEveryTest(t *testing.T) {
	t.Parallel()
	if err := running.start(); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if _, err := running.template(broken); !errors.Is(err, errBroken) {
			t.Errorf("error = %v, want %v", err, errBroken)
		}
	}
}

var errBroken = errors.New("broken migration")

func broken(string) error { return errBroken }

func TestServerOfTheEnvironment(t *testing.T) {
	if err := running.start(); err != nil {
		t.Fatal(err)
	}
	t.Setenv("DIMISSIONI_TEST_POSTGRES", running.base.String())
	other := &server{prefix: "dimissioni_test_other"}
	if err := other.start(); err != nil {
		t.Fatal(err)
	}
	name, err := other.template(func(url string) error { return run(url, "CREATE TABLE people (name text)") })
	if err != nil {
		t.Fatal(err)
	}
	if n := count(t, other.url(name), "SELECT count(*) FROM people"); n != 0 {
		t.Errorf("%d people in the template", n)
	}
	if err := other.stop(); err != nil {
		t.Fatal(err)
	}
	const ours = "SELECT count(*) FROM pg_database WHERE datname LIKE 'dimissioni_test_other%'"
	if n := count(t, running.base.String(), ours); n != 0 {
		t.Errorf("%d databases left behind", n)
	}
}

func TestDieEarly(t *testing.T) {
	if os.Getenv(dieEarly) == "" {
		return // the other half of the test below
	}
	URL(t, nil)
	fmt.Println(running.watch.cmd.Args[4])
	if err := syscall.Kill(os.Getpid(), syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
}

func TestKilledProgramLeavesNothingBehind(t *testing.T) {
	t.Parallel()
	program := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestDieEarly$")
	program.Env = append(os.Environ(), dieEarly+"=1", "DIMISSIONI_TEST_POSTGRES=")
	out, _ := program.Output() // always "signal: killed"
	dir, _, _ := strings.Cut(string(out), "\n")
	if base := filepath.Base(dir); !strings.HasPrefix(base, "pgtest-") {
		t.Fatalf("the program said %q, want its folder", out)
	}
	deadline := time.Now().Add(20 * time.Second)
	for {
		_, err := os.Stat(dir)
		if errors.Is(err, os.ErrNotExist) {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("%s is still there (%v)", dir, err)
		}
		time.Sleep(20 * time.Millisecond)
	}
}

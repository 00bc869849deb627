package cluster

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// helperDir, when set, makes the test program start a cluster there and then wait to be killed.
const helperDir = "CLUSTER_TEST_HELPER_DIR"

func TestMain(m *testing.M) {
	if dir := os.Getenv(helperDir); dir != "" {
		helper(dir)
	}
	m.Run()
}

func helper(dir string) {
	if _, err := Start(context.Background(), Options{Dir: dir, FastUnsafe: true}); err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	fmt.Println("ready")
	select {}
}

// folder is a temporary folder that the user postgres can reach, unlike that of t.TempDir.
func folder(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "cluster-test-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	return dir
}

func mustStart(t *testing.T, options Options) *Cluster {
	t.Helper()
	options.FastUnsafe = true
	c, err := Start(t.Context(), options)
	if err != nil {
		t.Fatalf("Start: %v (%v)", err, errors.Unwrap(err))
	}
	t.Cleanup(func() {
		if err := c.Stop(context.Background()); err != nil {
			t.Error(err)
		}
	})
	return c
}

func mustStop(t *testing.T, c *Cluster) {
	t.Helper()
	if err := c.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// ask runs one statement that gives one text.
func ask(t *testing.T, url, sql string) string {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.Background())
	var answer string
	if err := conn.QueryRow(t.Context(), sql).Scan(&answer); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	return answer
}

// run runs statements that give nothing.
func run(t *testing.T, url, sql string) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.Background())
	if _, err := conn.Exec(t.Context(), sql); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
}

func TestDataIsThereAfterARestart(t *testing.T) {
	t.Parallel()
	dir := folder(t)
	first := mustStart(t, Options{Dir: dir})
	if err := first.CreateDatabase(t.Context(), "dimissioni"); err != nil {
		t.Fatal(err)
	}
	run(t, first.URL("dimissioni"), "CREATE TABLE t AS SELECT 'perché' AS w")
	mustStop(t, first)
	mustStop(t, first) // a second one does nothing

	second := mustStart(t, Options{Dir: dir})
	if err := second.CreateDatabase(t.Context(), "dimissioni"); err != nil {
		t.Fatalf("CreateDatabase of one that is there: %v", err)
	}
	if got := ask(t, second.URL("dimissioni"), "SELECT upper(w) FROM t"); got != "PERCHÉ" {
		t.Errorf("read back %q, want PERCHÉ", got)
	}
}

func TestClusterIsPrivate(t *testing.T) {
	t.Parallel()
	dir := folder(t)
	c := mustStart(t, Options{Dir: dir})
	info, err := os.Stat(filepath.Join(dir, "password"))
	if err != nil {
		t.Fatal(err)
	}
	if info.Mode() != 0o600 {
		t.Errorf("password file has mode %v, want 0600", info.Mode())
	}
	if got := ask(t, c.URL("postgres"), "SHOW listen_addresses"); got != "127.0.0.1" {
		t.Errorf("listens on %q, want loopback alone", got)
	}
	if got := ask(t, c.URL("postgres"), "SHOW unix_socket_directories"); got != "" {
		t.Errorf("has a socket in %q, want none", got)
	}
	wrong := strings.Replace(c.URL("postgres"), c.password, "wrong", 1)
	if conn, err := pgx.Connect(t.Context(), wrong); err == nil {
		_ = conn.Close(t.Context())
		t.Error("a wrong password was let in")
	}
}

func TestFsyncIsOnUnlessAskedOtherwise(t *testing.T) {
	t.Parallel()
	c, err := Start(t.Context(), Options{Dir: folder(t)})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Stop(context.Background())
	for _, setting := range []string{"fsync", "full_page_writes", "synchronous_commit"} {
		if got := ask(t, c.URL("postgres"), "SHOW "+setting); got != "on" {
			t.Errorf("%s = %s, want on", setting, got)
		}
	}
}

func TestPostmasterHasASessionOfItsOwn(t *testing.T) {
	t.Parallel()
	c := mustStart(t, Options{Dir: folder(t)})
	group, err := syscall.Getpgid(c.pid)
	if err != nil {
		t.Fatal(err)
	}
	if group != c.pid {
		t.Errorf("postmaster %d is in group %d: Ctrl-C would reach it", c.pid, group)
	}
}

func TestKilledInitialisationIsTakenUpAgain(t *testing.T) {
	t.Parallel()
	dir := folder(t)
	if err := os.MkdirAll(filepath.Join(dir, "data.new", "base"), 0o700); err != nil {
		t.Fatal(err)
	}
	mustStart(t, Options{Dir: dir})
}

func TestLogKeepsStatementsOut(t *testing.T) {
	t.Parallel()
	dir := folder(t)
	c := mustStart(t, Options{Dir: dir})
	conn, err := pgx.Connect(t.Context(), c.URL("postgres"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.Background())
	_, err = conn.Exec(t.Context(), "CREATE TEMP TABLE p (code text PRIMARY KEY); INSERT INTO p VALUES ('RSSMRA80A01F205X'), ('RSSMRA80A01F205X')")
	if err == nil {
		t.Fatal("the duplicate was accepted")
	}
	deadline := time.Now().Add(5 * time.Second)
	for {
		text, err := os.ReadFile(filepath.Join(dir, "postgres.log"))
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			t.Fatal(err)
		}
		if strings.Contains(string(text), "RSSMRA") {
			t.Fatalf("the log holds the value: %s", text)
		}
		if strings.Contains(string(text), "duplicate key") {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("the error never came to the log: %s", text)
		}
		time.Sleep(10 * time.Millisecond)
	}
}

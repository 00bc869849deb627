// Package pgtest gives each test a Postgres database of its own, a copy of a template that is prepared once.
//
// A package that uses it has
//
//	func TestMain(m *testing.M) { pgtest.Main(m) }
//
// The first test that asks starts a private cluster, one for each test program, from the binaries of the machine; without
// them the test fails and says how to install them. With DIMISSIONI_TEST_POSTGRES, the URL of a superuser, it uses that
// server and leaves nothing behind there.
package pgtest

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"dimissioni/internal/standalone/cluster"
)

// Main runs the tests of a package and then ends what URL started. It belongs in TestMain.
func Main(m *testing.M) {
	running = &server{prefix: "dimissioni_test_" + strings.ToLower(rand.Text()[:10])}
	m.Run()
	if err := running.stop(); err != nil {
		fmt.Fprintln(os.Stderr, "pgtest:", err)
		os.Exit(1)
	}
}

// URL gives a new database, dropped when the test ends. It is a copy of one that setUp, a plain function such as the
// migrations, has prepared once for the whole program; nil gives an empty database. setUp must close its connections; it is
// known by its code, so a closure counts as the same one whatever it holds.
func URL(t testing.TB, setUp func(url string) error) string {
	t.Helper()
	if running == nil {
		t.Fatal("pgtest.URL needs: func TestMain(m *testing.M) { pgtest.Main(m) }")
	}
	if err := running.start(); err != nil {
		t.Fatalf("start Postgres for the tests: %v", err)
	}
	template, err := running.template(setUp)
	if err != nil {
		t.Fatalf("prepare template database: %v", err)
	}
	name := running.newName()
	if err := running.exec("CREATE DATABASE " + name + " TEMPLATE " + template); err != nil {
		t.Fatalf("create test database: %v", err)
	}
	t.Cleanup(func() {
		if err := running.exec("DROP DATABASE " + name + " WITH (FORCE)"); err != nil {
			t.Errorf("drop test database: %v", err)
		}
	})
	return running.url(name)
}

var running *server // set by Main before any test runs

// server is the Postgres of this test program: a private cluster, or the one of the environment.
type server struct {
	prefix  string // of every database we make
	starter sync.Once
	failed  error // why the start failed

	base    *url.URL
	cluster *cluster.Cluster // nil: the server of the environment
	watch   *watchdog

	mu        sync.Mutex
	names     int
	templates map[uintptr]*template
}

// template is the database that one setUp prepares.
type template struct {
	prepare sync.Once
	name    string
	failed  error
}

func (s *server) start() error {
	s.starter.Do(func() { s.failed = s.startOnce() })
	return s.failed
}

func (s *server) startOnce() error {
	s.templates = make(map[uintptr]*template)
	given := os.Getenv("DIMISSIONI_TEST_POSTGRES")
	if given == "" {
		return s.startCluster()
	}
	base, err := url.Parse(given)
	if err != nil {
		return errors.New("DIMISSIONI_TEST_POSTGRES is not a URL") // the cause would print its password
	}
	s.base = base
	return nil
}

func (s *server) startCluster() error {
	dir, err := os.MkdirTemp("", "pgtest-")
	if err != nil {
		return err
	}
	if err := os.Chmod(dir, 0o755); err != nil { // run by root, Postgres is another user
		return err
	}
	if s.watch, err = watch(dir); err != nil {
		return err
	}
	s.cluster, err = cluster.Start(context.Background(), cluster.Options{Dir: filepath.Join(dir, "postgres"), FastUnsafe: true})
	if err != nil {
		return errors.Join(err, s.watch.end())
	}
	s.base, err = url.Parse(s.cluster.URL("postgres"))
	return err
}

func (s *server) stop() error {
	if s.base == nil {
		return nil
	}
	if s.cluster != nil {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		return errors.Join(s.cluster.Stop(ctx), s.watch.end())
	}
	var err error
	for _, t := range s.templates {
		err = errors.Join(err, s.exec("DROP DATABASE IF EXISTS "+t.name+" WITH (FORCE)"))
	}
	return err
}

func (s *server) url(database string) string {
	u := *s.base
	u.Path = "/" + database
	return u.String()
}

func (s *server) exec(sql string) error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	conn, err := pgx.Connect(ctx, s.base.String())
	if err != nil {
		return err
	}
	defer conn.Close(ctx)
	_, err = conn.Exec(ctx, sql)
	return err
}

func (s *server) newName() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.names++
	return s.prefix + "_" + strconv.Itoa(s.names)
}

// template gives the name of the database that setUp has prepared, and has it prepared by the first who asks.
func (s *server) template(setUp func(url string) error) (string, error) {
	if setUp == nil {
		return "template1", nil
	}
	code := reflect.ValueOf(setUp).Pointer()
	s.mu.Lock()
	t := s.templates[code]
	if t == nil {
		t = &template{name: s.prefix + "_template_" + strconv.Itoa(len(s.templates))}
		s.templates[code] = t
	}
	s.mu.Unlock()
	t.prepare.Do(func() {
		if t.failed = s.exec("CREATE DATABASE " + t.name); t.failed == nil {
			t.failed = setUp(s.url(t.name))
		}
	})
	return t.name, t.failed
}

// watchdog is a process that ends the cluster and removes its folder when the test program is gone, also when a timeout, a
// panic or a signal took it.
type watchdog struct {
	cmd  *exec.Cmd
	life interface{ Close() error } // held open as long as we live
}

func watch(dir string) (*watchdog, error) {
	const script = `cat >/dev/null
pid=$(head -n 1 "$1/postgres/data/postmaster.pid" 2>/dev/null) && kill -QUIT "$pid" && while kill -0 "$pid"; do sleep 0.05; done
rm -rf "$1"`
	cmd := exec.CommandContext(context.Background(), "/bin/sh", "-c", script, "watchdog", dir)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true} // Ctrl-C is for the tests alone
	life, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	return &watchdog{cmd: cmd, life: life}, nil
}

// end lets the watchdog remove the folder, and waits for it.
func (w *watchdog) end() error {
	return errors.Join(w.life.Close(), w.cmd.Wait())
}

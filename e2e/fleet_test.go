package e2e

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"dimissioni/internal/standalone/client"
)

// fleet is an installation whose parts are processes of their own, each at an address that outlives it: they die and
// are started again one by one.
type fleet struct {
	*world
	data    string // of the engine program
	machine *member
}

// member is one process of a fleet.
type member struct {
	t           testing.TB
	program     string
	args        []string
	environment []string
	ready       string // the line it prints when it works begins so
	p           *program
}

// newFleet starts a machine with an empty, migrated database. Settings are added to those of every service.
func newFleet(t testing.TB, settings ...string) *fleet {
	t.Helper()
	f := &fleet{data: reachable(t), world: &world{t: t, mailDir: t.TempDir(), people: map[string]*client.Client{}}}
	f.openMail("127.0.0.1:0", nil)
	host, port, _ := strings.Cut(f.catcher.Addr(), ":")
	smtp := []string{"SMTP_HOST=" + host, "SMTP_PORT=" + port, "SMTP_TLS=none", "MAIL_FROM=dimissioni@demo.test"}
	t.Cleanup(f.stopPostgres)
	f.machine = &member{
		t: t, program: "standalone", args: []string{"engine"}, ready: "DATABASE_URL=",
		environment: append(smtp,
			"DIMISSIONI_DATA="+f.data, "DIMISSIONI_KEYS="+testKeys, "DIMISSIONI_TEMPORAL_UI_PORT=-1",
			fmt.Sprintf("DIMISSIONI_POSTGRES_PORT=%d", freePort(t)), fmt.Sprintf("DIMISSIONI_TEMPORAL_PORT=%d", freePort(t))),
	}
	database := f.machine.start()
	temporal := f.machine.p.line(t, "TEMPORAL_ADDRESS=")
	f.environment = append(smtp,
		"DATABASE_URL="+database, "TEMPORAL_ADDRESS="+temporal, "DIMISSIONI_KEYS="+testKeys,
		"DIMISSIONI_PUBLIC_URL=https://dimissioni.demo.test",
		"DIMISSIONI_DEMO=1", "DIMISSIONI_TRAINING=1", "DIMISSIONI_DEMO_PASSWORD="+password)
	f.environment = append(f.environment, settings...)
	f.once("migrate")
	return f
}

// once runs a command of the service that ends by itself.
func (f *fleet) once(args ...string) {
	f.t.Helper()
	p := start(f.t, "dimissioni-race", f.addressed(), args...)
	if code := p.wait(f.t); code != 0 {
		f.t.Fatalf("%v: exit code %d:\n%s", args, code, p.output)
	}
}

// service starts a part of the service at an address of its own.
func (f *fleet) service(program string, args ...string) *member {
	f.t.Helper()
	m := &member{t: f.t, program: program, args: args, environment: f.addressed(), ready: "admin on "}
	m.start()
	return m
}

// addressed is the environment of one more service.
func (f *fleet) addressed() []string {
	return append([]string{
		fmt.Sprintf("DIMISSIONI_ADDR=127.0.0.1:%d", freePort(f.t)), "DIMISSIONI_ADMIN_ADDR=127.0.0.1:0",
	}, f.environment...)
}

// start starts the process, again after it died, and gives what it prints when it works.
func (m *member) start() string {
	m.t.Helper()
	m.p = start(m.t, m.program, m.environment, m.args...)
	return m.p.line(m.t, m.ready)
}

// kill ends the process as a power cut would.
func (m *member) kill() {
	m.p.signal(syscall.SIGKILL)
	m.p.wait(m.t)
}

// stop ends the process in order.
func (m *member) stop() {
	m.t.Helper()
	m.p.signal(syscall.SIGTERM)
	if code := m.p.wait(m.t); code != 0 {
		m.t.Errorf("%s %v: exit code %d after SIGTERM", m.program, m.args, code)
	}
}

// address is where an api answers.
func (m *member) address() string {
	for _, s := range m.environment {
		if addr, ok := strings.CutPrefix(s, "DIMISSIONI_ADDR="); ok {
			return "http://" + addr
		}
	}
	m.t.Fatal("not a service")
	return ""
}

// seen is the same installation through another api.
func (f *fleet) seen(through *member) *world {
	return &world{
		t: f.t, catcher: f.catcher, environment: f.environment, address: through.address(),
		people: map[string]*client.Client{}, persons: 10_000, // not those of the first
	}
}

// freePort is a port that is free, below those which the system gives to whoever asks for any: between a process's
// death and its next start nobody takes it.
func freePort(t testing.TB) int {
	t.Helper()
	for range 100 {
		port := 15_000 + rand.IntN(15_000)
		l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp4", net.JoinHostPort("127.0.0.1", strconv.Itoa(port)))
		if err == nil {
			_ = l.Close()
			return port
		}
	}
	t.Fatal("no free port")
	return 0
}

// postmaster is the process of Postgres that works in the fleet's folder; zero when there is none.
func (f *fleet) postmaster() int {
	text, err := os.ReadFile(filepath.Join(f.data, "postgres", "data", "postmaster.pid"))
	if err != nil {
		return 0
	}
	first, _, _ := strings.Cut(string(text), "\n")
	pid, err := strconv.Atoi(strings.TrimSpace(first))
	line, readErr := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid))
	if err != nil || readErr != nil || !strings.Contains(string(line), f.data) {
		return 0
	}
	return pid
}

// postmasterCommand is how to start the running Postgres again, as the same user.
func (f *fleet) postmasterCommand() *exec.Cmd {
	f.t.Helper()
	proc := fmt.Sprintf("/proc/%d", f.postmaster())
	line, err := os.ReadFile(filepath.Join(proc, "cmdline"))
	if err != nil {
		f.t.Fatal(err)
	}
	words := strings.Split(strings.TrimRight(string(line), "\x00"), "\x00")
	info, err := os.Stat(proc)
	if err != nil {
		f.t.Fatal(err)
	}
	cmd := exec.Command(words[0], words[1:]...) //nolint:noctx // it lives until stopPostgres
	cmd.Dir = filepath.Join(f.data, "postgres")
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "LC_ALL=C.UTF-8", "TZ=UTC"}
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if owner, ok := info.Sys().(*syscall.Stat_t); ok && int(owner.Uid) != os.Getuid() {
		cmd.SysProcAttr.Credential = &syscall.Credential{Uid: owner.Uid, Gid: owner.Gid}
	}
	return cmd
}

// killPostgres kills the postmaster; its sessions follow by themselves. What it returns starts it again.
func (f *fleet) killPostgres() (again func()) {
	f.t.Helper()
	cmd := f.postmasterCommand()
	_ = syscall.Kill(f.postmaster(), syscall.SIGKILL)
	return func() {
		f.t.Helper()
		f.eventually("postgres answers again", func() bool { // it refuses while old sessions are still there
			try := *cmd
			if err := try.Start(); err != nil {
				f.t.Fatal(err)
			}
			ended := make(chan struct{})
			go func() {
				defer close(ended)
				_ = try.Wait()
			}()
			return f.answers(ended)
		})
	}
}

// answers waits until Postgres answers, or has ended instead.
func (f *fleet) answers(ended <-chan struct{}) bool {
	for {
		ctx, cancel := context.WithTimeout(f.ctx(), time.Second)
		conn, err := pgx.Connect(ctx, f.setting("DATABASE_URL"))
		if err == nil {
			err = conn.Close(ctx)
		}
		cancel()
		if err == nil {
			return true
		}
		select {
		case <-ended:
			return false
		case <-f.ctx().Done():
			return false
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// stopPostgres ends the Postgres that no engine program knows any more.
func (f *fleet) stopPostgres() {
	limit := time.Now().Add(patience)
	for pid := f.postmaster(); pid != 0 && f.postmaster() == pid && time.Now().Before(limit); {
		_ = syscall.Kill(pid, syscall.SIGCONT)
		_ = syscall.Kill(pid, syscall.SIGQUIT)
		wait(context.Background(), 50*time.Millisecond)
	}
}

// query reads one value from the fleet's database.
func query[T any](f *fleet, sql string, args ...any) T {
	f.t.Helper()
	list := queryAll[T](f, sql, args...)
	if len(list) != 1 {
		f.t.Fatalf("%d rows, want one: %s", len(list), sql)
	}
	return list[0]
}

// queryAll reads from the fleet's database: a column, or rows as structs.
func queryAll[T any](f *fleet, sql string, args ...any) []T {
	f.t.Helper()
	conn, err := pgx.Connect(f.ctx(), f.setting("DATABASE_URL"))
	if err != nil {
		f.t.Fatal(err)
	}
	defer conn.Close(f.ctx())
	rows, err := conn.Query(f.ctx(), sql, args...)
	if err != nil {
		f.t.Fatal(err)
	}
	read := pgx.RowTo[T]
	if reflect.TypeFor[T]().Kind() == reflect.Struct {
		read = pgx.RowToStructByName[T]
	}
	list, err := pgx.CollectRows(rows, read)
	if err != nil {
		f.t.Fatalf("%s: %v", sql, err)
	}
	return list
}

// Package e2e runs the built programs on the real engine: Postgres, Temporal and SMTP as in life, the API and the
// workers built with the race detector. `make e2e` builds them first.
package e2e

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"dimissioni/internal/standalone/client"
	"dimissioni/internal/standalone/mailcatcher"
)

const (
	password = "prova-prova-prova"
	// patience is how long anything may take before a test gives up: generous, since machines differ.
	patience = 90 * time.Second
)

// program is a running binary and what it printed.
type program struct {
	cmd    *exec.Cmd
	lines  chan string
	output *tail
	ended  chan struct{}
}

// tail keeps everything a program wrote, for failures and for the search of personal data.
type tail struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (t *tail) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.buf.Write(p)
}

func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.buf.String()
}

// binary finds a built program; a missing one fails the test.
func binary(t testing.TB, name string) string {
	t.Helper()
	folder := os.Getenv("DIMISSIONI_BIN")
	if folder == "" {
		folder = filepath.Join("..", "bin")
	}
	path, err := filepath.Abs(filepath.Join(folder, name))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(path); err != nil {
		t.Fatalf("%s is not built: run `make build` first", path)
	}
	return path
}

// start runs a binary with an environment of its own. The test's end stops it.
func start(t testing.TB, name string, environment []string, args ...string) *program {
	t.Helper()
	return startFile(t, binary(t, name), environment, args...)
}

// startFile is start for any program.
func startFile(t testing.TB, file string, environment []string, args ...string) *program {
	t.Helper()
	p := &program{lines: make(chan string, 1000), output: &tail{}, ended: make(chan struct{})}
	p.cmd = exec.Command(file, args...) //nolint:noctx // stopped below
	p.cmd.Env = append([]string{"PATH=" + os.Getenv("PATH"), "HOME=" + t.TempDir(), "TZ=UTC"}, environment...)
	p.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	stdout, err := p.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	p.cmd.Stderr = p.output
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go p.read(stdout)
	t.Cleanup(func() {
		p.signal(syscall.SIGTERM)
		p.wait(t)
		if t.Failed() {
			t.Logf("%s said:\n%s", filepath.Base(file), p.output)
		}
	})
	return p
}

func (p *program) read(stdout io.Reader) {
	lines := bufio.NewScanner(io.TeeReader(stdout, p.output))
	for lines.Scan() {
		select {
		case p.lines <- lines.Text():
		default: // nobody waits for a line any more
		}
	}
	close(p.lines)
	_ = p.cmd.Wait()
	close(p.ended)
}

// line waits for a line that begins with a text and returns what follows it.
func (p *program) line(t testing.TB, prefix string) string {
	t.Helper()
	limit := time.After(patience)
	for {
		select {
		case line, open := <-p.lines:
			if !open {
				t.Fatalf("the program ended before it printed %q:\n%s", prefix, p.output)
			}
			if rest, ok := strings.CutPrefix(line, prefix); ok {
				return rest
			}
		case <-limit:
			t.Fatalf("the program did not print %q:\n%s", prefix, p.output)
		}
	}
}

func (p *program) signal(s syscall.Signal) {
	if p.cmd.Process != nil {
		_ = p.cmd.Process.Signal(s)
	}
}

// wait waits for the program's end and returns its exit code.
func (p *program) wait(t testing.TB) int {
	t.Helper()
	select {
	case <-p.ended:
	case <-time.After(patience):
		_ = p.cmd.Process.Kill()
		t.Errorf("the program did not stop:\n%s", p.output)
		<-p.ended
	}
	return p.cmd.ProcessState.ExitCode()
}

// world is a whole installation: machine, service, mail, and the people of the demo.
type world struct {
	t           testing.TB
	engine      *program
	service     *program
	serviceFile string // which build of the service
	catcher     *mailcatcher.Catcher
	mailDir     string
	environment []string // of the service
	address     string   // of the API
	people      map[string]*client.Client
	persons     int // synthetic people made so far
}

// nextName is a given name that nobody has had yet in this world: letters only, as names are.
func (w *world) nextName() string {
	w.persons++
	name := []byte("Prova")
	for n := w.persons; n > 0; n /= 26 {
		name = append(name, byte('a'+n%26))
	}
	return string(name)
}

// newWorld starts a machine and the service built with the race detector. Settings are added to the service's.
func newWorld(t testing.TB, settings ...string) *world {
	t.Helper()
	w := newMachine(t, settings...)
	w.serve()
	return w
}

// newMachine starts a machine alone.
func newMachine(t testing.TB, settings ...string) *world {
	t.Helper()
	w := &world{t: t, mailDir: t.TempDir(), people: map[string]*client.Client{}}
	w.openMail("127.0.0.1:0", nil)
	host, port, _ := strings.Cut(w.catcher.Addr(), ":")
	smtp := []string{"SMTP_HOST=" + host, "SMTP_PORT=" + port, "SMTP_TLS=none", "MAIL_FROM=dimissioni@demo.test"}
	w.engine = start(t, "standalone", slices.Concat(smtp, []string{
		"DIMISSIONI_DATA=" + reachable(t), "DIMISSIONI_TEMPORAL_PORT=0", "DIMISSIONI_TEMPORAL_UI_PORT=-1",
		"DIMISSIONI_KEYS=" + testKeys,
	}), "engine")
	database := w.engine.line(t, "DATABASE_URL=")
	temporal := w.engine.line(t, "TEMPORAL_ADDRESS=")
	w.environment = slices.Concat(smtp, []string{
		"DATABASE_URL=" + database, "TEMPORAL_ADDRESS=" + temporal, "DIMISSIONI_KEYS=" + testKeys,
		"DIMISSIONI_ADDR=127.0.0.1:0", "DIMISSIONI_ADMIN_ADDR=127.0.0.1:0",
		"DIMISSIONI_DEMO=1", "DIMISSIONI_TRAINING=1", "DIMISSIONI_DEMO_PASSWORD=" + password,
	}, settings)
	return w
}

// testKeys encrypt what tests put into Temporal, so that recorded histories can be replayed. They protect nothing.
const testKeys = "test:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="

// serve starts the service, again after it was stopped.
func (w *world) serve() {
	w.t.Helper()
	w.service = start(w.t, cmp.Or(w.serviceFile, "dimissioni-race"), w.environment, "serve", "--migrate")
	w.address = w.service.line(w.t, "listening on ")
}

// openMail starts the mail server at an address, again after it was stopped.
func (w *world) openMail(address string, reject func(string) error) {
	w.t.Helper()
	catcher, err := mailcatcher.Start(mailcatcher.Options{Dir: w.mailDir, SMTPAddr: address, Reject: reject})
	if err != nil {
		w.t.Fatal(err)
	}
	w.catcher = catcher
	w.t.Cleanup(func() { _ = catcher.Stop() })
}

// reachable is a folder that the user postgres can pass through.
func reachable(t testing.TB) string {
	t.Helper()
	folder, err := os.MkdirTemp("", "dimissioni-e2e-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(folder) })
	if err := os.Chmod(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	return folder
}

// as is a demo person, signed in.
func (w *world) as(who string) *client.Client {
	w.t.Helper()
	if c, ok := w.people[who]; ok {
		return c
	}
	c, err := client.SignIn(w.ctx(), w.address, who+"@demo.test", password)
	if err != nil {
		w.t.Fatal(err)
	}
	w.people[who] = c
	return c
}

func (w *world) ctx() context.Context { return w.t.Context() }

// eventually polls a condition until it holds or patience is over.
func (w *world) eventually(what string, holds func() bool) {
	w.t.Helper()
	limit := time.Now().Add(patience)
	for !holds() {
		if time.Now().After(limit) {
			w.t.Fatalf("never: %s", what)
		}
		wait(w.ctx(), 50*time.Millisecond)
	}
}

// wait lets a moment pass between two looks.
func wait(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-timer.C:
	}
}

// mails are the caught messages of a case and moment, oldest first.
func (w *world) mails(code, moment string) []mailcatcher.Message {
	w.t.Helper()
	all, err := w.catcher.Messages()
	if err != nil {
		w.t.Fatal(err)
	}
	var found []mailcatcher.Message
	for _, m := range all {
		if m.Case == code && (moment == "" || m.Moment == moment) {
			found = append(found, m)
		}
	}
	return found
}

// id asks who a demo person is.
func (w *world) id(who, part string) string {
	w.t.Helper()
	me, err := w.as(who).Get(w.ctx(), "/me")
	if err != nil {
		w.t.Fatal(err)
	}
	object, _ := me[part].(client.Object)
	id := client.Text(object, "id")
	if id == "" {
		w.t.Fatalf("%s has no %s in /me: %s", who, part, fmt.Sprint(me))
	}
	return id
}

package e2e

import (
	"fmt"
	"math/rand/v2"
	"net"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"

	commonpb "go.temporal.io/api/common/v1"
	workflowpb "go.temporal.io/api/workflow/v1"
	temporal "go.temporal.io/sdk/client"

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
	said        string // after ready
}

// newFleet starts a machine with an empty, migrated database.
func newFleet(t testing.TB) *fleet {
	t.Helper()
	f := &fleet{data: reachable(t), world: &world{t: t, mailDir: t.TempDir(), people: map[string]*client.Client{}}}
	f.openMail("127.0.0.1:0", nil)
	host, port, _ := strings.Cut(f.catcher.Addr(), ":")
	smtp := []string{"SMTP_HOST=" + host, "SMTP_PORT=" + port, "SMTP_TLS=none", "MAIL_FROM=dimissioni@demo.test"}
	t.Cleanup(f.stopPostgres)
	f.machine = &member{
		t: t, program: "standalone", args: []string{"engine"}, ready: "DATABASE_URL=",
		environment: slices.Concat(smtp, []string{
			"DIMISSIONI_DATA=" + f.data, "DIMISSIONI_KEYS=" + testKeys, "DIMISSIONI_TEMPORAL_UI_PORT=-1",
			fmt.Sprintf("DIMISSIONI_POSTGRES_PORT=%d", freePort(t)), fmt.Sprintf("DIMISSIONI_TEMPORAL_PORT=%d", freePort(t)),
		}),
	}
	database := f.machine.start()
	temporal := f.machine.p.line(t, "TEMPORAL_ADDRESS=")
	f.environment = slices.Concat(smtp, []string{
		"DATABASE_URL=" + database, "TEMPORAL_ADDRESS=" + temporal, "DIMISSIONI_KEYS=" + testKeys,
		"DIMISSIONI_PUBLIC_URL=https://dimissioni.demo.test",
		"DIMISSIONI_DEMO=1", "DIMISSIONI_TRAINING=1", "DIMISSIONI_DEMO_PASSWORD=" + password,
	})
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
	m := f.member(program, args...)
	m.start()
	return m
}

// services starts several parts at the same moment.
func (f *fleet) services(program string, parts ...string) []*member {
	f.t.Helper()
	members := make([]*member, len(parts))
	for i, part := range parts {
		members[i] = f.member(program, part)
		members[i].p = start(f.t, program, members[i].environment, part)
	}
	for _, m := range members {
		m.p.line(f.t, m.ready)
	}
	return members
}

func (f *fleet) member(program string, args ...string) *member {
	f.t.Helper()
	return &member{t: f.t, program: program, args: args, environment: f.addressed(), ready: "admin on "}
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
	m.said = m.p.line(m.t, m.ready)
	return m.said
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

// temporal is a client of the engine, without any key.
func (w *world) temporal() temporal.Client {
	w.t.Helper()
	c, err := temporal.Dial(temporal.Options{HostPort: w.setting("TEMPORAL_ADDRESS")})
	if err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(c.Close)
	return c
}

func execution(caseID string) *commonpb.WorkflowExecution {
	return &commonpb.WorkflowExecution{WorkflowId: "discharge/" + caseID}
}

// poke makes the case's workflow look at Postgres.
func (f *fleet) poke(caseID string) {
	f.t.Helper()
	if err := f.temporal().SignalWorkflow(f.ctx(), "discharge/"+caseID, "", "poke", nil); err != nil {
		f.t.Fatal(err)
	}
}

// waitsFor reports whether the case's workflow waits for an activity.
func (f *fleet) waitsFor(caseID, activity string) bool {
	f.t.Helper()
	seen, err := f.temporal().DescribeWorkflowExecution(f.ctx(), "discharge/"+caseID, "")
	if err != nil {
		return false // Temporal is in the same Postgres
	}
	return slices.ContainsFunc(seen.GetPendingActivities(), func(a *workflowpb.PendingActivityInfo) bool {
		return a.GetActivityType().GetName() == activity
	})
}

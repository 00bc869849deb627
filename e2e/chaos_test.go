package e2e

import (
	"context"
	"math/rand/v2"
	"os"
	"strconv"
	"sync"
	"testing"
	"time"
)

// chaos is how long, with how many cases and from which seed the processes die. `make chaos` sets it.
type chaos struct {
	lasting time.Duration
	cases   int
	seed    uint64
}

func chaosFromEnvironment(t *testing.T) chaos {
	t.Helper()
	number := func(name string, otherwise int) int {
		text := os.Getenv(name)
		if text == "" {
			return otherwise
		}
		n, err := strconv.Atoi(text)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		return n
	}
	return chaos{
		lasting: time.Duration(number("CHAOS_SECONDS", 45)) * time.Second,
		cases:   number("CHAOS_CASES", 12),
		seed:    uint64(number("CHAOS_SEED", 42)),
	}
}

// TestChaosKillsLoseAndDoubleNothing kills processes at random points while cases get commands from several people at
// once, each repeated with its key until it is answered, and then looks whether everything is there, once.
func TestChaosKillsLoseAndDoubleNothing(t *testing.T) {
	t.Parallel()
	c := chaosFromEnvironment(t)
	t.Logf("again with: make chaos SECONDS=%.0f CASES=%d SEED=%d", c.lasting.Seconds(), c.cases, c.seed)
	f := newFleet(t)
	api, worker := f.service("dimissioni-race", "api", "--migrate"), f.service("dimissioni-race", "worker")
	f.address = api.address()
	api.args = []string{"api"}
	f.tighten(c.cases)

	walkers := f.walkers(c)
	ctx, enough := context.WithCancel(t.Context())
	defer enough()
	var wg sync.WaitGroup
	for _, w := range walkers {
		wg.Go(func() { w.walk(ctx) })
		wg.Go(func() { w.interfere(ctx) })
	}
	m := &monkey{fleet: f, api: api, worker: worker, rng: seeded(c.seed, 0)}
	m.rage(c.lasting)
	enough() // the walkers end what they have begun
	wg.Wait()

	commands := 0
	for _, w := range walkers {
		commands += w.given
		if w.blamed > 0 {
			t.Errorf("case %d: %d answers 5xx that are not 503", w.number, w.blamed)
		}
		for _, err := range w.errs {
			t.Errorf("case %d: %v", w.number, err)
		}
	}
	if commands == 0 {
		t.Fatal("no command was answered")
	}
	t.Logf("%d kills, %d answered commands, %d attempts without an answer", m.kills, commands, unanswered(walkers))
	f.checkOnce(walkers)
	f.checkAgreement(walkers)
	f.checkMoney()
	f.checkMails(walkers)
}

// monkey kills.
type monkey struct {
	*fleet
	api, worker *member
	rng         *rand.Rand
	kills       int
}

// rage kills one part or all of them after another, at points of time and in an order that the seed decides. Each comes
// back before the next goes.
func (m *monkey) rage(lasting time.Duration) {
	began := time.Now()
	for time.Since(began) < lasting {
		wait(m.ctx(), m.moment(3*time.Second))
		victim := m.victims()[m.rng.IntN(len(m.victims()))]
		away := m.moment(1500 * time.Millisecond)
		m.t.Logf("%5.1f s: %s dies for %s", time.Since(began).Seconds(), victim.name, away)
		again := victim.kill()
		wait(m.ctx(), away)
		again()
		m.kills++
	}
}

// moment is a random time of at most so much.
func (m *monkey) moment(most time.Duration) time.Duration {
	return time.Duration(m.rng.Int64N(int64(most))).Round(time.Millisecond)
}

// victim is what may die: kill returns what starts it again.
type victim struct {
	name string
	kill func() (again func())
}

func (m *monkey) victims() []victim {
	parts := func(members ...*member) func() func() {
		return func() func() {
			for _, each := range members {
				each.p.signal(9)
			}
			return func() {
				for _, each := range members {
					each.p.wait(m.t)
					each.start()
				}
			}
		}
	}
	everything := parts(m.machine, m.api, m.worker)
	return []victim{
		{"api", parts(m.api)},
		{"worker", parts(m.worker)},
		{"service", parts(m.api, m.worker)},
		{"engine", parts(m.machine)},
		{"postgres", m.killPostgres},
		{"everything", func() func() {
			_ = m.killPostgres() // the engine program starts it again
			return everything()
		}},
	}
}

func unanswered(walkers []*walker) int {
	n := 0
	for _, w := range walkers {
		n += w.unanswered
	}
	return n
}

package e2e

import (
	"flag"
	"fmt"
	"net/http"
	"os"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
)

// The sizes of the bench: the defaults are a smoke test, `make bench` asks for more.
var bench = struct {
	latency, rounds, cases, atOnce, stored, reads *int

	codec   *bool
	profile *string
}{
	latency: flag.Int("bench-latency", 1, "cases led one after the other, for the latency of a command"),
	rounds:  flag.Int("bench-rounds", 1, "rounds of whole lifecycles, each ours then bare or bare then ours"),
	cases:   flag.Int("bench-cases", 2, "lifecycles in a round, on each side"),
	atOnce:  flag.Int("bench-at-once", 2, "lifecycles at the same time"),
	stored:  flag.Int("bench-stored", 300, "cases in Postgres for the reads"),
	reads:   flag.Int("bench-reads", 1, "how often each read is asked, by one client and by four"),
	codec:   flag.Bool("bench-codec", false, "the bare workflow encrypts its payloads as ours does"),
	profile: flag.String("bench-profile", "", "file for a CPU profile of the service during its lifecycles"),
}

// TestBench measures the product beside a bare Temporal workflow, on one engine and in one run, and prints what it finds.
// It fails when something does not work, never for a figure: docs/performance.md says what was found.
func TestBench(t *testing.T) {
	w := newMachine(t)
	w.serviceFile = "dimissioni"
	w.serve()
	if transport, ok := http.DefaultTransport.(*http.Transport); ok {
		transport.MaxIdleConnsPerHost = 64 // of the clients at work at once none connects again
	}
	b := newBench(w)
	b.say("ours: HTTP, rules, Postgres, mails, encrypted payloads; bare: the same Updates, local activities with one INSERT")
	b.say("each, timers and mail activities (which do nothing), payloads encrypted: %t", *bench.codec)
	b.say("per case: %s", b.bare.shape)

	b.latencies("command latency, one case at a time")
	b.lifecycles()
	b.sizes()
	b.fill(*bench.stored)
	b.latencies(fmt.Sprintf("command latency with %d cases in Postgres", *bench.stored))
	b.readings()
}

// benchmark is the bench on its way.
type benchmark struct {
	*world
	out  *os.File
	path *path
	bare *bare

	db         *pgxpool.Pool
	postmaster int    // Postgres's first process
	admin      string // the service's address for profiles
}

func newBench(w *world) *benchmark {
	b := &benchmark{world: w, out: os.Stdout, admin: w.service.line(w.t, "admin on ")}
	b.openDatabase()
	b.sql(`UPDATE budget_lines SET planned_cents = 1e12`) // money for everybody
	b.path = b.newPath()
	b.bare = b.newBare(b.pilot())
	b.must(b.bare.lead(w.ctx(), "warm", func(time.Duration) {}))
	return b
}

// say prints a line at once: a bench is watched.
func (b *benchmark) say(format string, args ...any) {
	_, _ = fmt.Fprintf(b.out, format+"\n", args...)
}

// latencies leads cases one at a time, ours and bare in turn, so that the machine's moods fall on both.
func (b *benchmark) latencies(title string) {
	b.t.Helper()
	var ours, bare samples
	for i := range *bench.latency {
		for side := range 2 {
			if (i+side)%2 == 0 {
				b.must(b.path.lead(b.ctx(), b.nextName(), ours.add))
			} else {
				b.must(b.bare.lead(b.ctx(), b.nextName(), bare.add))
			}
		}
	}
	b.say("\n%s (%d commands each)", title, len(ours))
	b.say("  %-6s %9s %9s %9s", "", "p50", "p95", "mean")
	b.say("  %-6s %9s %9s %9s", "ours", ms(ours.at(50)), ms(ours.at(95)), ms(ours.mean()))
	b.say("  %-6s %9s %9s %9s", "bare", ms(bare.at(50)), ms(bare.at(95)), ms(bare.mean()))
	b.say("  %-6s %9s %9s %9s", "ratio", ratio(ours.at(50), bare.at(50)), ratio(ours.at(95), bare.at(95)), ratio(ours.mean(), bare.mean()))
}

// must fails the bench on an error.
func (b *benchmark) must(err error) {
	b.t.Helper()
	if err != nil {
		b.t.Fatal(err)
	}
}

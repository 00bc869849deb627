package e2e

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"sync"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	historypb "go.temporal.io/api/history/v1"
	"google.golang.org/protobuf/proto"
)

// lives is what whole lifecycles cost on one side, all rounds together.
type lives struct {
	cases int
	took  time.Duration
	used  usage
	rates []float64 // of each round, a second
}

// lifecycles leads many cases at once, ours and bare in turn.
func (b *benchmark) lifecycles() {
	b.t.Helper()
	ours, bare := &lives{}, &lives{}
	profile := b.profile()
	for i := range *bench.rounds {
		for side := range 2 {
			if (i+side)%2 == 0 {
				b.round(ours, b.path.lead)
			} else {
				b.round(bare, b.bare.lead)
			}
		}
	}
	b.must(profile())
	b.say("\nwhole lifecycles, %d at once, %d rounds of %d cases on each side", *bench.atOnce, *bench.rounds, *bench.cases)
	b.say("  %-34s %9s %9s %9s", "", "ours", "bare", "ratio")
	line := func(what, format string, ours, bare float64) {
		b.say("  %-34s %9s %9s %9s", what, fmt.Sprintf(format, ours), fmt.Sprintf(format, bare), ratio(ours, bare))
	}
	line("lifecycles a second", "%.2f", ours.perSecond(), bare.perSecond())
	for i := range ours.rates {
		line(fmt.Sprintf("  round %d", i+1), "%.2f", ours.rates[i], bare.rates[i])
	}
	cpu := func(what string, ours, bare time.Duration) {
		line("CPU ms a case: "+what, "%.1f", float64(ours.Microseconds())/1000, float64(bare.Microseconds())/1000)
	}
	o, r := ours.each(), bare.each()
	cpu("service, or bare worker", o.service+o.worker, r.service+r.worker)
	cpu("Temporal", o.temporal, r.temporal)
	cpu("Postgres", o.postgres, r.postgres)
	cpu("whoever asks, mail catcher", o.bench, r.bench)
	cpu("all", o.all(), r.all())
}

// round leads a round's cases on one side.
func (b *benchmark) round(l *lives, lead func(context.Context, string, func(time.Duration)) error) {
	b.t.Helper()
	names := make(chan string)
	errs := make(chan error, *bench.atOnce)
	before, began := b.usage(), time.Now()
	var wg sync.WaitGroup
	for range *bench.atOnce {
		wg.Go(func() {
			for name := range names {
				if err := lead(b.ctx(), name, func(time.Duration) {}); err != nil {
					select {
					case errs <- err:
					default:
					}
				}
			}
		})
	}
	for range *bench.cases {
		names <- b.nextName()
	}
	close(names)
	wg.Wait()
	took := time.Since(began)
	l.used = l.used.plus(b.usage().minus(before))
	l.cases += *bench.cases
	l.took += took
	l.rates = append(l.rates, float64(*bench.cases)/took.Seconds())
	select {
	case err := <-errs:
		b.t.Fatal(err)
	default:
	}
}

func (l *lives) perSecond() float64 { return float64(l.cases) / l.took.Seconds() }

func (l *lives) each() usage { return l.used.by(l.cases) }

// profile begins a CPU profile of the service, when one is asked for; what it returns ends it.
func (b *benchmark) profile() (end func() error) {
	if *bench.profile == "" {
		return func() error { return nil }
	}
	seconds := *bench.rounds * *bench.cases / 2 // about as long as the rounds take
	done := make(chan error, 1)
	go func() {
		done <- fetch(b.ctx(), fmt.Sprintf("%s/debug/pprof/profile?seconds=%d", b.admin, max(seconds, 1)), *bench.profile)
	}()
	return func() error { return <-done }
}

func fetch(ctx context.Context, url, file string) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return err
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	out, err := os.Create(file)
	if err != nil {
		return err
	}
	if _, err := io.Copy(out, res.Body); err != nil {
		return err
	}
	return out.Close()
}

// sizes compares what the engine keeps of a case, and the memory of the processes.
func (b *benchmark) sizes() {
	b.t.Helper()
	name := b.nextName()
	id, err := b.path.walk(b.ctx(), name, b.posted)
	b.must(err)
	b.must(b.bare.lead(b.ctx(), name, func(time.Duration) {
		b.eventually("the mails have gone", func() bool { return !b.busy("bench/" + name) })
	}))
	b.eventually("the bare case has ended", func() bool { return b.ended("bench/" + name) })
	ours, bare := b.kept("discharge/"+id), b.kept("bench/"+name)
	b.say("\nwhat is kept of one case, mails gone, and memory")
	b.say("  %-34s %9s %9s %9s", "", "ours", "bare", "ratio")
	line := func(what string, ours, bare int) {
		b.say("  %-34s %9d %9d %9s", what, ours, bare, ratio(ours, bare))
	}
	line("events", len(ours.GetEvents()), len(bare.GetEvents()))
	line("bytes of history", proto.Size(ours), proto.Size(bare))
	line("RSS of service, or bare worker, MB", memory(b.service.cmd.Process.Pid), memory(b.bare.worker.cmd.Process.Pid))
	b.say("  Temporal: %d MB", memory(b.engine.cmd.Process.Pid))
}

// kept is what the engine keeps of a workflow's latest run.
func (b *benchmark) kept(workflowID string) *historypb.History {
	b.t.Helper()
	history := &historypb.History{}
	events := b.path.engine.GetWorkflowHistory(b.ctx(), workflowID, "", false, enumspb.HISTORY_EVENT_FILTER_TYPE_ALL_EVENT)
	for events.HasNext() {
		e, err := events.Next()
		b.must(err)
		history.Events = append(history.Events, e)
	}
	return history
}

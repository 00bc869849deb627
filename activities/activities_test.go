package activities_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"go.temporal.io/sdk/temporal"

	"dimissioni/internal/discharge"
	"dimissioni/internal/engine"
)

const stranger = "00000000-0000-4000-8000-000000000000"

func contextFor(d time.Duration) (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.Background(), d)
}

// run executes an activity in the test environment and decodes its answer.
func run[Out any](d *desk, activity, request any) (out Out, err error) {
	d.t.Helper()
	value, err := d.env.ExecuteActivity(activity, request)
	if err == nil && value.HasValue() {
		d.must(value.Get(&out))
	}
	return out, err
}

func TestLoadGivesWhatComesAfterAVersion(t *testing.T) {
	d := newDesk(t)
	id := d.submit()
	all, err := run[engine.Loaded](d, d.Load, engine.LoadRequest{CaseID: id})
	d.must(err)
	if len(all.Events) != 1 || all.Events[0].Kind != discharge.Submitted || all.NextMailAt.IsZero() || !all.Now.IsZero() {
		t.Errorf("loaded %+v", all)
	}
	rest, err := run[engine.Loaded](d, d.Load, engine.LoadRequest{CaseID: id, After: 1})
	d.must(err)
	if len(rest.Events) != 0 {
		t.Errorf("after the last: %+v", rest.Events)
	}
	if behind, err := d.Store.Unacknowledged(t.Context(), 0, 10); err != nil || len(behind) != 0 {
		t.Errorf("not acknowledged: %v %v", behind, err)
	}
	nobody, err := run[engine.Loaded](d, d.Load, engine.LoadRequest{CaseID: stranger})
	if err != nil || len(nobody.Events) != 0 {
		t.Errorf("a case that does not exist: %+v, %v", nobody, err)
	}
}

func TestRecordIsDoneOnce(t *testing.T) {
	d := newDesk(t)
	id := d.submit()
	loaded, err := run[engine.Loaded](d, d.Load, engine.LoadRequest{CaseID: id})
	d.must(err)
	c := discharge.Case{ID: id}.Apply(loaded.Events[0])
	take := discharge.Command{ID: stranger, Kind: discharge.Take, Actor: coordinator}
	decision, err := discharge.Decide(c, take, now)
	d.must(err)
	request := engine.RecordRequest{CaseID: id, After: 1, Now: now, Command: take, Decision: decision}
	for range 2 {
		out, err := run[engine.Recorded](d, d.Record, request)
		d.must(err)
		if !out.Applied || len(out.Events) != 1 || out.Events[0].Kind != discharge.Taken || out.Refusal != nil {
			t.Errorf("recorded %+v", out)
		}
	}
}

func TestAnErrorThatLeavesSaysNothing(t *testing.T) {
	d := newDesk(t)
	id := d.submit()
	d.Store.Close()
	for name, call := range map[string]func() error{
		"load":    func() error { return failure(d, d.Load, engine.LoadRequest{CaseID: id}) },
		"record":  func() error { return failure(d, d.Record, engine.RecordRequest{CaseID: id}) },
		"refuse":  func() error { return failure(d, d.Refuse, engine.RefuseRequest{CommandID: id}) },
		"deliver": func() error { return failure(d, d.Deliver, engine.DeliverRequest{CaseID: id}) },
		"give up": func() error { return failure(d, d.GiveUp, engine.GiveUpRequest{CaseID: id}) },
		"digest":  func() error { return failure(d, d.Digest, engine.DigestRequest{Now: now}) },
	} {
		var failure *temporal.ApplicationError
		if err := call(); !errors.As(err, &failure) || failure.NonRetryable() {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if failure.Type() != string(discharge.KindUnavailable) || failure.Unwrap() != nil ||
			!strings.HasSuffix(failure.Message(), "did not work") {
			t.Errorf("%s: %s %q, cause %v", name, failure.Type(), failure.Message(), failure.Unwrap())
		}
	}
	if !strings.Contains(d.log.String(), "closed pool") {
		t.Errorf("the cause is not in the log: %s", d.log)
	}
}

func failure(d *desk, activity, request any) error {
	_, err := run[any](d, activity, request)
	return err
}

func TestTheRefusalOfACommandIsStored(t *testing.T) {
	d := newDesk(t)
	// The product's own commands have no row: nothing to store, nothing wrong.
	_, err := run[any](d, d.Refuse, engine.RefuseRequest{
		CommandID: stranger, Refusal: discharge.Refuse(discharge.KindNotAllowed, "No."),
	})
	d.must(err)
}

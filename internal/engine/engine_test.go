package engine

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.temporal.io/sdk/temporal"

	"dimissioni/internal/calendar"
	"dimissioni/internal/discharge"
)

func TestARefusalCrossesTemporalWhole(t *testing.T) {
	t.Parallel()
	sent := discharge.Invalid("level", "required", "Scelga il livello.")
	converter := temporal.GetDefaultFailureConverter()
	back := converter.FailureToError(converter.ErrorToFailure(Failure(sent)))
	got, ok := Refusal(fmt.Errorf("update: %w", back))
	if !ok {
		t.Fatalf("%v is no refusal", back)
	}
	if diff := cmp.Diff(sent, got); diff != "" {
		t.Error(diff)
	}
	if temporal.IsApplicationError(back) {
		var failure *temporal.ApplicationError
		if errors.As(back, &failure) && !failure.NonRetryable() {
			t.Error("a refusal may be retried")
		}
	}
}

func TestOtherErrorsAreNoRefusals(t *testing.T) {
	t.Parallel()
	for _, err := range []error{
		nil,
		errors.New("connection refused"),
		temporal.NewApplicationError("record did not work", "unavailable"),
		temporal.NewApplicationError("", "panic", discharge.Error{Kind: discharge.KindInvalid}),
	} {
		if got, ok := Refusal(err); ok {
			t.Errorf("%v became %v", err, got)
		}
	}
}

func TestDerivedIDsAreStableUUIDs(t *testing.T) {
	t.Parallel()
	id := DerivedID("refused", "a")
	if len(id) != 36 || id[14] != '8' || DerivedID("refused", "a") != id {
		t.Errorf("got %s", id)
	}
	for _, other := range []string{DerivedID("refused", "b"), DerivedID("refuseda"), DerivedID("refused", "a", "")} {
		if other == id {
			t.Errorf("%s for different parts", id)
		}
	}
}

func TestOnlyNineOClockIsSpread(t *testing.T) {
	t.Parallel()
	for _, day := range []calendar.Date{calendar.NewDate(2026, 3, 27), calendar.NewDate(2026, 3, 30)} { // winter, summer
		seen := map[time.Time]bool{}
		for i := range 100 {
			at := Spread(fmt.Sprint("case ", i), day.At(9, 0))
			if late := at.Sub(day.At(9, 0)); late < 0 || late >= spread {
				t.Errorf("%s late", late)
			}
			seen[at] = true
		}
		if len(seen) < 50 {
			t.Errorf("100 cases wake at %d instants", len(seen))
		}
		for _, at := range []time.Time{day.Start(), day.At(8, 0), day.At(9, 1), day.End()} {
			if Spread("case", at) != at {
				t.Errorf("%s is spread", at)
			}
		}
	}
}

func TestWhatAnAliasMeans(t *testing.T) {
	t.Parallel()
	want := map[string]discharge.CommandKind{
		"command": "", "sign-off": discharge.Sign, "renewal": discharge.Renew, "closure": discharge.Close,
	}
	for _, signal := range CommandSignals() {
		if kind, ok := want[signal]; !ok || KindOf(signal) != kind {
			t.Errorf("%s means %q, want %q", signal, KindOf(signal), kind)
		}
	}
	if n := len(CommandSignals()); n != len(want) {
		t.Errorf("%d signals, want %d", n, len(want))
	}
}

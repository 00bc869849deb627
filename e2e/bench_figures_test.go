package e2e

import (
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"
)

// samples are durations as they were measured.
type samples []time.Duration

func (s *samples) add(d time.Duration) { *s = append(*s, d) }

// at is the percentile p, from 0 to 100, by the nearest rank: a duration that was measured. Zero when none was.
func (s samples) at(p int) time.Duration {
	if len(s) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(s))
	rank := (p*len(sorted) + 99) / 100
	return sorted[max(rank, 1)-1]
}

func (s samples) mean() time.Duration {
	if len(s) == 0 {
		return 0
	}
	var sum time.Duration
	for _, d := range s {
		sum += d
	}
	return sum / time.Duration(len(s))
}

// shared are samples taken by many at once.
type shared struct {
	mu sync.Mutex
	samples
}

func (s *shared) add(d time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.samples.add(d)
}

func ms(d time.Duration) string { return fmt.Sprintf("%.1f ms", float64(d.Microseconds())/1000) }

// ratio is one figure by another, or a dash when there is none.
func ratio[N ~int | ~int64 | ~float64](ours, bare N) string {
	if bare == 0 {
		return "-"
	}
	return fmt.Sprintf("%.2f", float64(ours)/float64(bare))
}

func TestPercentilesAreMeasuredDurations(t *testing.T) {
	t.Parallel()
	var twenty samples
	for i := 20; i > 0; i-- {
		twenty.add(time.Duration(i))
	}
	for _, c := range []struct {
		name string
		of   samples
		p    int
		want time.Duration
	}{
		{"nothing measured", nil, 50, 0},
		{"one", samples{7}, 95, 7},
		{"the lowest", twenty, 0, 1},
		{"the middle", twenty, 50, 10},
		{"nineteen of twenty", twenty, 95, 19},
		{"just above", twenty, 96, 20},
		{"the highest", twenty, 100, 20},
		{"two", samples{1, 3}, 50, 1},
	} {
		if got := c.of.at(c.p); got != c.want {
			t.Errorf("%s: %d, want %d", c.name, got, c.want)
		}
	}
	if got := twenty.mean(); got != 10 {
		t.Errorf("mean %d, want 10", got)
	}
}

func TestARatioNeedsBothSides(t *testing.T) {
	t.Parallel()
	if got := ratio(3, 2); got != "1.50" {
		t.Errorf("3 by 2: %s", got)
	}
	if got := ratio(time.Second, 0); got != "-" {
		t.Errorf("by nothing: %s", got)
	}
}

package api

import (
	"sync"
	"time"

	"golang.org/x/time/rate"

	"dimissioni/internal/discharge"
	"dimissioni/internal/postgres"
)

// limiter gives each key (a user, an address) a bucket of its own. Buckets that have filled up again are forgotten.
type limiter struct {
	burst int
	every time.Duration

	mu      sync.Mutex
	buckets map[string]*rate.Limiter
}

// newLimiter allows burst at once and then one every so often.
func newLimiter(burst int, every time.Duration) *limiter {
	return &limiter{burst: burst, every: every, buckets: map[string]*rate.Limiter{}}
}

// most is how many buckets are kept before the full ones are thrown away.
const most = 10_000

func (l *limiter) bucket(key string, now time.Time) *rate.Limiter {
	b, ok := l.buckets[key]
	if ok {
		return b
	}
	if len(l.buckets) >= most {
		for k, b := range l.buckets {
			if b.TokensAt(now) >= float64(l.burst) {
				delete(l.buckets, k)
			}
		}
	}
	b = rate.NewLimiter(rate.Every(l.every), l.burst)
	l.buckets[key] = b
	return b
}

// spend takes one of the key's tokens; without any it refuses and says when to come back.
func (l *limiter) spend(key string, now time.Time) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.bucket(key, now).AllowN(now, 1) {
		return nil
	}
	return l.refusal(key, now)
}

// look refuses as spend does, but takes nothing.
func (l *limiter) look(key string, now time.Time) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.bucket(key, now).TokensAt(now) >= 1 {
		return nil
	}
	return l.refusal(key, now)
}

func (l *limiter) refusal(key string, now time.Time) error {
	missing := 1 - l.bucket(key, now).TokensAt(now)
	return &postgres.WaitError{
		Refusal: discharge.Refuse(discharge.KindRateLimited, "Troppe richieste in poco tempo: riprovi tra poco."),
		After:   time.Duration(missing * float64(l.every)),
	}
}

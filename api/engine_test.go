package api

import (
	"context"
	"errors"
	"sync"
	"time"

	"dimissioni/internal/discharge"
	"dimissioni/internal/postgres"
)

// memoryEngine does what the workflow does, at once and in this process: it loads, decides, records, and decides again
// when the case has moved on.
type memoryEngine struct {
	store *postgres.Store
	now   func() time.Time

	mu    sync.Mutex
	ahead map[string]time.Duration // how far a case's clock runs before the real one
	down  bool                     // Temporal is away
	posts []string                 // links to set a password whose mail was asked for
	sent  []discharge.Command      // by Send, while it is away too
}

var errDown = errors.New("engine down")

func (e *memoryEngine) clockOf(caseID string) time.Time {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.now().Add(e.ahead[caseID])
}

func (e *memoryEngine) stop(down bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.down = down
}

func (e *memoryEngine) Healthy(context.Context) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.down {
		return errDown
	}
	return nil
}

func (e *memoryEngine) Start(ctx context.Context, _ string) error { return e.Healthy(ctx) }

func (e *memoryEngine) Poke(ctx context.Context, _ string) error { return e.Healthy(ctx) }

func (e *memoryEngine) SendPasswordLetter(ctx context.Context, linkID string) error {
	e.mu.Lock()
	e.posts = append(e.posts, linkID)
	e.mu.Unlock()
	return e.Healthy(ctx)
}

func (e *memoryEngine) Apply(ctx context.Context, caseID string, cmd discharge.Command) error {
	if e.Healthy(ctx) != nil {
		return discharge.Refuse(discharge.KindUnavailable, "Il sistema non ha risposto in tempo.")
	}
	return e.apply(ctx, caseID, cmd, e.clockOf(caseID))
}

func (e *memoryEngine) apply(ctx context.Context, caseID string, cmd discharge.Command, now time.Time) error {
	for {
		c, err := e.load(ctx, caseID)
		if err != nil {
			return err
		}
		decision, err := discharge.Decide(c, cmd, now)
		if err != nil {
			return err
		}
		out, err := e.store.Record(ctx, caseID, c.Version, now, cmd, decision)
		switch {
		case err != nil:
			return err
		case out.Refusal != nil:
			return out.Refusal
		case out.Applied:
			return nil
		}
	}
}

func (e *memoryEngine) load(ctx context.Context, caseID string) (discharge.Case, error) {
	events, _, err := e.store.Load(ctx, caseID)
	c := discharge.Case{ID: caseID}
	for _, event := range events {
		c = c.Apply(event)
	}
	return c, err
}

// Send keeps the command until deliver.
func (e *memoryEngine) Send(_ context.Context, _ string, cmd discharge.Command) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.sent = append(e.sent, cmd)
	return nil
}

// deliver does what was sent, refusals written down beside the command.
func (e *memoryEngine) deliver(ctx context.Context, caseID string) error {
	e.mu.Lock()
	sent := e.sent
	e.sent = nil
	e.mu.Unlock()
	for _, cmd := range sent {
		err := e.Apply(ctx, caseID, cmd)
		var refusal *discharge.Error
		if errors.As(err, &refusal) {
			err = e.store.Refuse(ctx, cmd.ID, refusal)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// FastForward lets every clock on the way speak.
func (e *memoryEngine) FastForward(ctx context.Context, caseID string, _, target time.Time) error {
	for {
		c, err := e.load(ctx, caseID)
		if err != nil {
			return err
		}
		next := c.NextInstant(e.clockOf(caseID))
		if next.IsZero() || next.After(target) {
			break
		}
		e.move(caseID, next)
		tick := discharge.Command{Kind: discharge.Tick, Actor: discharge.Actor{Role: discharge.RoleSystem}}
		if err := e.apply(ctx, caseID, tick, next); err != nil {
			return err
		}
	}
	e.move(caseID, target)
	sync := discharge.Command{Kind: discharge.Sync, Actor: discharge.Actor{Role: discharge.RoleSystem}}
	return e.apply(ctx, caseID, sync, target)
}

func (e *memoryEngine) move(caseID string, to time.Time) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.ahead[caseID] = to.Sub(e.now())
}

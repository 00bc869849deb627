package api

import (
	"context"
	"log/slog"
	"sync"
	"time"
)

// background is work that goes on after the answer, so that the answer's time tells nothing of it.
type background struct {
	slots chan struct{}
	under sync.WaitGroup
}

// backgroundTakes is the longest that such work may take.
const backgroundTakes = 20 * time.Second

func newBackground() *background { return &background{slots: make(chan struct{}, 8)} }

// run does the work when there is room; otherwise, and when it fails, the log says so.
func (b *background) run(ctx context.Context, log *slog.Logger, failed string, work func(context.Context) error) {
	select {
	case b.slots <- struct{}{}:
	default:
		log.WarnContext(ctx, "too much work in the background: some was dropped")
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), backgroundTakes)
	b.under.Go(func() {
		defer func() { cancel(); <-b.slots }()
		if err := work(ctx); err != nil {
			log.WarnContext(ctx, "work in the background failed", slog.String("work", failed), slog.String("cause", cause(err)))
		}
	})
}

// wait returns when the work under way has ended.
func (b *background) wait() { b.under.Wait() }

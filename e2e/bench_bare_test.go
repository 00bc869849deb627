package e2e

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"go.temporal.io/sdk/activity"
	temporal "go.temporal.io/sdk/client"
	"go.temporal.io/sdk/log"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	"dimissioni/internal/cipher"
)

// What the bench measures the product against: a workflow that does in Temporal what a case of ours does, and nothing
// else. Its worker is a process of its own, as ours is.

const (
	bareQueue     = "bench"
	bareMailQueue = "bench-mail"
	bareUpdate    = "command"
	bareWorkflow  = "Bare"
	bareInsert    = "Insert"
	bareMail      = "Mail"
	// What the worker's process finds in its environment.
	bareAddress = "BENCH_TEMPORAL_ADDRESS"
	bareCodec   = "BENCH_CODEC"
)

// step is what one command made the engine do in a case of ours.
type step struct {
	Locals int // local activities
	Timers int // timers set
	Mails  int // mail activities
}

// shape is a whole case: its beginning, then each command.
type shape []step

func (s shape) String() string {
	var sum step
	for _, each := range s {
		sum.Locals += each.Locals
		sum.Timers += each.Timers
		sum.Mails += each.Mails
	}
	return fmt.Sprintf("%d updates, %d local activities, %d timers, %d mail activities", len(s)-1, sum.Locals, sum.Timers, sum.Mails)
}

// bareCase is one life of the bare workflow.
type bareCase struct {
	shape  shape
	id     string
	cancel workflow.CancelFunc
	mails  int
	over   bool
}

func runBare(ctx workflow.Context, s shape) error {
	c := &bareCase{shape: s, id: workflow.GetInfo(ctx).WorkflowExecution.ID}
	away := false
	if err := workflow.SetUpdateHandler(ctx, bareUpdate, c.command); err != nil {
		return err
	}
	if err := c.take(ctx, 0); err != nil {
		return err
	}
	workflow.Go(ctx, func(ctx workflow.Context) {
		post := workflow.WithActivityOptions(ctx, workflow.ActivityOptions{TaskQueue: bareMailQueue, StartToCloseTimeout: time.Minute})
		for workflow.Await(ctx, func() bool { return c.mails > 0 }) == nil {
			c.mails, away = 0, true
			_ = workflow.ExecuteActivity(post, bareMail, c.id).Get(post, nil)
			away = false
		}
	})
	return workflow.Await(ctx, func() bool {
		return c.over && c.mails == 0 && !away && workflow.AllHandlersFinished(ctx)
	})
}

func (c *bareCase) command(ctx workflow.Context, n int) (int, error) { return n, c.take(ctx, n) }

func (c *bareCase) take(ctx workflow.Context, n int) error {
	local := workflow.WithLocalActivityOptions(ctx, workflow.LocalActivityOptions{ScheduleToCloseTimeout: 10 * time.Second})
	for range c.shape[n].Locals {
		if err := workflow.ExecuteLocalActivity(local, bareInsert, c.id, n).Get(local, nil); err != nil {
			return err
		}
	}
	for range c.shape[n].Timers {
		if c.cancel != nil {
			c.cancel()
		}
		var timer workflow.Context
		timer, c.cancel = workflow.WithCancel(ctx)
		workflow.NewTimer(timer, time.Hour+time.Duration(n)*time.Minute)
	}
	c.mails += c.shape[n].Mails
	if c.over = n == len(c.shape)-1; c.over && c.cancel != nil {
		c.cancel()
	}
	return nil
}

// TestMain makes this program the bare worker when it was started as that.
func TestMain(m *testing.M) {
	if address := os.Getenv(bareAddress); address != "" {
		if err := workBare(address); err != nil {
			slog.Error("bare worker failed", "error", err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// workBare works until it is told to stop.
func workBare(address string) error {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	pool, err := pgxpool.New(ctx, os.Getenv("DATABASE_URL"))
	if err != nil {
		return err
	}
	defer pool.Close()
	c, err := dialBare(address, os.Getenv(bareCodec) != "")
	if err != nil {
		return err
	}
	defer c.Close()
	// The same limits as ours, see package worker.
	cases := worker.New(c, bareQueue, worker.Options{DeadlockDetectionTimeout: 5 * time.Second})
	post := worker.New(c, bareMailQueue, worker.Options{
		DisableWorkflowWorker: true, MaxConcurrentActivityExecutionSize: 4, TaskQueueActivitiesPerSecond: 5,
	})
	cases.RegisterWorkflowWithOptions(runBare, workflow.RegisterOptions{Name: bareWorkflow})
	cases.RegisterActivityWithOptions(func(ctx context.Context, id string, n int) error {
		_, err := pool.Exec(ctx, `INSERT INTO bench (id, n) VALUES ($1, $2)`, id, n)
		return err
	}, activity.RegisterOptions{Name: bareInsert})
	post.RegisterActivityWithOptions(func(context.Context, string) error { return nil }, activity.RegisterOptions{Name: bareMail})
	for _, w := range []worker.Worker{cases, post} {
		if err := w.Start(); err != nil {
			return err
		}
		defer w.Stop()
	}
	fmt.Println("working")
	<-ctx.Done()
	return nil
}

func dialBare(address string, encrypted bool) (temporal.Client, error) {
	options := temporal.Options{HostPort: address, Logger: log.NewStructuredLogger(slog.Default())}
	if encrypted {
		ring, err := cipher.ParseRing(testKeys)
		if err != nil {
			return nil, err
		}
		options.DataConverter, options.FailureConverter = cipher.DataConverter(ring), cipher.FailureConverter(ring)
	}
	return temporal.Dial(options)
}

// bare leads cases of the bare workflow.
type bare struct {
	client temporal.Client
	pool   *pgxpool.Pool
	shape  shape
	worker *program
}

func (b *benchmark) newBare(s shape) *bare {
	b.t.Helper()
	b.sql(`CREATE TABLE bench (id text NOT NULL, n int NOT NULL, at timestamptz NOT NULL DEFAULT now(), PRIMARY KEY (id, n, at))`)
	self, err := os.Executable()
	b.must(err)
	environment := []string{bareAddress + "=" + b.setting("TEMPORAL_ADDRESS"), "DATABASE_URL=" + b.setting("DATABASE_URL")}
	if *bench.codec {
		environment = append(environment, bareCodec+"=1")
	}
	w := startFile(b.t, self, environment)
	w.line(b.t, "working")
	c, err := dialBare(b.setting("TEMPORAL_ADDRESS"), *bench.codec)
	b.must(err)
	b.t.Cleanup(c.Close)
	return &bare{client: c, pool: b.db, shape: s, worker: w}
}

// lead leads one case from its beginning to its end and tells how long each command took.
func (b *bare) lead(ctx context.Context, name string, took func(time.Duration)) error {
	id := "bench/" + name
	if _, err := b.pool.Exec(ctx, `INSERT INTO bench (id, n) VALUES ($1, -1)`, id); err != nil { // the referral
		return err
	}
	if _, err := b.client.ExecuteWorkflow(ctx, temporal.StartWorkflowOptions{ID: id, TaskQueue: bareQueue}, bareWorkflow, b.shape); err != nil {
		return err
	}
	for n := 1; n < len(b.shape); n++ {
		began := time.Now()
		handle, err := b.client.UpdateWorkflow(ctx, temporal.UpdateWorkflowOptions{
			UpdateID: fmt.Sprintf("%s/%d", id, n), WorkflowID: id, UpdateName: bareUpdate, Args: []any{n},
			WaitForStage: temporal.WorkflowUpdateStageCompleted,
		})
		if err != nil {
			return err
		}
		if err := handle.Get(ctx, nil); err != nil {
			return err
		}
		if n > 1 { // the first one sets the case's clock: people give the others
			took(time.Since(began))
		}
	}
	return nil
}

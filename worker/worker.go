// Package worker runs the workflows and the activities. What it registers is what the replay tests replay.
package worker

import (
	"context"
	"fmt"
	"time"

	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	"dimissioni/activities"
	"dimissioni/internal/engine"
	"dimissioni/workflows"
)

// Options of the workers. The zero value works.
type Options struct {
	// DeliveriesPerSecond is how many cases a second have their mails sent, by all workers together; 5 when zero.
	DeliveriesPerSecond float64
	// Deliveries is how many conversations with the mail server this worker holds at once; 4 when zero.
	Deliveries int
	// Grace is how long work under way may take when the workers stop; 10 seconds when zero.
	Grace time.Duration
	// Alone says that no other worker is at this Temporal: this version gets the work, whatever had it before.
	Alone bool
}

// Workers are the two workers of a process: one for the cases, one for their mails.
type Workers struct {
	engine *engine.Client
	cases  worker.Worker
	mails  worker.Worker
	alone  bool
	fatal  chan error
	ready  chan struct{}
}

// New makes the workers; they do nothing before [Workers.Run].
func New(c *engine.Client, a *activities.Activities, o Options) *Workers {
	if o.DeliveriesPerSecond == 0 {
		o.DeliveriesPerSecond = 5
	}
	if o.Deliveries == 0 {
		o.Deliveries = 4
	}
	if o.Grace == 0 {
		o.Grace = 10 * time.Second
	}
	w := &Workers{engine: c, alone: o.Alone, fatal: make(chan error, 2), ready: make(chan struct{})}
	common := worker.Options{
		DeploymentOptions: worker.DeploymentOptions{
			UseVersioning: true,
			Version:       worker.WorkerDeploymentVersion{DeploymentName: engine.Deployment, BuildID: engine.BuildID},
		},
		WorkerStopTimeout: o.Grace,
		OnFatalError:      func(err error) { w.fatal <- err },
		// A busy machine is not a deadlock.
		DeadlockDetectionTimeout: 5 * time.Second,
	}
	w.cases = worker.New(c.SDK(), engine.Queue, common)
	Register(w.cases)
	w.cases.RegisterActivity(a)

	post := common
	post.DisableWorkflowWorker = true
	post.MaxConcurrentActivityExecutionSize = o.Deliveries
	post.TaskQueueActivitiesPerSecond = o.DeliveriesPerSecond
	post.MaxHeartbeatThrottleInterval = 5 * time.Second // as often as they are given
	w.mails = worker.New(c.SDK(), engine.MailQueue, post)
	w.mails.RegisterActivity(a)
	return w
}

// Register names the workflows, for the workers and for replay.
func Register(r worker.WorkflowRegistry) {
	register := func(name string, w any) {
		// A case goes on with the newest version as soon as that is the current one.
		r.RegisterWorkflowWithOptions(w, workflow.RegisterOptions{
			Name: name, VersioningBehavior: workflow.VersioningBehaviorAutoUpgrade,
		})
	}
	register(engine.WorkflowDischarge, workflows.Discharge)
	register(engine.WorkflowDigest, workflows.Digest)
	register(engine.WorkflowReconcile, workflows.Reconcile)
	register(engine.WorkflowPassword, workflows.PasswordLetter)
}

// Ready is closed when Run has made Temporal ready and the workers get work.
func (w *Workers) Ready() <-chan struct{} { return w.ready }

// Run prepares Temporal, works until ctx ends, and stops when the work under way is done. It returns an error when
// Temporal cannot be prepared for this program; a Temporal that is away is waited for.
func (w *Workers) Run(ctx context.Context) error {
	prepare := w.engine.Join
	if w.alone {
		prepare = w.engine.Prepare
	}
	if err := prepare(ctx); err != nil {
		return fmt.Errorf("run workers: %w", err)
	}
	for _, each := range []worker.Worker{w.cases, w.mails} {
		if err := each.Start(); err != nil {
			return fmt.Errorf("run workers: %w", err)
		}
		defer each.Stop()
	}
	close(w.ready)
	select {
	case <-ctx.Done():
		return nil
	case err := <-w.fatal:
		return fmt.Errorf("run workers: %w", err)
	}
}

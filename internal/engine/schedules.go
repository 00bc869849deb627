package engine

import (
	"context"
	"errors"
	"time"

	commonpb "go.temporal.io/api/common/v1"
	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"
)

// The schedules, all on real time.
const (
	ScheduleDigest    = "daily-digest"
	ScheduleReconcile = "reconcile"
)

// ErrKeys says that the key ring lacks the key of what Temporal holds. A worker with such a ring would drop signals
// and fail cases: it must not start.
var ErrKeys = errors.New("the key ring lacks the key that encrypted what Temporal holds")

func (c *Client) prepareSchedules(ctx context.Context) error {
	for _, s := range schedules() {
		err := until(ctx, "prepare schedule "+s.ID, func() error { return c.prepareSchedule(ctx, s) })
		if err != nil {
			return err
		}
	}
	return nil
}

func (c *Client) prepareSchedule(ctx context.Context, s client.ScheduleOptions) error {
	_, err := c.sdk.ScheduleClient().Create(ctx, s)
	if !errors.Is(err, temporal.ErrScheduleAlreadyRunning) {
		return err
	}
	return c.sdk.ScheduleClient().GetHandle(ctx, s.ID).Update(ctx, client.ScheduleUpdateOptions{
		DoUpdate: func(in client.ScheduleUpdateInput) (*client.ScheduleUpdate, error) {
			if err := c.readable(in.Description.Schedule.Action); err != nil {
				return nil, err
			}
			kept := in.Description.Schedule.State // an operator's pause stays
			return &client.ScheduleUpdate{Schedule: &client.Schedule{
				Action: s.Action, Spec: &s.Spec, State: kept,
				Policy: &client.SchedulePolicies{Overlap: s.Overlap, CatchupWindow: s.CatchupWindow},
			}}, nil
		},
	})
}

// trust makes sure, once, that the key ring can read what the workers wrote: a command that they cannot read would be
// lost. When Temporal is away or not prepared there is nothing to read, and nothing to lose.
func (c *Client) trust(ctx context.Context) error {
	if c.trusted.Load() {
		return nil
	}
	seen, err := c.sdk.ScheduleClient().GetHandle(ctx, ScheduleDigest).Describe(ctx)
	if err == nil {
		if err := c.readable(seen.Schedule.Action); err != nil {
			return err
		}
		c.trusted.Store(true)
	}
	return nil
}

// readable reports ErrKeys when the arguments of a schedule's action cannot be decoded: being encrypted, they tell
// whether a key ring is the right one before any worker touches a case.
func (c *Client) readable(action client.ScheduleAction) error {
	run, ok := action.(*client.ScheduleWorkflowAction)
	if !ok {
		return nil
	}
	for _, arg := range run.Args {
		payload, ok := arg.(*commonpb.Payload)
		if !ok {
			continue
		}
		var whatever any
		if err := c.converter.FromPayload(payload, &whatever); err != nil {
			return ErrKeys
		}
	}
	return nil
}

func schedules() []client.ScheduleOptions {
	hour := []client.ScheduleRange{{Start: 8}}
	workdays := []client.ScheduleRange{{Start: 1, End: 5}} // holidays are told inside
	return []client.ScheduleOptions{
		schedule(ScheduleDigest, WorkflowDigest, DigestRequest{}, 6*time.Hour, client.ScheduleSpec{
			Calendars:    []client.ScheduleCalendarSpec{{Hour: hour, DayOfWeek: workdays}},
			TimeZoneName: "Europe/Rome",
		}),
		schedule(ScheduleReconcile, WorkflowReconcile, ReconcileRequest{}, time.Hour, client.ScheduleSpec{
			Intervals: []client.ScheduleIntervalSpec{{Every: 15 * time.Minute}},
		}),
	}
}

func schedule(id, workflow string, input any, catchup time.Duration, spec client.ScheduleSpec) client.ScheduleOptions {
	return client.ScheduleOptions{
		ID:   id,
		Spec: spec,
		Action: &client.ScheduleWorkflowAction{
			ID:        id,
			Workflow:  workflow,
			Args:      []any{input},
			TaskQueue: Queue,
		},
		Overlap:       enumspb.SCHEDULE_OVERLAP_POLICY_SKIP,
		CatchupWindow: catchup,
	}
}

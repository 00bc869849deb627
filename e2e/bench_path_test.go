package e2e

import (
	"context"
	"fmt"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	historypb "go.temporal.io/api/history/v1"
	temporal "go.temporal.io/sdk/client"

	"dimissioni/internal/calendar"
	"dimissioni/internal/standalone/client"
	"dimissioni/internal/standalone/story"
)

// path leads cases of the product from the referral to the end, over HTTP.
type path struct {
	people   map[string]*client.Client
	engine   temporal.Client
	now      time.Time // by the cases' clock: mails may go
	commands []order
}

// order is a command that somebody gives.
type order struct {
	who, command string
	body         client.Object
}

func (b *benchmark) newPath() *path {
	crema := calendar.Calendar{Patron: calendar.MonthDay{Month: time.June, Day: 10}}
	day := crema.AddWorkdays(calendar.DateOf(time.Now()), 1)
	p := &path{people: map[string]*client.Client{}, now: day.At(10, 0)}
	for _, who := range []string{"sender", "coordinator", "igea", "casemanager"} {
		p.people[who] = b.as(who)
	}
	var err error
	p.engine, err = dialBare(b.setting("TEMPORAL_ADDRESS"), true)
	b.must(err)
	b.t.Cleanup(p.engine.Close)
	sign := func(signer string) order {
		return order{"casemanager", "sign", client.Object{"signer": signer, "method": "in_person"}}
	}
	p.commands = []order{
		{"coordinator", "screen", admission()},
		{"coordinator", "propose", client.Object{"partner_id": b.id("igea", "organisation")}},
		{"igea", "accept", nil},
		{"igea", "appoint-case-manager", client.Object{"user_id": b.id("casemanager", "user")}},
		{"casemanager", "record-home-visit", client.Object{"present": []string{"coordinator", "case_manager"}}},
		{"casemanager", "submit-plan", client.Object{
			"level": "moderate", "days": 21, "start_planned_on": day.String(),
			"interventions": []client.Object{{"figure": "oss", "service": "home_care", "times_per_week": 3, "minutes": 60}},
		}},
		sign("coordinator"), sign("case_manager"), sign("patient"),
		{"casemanager", "confirm-start", nil},
		{"casemanager", "suspend", client.Object{"reason_code": "hospital"}},
		{"casemanager", "resume", nil},
		{"coordinator", "close", client.Object{
			"outcome": "completed", "what_follows": []string{"sad"}, "from": day.AddDays(1).String(),
		}},
	}
	return p
}

// lead leads the case of a new person and tells how long each command took.
func (p *path) lead(ctx context.Context, name string, took func(time.Duration)) error {
	_, err := p.walk(ctx, name, func(_ string, d time.Duration) { took(d) })
	return err
}

// walk does the same, and looks at the case after each command.
func (p *path) walk(ctx context.Context, name string, after func(id string, took time.Duration)) (id string, err error) {
	if id, err = p.submit(ctx, name); err != nil {
		return id, err
	}
	if err := p.setClock(ctx, id); err != nil {
		return id, fmt.Errorf("set the clock: %w", err)
	}
	for _, o := range p.commands {
		began := time.Now()
		if err := p.give(ctx, id, o); err != nil {
			return id, err
		}
		after(id, time.Since(began))
	}
	return id, nil
}

func (p *path) submit(ctx context.Context, name string) (id string, err error) {
	referral := story.Referral(calendar.DateOf(p.now).AddDays(1).String())
	if patient, ok := referral["patient"].(client.Object); ok {
		patient["given_name"] = name
	}
	born, err := p.people["sender"].Post(ctx, "/discharges", referral)
	if err != nil {
		return "", fmt.Errorf("submit: %w", err)
	}
	return client.Text(born, "id"), nil
}

func (p *path) give(ctx context.Context, id string, o order) error {
	_, err := p.people[o.who].Command(ctx, id, o.command, o.body)
	return err
}

// setClock moves the case to a working morning, as training does, so that a bench on a Sunday finds what one on a Monday
// would: mails go out.
func (p *path) setClock(ctx context.Context, id string) error {
	handle, err := p.engine.UpdateWorkflow(ctx, temporal.UpdateWorkflowOptions{
		UpdateID: "sync " + id, WorkflowID: "discharge/" + id, UpdateName: "command",
		Args: []any{client.Object{
			"kind": "sync", "actor": client.Object{"role": "system"}, "facts": client.Object{"at": p.now.UTC()},
		}},
		WaitForStage: temporal.WorkflowUpdateStageCompleted,
	})
	if err != nil {
		return err
	}
	return handle.Get(ctx, nil)
}

// pilot leads a case whose mails have all gone before the next command comes, and reads what the engine did.
func (b *benchmark) pilot() shape {
	b.t.Helper()
	id, err := b.path.walk(b.ctx(), b.nextName(), b.posted)
	b.must(err)
	return shapeOf(b.kept("discharge/" + id))
}

// posted waits until the mails of a case that may go have gone.
func (b *benchmark) posted(id string, _ time.Duration) {
	b.eventually("the mails have gone", func() bool {
		return b.count(`SELECT count(*) FROM notifications WHERE case_id = $1 AND status = 'queued' AND not_before < $2`,
			id, b.path.now.Add(time.Hour)) == 0
	})
}

// shapeOf reads from a history what each Update made the engine do.
func shapeOf(history *historypb.History) shape {
	s := shape{{}}
	for _, e := range history.GetEvents() {
		now := &s[len(s)-1]
		switch e.GetEventType() { //nolint:exhaustive // what the bare workflow does too
		case enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED:
			s = append(s, step{})
		case enumspb.EVENT_TYPE_MARKER_RECORDED:
			now.Locals++
		case enumspb.EVENT_TYPE_TIMER_STARTED:
			now.Timers++
		case enumspb.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED:
			now.Mails++
		}
	}
	return s
}

package e2e

import (
	"errors"
	"slices"
	"sync"
	"testing"

	"go.temporal.io/api/serviceerror"
	"go.temporal.io/api/workflowservice/v1"
	temporal "go.temporal.io/sdk/client"

	"dimissioni/internal/standalone/client"
)

// TestChaosHistoryDeleted takes a case's workflow away and gives the case its next command.
func TestChaosHistoryDeleted(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id, _ := w.submit()
	w.do("coordinator", id, "screen", admission())
	w.do("coordinator", id, "propose", client.Object{"partner_id": w.id("igea", "organisation")})
	engine := w.temporal()
	_, err := engine.WorkflowService().DeleteWorkflowExecution(t.Context(), &workflowservice.DeleteWorkflowExecutionRequest{
		Namespace: "default", WorkflowExecution: execution(id),
	})
	if err != nil {
		t.Fatal(err)
	}
	w.eventually("the history is gone", func() bool {
		_, err := engine.DescribeWorkflowExecution(t.Context(), "discharge/"+id, "")
		var gone *serviceerror.NotFound
		return errors.As(err, &gone)
	})
	if got := client.Text(w.do("igea", id, "accept", nil), "state"); got != "planning" {
		t.Errorf("after its next command the case is %s, want planning", got)
	}
	w.forward(id, 7) // its clocks go on too: nobody has written a plan
	want := []string{"submitted", "admitted", "proposed", "accepted"}
	if got := w.events(id); !slices.Equal(got[:4], want) || !slices.Contains(got, "missed") {
		t.Errorf("timeline %v, want %v and a missed clock", got, want)
	}
}

// TestChaosPostgresAway stops Postgres while people work: they are told to come back, and nothing is lost or doubled.
func TestChaosPostgresAway(t *testing.T) {
	t.Parallel()
	for _, away := range []struct {
		name     string
		stop     func(f *fleet) (again func())
		temporal bool // it still has its own databases
	}{
		{"gone", (*fleet).endPostgres, false},
		{"silent", (*fleet).freezePostgres, false},
		{"closed", (*fleet).closeDatabase, true},
	} {
		t.Run(away.name, func(t *testing.T) {
			t.Parallel()
			f := newFleet(t)
			api := f.service("dimissioni-race", "api", "--migrate")
			f.service("dimissioni-race", "worker")
			f.address = api.address()
			id, _ := f.submit()
			f.do("coordinator", id, "screen", admission())
			p := f.pen("coordinator")
			propose := client.Object{"partner_id": f.id("igea", "organisation")}

			again := away.stop(f)
			var asking sync.WaitGroup // all at once: what says nothing costs each its time
			asking.Go(func() { p.comeBack("/login", client.Object{"email": "igea@demo.test", "password": password}, "") })
			asking.Go(func() { p.comeBack("/discharges/"+id+"/propose", propose, "the key") })
			asking.Go(func() { p.comeBack("/discharges/"+id, nil, "") })
			asking.Go(func() { p.notReady("postgres") })
			asking.Wait()
			if away.temporal {
				f.poke(id) // the workflow wants Postgres, and waits longer than a local activity does
				f.eventually("the workflow waits with patience", func() bool { return f.waitsFor(id, "Load") })
			}
			again()

			p.insist("/discharges/"+id+"/propose", propose, "the key")
			p.insist("/discharges/"+id+"/propose", propose, "the key")
			if got, want := f.events(id), []string{"submitted", "admitted", "proposed"}; !slices.Equal(got, want) {
				t.Errorf("timeline %v, want %v", got, want)
			}
			f.eventually("the workflow goes on", func() bool { return !f.waitsFor(id, "Load") })
		})
	}
}

// TestChaosTemporalAway stops Temporal: referrals are taken all the same, and started when it is back.
func TestChaosTemporalAway(t *testing.T) {
	t.Parallel()
	f := newFleet(t)
	api, worker := f.service("dimissioni-race", "api", "--migrate"), f.service("dimissioni-race", "worker")
	f.address = api.address()
	api.args = []string{"api"}
	id, _ := f.submit()
	p := f.pen("coordinator")

	f.machine.kill() // Postgres lives on
	p.comeBack("/discharges/"+id+"/screen", admission(), "the key")
	p.comeBack("/discharges/"+id+"/update-details", details(seeded(1, 1)), "another", "Prefer", "respond-async")
	p.notReady("temporal")
	if state := f.state(id); state != "submitted" {
		t.Errorf("read without Temporal: %s", state)
	}
	withCommand, _ := f.submit()
	withoutCommand, _ := f.submit()
	api.kill() // the service starts without Temporal too
	api.start()
	worker.kill()
	worker.start()
	third, _ := f.submit()
	f.machine.start()

	p.insist("/discharges/"+id+"/screen", admission(), "the key")
	p.insist("/discharges/"+withCommand+"/screen", admission(), "the key")
	f.run(`UPDATE cases SET updated_at = now() - interval '2 minutes'`)
	if err := f.temporal().ScheduleClient().GetHandle(t.Context(), "reconcile").Trigger(t.Context(), temporal.ScheduleTriggerOptions{}); err != nil {
		t.Fatal(err)
	}
	for _, waiting := range []string{withoutCommand, third} {
		f.eventually("reconcile starts the case", func() bool {
			_, err := f.temporal().DescribeWorkflowExecution(t.Context(), "discharge/"+waiting, "")
			return err == nil
		})
		f.forward(waiting, 7)
		if got := f.events(waiting); !slices.Contains(got, "missed") {
			t.Errorf("timeline %v, want the missed screening", got)
		}
	}
	if got, want := f.events(id), []string{"submitted", "admitted"}; !slices.Equal(got[:2], want) {
		t.Errorf("timeline %v, want %v", got, want)
	}
}

package workflows_test

import (
	"slices"
	"testing"
	"time"

	"go.temporal.io/sdk/workflow"

	"dimissioni/internal/discharge"
	"dimissioni/internal/engine"
	"dimissioni/workflows"
)

func TestTheWholeWalk(t *testing.T) {
	s := newEnv(t)
	first := s.walkToStart()
	s.must(first.AddDays(4).At(9, 30), discharge.RecordMeeting, caseManager, discharge.Facts{
		HeldOn: first.AddDays(4), Decision: "continue",
	})
	s.must(first.AddDays(20).At(12, 0), discharge.Close, coordinator, discharge.Facts{
		Outcome: "completed", EndedOn: first.AddDays(20), WhatFollows: []string{"sad"}, From: first.AddDays(21),
	})
	s.run()

	c := s.desk.caseNow()
	if c.State != discharge.StateClosed || c.Exit.Outcome != discharge.OutcomeCompleted {
		t.Errorf("state %s, exit %+v", c.State, c.Exit)
	}
	if queued := s.desk.moments("queued"); len(queued) > 0 {
		t.Errorf("mails left behind: %v", queued)
	}
	for _, m := range []discharge.Moment{
		discharge.MomentReferralReceived, discharge.MomentProposal, discharge.MomentSignatureRequested,
		discharge.MomentActivated, discharge.MomentClosed,
	} {
		if !slices.Contains(s.desk.moments("sent"), m) {
			t.Errorf("nobody was told of %s", m)
		}
	}
}

func TestTheCapClosesTheCaseByItself(t *testing.T) {
	s := newEnv(t)
	first := s.walkToStart()
	s.run()

	c := s.desk.caseNow()
	if c.State != discharge.StateClosed || c.Exit.Cause != discharge.CauseCap || c.Exit.On != first.AddDays(42) {
		t.Fatalf("state %s, exit %+v", c.State, c.Exit)
	}
	if want := first.AddDays(42).End(); !c.Exit.At.Equal(want) {
		t.Errorf("closed at %s, want %s", c.Exit.At, want)
	}
}

func TestRemindersComeOnTheirDayWithinMinutesOfNine(t *testing.T) {
	s := newEnv(t)
	s.walkToStart()
	s.run()
	seen := 0
	for _, e := range s.desk.events {
		if e.Kind != discharge.Reminded {
			continue
		}
		seen++
		if late := e.At.Sub(e.On.At(9, 0)); late < 0 || late >= 5*time.Minute {
			t.Errorf("reminder of %s of %s came %s after nine", e.Facts.Clock, e.On, late)
		}
	}
	if seen < 5 {
		t.Errorf("%d reminders in six weeks", seen)
	}
}

func TestALongHistoryGoesOnInANewRun(t *testing.T) {
	s := newEnv(t)
	s.meanwhile(minutes(5), func() { s.SetContinueAsNewSuggested(true) })
	first := s.give(minutes(10), admit)
	s.ExecuteWorkflow(engine.WorkflowDischarge, caseID)
	if err := s.GetWorkflowError(); !workflow.IsContinueAsNewError(err) {
		t.Fatalf("ended with %v", err)
	}
	if !first.done || first.err != nil {
		t.Errorf("the command before the new run: done %t, %v", first.done, first.err)
	}
}

func TestACancellationChangesNothing(t *testing.T) {
	s := newEnv(t)
	s.meanwhile(minutes(5), s.CancelWorkflow)
	r := s.give(minutes(10), admit)
	s.give(minutes(20), giveUp)
	s.run()
	if r.err != nil || s.desk.caseNow().State != discharge.StateNotStarted {
		t.Errorf("%v, state %s", r.err, s.desk.caseNow().State)
	}
}

func TestTheScheduledWorkflows(t *testing.T) {
	s := newEnv(t)
	s.RegisterWorkflow(workflows.Digest)
	s.ExecuteWorkflow(workflows.Digest, engine.DigestRequest{})
	var digested engine.Digested
	if err := s.GetWorkflowResult(&digested); err != nil || digested.Sent != start.Day() {
		t.Errorf("digest of day %d, want %d, %v", digested.Sent, start.Day(), err)
	}
	s = newEnv(t)
	s.RegisterWorkflow(workflows.Reconcile)
	s.ExecuteWorkflow(workflows.Reconcile, engine.ReconcileRequest{})
	var reconciled engine.Reconciled
	if err := s.GetWorkflowResult(&reconciled); err != nil || reconciled.Woken != 1 {
		t.Errorf("%+v, %v", reconciled, err)
	}
}

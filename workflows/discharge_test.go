package workflows_test

import (
	"slices"
	"testing"
	"time"

	"dimissioni/internal/discharge"
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

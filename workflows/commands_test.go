package workflows_test

import (
	"slices"
	"testing"
	"time"

	"dimissioni/internal/discharge"
	"dimissioni/internal/engine"
)

var (
	admit = discharge.Command{
		ID: "admit", Kind: discharge.Screen, Actor: coordinator,
		Facts: discharge.Facts{Outcome: "admit", Level: discharge.LevelModerate},
	}
	propose = discharge.Command{
		ID: "propose", Kind: discharge.Propose, Actor: coordinator, Facts: discharge.Facts{PartnerID: "igea"},
	}
	accept  = discharge.Command{ID: "accept", Kind: discharge.Accept, Actor: partner}
	decline = discharge.Command{
		ID: "decline", Kind: discharge.Decline, Actor: partner, Facts: discharge.Facts{ReasonCode: "no_capacity"},
	}
	giveUp = discharge.Command{
		ID: "give-up", Kind: discharge.EndBeforeStart, Actor: sender,
		Facts: discharge.Facts{ReasonCode: "discharge_cancelled"},
	}
)

func minutes(n int) time.Time { return start.Add(time.Duration(n) * time.Minute) }

// count is how many events of a kind the case has.
func (d *desk) count(kind discharge.EventKind) int {
	n := 0
	for _, e := range d.events {
		if e.Kind == kind {
			n++
		}
	}
	return n
}

func TestABadClickIsTurnedAwayAtTheDoor(t *testing.T) {
	s := newEnv(t)
	early := s.give(minutes(10), accept)
	s.give(minutes(20), giveUp)
	recorded := -1
	s.meanwhile(minutes(15), func() { recorded = s.desk.records })
	s.run()
	if refusal := early.refusal(); !early.rejected || refusal == nil || refusal.Kind != discharge.KindNotAllowed {
		t.Errorf("rejected %t, refusal %v", early.rejected, refusal)
	}
	if recorded != 0 {
		t.Errorf("%d decisions recorded for a bad click", recorded)
	}
}

func TestACommandThatFollowsAnotherIsNotJudgedOnTheStateBefore(t *testing.T) {
	s := newEnv(t)
	var replies []*reply
	for _, cmd := range []discharge.Command{admit, propose, accept} {
		replies = append(replies, s.give(minutes(10), cmd))
	}
	s.give(minutes(60), giveUp)
	s.run()
	for i, r := range replies {
		if r.rejected || !r.done || r.err != nil {
			t.Errorf("command %d: rejected %t, done %t, %v", i, r.rejected, r.done, r.err)
		}
	}
}

func TestASignalSentBeforeAnUpdateGoesFirst(t *testing.T) {
	s := newEnv(t)
	s.give(minutes(10), admit)
	r := &reply{}
	s.meanwhile(minutes(20), func() {
		s.SignalWorkflow(engine.SignalCommand, propose)
		s.UpdateWorkflow(engine.UpdateCommand, accept.ID, r, accept)
	})
	s.give(minutes(60), giveUp)
	s.run()
	if r.rejected || r.err != nil || len(s.desk.refused) > 0 {
		t.Errorf("rejected %t, %v, refused %v", r.rejected, r.err, s.desk.refused)
	}
}

func TestTwoAnswersToOneProposalGiveOneDecision(t *testing.T) {
	s := newEnv(t)
	s.give(minutes(10), admit)
	s.give(minutes(20), propose)
	yes := s.give(minutes(30), accept)
	no := s.give(minutes(30), decline)
	s.give(minutes(60), giveUp)
	s.run()
	if yes.err != nil || no.refusal() == nil || no.refusal().Kind != discharge.KindNotAllowed {
		t.Errorf("yes: %v, no: %v", yes.err, no.err)
	}
	if a, d := s.desk.count(discharge.Accepted), s.desk.count(discharge.Declined); a != 1 || d != 0 {
		t.Errorf("accepted %d times, declined %d times", a, d)
	}
}

func TestARepeatedCommandIsDoneOnce(t *testing.T) {
	s := newEnv(t)
	first := s.give(minutes(10), admit)
	again := s.give(minutes(20), admit)
	s.signal(minutes(30), engine.SignalCommand, admit)
	s.give(minutes(60), giveUp)
	s.run()
	if first.err != nil || again.err != nil {
		t.Errorf("first %v, again %v", first.err, again.err)
	}
	if n := s.desk.count(discharge.Admitted); n != 1 {
		t.Errorf("admitted %d times", n)
	}
	if len(s.desk.refused) > 0 {
		t.Errorf("refused %v", s.desk.refused)
	}
}

func TestAWorkerThatDiesAfterTheCommitLosesAndDoublesNothing(t *testing.T) {
	s := newEnv(t)
	lost := 0
	s.desk.losesAnswer = func(cmd discharge.Command) bool {
		if cmd.Kind == discharge.Tick {
			return false
		}
		lost++
		return lost%2 == 1 // each commit's first answer
	}
	replies := []*reply{s.give(minutes(10), admit), s.give(minutes(20), propose), s.give(minutes(30), accept)}
	s.give(minutes(60), giveUp)
	s.run()
	for i, r := range replies {
		if !r.done || r.err != nil {
			t.Errorf("command %d: done %t, %v", i, r.done, r.err)
		}
	}
	for _, kind := range []discharge.EventKind{discharge.Admitted, discharge.Proposed, discharge.Accepted, discharge.NotStarted} {
		if n := s.desk.count(kind); n != 1 {
			t.Errorf("%s: %d times", kind, n)
		}
	}
}

func TestWhatPostgresKnowsBetterIsAppliedAndTheCommandDecidedAgain(t *testing.T) {
	s := newEnv(t)
	// A worker recorded an admission and died before Temporal heard of it; then other commands come first.
	once := false
	s.desk.interferes = func(cmd discharge.Command) {
		if once || cmd.Kind != discharge.UpdateDetails {
			return
		}
		once = true
		s.behind(minutes(5), admit)
	}
	details := s.give(minutes(10), discharge.Command{
		ID: "details", Kind: discharge.UpdateDetails, Actor: coordinator, Facts: discharge.Facts{Groups: []string{"network"}},
	})
	repeated := s.give(minutes(20), admit)
	s.give(minutes(60), giveUp)
	s.run()
	if details.err != nil || repeated.err != nil || repeated.rejected {
		t.Errorf("details %v, repeated %v", details.err, repeated.err)
	}
	if a, d := s.desk.count(discharge.Admitted), s.desk.count(discharge.DetailsUpdated); a != 1 || d != 1 {
		t.Errorf("admitted %d times, details %d times", a, d)
	}
}

func TestARefusalOnAStaleCaseIsJudgedAgain(t *testing.T) {
	s := newEnv(t)
	s.meanwhile(minutes(5), func() { // nobody told the workflow
		s.behind(minutes(5), admit)
	})
	s.signal(minutes(10), engine.SignalCommand, propose) // not allowed in the state that the workflow knows
	s.give(minutes(60), giveUp)
	s.run()
	if n := s.desk.count(discharge.Proposed); n != 1 || len(s.desk.refused) > 0 {
		t.Errorf("proposed %d times, refused %v", n, s.desk.refused)
	}
}

func TestTheRefusalOfASignalReachesItsSender(t *testing.T) {
	s := newEnv(t)
	s.signal(minutes(10), engine.SignalCommand, accept)
	s.give(minutes(60), giveUp)
	s.run()
	if r := s.desk.refused["accept"]; r == nil || r.Kind != discharge.KindNotAllowed {
		t.Errorf("stored refusal %v", r)
	}
	i := slices.IndexFunc(s.desk.events, func(e discharge.Event) bool { return e.Kind == discharge.CommandRefused })
	if i < 0 {
		t.Fatal("the refusal is not on the timeline")
	}
	if f := s.desk.events[i].Facts; f.Refused != discharge.Accept || f.RefusedUserID != partner.UserID {
		t.Errorf("on the timeline: %+v", f)
	}
	if !slices.Contains(s.desk.moments("sent"), discharge.MomentCommandRefused) {
		t.Error("nobody was written to")
	}
}

func TestAnOperatorsSignalNeedsNeitherKindNorID(t *testing.T) {
	s := newEnv(t)
	first := s.walkToStart()
	s.signal(first.AddDays(3).At(11, 0), engine.SignalClosure, discharge.Command{
		Actor: coordinator, Facts: discharge.Facts{Outcome: "hospital", EndedOn: first.AddDays(3)},
	})
	s.run()
	if c := s.desk.caseNow(); c.Exit == nil || c.Exit.Outcome != discharge.OutcomeHospital {
		t.Errorf("exit %+v", c.Exit)
	}
}

func TestSignalsThatComeWithTheEndAreHeard(t *testing.T) {
	s := newEnv(t)
	s.meanwhile(minutes(10), func() {
		s.UpdateWorkflow(engine.UpdateCommand, giveUp.ID, &reply{}, giveUp)
		s.SignalWorkflow(engine.SignalCommand, accept)
	})
	s.run()
	if s.desk.refused["accept"] == nil {
		t.Error("the signal was lost")
	}
}

func TestWithoutMoneyTheCaseWaitsForIt(t *testing.T) {
	s := newEnv(t)
	s.desk.budget = pathCents - 1
	first := s.give(minutes(10), admit)
	again := admit
	again.ID = "admit again"
	second := s.give(minutes(20), again)
	s.give(minutes(60), giveUp)
	s.run()
	if first.err != nil || s.desk.count(discharge.Waitlisted) != 1 {
		t.Errorf("first admission: %v, waitlisted %d times", first.err, s.desk.count(discharge.Waitlisted))
	}
	if refusal := second.refusal(); refusal == nil || refusal.Kind != discharge.KindBudgetExhausted {
		t.Errorf("second admission: %v", refusal)
	}
}

func TestALateCommandOnAnEndedCaseIsAShortNewRun(t *testing.T) {
	s := newEnv(t)
	s.behind(start, giveUp)
	for _, m := range s.desk.mails {
		m.status = "sent"
	}
	details := s.give(start, discharge.Command{
		ID: "details", Kind: discharge.UpdateDetails, Actor: coordinator, Facts: discharge.Facts{Groups: []string{"network"}},
	})
	s.run()
	if details.err != nil || s.desk.count(discharge.DetailsUpdated) != 1 {
		t.Errorf("details: %v, %d times", details.err, s.desk.count(discharge.DetailsUpdated))
	}
}

func TestACaseThatDoesNotExistEndsAtOnce(t *testing.T) {
	s := newEnv(t)
	s.desk.events = nil
	r := s.give(start, admit)
	s.run()
	if refusal := r.refusal(); r.done && (refusal == nil || refusal.Kind != discharge.KindNotFound) {
		t.Errorf("refusal %v", refusal)
	}
	if s.desk.records > 0 {
		t.Error("something was recorded")
	}
}

func TestPostgresMayBeAway(t *testing.T) {
	s := newEnv(t)
	// Longer than local activities are tried; the test environment gives up any activity after ten attempts more.
	s.meanwhile(minutes(9), func() { s.desk.storeFails = 14 })
	r := s.give(minutes(10), admit)
	s.give(minutes(600), giveUp)
	s.run()
	if !r.done || r.err != nil || s.desk.count(discharge.Admitted) != 1 {
		t.Errorf("done %t, %v, admitted %d times", r.done, r.err, s.desk.count(discharge.Admitted))
	}
}

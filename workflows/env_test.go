package workflows_test

import (
	"log/slog"
	"testing"
	"time"

	"go.temporal.io/sdk/client"
	temporallog "go.temporal.io/sdk/log"
	"go.temporal.io/sdk/testsuite"
	"go.temporal.io/sdk/workflow"

	"dimissioni/internal/calendar"
	"dimissioni/internal/discharge"
	"dimissioni/internal/engine"
	"dimissioni/workflows"
)

const (
	caseID    = "5f0c7c86-6a4c-4f7e-9a0e-2d8f1f3c9b11"
	pathCents = 200_000
)

var (
	monday = calendar.NewDate(2026, 3, 2)
	start  = monday.At(10, 0) // the referral's arrival

	sender      = discharge.Actor{UserID: "u-sender", OrgID: "ward", Role: discharge.RoleSender}
	coordinator = discharge.Actor{UserID: "u-coordinator", Role: discharge.RoleCoordinator}
	partner     = discharge.Actor{UserID: "u-igea", OrgID: "igea", Role: discharge.RolePartnerManager}
	caseManager = discharge.Actor{UserID: "u-case-manager", OrgID: "igea", Role: discharge.RoleCaseManager}
)

// scene is a case on a stage of its own: time is skipped, Postgres and the mail server are a desk in memory.
type scene struct {
	*testsuite.TestWorkflowEnvironment
	desk *desk
	t    *testing.T
}

// newEnv is a case just submitted, on a Monday at ten, with money enough and a mail server that takes everything.
func newEnv(t *testing.T) *scene {
	t.Helper()
	var suite testsuite.WorkflowTestSuite
	suite.SetLogger(temporallog.NewStructuredLogger(slog.New(slog.DiscardHandler)))
	s := &scene{
		TestWorkflowEnvironment: suite.NewTestWorkflowEnvironment(),
		desk:                    &desk{refused: map[string]*discharge.Error{}, budget: 10 * pathCents},
		t:                       t,
	}
	s.SetStartTime(start)
	s.SetTestTimeout(20 * time.Second)
	s.SetStartWorkflowOptions(client.StartWorkflowOptions{ID: engine.WorkflowID(caseID)})
	s.RegisterWorkflowWithOptions(workflows.Discharge, workflow.RegisterOptions{Name: engine.WorkflowDischarge})
	s.RegisterActivity(s.desk)
	s.submit()
	return s
}

func (s *scene) submit() {
	rules := discharge.DefaultRules()
	s.behind(start, discharge.Command{
		ID: "submit", Kind: discharge.Submit, Actor: sender,
		Facts: discharge.Facts{
			Rules: &rules, Code: "DP-2026-00001", HospitalID: "hospital", WardID: "ward",
			ExpectedOn: monday.AddDays(7), Level: discharge.LevelModerate, Informed: true,
		},
	})
}

// behind records a command behind the workflow's back, as a worker does that dies before Temporal hears of it.
func (s *scene) behind(at time.Time, cmd discharge.Command) {
	s.t.Helper()
	decision, err := discharge.Decide(s.desk.caseNow(), cmd, at)
	if err != nil {
		s.t.Errorf("%s: %v", cmd.Kind, err)
		return
	}
	if refusal := s.desk.store(at, decision); refusal != nil {
		s.t.Errorf("%s: %v", cmd.Kind, refusal)
	}
}

// run plays the case until its workflow ends, which it must do well.
func (s *scene) run() {
	s.t.Helper()
	s.ExecuteWorkflow(engine.WorkflowDischarge, caseID)
	if err := s.GetWorkflowError(); err != nil {
		s.t.Fatalf("the workflow failed: %v", err)
	}
}

// reply is the answer to a command, once it has come.
type reply struct {
	accepted, rejected, done bool
	answer                   any
	err                      error
}

func (r *reply) Accept()          { r.accepted = true }
func (r *reply) Reject(err error) { r.rejected, r.done, r.err = true, true, err }
func (r *reply) Complete(answer any, err error) {
	r.done, r.answer, r.err = true, answer, err
}

// refusal is the rules' refusal that came back, nil when the command was accepted.
func (r *reply) refusal() *discharge.Error {
	if r.err == nil {
		return nil
	}
	refusal, ok := engine.Refusal(r.err)
	if !ok {
		return discharge.Refuse(discharge.KindInternal, r.err.Error())
	}
	return refusal
}

// meanwhile does something on the stage or at the desk at an instant.
func (s *scene) meanwhile(at time.Time, do func()) {
	s.RegisterDelayedCallback(func() {
		s.desk.mu.Lock()
		defer s.desk.mu.Unlock()
		do()
	}, at.Sub(start))
}

// give sends a command as an Update at an instant.
func (s *scene) give(at time.Time, cmd discharge.Command) *reply {
	r := &reply{}
	s.meanwhile(at, func() { s.UpdateWorkflow(engine.UpdateCommand, cmd.ID, r, cmd) })
	return r
}

// must is give for a command that has to be accepted.
func (s *scene) must(at time.Time, kind discharge.CommandKind, actor discharge.Actor, f discharge.Facts) {
	s.t.Helper()
	cmd := discharge.Command{ID: string(kind) + at.String() + f.Signer, Kind: kind, Actor: actor, Facts: f}
	r := s.give(at, cmd)
	s.t.Cleanup(func() {
		if refusal := r.refusal(); !r.done || refusal != nil {
			s.t.Errorf("%s at %s: done %t, refusal %v", kind, at, r.done, refusal)
		}
	})
}

// signal sends a command without waiting.
func (s *scene) signal(at time.Time, name string, cmd discharge.Command) {
	s.meanwhile(at, func() { s.SignalWorkflow(name, cmd) })
}

// walkToStart takes the case from the referral to the first day of care, a week later.
func (s *scene) walkToStart() calendar.Date {
	first := monday.AddDays(7)
	at := func(minute int) time.Time { return start.Add(time.Duration(minute) * time.Minute) }
	s.must(at(10), discharge.Screen, coordinator, discharge.Facts{Outcome: "admit", Level: discharge.LevelModerate})
	s.must(at(20), discharge.Propose, coordinator, discharge.Facts{PartnerID: "igea"})
	s.must(at(30), discharge.Accept, partner, discharge.Facts{})
	s.must(at(40), discharge.AppointCaseManager, partner, discharge.Facts{UserID: "u-case-manager"})
	s.must(at(50), discharge.SubmitPlan, caseManager, discharge.Facts{StartPlannedOn: first, Days: 21})
	for i, signer := range []string{"coordinator", "case_manager", "patient"} {
		s.must(at(60+i), discharge.Sign, coordinator, discharge.Facts{Signer: signer, Method: "in_person"})
	}
	s.must(first.At(10, 0), discharge.ConfirmStart, caseManager, discharge.Facts{StartOn: first})
	return first
}

package discharge_test

import (
	"testing"
	"time"

	"dimissioni/internal/calendar"
	"dimissioni/internal/discharge"
)

func TestShortestWalk(t *testing.T) {
	rules := discharge.DefaultRules()
	now := calendar.NewDate(2026, 3, 2).At(10, 0) // Monday
	c := discharge.Case{ID: "case"}
	do := func(kind discharge.CommandKind, role discharge.Role, f discharge.Facts) {
		t.Helper()
		actor := discharge.Actor{UserID: "u-" + string(role), OrgID: "igea", Role: role}
		d, err := discharge.Decide(c, discharge.Command{Kind: kind, Actor: actor, Facts: f}, now)
		if err != nil {
			t.Fatalf("%s: %v", kind, err)
		}
		notices := discharge.Notices(c, d.Events)
		for _, e := range d.Events {
			e.Seq = c.Version + 1
			if m := e.Facts.Money; m != nil && m.AmountCents == 0 {
				m.AmountCents = 200000
			}
			c = c.Apply(e)
			t.Logf("%s %-24s %s", now.Format(time.DateTime), e.Kind, e.Summary())
		}
		for _, n := range notices {
			t.Logf("      mail %s %v", n.Moment, n.To)
		}
	}
	do(discharge.Submit, discharge.RoleSender, discharge.Facts{Rules: &rules, Code: "DP-2026-00001", ExpectedOn: calendar.NewDate(2026, 3, 9), ShareWith: []string{"gp"}})
	do(discharge.Screen, discharge.RoleCoordinator, discharge.Facts{Outcome: "admit", Level: discharge.LevelModerate})
	do(discharge.Propose, discharge.RoleCoordinator, discharge.Facts{PartnerID: "igea"})
	do(discharge.Accept, discharge.RolePartnerManager, discharge.Facts{})
	do(discharge.AppointCaseManager, discharge.RolePartnerManager, discharge.Facts{UserID: "cm"})
	do(discharge.SubmitPlan, discharge.RoleCaseManager, discharge.Facts{StartPlannedOn: calendar.NewDate(2026, 3, 9)})
	for _, s := range []string{"coordinator", "case_manager", "patient"} {
		do(discharge.Sign, discharge.RoleCoordinator, discharge.Facts{Signer: s, Method: "in_person"})
	}
	if c.State != discharge.StateReady {
		t.Fatalf("state %s, want ready", c.State)
	}
	for limit := 0; limit < 200; limit++ {
		next := c.NextInstant(now)
		if next.IsZero() {
			break
		}
		now = next
		do(discharge.Tick, discharge.RoleSystem, discharge.Facts{})
		if c.State == discharge.StateReady && !now.Before(calendar.NewDate(2026, 3, 9).At(9, 0)) {
			do(discharge.ConfirmStart, discharge.RoleCaseManager, discharge.Facts{})
		}
	}
	if c.State != discharge.StateClosed || c.Exit.Cause != discharge.CauseCap {
		t.Fatalf("the cap did not close the case: %s", c.State)
	}
	t.Log(c.Flags(now))
}

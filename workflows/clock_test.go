package workflows_test

import (
	"testing"
	"time"

	"dimissioni/internal/discharge"
	"dimissioni/internal/engine"
)

func TestOneTimerAtATime(t *testing.T) {
	s := newEnv(t)
	armed := map[string]bool{}
	s.SetOnTimerScheduledListener(func(id string, _ time.Duration) { armed[id] = true })
	s.SetOnTimerFiredListener(func(id string) { delete(armed, id) })
	s.SetOnTimerCanceledListener(func(id string) { delete(armed, id) })
	first := s.walkToStart()
	for at := start.Add(time.Hour); at.Before(first.AddDays(42).Start()); at = at.Add(6 * time.Hour) {
		s.meanwhile(at, func() {
			if len(armed) != 1 {
				t.Errorf("%d timers on %s", len(armed), s.Now())
			}
		})
	}
	s.run()
	if len(armed) != 0 {
		t.Errorf("%d timers at the end", len(armed))
	}
}

func TestACommandThatMovesNoClockLeavesTheTimerAlone(t *testing.T) {
	s := newEnv(t)
	set := 0
	s.meanwhile(minutes(5), func() {
		s.SetOnTimerScheduledListener(func(string, time.Duration) { set++ })
	})
	s.must(minutes(10), discharge.Take, coordinator, discharge.Facts{})
	s.meanwhile(minutes(15), func() {
		if set != 0 {
			t.Errorf("%d timers set", set)
		}
	})
	s.give(minutes(20), giveUp)
	s.run()
}

func TestAPokeMakesTheCaseLookAtPostgres(t *testing.T) {
	s := newEnv(t)
	s.meanwhile(minutes(5), func() {
		s.behind(minutes(5), admit)
		s.SignalWorkflow(engine.SignalPoke, nil)
	})
	s.meanwhile(minutes(10), func() {
		for _, m := range s.desk.mails {
			if m.status != "sent" {
				t.Errorf("%s still %s", m.id, m.status)
			}
		}
	})
	s.give(minutes(20), giveUp)
	s.run()
}

func TestSyncMovesTheClockOfACaseThatStoppedOnTheWay(t *testing.T) {
	s := newEnv(t)
	r := s.give(minutes(10), discharge.Command{
		ID: "sync", Kind: discharge.Sync, Actor: discharge.Actor{Role: discharge.RoleSystem},
		Facts: discharge.Facts{At: monday.AddDays(2).At(9, 30)},
	})
	s.give(minutes(20), giveUp)
	s.run()
	if r.err != nil {
		t.Fatal(r.err)
	}
	if n := s.desk.count(discharge.Missed); n != 1 {
		t.Errorf("%d clocks missed, want that of screening", n)
	}
	end := s.desk.events[len(s.desk.events)-1]
	if want := monday.AddDays(2).At(9, 40); end.Kind != discharge.NotStarted || !end.At.Equal(want) {
		t.Errorf("%s at %s, want not_started at %s", end.Kind, end.At, want)
	}
}

func TestARunThatFollowsInTrainingGoesByTheCasesClock(t *testing.T) {
	s := newEnv(t)
	s.desk.clock = start.AddDate(0, 0, 30)
	s.give(minutes(10), giveUp)
	s.run()
	end := s.desk.events[len(s.desk.events)-1]
	if want := s.desk.clock.Add(10 * time.Minute); end.Kind != discharge.NotStarted || !end.At.Equal(want) {
		t.Errorf("%s at %s, want not_started at %s", end.Kind, end.At, want)
	}
}

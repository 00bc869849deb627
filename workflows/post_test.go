package workflows_test

import (
	"slices"
	"testing"
	"time"

	"dimissioni/internal/discharge"
)

func TestMailsWaitForAMailServerThatIsAwayAndTheCaseGoesOn(t *testing.T) {
	s := newEnv(t)
	down := true
	s.desk.mailServer = func(*letter) verdict {
		if down {
			return later
		}
		return taken
	}
	s.meanwhile(start.Add(71*time.Hour), func() { down = false })
	s.walkToStart()
	s.run()
	if failed := s.desk.moments("failed"); len(failed) > 0 {
		t.Errorf("failed: %v", failed)
	}
	if !slices.Contains(s.desk.moments("sent"), discharge.MomentReferralReceived) {
		t.Error("the first mail was lost")
	}
	if n := s.desk.count(discharge.DeliveryFailed); n != 0 {
		t.Errorf("delivery failed %d times", n)
	}
}

func TestAMailThatGoesNowhereForThreeDaysIsSomebodysTask(t *testing.T) {
	s := newEnv(t)
	s.desk.mailServer = func(m *letter) verdict {
		if m.moment == discharge.MomentReferralReceived {
			return later
		}
		return taken
	}
	s.walkToStart()
	s.run()
	if failed := s.desk.moments("failed"); len(failed) != 1 || failed[0] != discharge.MomentReferralReceived {
		t.Errorf("failed: %v", failed)
	}
	s.checkDeliveryFailed(t, 1)
	for _, e := range s.desk.events {
		if e.Kind == discharge.DeliveryFailed && e.At.Before(start.Add(72*time.Hour)) {
			t.Errorf("given up after %s", e.At.Sub(start))
		}
	}
}

func TestARefusedAddressIsSomebodysTask(t *testing.T) {
	s := newEnv(t)
	s.desk.mailServer = func(m *letter) verdict {
		if m.moment == discharge.MomentProposal {
			return never
		}
		return taken
	}
	s.walkToStart()
	s.run()
	s.checkDeliveryFailed(t, 1)
}

func TestTheWordAboutAFailedMailMayFailInSilence(t *testing.T) {
	s := newEnv(t)
	s.desk.mailServer = func(*letter) verdict { return never }
	s.give(minutes(10), giveUp)
	s.run()
	if n := s.desk.count(discharge.DeliveryFailed); n == 0 || n > 2 {
		t.Errorf("delivery failed %d times", n)
	}
}

func TestAMailOfTheNightGoesInTheMorning(t *testing.T) {
	s := newEnv(t)
	s.must(monday.At(21, 0), discharge.Screen, coordinator, admit.Facts)
	s.meanwhile(monday.AddDays(1).At(7, 59), func() {
		if slices.Contains(s.desk.moments("sent"), discharge.MomentAdmitted) {
			t.Error("a mail went out at night")
		}
	})
	s.meanwhile(monday.AddDays(1).At(8, 1), func() {
		if !slices.Contains(s.desk.moments("sent"), discharge.MomentAdmitted) {
			t.Error("the mail of the night has not gone by eight")
		}
	})
	s.give(monday.AddDays(1).At(12, 0), giveUp)
	s.run()
}

func TestAnEarlierFailureDoesNotHoldBackWhatComesLater(t *testing.T) {
	s := newEnv(t)
	s.desk.mailServer = func(m *letter) verdict {
		if m.moment == discharge.MomentReferralReceived {
			return later
		}
		return taken
	}
	s.must(minutes(120), discharge.Screen, coordinator, admit.Facts) // the first mail's next attempt is an hour away
	s.meanwhile(minutes(121), func() {
		if !slices.Contains(s.desk.moments("sent"), discharge.MomentAdmitted) {
			t.Error("the mail waits behind another one's failure")
		}
	})
	s.give(monday.AddDays(5).At(12, 0), giveUp)
	s.run()
}

// checkDeliveryFailed wants so many events that tell the coordinators of failed mails, each mail told of once.
func (s *scene) checkDeliveryFailed(t *testing.T, want int) {
	t.Helper()
	told := map[string]int{}
	for _, e := range s.desk.events {
		for _, id := range e.Facts.Notifications {
			told[id]++
		}
	}
	if n := s.desk.count(discharge.DeliveryFailed); n != want {
		t.Errorf("delivery failed %d times, want %d", n, want)
	}
	for id, n := range told {
		if n != 1 {
			t.Errorf("%s told of %d times", id, n)
		}
	}
	if !slices.Contains(s.desk.moments("sent"), discharge.MomentDeliveryFailed) {
		t.Error("the coordinators were not told")
	}
}

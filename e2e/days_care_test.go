package e2e

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"dimissioni/internal/standalone/client"
)

// TestHardDaysOfCare tells the days on which a case does not go as planned, side by side in one world.
func TestHardDaysOfCare(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "DIMISSIONI_PHONE=0373 000200", "DIMISSIONI_PUBLIC_NAME=Ufficio di piano")
	for _, who := range []string{"coordinator", "sender", "igea", "meraki", "casemanager"} {
		w.as(who)
	}
	for number, part := range []struct {
		title string
		desk  string // who coordinates it: somebody else where digests are read
		tell  func(*tale)
	}{
		{"nobody asks what follows", "seguito", (*tale).nobodyAsksWhatFollows},
		{"nobody decides at the review", "verifica", (*tale).nobodyDecidesAtTheReview},
		{"an équipe too early, missed and too late", "tardi", (*tale).aMeetingTooEarlyAndTooLate},
		{"an équipe held in time and written down late", "coordinator", (*tale).aMeetingWrittenDownLate},
		{"a start before the signatures", "firme", (*tale).aStartBeforeTheSignatures},
		{"a start that slips three times", "coordinator", (*tale).aStartThatSlips},
		{"sent with the essentials and completed later", "coordinator", (*tale).completedLater},
		{"a partner declines and another accepts", "coordinator", (*tale).aDecline},
		{"a proposal revoked", "coordinator", (*tale).aProposalRevoked},
		{"renewed against the équipe's advice, never past six weeks", "coordinator", (*tale).renewedAgainstTheAdvice},
	} {
		if part.desk != "coordinator" {
			w.hire(part.desk)
		}
		t.Run(part.title, func(t *testing.T) {
			t.Parallel()
			part.tell(w.tale(t, number, part.desk))
		})
	}
}

func (s *tale) aMeetingTooEarlyAndTooLate() {
	s.refers()
	s.planned(inDays(1))
	s.signs("coordinator", "case_manager", "patient")
	s.meets(s.today(), "continue")
	s.forward(s.id, 1)
	s.begins()
	if early := objects(s.file()["meetings"]); client.Text(early[0], "timing") != "pre-dimissione" {
		s.t.Errorf("the meeting before the start: %v", early[0])
	}
	s.clock("equipe", s.start.AddDays(10), "pending") // it does not count

	s.on(11)
	s.has(true, "equipe_missed")
	s.clock("equipe", s.start.AddDays(10), "missed")
	s.remembered("Équipe multidisciplinare", s.start.AddDays(5), s.start.AddDays(8), s.start.AddDays(10))
	s.digested(true, "Équipe non ancora tenuta")

	late := objects(s.meets(s.start.AddDays(11), "continue")["meetings"])
	if client.Text(late[1], "timing") != "tenuta in ritardo (giorno 11)" {
		s.t.Errorf("the meeting of day 11: %v", late[1])
	}
	s.has(true, "equipe_late")
	s.has(false, "equipe_missed")
	told, _ := s.tells("meeting_recorded")
	if len(told) != 2 || !strings.Contains(told[0], "pre-dimissione") || !strings.Contains(told[1], "tenuta in ritardo (giorno 11)") {
		s.t.Errorf("the timeline tells of the meetings as %q", told)
	}
	s.digested(false, "")
}

func (s *tale) aMeetingWrittenDownLate() {
	s.cared()
	s.on(12)
	s.has(true, "equipe_missed")
	s.meets(s.start.AddDays(9), "continue")
	s.clock("equipe", s.start.AddDays(10), "met")
	s.has(false, "equipe_missed", "equipe_late")
	if held := objects(s.file()["meetings"])[0]; client.Text(held, "held_on") != s.start.AddDays(9).String() || held["timing"] != nil {
		s.t.Errorf("held on day 9: %v", held)
	}
}

func (s *tale) nobodyDecidesAtTheReview() {
	s.cared()
	s.meets(s.start, "continue")
	s.does("casemanager", "update-details", client.Object{"what_follows": []string{"sad"}, "from": s.start.AddDays(43).String()})

	s.on(22)
	s.clock("review", s.start.AddDays(21), "missed")
	s.has(true, "review_missed")
	s.digested(true, "proroga tecnica")
	s.post()
	for _, m := range s.mailed("technical_extension", "casemanager", "igea") {
		if !strings.Contains(m.Text, "Continui gli accessi") {
			s.t.Errorf("they are not told to go on:\n%s", m.Text)
		}
	}

	s.on(43)
	end := s.file()
	exit, _ := end["exit"].(client.Object)
	if client.Text(end, "state") != "closed" || client.Text(exit, "cause") != "cap" || exit["outcome"] != nil ||
		client.Text(exit, "on") != s.start.AddDays(42).String() {
		s.t.Errorf("after six weeks: %s, %v", end["state"], exit)
	}
	s.mailed("technical_extension", "casemanager", "igea") // not every day
	s.has(true, "outcome_pending")
	s.has(false, "no_handover")
	s.clock("outcome", crema.AddWorkdays(s.start.AddDays(42), 5), "pending")
	s.money(200_000, 0)

	outcome := func(day int) client.Object {
		return client.Object{"outcome": "moved", "closed_on": s.start.AddDays(day).String()}
	}
	s.mayNot("casemanager", "complete-outcome", outcome(43), http.StatusUnprocessableEntity, "closed_on", "sei settimane")
	s.does("casemanager", "complete-outcome", outcome(35))
	s.has(false, "outcome_pending")
	s.money(166_667, 33_333) // 200000 x 7 / 42, rounded down
	s.mayNot("casemanager", "complete-outcome", outcome(30), http.StatusConflict, "", "si è chiusa da sola")
}

// money checks what the case keeps reserved and what it gave back, in cents.
func (s *tale) money(reserved, released int) {
	s.t.Helper()
	budget, _ := s.file()["budget"].(client.Object)
	if client.Number(budget, "reserved_cents") != reserved || client.Number(budget, "released_cents") != released {
		s.t.Errorf("budget %v, want %d reserved and %d released", budget, reserved, released)
	}
}

func (s *tale) nobodyAsksWhatFollows() {
	s.cared()
	s.meets(s.start, "continue")
	s.does(s.desk, "renew", client.Object{"days": 21})

	s.on(29)
	s.has(true, "no_handover")
	s.digested(true, "Esce senza seguito")
	s.on(36)
	s.remembered("Che cosa segue", s.start.AddDays(28), s.start.AddDays(32), s.start.AddDays(35))
	s.does(s.desk, "close", client.Object{"outcome": "completed"})
	s.has(true, "no_handover")
	s.digested(true, "Esce senza seguito") // after the end too

	s.does("casemanager", "update-details", client.Object{
		"what_follows": []string{"sad"}, "from": s.today().AddDays(1).String(), "note": "Chiamato il SAD del Comune",
	})
	s.has(false, "no_handover")
	s.digested(false, "")
	s.post()
	for _, m := range s.mails(s.code, "") {
		if strings.HasPrefix(m.Moment, "reminder:handover") && !slices.Equal(m.To, []string{"casemanager@demo.test"}) {
			s.t.Errorf("%s to %v", m.Moment, m.To)
		}
	}
}

func (s *tale) renewedAgainstTheAdvice() {
	s.cared()
	s.mayNot(s.desk, "renew", client.Object{"days": 7}, http.StatusUnprocessableEntity, "reason", "non si è tenuta")
	s.meets(s.start, "close")
	s.has(true, "close_asked")
	s.mayNot(s.desk, "renew", client.Object{"days": 7}, http.StatusUnprocessableEntity, "reason", "non ha consigliato di proseguire")
	against := client.Object{"days": 22, "reason": "La famiglia ha bisogno di una settimana in più"}
	s.mayNot(s.desk, "renew", against, http.StatusUnprocessableEntity, "days", "da 1 a 21 giorni")
	against["days"] = 7
	renewed := s.does(s.desk, "renew", against)
	if end := date(s.t, renewed, "period_end_on"); end != s.start.AddDays(28) {
		s.t.Errorf("the period ends on %s", end)
	}
	s.has(false, "close_asked")
	s.clock("review", s.start.AddDays(28), "pending")
	told, _ := s.tells("renewed")
	if len(told) != 1 || !strings.Contains(told[0], "7 giorni") || !strings.Contains(told[0], "La famiglia ha bisogno") {
		s.t.Errorf("the timeline tells %q", told)
	}
	s.post()
	s.mailed("renewed", "igea", "municipality")

	s.mayNot(s.desk, "renew", client.Object{"days": 15, "reason": "ancora"}, http.StatusUnprocessableEntity, "days", "da 1 a 14 giorni")
	whole := s.does(s.desk, "renew", client.Object{"days": 14, "reason": "ancora"})
	if end := date(s.t, whole, "period_end_on"); end != s.start.AddDays(42) || date(s.t, whole, "cap_on") != end {
		s.t.Errorf("renewed to the end: %v", whole["period_end_on"])
	}
	s.mayNot(s.desk, "renew", client.Object{"days": 1, "reason": "ancora"}, http.StatusConflict, "", "sei settimane")
	if _, still := s.clocks()["review"]; still {
		s.t.Error("at the cap only the cap speaks")
	}
	s.money(200_000, 0)
}

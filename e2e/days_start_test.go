package e2e

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"

	"dimissioni/internal/standalone/client"
	"dimissioni/internal/standalone/mailcatcher"
)

// completedLater: nobody waits for what is missing, and what comes later restarts no clock.
func (s *tale) completedLater() {
	sent := s.refers(func(r client.Object) {
		delete(r, "network")
		r["needs"] = client.Object{"figures": []string{"oss"}}
	})
	missing := texts(sent["missing"])
	asked := s.today()
	s.does(s.desk, "request-information", client.Object{"question": "Ha allergie?"})
	s.planned(inDays(14))
	s.clock("completion", crema.AddWorkdays(asked, 2), "pending")
	s.post()
	s.mailed("information_requested", "sender")
	s.forward(s.id, crema.AddWorkdays(asked, 2).AddDays(1).DaysSince(s.today()))
	s.clock("completion", crema.AddWorkdays(asked, 2), "missed")
	s.mailed("reminder:completion", "sender")

	before := s.clocks()
	s.mayNot("sender", "complete", client.Object{}, http.StatusUnprocessableEntity, missing[0], "almeno un dato")
	done := s.does("sender", "complete", client.Object{"stay": client.Object{"allergies": "penicillina"}})
	s.has(false, "completion_missed")
	after := texts(done["missing"])
	if len(after) != len(missing)-1 || slices.Contains(after, "stay.allergies") {
		s.t.Errorf("missing %v, then %v", missing, after)
	}
	s.post()
	s.mailed("information_given", s.desk)
	done = s.does(s.desk, "complete", client.Object{
		"by_telephone_with": "Caposala di prova", "needs": client.Object{"figures": []string{"oss"}, "level": "moderate", "goal": "casa"},
	})
	if left := texts(done["missing"]); len(left) != len(after)-2 {
		s.t.Errorf("missing %v, then %v", after, left)
	}
	for kind, clock := range s.clocks() {
		if clock["due_at"] != before[kind]["due_at"] {
			s.t.Errorf("the clock %s has restarted: it was %v, is %v", kind, before[kind], clock)
		}
	}
	if told, _ := s.tells("completed"); len(told) != 2 || !strings.Contains(told[1], "Per telefono con Caposala di prova") {
		s.t.Errorf("the timeline tells %q", told)
	}
	s.signs("coordinator", "case_manager", "patient")
	s.begins() // with much still missing
}

// aDecline: the reason is coded, the coordinator is told, and who declined sees nothing any more.
func (s *tale) aDecline() {
	s.refers()
	s.proposedTo("meraki")
	s.post()
	asked, err := s.as("meraki").Get(s.ctx(), "/discharges/"+s.id)
	if err != nil {
		s.t.Fatal(err)
	}
	s.hides(asked)
	link := s.opens(s.code, "proposal", "meraki@demo.test")
	s.mayNot("meraki", "decline", client.Object{}, http.StatusUnprocessableEntity, "reason_code", "obbligatorio")
	s.hides(s.does("meraki", "decline", client.Object{"reason_code": "no_capacity"}))
	s.unseen("meraki")
	s.dead(link)
	s.post()
	s.mailed("proposal_declined", s.desk)

	s.does(s.desk, "propose", client.Object{"partner_id": s.partner("igea")})
	s.post()
	s.mailed("proposal", "igea", "meraki")
	s.does("igea", "accept", nil)
	s.post()
	s.mailed("proposal_accepted", s.desk)
	s.mailed("proposal_revoked")
	s.mailed("reminder:acceptance") // who was told at eight is not reminded at nine
	s.unseen("meraki")
	s.money(200_000, 0)
	for kind, want := range map[string][]string{
		"proposed": {"Caso proposto a un ente (Meraki).", "Caso proposto a un ente (Igea)."},
		"declined": {"Proposta rifiutata dall'ente (Meraki): nessuna disponibilità."},
		"accepted": {"Proposta accettata dall'ente (Igea)."},
	} {
		if told, _ := s.tells(kind); !slices.Equal(told, want) {
			s.t.Errorf("the timeline tells %q, want %q", told, want)
		}
	}
}

// aProposalRevoked: its link dies with a page that says what may have happened and of whom nothing; the partner is told.
func (s *tale) aProposalRevoked() {
	s.refers()
	s.proposedTo("meraki")
	s.post()
	link := s.opens(s.code, "proposal", "meraki@demo.test")
	if status, page := link.reads(); status != http.StatusOK || !strings.Contains(page, s.code) {
		s.t.Errorf("before it is revoked: %d\n%s", status, page)
	}
	s.does(s.desk, "propose", client.Object{"partner_id": s.partner("igea")})
	s.dead(link)
	s.unseen("meraki")
	s.post()
	for _, m := range s.mailed("proposal_revoked", "meraki") {
		if !strings.Contains(m.Text, "è stata ritirata") {
			s.t.Errorf("the partner is told:\n%s", m.Text)
		}
	}
	s.mailed("proposal", "igea", "meraki")
	if status, page := s.opens(s.code, "proposal", "igea@demo.test").sends("answer", "accept"); status != http.StatusOK {
		s.t.Errorf("the other partner accepts: %d\n%s", status, page)
	}
	if state := s.state(s.id); state != "planning" {
		s.t.Errorf("the case is %s", state)
	}
}

// dead checks that a link shows and does nothing, says what to do, and tells of nobody.
func (s *tale) dead(link *holder) {
	s.t.Helper()
	before := s.state(s.id)
	for _, open := range []func() (int, string){link.reads, func() (int, string) { return link.sends("answer", "accept") }} {
		status, page := open()
		if status != http.StatusNotFound || !strings.Contains(page, "non funziona più") || !strings.Contains(page, "0373 000200") {
			s.t.Errorf("a dead link answers %d:\n%s", status, page)
		}
		if strings.Contains(page, s.code) || strings.Contains(page, "Esempio") || strings.Contains(page, "Meraki") {
			s.t.Errorf("a dead link tells of somebody:\n%s", page)
		}
	}
	if state := s.state(s.id); state != before {
		s.t.Errorf("a dead link made %s of a case that was %s", state, before)
	}
}

// hides checks that an answer holds no name, address or reason of the person.
func (s *tale) hides(answer client.Object) {
	s.t.Helper()
	raw, err := json.Marshal(answer)
	if err != nil {
		s.t.Fatal(err)
	}
	for _, private := range []string{"Esempio", "Prova", "Frattura", "1941-05-02", "0373 00000"} {
		if strings.Contains(string(raw), private) {
			s.t.Errorf("the partner reads %q in %s", private, raw)
		}
	}
}

// aStartThatSlips: at each move the clocks follow and the old day says nothing; in the end the start is confirmed.
func (s *tale) aStartThatSlips() {
	s.refers()
	first := s.today()
	s.planned(first.AddDays(6).String())
	var dates []string
	for _, slip := range []struct{ on, to int }{{0, 12}, {7, 18}, {13, 24}} {
		if n := first.AddDays(slip.on).DaysSince(s.today()); n > 0 {
			s.forward(s.id, n)
		}
		to := first.AddDays(slip.to)
		dates = append(dates, to.Italian())
		s.does("casemanager", "move-start", client.Object{"start_planned_on": to.String(), "reason": "il letto non arriva"})
		s.clock("start", to, "pending")
		s.clock("signatures", to, "pending")
		s.has(false, "start_unconfirmed")
		s.post()
	}
	s.mayNot("casemanager", "move-start", client.Object{"start_planned_on": first.AddDays(24).String()}, http.StatusUnprocessableEntity, "start_planned_on", "già previsto")
	s.mayNot("casemanager", "confirm-start", client.Object{"start_on": first.AddDays(24).String()}, http.StatusUnprocessableEntity, "start_on", "nel futuro")
	s.signs("coordinator", "case_manager", "patient")
	s.forward(s.id, first.AddDays(25).DaysSince(s.today()))
	s.remembered("Avvio", first.AddDays(24))
	for _, m := range s.mailed("reminder:start", "casemanager") {
		if strings.Contains(m.Subject, "urgente") || !strings.Contains(m.Text, "È iniziato?") {
			s.t.Errorf("%s\n%s", m.Subject, m.Text)
		}
	}
	for i, m := range slices.DeleteFunc(s.mailed("changed", "igea", "igea", "igea", "caregiver", "caregiver", "caregiver"), toCaregiver) {
		if !strings.Contains(m.Text, dates[i]) {
			s.t.Errorf("Igea is not told of %s:\n%s", dates[i], m.Text)
		}
	}
	s.has(true, "start_unconfirmed")
	begun := s.does("casemanager", "confirm-start", client.Object{"start_on": first.AddDays(24).String()})
	if client.Text(begun, "state") != "active" || date(s.t, begun, "cap_on") != first.AddDays(66) {
		s.t.Errorf("confirmed: %s until %v", begun["state"], begun["cap_on"])
	}
	s.clock("start", first.AddDays(24), "met")
	s.clock("equipe", first.AddDays(34), "pending")
	s.has(false, "start_unconfirmed", "plan_unsigned")
}

func toCaregiver(m mailcatcher.Message) bool { return strings.HasPrefix(m.To[0], "caregiver@") }

// aStartBeforeTheSignatures: care is not stopped by paperwork, which becomes a task with a clock.
func (s *tale) aStartBeforeTheSignatures() {
	s.refers()
	s.planned(inDays(0))
	s.signs("coordinator")
	s.begins()
	s.meets(s.start, "continue")
	due := crema.AddWorkdays(s.start, 3)
	s.has(true, "plan_unsigned")
	s.clock("signatures", due, "pending")

	s.on(due.DaysSince(s.start) + 1)
	s.remembered("Firme", crema.AddWorkdays(due, -1), due)
	s.clock("signatures", due, "missed")
	s.has(true, "plan_unsigned", "signatures_missed")
	s.digested(true, "Firme del PAI mancanti (case manager, persona assistita)")
	s.has(true, "plan_unsigned")

	s.signs("case_manager", "patient")
	s.has(false, "plan_unsigned", "signatures_missed")
	s.digested(false, "")
}

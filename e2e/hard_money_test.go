package e2e

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"dimissioni/internal/calendar"
	"dimissioni/internal/standalone/client"
)

// TestHardDaysOfTheMoney: a line that is enough for two people, and a share of the second programme that is enough for
// one. Nobody else uses this world's money, so each programme has its story.
func TestHardDaysOfTheMoney(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.sql(`UPDATE budget_lines SET planned_cents = 400000 WHERE programme_id = 'dp-cremasco' AND id = 'percorso'`)
	// Crema alone in its sub-district, whose share is about a fifth: 2.500 euro.
	w.sql(`UPDATE municipalities SET sub_district = CASE WHEN istat = '019035' THEN 1 ELSE 2 END`)
	w.sql(`UPDATE budget_lines l SET planned_cents = 250000 * (SELECT sum(population_2021) FROM municipalities)
	       / (SELECT population_2021 FROM municipalities WHERE istat = '019035')
	       WHERE programme_id = 'domicilio-anziani' AND id = 'percorso'`)
	d := everybody(w, "sender", "coordinator", "igea", "casemanager", "municipality", "hospital")
	d.tellAll(t, []hardDay{
		{"the waitlist, in its order", (*scene).waitlist},
		{"the second programme, opened by a municipality", (*scene).secondProgramme},
	})
}

// sql changes what no screen changes yet.
func (w *world) sql(statement string) {
	w.t.Helper()
	conn, err := pgx.Connect(w.ctx(), w.setting("DATABASE_URL"))
	if err != nil {
		w.t.Fatal(err)
	}
	defer func() { _ = conn.Close(w.ctx()) }()
	if _, err := conn.Exec(w.ctx(), statement); err != nil {
		w.t.Fatal(err)
	}
}

// expected is a discharge so many days from now; marked urgent or not.
func expected(days int, urgent bool) func(client.Object) {
	return func(r client.Object) {
		stay, _ := r["stay"].(client.Object)
		stay["expected_discharge_on"] = inDays(days)
		if urgent {
			r["urgent_reason"] = "vive solo"
		}
	}
}

func alreadyHome(r client.Object) {
	r["stay"] = client.Object{"kind": "emergency", "already_home": true, "reason": "caduta", "infectious": "no"}
}

// waitlist: two people have the money; those who wait are served already home first, then by discharge, urgency, arrival.
func (s *scene) waitlist() {
	moderate := func(level string) client.Object {
		return client.Object{"outcome": "admit", "level": level, "criteria": met}
	}
	arrive := func(level, state string, changes ...func(client.Object)) (id, code string) {
		id, code = s.refer(changes...)
		s.give("coordinator", id, "screen", moderate(level), state)
		return id, code
	}
	first, firstCode := arrive("moderate", "matching")
	second, secondCode := arrive("moderate", "matching")
	far, _ := arrive("moderate", "waitlisted", expected(12, false))
	near, nearCode := arrive("moderate", "waitlisted", expected(8, false))
	urgent, urgentCode := arrive("moderate", "waitlisted", expected(8, true))
	_, _ = arrive("high", "waitlisted", alreadyHome) // comes first, but 3.000 euro never come free
	home, homeCode := arrive("moderate", "waitlisted", alreadyHome)
	s.money(far, 0, 0)
	s.refused("coordinator", far, "screen", moderate("moderate"), http.StatusConflict, "I fondi non bastano: la pratica resta in attesa.")

	s.give("coordinator", first, "end-before-start", client.Object{"reason_code": "discharge_cancelled"}, "not_started")
	s.offered(first, firstCode, homeCode)
	s.refused("coordinator", far, "screen", moderate("moderate"), http.StatusUnprocessableEntity,
		"La pratica "+homeCode+" viene prima in lista d'attesa e i fondi le basterebbero: per ammettere questa scriva il motivo.")
	s.give("coordinator", home, "screen", moderate("moderate"), "matching")

	s.give("coordinator", second, "end-before-start", client.Object{"reason_code": "person_refused"}, "not_started")
	s.offered(second, secondCode, urgentCode)
	s.refused("coordinator", near, "screen", moderate("moderate"), http.StatusUnprocessableEntity, "La pratica "+urgentCode+" viene prima")
	skipping := moderate("moderate")
	skipping["reason"] = "la famiglia non può aspettare"
	s.give("coordinator", near, "screen", skipping, "matching")
	if line := s.budget(); client.Number(line, "residual_cents") != 0 {
		s.t.Errorf("the line: %v", line)
	}
	s.waitlistCheck(near, nearCode)
	s.waitlistCheck(urgent, urgentCode)
	s.noMoneyToReopen(home, urgent)
}

// offered waits until the coordinators hear which case the released money would be enough for.
func (s *scene) offered(id, code, next string) {
	s.t.Helper()
	s.forwardUntil(id, "the money is offered", func() bool { return len(s.mails(code, "funds_released")) > 0 })
	s.hears(code, "funds_released", "coordinator")
	if m := s.mails(code, "funds_released")[0]; !strings.Contains(m.Subject+m.Text, next) {
		s.t.Errorf("offered to another than %s: %s", next, m.Text)
	}
}

// waitlistCheck: on the day of the discharge the sender is asked whether care is still needed, unless it was admitted.
func (s *scene) waitlistCheck(id, code string) {
	s.t.Helper()
	waiting := s.state(id) == "waitlisted"
	expected, err := calendar.ParseDate(s.get("coordinator", "/discharges/"+id).text("expected_discharge_on"))
	if err != nil {
		s.t.Fatal(err)
	}
	if !waiting {
		s.due(id, "waitlist_check", expected, "cancelled")
		return
	}
	s.due(id, "waitlist_check", expected, "pending")
	s.on(id, crema.OnOrBefore(expected), 10)
	s.hears(code, "reminder:waitlist_check", "sender")
	s.on(id, expected.AddDays(1), 10)
	s.due(id, "waitlist_check", expected, "missed")
	s.flagged(id, "waitlist_check_missed", true)
}

// noMoneyToReopen: a case closed too early whose money has gone to another stays closed.
func (s *scene) noMoneyToReopen(id, next string) {
	s.t.Helper()
	s.give("coordinator", id, "propose", client.Object{"partner_id": s.igea()}, "proposed")
	s.give("igea", id, "accept", nil, "planning")
	s.give("igea", id, "appoint-case-manager", client.Object{"user_id": s.manager()}, "planning")
	s.give("casemanager", id, "confirm-start", nil, "active")
	s.give("coordinator", id, "close", client.Object{"outcome": "renounced", "what_follows": []string{"caregiver"}}, "closed")
	s.money(id, 0, whole)
	s.give("coordinator", next, "screen", client.Object{"outcome": "admit", "level": "moderate", "criteria": met}, "matching")
	s.refused("coordinator", id, "reopen", client.Object{"reason": "per errore"}, http.StatusConflict,
		"I fondi liberati alla chiusura non ci sono più: la pratica non si può riaprire.")
	if state := s.state(id); state != "closed" {
		s.t.Errorf("refused, and it is %s", state)
	}
	s.money(id, 0, whole)
}

// secondProgramme: the municipality opens, admits and re-plans by itself within its sub-district's share; no coordinator's
// screening, no équipe, no review, no cap.
func (s *scene) secondProgramme() {
	elderly := with("programme_id", "domicilio-anziani")
	open := func() (id, code string) {
		s.t.Helper()
		sent := s.post("municipality", "/discharges", s.referral(elderly, s.known, with("early_notice", []string{}))).wants(http.StatusCreated)
		return sent.text("id"), sent.text("code")
	}
	id, code := open()
	if !strings.HasPrefix(code, "DA-") {
		s.t.Errorf("its number is %s", code)
	}
	s.refused("coordinator", id, "urgent-start", client.Object{"level": "high", "partner_id": s.igea(), "case_manager_id": s.manager()},
		http.StatusConflict, "I fondi non bastano per questo livello")
	s.give("municipality", id, "screen", client.Object{"outcome": "admit", "level": "light"}, "matching")
	other, _ := open()
	s.give("municipality", other, "screen", client.Object{"outcome": "admit", "level": "moderate"}, "waitlisted") // 1.300 are left

	s.give("municipality", id, "propose", client.Object{"partner_id": s.igea()}, "proposed")
	s.give("igea", id, "accept", nil, "planning")
	s.give("igea", id, "appoint-case-manager", client.Object{"user_id": s.manager()}, "planning")
	plan := func(level string) client.Object {
		return client.Object{"level": level, "days": 21, "interventions": []client.Object{
			{"figure": "asa", "service": "pulizie", "times_per_week": 2, "minutes": 60},
		}}
	}
	s.give("municipality", id, "submit-plan", plan("light"), "signing")
	s.refused("casemanager", id, "screen", client.Object{"outcome": "waitlist"}, http.StatusForbidden, "non consente")
	for i, signer := range []string{"coordinator", "case_manager", "patient"} {
		s.give("municipality", id, "sign", client.Object{"signer": signer, "method": "in_person"}, []string{"signing", "signing", "ready"}[i])
	}
	s.give("casemanager", id, "confirm-start", nil, "active")

	s.refused("municipality", id, "submit-plan", plan("high"), http.StatusConflict, "I fondi non bastano per il nuovo livello: il PAI è salvato come bozza")
	if now := s.get("municipality", "/discharges/"+id); now.text("level") != "light" || !slices.Contains(now.flags(), "plan_draft") {
		s.t.Errorf("a plan beyond the share: %s, %v", now.text("level"), now.flags())
	}
	replanned := s.give("municipality", id, "submit-plan", plan("moderate"), "active")
	if replanned.text("level") != "moderate" || replanned.at("budget", "reserved_cents") != float64(whole) || slices.Contains(replanned.flags(), "plan_draft") {
		s.t.Errorf("re-planned: %s", replanned.raw)
	}
	for _, kind := range []string{"equipe", "review", "cap"} {
		if clock := s.clock(id, kind); clock != nil {
			s.t.Errorf("a clock runs: %v", clock)
		}
	}
	s.forward(id, 45)
	if state := s.state(id); state != "active" {
		s.t.Errorf("after six weeks it is %s", state)
	}
	if to := s.heard(code, "referral_received"); len(to) > 0 {
		s.t.Errorf("who does not screen hears of it: %v", to)
	}
	s.give("municipality", id, "close", client.Object{"outcome": "completed", "what_follows": []string{"sad"}}, "closed")
}

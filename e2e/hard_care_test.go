package e2e

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"dimissioni/internal/calendar"
	"dimissioni/internal/standalone/client"
)

// TestHardDaysOfTheCase: what DOMAIN foresees when things go otherwise, each story as those concerned would live it. They
// share one world.
func TestHardDaysOfTheCase(t *testing.T) {
	t.Parallel()
	d := everybody(newWorld(t), "sender", "sender.ortopedia", "hospital", "coordinator", "igea", "meraki", "sentiero",
		"casemanager", "casemanager.igea", "casemanager.meraki", "casemanager.sentiero", "municipality", "operator")
	d.tellAll(t, []hardDay{
		{"a readmission told by another ward, and the suspension", (*scene).readmission},
		{"the partner hands back mid-way", (*scene).handBack},
		{"the case manager on leave", (*scene).leave},
		{"death before the start", (*scene).deathBeforeTheStart},
		{"death after the start", (*scene).deathAfterTheStart},
		{"wrong dates corrected", (*scene).corrections},
		{"an urgent start on a Friday evening", (*scene).fridayEvening},
		{"a person without home, tax code and residence", (*scene).withoutHome},
		{"a case of the other district", (*scene).otherDistrict},
		{"reopened within the six weeks", (*scene).reopened},
	})
}

// readmission: a ward that does not know of the case tells, on a Saturday night, that the person is back in hospital.
func (s *scene) readmission() {
	id, code, start := s.cared()
	given := s.get("coordinator", "/discharges/"+id).text("patient", "given_name")
	saturday := start.AddDays(5)
	s.on(id, saturday, 22)

	person := client.Object{"programme_id": "dp-cremasco", "family_name": "Esempio", "given_name": given, "birth_date": "1941-05-02"}
	found := s.post("sender.ortopedia", "/referrals/check", person).wants(http.StatusOK)
	if found.text("live_case", "id") != id || found.at("live_case", "code") != nil ||
		!strings.Contains(found.text("live_case", "message"), "contatti il coordinatore al numero 0373 000200") {
		s.t.Errorf("the check: %s", found.raw)
	}
	again := s.referral()
	patient, _ := again["patient"].(client.Object)
	patient["given_name"] = given
	s.post("sender.ortopedia", "/discharges", again).refuses(http.StatusConflict, "duplicate_case")
	s.get("sender.ortopedia", "/discharges/"+id).refuses(http.StatusNotFound, "not_found")

	ward := s.give("sender.ortopedia", id, "readmission-notice", client.Object{
		"ward": "Ortopedia", "admitted_on": saturday.String(), "expected_discharge_on": saturday.AddDays(6).String(), "phone": "0373 000102",
	}, "active")
	s.hides(ward, family, diagnosis, address)
	s.hears(code, "readmission", "coordinator", "casemanager") // by night too
	s.flagged(id, "readmission", true)
	if told := s.lines(id, "readmission_noticed"); !strings.Contains(client.Text(told[0], "summary"), "Reparto: Ortopedia. Telefono: 0373 000102.") {
		s.t.Errorf("the notice reads %v", told)
	}

	s.on(id, start.AddDays(7), 10)
	s.give("casemanager", id, "suspend", client.Object{"reason_code": "hospital", "on": saturday.String()}, "suspended")
	s.flagged(id, "readmission", false)
	s.hears(code, "suspended", "igea", "mmg", "municipality")
	if seen := s.get("sender.ortopedia", "/discharges/"+id).wants(http.StatusOK); seen.text("state") != "suspended" ||
		!strings.Contains(seen.raw, "0373 000311") || seen.at("referral") != nil { // whom to call
		s.t.Errorf("the ward sees %s", seen.raw)
	}
	s.refused("igea", id, "resume", client.Object{}, http.StatusForbidden, "Il suo ruolo non consente questa operazione.")
	s.due(id, "equipe", start.AddDays(10), "pending") // no clock stops
	s.due(id, "cap", start.AddDays(42), "pending")

	s.on(id, start.AddDays(11), 10)
	s.give("casemanager", id, "resume", nil, "active")
	s.hears(code, "resumed", "igea", "mmg", "municipality")
	s.give("coordinator", id, "close", client.Object{"outcome": "completed", "what_follows": []string{"sad"}}, "closed")
	s.money(id, whole-unserved(5), unserved(5)) // eleven days, six of them in hospital
	s.noMailTwice(code)
}

// handBack: Sentiero hands the case back after ten days, and goes on until Meraki accepts.
func (s *scene) handBack() {
	partner, next := s.id("sentiero", "organisation"), s.meraki()
	id, code := s.refer()
	start := s.quietMonday(id)
	s.give("coordinator", id, "urgent-start", client.Object{
		"level": "moderate", "criteria": met, "partner_id": partner, "case_manager_id": s.id("casemanager.sentiero", "user"),
	}, "active")
	visits := "/discharges/" + id + "/visits"
	s.post("casemanager.sentiero", visits, client.Object{"figure": "oss", "minutes": 60}).wants(http.StatusCreated)

	s.on(id, start.AddDays(8), 10)
	s.refused("sentiero", id, "return-case", client.Object{"reason_code": "too_far"}, http.StatusUnprocessableEntity, "reason_code")
	s.give("sentiero", id, "return-case", client.Object{"reason_code": "figure_missing"}, "active")
	s.hears(code, "case_returned", "coordinator")
	s.flagged(id, "returned", true)
	s.due(id, "assignment", start.AddDays(9), "pending")
	s.give("coordinator", id, "reassign", client.Object{"partner_id": next}, "active")
	s.hears(code, "proposal", "meraki")
	s.hides(s.get("meraki", "/discharges/"+id).wants(http.StatusOK), family, diagnosis, address)
	s.post("casemanager.sentiero", visits, client.Object{"figure": "oss", "minutes": 60}).wants(http.StatusCreated)

	handover := start.AddDays(10)
	s.on(id, handover, 10)
	s.give("meraki", id, "accept", nil, "active")
	s.hears(code, "partner_changed", "sentiero", "casemanager.sentiero")
	s.flagged(id, "returned", false)
	s.flagged(id, "no_case_manager", true)
	s.give("meraki", id, "appoint-case-manager", client.Object{"user_id": s.id("casemanager.meraki", "user")}, "active")
	if held := s.heldBy(); held["Sentiero"] != whole*10/42 || held["Meraki"] != whole-whole*10/42 {
		s.t.Errorf("the money is split %v", held)
	}

	s.on(id, handover.AddDays(4), 10)
	late := s.post("sentiero", visits, client.Object{"figure": "oss", "minutes": 60, "on": handover.AddDays(-1).String()}).wants(http.StatusCreated)
	if late.text("partner_id") != partner {
		s.t.Errorf("a visit of before is of %s", late.text("partner_id"))
	}
	s.post("sentiero", visits, client.Object{"figure": "oss", "minutes": 60}).refuses(http.StatusUnprocessableEntity, "invalid").names("on")
	s.post("casemanager.meraki", visits, client.Object{"figure": "oss", "minutes": 60}).wants(http.StatusCreated)
	s.refused("casemanager.sentiero", id, "suspend", client.Object{"reason_code": "away"}, http.StatusForbidden, "affidato a un altro")
	if may := texts(s.get("sentiero", "/discharges/"+id).wants(http.StatusOK).body["allowed_commands"]); len(may) > 0 {
		s.t.Errorf("who handed back may still %v", may)
	}

	s.on(id, handover.AddDays(30), 10)
	s.get("sentiero", "/discharges/"+id).wants(http.StatusOK)
	s.on(id, handover.AddDays(31), 10)
	s.get("sentiero", "/discharges/"+id).refuses(http.StatusNotFound, "not_found")
	s.get("meraki", "/discharges/"+id).wants(http.StatusOK)
	s.noMailTwice(code)
}

// heldBy is the money that each partner's cases hold.
func (s *scene) heldBy() map[string]int {
	s.t.Helper()
	held := map[string]int{}
	for _, p := range objects(s.get("coordinator", "/programmes/dp-cremasco/budget").wants(http.StatusOK).body["by_partner"]) {
		held[client.Text(p, "name")] = client.Number(p, "reserved_cents")
	}
	return held
}

// leave: the case manager is away from day six to day nine; the équipe's reminders of days 5, 8 and 10 find who is there.
func (s *scene) leave() {
	id, code, start := s.cared()
	manager, substitute := s.manager(), s.id("casemanager.igea", "user")
	s.refused("igea", id, "appoint-case-manager", client.Object{"user_id": substitute, "from": start.AddDays(9).String(), "to": start.AddDays(6).String()},
		http.StatusUnprocessableEntity, "non può precedere")
	s.refused("igea", id, "appoint-case-manager", client.Object{"user_id": s.id("casemanager.meraki", "user")},
		http.StatusUnprocessableEntity, "Scelga un case manager dell'ente")
	s.give("igea", id, "appoint-case-manager", client.Object{
		"user_id": substitute, "from": start.AddDays(6).String(), "to": start.AddDays(9).String(), "substitute_for": manager,
	}, "active")
	s.hears(code, "case_manager_appointed", "casemanager", "casemanager.igea")
	inCharge := func(want string) {
		s.t.Helper()
		if got := s.get("coordinator", "/discharges/"+id).text("case_manager_id"); got != want {
			s.t.Errorf("in charge is %s, want %s", got, want)
		}
	}
	inCharge(manager)
	reminder := "reminder:equipe"
	s.on(id, start.AddDays(5), 10) // a Saturday: they speak on Friday
	s.hears(code, reminder, "casemanager")
	s.on(id, start.AddDays(8), 10)
	s.hears(code, reminder, "casemanager", "casemanager.igea", "igea")
	inCharge(substitute)
	s.give("casemanager.igea", id, "record-home-visit", client.Object{"present": []string{"la figlia"}}, "active")
	s.flagged(id, "no_case_manager", false)
	s.on(id, start.AddDays(10), 10)
	s.hears(code, reminder, "casemanager", "casemanager.igea", "igea", "casemanager", "igea")
	inCharge(manager)
	s.refused("casemanager.igea", id, "record-home-visit", client.Object{}, http.StatusForbidden, "affidato a un altro case manager")
	s.get("casemanager.igea", "/discharges/"+id).wants(http.StatusOK) // and reads it for a while
	s.noMailTwice(code)
}

// corrections: a meeting, the end and the start turn out to have been on other days.
func (s *scene) corrections() {
	id, _, start := s.cared()
	on := func(n int) string { return start.AddDays(n).String() }
	correct := func(who, kind string, day calendar.Date) {
		s.t.Helper()
		s.post(who, "/discharges/"+id+"/correct", client.Object{
			"event_seq": s.seq(id, kind), "on": day.String(), "reason": "letta male",
		}).wants(http.StatusOK)
	}
	s.on(id, start.AddDays(11), 10)
	s.flagged(id, "equipe_missed", true)
	s.give("casemanager", id, "record-meeting", client.Object{"decision": "continue", "attendees": []client.Object{
		{"role": "coordinator", "name": "Carla", "mode": "present"},
		{"role": "case_manager", "name": "Cesare", "mode": "present"},
		{"role": "hospital_contact", "name": "Osvaldo", "mode": "written"},
	}}, "active")
	s.flagged(id, "equipe_late", true)
	s.refused("casemanager", id, "correct", client.Object{"event_seq": s.seq(id, "meeting_recorded"), "on": on(9), "reason": " "},
		http.StatusUnprocessableEntity, "Questo dato è obbligatorio.")
	s.refused("igea", id, "correct", client.Object{"event_seq": s.seq(id, "meeting_recorded"), "on": on(9), "reason": "x"},
		http.StatusForbidden, "Corregge chi ha registrato il fatto, o il coordinatore.")
	correct("casemanager", "meeting_recorded", start.AddDays(9))
	s.flagged(id, "equipe_late", false)
	s.due(id, "equipe", start.AddDays(10), "met")

	correct("coordinator", "started", start.AddDays(2)) // every clock follows
	s.due(id, "equipe", start.AddDays(12), "met")
	s.due(id, "review", start.AddDays(23), "pending")
	s.due(id, "cap", start.AddDays(44), "pending")
	s.refused("coordinator", id, "correct", client.Object{"event_seq": s.seq(id, "started"), "on": on(30), "reason": "x"},
		http.StatusUnprocessableEntity, "la data è nel futuro")

	s.on(id, start.AddDays(14), 10)
	s.give("coordinator", id, "close", client.Object{"outcome": "completed", "what_follows": []string{"sad"}}, "closed")
	s.money(id, whole-unserved(12), unserved(12))
	correct("coordinator", "closed", start.AddDays(10))
	s.money(id, whole-unserved(8), unserved(8))
	correct("coordinator", "started", start)
	s.money(id, whole-unserved(10), unserved(10))
	s.refused("coordinator", id, "correct", client.Object{"event_seq": s.seq(id, "closed"), "on": start.AddDays(-1).String(), "reason": "x"},
		http.StatusUnprocessableEntity, "La conclusione non può precedere l'avvio.")

	// Old and new stay on the timeline, with the reason.
	if kept := s.lines(id, "started"); len(kept) != 1 || !strings.Contains(client.Text(kept[0], "summary"), start.Italian()) {
		s.t.Errorf("as it was written: %v", kept)
	}
	corrected := s.lines(id, "corrected")
	says := func(line client.Object, day calendar.Date) bool {
		return strings.Contains(client.Text(line, "summary"), day.Italian()) && strings.Contains(client.Text(line, "summary"), "letta male")
	}
	days := []calendar.Date{start.AddDays(9), start.AddDays(2), start.AddDays(10), start}
	if !slices.EqualFunc(corrected, days, says) {
		s.t.Errorf("the corrections read %v", corrected)
	}
}

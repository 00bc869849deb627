package e2e

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"dimissioni/internal/calendar"
	"dimissioni/internal/standalone/client"
)

// deathBeforeTheStart: the plan waits for signatures and an équipe is convened when, on a Friday evening, the person dies.
func (s *scene) deathBeforeTheStart() {
	id, code := s.refer()
	monday := s.quietMonday(id)
	s.give("coordinator", id, "screen", admission(), "matching")
	s.give("coordinator", id, "propose", client.Object{"partner_id": s.igea()}, "proposed")
	s.give("igea", id, "accept", nil, "planning")
	s.give("igea", id, "appoint-case-manager", client.Object{"user_id": s.manager()}, "planning")
	s.planned(id, monday.AddDays(9))
	s.hears(code, "signature_requested", "coordinator", "casemanager", "caregiver")
	invited := []string{"coordinator", "casemanager", "hospital", "municipality", "mmg", "caregiver"}
	s.convene(id, monday.AddDays(8), 10)
	s.hears(code, "meeting_convened", invited...)
	family := s.opens(code, "signature_requested", "caregiver@demo.test")
	if status, _ := family.reads(); status != http.StatusOK {
		s.t.Errorf("the family's link answers %d before", status)
	}

	friday := monday.AddDays(4)
	s.on(id, friday, 20)
	s.convene(id, monday.AddDays(8), 12) // everybody would be told on Monday
	heard := s.toFamily(code)
	s.give("igea", id, "report-death", client.Object{"died_on": friday.String()}, "not_started")
	if status, _ := family.reads(); status != http.StatusNotFound {
		s.t.Errorf("the family's link answers %d afterwards", status)
	}
	s.money(id, 0, whole)

	s.on(id, monday.AddDays(7), 10)
	s.hears(code, "meeting_cancelled", "coordinator", "casemanager", "hospital", "municipality", "mmg")
	s.hears(code, "not_started", "coordinator", "sender", "igea", "casemanager")
	s.hears(code, "no_follow_up", "mmg", "municipality", "cdom") // who had the early notice
	s.calledOff(code)
	s.overAndSilent(id, code, heard)
}

// deathAfterTheStart: care goes on, an équipe is convened and the period has just been renewed.
func (s *scene) deathAfterTheStart() {
	id, code, start := s.cared()
	s.hears(code, "started", "caregiver")
	s.convene(id, start.AddDays(8), 10)
	invited := []string{"coordinator", "casemanager", "hospital", "municipality", "mmg", "caregiver"}
	s.hears(code, "meeting_convened", invited...)

	friday := start.AddDays(4)
	s.on(id, friday, 20)
	s.give("coordinator", id, "renew", client.Object{"days": 7, "reason": "serve ancora"}, "active")
	s.convene(id, start.AddDays(8), 12)
	heard := s.toFamily(code)
	s.refused("casemanager", id, "report-death", client.Object{"died_on": friday.AddDays(1).String()}, http.StatusUnprocessableEntity, "la data è nel futuro")
	dead := s.give("casemanager", id, "report-death", client.Object{"place": "home"}, "closed")
	if dead.text("exit", "cause") != "death" || dead.text("exit", "siad") != "03" || dead.text("exit", "on") != friday.String() {
		s.t.Errorf("the exit is %v", dead.body["exit"])
	}
	s.money(id, whole-unserved(4), unserved(4))

	s.on(id, start.AddDays(7), 10)
	s.hears(code, "meeting_cancelled", "coordinator", "casemanager", "hospital", "municipality", "mmg")
	s.hears(code, "closed", "igea", "casemanager", "hospital", "municipality", "mmg")
	s.hears(code, "renewed") // nobody: there is nothing to go on with
	s.calledOff(code)
	s.flagged(id, "no_handover", false)
	s.refused("coordinator", id, "renew", client.Object{"days": 7}, http.StatusConflict, "Rinnovare")
	s.overAndSilent(id, code, heard)
}

// convene invites those whom DOMAIN names, or moves the hour.
func (s *scene) convene(id string, day calendar.Date, hour int) {
	s.t.Helper()
	s.do("casemanager", id, "convene-meeting", client.Object{"at": day.At(hour, 0).UTC().Format(time.RFC3339), "place": "sede"})
}

// calledOff checks the cancellations that calendars read: of the event that was sent, newer than it.
func (s *scene) calledOff(code string) {
	s.t.Helper()
	was := s.event(s.mails(code, "meeting_convened")[0])
	for _, m := range s.mails(code, "meeting_cancelled") {
		if e := s.event(m); e["METHOD"] != "CANCEL" || e["UID"] != was["UID"] || e["SEQUENCE"] <= was["SEQUENCE"] {
			s.t.Errorf("to %v: %v", m.To, e)
		}
	}
}

// overAndSilent: a week later the family has heard nothing since, no clock runs and nothing is queued any more.
func (s *scene) overAndSilent(id, code string, heard []string) {
	s.t.Helper()
	s.on(id, s.today(id).AddDays(7), 10)
	if now := s.toFamily(code); !slices.Equal(now, heard) {
		s.t.Errorf("after the death the family hears %v", now[len(heard):])
	}
	for _, d := range s.get("coordinator", "/discharges/"+id+"/deadlines").wants(http.StatusOK).items() {
		if client.Text(d, "status") == "pending" {
			s.t.Errorf("a clock still runs: %v", d)
		}
	}
	cancelled := 0
	for _, n := range s.get("coordinator", "/discharges/"+id+"/notifications").wants(http.StatusOK).items() {
		if client.Text(n, "status") == "queued" {
			s.t.Errorf("still queued: %v", n)
		}
		if client.Text(n, "recipient_role") == "caregiver" && n["cancelled"] == true {
			cancelled++
		}
	}
	if cancelled == 0 {
		s.t.Error("no mail to the family was taken back")
	}
	s.noMailTwice(code)
}

// fridayEvening: who is asked and who must decide is told at any hour, the rest on Monday; the start is one transaction.
func (s *scene) fridayEvening() {
	urgent := func(r client.Object) { r["urgent_reason"] = "vive solo, dimesso stasera" }
	sent := s.post("sender", "/discharges", s.referral(s.known, urgent)).wants(http.StatusCreated)
	id, code := sent.text("id"), sent.text("code")
	if !strings.Contains(sent.raw, "0373 000200") || !strings.Contains(sent.raw, "dalle 8 alle 18") {
		s.t.Errorf("the nurse reads no number to call: %v", sent.body["contacts"])
	}
	s.hears(code, "referral_received", "coordinator") // whatever hour it is

	monday := s.quietMonday(id)
	friday := monday.AddDays(4)
	s.on(id, friday, 20)
	s.give("coordinator", id, "screen", admission(), "matching")
	s.give("coordinator", id, "propose", client.Object{"partner_id": s.meraki()}, "proposed")
	s.hears(code, "proposal", "meraki")
	s.give("meraki", id, "decline", client.Object{"reason_code": "no_capacity"}, "matching")
	s.hears(code, "proposal_declined", "coordinator")
	body := client.Object{"level": "moderate", "criteria": met, "partner_id": s.igea(), "case_manager_id": s.manager()}
	s.refused("coordinator", id, "urgent-start", client.Object{"level": "moderate", "partner_id": s.igea(), "case_manager_id": s.id("casemanager.meraki", "user")},
		http.StatusUnprocessableEntity, "Scelga un case manager dell'ente che segue il caso.")
	started := s.give("coordinator", id, "urgent-start", body, "active")
	if started.text("start_on") != friday.String() || !slices.Contains(started.flags(), "plan_unsigned") {
		s.t.Errorf("started: %s", started.raw)
	}
	s.together(id, "accepted", "case_manager_appointed", "started")
	for _, later := range []string{"admitted", "start_confirmed", "activated", "case_manager_appointed", "started"} {
		s.hears(code, later)
	}
	s.on(id, friday.AddDays(3), 10)
	s.hears(code, "admitted", "sender")
	s.hears(code, "case_manager_appointed", "casemanager")
	s.hears(code, "activated", "igea", "hospital", "mmg", "municipality")
	s.hears(code, "started", "caregiver")

	// Straight from the referral, admission and money in the same transaction.
	id, _ = s.refer(urgent)
	s.give("coordinator", id, "urgent-start", body, "active")
	s.together(id, "admitted", "accepted", "case_manager_appointed", "started")
	s.money(id, whole, 0)
	s.noMailTwice(code)
}

// together checks that events were recorded at one instant, one after the other, and that the partner said yes by telephone.
func (s *scene) together(id string, kinds ...string) {
	s.t.Helper()
	at, seq := "", 0
	for _, kind := range kinds {
		lines := s.lines(id, kind)
		if len(lines) == 0 {
			s.t.Errorf("no %s", kind)
			return
		}
		last := lines[len(lines)-1]
		if at != "" && (client.Text(last, "recorded_at") != at || client.Number(last, "seq") != seq+1) {
			s.t.Errorf("%s was recorded apart: %v", kind, last)
		}
		at, seq = client.Text(last, "recorded_at"), client.Number(last, "seq")
		if actor, _ := last["actor"].(client.Object); kind == "accepted" && actor["telephone"] != true {
			s.t.Errorf("who accepted by telephone: %v", actor)
		}
	}
}

// withoutHome: convalescence in a shelter, for who has an STP code and for who has none; nobody's municipality is told.
func (s *scene) withoutHome() {
	before := s.precarious()
	criteria := client.Object{
		"age_or_network": client.Object{"met": true, "note": "precarietà abitativa"}, "residence_or_presence": client.Object{"met": true, "note": "presente a Crema"},
		"episode": client.Object{"met": true, "note": "ricovero"}, "informed": client.Object{"met": true, "note": ""},
	}
	for document, value := range map[string]string{"stp_code": "STP0000000000012", "no_code_reason": "mai rilasciato"} {
		id, code := s.refer(func(r client.Object) {
			patient, _ := r["patient"].(client.Object)
			delete(patient, "no_code_reason")
			patient[document], patient["birth_date"] = value, "1984-01-01"
			r["places"] = client.Object{"shelter": "Casa di accoglienza", "housing": "homeless", "residence_note": "nessuna residenza"}
		})
		s.quietMonday(id)
		s.give("coordinator", id, "screen", client.Object{"outcome": "admit", "level": "light", "criteria": criteria}, "matching")
		s.give("coordinator", id, "propose", client.Object{"partner_id": s.igea()}, "proposed")
		asked := s.get("igea", "/discharges/"+id).wants(http.StatusOK)
		if asked.text("patient", "housing") != "homeless" {
			s.t.Errorf("who is asked reads %v", asked.body["patient"])
		}
		s.give("igea", id, "accept", nil, "planning")
		s.give("igea", id, "appoint-case-manager", client.Object{"user_id": s.manager()}, "planning")
		s.give("casemanager", id, "confirm-start", nil, "active")
		s.post("igea", "/discharges/"+id+"/operators", client.Object{"user_id": s.id("operator", "user")}).wants(http.StatusNoContent)
		if seen := s.get("operator", "/discharges/"+id).wants(http.StatusOK); seen.text("patient", "shelter") != "Casa di accoglienza" {
			s.t.Errorf("the operator goes to %v", seen.body["patient"])
		}
		s.hears(code, "activated", "igea", "hospital", "mmg")
		for _, m := range s.mails(code, "") {
			if strings.HasPrefix(m.To[0], "municipality") || strings.HasPrefix(m.To[0], "comune") {
				s.t.Errorf("a municipality is told %s", m.Moment)
			}
		}
		s.get("municipality", "/discharges/"+id).refuses(http.StatusNotFound, "not_found")
	}
	if now := s.precarious(); now != before+2 {
		s.t.Errorf("%d people in housing precarity reached, want %d", now, before+2)
	}
}

// precarious is how many people in housing precarity have been reached.
func (s *scene) precarious() int {
	s.t.Helper()
	for _, target := range objects(s.get("coordinator", "/programmes/dp-cremasco/budget").wants(http.StatusOK).body["targets"]) {
		if strings.Contains(client.Text(target, "code")+client.Text(target, "kind")+client.Text(target, "id"), "precar") {
			return client.Number(target, "reached")
		}
	}
	s.t.Fatal("no target for housing precarity")
	return 0
}

// otherDistrict: rejected, told whom to call, and free to be sent again.
func (s *scene) otherDistrict() {
	id, code := s.refer(with("early_notice", []string{}))
	given := s.get("coordinator", "/discharges/"+id).text("patient", "given_name")
	s.quietMonday(id)
	s.refused("coordinator", id, "screen", client.Object{"outcome": "reject", "reason_code": "too_far"}, http.StatusUnprocessableEntity, "reason_code")
	s.give("coordinator", id, "screen", client.Object{
		"outcome": "reject", "reason_code": "other_district", "reason": "risiede a Cremona",
		"criteria": client.Object{"residence_or_presence": client.Object{"met": false, "note": "risiede a Cremona"}},
	}, "rejected")
	s.hears(code, "rejected", "sender")
	nurse := s.get("sender", "/discharges/"+id).wants(http.StatusOK)
	cremona := slices.DeleteFunc(objects(nurse.body["contacts"]), func(c client.Object) bool { return client.Text(c, "role") != "other_district" })
	if len(cremona) != 1 || !strings.Contains(client.Text(cremona[0], "name"), "Cremona") || client.Text(cremona[0], "phone") == "" {
		s.t.Errorf("the nurse reads whom to call: %v", nurse.body["contacts"])
	}
	if said := s.lines(id, "rejected"); !strings.Contains(client.Text(said[0], "summary"), "competenza di un altro distretto") {
		s.t.Errorf("the timeline says %v", said)
	}
	again := s.referral()
	patient, _ := again["patient"].(client.Object)
	patient["given_name"] = given
	s.post("sender", "/discharges", again).wants(http.StatusCreated)
}

// reopened: closed too early, opened again with its money and its clocks; after six weeks no more.
func (s *scene) reopened() {
	id, code, start := s.cared()
	s.on(id, start.AddDays(10), 10)
	s.give("coordinator", id, "close", client.Object{"outcome": "completed", "what_follows": []string{"sad"}}, "closed")
	s.money(id, whole-unserved(10), unserved(10))
	s.hears(code, "closed", "igea", "casemanager", "hospital", "municipality", "mmg")

	s.on(id, start.AddDays(15), 10) // a Tuesday
	s.refused("coordinator", id, "reopen", client.Object{"reason": " "}, http.StatusUnprocessableEntity, "Questo dato è obbligatorio.")
	s.refused("igea", id, "reopen", client.Object{"reason": "x"}, http.StatusForbidden, "Il suo ruolo non consente questa operazione.")
	s.give("coordinator", id, "reopen", client.Object{"reason": "la persona ha ancora bisogno"}, "active")
	s.money(id, whole, 0)
	s.due(id, "cap", start.AddDays(42), "pending")
	s.due(id, "review", start.AddDays(21), "pending")
	s.give("coordinator", id, "close", client.Object{"outcome": "completed", "what_follows": []string{"sad"}}, "closed")
	s.money(id, whole-unserved(15), unserved(15))
	s.on(id, start.AddDays(43), 10)
	s.refused("coordinator", id, "reopen", client.Object{"reason": "x"}, http.StatusConflict, "Le sei settimane sono passate: serve una nuova segnalazione.")
}

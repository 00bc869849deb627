package e2e

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"dimissioni/internal/calendar"
	"dimissioni/internal/standalone/client"
)

// the people and organisations that commands name.
func (d desk) igea() string   { return d.id("igea", "organisation") }
func (d desk) meraki() string { return d.id("meraki", "organisation") }
func (d desk) manager() string {
	return d.id("casemanager", "user")
}

// sent makes a case of a referral with these changes and gives its id.
func (d desk) sent(changes ...func(client.Object)) string {
	d.t.Helper()
	return d.post("sender", "/discharges", d.referral(changes...)).wants(http.StatusCreated).text("id")
}

// started makes a case whose care starts today, by telephone.
func (d desk) started(changes ...func(client.Object)) string {
	d.t.Helper()
	id := d.sent(changes...)
	d.give("coordinator", id, "urgent-start", d.urgently(0), "active")
	return id
}

func (d desk) urgently(days int) client.Object {
	return client.Object{
		"level": "moderate", "criteria": met, "partner_id": d.igea(), "case_manager_id": d.manager(), "start_on": inDays(days),
	}
}

var met = client.Object{
	"age_or_network":        client.Object{"met": true, "note": ""},
	"residence_or_presence": client.Object{"met": true, "note": ""},
	"informed":              client.Object{"met": true, "note": ""},
}

// holdPath gives every command of the path to one case, with all the keys that the contract names.
func (d desk) holdPath() {
	id := d.sent()
	d.holdAccess(id)
	d.holdProject(id)
	d.holdCare(id)
	d.holdEnd(id)
}

func (d desk) holdAccess(id string) {
	d.give("coordinator", id, "take", nil, "submitted")
	d.give("coordinator", id, "request-information", client.Object{"question": "Ha il deambulatore?"}, "submitted")
	done := d.give("sender", id, "complete", client.Object{"stay": client.Object{
		"kind": "ward", "admitted_on": inDays(-9), "expected_discharge_on": inDays(3), "reason": "frattura", "infectious": "no",
		"allergies": "nessuna", "therapy_note": "al bisogno", "fit_on": inDays(1),
	}}, "submitted")
	if slices.Contains(texts(done.body["missing"]), "stay.allergies") {
		d.t.Errorf("still missing: %v", done.body["missing"])
	}
	d.give("coordinator", id, "complete", client.Object{
		"by_telephone_with": "Infermiera di prova", "needs": client.Object{"figures": []string{"oss"}, "level": "light", "goal": "casa"},
	}, "submitted")
	moved := d.give("sender", id, "update-discharge", client.Object{"expected_on": inDays(4)}, "submitted")
	if moved.text("expected_discharge_on") != inDays(4) {
		d.t.Errorf("the discharge did not move: %s", moved.raw)
	}
	admitted := d.give("coordinator", id, "screen", client.Object{"outcome": "admit", "level": "moderate", "criteria": met}, "matching")
	if admitted.text("level") != "moderate" || admitted.text("level_proposed") != "light" || admitted.at("budget", "reserved_cents") != 200_000.0 {
		d.t.Errorf("admitted: %s", admitted.raw)
	}
	d.give("coordinator", id, "propose", client.Object{"partner_id": d.meraki()}, "proposed")
	d.give("meraki", id, "decline", client.Object{"reason_code": "no_capacity"}, "matching")
	d.get("meraki", "/discharges/"+id).refuses(http.StatusNotFound, "not_found")
	d.give("coordinator", id, "propose", client.Object{"partner_id": d.igea()}, "proposed")
	accepted := d.give("igea", id, "accept", nil, "planning")
	if accepted.text("partner_id") != d.igea() {
		d.t.Errorf("partner %q", accepted.text("partner_id"))
	}
	d.post("igea", "/discharges/"+id+"/accept", client.Object{}).refuses(http.StatusConflict, "not_allowed_in_state")
	appointed := d.give("igea", id, "appoint-case-manager", client.Object{"user_id": d.manager()}, "planning")
	if appointed.text("case_manager_id") != d.manager() {
		d.t.Errorf("case manager %q", appointed.text("case_manager_id"))
	}
}

func (d desk) holdProject(id string) {
	d.give("casemanager", id, "record-home-visit", client.Object{"held_on": inDays(0), "present": []string{"la figlia"}}, "planning")
	planned := d.give("casemanager", id, "submit-plan", client.Object{
		"start_planned_on": inDays(1), "days": 21, "level": "moderate", "place_of_care": "home", "preferences": "con calma",
		"goals":            []client.Object{{"area": "autonomy", "text": "camminare in casa"}},
		"interventions":    []client.Object{{"figure": "oss", "service": "igiene", "times_per_week": 3, "minutes": 60}},
		"network_services": []client.Object{{"service": "telesoccorso", "owner": "CSC", "asked_on": inDays(0), "from": inDays(2), "to": inDays(20)}},
		"monitoring_steps": []client.Object{{"on": inDays(7), "what": "telefonata"}}, "caregiver_part": "la spesa",
	}, "signing")
	if planned.text("start_planned_on") != inDays(1) || planned.at("start_on") != nil {
		d.t.Errorf("planned: %s", planned.raw)
	}
	d.give("casemanager", id, "move-start", client.Object{"start_planned_on": inDays(0), "reason": "si libera prima"}, "signing")
	d.give("coordinator", id, "sign", client.Object{"signer": "coordinator", "method": "digital"}, "signing")
	d.give("casemanager", id, "sign", client.Object{"signer": "case_manager", "method": "in_person"}, "signing")
	d.give("casemanager", id, "sign", client.Object{
		"signer": "patient", "method": "verbal_witnessed", "witnesses": []string{"Uno", "Due"}, "reason": "non riesce a scrivere",
	}, "signing")
	signed := d.give("casemanager", id, "sign", client.Object{"signer": "caregiver", "method": "paper"}, "ready")
	if signed.body["plan_version"] != 1.0 {
		d.t.Errorf("plan version %v", signed.body["plan_version"])
	}
	for _, s := range objects(signed.body["signatures"]) {
		has(d.t, "signature", s, "signer", "signed_on", "method")
	}
	start := d.give("casemanager", id, "confirm-start", client.Object{"start_on": inDays(0)}, "active")
	if start.text("start_on") != inDays(0) || start.text("period_end_on") != inDays(21) || start.text("cap_on") != inDays(42) || start.body["day"] != 0.0 {
		d.t.Errorf("started: %s", start.raw)
	}
}

func (d desk) holdCare(id string) {
	at := calendar.DateOf(time.Now()).AddDays(5).At(10, 0).UTC().Format(time.RFC3339)
	d.give("casemanager", id, "convene-meeting", client.Object{"at": at, "place": "sede", "invited": []string{"coordinator", "case_manager", "hospital_contact", "gp", "patient", "caregiver"}}, "active")
	d.give("casemanager", id, "convene-meeting", client.Object{"called_off": true}, "active")
	met := d.give("casemanager", id, "record-meeting", client.Object{
		"held_on": inDays(0), "decision": "continue", "minutes": "tutto bene", "attendees": []client.Object{
			{"role": "coordinator", "name": "Carla", "mode": "present"},
			{"role": "case_manager", "name": "Cesare", "mode": "remote"},
			{"role": "hospital_contact", "name": "Osvaldo", "mode": "written"},
			{"role": "gp", "name": "Demo", "mode": "excused"},
		},
	}, "active")
	for _, m := range objects(met.body["meetings"]) {
		has(d.t, "meeting", m, "held_on", "decision", "attendees")
		if all := objects(m["attendees"]); len(all) != 4 || client.Text(all[0], "name") != "Carla" || client.Text(all[2], "mode") != "written" {
			d.t.Errorf("attendees: %v", m["attendees"])
		}
	}
	renewed := d.give("coordinator", id, "renew", client.Object{"days": 10}, "active")
	if renewed.body["renewed_days"] != 10.0 || renewed.text("period_end_on") != inDays(31) {
		d.t.Errorf("renewed: %s", renewed.raw)
	}
	d.post("coordinator", "/discharges/"+id+"/renew", client.Object{"days": 12}).refuses(http.StatusUnprocessableEntity, "invalid").names("days")
	d.give("casemanager", id, "suspend", client.Object{"reason_code": "hospital"}, "suspended")
	if n := len(objects(d.give("casemanager", id, "resume", nil, "active").body["suspensions"])); n != 1 {
		d.t.Errorf("%d suspensions", n)
	}
	d.give("hospital", id, "readmission-notice", client.Object{
		"ward": "Chirurgia", "admitted_on": inDays(0), "expected_discharge_on": inDays(5), "phone": "0373 000009",
	}, "active")
	d.give("igea", id, "return-case", client.Object{"reason_code": "figure_missing"}, "active")
	d.give("coordinator", id, "reassign", client.Object{"partner_id": d.meraki()}, "active")
	if d.get("coordinator", "/discharges/"+id).text("partner_id") != d.igea() {
		d.t.Error("the old partner does not serve until the new one accepts")
	}
	d.give("coordinator", id, "accept", client.Object{"by_telephone_with": "Mara"}, "active")
	d.get("igea", "/discharges/"+id).wants(http.StatusOK)
	d.post("igea", "/discharges/"+id+"/return-case", client.Object{"reason_code": "other"}).refuses(http.StatusForbidden, "forbidden")
	d.give("meraki", id, "update-details", client.Object{"patient": client.Object{"phone": "0373 000007"}}, "active")
}

func (d desk) holdEnd(id string) {
	closed := d.give("coordinator", id, "close", client.Object{
		"outcome": "completed", "closed_on": inDays(0), "what_follows": []string{"sad"}, "from": inDays(1),
		"goals_outcome": []client.Object{{"area": "autonomy", "outcome": "reached"}},
	}, "closed")
	exit, _ := closed.body["exit"].(client.Object)
	has(d.t, "exit", exit, "outcome", "siad", "on", "cause", "what_follows", "from")
	if client.Text(exit, "siad") != "01" || client.Text(exit, "cause") != "person" || client.Text(exit, "from") != inDays(1) {
		d.t.Errorf("exit: %v", exit)
	}
	if closed.at("budget", "reserved_cents") != 0.0 || closed.at("budget", "released_cents") != 200_000.0 {
		d.t.Errorf("closed on the first day: %v", closed.body["budget"])
	}
	d.post("coordinator", "/discharges/"+id+"/renew", client.Object{"days": 3}).refuses(http.StatusConflict, "not_allowed_in_state")
	if back := d.give("coordinator", id, "reopen", client.Object{"reason": "per errore"}, "active"); back.at("budget", "reserved_cents") != 200_000.0 {
		d.t.Errorf("reopened: %v", back.body["budget"])
	}
	dead := d.give("meraki", id, "report-death", client.Object{"died_on": inDays(0), "place": "hospital"}, "closed")
	if dead.text("exit", "cause") != "death" || dead.text("exit", "siad") != "04" {
		d.t.Errorf("exit: %v", dead.body["exit"])
	}
	for _, e := range d.get("coordinator", "/discharges/"+id+"/timeline?limit=200").wants(http.StatusOK).items() {
		has(d.t, "event", e, "seq", "kind", "on", "recorded_at", "actor", "summary")
	}
}

// holdOtherWays goes the ways that the path does not.
func (d desk) holdOtherWays() {
	id := d.sent()
	d.give("coordinator", id, "screen", client.Object{"outcome": "waitlist"}, "waitlisted")
	d.give("coordinator", id, "screen", client.Object{"outcome": "admit", "level": "high"}, "matching")
	ended := d.give("sender", id, "end-before-start", client.Object{"reason_code": "person_refused", "reason": "non vuole"}, "not_started")
	if ended.text("exit", "reason_code") != "person_refused" {
		d.t.Errorf("exit: %v", ended.body["exit"])
	}
	id = d.sent()
	d.post("coordinator", "/discharges/"+id+"/screen", client.Object{"outcome": "reject"}).refuses(http.StatusUnprocessableEntity, "invalid").names("reason_code")
	d.give("coordinator", id, "screen", client.Object{
		"outcome": "reject", "reason_code": "other_district", "reason": "vive altrove",
		"criteria": client.Object{"residence_or_presence": client.Object{"met": false, "note": "fuori"}},
	}, "rejected")

	id = d.sent()
	d.give("coordinator", id, "cancel", client.Object{"reason": "doppia"}, "cancelled")

	id = d.sent()
	d.give("sender", id, "report-death", client.Object{"died_on": inDays(0)}, "not_started")

	id = d.sent(with("places", client.Object{"shelter": "Casa di accoglienza", "housing": "homeless"}))
	d.give("coordinator", id, "urgent-start", d.urgently(2), "planning")
	start := d.give("coordinator", id, "confirm-start", nil, "active")
	if start.text("start_on") != inDays(0) || !slices.Contains(start.flags(), "plan_unsigned") {
		d.t.Errorf("started without signatures: %s", start.raw)
	}
	var kinds []string
	for _, e := range d.get("coordinator", "/discharges/"+id+"/timeline").items() {
		kinds = append(kinds, client.Text(e, "kind"))
	}
	for _, want := range []string{"submitted", "admitted", "accepted", "case_manager_appointed", "started"} {
		if !slices.Contains(kinds, want) {
			d.t.Errorf("the urgent start left no %s: %s", want, strings.Join(kinds, " "))
		}
	}
	d.post("operator", "/discharges/"+id+"/visits", client.Object{"figure": "oss", "minutes": 45}).refuses(http.StatusNotFound, "not_found")
	d.post("casemanager", "/discharges/"+id+"/visits", client.Object{"figure": "oss", "minutes": 45}).wants(http.StatusCreated)
	d.post("coordinator", "/discharges/"+id+"/cancel", client.Object{"reason": "doppia"}).refuses(http.StatusConflict, "not_allowed_in_state")
	d.post("casemanager", "/discharges/"+id+"/diary", client.Object{"text": "telefonata alla figlia"}).wants(http.StatusCreated)
	if n := len(d.get("coordinator", "/discharges/"+id+"/visits").wants(http.StatusOK).items()); n != 1 {
		d.t.Errorf("%d visits", n)
	}
}

// holdMayNot: may see but not do is forbidden, may not see is not found.
func (d desk) holdMayNot() {
	id := d.sent()
	d.give("coordinator", id, "screen", admission(), "matching")
	d.give("coordinator", id, "propose", client.Object{"partner_id": d.igea()}, "proposed")
	for who, command := range map[string]string{
		"sender": "screen", "hospital": "propose", "igea": "update-details", "dpo": "take",
	} {
		d.post(who, "/discharges/"+id+"/"+command, client.Object{}).refuses(http.StatusForbidden, "forbidden")
	}
	for _, who := range []string{"meraki", "sentiero", "casemanager", "operator", "municipality", "steering", "public", "administrative", "admin"} {
		d.get(who, "/discharges/"+id).refuses(http.StatusNotFound, "not_found")
		d.post(who, "/discharges/"+id+"/take", client.Object{}).refuses(http.StatusNotFound, "not_found")
	}
	d.post("igea", "/discharges/"+id+"/accept", client.Object{"by_telephone_with": "Carla"}).refuses(http.StatusUnprocessableEntity, "invalid").names("by_telephone_with")
	d.post("coordinator", "/discharges/"+id+"/accept", client.Object{}).refuses(http.StatusUnprocessableEntity, "invalid").names("by_telephone_with")
	d.post("sender", "/discharges/"+id+"/fast-forward", client.Object{"days": 1}).refuses(http.StatusForbidden, "forbidden")
}

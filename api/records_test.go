package api

import (
	"net/http"
	"testing"
	"time"

	"dimissioni/internal/calendar"
	"dimissioni/internal/postgres"
)

func TestTheFirstVisitConfirmsTheStart(t *testing.T) {
	d := newDesk(t)
	id := d.walkTo("ready")
	visits := "/discharges/" + id + "/visits"
	visit := obj{"figure": "oss", "minutes": 45, "starts_at": "09:30", "note": "tutto bene"}
	d.as("operator").post(visits, visit).refuses(http.StatusNotFound, "not_found")
	d.as("meraki").post("/discharges/"+id+"/operators", obj{"user_id": postgres.DemoID("operator@demo.test")}).
		refuses(http.StatusNotFound, "not_found")
	d.as("igea").post("/discharges/"+id+"/operators", obj{"user_id": postgres.DemoID("meraki@demo.test")}).
		refuses(http.StatusUnprocessableEntity, "invalid")
	d.as("igea").post("/discharges/"+id+"/operators", obj{"user_id": postgres.DemoID("operator@demo.test")}).wants(http.StatusNoContent)

	key := header{"Idempotency-Key", "v1"}
	first := d.as("operator").post(visits, visit, key).wants(http.StatusCreated)
	again := d.as("operator").post(visits, visit, key).wants(http.StatusCreated)
	if string(first.raw) != string(again.raw) || first.text("status") != "done" || first.text("user_id") != postgres.DemoID("operator@demo.test") {
		t.Errorf("visit: %s, again: %s", first.raw, again.raw)
	}
	if s := d.as("casemanager").get("/discharges/" + id).text("state"); s != "active" {
		t.Errorf("state %q after the first visit", s)
	}
	for body, want := range map[string]string{
		`{"figure": "oss", "minutes": 30, "on": "2026-11-03"}`:                     "on",
		`{"figure": "oss", "minutes": 30, "on": "2026-10-01"}`:                     "on",
		`{"figure": "oss", "minutes": 0}`:                                          "minutes",
		`{"figure": "oss", "minutes": 30, "status": "missed"}`:                     "reason_code",
		`{"figure": "oss", "minutes": 30, "reason_code": "hospital"}`:              "reason_code",
		`{"figure": "oss", "minutes": 30, "user_id": "` + postgres.NewID() + `"}`:  "user_id",
		`{"figure": "cook", "minutes": 30}`:                                        "figure",
		`{"figure": "oss", "minutes": 30, "starts_at": "25:00"}`:                   "starts_at",
		`{"figure": "oss", "minutes": 30, "by_telephone_with": "il coordinatore"}`: "by_telephone_with",
	} {
		a := d.as("operator").post(visits, body).refuses(http.StatusUnprocessableEntity, "invalid")
		if a.fields()[want] == "" {
			t.Errorf("%s: %s", body, a.raw)
		}
	}
	d.as("operator").post(visits, obj{"figure": "oss", "minutes": 30, "status": "planned", "on": day(3)}).wants(http.StatusCreated)
	d.as("operator").post(visits, obj{"figure": "oss", "minutes": 0, "status": "missed", "reason_code": "person_absent"}).wants(http.StatusCreated)
	if n := len(d.as("operator").get(visits).wants(http.StatusOK).items()); n != 3 {
		t.Errorf("%d visits", n)
	}
	d.as("sender").get(visits).refuses(http.StatusForbidden, "forbidden")
	d.as("sender").post(visits, visit).refuses(http.StatusForbidden, "forbidden")
}

func TestDiaryAndAssessments(t *testing.T) {
	d := newDesk(t)
	id := d.walkTo("active")
	key := header{"Idempotency-Key", "d1"}
	note := obj{"text": "sentita la figlia"}
	first := d.as("casemanager").post("/discharges/"+id+"/diary", note, key).wants(http.StatusCreated)
	again := d.as("casemanager").post("/discharges/"+id+"/diary", note, key).wants(http.StatusCreated)
	if string(first.raw) != string(again.raw) || first.text("on") != day(0) {
		t.Errorf("diary: %s, again: %s", first.raw, again.raw)
	}
	d.as("municipality").post("/discharges/"+id+"/diary", obj{"text": "nota del Comune"}).wants(http.StatusCreated)
	d.as("igea").post("/discharges/"+id+"/diary", note).refuses(http.StatusForbidden, "forbidden")
	d.as("sender").get("/discharges/"+id+"/diary").refuses(http.StatusForbidden, "forbidden")
	if n := len(d.as("coordinator").get("/discharges/" + id + "/diary").items()); n != 2 {
		t.Errorf("%d notes", n)
	}

	a := d.as("casemanager").post("/discharges/"+id+"/assessments", obj{
		"phase": "entry", "scale": "barthel", "score": 45, "values": obj{"transfers": "5"},
	}).wants(http.StatusCreated)
	if a.at("score") != 45.0 || a.text("values", "transfers") != "5" {
		t.Errorf("assessment: %s", a.raw)
	}
	d.as("casemanager").post("/discharges/"+id+"/assessments", obj{"phase": "entry", "scale": "Barthel!"}).
		refuses(http.StatusUnprocessableEntity, "invalid")
	d.as("igea").post("/discharges/"+id+"/assessments", obj{"phase": "entry", "scale": "barthel"}).
		refuses(http.StatusForbidden, "forbidden")
}

// TestVisitsBelongToThePartnerOfTheirDay: after a handover the partner that left records what it had done until then, and
// nothing later; whoever writes for others names somebody of the partner of that day.
func TestVisitsBelongToThePartnerOfTheirDay(t *testing.T) {
	d := newDesk(t)
	d.clock.now = time.Now()
	on := func(n int) string { return calendar.DateOf(d.clock.now).AddDays(n).String() }
	id := d.submitted(referralOfBianchi())
	d.as("coordinator").post("/discharges/"+id+"/urgent-start", obj{
		"level": "light", "partner_id": postgres.DemoID("igea"), "case_manager_id": postgres.DemoID("casemanager@demo.test"),
	}).wants(http.StatusOK)
	visits := "/discharges/" + id + "/visits"
	d.as("casemanager").post(visits, obj{"figure": "oss", "minutes": 30}).wants(http.StatusCreated)
	d.as("coordinator").post("/discharges/"+id+"/fast-forward", obj{"days": 10}).wants(http.StatusOK)
	d.as("igea").post("/discharges/"+id+"/return-case", obj{"reason_code": "no_capacity"}).wants(http.StatusOK)
	d.as("coordinator").post("/discharges/"+id+"/reassign", obj{"partner_id": postgres.DemoID("meraki")}).wants(http.StatusOK)
	d.as("meraki").post("/discharges/"+id+"/accept", nil).wants(http.StatusOK)
	d.as("coordinator").post("/discharges/"+id+"/fast-forward", obj{"days": 2}).wants(http.StatusOK)

	for _, tc := range []struct {
		who     string
		day     int
		user    string // on whose behalf
		partner string // empty: refused
	}{
		{"igea", 9, "", "igea"},
		{"igea", 10, "", "igea"},
		{"igea", 11, "", ""},
		{"igea", 9, "operator@demo.test", "igea"},
		{"igea", 9, "casemanager.meraki@demo.test", ""},
		{"meraki", 9, "", ""},
		{"meraki", 10, "", "meraki"},
		{"meraki", 12, "", "meraki"},
		{"coordinator", 9, "", "igea"},
		{"coordinator", 10, "casemanager.meraki@demo.test", "meraki"},
		{"coordinator", 12, "", "meraki"},
		{"coordinator", 12, "operator@demo.test", ""},
	} {
		body := obj{"figure": "oss", "minutes": 45, "on": on(tc.day)}
		if tc.user != "" {
			body["user_id"] = postgres.DemoID(tc.user)
		}
		a := d.as(tc.who).post(visits, body)
		if tc.partner == "" {
			a.refuses(http.StatusUnprocessableEntity, "invalid")
		} else if got := a.wants(http.StatusCreated).text("partner_id"); got != postgres.DemoID(tc.partner) {
			t.Errorf("%s records day %d for %s: the visit is not of %s", tc.who, tc.day, tc.user, tc.partner)
		}
	}
}

func TestNothingIsRecordedBeforeAPartnerCares(t *testing.T) {
	d := newDesk(t)
	id := d.submitted(referralOfBianchi())
	d.as("coordinator").post("/discharges/"+id+"/visits", obj{"figure": "oss", "minutes": 30}).
		refuses(http.StatusConflict, "not_allowed_in_state")
	d.as("coordinator").post("/discharges/"+id+"/assessments", obj{"phase": "entry", "scale": "barthel"}).
		refuses(http.StatusConflict, "not_allowed_in_state")
}

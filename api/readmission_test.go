package api

import (
	"net/http"
	"strings"
	"testing"

	"dimissioni/internal/postgres"
)

// TestAnotherWardAnnouncesAReadmission: the check tells a ward of the hospital where to announce it and nothing else;
// the announcement makes the state and the contacts visible.
func TestAnotherWardAnnouncesAReadmission(t *testing.T) {
	d := newDesk(t)
	id := d.walkTo("ready")
	person := obj{"programme_id": "dp-cremasco", "family_name": "Bianchi", "given_name": "Rossella", "birth_date": "1940-02-01"}
	check := func(who string) answer { return d.as(who).post("/referrals/check", person).wants(http.StatusOK) }
	notice := obj{"ward": "Ortopedia", "admitted_on": day(0), "expected_discharge_on": day(6), "phone": "0373 999333"}
	path := "/discharges/" + id + "/readmission-notice"

	early := check("sender.ortopedia")
	if early.text("live_case", "message") == "" || early.at("live_case", "id") != nil {
		t.Errorf("before the start: %s", early.raw)
	}
	d.as("sender.ortopedia").post(path, notice).refuses(http.StatusNotFound, "not_found")

	d.as("casemanager").post("/discharges/"+id+"/confirm-start", nil).wants(http.StatusOK)
	told := check("sender.ortopedia")
	if told.text("live_case", "message") != early.text("live_case", "message") || told.text("live_case", "id") != id ||
		told.at("live_case", "code") != nil {
		t.Errorf("during care: %s", told.raw)
	}
	for _, hidden := range []string{"", "/timeline", "/deadlines"} {
		d.as("sender.ortopedia").get("/discharges/"+id+hidden).refuses(http.StatusNotFound, "not_found")
	}
	d.as("sender.ortopedia").post("/discharges/"+id+"/update-details", obj{"patient": obj{"phone": "1"}}).refuses(http.StatusNotFound, "not_found")
	for _, stranger := range []string{"meraki", "administrative", "admin"} {
		d.as(stranger).post(path, notice).refuses(http.StatusNotFound, "not_found")
	}

	given := d.as("sender.ortopedia").post(path, notice, header{"Idempotency-Key", "notice"}).wants(http.StatusOK)
	again := d.as("sender.ortopedia").post(path, notice, header{"Idempotency-Key", "notice"}).wants(http.StatusOK)
	for _, a := range []answer{given, again, d.as("sender.ortopedia").get("/discharges/" + id).wants(http.StatusOK)} {
		shows(t, a, "state", "code", "contacts", "case_manager_id")
		hides(t, a, "patient", "referral", "level", "budget", "plan", "flags", "day", "exit")
		if allowed := a.at("allowed_commands").([]any); len(allowed) != 1 || allowed[0] != "readmission_notice" {
			t.Errorf("the ward may %v", allowed)
		}
	}
	if listed := d.as("sender.ortopedia").get("/discharges").wants(http.StatusOK).items(); len(listed) != 1 || listed[0]["patient"] != nil {
		t.Errorf("the ward lists %v", listed)
	}
	if found := d.as("sender.ortopedia").post("/discharges/search", obj{"text": "bianchi"}).wants(http.StatusOK).items(); len(found) != 0 {
		t.Errorf("the ward finds %v by name", found)
	}
	d.as("sender.ortopedia").get("/discharges/"+id+"/timeline").refuses(http.StatusForbidden, "forbidden")
	if code := check("sender.ortopedia").text("live_case", "code"); code != given.text("code") {
		t.Errorf("the check gives the code %q to whoever sees the case", code)
	}
	said := ""
	for _, e := range d.as("casemanager").get("/discharges/" + id + "/timeline").wants(http.StatusOK).items() {
		if e["kind"] == "readmission_noticed" {
			said = e["summary"].(string)
		}
	}
	if want := "Segnalato un nuovo ricovero dal 02/11/2026, dimissione prevista il 08/11/2026. Reparto: Ortopedia. Telefono: 0373 999333."; said != want {
		t.Errorf("the case manager reads %q, want %q", said, want)
	}
	reads := ""
	for _, item := range d.as("dpo").get("/discharges/" + id + "/accesses?limit=200").wants(http.StatusOK).items() {
		if item["user_id"] == postgres.DemoID("sender.ortopedia@demo.test") {
			reads += item["what"].(string) + "; "
		}
	}
	for _, what := range []string{"referral check", "command readmission-notice", "case", "list"} {
		if !strings.Contains(reads, what) {
			t.Errorf("not written down: %s in %s", what, reads)
		}
	}
}

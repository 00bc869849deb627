package api

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"dimissioni/internal/postgres"
)

// What each role reads of a case, by paths that must be there and paths that must not. DOMAIN, Roles.
var identity = []string{"patient.family_name", "patient.given_name"}

var (
	diagnosis = []string{"referral", "patient.tax_code", "referral.stay.reason", "referral.stay.nosologico"}
	money     = []string{"budget"}
	work      = []string{"plan", "signatures", "meetings", "flags", "level"}
)

func TestWhatAPartnerReadsBeforeAccepting(t *testing.T) {
	d := newDesk(t)
	id := d.walkTo("proposed")
	a := d.as("igea").get("/discharges/" + id).wants(http.StatusOK)
	shows(t, a, "state", "patient.age_band", "patient.municipality_istat", "patient.housing", "patient.infectious",
		"level", "figures", "weekly_minutes", "expected_discharge_on", "next_deadline.kind", "allowed_commands")
	hides(t, a, slices.Concat(identity, diagnosis, money, work[:4], []string{
		"patient.address", "patient.phone", "patient.birth_date", "patient.infectious_note", "patient.allergies",
		"contacts", "case_manager_id", "owner_id", "missing", "ward_id", "hospital_id",
	})...)
	if strings.Contains(string(a.raw), "Bianchi") || strings.Contains(string(a.raw), "Tigli") {
		t.Errorf("name or address: %s", a.raw)
	}
	if got := a.at("allowed_commands"); len(got.([]any)) != 2 {
		t.Errorf("a partner that has been asked may accept or decline: %v", got)
	}
	d.as("igea").post("/discharges/"+id+"/appoint-case-manager", obj{"user_id": postgres.DemoID("casemanager@demo.test")}).
		refuses(http.StatusForbidden, "forbidden")
	for _, path := range []string{"timeline", "notifications", "accesses", "visits", "diary", "assessments"} {
		d.as("igea").get("/discharges/"+id+"/"+path).refuses(http.StatusForbidden, "forbidden")
	}
	for _, other := range []string{"meraki", "casemanager", "operator", "steering", "public", "administrative", "admin"} {
		d.as(other).get("/discharges/"+id).refuses(http.StatusNotFound, "not_found")
	}
}

func TestWhatEachRoleReadsDuringCare(t *testing.T) {
	d := newDesk(t)
	id := d.walkTo("active")
	d.as("igea").post("/discharges/"+id+"/operators", obj{"user_id": postgres.DemoID("operator@demo.test")}).wants(http.StatusNoContent)
	everything := slices.Concat(identity, diagnosis[:1], work)
	for _, role := range []struct {
		who          string
		shows, hides []string
	}{
		{"coordinator", slices.Concat(everything, money, []string{"do_not_contact", "next_deadline.kind"}), nil},
		{"casemanager", slices.Concat(everything, money), nil},
		{"igea", slices.Concat(everything, money), nil},
		{"municipality", slices.Concat(everything, money), nil},
		{"sender", slices.Concat(identity, diagnosis[:1], []string{"state", "contacts", "missing", "day"}), slices.Concat(money, work)},
		{"hospital", slices.Concat(identity, []string{"state", "contacts"}), slices.Concat(money, work)},
		{
			"operator",
			[]string{"patient.family_name", "patient.address", "patient.access_notes", "patient.allergies", "patient.operator_risks", "tasks", "contacts"},
			slices.Concat(diagnosis, money, work, []string{"patient.birth_date", "missing", "notifications"}),
		},
		{"dpo", []string{"code"}, slices.Concat(identity, money, work, []string{"state", "patient", "contacts"})},
	} {
		a := d.as(role.who).get("/discharges/" + id).wants(http.StatusOK)
		t.Run(role.who, func(t *testing.T) {
			shows(t, a, role.shows...)
			hides(t, a, role.hides...)
			if a.at("level") == nil && strings.Contains(string(a.raw), "_cents") {
				t.Errorf("money: %s", a.raw)
			}
		})
	}
	for _, other := range []string{"meraki", "sentiero", "steering", "public", "administrative", "admin"} {
		d.as(other).get("/discharges/"+id).refuses(http.StatusNotFound, "not_found")
	}
}

func TestListsHoldWhatEachRoleMaySee(t *testing.T) {
	d := newDesk(t)
	id := d.walkTo("active")
	d.submitted(somebody("Verdi", "1945-05-05"))
	for who, want := range map[string]int{
		"coordinator": 2, "dpo": 2, "sender": 2, "hospital": 2, "igea": 1, "casemanager": 1, "municipality": 2,
		"meraki": 0, "operator": 0, "steering": 0, "public": 0, "administrative": 0, "admin": 0,
	} {
		if got := len(d.as(who).get("/discharges").wants(http.StatusOK).items()); got != want {
			t.Errorf("%s lists %d cases, want %d", who, got, want)
		}
	}
	d.as("igea").post("/discharges/"+id+"/operators", obj{"user_id": postgres.DemoID("operator@demo.test")}).wants(http.StatusNoContent)
	if n := len(d.as("operator").get("/discharges").items()); n != 1 {
		t.Errorf("an assigned operator lists %d cases", n)
	}
	for _, item := range d.as("dpo").get("/discharges").items() {
		if item["state"] != nil || item["patient"] != nil {
			t.Errorf("the DPO lists %v", item)
		}
	}
	if n := len(d.as("dpo").get("/discharges?state=active").items()); n != 0 {
		t.Error("the DPO learns the state by filtering")
	}
	if n := len(d.as("coordinator").get("/discharges?state=active&state=closed").items()); n != 1 {
		t.Errorf("%d active", n)
	}
	d.as("coordinator").get("/discharges?state=alive").refuses(http.StatusUnprocessableEntity, "invalid")
	d.as("coordinator").get("/discharges?overdue=perhaps").refuses(http.StatusUnprocessableEntity, "invalid")
}

func TestNamesAreSearchedByWhoMaySeeThem(t *testing.T) {
	d := newDesk(t)
	d.walkTo("proposed")
	for who, want := range map[string]int{"coordinator": 1, "sender": 1, "hospital": 1, "igea": 0, "dpo": 0, "steering": 0} {
		items := d.as(who).post("/discharges/search", obj{"text": "rossella BIANCHI"}).wants(http.StatusOK).items()
		if len(items) != want {
			t.Errorf("%s finds %d, want %d", who, len(items), want)
		}
	}
	d.as("coordinator").post("/discharges/search", obj{"text": "x"}).refuses(http.StatusUnprocessableEntity, "invalid")
}

func TestEveryReadIsWrittenDown(t *testing.T) {
	d := newDesk(t)
	id := d.walkTo("proposed")
	d.as("hospital").get("/discharges/" + id).wants(http.StatusOK)
	d.as("hospital").get("/discharges").wants(http.StatusOK)
	d.as("coordinator").post("/discharges/search", obj{"text": "bianchi"}).wants(http.StatusOK)
	found := map[string]bool{}
	for _, item := range d.as("dpo").get("/discharges/" + id + "/accesses?limit=200").wants(http.StatusOK).items() {
		found[item["name"].(string)+" "+item["what"].(string)] = true
	}
	for _, want := range []string{
		"Osvaldo Dimissioni case", "Osvaldo Dimissioni list", "Carla Coordina search", "Carla Coordina command propose",
		"Dario Protezione accesses",
	} {
		if !found[want] {
			t.Errorf("not written down: %s", want)
		}
	}
	d.as("sender").get("/discharges/"+id+"/accesses").refuses(http.StatusForbidden, "forbidden")
}

func TestAWardSeesOnlyItsClocks(t *testing.T) {
	d := newDesk(t)
	id := d.walkTo("active")
	kinds := func(who string) (list []string) {
		for _, item := range d.as(who).get("/discharges/" + id + "/deadlines").wants(http.StatusOK).items() {
			list = append(list, item["kind"].(string))
			if item["why"] == "" {
				t.Errorf("%s: no reason for the date", item["kind"])
			}
			if item["kind"] == "equipe" && !strings.HasSuffix(item["due_at"].(string), "T22:59:59Z") {
				t.Errorf("due_at %v, want the last second of the day in Rome", item["due_at"])
			}
		}
		return list
	}
	if all := kinds("casemanager"); !slices.Contains(all, "equipe") || !slices.Contains(all, "cap") {
		t.Errorf("clocks of the case manager: %v", all)
	}
	if ward := kinds("sender"); slices.Contains(ward, "equipe") || !slices.Contains(ward, "cap") {
		t.Errorf("clocks of the ward: %v", ward)
	}
	d.as("dpo").get("/discharges/"+id+"/deadlines").refuses(http.StatusForbidden, "forbidden")
}

func shows(t *testing.T, a answer, paths ...string) {
	t.Helper()
	for _, path := range paths {
		if a.at(strings.Split(path, ".")...) == nil {
			t.Errorf("%s is not shown: %s", path, a.raw)
		}
	}
}

func hides(t *testing.T, a answer, paths ...string) {
	t.Helper()
	for _, path := range paths {
		if a.at(strings.Split(path, ".")...) != nil {
			t.Errorf("%s is shown", path)
		}
	}
}

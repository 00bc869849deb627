package api

import (
	"net/http"
	"testing"

	"dimissioni/internal/postgres"
)

func TestWhatWasSaidIsReadAgain(t *testing.T) {
	d := newDesk(t)
	id := d.walkTo("closed")
	a := d.as("casemanager").get("/discharges/" + id).wants(http.StatusOK)
	meeting := a.at("meetings").([]any)[0].(obj)
	if meeting["minutes"] != "tutto bene" {
		t.Errorf("minutes: %v", meeting)
	}
	attendees := meeting["attendees"].([]any)
	if last := attendees[len(attendees)-1].(obj); last["name"] != "Osvaldo" || last["role"] != "hospital_contact" || last["mode"] != "remote" {
		t.Errorf("attendees: %v", attendees)
	}
	if present := a.at("home_visits").([]any)[0].(obj)["present"].([]any); present[0] != "la figlia" {
		t.Errorf("present at the home visit: %v", present)
	}
	if goal := a.at("exit", "goals_outcome").([]any)[0].(obj); goal["area"] != "autonomy" || goal["outcome"] != "reached" {
		t.Errorf("goals: %v", a.at("exit"))
	}
	ward := d.as("sender").get("/discharges/" + id).wants(http.StatusOK)
	shows(t, ward, "exit.outcome")
	hides(t, ward, "exit.goals_outcome", "exit.what_follows", "meetings")
}

func TestTheEndIsNullUntilItComes(t *testing.T) {
	d := newDesk(t)
	id := d.walkTo("active")
	for _, who := range []string{"coordinator", "casemanager", "sender"} {
		if exit, there := d.as(who).get("/discharges/" + id).json()["exit"]; !there || exit != nil {
			t.Errorf("%s reads exit %v, %t", who, exit, there)
		}
	}
	a := d.as("coordinator").post("/discharges/"+id+"/report-death", obj{}).wants(http.StatusOK)
	for _, key := range []string{"outcome", "siad", "on", "cause", "what_follows", "from"} {
		if _, there := a.at("exit").(obj)[key]; !there {
			t.Errorf("exit without %s: %v", key, a.at("exit"))
		}
	}
}

func TestThePlaceOfTheMeetingStaysThroughAMove(t *testing.T) {
	d := newDesk(t)
	id := d.walkTo("active")
	convene := "/discharges/" + id + "/convene-meeting"
	at := monday.AddDate(0, 0, 3)
	d.as("casemanager").post(convene, obj{"at": at, "place": "sala blu"}).wants(http.StatusOK)
	moved := d.as("casemanager").post(convene, obj{"at": at.AddDate(0, 0, 1), "invited": []string{"coordinator", "hospital"}}).wants(http.StatusOK)
	if moved.text("convened", "place") != "sala blu" {
		t.Errorf("convened: %v", moved.at("convened"))
	}
	if invited := moved.at("convened", "invited").([]any); invited[1] != "hospital_contact" {
		t.Errorf("invited: %v", invited)
	}
	d.as("casemanager").post(convene, obj{"called_off": true}).wants(http.StatusOK)
	again := d.as("casemanager").post(convene, obj{"at": at}).wants(http.StatusOK)
	if again.at("convened", "place") != nil {
		t.Errorf("another meeting has the place of the one called off: %v", again.at("convened"))
	}
}

// TestWhatTheContractLeavesOpenIsReadGenerously: one for a list, the documents' Italian, names or objects.
func TestWhatTheContractLeavesOpenIsReadGenerously(t *testing.T) {
	d := newDesk(t)
	id := d.walkTo("active")
	visit := d.as("casemanager").post("/discharges/"+id+"/record-home-visit", obj{
		"present": []any{"la figlia", obj{"role": "coordinator", "name": "Carla"}},
	}).wants(http.StatusOK)
	visits := visit.at("home_visits").([]any)
	if present := visits[len(visits)-1].(obj)["present"].([]any); len(present) != 2 || present[1] != "coordinator, Carla" {
		t.Errorf("present: %v", present)
	}
	suspended := d.as("casemanager").post("/discharges/"+id+"/suspend", obj{"reason_code": "1"}).wants(http.StatusOK)
	if reason := suspended.at("suspensions").([]any)[0].(obj)["reason_code"]; reason != "hospital" {
		t.Errorf("suspended: %v", reason)
	}
	closed := d.as("coordinator").post("/discharges/"+id+"/close", obj{
		"outcome": "completed", "what_follows": "Servizio sociale del Comune", "from": day(1), "goals_outcome": []any{"cammina"},
	}).wants(http.StatusOK)
	if follows := closed.at("exit", "what_follows").([]any); len(follows) != 1 || follows[0] != "social_service" {
		t.Errorf("what follows: %v", follows)
	}
	if goals := closed.at("exit", "goals_outcome").([]any); goals[0] != "cammina" {
		t.Errorf("goals: %v", goals)
	}
	both := d.as("coordinator").get("/discharges?state=closed,active").wants(http.StatusOK)
	if n := len(both.items()); n != 1 {
		t.Errorf("closed or active: %d", n)
	}
}

func TestASecondAnswerIsNotPossibleRatherThanForbidden(t *testing.T) {
	d := newDesk(t)
	id := d.walkTo("proposed")
	d.as("igea").post("/discharges/"+id+"/accept", nil).wants(http.StatusOK)
	d.as("igea").post("/discharges/"+id+"/accept", nil).refuses(http.StatusConflict, "not_allowed_in_state")
	d.as("coordinator").post("/discharges/"+id+"/reassign", obj{"partner_id": postgres.DemoID("meraki")}).wants(http.StatusOK)
	d.as("igea").post("/discharges/"+id+"/accept", nil).refuses(http.StatusForbidden, "forbidden")
	d.as("meraki").post("/discharges/"+id+"/accept", nil).wants(http.StatusOK)
	old := d.as("igea").get("/discharges/" + id).wants(http.StatusOK)
	if allowed := old.at("allowed_commands").([]any); len(allowed) != 0 {
		t.Errorf("the partner that handed over may still %v", allowed)
	}
	d.as("igea").post("/discharges/"+id+"/update-details", obj{"patient": obj{"phone": "0373 1234"}}).
		refuses(http.StatusForbidden, "forbidden")
}

func TestAMessageNoLongerNeededIsSettled(t *testing.T) {
	d := newDesk(t)
	id := d.walkTo("proposed")
	d.as("igea").post("/discharges/"+id+"/accept", nil).wants(http.StatusOK)
	for _, n := range d.as("coordinator").get("/discharges/" + id + "/notifications").wants(http.StatusOK).items() {
		if n["moment"] == "proposal" && (n["status"] != "settled" || n["cancelled"] != true) {
			t.Errorf("the proposal, once answered: %v", n)
		}
	}
}

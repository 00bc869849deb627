package api

import (
	"maps"
	"net/http"
	"time"

	"dimissioni/internal/calendar"
	"dimissioni/internal/postgres"
)

type obj = map[string]any

func day(n int) string { return calendar.DateOf(monday).AddDays(n).String() }

// referralOfBianchi is a referral with everything in it, of a synthetic person.
func referralOfBianchi() obj {
	return obj{
		"programme_id": "dp-cremasco",
		"early_notice": []string{"gp"},
		"sender":       obj{"ward": "Medicina generale", "person": "Sara Segnalante", "phone": "0373 000101"},
		"patient": obj{
			"family_name": "Bianchi", "given_name": "Rossella", "sex": "F", "birth_date": "1940-02-01",
			"no_code_reason": "segretissimo", "phone": "0373 999111", "language": "italiano",
		},
		"places": obj{
			"going_to_istat": "019035", "residence_istat": "019035", "address": "Via dei Tigli 7", "housing": "stable",
			"access_notes": "scala ripida",
		},
		"stay": obj{
			"kind": "ward", "admitted_on": day(-10), "expected_discharge_on": day(4), "reason": "polmonite",
			"infectious": "yes", "infectious_note": "rischio nosocomiale", "allergies": "morfina",
		},
		"autonomy": obj{"barthel": 45},
		"network": obj{
			"caregiver": obj{"name": "Lucia Bianchi", "relation": "figlia", "phone": "0373 999222", "email": "figlia@esempio.it", "channel": "email"},
			"gp":        obj{"physician_id": postgres.DemoID("mmg")},
		},
		"needs":   obj{"figures": []string{"oss", "nurse"}, "level": "moderate", "goal": "tornare a casa", "operator_risks": "cane in cortile"},
		"consent": obj{"informed": obj{"given": true}, "willing": "yes", "share_with": []string{"gp", "municipality"}},
		"plan":    obj{"interventions": []obj{{"figure": "oss", "service": "igiene", "times_per_week": 3, "minutes": 60}}},
	}
}

// somebody is the same referral of another person.
func somebody(family string, birth string) obj {
	r := referralOfBianchi()
	patient := maps.Clone(r["patient"].(obj))
	patient["family_name"], patient["birth_date"] = family, birth
	r["patient"] = patient
	return r
}

// submitted sends the referral and gives the case's id.
func (d *desk) submitted(referral obj) string {
	d.Helper()
	return d.as("sender").post("/discharges", referral).wants(http.StatusCreated).text("id")
}

// step is a command of the walk.
type step struct {
	who, command string
	body         obj
	state        string // after it
}

// theWalk is the shortest path of a case from the referral to the end.
func theWalk() []step {
	return []step{
		{"coordinator", "take", nil, "submitted"},
		{"coordinator", "screen", obj{"outcome": "admit", "level": "moderate", "criteria": obj{"informed": obj{"met": true}}}, "matching"},
		{"coordinator", "propose", obj{"partner_id": postgres.DemoID("igea")}, "proposed"},
		{"igea", "accept", nil, "planning"},
		{"igea", "appoint-case-manager", obj{"user_id": postgres.DemoID("casemanager@demo.test")}, "planning"},
		{"casemanager", "record-home-visit", obj{"held_on": day(0), "present": []string{"la figlia"}}, "planning"},
		{"casemanager", "submit-plan", obj{
			"start_planned_on": day(0), "days": 21, "level": "moderate", "place_of_care": "casa",
			"goals":            []obj{{"area": "autonomy", "text": "camminare in casa"}},
			"interventions":    []obj{{"figure": "oss", "service": "igiene", "times_per_week": 3, "minutes": 60}},
			"network_services": []obj{{"service": "pasti", "owner": "Comune"}},
			"monitoring_steps": []obj{{"on": day(7), "what": "telefonata"}},
		}, "signing"},
		{"coordinator", "sign", obj{"signer": "coordinator", "method": "in_person"}, "signing"},
		{"casemanager", "sign", obj{"signer": "case_manager", "method": "in_person"}, "signing"},
		{"casemanager", "sign", obj{"signer": "patient", "method": "in_person"}, "ready"},
		{"casemanager", "confirm-start", obj{}, "active"},
		{"casemanager", "convene-meeting", obj{"at": monday.Add(48 * time.Hour), "place": "sala riunioni"}, "active"},
		{"casemanager", "record-meeting", obj{
			"held_on": day(0), "decision": "continue", "minutes": "tutto bene",
			"attendees": []obj{
				{"role": "coordinator", "mode": "present"},
				{"role": "case_manager", "mode": "present"},
				{"role": "hospital_contact", "name": "Osvaldo", "mode": "remote"},
			},
		}, "active"},
		{"coordinator", "renew", obj{"days": 7}, "active"},
		{"casemanager", "suspend", obj{"reason_code": "hospital"}, "suspended"},
		{"casemanager", "resume", nil, "active"},
		{"coordinator", "close", obj{
			"outcome": "completed", "what_follows": []string{"sad"}, "from": day(1),
			"goals_outcome": []obj{{"area": "autonomy", "outcome": "reached"}},
		}, "closed"},
	}
}

// walkTo gives the commands of the walk until the case is in a state for the last time, and gives its id.
func (d *desk) walkTo(state string) string {
	d.Helper()
	id := d.submitted(referralOfBianchi())
	last := 0
	walk := theWalk()
	for i, s := range walk {
		if s.state == state {
			last = i + 1
			if state == "active" || state == "proposed" {
				break
			}
		}
	}
	for _, s := range walk[:last] {
		d.give(id, s)
	}
	return id
}

func (d *desk) give(id string, s step) answer {
	d.Helper()
	var body any
	if s.body != nil {
		body = s.body
	}
	return d.as(s.who).post("/discharges/"+id+"/"+s.command, body).wants(http.StatusOK)
}

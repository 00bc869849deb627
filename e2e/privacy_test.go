package e2e

import (
	"encoding/json"
	"fmt"
	"maps"
	"strings"
	"testing"

	"dimissioni/internal/standalone/client"
)

// secrets are values that no program makes by itself, one for each field that a person fills in with words.
type secrets struct{ n int }

const (
	secretWord   = "Qzv"              // in every text
	secretNumber = "9182736450"       // in every telephone number
	secretCode   = "MRALCU40R41D142B" // a tax code
)

// word is a text of letters alone, another each time, as names are.
func (s *secrets) word() string {
	s.n++
	name := []byte(secretWord)
	for n := s.n; n > 0; n /= 26 {
		name = append(name, byte('a'+n%26))
	}
	return string(name)
}

func (s *secrets) phone() string {
	s.n++
	return fmt.Sprintf("0373 %s%03d", secretNumber, s.n)
}

func (s *secrets) criterion() client.Object { return client.Object{"met": true, "note": s.word()} }

// TestPrivacyNothingLeavesTheCase fills every text of a case with values of their own, lets things go wrong, and looks
// for them in all that is not the product's database: histories, logs, metrics, mails, refusals.
func TestPrivacyNothingLeavesTheCase(t *testing.T) {
	t.Parallel()
	f := newFleet(t)
	api := f.service("dimissioni-race", "api", "--migrate")
	worker := f.service("dimissioni-race", "worker")
	f.address = api.address()
	s := &secrets{}

	born, err := f.as("sender").Post(f.ctx(), "/discharges", s.referral())
	if err != nil {
		t.Fatal(err)
	}
	id, code := client.Text(born, "id"), client.Text(born, "code")
	f.tellOfAdmission(s, id)
	f.tellOfPlan(s, id)
	f.tellOfCare(s, id)
	f.forwardUntil(id, "the start is told", func() bool { return len(f.mails(code, "activated")) > 0 })
	refusals := f.refused(s, id)
	f.do("coordinator", id, "close", client.Object{
		"outcome": "other", "note": s.word(), "what_follows": []string{"sad"},
		"goals_outcome": []client.Object{{"area": "autonomy", "outcome": "reached", "note": s.word()}},
	})
	f.do("coordinator", id, "reopen", client.Object{"reason": s.word()})
	f.do("casemanager", id, "report-death", client.Object{"place": "home", "note": s.word()})
	f.tellOfOthers(s)

	for _, look := range []struct{ where, content, has string }{ // what it has shows that there was something to look at
		{"refusals", refusals, "invalid"},
		{"log of the api", api.p.output.String(), "/api/v1/discharges/:id/screen"},
		{"log of the worker", worker.p.output.String(), "activity stumbled"},
		{"log of the engine", f.machine.p.output.String(), ""},
		{"log of postgres", f.postgresLog(), "ready to accept connections"},
		{"metrics of the api", api.metrics(), "http_server_request_duration"},
		{"metrics of the worker", worker.metrics(), "dimissioni_mails"},
		{"histories", f.histories(), "suspended"},
		{"mails", f.letterTexts(), code},
	} {
		f.silent(look.where, look.content)
		if !strings.Contains(look.content, look.has) {
			t.Errorf("%s: no %q: nothing was looked at", look.where, look.has)
		}
	}
	f.silentEngine(id)
}

// referral fills every text of the form.
func (s *secrets) referral() client.Object {
	return client.Object{
		"programme_id": "dp-cremasco", "urgent_reason": s.word(), "early_notice": []string{"gp", "municipality", "territorial"},
		"sender": client.Object{"ward": "Medicina generale", "person": s.word(), "phone": s.phone()},
		"patient": client.Object{
			"family_name": s.word(), "given_name": s.word(), "tax_code": secretCode, "sex": "F", "birth_date": "1940-10-01",
			"phone": s.phone(), "citizenship": s.word(), "language": s.word(),
		},
		"places": client.Object{
			"going_to_istat": "019035", "address": s.word(), "residence_istat": "019035", "residence_note": s.word(),
			"housing": "stable", "access_notes": s.word(),
		},
		"stay": client.Object{
			"kind": "ward", "expected_discharge_on": inDays(0), "reason": s.word(), "infectious": "yes", "infectious_note": s.word(),
			"nosologico": s.word(), "delay_reasons": s.word(), "allergies": s.word(), "therapy_note": s.word(),
		},
		"autonomy": client.Object{"aids": s.word()},
		"network": client.Object{
			"caregiver": client.Object{
				"name": s.word(), "relation": s.word(), "phone": s.phone(), "email": "caregiver@demo.test", "channel": "email",
			},
			"representative":  client.Object{"name": s.word(), "title": s.word(), "act": s.word(), "phone": s.phone()},
			"gp":              client.Object{"name": s.word(), "phone": s.phone(), "email": s.word() + "@demo.test"},
			"active_services": []string{s.word()}, "known_to_social": true,
		},
		"needs": client.Object{
			"figures": []string{"oss"}, "level": "moderate", "goal": s.word(), "social": s.word(), "operator_risks": s.word(),
		},
		"plan": client.Object{"interventions": []client.Object{
			{"figure": "oss", "service": s.word(), "times_per_week": 2, "minutes": 60, "text": s.word()},
		}},
		"consent": client.Object{
			"informed": client.Object{"given": true}, "willing": "yes", "share_with": []string{"gp", "municipality", "territorial"},
		},
	}
}

func (f *fleet) tellOfAdmission(s *secrets, id string) {
	f.t.Helper()
	f.do("coordinator", id, "request-information", client.Object{"question": s.word(), "note": s.word()})
	f.do("sender", id, "complete", client.Object{"note": s.word(), "stay": s.referral()["stay"]})
	f.do("coordinator", id, "screen", client.Object{
		"outcome": "admit", "level": "moderate", "reason": s.word(), "note": s.word(), "by_telephone_with": s.word(),
		"criteria": client.Object{
			"age_or_network": s.criterion(), "residence_or_presence": s.criterion(), "informed": s.criterion(),
		},
	})
	f.do("coordinator", id, "propose", client.Object{"partner_id": f.id("meraki", "organisation"), "note": s.word()})
	f.do("meraki", id, "decline", client.Object{"reason_code": "other", "reason": s.word(), "note": s.word()})
	f.do("coordinator", id, "propose", client.Object{"partner_id": f.id("igea", "organisation"), "reason": s.word()})
	f.do("coordinator", id, "accept", client.Object{"note": s.word(), "by_telephone_with": s.word()})
	f.do("igea", id, "appoint-case-manager", client.Object{"user_id": f.id("casemanager", "user"), "note": s.word()})
}

func (f *fleet) tellOfPlan(s *secrets, id string) {
	f.t.Helper()
	f.do("casemanager", id, "record-home-visit", client.Object{"note": s.word(), "present": []string{s.word()}})
	words := plan()
	maps.Copy(words, client.Object{
		"note": s.word(), "place_of_care": s.word(), "preferences": s.word(), "caregiver_part": s.word(),
		"goals":            []client.Object{{"area": "autonomy", "text": s.word()}},
		"network_services": []client.Object{{"service": s.word(), "owner": s.word()}},
		"monitoring_steps": []client.Object{{"on": inDays(5), "what": s.word()}},
	})
	f.stumble(id, words)
	sign := func(signer, method string, more client.Object) {
		body := client.Object{"signer": signer, "method": method, "note": s.word()}
		maps.Copy(body, more)
		f.do("casemanager", id, "sign", body)
	}
	sign("coordinator", "in_person", nil)
	sign("case_manager", "in_person", nil)
	sign("representative", "verbal_witnessed", client.Object{
		"reason": s.word(), "witnesses": []string{s.word(), s.word()}, "title": s.word(), "act": s.word(),
	})
	f.do("casemanager", id, "move-start", client.Object{"start_planned_on": inDays(1), "reason": s.word()})
	f.do("sender", id, "update-discharge", client.Object{"expected_on": inDays(1), "reason": s.word()})
	f.do("casemanager", id, "confirm-start", client.Object{"note": s.word()})
}

func (f *fleet) tellOfCare(s *secrets, id string) {
	f.t.Helper()
	f.do("casemanager", id, "visits", client.Object{"figure": "oss", "minutes": 60, "service": s.word(), "note": s.word()})
	f.do("casemanager", id, "diary", client.Object{"text": s.word()})
	f.do("casemanager", id, "assessments", client.Object{"phase": "entry", "scale": "barthel", "score": 40, "note": s.word()})
	f.do("casemanager", id, "convene-meeting", client.Object{"at": inDays(4) + "T09:30:00Z", "place": "Sede di Igea", "reason": s.word(), "note": s.word()})
	f.do("casemanager", id, "record-meeting", client.Object{
		"decision": "continue", "minutes": s.word(), "note": s.word(),
		"attendees": []client.Object{{"role": "coordinator", "name": s.word(), "mode": "present"}, {"role": "case_manager", "name": s.word(), "mode": "remote"}},
	})
	f.do("coordinator", id, "renew", client.Object{"days": 7, "reason": s.word(), "note": s.word()})
	f.do("sender", id, "readmission-notice", client.Object{"ward": s.word(), "phone": s.phone(), "note": s.word()})
	f.do("casemanager", id, "suspend", client.Object{"reason_code": "other", "reason": s.word(), "note": s.word()})
	f.do("casemanager", id, "resume", client.Object{"note": s.word()})
	f.do("casemanager", id, "update-details", client.Object{"network": s.referral()["network"], "note": s.word()})
	started := 0
	for i, kind := range f.events(id) {
		if kind == "started" {
			started = i + 1
		}
	}
	f.do("coordinator", id, "correct", client.Object{"event_seq": started, "start_on": inDays(0), "reason": s.word(), "note": s.word()})
	f.do("igea", id, "return-case", client.Object{"reason_code": "other", "reason": s.word(), "note": s.word()})
}

// tellOfOthers ends cases in the other ways that ask for a reason.
func (f *fleet) tellOfOthers(s *secrets) {
	f.t.Helper()
	for command, body := range map[string]client.Object{
		"screen":           {"outcome": "reject", "reason_code": "other", "reason": s.word(), "note": s.word()},
		"cancel":           {"reason": s.word(), "note": s.word()},
		"end-before-start": {"reason_code": "other", "reason": s.word(), "note": s.word()},
	} {
		id, _ := f.submit()
		f.do("coordinator", id, command, body)
	}
}

// refused gives what is refused, with values, and returns what was said.
func (f *fleet) refused(s *secrets, id string) string {
	f.t.Helper()
	said := ""
	refuse := func(who, path string, body any) {
		f.t.Helper()
		_, err := f.as(who).Post(f.ctx(), path, body)
		if err == nil {
			f.t.Errorf("%s: not refused", path)
			return
		}
		text, _ := json.Marshal(err)
		said += string(text) + "\n"
	}
	referral := s.referral()
	refuse("sender", "/discharges", referral) // a live case
	referral["patient"] = client.Object{"family_name": s.word(), "tax_code": s.word(), "birth_date": s.word(), "sex": s.word()}
	refuse("sender", "/discharges", referral)
	refuse("sender", "/discharges", client.Object{s.word(): s.word()})
	refuse("coordinator", "/discharges/"+id+"/screen", client.Object{"outcome": s.word(), "reason": s.word()})
	refuse("coordinator", "/discharges/"+id+"/renew", client.Object{"days": 400, "reason": s.word()})
	refuse("coordinator", "/discharges/"+id+"/renew", client.Object{"days": s.word()})
	refuse("coordinator", "/discharges/"+id+"/propose", client.Object{"partner_id": s.word(), "reason": s.word()})
	refuse("coordinator", "/discharges/"+s.word()+"/take", client.Object{"note": s.word()})
	refuse("coordinator", "/"+s.word(), client.Object{})
	refuse("coordinator", "/discharges/search", client.Object{"text": s.word(), s.word(): true})
	refuse("meraki", "/discharges/"+id+"/accept", client.Object{"note": s.word()})
	refuse("sender", "/referrals/check", client.Object{"programme_id": "dp-cremasco", "tax_code": s.word()})
	return said
}

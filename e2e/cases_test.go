package e2e

import (
	"time"

	"dimissioni/internal/calendar"
	"dimissioni/internal/standalone/client"
	"dimissioni/internal/standalone/story"
)

// inDays is a date counted from today in Rome, as the contract writes it.
func inDays(n int) string { return calendar.DateOf(time.Now()).AddDays(n).String() }

// submit sends the referral of a synthetic person and returns its id and code. Each person is another.
func (w *world) submit() (id, code string) {
	w.t.Helper()
	return w.send(story.Referral(inDays(3)))
}

// submitUrgent sends one whose mails go at any hour.
func (w *world) submitUrgent() (id, code string) {
	w.t.Helper()
	referral := story.Referral(inDays(0))
	referral["urgent_reason"] = "prova"
	return w.send(referral)
}

func (w *world) send(referral client.Object) (id, code string) {
	w.t.Helper()
	patient, _ := referral["patient"].(client.Object)
	patient["given_name"] = w.nextName()
	answer, err := w.as("sender").Post(w.ctx(), "/discharges", referral)
	if err != nil {
		w.t.Fatal(err)
	}
	return client.Text(answer, "id"), client.Text(answer, "code")
}

// do gives a command that must be accepted and returns the case.
func (w *world) do(who, id, command string, body client.Object) client.Object {
	w.t.Helper()
	answer, err := w.as(who).Command(w.ctx(), id, command, body)
	if err != nil {
		w.t.Fatal(err)
	}
	return answer
}

// forward lets days of a case's time pass.
func (w *world) forward(id string, days int) {
	w.t.Helper()
	w.do("coordinator", id, "fast-forward", client.Object{"days": days})
}

// toActive walks a new case to its start: today, at Igea, moderate.
func (w *world) toActive(id string) {
	w.t.Helper()
	w.do("coordinator", id, "screen", admission())
	w.do("coordinator", id, "propose", client.Object{"partner_id": w.id("igea", "organisation")})
	w.do("igea", id, "accept", nil)
	w.do("igea", id, "appoint-case-manager", client.Object{"user_id": w.id("casemanager", "user")})
	w.do("casemanager", id, "submit-plan", client.Object{
		"level": "moderate", "days": 21, "start_planned_on": inDays(0),
		"interventions": []client.Object{{"figure": "oss", "service": "home_care", "times_per_week": 3, "minutes": 60}},
	})
	for _, signer := range []string{"coordinator", "case_manager", "patient"} {
		w.do("casemanager", id, "sign", client.Object{"signer": signer, "method": "in_person"})
	}
	w.do("casemanager", id, "confirm-start", nil)
}

// forwardUntil lets days pass, one by one, until a condition holds: nothing goes out on days off.
func (w *world) forwardUntil(id, what string, holds func() bool) {
	w.t.Helper()
	for range 10 {
		if holds() {
			return
		}
		w.forward(id, 1)
	}
	w.t.Fatalf("not within ten days: %s", what)
}

func admission() client.Object {
	met := client.Object{"met": true, "note": ""}
	return client.Object{"outcome": "admit", "level": "moderate", "criteria": client.Object{
		"age_or_network": met, "residence_or_presence": met, "informed": met,
	}}
}

// state reads where a case stands.
func (w *world) state(id string) string {
	w.t.Helper()
	answer, err := w.as("coordinator").Get(w.ctx(), "/discharges/"+id)
	if err != nil {
		w.t.Fatal(err)
	}
	return client.Text(answer, "state")
}

// events lists the kinds of a case's timeline, oldest first.
func (w *world) events(id string) []string {
	w.t.Helper()
	items, err := w.as("coordinator").Items(w.ctx(), "/discharges/"+id+"/timeline")
	if err != nil {
		w.t.Fatal(err)
	}
	kinds := make([]string, len(items)+1)
	for _, e := range items {
		kinds[client.Number(e, "seq")] = client.Text(e, "kind")
	}
	return kinds[1:]
}

// isTime reports whether an event is the passing of time alone.
func isTime(kind string) bool { return kind == "reminded" || kind == "missed" }

// noMailTwice wants every message of a case once.
func (w *world) noMailTwice(code string) {
	w.t.Helper()
	seen := map[string]bool{}
	for _, m := range w.mails(code, "") {
		if seen[m.MessageID] {
			w.t.Errorf("%s was mailed twice", m.Moment)
		}
		seen[m.MessageID] = true
	}
}

// budget reads the line that pays the care budgets.
func (w *world) budget() client.Object {
	w.t.Helper()
	answer, err := w.as("coordinator").Get(w.ctx(), "/programmes/dp-cremasco/budget")
	if err != nil {
		w.t.Fatal(err)
	}
	lines, _ := answer["lines"].([]any)
	for _, l := range lines {
		if line, ok := l.(client.Object); ok && client.Text(line, "id") == "percorso" {
			return line
		}
	}
	w.t.Fatalf("no line «percorso» in %v", answer)
	return nil
}

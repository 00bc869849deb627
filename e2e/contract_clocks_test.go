package e2e

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"dimissioni/internal/calendar"
	"dimissioni/internal/standalone/client"
	"dimissioni/internal/standalone/mailcatcher"
)

// crema is the calendar of the programme: national holidays and the patron saint.
var crema = calendar.Calendar{Patron: calendar.MonthDay{Month: time.June, Day: 10}}

// holdClocks starts a case and does nothing for six weeks: DOMAIN, Clocks, line by line.
func (d desk) holdClocks() {
	sent := d.post("sender", "/discharges", d.referral(d.known)).wants(http.StatusCreated)
	id, code := sent.text("id"), sent.text("code")
	d.toActive(id)
	start := calendar.DateOf(time.Now())

	d.forward(id, 11)
	late := d.get("coordinator", "/discharges/"+id).wants(http.StatusOK)
	if late.body["day"] != 11.0 || !slices.Contains(late.flags(), "equipe_missed") || late.text("next_deadline", "kind") != "review" {
		d.t.Errorf("day 11: %v, next %v", late.flags(), late.body["next_deadline"])
	}
	d.reminded(id, "Équipe multidisciplinare", start, 5, 8, 10)
	d.inDigest(id, code, "coordinator")

	d.forwardTo(id, start.AddDays(22))
	review := d.get("coordinator", "/discharges/"+id).wants(http.StatusOK)
	if review.text("state") != "active" || !slices.Contains(review.flags(), "review_missed") {
		d.t.Errorf("day 22: %s, %v", review.text("state"), review.flags())
	}
	d.reminded(id, "Verifica delle tre settimane", start, 14, 18, 20, 21)
	d.told(id, code, "technical_extension", "igea", "casemanager")

	d.forwardTo(id, start.AddDays(43))
	d.reminded(id, "Che cosa segue", start, 28, 32, 35)
	d.reminded(id, "Termine massimo", start, 35, 39, 41)
	d.told(id, code, "ends_in_7_days", "caregiver")
	capped := d.get("coordinator", "/discharges/"+id).wants(http.StatusOK)
	if capped.text("state") != "closed" || capped.text("exit", "cause") != "cap" || capped.text("exit", "on") != start.AddDays(42).String() ||
		capped.at("exit", "outcome") != nil || capped.body["day"] != 42.0 {
		d.t.Errorf("after six weeks: %s", capped.raw)
	}
	if !slices.Contains(capped.flags(), "outcome_pending") || !slices.Contains(capped.flags(), "no_handover") {
		d.t.Errorf("flags: %v", capped.flags())
	}
	if capped.text("next_deadline", "due_on") != crema.AddWorkdays(start.AddDays(42), 5).String() {
		d.t.Errorf("next: %v", capped.body["next_deadline"])
	}
	for _, deadline := range d.get("coordinator", "/discharges/"+id+"/deadlines").wants(http.StatusOK).items() {
		want := map[string]string{"cap": "met", "equipe": "missed", "review": "missed", "start": "met", "outcome": "pending"}
		if kind := client.Text(deadline, "kind"); want[kind] != "" && client.Text(deadline, "status") != want[kind] {
			d.t.Errorf("the clock %s is %v, want %s", kind, deadline["status"], want[kind])
		}
	}
	d.told(id, code, "ended", "caregiver")

	done := d.give("casemanager", id, "complete-outcome", client.Object{
		"outcome": "completed", "closed_on": start.AddDays(40).String(), "what_follows": []string{"cdi"}, "from": start.AddDays(43).String(),
	}, "closed")
	if len(done.flags()) > 0 || done.text("exit", "outcome") != "completed" || done.at("budget", "released_cents") != 9523.0 { // 200000 x 2 / 42
		d.t.Errorf("completed: %v, %v, %v", done.flags(), done.body["exit"], done.body["budget"])
	}
	d.post("coordinator", "/discharges/"+id+"/reopen", client.Object{"reason": "tardi"}).refuses(http.StatusConflict, "not_allowed_in_state")
	if late := d.post("coordinator", "/discharges/"+id+"/complete-outcome", client.Object{"outcome": "moved"}); late.status != http.StatusConflict {
		d.t.Errorf("an outcome completed twice: %s", late.raw)
	}
}

// forwardTo lets time pass until a day, if it is not past already.
func (d desk) forwardTo(id string, day calendar.Date) {
	d.t.Helper()
	today, err := calendar.ParseDate(d.get("coordinator", "/discharges/"+id).text("today"))
	if err != nil {
		d.t.Fatal(err)
	}
	if n := day.DaysSince(today); n > 0 {
		d.forward(id, n)
	}
}

// reminded checks on which days a clock has spoken: those days after the start, or the working day before.
func (d desk) reminded(id, clock string, start calendar.Date, days ...int) {
	d.t.Helper()
	var want, got []string
	for _, n := range days {
		want = append(want, crema.OnOrBefore(start.AddDays(n)).String())
	}
	for _, e := range d.get("coordinator", "/discharges/"+id+"/timeline?limit=200").wants(http.StatusOK).items() {
		if client.Text(e, "kind") == "reminded" && strings.Contains(client.Text(e, "summary"), clock) {
			got = append(got, client.Text(e, "on"))
		}
	}
	if want = slices.Compact(want); !slices.Equal(got, want) {
		d.t.Errorf("%s is remembered on %v, want %v", clock, got, want)
	}
}

// inDigest waits until the day's digest tells somebody of a case.
func (d desk) inDigest(id, code, who string) {
	d.t.Helper()
	d.forwardUntil(id, "a digest tells of "+code, func() bool {
		return slices.ContainsFunc(d.mails("", "digest"), func(m mailcatcher.Message) bool {
			return m.To[0] == who+"@demo.test" && strings.Contains(m.Text, code)
		})
	})
}

// holdCorrection gives a start its true date: the clocks follow, old and new stay.
func (d desk) holdCorrection() {
	id := d.started()
	start := calendar.DateOf(time.Now())
	d.forward(id, 3)
	seq := 0
	for _, e := range d.get("coordinator", "/discharges/"+id+"/timeline").wants(http.StatusOK).items() {
		if client.Text(e, "kind") == "started" {
			seq = client.Number(e, "seq")
		}
	}
	correct := "/discharges/" + id + "/correct"
	d.post("coordinator", correct, client.Object{"event_seq": seq, "on": start.AddDays(1).String()}).refuses(http.StatusUnprocessableEntity, "invalid").names("reason")
	d.post("coordinator", correct, client.Object{"event_seq": 1, "on": start.String(), "reason": "x"}).refuses(http.StatusUnprocessableEntity, "invalid").names("event_seq")
	for date, key := range map[int]string{1: "start_on", 2: "on"} {
		right := d.give("coordinator", id, "correct", client.Object{"event_seq": seq, key: start.AddDays(date).String(), "reason": "letta male"}, "active")
		if right.text("start_on") != start.AddDays(date).String() || right.text("cap_on") != start.AddDays(date+42).String() ||
			right.body["day"] != float64(3-date) {
			d.t.Errorf("corrected: %s", right.raw)
		}
	}
	events := d.events(id)
	if !slices.Contains(events, "started") || events[len(events)-1] != "corrected" {
		d.t.Errorf("timeline: %v", events)
	}
}

package e2e

import (
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"dimissioni/internal/calendar"
	"dimissioni/internal/standalone/client"
)

// scene is one story in a world that others use at the same time: its own people to send, its own cases.
type scene struct {
	desk
	ahead map[string]time.Duration // how many hours of the day each case's clock runs before the real one
}

// hardDay is a title and what happens on such a day.
type hardDay struct {
	title string
	tell  func(*scene)
}

// everybody signs in once, for all the stories of a world.
func everybody(w *world, who ...string) desk {
	d := desk{w, map[string]string{}}
	for _, person := range who {
		d.as(person)
		d.token(person)
	}
	return d
}

// scene is a story's part of the world.
func (d desk) scene(t *testing.T, number int) *scene {
	w := *d.world
	w.t, w.people, w.persons = t, maps.Clone(d.people), 1000*(number+1)
	return &scene{desk{&w, maps.Clone(d.tokens)}, map[string]time.Duration{}}
}

// tellAll plays stories beside each other.
func (d desk) tellAll(t *testing.T, stories []hardDay) {
	for i, s := range stories {
		t.Run(s.title, func(t *testing.T) {
			t.Parallel()
			s.tell(d.scene(t, i))
		})
	}
}

// refer sends a person who goes home in three weeks, with a verified GP, a caregiver and all told, and gives id and code.
func (s *scene) refer(changes ...func(client.Object)) (id, code string) {
	s.t.Helper()
	sent := s.post("sender", "/discharges", s.referral(append([]func(client.Object){s.known, inThreeWeeks}, changes...)...)).
		wants(http.StatusCreated)
	return sent.text("id"), sent.text("code")
}

// inThreeWeeks is a discharge that nobody has to hurry for.
func inThreeWeeks(r client.Object) {
	stay, _ := r["stay"].(client.Object)
	stay["expected_discharge_on"] = inDays(21)
}

// cared is a case whose care, with the plan in force, starts on a working Monday at about ten: Igea's.
func (s *scene) cared() (id, code string, start calendar.Date) {
	s.t.Helper()
	id, code = s.refer()
	start = s.quietMonday(id)
	s.give("coordinator", id, "screen", admission(), "matching")
	s.give("coordinator", id, "propose", client.Object{"partner_id": s.igea()}, "proposed")
	s.give("igea", id, "accept", nil, "planning")
	s.give("igea", id, "appoint-case-manager", client.Object{"user_id": s.manager()}, "planning")
	s.planned(id, start)
	for i, signer := range []string{"coordinator", "case_manager", "patient"} {
		s.give("casemanager", id, "sign", client.Object{"signer": signer, "method": "in_person"}, []string{"signing", "signing", "ready"}[i])
	}
	s.give("casemanager", id, "confirm-start", nil, "active")
	return id, code, start
}

// planned writes a plan of three weeks.
func (s *scene) planned(id string, start calendar.Date) {
	s.t.Helper()
	s.give("casemanager", id, "submit-plan", client.Object{
		"level": "moderate", "days": 21, "start_planned_on": start.String(),
		"interventions": []client.Object{{"figure": "oss", "service": "igiene", "times_per_week": 3, "minutes": 60}},
	}, "signing")
}

// today is the case's day.
func (s *scene) today(id string) calendar.Date {
	s.t.Helper()
	day, err := calendar.ParseDate(s.get("coordinator", "/discharges/"+id).wants(http.StatusOK).text("today"))
	if err != nil {
		s.t.Fatal(err)
	}
	return day
}

// on lets time pass until a day, between this hour and the next.
func (s *scene) on(id string, day calendar.Date, hour int) {
	s.t.Helper()
	clock := time.Now().Add(s.ahead[id]).In(calendar.Rome)
	days, hours := day.DaysSince(s.today(id)), hour-clock.Hour()
	if hours < 0 {
		days, hours = days-1, hours+24
	}
	switch {
	case days < 0:
		s.t.Fatalf("%s at %d is past", day, hour)
	case days > 0 || hours > 0:
		s.do("coordinator", id, "fast-forward", client.Object{"days": days, "hours": hours})
		s.ahead[id] += time.Duration(hours) * time.Hour
	}
	if now := s.today(id); now != day {
		s.t.Fatalf("the case is at %s, want %s", now, day)
	}
}

// quietMonday lets time pass until ten o'clock of a Monday that begins two weeks without a holiday.
func (s *scene) quietMonday(id string) calendar.Date {
	s.t.Helper()
	holiday := func(monday calendar.Date) bool {
		return slices.ContainsFunc([]int{0, 1, 2, 3, 4, 7, 8, 9, 10, 11}, func(n int) bool { return crema.Holiday(monday.AddDays(n)) })
	}
	monday := s.today(id).AddDays(1)
	for monday.Weekday() != time.Monday || holiday(monday) {
		monday = monday.AddDays(1)
	}
	s.on(id, monday, 10)
	return monday
}

// hears waits until a moment of a case has been told to as many, and checks to whom, each exactly once: the addresses
// before the @. Nothing else makes time pass: it is for what goes out at once.
func (s *scene) hears(code, moment string, want ...string) {
	s.t.Helper()
	slices.Sort(want)
	s.eventually(moment+" is told", func() bool { return len(s.heard(code, moment)) >= len(want) })
	if got := s.heard(code, moment); !slices.Equal(got, want) {
		s.t.Errorf("%s is told to %v, want %v", moment, got, want)
	}
}

// heard are those who have been told a moment of a case.
func (s *scene) heard(code, moment string) []string {
	s.t.Helper()
	to := []string{}
	for _, m := range s.mails(code, moment) {
		to = append(to, strings.TrimSuffix(m.To[0], "@demo.test"))
	}
	slices.Sort(to)
	return to
}

// clock is the newest clock of a kind; nil when there is none.
func (s *scene) clock(id, kind string) client.Object {
	s.t.Helper()
	var found client.Object
	for _, d := range s.get("coordinator", "/discharges/"+id+"/deadlines").wants(http.StatusOK).items() {
		if client.Text(d, "kind") == kind {
			found = d
		}
	}
	return found
}

// due checks a clock's day and status.
func (s *scene) due(id, kind string, on calendar.Date, status string) {
	s.t.Helper()
	if d := s.clock(id, kind); client.Text(d, "due_on") != on.String() || client.Text(d, "status") != status {
		s.t.Errorf("the clock %s: %v, want %s on %s", kind, d, status, on)
	}
}

// lines are the timeline's entries of a kind, oldest first.
func (s *scene) lines(id, kind string) []client.Object {
	s.t.Helper()
	return slices.DeleteFunc(
		s.get("coordinator", "/discharges/"+id+"/timeline?limit=200").wants(http.StatusOK).items(),
		func(e client.Object) bool { return client.Text(e, "kind") != kind })
}

// seq is the number of the newest event of a kind.
func (s *scene) seq(id, kind string) int {
	s.t.Helper()
	lines := s.lines(id, kind)
	if len(lines) == 0 {
		s.t.Fatalf("no %s on the timeline", kind)
	}
	return client.Number(lines[len(lines)-1], "seq")
}

// flagged checks whether a case bears a flag.
func (s *scene) flagged(id, flag string, want bool) {
	s.t.Helper()
	if flags := s.get("coordinator", "/discharges/"+id).flags(); slices.Contains(flags, flag) != want {
		s.t.Errorf("flags %v: %s is %t, want %t", flags, flag, !want, want)
	}
}

// refused gives a command that must be refused with some words.
func (s *scene) refused(who, id, command string, body client.Object, status int, words string) {
	s.t.Helper()
	r := s.post(who, "/discharges/"+id+"/"+command, body).wants(status)
	if !strings.Contains(r.raw, words) {
		s.t.Errorf("%s is refused with %s, want «%s»", command, r.raw, words)
	}
}

// money checks what a case holds and what it gave back, in cents.
func (s *scene) money(id string, reserved, released int) {
	s.t.Helper()
	b, _ := s.get("coordinator", "/discharges/"+id).wants(http.StatusOK).body["budget"].(client.Object)
	if client.Number(b, "reserved_cents") != reserved || client.Number(b, "released_cents") != released {
		s.t.Errorf("%v, want %d reserved and %d released", b, reserved, released)
	}
}

// whole is the care budget of the moderate level; unserved is what comes back of it after so many days of care.
const whole = 200_000

func unserved(days int) int { return whole * (42 - days) / 42 }

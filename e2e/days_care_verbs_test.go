package e2e

import (
	"errors"
	"os/exec"
	"strings"
	"testing"

	"dimissioni/internal/calendar"
	"dimissioni/internal/standalone/client"
	"dimissioni/internal/standalone/story"
)

// tale is one case in a world that it shares with others told at the same time. Where digests are read, who coordinates
// it is an account of its own: nobody gets two digests of one day.
type tale struct {
	*world
	id, code string
	desk     string
	start    calendar.Date // day 0 of care, once it has started
}

// tale begins a tale in a world whose people have signed in.
func (w *world) tale(t testing.TB, number int, desk string) *tale {
	own := *w
	own.t, own.persons = t, 1000*(number+1)
	return &tale{world: &own, desk: desk}
}

// hire makes the account of another coordinator, who signs in.
func (w *world) hire(name string) {
	w.t.Helper()
	const password = "fiume lento sotto il ponte" // the demo's is among the first that anybody would try
	add := exec.CommandContext(w.ctx(), binary(w.t, "dimissioni"), "user", "add", "--email", name+"@demo.test", "--name", "Carla Altra",
		"--role", "coordinator", "--organisation", "Coordinamento dimissioni protette (demo)")
	add.Env, add.Stdin = w.environment, strings.NewReader(password)
	if said, err := add.CombinedOutput(); err != nil {
		w.t.Fatalf("%v\n%s", err, said)
	}
	c, err := client.SignIn(w.ctx(), w.address, name+"@demo.test", password)
	if err != nil {
		w.t.Fatal(err)
	}
	w.people[name] = c
}

// refers sends the referral of a person whose discharge is expected in twelve days; the tale's coordinator takes it.
func (s *tale) refers(changes ...func(client.Object)) client.Object {
	s.t.Helper()
	referral := story.Referral(inDays(12))
	patient, _ := referral["patient"].(client.Object)
	patient["given_name"] = s.nextName()
	for _, change := range changes {
		change(referral)
	}
	sent, err := s.as("sender").Post(s.ctx(), "/discharges", referral)
	if err != nil {
		s.t.Fatal(err)
	}
	s.id, s.code = client.Text(sent, "id"), client.Text(sent, "code")
	s.does(s.desk, "take", nil)
	return sent
}

// does gives a command of the tale's case that must be accepted.
func (s *tale) does(who, command string, body client.Object) client.Object {
	s.t.Helper()
	return s.do(who, s.id, command, body)
}

// mayNot gives a command that must be refused, in Italian words that hold these, naming a field if one is given.
func (s *tale) mayNot(who, command string, body client.Object, status int, field, words string) {
	s.t.Helper()
	_, err := s.as(who).Command(s.ctx(), s.id, command, body)
	var problem *client.ProblemError
	if !errors.As(err, &problem) {
		s.t.Fatalf("%s is not refused: %v", command, err)
	}
	named := field == ""
	for _, fault := range problem.Errors {
		named = named || fault.Field == field
	}
	if problem.Status != status || !named || !strings.Contains(problem.Detail, words) {
		s.t.Errorf("%s is refused with %v; want %d naming %q, with %q", command, problem, status, field, words)
	}
}

// proposedTo admits the case and asks a partner.
func (s *tale) proposedTo(partner string) {
	s.t.Helper()
	s.does(s.desk, "screen", admission())
	s.does(s.desk, "propose", client.Object{"partner_id": s.partner(partner)})
}

func (s *tale) partner(name string) string { return s.world.id(name, "organisation") }

// planned walks a new case to a plan that waits for its signatures.
func (s *tale) planned(startOn string) {
	s.t.Helper()
	s.proposedTo("igea")
	s.does("igea", "accept", nil)
	s.does("igea", "appoint-case-manager", client.Object{"user_id": s.world.id("casemanager", "user")})
	s.does("casemanager", "submit-plan", client.Object{
		"level": "moderate", "days": 21, "start_planned_on": startOn,
		"interventions": []client.Object{{"figure": "oss", "service": "home_care", "times_per_week": 3, "minutes": 60}},
	})
}

func (s *tale) signs(signers ...string) {
	s.t.Helper()
	for _, signer := range signers {
		s.does("casemanager", "sign", client.Object{"signer": signer, "method": "in_person"})
	}
}

// begins confirms that care starts today.
func (s *tale) begins() {
	s.t.Helper()
	s.start = date(s.t, s.does("casemanager", "confirm-start", nil), "start_on")
}

// cared walks a new case to its start, today, with everything in order.
func (s *tale) cared() {
	s.t.Helper()
	s.refers()
	s.planned(inDays(0))
	s.signs("coordinator", "case_manager", "patient")
	s.begins()
}

// meets records an équipe with everybody in it.
func (s *tale) meets(on calendar.Date, decision string) client.Object {
	s.t.Helper()
	return s.does("casemanager", "record-meeting", client.Object{
		"held_on": on.String(), "decision": decision, "attendees": []client.Object{
			{"role": "coordinator", "mode": "present"}, {"role": "case_manager", "mode": "present"}, {"role": "hospital_contact", "mode": "written"},
		},
	})
}

// on lets time pass until a day of care.
func (s *tale) on(day int) {
	s.t.Helper()
	if n := s.start.AddDays(day).DaysSince(s.today()); n > 0 {
		s.forward(s.id, n)
	}
}

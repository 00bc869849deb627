package e2e

import (
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"

	"dimissioni/internal/standalone/client"
	"dimissioni/internal/standalone/mailcatcher"
	"dimissioni/internal/standalone/story"
)

// TestSixWeeksOfOneCase plays the story, with a decline, a re-plan, a suspension and a renewal, and holds the case's
// history to what the engine should keep for years.
func TestSixWeeksOfOneCase(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	told := &strings.Builder{}
	id, err := story.Play(t.Context(), story.Options{
		Address: w.address, Mails: w.mailsJSON(), Password: password, Out: told,
	})
	if err != nil {
		t.Fatalf("%v\nuntil then:\n%s", err, told)
	}
	t.Log(told)
	if state := w.state(id); state != "closed" {
		t.Errorf("the case is %s, want closed", state)
	}
	want := []string{"declined", "plan_in_force", "suspended", "resumed", "renewed", "closed"}
	events := w.events(id)
	for _, kind := range want {
		if !slices.Contains(events, kind) {
			t.Errorf("no %s on the timeline", kind)
		}
	}
	w.checkHistory(id)
}

// TestMailServerAwayForThreeDays stops the mail server while the case goes on, and finds every mail afterwards.
func TestMailServerAwayForThreeDays(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id, code := w.submit()
	w.toActive(id)
	w.forwardUntil(id, "the start is told", func() bool { return len(w.mails(code, "activated")) > 0 })

	address := w.catcher.Addr()
	if err := w.catcher.Stop(); err != nil {
		t.Fatal(err)
	}
	w.do("casemanager", id, "suspend", client.Object{"reason_code": "hospital"})
	w.forward(id, 2)
	w.do("casemanager", id, "resume", nil)
	w.forward(id, 1)
	w.openMail(address, nil)
	if len(w.mails(code, "suspended")) > 0 {
		t.Error("a mail went out with the mail server away")
	}
	w.forwardUntil(id, "every mail is sent", func() bool {
		return len(w.mails(code, "suspended")) > 0 && len(w.mails(code, "resumed")) > 0
	})
	seen := map[string]bool{}
	for _, m := range w.mails(code, "") {
		if seen[m.MessageID] {
			t.Errorf("%s was mailed twice", m.Moment)
		}
		seen[m.MessageID] = true
	}
}

// TestRefusedAddressReachesTheCoordinator has the server refuse an address for good.
func TestRefusedAddressReachesTheCoordinator(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	address := w.catcher.Addr()
	if err := w.catcher.Stop(); err != nil {
		t.Fatal(err)
	}
	w.openMail(address, func(recipient string) error {
		if strings.HasPrefix(recipient, "igea@") {
			return errRefused
		}
		return nil
	})
	id, code := w.submit()
	w.do("coordinator", id, "screen", admission())
	w.do("coordinator", id, "propose", client.Object{"partner_id": w.id("igea", "organisation")})
	w.forwardUntil(id, "the coordinator is told to call", func() bool { return len(w.mails(code, "delivery_failed")) > 0 })
	items, err := w.as("coordinator").Items(t.Context(), "/discharges/"+id+"/notifications")
	if err != nil {
		t.Fatal(err)
	}
	failed := slices.IndexFunc(items, func(n client.Object) bool {
		return client.Text(n, "moment") == "proposal" && client.Text(n, "status") == "failed"
	})
	if failed < 0 {
		t.Errorf("the proposal is not failed: %v", items)
	}
}

// TestMissedMeetingIsInTheDigest lets the ten days pass without an équipe and reads the coordinator's digest.
func TestMissedMeetingIsInTheDigest(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id, code := w.submit()
	w.toActive(id)
	w.forward(id, 11)
	digests := func() []mailcatcher.Message { return w.mails("", "digest") }
	w.forwardUntil(id, "a digest", func() bool { return len(digests()) > 0 })
	if !slices.ContainsFunc(digests(), func(m mailcatcher.Message) bool {
		return slices.Contains(m.To, "coordinator@demo.test") && strings.Contains(m.Text, code)
	}) {
		t.Errorf("no digest tells the coordinator of %s: %v", code, digests())
	}
}

// TestTwoHundredRaceForTheMoneyOfSixtyFive admits 200 people at once at 2.000 euro each from 130.000 euro.
func TestTwoHundredRaceForTheMoneyOfSixtyFive(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	const people, enough = 200, 65
	ids := make([]string, people)
	for i := range ids {
		ids[i], _ = w.submit()
	}
	coordinator := w.as("coordinator")
	var wg sync.WaitGroup
	slots := make(chan struct{}, 20)
	errs := make(chan error, people)
	for _, id := range ids {
		wg.Go(func() {
			slots <- struct{}{}
			defer func() { <-slots }()
			if _, err := coordinator.Command(t.Context(), id, "screen", admission()); err != nil {
				errs <- err
			}
		})
	}
	wg.Wait()
	close(errs)
	for err := range errs {
		t.Error(err)
	}
	states := map[string]int{}
	admitted := ""
	for _, id := range ids {
		state := w.state(id)
		states[state]++
		if state == "matching" {
			admitted = id
		}
	}
	if states["matching"] != enough || states["waitlisted"] != people-enough {
		t.Errorf("%v, want %d admitted and %d waitlisted", states, enough, people-enough)
	}
	line := w.budget()
	if client.Number(line, "residual_cents") != 0 || client.Number(line, "reserved_cents") != enough*200_000 {
		t.Errorf("line: %v, want all of it reserved and nothing more", line)
	}
	w.do("coordinator", admitted, "end-before-start", client.Object{"reason_code": "discharge_cancelled"})
	if !slices.Contains(w.events(admitted), "not_started") {
		t.Error("the end is not on the timeline")
	}
	if left := client.Number(w.budget(), "residual_cents"); left != 200_000 {
		t.Errorf("residual %d cents after the release, want 200000", left)
	}
}

// TestKilledAndStartedAgain kills the whole machine with SIGKILL and finds the case where it was.
func TestKilledAndStartedAgain(t *testing.T) {
	t.Parallel()
	data := reachable(t)
	environment := []string{
		"DIMISSIONI_DATA=" + data, "DIMISSIONI_TEMPORAL_PORT=0", "DIMISSIONI_TEMPORAL_UI_PORT=0",
		"DIMISSIONI_ADDR=127.0.0.1:0", "DIMISSIONI_ADMIN_ADDR=127.0.0.1:0", "DIMISSIONI_DEMO_PASSWORD=" + password,
	}
	w := &world{t: t, people: map[string]*client.Client{}}
	w.service = start(t, "standalone", environment, "run")
	w.address = w.service.line(t, "listening on ")
	id, _ := w.submit()
	w.do("coordinator", id, "screen", admission())
	w.service.signal(syscall.SIGKILL)
	w.service.wait(t)

	w.service = start(t, "standalone", environment, "run")
	w.address = w.service.line(t, "listening on ")
	w.people = map[string]*client.Client{}
	if state := w.state(id); state != "matching" {
		t.Errorf("after the kill the case is %s, want matching", state)
	}
	w.do("coordinator", id, "propose", client.Object{"partner_id": w.id("igea", "organisation")})
	w.forward(id, 1)
	if got := w.events(id); !slices.Contains(got, "proposed") {
		t.Errorf("timeline after the kill: %v", got)
	}
	w.service.signal(syscall.SIGINT)
	if code := w.service.wait(t); code != 0 {
		t.Errorf("Ctrl-C ended the program with code %d", code)
	}
}

package e2e

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"time"

	"dimissioni/internal/standalone/client"
	"dimissioni/internal/standalone/story"
)

// walker leads one case while processes die around it, and remembers what it was answered.
type walker struct {
	number  int
	name    string // of the person, another for each
	seed    uint64
	people  map[string]*client.Client
	partner string
	manager string
	id      string
	code    string
	born    chan struct{} // closed when the case is there

	mu         sync.Mutex
	given      int            // commands answered
	effects    map[string]int // events that they must have left on the timeline
	kinds      map[string]int // answered commands, by kind
	unanswered int            // attempts
	blamed     int            // answers other than "come back later" while something was away
	errs       []error        // the first one ends the walk
}

// walkers are the people of the chaos, signed in while all is well.
func (f *fleet) walkers(c chaos) []*walker {
	f.t.Helper()
	people := map[string]*client.Client{}
	for _, who := range []string{"sender", "coordinator", "igea", "casemanager"} {
		people[who] = f.as(who)
	}
	list := make([]*walker, c.cases)
	for i := range list {
		list[i] = &walker{
			number: i, name: f.nextName(), seed: c.seed, people: people, born: make(chan struct{}),
			partner: f.id("igea", "organisation"), manager: f.id("casemanager", "user"),
			effects: map[string]int{}, kinds: map[string]int{},
		}
	}
	return list
}

// walk leads the case to its start and keeps it busy until enough; what has begun is always ended.
func (w *walker) walk(enough context.Context) {
	rng := seeded(w.seed, 2*w.number+1)
	ctx := context.WithoutCancel(enough)
	submitted := w.submit(ctx)
	close(w.born)
	if !submitted || !w.toCare(ctx, rng) {
		return
	}
	for enough.Err() == nil && !w.lost() {
		pause(enough, rng)
		switch rng.IntN(4) {
		case 0:
			w.give(ctx, rng, "casemanager", "suspend", client.Object{"reason_code": "hospital"}, "suspended")
			w.give(ctx, rng, "casemanager", "resume", nil, "resumed")
		case 1:
			w.give(ctx, rng, "casemanager", "record-home-visit", client.Object{"present": []string{"case_manager"}}, "home_visit_recorded")
		default:
			w.give(ctx, rng, "casemanager", "update-details", details(rng), "details_updated")
		}
	}
	switch w.number % 4 {
	case 0:
		w.give(ctx, rng, "coordinator", "close", client.Object{"outcome": "completed", "what_follows": []string{"sad"}}, "closed")
	case 1:
		w.give(ctx, rng, "casemanager", "report-death", client.Object{"place": "home"}, "closed")
	}
}

// toCare leads the case to its start; false when there is no money for it.
func (w *walker) toCare(ctx context.Context, rng *rand.Rand) bool {
	admitted := w.give(ctx, rng, "coordinator", "screen", admission(), "")
	switch state := client.Text(admitted, "state"); state {
	case "matching":
		w.expect("admitted")
	case "waitlisted":
		w.expect("waitlisted")
		return false
	default:
		w.fail(fmt.Errorf("screened: the case is %q", state))
		return false
	}
	w.give(ctx, rng, "coordinator", "propose", client.Object{"partner_id": w.partner}, "proposed")
	w.give(ctx, rng, "igea", "accept", nil, "accepted")
	w.give(ctx, rng, "igea", "appoint-case-manager", client.Object{"user_id": w.manager}, "case_manager_appointed")
	w.give(ctx, rng, "casemanager", "submit-plan", plan(), "plan_submitted")
	for _, signer := range []string{"coordinator", "case_manager", "patient"} {
		w.give(ctx, rng, "casemanager", "sign", client.Object{"signer": signer, "method": "in_person"}, "signed")
	}
	w.give(ctx, rng, "casemanager", "confirm-start", nil, "started")
	return true
}

// interfere is the coordinator, at work on the same case at the same time.
func (w *walker) interfere(enough context.Context) {
	rng := seeded(w.seed, 2*w.number+2)
	<-w.born
	for w.id != "" && enough.Err() == nil && !w.lost() {
		pause(enough, rng)
		if rng.IntN(5) == 0 {
			w.give(context.WithoutCancel(enough), rng, "coordinator", "take", nil, "")
			continue
		}
		w.give(context.WithoutCancel(enough), rng, "coordinator", "update-details", details(rng), "details_updated")
	}
}

// submit sends the referral, marked urgent: its mails go at any hour.
func (w *walker) submit(ctx context.Context) bool {
	referral := story.Referral(inDays(0))
	referral["urgent_reason"] = "prova"
	patient, _ := referral["patient"].(client.Object)
	patient["given_name"] = w.name
	answer := w.insist(ctx, "sender", "/discharges", referral, nil)
	w.id, w.code = client.Text(answer, "id"), client.Text(answer, "code")
	w.count("submit", "submitted")
	return w.id != ""
}

// give gives a command until it is answered, one in four without waiting; its effect is an event of the timeline.
func (w *walker) give(ctx context.Context, rng *rand.Rand, who, command string, body client.Object, effect string) client.Object {
	if w.lost() {
		return nil
	}
	if body == nil {
		body = client.Object{}
	}
	header := map[string]string{}
	// The answer to screen tells whether there was money, so it is waited for.
	if command != "screen" && rng.IntN(4) == 0 {
		header["Prefer"] = "respond-async"
	}
	answer := w.insist(ctx, who, "/discharges/"+w.id+"/"+command, body, header)
	if client.Text(answer, "status") != "" { // of the command: it was not waited for
		answer = w.outcome(ctx, who, client.Text(answer, "id"))
	}
	if answer != nil {
		w.count(strings.ReplaceAll(command, "-", "_"), effect)
	}
	return answer
}

// outcome waits until a command sent without waiting is settled.
func (w *walker) outcome(ctx context.Context, who, id string) client.Object {
	for {
		answer, err := w.attempt(ctx, who, http.MethodGet, "/commands/"+id, nil, nil)
		switch {
		case err != nil:
			w.fail(err)
			return nil
		case client.Text(answer, "status") == "done":
			return answer
		case client.Text(answer, "status") == "refused":
			w.fail(fmt.Errorf("%v", answer))
			return nil
		}
		wait(ctx, 200*time.Millisecond)
	}
}

// insist repeats a request with the same key until it is answered; nil when it is refused, which nobody expects.
func (w *walker) insist(ctx context.Context, who, path string, body client.Object, header map[string]string) client.Object {
	headers := map[string]string{"Idempotency-Key": fmt.Sprintf("%s %d", w.name, w.next())}
	for name, value := range header {
		headers[name] = value
	}
	answer, err := w.attempt(ctx, who, http.MethodPost, path, body, headers)
	if err != nil {
		w.fail(fmt.Errorf("%s: %w", path, err))
		return nil
	}
	return answer
}

// attempt repeats a request until somebody answers it.
func (w *walker) attempt(
	ctx context.Context, who, method, path string, body any, header map[string]string,
) (client.Object, error) {
	limit := time.Now().Add(2 * patience)
	for {
		once, cancel := context.WithTimeout(ctx, 30*time.Second)
		answer, err := w.people[who].Do(once, method, path, body, header)
		cancel()
		var problem *client.ProblemError
		if err == nil || errors.As(err, &problem) && problem.Status < http.StatusInternalServerError || time.Now().After(limit) {
			return answer, err
		}
		w.mu.Lock()
		w.unanswered++
		if problem != nil && problem.Status != http.StatusServiceUnavailable {
			w.blamed++
		}
		w.mu.Unlock()
		wait(ctx, 200*time.Millisecond)
	}
}

func (w *walker) next() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.given++
	return w.given
}

func (w *walker) count(kind, effect string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.kinds[kind]++
	if effect != "" {
		w.effects[effect]++
	}
}

func (w *walker) expect(effect string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.effects[effect]++
}

func (w *walker) lost() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return len(w.errs) > 0
}

func (w *walker) fail(err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.errs = append(w.errs, err)
}

// plan starts today, at Igea's.
func plan() client.Object {
	return client.Object{
		"level": "moderate", "days": 21, "start_planned_on": inDays(0),
		"interventions": []client.Object{{"figure": "oss", "service": "home_care", "times_per_week": 3, "minutes": 60}},
	}
}

// details are new contacts, another telephone each time.
func details(rng *rand.Rand) client.Object {
	return client.Object{"network": client.Object{"caregiver": client.Object{
		"name": "Marco Esempio", "relation": "figlio", "phone": fmt.Sprintf("0373 %06d", rng.IntN(1_000_000)),
	}}}
}

func pause(ctx context.Context, rng *rand.Rand) {
	wait(ctx, 200*time.Millisecond+time.Duration(rng.Int64N(int64(time.Second))))
}

// seeded is chance that a seed repeats; parts with different numbers do not disturb each other.
func seeded(seed uint64, part int) *rand.Rand {
	return rand.New(rand.NewPCG(seed, uint64(part)))
}

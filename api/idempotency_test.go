package api

import (
	"net/http"
	"strings"
	"sync"
	"testing"

	"dimissioni/internal/postgres"
)

func TestTheSameKeyAndBodyDoItOnce(t *testing.T) {
	d := newDesk(t)
	key := header{"Idempotency-Key", "uno"}
	first := d.as("sender").post("/discharges", referralOfBianchi(), key).wants(http.StatusCreated)
	again := d.as("sender").post("/discharges", referralOfBianchi(), key).wants(http.StatusCreated)
	if string(first.raw) != string(again.raw) || first.header.Get("Location") != again.header.Get("Location") {
		t.Errorf("answers differ:\n%s\n%s", first.raw, again.raw)
	}
	d.as("sender").post("/discharges", somebody("Verdi", "1944-04-04"), key).
		refuses(http.StatusUnprocessableEntity, "idempotency_key_reused")
	d.as("sender").post("/discharges", referralOfBianchi()).refuses(http.StatusConflict, "duplicate_case")

	path := "/discharges/" + first.text("id")
	screen := func(level string, h ...header) answer {
		return d.as("coordinator").post(path+"/screen", obj{"outcome": "admit", "level": level}, h...)
	}
	done := screen("light", key).wants(http.StatusOK)
	if repeated := screen("light", key).wants(http.StatusOK); string(repeated.raw) != string(done.raw) {
		t.Errorf("answers differ:\n%s\n%s", done.raw, repeated.raw)
	}
	screen("high", key).refuses(http.StatusUnprocessableEntity, "idempotency_key_reused")
	screen("light", header{"Idempotency-Key", "due"}).refuses(http.StatusConflict, "not_allowed_in_state")
	// A refusal is not remembered: the same key is judged again, also with another body.
	d.as("coordinator").post(path+"/propose", obj{"partner_id": postgres.NewID()}, key).refuses(http.StatusUnprocessableEntity, "invalid")
	d.as("coordinator").post(path+"/propose", obj{"partner_id": postgres.DemoID("igea")}, key).wants(http.StatusOK)
	d.as("coordinator").post(path+"/take", nil, header{"Idempotency-Key", strings.Repeat("k", 201)}).
		refuses(http.StatusUnprocessableEntity, "invalid")
}

func TestTwentyAtOnceWithOneKeyMakeOneCase(t *testing.T) {
	d := newDesk(t)
	sender := d.as("sender")
	sender.token()
	ids := make([]string, 20)
	var wg sync.WaitGroup
	for i := range ids {
		wg.Go(func() {
			ids[i] = sender.post("/discharges", referralOfBianchi(), header{"Idempotency-Key", "uno"}).text("id")
		})
	}
	wg.Wait()
	for _, id := range ids {
		if id == "" || id != ids[0] {
			t.Fatalf("cases: %v", ids)
		}
	}
}

func TestACommandSentWithoutWaiting(t *testing.T) {
	d := newDesk(t)
	id := d.submitted(referralOfBianchi())
	async := header{"Prefer", "respond-async"}
	coordinator := d.as("coordinator")
	good := coordinator.post("/discharges/"+id+"/take", nil, async).wants(http.StatusAccepted)
	bad := coordinator.post("/discharges/"+id+"/renew", obj{"days": 7}, async).wants(http.StatusAccepted)
	status := func(a answer) answer {
		return coordinator.get(strings.TrimPrefix(a.header.Get("Location"), base)).wants(http.StatusOK)
	}
	if s := status(good).text("status"); s != "pending" {
		t.Errorf("status %q", s)
	}
	if err := d.engine.deliver(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	if s := status(good); s.text("status") != "done" || s.at("version") != 2.0 {
		t.Errorf("done: %s", s.raw)
	}
	if s := status(bad); s.text("status") != "refused" || s.text("problem", "code") != "not_allowed_in_state" {
		t.Errorf("refused: %s", s.raw)
	}
	d.as("igea").get(strings.TrimPrefix(good.header.Get("Location"), base)).refuses(http.StatusNotFound, "not_found")
	coordinator.get("/commands/nonsense").refuses(http.StatusNotFound, "not_found")
}

func TestWithTheEngineAway(t *testing.T) {
	d := newDesk(t)
	id := d.submitted(referralOfBianchi())
	d.engine.stop(true)
	d.request(http.MethodGet, "/healthz", nil).wants(http.StatusOK)
	if a := d.request(http.MethodGet, "/readyz", nil).refuses(http.StatusServiceUnavailable, "unavailable"); a.fields()["temporal"] == "" || a.fields()["postgres"] != "" {
		t.Errorf("ready: %s", a.raw)
	}
	d.as("sender").post("/discharges", somebody("Verdi", "1944-04-04")).wants(http.StatusCreated)
	key := header{"Idempotency-Key", "uno"}
	a := d.as("coordinator").post("/discharges/"+id+"/take", nil, key).refuses(http.StatusServiceUnavailable, "unavailable")
	if a.header.Get("Retry-After") == "" || !strings.Contains(a.text("detail"), "potrebbe essere già registrat") {
		t.Errorf("503: %v %s", a.header, a.raw)
	}
	d.engine.stop(false)
	d.as("coordinator").post("/discharges/"+id+"/take", nil, key).wants(http.StatusOK)
	d.request(http.MethodGet, "/readyz", nil).wants(http.StatusOK)
}

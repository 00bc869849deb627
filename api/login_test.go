package api

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"dimissioni/internal/postgres"
)

func (d *desk) login(email, with string) answer {
	d.Helper()
	return d.request(http.MethodPost, "/login", obj{"email": email, "password": with})
}

func TestALoginGivesATokenThatExpires(t *testing.T) {
	d := newDesk(t)
	a := d.login("Coordinator@demo.test ", password).wants(http.StatusOK)
	token := a.text("token")
	if len(token) < 40 || a.text("user", "id") != postgres.DemoID("coordinator@demo.test") {
		t.Fatalf("answer: %s", a.raw)
	}
	auth := header{"Authorization", "Bearer " + token}
	me := d.request(http.MethodGet, "/me", nil, auth).wants(http.StatusOK)
	if me.text("organisation", "type") != "coordination" || len(me.at("roles").([]any)) != 2 {
		t.Errorf("me: %s", me.raw)
	}
	d.clock.pass(tokenLife + time.Second)
	d.request(http.MethodGet, "/me", nil, auth).refuses(http.StatusUnauthorized, "unauthenticated")

	d.clock.pass(-tokenLife)
	d.request(http.MethodPost, "/logout", nil, auth).wants(http.StatusNoContent)
	d.request(http.MethodGet, "/me", nil, auth).refuses(http.StatusUnauthorized, "unauthenticated")
	if strings.Contains(d.log.String(), token) {
		t.Error("the token is in the log")
	}
}

func TestAWrongLoginSaysTheSameWhateverWasWrong(t *testing.T) {
	d := newDesk(t)
	wrong := d.login("coordinator@demo.test", "sbagliata").refuses(http.StatusUnauthorized, "unauthenticated")
	unknown := d.login("nessuno@demo.test", "sbagliata").refuses(http.StatusUnauthorized, "unauthenticated")
	if string(wrong.raw) != string(unknown.raw) {
		t.Errorf("told apart:\n%s\n%s", wrong.raw, unknown.raw)
	}
	empty := d.login("", "").refuses(http.StatusUnauthorized, "unauthenticated")
	if string(wrong.raw) != string(empty.raw) {
		t.Errorf("told apart:\n%s\n%s", wrong.raw, empty.raw)
	}
	took := func(email string) time.Duration {
		start := time.Now()
		d.login(email, "sbagliata")
		return time.Since(start)
	}
	if known, nobody := took("sender@demo.test"), took("altro@demo.test"); nobody < known/4 || known < nobody/4 {
		t.Errorf("no account in %v, an account in %v: the time tells them apart", nobody, known)
	}
	d.request(http.MethodPost, "/login", obj{"email": "coordinator@demo.test"}).refuses(http.StatusUnprocessableEntity, "invalid")
	d.request(http.MethodPost, "/login", obj{"email": "a@b.it", "password": strings.Repeat("x", 201)}).
		refuses(http.StatusUnprocessableEntity, "invalid")
}

func TestGuessingSlowsDown(t *testing.T) {
	d := newDesk(t)
	for _, email := range []string{"igea@demo.test", "nessuno@demo.test"} {
		for range 5 {
			d.login(email, "sbagliata").refuses(http.StatusUnauthorized, "unauthenticated")
		}
		a := d.login(email, password).refuses(http.StatusTooManyRequests, "rate_limited")
		if a.header.Get("Retry-After") != "20" {
			t.Errorf("Retry-After %q", a.header.Get("Retry-After"))
		}
	}
	d.login("meraki@demo.test", password).wants(http.StatusOK) // the others are let in
	d.clock.pass(21 * time.Second)
	d.login("igea@demo.test", password).wants(http.StatusOK)
	d.login("igea@demo.test", "sbagliata").refuses(http.StatusUnauthorized, "unauthenticated")
	d.login("igea@demo.test", password).wants(http.StatusOK) // success forgets the failures
}

func TestWhoMustEnrolASecondFactorMayDoNothingElse(t *testing.T) {
	d := newDesk(t, postgres.Options{SecondFactor: true})
	a := d.login("coordinator@demo.test", password).wants(http.StatusOK)
	if a.text("second_factor") != "to_enrol" {
		t.Errorf("answer: %s", a.raw)
	}
	auth := header{"Authorization", "Bearer " + a.text("token")}
	d.request(http.MethodGet, "/discharges", nil, auth).refuses(http.StatusForbidden, "second_factor_required")
	d.request(http.MethodPost, "/discharges/search", obj{"text": "x"}, auth).refuses(http.StatusForbidden, "second_factor_required")
	d.request(http.MethodGet, "/me", nil, auth).wants(http.StatusOK)
	if a := d.login("igea@demo.test", password).wants(http.StatusOK); a.text("second_factor") != "none" {
		t.Errorf("answer: %s", a.raw)
	}
}

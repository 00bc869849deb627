package api

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"dimissioni/internal/postgres"
)

const newPassword = "quattro gatti sul tetto"

// signedIn is somebody who has come in through the door.
func (d *desk) signedIn(email, with string, more obj) header {
	d.Helper()
	body := obj{"email": email, "password": with}
	for k, v := range more {
		body[k] = v
	}
	return header{"Authorization", "Bearer " + d.request(http.MethodPost, "/login", body).wants(http.StatusOK).text("token")}
}

func TestOwnSessionsAreListedAndEnded(t *testing.T) {
	d := newDesk(t)
	first := d.signedIn("igea@demo.test", password, obj{"label": "Portatile dell'ufficio"})
	second := d.signedIn("igea@demo.test", password, nil)
	list := d.request(http.MethodGet, "/me/tokens", nil, first).wants(http.StatusOK)
	items := list.items()
	if len(items) != 2 || strings.Contains(string(list.raw), strings.TrimPrefix(first.value, "Bearer ")) {
		t.Fatalf("sessions: %s", list.raw)
	}
	labels := map[any]any{}
	for _, item := range items {
		labels[item["label"]] = item["current"]
		if item["current"] == false {
			d.as("meraki").send(http.MethodDelete, "/me/tokens/"+item["id"].(string), nil).refuses(http.StatusNotFound, "not_found")
			d.request(http.MethodDelete, "/me/tokens/"+item["id"].(string), nil, first).wants(http.StatusNoContent)
		}
	}
	if labels["Portatile dell'ufficio"] != true {
		t.Errorf("labels: %v", labels)
	}
	d.request(http.MethodGet, "/me", nil, second).refuses(http.StatusUnauthorized, "unauthenticated")
	d.request(http.MethodDelete, "/me/tokens", nil, first).wants(http.StatusNoContent)
	d.request(http.MethodGet, "/me", nil, first).refuses(http.StatusUnauthorized, "unauthenticated")
}

func TestAChangedPasswordEndsTheSessions(t *testing.T) {
	d := newDesk(t)
	auth := d.signedIn("igea@demo.test", password, nil)
	change := func(current, next string) answer {
		return d.request(http.MethodPost, "/me/password", obj{"current_password": current, "password": next}, auth)
	}
	for _, tc := range []struct{ current, next, field, code string }{
		{"sbagliata", newPassword, "current_password", "wrong"},
		{password, "corta", "password", "too_short"},
		{password, "igea@demo.test", "password", "same_as_email"},
		{password, "password1234", "password", "too_common"},
	} {
		if a := change(tc.current, tc.next).refuses(http.StatusUnprocessableEntity, "invalid"); a.fields()[tc.field] != tc.code {
			t.Errorf("%s: %s", tc.code, a.raw)
		}
	}
	change(password, newPassword).wants(http.StatusNoContent)
	d.request(http.MethodGet, "/me", nil, auth).refuses(http.StatusUnauthorized, "unauthenticated")
	d.login("igea@demo.test", password).refuses(http.StatusUnauthorized, "unauthenticated")
	d.login("igea@demo.test", newPassword).wants(http.StatusOK)
	d.noSecrets("the log", strings.ReplaceAll(d.log.String(), newPassword, password))
}

func TestASecondFactorIsEnrolledAndAskedFor(t *testing.T) {
	d := newDesk(t, postgres.Options{SecondFactor: true})
	auth := d.signedIn("admin@demo.test", password, nil)
	d.request(http.MethodGet, "/admin/users", nil, auth).refuses(http.StatusForbidden, "second_factor_required")
	d.request(http.MethodPost, "/me/totp", obj{"current_password": "no"}, auth).refuses(http.StatusUnprocessableEntity, "invalid")
	key := d.request(http.MethodPost, "/me/totp", obj{"current_password": password}, auth).wants(http.StatusOK)
	if u, err := url.Parse(key.text("otpauth_url")); err != nil || u.Scheme != "otpauth" || u.Query().Get("secret") != key.text("secret") {
		t.Errorf("key: %s", key.raw)
	}
	code := func() string {
		code, err := totp.GenerateCode(key.text("secret"), d.clock.Now())
		if err != nil {
			t.Fatal(err)
		}
		return code
	}
	a := d.request(http.MethodPost, "/me/totp/confirm", obj{"totp": code()}, auth).wants(http.StatusOK)
	recovery := a.at("recovery_codes").([]any)
	d.request(http.MethodGet, "/admin/users", nil, auth).wants(http.StatusOK) // at once, without coming in again

	wrong := d.login("admin@demo.test", "sbagliata").refuses(http.StatusUnauthorized, "unauthenticated")
	for _, more := range []obj{{}, {"totp": code()}, {"totp": "abc"}} { // none, spent, nonsense
		more["email"], more["password"] = "admin@demo.test", password
		if a := d.request(http.MethodPost, "/login", more).refuses(http.StatusUnauthorized, "unauthenticated"); string(a.raw) != string(wrong.raw) {
			t.Errorf("told apart: %s", a.raw)
		}
	}
	d.clock.pass(time.Minute)
	d.signedIn("admin@demo.test", password, obj{"totp": code()})
	d.signedIn("admin@demo.test", password, obj{"totp": recovery[0]})
}

func TestAForgottenPasswordIsSetByAMailedLinkOnce(t *testing.T) {
	d := newDesk(t)
	auth := d.signedIn("igea@demo.test", password, nil)
	for _, email := range []string{"igea@demo.test", "nessuno@demo.test", ""} {
		if a := d.request(http.MethodPost, "/password/forgotten", obj{"email": email}).wants(http.StatusAccepted); len(a.raw) != 0 {
			t.Errorf("answer: %s", a.raw)
		}
	}
	d.server.background.wait()
	if len(d.engine.posts) != 1 {
		t.Fatalf("%d letters, want 1", len(d.engine.posts))
	}
	letter, err := d.store.PasswordLetter(t.Context(), d.engine.posts[0], d.clock.Now())
	if err != nil || letter.Address != "igea@demo.test" || len(letter.Token) != 32 {
		t.Fatalf("letter: %v", err)
	}
	set := func(token, with string) answer {
		return d.request(http.MethodPost, "/password/reset", obj{"token": token, "password": with})
	}
	set("nessuno", newPassword).refuses(http.StatusNotFound, "not_found")
	set(letter.Token, "corta").refuses(http.StatusUnprocessableEntity, "invalid") // and the link is still good
	set(letter.Token, newPassword).wants(http.StatusNoContent)
	set(letter.Token, newPassword+"!").refuses(http.StatusNotFound, "not_found")
	d.request(http.MethodGet, "/me", nil, auth).refuses(http.StatusUnauthorized, "unauthenticated")
	d.login("igea@demo.test", newPassword).wants(http.StatusOK)
	d.noSecrets("the log", strings.ReplaceAll(d.log.String(), letter.Token, password))

	for range 5 {
		d.request(http.MethodPost, "/password/forgotten", obj{"email": "meraki@demo.test"}).wants(http.StatusAccepted)
		d.server.background.wait()
	}
	if n := len(d.engine.posts); n != 4 {
		t.Errorf("%d letters to one who asks five times in an hour, want 3", n-1)
	}
	late, err := d.store.PasswordLetter(t.Context(), d.engine.posts[3], d.clock.Now())
	if err != nil {
		t.Fatal(err)
	}
	d.clock.pass(time.Hour)
	set(late.Token, newPassword).refuses(http.StatusNotFound, "not_found")
	for range 20 {
		d.request(http.MethodPost, "/password/forgotten", obj{"email": "a@b.it"})
	}
	d.request(http.MethodPost, "/password/forgotten", obj{"email": "a@b.it"}).refuses(http.StatusTooManyRequests, "rate_limited")
}

func TestThePageOfAPasswordLink(t *testing.T) {
	d := newDesk(t)
	id, err := d.store.NewPasswordLink(t.Context(), "", postgres.DemoID("igea@demo.test"), postgres.PasswordReset, d.clock.Now())
	if err != nil {
		t.Fatal(err)
	}
	letter, err := d.store.PasswordLetter(t.Context(), id, d.clock.Now())
	if err != nil {
		t.Fatal(err)
	}
	b := &browser{desk: d, path: "/nuova-password/" + letter.Token}
	for range 2 { // a mail gateway looks first
		if page := b.look().wants(http.StatusOK); strings.Contains(page.shown(), "igea") || strings.Contains(page.shown(), "Ida") {
			t.Errorf("the page says whose it is: %s", page.shown())
		}
	}
	if page := b.fill("password", "corta").wants(http.StatusUnprocessableEntity); !strings.Contains(page.shown(), "almeno 12 caratteri") {
		t.Errorf("too short: %s", page.shown())
	}
	if a := b.fill("password", newPassword+" ").wants(http.StatusSeeOther); a.header.Get("Location") != "/answers/done/password" {
		t.Errorf("location %q", a.header.Get("Location"))
	}
	thanks := b.visit(http.MethodGet, "/answers/done/password", "").wants(http.StatusOK)
	if !strings.Contains(thanks.shown(), "Password salvata") {
		t.Errorf("thanks: %s", thanks.shown())
	}
	dead := b.look().wants(http.StatusNotFound)
	foreign := (&browser{desk: d, path: "/nuova-password/nessuno"}).look().wants(http.StatusNotFound)
	if string(dead.raw) != string(foreign.raw) {
		t.Error("a used link and one that never was are told apart")
	}
	d.login("igea@demo.test", newPassword).wants(http.StatusOK)
}

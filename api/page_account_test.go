package api

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"dimissioni/api/html/htmltest"
	"dimissioni/internal/postgres"
)

// codeOf is what a telephone with this secret shows now.
func (d *desk) codeOf(secret string) string {
	d.Helper()
	code, err := totp.GenerateCode(strings.ReplaceAll(secret, " ", ""), d.clock.Now())
	if err != nil {
		d.Fatal(err)
	}
	return code
}

func TestWhoMustEnrolASecondFactorIsLedThereAndBack(t *testing.T) {
	d := newDesk(t, postgres.Options{SecondFactor: true})
	b := d.nobody()
	b.post("/accedi", "email", "admin@demo.test", "password", password, "to", "/oggi?di=tutti").wants(http.StatusSeeOther)
	to := b.get("/oggi?di=tutti").wants(http.StatusSeeOther).header.Get("Location")
	if to != "/secondo-fattore?a=%2Foggi%3Fdi%3Dtutti" {
		t.Fatalf("led to %s", to)
	}
	if to := b.post("/casi", "nome", "bia").wants(http.StatusSeeOther).header.Get("Location"); to != "/secondo-fattore" {
		t.Errorf("an act is led to %s", to)
	}
	for _, own := range []string{"/profilo", "/password", "/sessioni", "/secondo-fattore"} {
		if n := len(b.page(own).All(".sections a")); n != 0 {
			t.Errorf("%s has %d sections that lead nowhere", own, n)
		}
	}
	way := htmltest.Attr(b.page(to).All("main input[name=to]")[0], "value")
	wrong := b.post("/secondo-fattore", "current_password", "segretissimo", "to", way).wants(http.StatusUnprocessableEntity)
	if !strings.Contains(wrong.shown(), "La password attuale non è corretta.") || strings.Contains(string(wrong.raw), "segretissimo") {
		t.Errorf("told %s", wrong.shown())
	}
	begun := htmltest.Read(t, b.post("/secondo-fattore", "current_password", password, "to", way).wants(http.StatusOK).raw)
	secret := htmltest.Text(begun.One(".secret"))
	if len(begun.All("img.qr")) != 1 {
		t.Error("no picture to read")
	}
	again := htmltest.Read(t, b.post("/secondo-fattore/conferma", "totp", "abc", "to", way).wants(http.StatusUnprocessableEntity).raw)
	if len(again.All(".secret")) != 0 || !strings.Contains(again.Text(), "Il codice non è corretto.") {
		t.Errorf("after a wrong code: %s", again.Text())
	}
	done := htmltest.Read(t, b.post("/secondo-fattore/conferma", "totp", d.codeOf(secret), "to", way).wants(http.StatusOK).raw)
	codes := readings(done, ".codes li")
	if len(codes) != 10 || htmltest.Attr(done.One("main .btn"), "href") != "/oggi?di=tutti" || len(done.All(".sections a")) == 0 {
		t.Errorf("%d codes, on to %q", len(codes), htmltest.Attr(done.One("main .btn"), "href"))
	}
	b.get("/oggi?di=tutti").wants(http.StatusOK)
	b.post("/secondo-fattore/conferma", "totp", d.codeOf(secret)).wants(http.StatusConflict) // the codes are shown once
	b.post("/esci").wants(http.StatusSeeOther)

	d.clock.pass(time.Minute)
	b.post("/accedi", "email", "admin@demo.test", "password", password).wants(http.StatusUnauthorized)
	b.post("/accedi", "email", "admin@demo.test", "password", password, "totp", d.codeOf(secret)).wants(http.StatusSeeOther)
	if got := b.page("/profilo").Text(); !strings.Contains(got, "Passare a un altro telefono") {
		t.Errorf("profile: %s", got)
	}
	// Another telephone asks for the code of the present one, or a recovery code.
	b.post("/secondo-fattore", "current_password", password).wants(http.StatusUnprocessableEntity)
	b.post("/secondo-fattore", "current_password", password, "totp", codes[0]).wants(http.StatusOK)
	d.noSecrets("the log", strings.ReplaceAll(d.log.String(), strings.ReplaceAll(secret, " ", ""), password))
}

// TestWhoMustEnrolCanLeave: the way out is open to everybody who is in.
func TestWhoMustEnrolCanLeave(t *testing.T) {
	d := newDesk(t, postgres.Options{SecondFactor: true})
	b := d.sits("coordinator")
	if to := b.post("/esci").wants(http.StatusSeeOther).header.Get("Location"); to != "/accedi" {
		t.Errorf("led to %s", to)
	}
	d.sits("sender").get("/oggi").wants(http.StatusOK) // not asked of other roles
}

func TestTheOwnPasswordIsChangedAndTheOtherSessionsEnd(t *testing.T) {
	d := newDesk(t)
	b, other := d.sits("igea"), d.sits("igea")
	for _, tc := range []struct{ current, next, field string }{
		{"sbagliata", newPassword, "#f-current_password-error"}, {password, "corta", "#f-password-error"},
	} {
		a := b.post("/password", "current_password", tc.current, "password", tc.next).wants(http.StatusUnprocessableEntity)
		if len(htmltest.Read(t, a.raw).All(tc.field)) != 1 || strings.Contains(string(a.raw), tc.next) {
			t.Errorf("%s is not said, or the password comes back: %s", tc.field, a.shown())
		}
	}
	before := b.cookie().Value
	to := b.post("/password", "current_password", password, "password", newPassword).wants(http.StatusSeeOther).header.Get("Location")
	if to != "/profilo" || b.cookie().Value == before {
		t.Errorf("led to %s, with the old session %t", to, b.cookie().Value == before)
	}
	if got := readings(b.page("/profilo"), ".flash"); len(got) != 1 || !strings.HasPrefix(got[0], "La password è cambiata.") {
		t.Errorf("said %q", got)
	}
	other.get("/profilo").wants(http.StatusSeeOther)
	d.nobody().post("/accedi", "email", "igea@demo.test", "password", password).wants(http.StatusUnauthorized)
	d.nobody().post("/accedi", "email", "igea@demo.test", "password", newPassword).wants(http.StatusSeeOther)
	d.noSecrets("the log", strings.ReplaceAll(d.log.String(), newPassword, password))
}

func TestAForgottenPasswordIsAskedForInThePage(t *testing.T) {
	d := newDesk(t)
	b := d.nobody()
	if href := htmltest.Attr(b.page("/accedi").One(".aside a"), "href"); href != "/password-dimenticata" {
		t.Fatalf("the way leads to %s", href)
	}
	for _, email := range []string{"igea@demo.test", "nessuno@demo.test"} {
		a := b.post("/password-dimenticata", "email", email).wants(http.StatusSeeOther)
		if to := a.header.Get("Location"); to != "/password-dimenticata/inviata" {
			t.Errorf("led to %s", to)
		}
	}
	b.post("/password-dimenticata").wants(http.StatusUnprocessableEntity)
	b.get("/password-dimenticata/inviata").wants(http.StatusOK)
	d.server.background.wait()
	if len(d.engine.posts) != 1 || b.cookie() != nil {
		t.Errorf("%d letters, want 1; a session: %v", len(d.engine.posts), b.cookie())
	}
	for range 10 {
		b.post("/password-dimenticata", "email", "a@b.it")
	}
	b.post("/password-dimenticata", "email", "a@b.it").wants(http.StatusTooManyRequests)
}

func TestTheProfileSaysWhoOneIsAndWhatComesInWithTheAccount(t *testing.T) {
	d := newDesk(t)
	auth := d.signedIn("casemanager@demo.test", password, obj{"label": "Gestionale di Igea"})
	b := d.sits("casemanager")
	page := b.page("/profilo")
	for _, want := range []string{"casemanager@demo.test", "Igea", "case manager, ", "non attivo"} {
		if !strings.Contains(page.Text(), want) {
			t.Errorf("%q is not said: %s", want, page.Text())
		}
	}
	if got := readings(page, "tbody th"); !slices.Equal(got, []string{"Gestionale di Igea"}) {
		t.Fatalf("programs %q", got)
	}
	revoke := htmltest.Attr(page.One("tbody form"), "action")
	d.sits("igea").post(revoke).wants(http.StatusNotFound)
	b.post(revoke).wants(http.StatusSeeOther)
	d.request(http.MethodGet, "/me", nil, auth).refuses(http.StatusUnauthorized, "unauthenticated")
	if got := b.page("/profilo"); len(got.All("tbody th")) != 0 || len(got.All(".flash")) != 1 {
		t.Errorf("after the revocation: %s", got.Text())
	}
}

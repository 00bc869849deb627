package api

import (
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"dimissioni/api/html/htmltest"
	"dimissioni/internal/postgres"
)

func TestWhoHasNotSignedInIsSentToSignInAndBack(t *testing.T) {
	d := newDesk(t)
	b := d.nobody()
	to := b.get("/sessioni").wants(http.StatusSeeOther).header.Get("Location")
	if to != "/accedi?a=%2Fsessioni" {
		t.Fatalf("sent to %s", to)
	}
	form := b.page(to)
	if got := htmltest.Attr(form.All("input[name=to]")[0], "value"); got != "/sessioni" {
		t.Errorf("the form would lead to %q", got)
	}
	if b.cookie() != nil {
		t.Error("a visitor has got a session")
	}
	signed := b.post("/accedi", "email", "Coordinator@demo.test ", "password", password, "to", "/sessioni").wants(http.StatusSeeOther)
	if signed.header.Get("Location") != "/sessioni" {
		t.Errorf("sent to %s", signed.header.Get("Location"))
	}
	c := b.cookie()
	if c == nil || !c.HttpOnly || c.SameSite != http.SameSiteLaxMode || c.Path != "/" || c.MaxAge != 0 || !c.Expires.IsZero() {
		t.Fatalf("cookie %+v", c)
	}
	page := b.page("/sessioni")
	if got := htmltest.Text(page.One(".reader p")); !strings.Contains(got, "coordinatore") {
		t.Errorf("the header says %q", got)
	}
	// Whoever has signed in needs not do it again.
	if to := b.get("/accedi?a=/aiuto").wants(http.StatusSeeOther).header.Get("Location"); to != "/aiuto" {
		t.Errorf("sent to %s", to)
	}
	b.post("/esci").wants(http.StatusSeeOther)
	b.get("/sessioni").wants(http.StatusSeeOther)
	b.cookies[c.Name] = c // kept by somebody
	b.get("/sessioni").wants(http.StatusSeeOther)
}

func TestWrongCredentialsComeBackWithoutThePassword(t *testing.T) {
	d := newDesk(t)
	b := d.nobody()
	for _, email := range []string{"coordinator@demo.test", "nessuno@demo.test"} {
		a := b.post("/accedi", "email", email, "password", "segretissimo", "to", "/casi").wants(http.StatusUnauthorized)
		page := htmltest.Read(t, a.raw)
		if got := readings(page, ".summary li"); !slices.Equal(got, []string{"E-mail, password o codice non corretti."}) {
			t.Errorf("told %q", got)
		}
		if htmltest.Attr(page.One("#f-email"), "value") != email || strings.Contains(string(a.raw), "segretissimo") {
			t.Error("the address is gone, or the password comes back")
		}
		if to := htmltest.Attr(page.All("input[name=to]")[0], "value"); to != "/casi" {
			t.Errorf("on to %q", to)
		}
	}
	if b.cookie() != nil {
		t.Error("a session without an account")
	}
}

// TestSigningInTakesANewToken: a cookie that was planted before opens nothing afterwards.
func TestSigningInTakesANewToken(t *testing.T) {
	d := newDesk(t)
	b := d.sits("sender")
	planted := *b.cookie()
	b.post("/accedi/prova", "email", "coordinator@demo.test").wants(http.StatusSeeOther)
	if b.cookie().Value == planted.Value {
		t.Error("the token has stayed")
	}
	thief := d.nobody()
	thief.cookies[planted.Name] = &planted
	thief.get("/sessioni").wants(http.StatusSeeOther)
	invented := d.nobody()
	invented.cookies[planted.Name] = &http.Cookie{Name: planted.Name, Value: "inventato"}
	invented.post("/accedi/prova", "email", "sender@demo.test").wants(http.StatusSeeOther)
	if invented.cookie().Value == "inventato" {
		t.Error("an invented token was taken")
	}
}

func TestNobodyIsLedElsewhere(t *testing.T) {
	d := newDesk(t)
	for _, to := range []string{
		"https://evil.test/", "//evil.test", `/\evil.test`, `\\evil.test`, "/\t/evil.test", "javascript:alert(1)", "evil.test",
		"", "/accedi", "/esci", "/api/v1/me", "/answers/x", "/%zz", "https:evil.test", "/" + strings.Repeat("x", 2000), "@evil.test",
	} {
		a := d.nobody().post("/accedi/prova", "email", "sender@demo.test", "to", to).wants(http.StatusSeeOther)
		if got := a.header.Get("Location"); got != "/" {
			t.Errorf("%.40q leads to %s", to, got)
		}
	}
	for _, to := range []string{"/casi?stato=active", "/oggi", "/casi/1#persona"} {
		if got := ownPath(to); got != to {
			t.Errorf("%q leads to %s", to, got)
		}
	}
}

func TestTheDemosRolesAreForTheDemo(t *testing.T) {
	d := newDesk(t)
	if n := len(d.nobody().page("/accedi").All(".roles button")); n != len(testDemo) {
		t.Errorf("%d roles to choose", n)
	}
	d.nobody().post("/accedi/prova", "email", "somebody@else.test").wants(http.StatusNotFound)
	d.server.demo, d.server.training = nil, false
	page := d.nobody().page("/accedi")
	if len(page.All(".roles")) != 0 || len(page.All(".practice")) != 0 {
		t.Error("the demo's roles are shown outside the demo")
	}
	b := d.nobody()
	b.post("/accedi/prova", "email", "coordinator@demo.test").wants(http.StatusNotFound)
	if b.cookie() != nil {
		t.Error("signed in without a password outside the demo")
	}
}

func TestOwnSessionsAreListedAndClosed(t *testing.T) {
	d := newDesk(t)
	here, phone, colleague := d.sits("coordinator"), d.nobody(), d.sits("sender")
	phone.agent = "Mozilla/5.0 (Linux; Android 15) Firefox/150.0"
	phone.post("/accedi/prova", "email", "coordinator@demo.test").wants(http.StatusSeeOther)
	page := here.page("/sessioni")
	rows := readings(page, "tbody th")
	slices.Sort(rows)
	if !slices.Equal(rows, []string{"Chrome su Linux questo", "Firefox su Android"}) {
		t.Fatalf("sessions %q", rows)
	}
	theirs, err := d.store.OpenSessions(t.Context(), postgres.DemoID("sender@demo.test"))
	if err != nil || len(theirs) != 1 {
		t.Fatalf("the colleague's sessions: %v, %v", theirs, err)
	}
	here.post("/sessioni/" + theirs[0].ID + "/chiudi").wants(http.StatusSeeOther)
	colleague.get("/sessioni").wants(http.StatusOK)

	for _, form := range page.All("tbody form") {
		here.post(htmltest.Attr(form, "action")).wants(http.StatusSeeOther)
	}
	phone.get("/sessioni").wants(http.StatusSeeOther)
	after := here.page("/sessioni")
	if got := readings(after, ".flash"); !slices.Equal(got, []string{"L'accesso è chiuso."}) {
		t.Errorf("said %q", got)
	}
	if got := readings(here.page("/sessioni"), ".flash"); len(got) != 0 {
		t.Errorf("said twice: %q", got)
	}
	other := d.sits("coordinator")
	here.post("/sessioni/chiudi-le-altre").wants(http.StatusSeeOther)
	other.get("/sessioni").wants(http.StatusSeeOther)
	here.get("/sessioni").wants(http.StatusOK)
}

// TestAClosedSessionStaysClosed: a request that was under way would otherwise write it again.
func TestAClosedSessionStaysClosed(t *testing.T) {
	d := newDesk(t)
	b := d.sits("sender")
	sessions, ctx := d.store.Sessions(), t.Context()
	token := "hashed"
	data := []byte(`{"deadline":"2030-01-01T00:00:00Z","values":{"id":"` + postgres.NewID() + `","user":"` + postgres.DemoID("sender@demo.test") + `"}}`)
	later := time.Now().Add(time.Hour)
	for range 2 { // kept, closed, and written by the request that was late
		if err := sessions.CommitCtx(ctx, token, data, later); err != nil {
			t.Fatal(err)
		}
		if err := sessions.DeleteCtx(ctx, token); err != nil {
			t.Fatal(err)
		}
		if _, found, err := sessions.FindCtx(ctx, token); found || err != nil {
			t.Errorf("a closed session is found: %v", err)
		}
	}
	sender, err := d.store.User(ctx, postgres.DemoID("sender@demo.test"))
	if err != nil {
		t.Fatal(err)
	}
	if err := d.store.SetPassword(ctx, sender.ID, sender, "quattro gatti sul tetto"); err != nil {
		t.Fatal(err)
	}
	b.get("/sessioni").wants(http.StatusSeeOther)
}

func TestASessionEndsWhenItIsNotUsedAndWithItsAccount(t *testing.T) {
	d := newDesk(t)
	d.server.sessions.IdleTimeout = time.Nanosecond // every answer leaves it too old for the next
	b := d.nobody()
	b.post("/accedi/prova", "email", "sender@demo.test").wants(http.StatusSeeOther)
	b.get("/sessioni").wants(http.StatusSeeOther)

	d.server.sessions.IdleTimeout, d.server.sessions.Lifetime = time.Hour, -time.Second
	b.post("/accedi/prova", "email", "sender@demo.test").wants(http.StatusSeeOther)
	b.get("/sessioni").wants(http.StatusSeeOther)

	d.server.sessions.Lifetime = time.Hour
	b = d.sits("dpo")
	b.get("/sessioni").wants(http.StatusOK)
	if err := d.store.Deactivate(t.Context(), postgres.DemoID("admin@demo.test"), postgres.DemoID("dpo@demo.test")); err != nil {
		t.Fatal(err)
	}
	b.get("/sessioni").wants(http.StatusSeeOther)
}

func TestTheAPITakesNoCookieAndTheDeskNoToken(t *testing.T) {
	d := newDesk(t)
	b := d.sits("coordinator")
	b.get(base + "/me").wants(http.StatusUnauthorized)
	d.nobody().get("/sessioni", header{"Authorization", "Bearer " + d.as("coordinator").token()}).wants(http.StatusSeeOther)
	if got := d.as("coordinator").get("/me").header; got.Get("Set-Cookie") != "" || strings.Contains(strings.Join(got.Values("Vary"), ","), "Cookie") {
		t.Errorf("the API knows of sessions: %v", got)
	}
}

func TestOnHTTPSTheCookieIsTheHostsAlone(t *testing.T) {
	d := newDesk(t)
	d.server.sessions = newSessions(d.store, true, d.server.log)
	d.handler = d.server.handler(nil)
	b := d.sits("sender")
	if names := slices.Collect(maps.Keys(b.cookies)); !slices.Equal(names, []string{"__Host-dimissioni"}) || !b.cookie().Secure {
		t.Errorf("cookies %v: %+v", names, b.cookie())
	}
}

func TestDevicesInWords(t *testing.T) {
	t.Parallel()
	for agent, want := range map[string]string{
		"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36 Edg/140.0": "Edge su Windows",
		"Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 Version/19.0 Mobile/15E148 Safari/604.1":       "Safari su iPhone",
		"<script>": "Un programma su un altro sistema",
	} {
		if got := deviceOf(agent); got != want {
			t.Errorf("%.30s: %q, want %q", agent, got, want)
		}
	}
}

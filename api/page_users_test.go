package api

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"dimissioni/api/html/htmltest"
	"dimissioni/internal/postgres"
)

// userPage is the address of a demo account's page.
func userPage(name string) string { return usersPath + "/" + postgres.DemoID(name+"@demo.test") }

func TestAdministrationIsThereForAdministratorsAlone(t *testing.T) {
	d := newDesk(t)
	for _, account := range testDemo {
		b := d.sits(account.Who)
		for path, there := range map[string]bool{
			usersPath: account.Who == "admin", "/amministrazione/nuovo-utente": account.Who == "admin",
			userPage("igea"): account.Who == "admin", userPage("igea") + "/disattiva": account.Who == "admin",
			auditPath: account.Who == "admin" || account.Who == "dpo",
		} {
			want := http.StatusNotFound
			if there {
				want = http.StatusOK
			}
			b.get(path).wants(want)
		}
		sections := readings(b.page("/oggi"), ".sections a")
		if slices.Contains(sections, "Utenti") != (account.Who == "admin") || slices.Contains(sections, "Registro") != slices.Contains([]string{"admin", "dpo"}, account.Who) {
			t.Errorf("%s has the sections %q", account.Who, sections)
		}
		if account.Who != "admin" {
			for _, path := range []string{usersPath, "/amministrazione/nuovo-utente", userPage("igea") + "/disattiva", userPage("igea") + "/nuova-password"} {
				b.post(path, "nome", "a").wants(http.StatusNotFound)
			}
		}
	}
	if u, err := d.store.User(t.Context(), postgres.DemoID("igea@demo.test")); err != nil || !u.Active || len(d.engine.posts) != 0 {
		t.Errorf("something was done: %+v, %d letters, %v", u, len(d.engine.posts), err)
	}
}

func TestAPersonIsInvited(t *testing.T) {
	d := newDesk(t)
	b := d.sits("admin")
	form := b.page("/amministrazione/nuovo-utente")
	key := htmltest.Attr(form.One("input[name=key]"), "value")
	send := func(change ...string) answer {
		t.Helper()
		fields := url.Values{
			"key": {key}, "nome": {"Nuova Assunta"}, "email": {"Nuova@demo.test"}, "telefono": {"0373 1"},
			"ente": {postgres.DemoID("igea")}, "ruolo": {"case_manager"}, "programma": {"dp-cremasco"},
		}
		for i := 0; i < len(change); i += 2 {
			fields.Set(change[i], change[i+1])
		}
		return b.ask(http.MethodPost, "/amministrazione/nuovo-utente", fields)
	}
	for _, wrong := range [][2]string{
		{"nome", ""},
		{"email", "senza chiocciola"},
		{"email", "igea@demo.test"},
		{"ente", ""},
		{"ente", postgres.NewID()},
		{"ruolo", ""},
		{"ruolo", "papa"},
		{"programma", ""},
		{"programma", "nessuno"},
		{"telefono", strings.Repeat("1", 41)},
	} {
		page := htmltest.Read(t, send(wrong[0], wrong[1]).wants(http.StatusUnprocessableEntity).raw)
		if got := page.All("#f-" + wrong[0] + "-error"); len(got) != 1 || strings.Contains(htmltest.Text(got[0]), "_") {
			t.Errorf("%v: told %s", wrong, page.Text())
		}
		if wrong[0] != "nome" && htmltest.Attr(page.One("#f-nome"), "value") != "Nuova Assunta" {
			t.Errorf("%v: what was written is gone", wrong)
		}
	}
	to := send().wants(http.StatusSeeOther).header.Get("Location")
	if again := send().wants(http.StatusSeeOther).header.Get("Location"); again != to || len(d.engine.posts) != 1 {
		t.Errorf("clicked twice: %s, %s, %d letters", to, again, len(d.engine.posts))
	}
	page := b.page(to)
	for _, want := range []string{"Nuova Assunta", "nuova@demo.test", "invitato", "case manager, ", "Invitare di nuovo", "tre giorni"} {
		if !strings.Contains(page.Text(), want) {
			t.Errorf("%q is not said: %s", want, page.Text())
		}
	}
	b.post(to + "/invita-di-nuovo").wants(http.StatusSeeOther)
	letter, err := d.store.PasswordLetter(t.Context(), d.engine.posts[1], d.clock.Now())
	if err != nil || letter.Reason != postgres.PasswordInvitation || letter.Address != "nuova@demo.test" {
		t.Errorf("letter %+v: %v", letter.Reason, err)
	}
}

func TestAccountsAreFoundByName(t *testing.T) {
	d := newDesk(t)
	b := d.sits("admin")
	if n := len(b.page(usersPath).All("tbody tr")); n < len(testDemo) {
		t.Errorf("%d accounts, of %d", n, len(testDemo))
	}
	found := htmltest.Read(t, b.post(usersPath, "nome", "DPO@").wants(http.StatusOK).raw)
	if got := readings(found, "tbody td[data-label=Indirizzo]"); !slices.Equal(got, []string{"dpo@demo.test"}) {
		t.Errorf("found %q", got)
	}
	none := htmltest.Read(t, b.post(usersPath, "nome", "nessuno con questo nome").wants(http.StatusOK).raw)
	if len(none.All("tbody tr")) != 0 || len(none.All(".empty")) != 1 {
		t.Errorf("found %s", none.Text())
	}
}

// acts are what the page of an account offers.
func (s *seat) acts(path string) []string {
	s.Helper()
	return readings(s.page(path), ".acts a")
}

func TestAnAccountIsClosedAndOpenedAgain(t *testing.T) {
	d := newDesk(t)
	b, person := d.sits("admin"), d.sits("sender")
	path := userPage("sender")
	ask := b.page(path + "/disattiva")
	if to := htmltest.Attr(ask.One("main form"), "action"); to != path+"/disattiva" {
		t.Fatalf("the form sends to %s", to)
	}
	person.get("/oggi").wants(http.StatusOK) // asking does nothing
	for range 2 {                            // a double click
		if to := b.post(path + "/disattiva").wants(http.StatusSeeOther).header.Get("Location"); to != path {
			t.Errorf("led to %s", to)
		}
	}
	person.get("/oggi").wants(http.StatusSeeOther)
	if got := b.acts(path); !slices.Equal(got, []string{"Riaprire l'account"}) {
		t.Errorf("of a closed account: %q", got)
	}
	if to := b.get(path + "/disattiva").wants(http.StatusSeeOther).header.Get("Location"); to != path {
		t.Errorf("what is done already leads to %s", to)
	}
	b.post(path + "/riattiva").wants(http.StatusSeeOther)
	d.sits("sender").get("/oggi").wants(http.StatusOK)
	b.get(path + "/inventato").wants(http.StatusNotFound)
	b.get(usersPath + "/nessuno").wants(http.StatusNotFound)
	last := b.post(userPage("admin") + "/disattiva").wants(http.StatusConflict)
	if !strings.Contains(last.shown(), "ultimo amministratore") {
		t.Errorf("the last administrator: %s", last.shown())
	}
}

func TestWhoFollowsOpenCasesIsNotClosed(t *testing.T) {
	d := newDesk(t)
	id := d.submitted(referralOfBianchi())
	d.as("coordinator").post("/discharges/"+id+"/take", nil).wants(http.StatusOK)
	a := d.sits("admin").post(userPage("coordinator") + "/disattiva").wants(http.StatusConflict)
	if !strings.Contains(a.shown(), "vanno prima affidati ad altri") {
		t.Errorf("told %s", a.shown())
	}
	d.sits("coordinator").get("/oggi").wants(http.StatusOK)
}

func TestAnAccountIsUnlockedAndItsFactorsReset(t *testing.T) {
	d := newDesk(t)
	b := d.sits("admin")
	path := userPage("igea")
	for range 30 { // until it is blocked
		d.nobody().post("/accedi", "email", "igea@demo.test", "password", "sbagliata")
		if slices.Contains(b.acts(path), "Sbloccare") {
			break
		}
	}
	b.post(path + "/sblocca").wants(http.StatusSeeOther)
	if slices.Contains(b.acts(path), "Sbloccare") {
		t.Error("still blocked")
	}
	own := d.sits("igea")
	begun := htmltest.Read(t, own.post("/secondo-fattore", "current_password", password).wants(http.StatusOK).raw)
	own.post("/secondo-fattore/conferma", "totp", d.codeOf(htmltest.Text(begun.One(".secret")))).wants(http.StatusOK)
	b.post(path + "/azzera-secondo-fattore").wants(http.StatusSeeOther)
	own.get("/profilo").wants(http.StatusSeeOther)
	if slices.Contains(b.acts(path), "Azzerare il secondo fattore") {
		t.Error("the second factor is still there")
	}
	own = d.sits("igea")
	b.post(path + "/nuova-password").wants(http.StatusSeeOther)
	own.get("/profilo").wants(http.StatusSeeOther)
	letter, err := d.store.PasswordLetter(t.Context(), d.engine.posts[0], d.clock.Now())
	if err != nil || letter.Reason != postgres.PasswordReset {
		t.Errorf("letter %v: %v", letter.Reason, err)
	}
}

func TestTheAuditIsReadByPages(t *testing.T) {
	d := newDesk(t)
	b := d.sits("dpo")
	for range auditShown {
		d.sits("sender")
	}
	admin := d.sits("admin")
	admin.post(userPage("sender") + "/disattiva").wants(http.StatusSeeOther)
	d.clock.pass(time.Minute)
	page := b.page(auditPath)
	rows := readings(page, "tbody tr")
	if len(rows) != auditShown || !strings.Contains(rows[0], "account chiuso") || strings.Contains(page.Text(), "_") {
		t.Fatalf("%d acts, the first %q", len(rows), rows[0])
	}
	older := htmltest.Attr(page.One(".pager a"), "href")
	next := b.page(older)
	if n := len(next.All("tbody tr")); n != 3 {
		t.Errorf("%d acts before those", n)
	}
	closed := readings(b.page(auditPath+"?azione=user_deactivated"), "tbody tr")
	if len(closed) != 1 {
		t.Errorf("filtered %q", closed)
	}
	b.page(auditPath + "?prima=x&azione=inventata")
}

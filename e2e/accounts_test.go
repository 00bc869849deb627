package e2e

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"syscall"
	"testing"

	"dimissioni/internal/standalone/client"
)

// TestAccounts follows an account that is guessed at, unlocked from the command line, and whose owner has forgotten the
// password: on the built programs, with a restart in between.
func TestAccounts(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	signIn := func(with string) error {
		_, err := client.SignIn(w.ctx(), w.address, "igea@demo.test", with)
		return err
	}
	refused := func(what string, err error, status string) {
		t.Helper()
		if err == nil || !strings.Contains(err.Error(), status) {
			t.Errorf("%s: %v, want %s", what, err, status)
		}
	}
	for range 5 {
		refused("a guess", signIn("sbagliata del tutto"), "401")
	}
	refused("after five guesses", signIn(password), "429")
	w.service.signal(syscall.SIGTERM)
	w.service.wait(t)
	w.serve()
	refused("after a restart", signIn(password), "429")
	w.run("user", "unlock", "--email", "igea@demo.test")
	before, err := client.SignIn(w.ctx(), w.address, "igea@demo.test", password)
	if err != nil {
		t.Fatalf("unlocked: %v", err)
	}

	anybody := client.Anonymous(w.address)
	for _, email := range []string{"igea@demo.test", "nessuno@demo.test"} {
		if _, err := anybody.Post(w.ctx(), "/password/forgotten", client.Object{"email": email}); err != nil {
			t.Fatal(err)
		}
	}
	link := ""
	w.eventually("the mail with the link comes", func() bool {
		for _, m := range w.mails("", "password_link") {
			link = regexp.MustCompile(`http://\S+/nuova-password/\S+`).FindString(m.Text)
		}
		return link != ""
	})
	const chosen = "cinque gatti sul tetto"
	form, err := http.NewRequestWithContext(w.ctx(), http.MethodPost, link, strings.NewReader(url.Values{"password": {chosen}}.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	form.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	answer, err := http.DefaultClient.Do(form)
	if err != nil {
		t.Fatal(err)
	}
	_ = answer.Body.Close()
	if answer.StatusCode != http.StatusOK || !strings.HasSuffix(answer.Request.URL.Path, "/done/password") {
		t.Errorf("the page answers %d at %s", answer.StatusCode, answer.Request.URL.Path)
	}
	if _, err := before.Get(w.ctx(), "/me"); err == nil {
		t.Error("a session of the old password lives on")
	}
	if err := signIn(chosen); err != nil {
		t.Errorf("with the chosen one: %v", err)
	}
	if n := len(w.mails("", "password_link")); n != 1 {
		t.Errorf("%d mails, want 1", n)
	}

	made := strings.TrimSpace(w.run("user", "reset-password", "--email", "igea@demo.test", "--generate"))
	if err := signIn(made); err != nil {
		t.Errorf("with the one made on the command line: %v", err)
	}
	if list := w.run("user", "list"); !strings.Contains(list, "igea@demo.test") || !strings.Contains(list, "partner_manager") {
		t.Errorf("user list:\n%s", list)
	}
	for what, args := range map[string][]string{
		"nessun utente": {"user", "unlock", "--email", "nessuno@demo.test"},
		"ultimo":        {"user", "deactivate", "--email", "admin@demo.test"},
		"non è ":        {"user", "add", "--email", "x", "--name", "X", "--role", "admin", "--organisation", "Igea", "--generate"},
	} {
		p := start(t, "dimissioni-race", w.environment, args...)
		if code := p.wait(t); code != 2 || !strings.Contains(p.output.String(), what) || strings.Count(p.output.String(), "\n") != 1 {
			t.Errorf("%v: exit code %d:\n%s", args, code, p.output)
		}
	}
}

// run runs a command of the service to its end and gives what it printed.
func (w *world) run(args ...string) string {
	w.t.Helper()
	p := start(w.t, "dimissioni-race", w.environment, args...)
	if code := p.wait(w.t); code != 0 {
		w.t.Fatalf("%v: exit code %d:\n%s", args, code, p.output)
	}
	return p.output.String()
}

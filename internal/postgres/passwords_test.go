package postgres

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"dimissioni/internal/calendar"
	"dimissioni/internal/discharge"
)

func TestThePasswordPolicy(t *testing.T) {
	t.Parallel()
	for password, want := range map[string]string{
		"tre gatti sul tetto": "", "àèìòùàèìòùàè": "", "12 tigri e 3 topi": "", "abcabcabcabd": "",
		"undici byte": "too_short", "àèìòùàèìòùà": "too_short", strings.Repeat("lungo", 41): "too_long",
		"anna.bianchi@comune.test": "same_as_email", " ANNA.BIANCHI@comune.test": "same_as_email", "Anna.Bianchi": "same_as_email",
		"Password1234": "too_common", "pass-word-1234": "too_common", "QwertyQwerty": "too_common", "aaaaaaaaaaaa": "too_common",
		"111 111 111 111": "too_common", "Amministratore!": "too_common", "            ": "too_short",
	} {
		err := CheckPassword("anna.bianchi@comune.test", password)
		got := ""
		var e *discharge.Error
		if errors.As(err, &e) {
			got = e.Fields[0].Code
		}
		if got != want {
			t.Errorf("%q: %q, want %q", password, got, want)
		}
	}
	for range 3 {
		if err := CheckPassword("a@b.it", NewPassword()); err != nil {
			t.Errorf("a password of ours: %v", err)
		}
	}
}

func TestANewPasswordEndsEverySession(t *testing.T) {
	d := newDesk(t)
	u := d.enrolled("igea")
	d.must(d.CreateToken(d.ctx, u.ID, "secret", "prova", d.now, d.now.Add(time.Hour)))
	before, err := d.UserByToken(d.ctx, "secret", d.now)
	d.must(err)
	in := SignIn{Password: "non questa", Address: "192.0.2.1", Now: d.now}
	if err := d.ChangePassword(d.ctx, before, in, "quattro gatti sul tetto"); refusal(t, err).Fields[0].Code != "wrong" {
		t.Errorf("without the present one: %v", err)
	}
	in.Password = right
	if err := d.ChangePassword(d.ctx, before, in, "corta"); refusal(t, err).Fields[0].Code != "too_short" {
		t.Errorf("too short: %v", err)
	}
	if _, err := d.UserByToken(d.ctx, "secret", d.now); err != nil {
		t.Fatalf("a refused change has ended the session: %v", err)
	}
	d.must(d.ChangePassword(d.ctx, before, in, "quattro gatti sul tetto"))
	if _, err := d.UserByToken(d.ctx, "secret", d.now); refusal(t, err).Kind != discharge.KindUnauthenticated {
		t.Errorf("the token outlives the password: %v", err)
	}
	if _, err := d.knock(u.Email, "quattro gatti sul tetto", "192.0.2.1"); err != nil {
		t.Errorf("with the new one: %v", err)
	}
}

func TestADemoPasswordThatChangesEndsTheSessions(t *testing.T) {
	d := newDesk(t)
	d.must(d.CreateToken(d.ctx, byManager.UserID, "secret", "prova", d.now, d.now.Add(time.Hour)))
	d.must(d.SeedDemo(d.ctx, "hash", calendar.DateOf(monday)))
	if _, err := d.UserByToken(d.ctx, "secret", d.now); err != nil {
		t.Errorf("a restart with the same password: %v", err)
	}
	d.must(d.SeedDemo(d.ctx, "other", calendar.DateOf(monday)))
	if _, err := d.UserByToken(d.ctx, "secret", d.now); refusal(t, err).Kind != discharge.KindUnauthenticated {
		t.Errorf("a token of the old password: %v", err)
	}
}

func TestTokensAreListedBoundedAndRevoked(t *testing.T) {
	d := newDesk(t)
	id := byManager.UserID
	d.must(d.CreateToken(d.ctx, id, "first", "Fire\nfox "+strings.Repeat("x", 200), d.now, d.now.Add(time.Hour)))
	if got, err := d.UserByToken(d.ctx, "first", d.now.Add(2*time.Minute)); err != nil || got.ID != id {
		t.Errorf("by token: %v", err)
	}
	if _, err := d.UserByToken(d.ctx, "first", d.now.Add(time.Hour)); refusal(t, err).Kind != discharge.KindUnauthenticated {
		t.Errorf("expired: %v", err)
	}
	d.must(d.CreateToken(d.ctx, bySender.UserID, "another's", "", d.now, d.now.Add(time.Hour)))
	for i := range maxTokens - 1 {
		d.must(d.CreateToken(d.ctx, id, fmt.Sprint("t", i), "prova", d.now.Add(time.Minute), d.now.Add(time.Hour)))
	}
	list, err := d.Tokens(d.ctx, id, "t3", d.now)
	d.must(err)
	current, oldest := 0, list[len(list)-1]
	for _, token := range list {
		if token.Current {
			current++
		}
	}
	if len(list) != maxTokens || current != 1 || strings.Contains(oldest.Label, "\n") || len(oldest.Label) != 120 {
		t.Errorf("%d tokens, %d current, the oldest %+v", len(list), current, oldest)
	}
	d.must(d.CreateToken(d.ctx, id, "one more", "", d.now.Add(2*time.Minute), d.now.Add(time.Hour)))
	if list, err = d.Tokens(d.ctx, id, "", d.now); err != nil || len(list) != maxTokens {
		t.Errorf("%d tokens, %v", len(list), err)
	}
	if err := d.RevokeOwnToken(d.ctx, bySender.UserID, list[0].ID); refusal(t, err).Kind != discharge.KindNotFound {
		t.Errorf("somebody else's: %v", err)
	}
	d.must(d.RevokeOwnToken(d.ctx, id, list[0].ID))
	d.must(d.RevokeToken(d.ctx, "t5"))
	for _, gone := range []string{"one more", "t5"} {
		if _, err := d.UserByToken(d.ctx, gone, d.now); refusal(t, err).Kind != discharge.KindUnauthenticated {
			t.Errorf("%s: %v", gone, err)
		}
	}
	d.must(d.SignOutEverywhere(d.ctx, id, id))
	if list, err = d.Tokens(d.ctx, id, "", d.now); err != nil || len(list) != 0 {
		t.Errorf("%d tokens, %v", len(list), err)
	}
	if _, err := d.UserByToken(d.ctx, "another's", d.now); err != nil {
		t.Errorf("another's: %v", err)
	}
}

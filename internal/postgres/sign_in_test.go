package postgres

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"dimissioni/internal/discharge"
)

// right is the password of whoever these tests let in.
const right = "tre gatti sul tetto"

// enrolled gives a demo account a password and says who that is.
func (d *desk) enrolled(name string) User {
	d.t.Helper()
	u, err := d.User(d.ctx, DemoID(name+"@demo.test"))
	d.must(err)
	d.must(d.SetPassword(d.ctx, "", u, right))
	return u
}

// again is another process on the same database.
func (d *desk) again() *Store {
	d.t.Helper()
	s, err := Open(d.ctx, d.pool.Config().ConnString(), Options{MaxConns: 2})
	d.must(err)
	d.t.Cleanup(s.Close)
	return s
}

// knock tries to come in.
func (d *desk) knock(email, password, address string) (User, error) {
	return d.Authenticate(d.ctx, SignIn{Email: email, Password: password, Address: address, Now: d.now})
}

func waits(t *testing.T, err error) time.Duration {
	t.Helper()
	var wait *WaitError
	if !errors.As(err, &wait) {
		return 0
	}
	if discharge.KindOf(err) != discharge.KindRateLimited {
		t.Errorf("must wait, but as %v", err)
	}
	return wait.After
}

func TestGuessingSlowsDownMoreAndMoreButNotForEver(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		kind     failureKind
		failures int
		want     time.Duration
	}{
		{failuresOfAccount, 1, 0},
		{failuresOfAccount, 4, 0},
		{failuresOfAccount, 5, 20 * time.Second},
		{failuresOfAccount, 6, 40 * time.Second},
		{failuresOfAccount, 10, 640 * time.Second},
		{failuresOfAccount, 11, 15 * time.Minute},
		{failuresOfAccount, 1_000_000, 15 * time.Minute},
		{failuresOfPair, 5, 20 * time.Second},
		{failuresOfAddress, 49, 0},
		{failuresOfAddress, 50, 5 * time.Second},
		{failuresOfAddress, 1000, 5 * time.Minute},
	} {
		if got := slownesses[tc.kind].after(tc.failures); got != tc.want {
			t.Errorf("after %d failures of one %s: %s, want %s", tc.failures, tc.kind, got, tc.want)
		}
	}
}

func TestAnIPv6SubscriberIsOneAddress(t *testing.T) {
	t.Parallel()
	for given, want := range map[string]string{
		"192.0.2.7": "192.0.2.7", "::ffff:192.0.2.7": "192.0.2.7", "2001:db8:1:2:3::4": "2001:db8:1:2::/64", "fe80::1%eth0": "fe80::/64",
		"": "",
	} {
		if got := network(given); got != want {
			t.Errorf("network of %q: %q, want %q", given, got, want)
		}
	}
}

func TestGuessesCountInAllProcessesTogetherAndAfterARestart(t *testing.T) {
	d := newDesk(t)
	d.enrolled("igea")
	other := d.again()
	for i := range 5 {
		store := []*Store{d.Store, other}[i%2]
		_, err := store.Authenticate(d.ctx, SignIn{Email: " Igea@demo.test", Password: "no", Address: "192.0.2.1", Now: d.now})
		if refusal(t, err).Kind != discharge.KindUnauthenticated {
			t.Fatalf("guess %d: %v", i+1, err)
		}
	}
	fresh := d.again() // a process that has just started
	for i, store := range []*Store{d.Store, other, fresh} {
		_, err := store.Authenticate(d.ctx, SignIn{Email: "igea@demo.test", Password: right, Address: "198.51.100.9", Now: d.now})
		if waits(t, err) != 20*time.Second {
			t.Errorf("process %d: %v", i+1, err)
		}
	}
	d.now = d.now.Add(21 * time.Second)
	if _, err := d.knock("igea@demo.test", right, "198.51.100.9"); err != nil {
		t.Errorf("after the wait: %v", err)
	}
	if n := d.number(`SELECT count(*) FROM login_failures WHERE kind = 'account'`); n != 0 {
		t.Error("coming in has not forgotten the failures")
	}
	if n := d.number(`SELECT count(*) FROM audit WHERE action = 'login_failed' AND user_id = $1`, DemoID("igea@demo.test")); n != 5 {
		t.Errorf("%d failures in the audit, want 5", n)
	}
}

func TestAnAccountThatDoesNotExistIsAnsweredAsOneThatDoes(t *testing.T) {
	d := newDesk(t)
	d.enrolled("igea")
	closed := d.enrolled("meraki")
	d.must(d.Deactivate(d.ctx, "", closed.ID))
	_, err := d.CreateUser(d.ctx, "", NewUser{Email: "invitata@demo.test", Name: "Invitata", OrganisationID: DemoID("igea")})
	d.must(err)
	answers := map[string]bool{}
	for _, email := range []string{"igea@demo.test", "nessuno@demo.test", "meraki@demo.test", "invitata@demo.test"} {
		said := ""
		for range 6 {
			_, err := d.knock(email, "sbagliata", "192.0.2.1")
			said += fmt.Sprint(refusal(t, err), waits(t, err)) + "\n"
		}
		answers[said] = true
	}
	if len(answers) != 1 {
		t.Errorf("told apart: %v", answers)
	}
	if n := d.number(`SELECT count(*) FROM login_failures WHERE kind = 'account'`); n != 4 {
		t.Errorf("%d accounts counted, want 4", n)
	}
}

func TestAStrangerCannotShutOutWhoHasComeInFromHereBefore(t *testing.T) {
	d := newDesk(t)
	u := d.enrolled("igea")
	const home, away = "192.0.2.1", "203.0.113.5"
	if _, err := d.knock(u.Email, right, home); err != nil {
		t.Fatal(err)
	}
	for range 5 {
		if _, err := d.knock(u.Email, "no", away); err == nil {
			t.Fatal("let in")
		}
	}
	if _, err := d.knock(u.Email, right, away); waits(t, err) == 0 {
		t.Errorf("the stranger's address: %v", err)
	}
	d.exec(`UPDATE login_failures SET blocked_until = $1 WHERE kind = 'address'`, d.now.Add(time.Hour)) // and neighbours misbehave
	if _, err := d.knock(u.Email, right, home); err != nil {
		t.Errorf("from home: %v", err)
	}
	if _, err := d.knock(u.Email, right, away); waits(t, err) == 0 {
		t.Error("coming in from home has let the stranger go on")
	}
	for range 5 {
		if _, err := d.knock(u.Email, "no", home); err == nil {
			t.Fatal("let in")
		}
	}
	if _, err := d.knock(u.Email, right, home); waits(t, err) != 20*time.Second {
		t.Errorf("guessing from home: %v", err)
	}
	d.must(d.Unlock(d.ctx, DemoID("admin@demo.test"), u.ID))
	for _, address := range []string{home, "198.51.100.1"} {
		if _, err := d.knock(u.Email, right, address); err != nil {
			t.Errorf("unlocked, from %s: %v", address, err)
		}
	}
}

func TestManyGuessesAtOnceAreNoWayAround(t *testing.T) {
	d := newDesk(t)
	u := d.enrolled("igea")
	answers := make(chan error, 30)
	for range cap(answers) {
		go func() { _, err := d.knock(u.Email, "no", "192.0.2.1"); answers <- err }()
	}
	compared := 0
	for range cap(answers) {
		if waits(t, <-answers) == 0 {
			compared++
		}
	}
	if most := 5 + cap(d.hashing); compared < 5 || compared > most {
		t.Errorf("%d of 30 guesses were compared, want 5 to %d", compared, most)
	}
}

package postgres

import (
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"dimissioni/internal/discharge"
)

// secondFactor enrols an account and gives its secret and the recovery codes.
func (d *desk) secondFactor(u User) (secret string, codes []string) {
	d.t.Helper()
	in := SignIn{Password: right, Address: "192.0.2.1", Now: d.now}
	key, err := d.BeginSecondFactor(d.ctx, u, in)
	d.must(err)
	in.Code = d.codeOf(key.Secret, 0)
	codes, err = d.ConfirmSecondFactor(d.ctx, u, in)
	d.must(err)
	return key.Secret, codes
}

// codeOf is what an authenticator shows some steps from now.
func (d *desk) codeOf(secret string, steps int) string {
	d.t.Helper()
	code, err := totp.GenerateCode(secret, d.now.Add(time.Duration(steps)*codeStep))
	d.must(err)
	return code
}

func (d *desk) knockWith(u User, code string) error {
	_, err := d.Authenticate(d.ctx, SignIn{Email: u.Email, Password: right, Code: code, Address: "192.0.2.1", Now: d.now})
	return err
}

func TestASecondFactorIsAskedForOnceItIsConfirmed(t *testing.T) {
	d := newLinkDesk(t)
	u := d.enrolled("igea")
	if _, err := d.BeginSecondFactor(d.ctx, u, SignIn{Address: "192.0.2.1", Now: d.now}); refusal(t, err).Fields[0].Field != "current_password" {
		t.Errorf("without the password: %v", err)
	}
	in := SignIn{Password: right, Address: "192.0.2.1", Now: d.now}
	if _, err := d.ConfirmSecondFactor(d.ctx, u, in); refusal(t, err).Kind != discharge.KindNotAllowed {
		t.Errorf("confirmed before it was begun: %v", err)
	}
	key, err := d.BeginSecondFactor(d.ctx, u, in)
	d.must(err)
	d.must(d.knockWith(u, "")) // pending: not asked for
	in.Code = "000000"
	if in.Code == d.codeOf(key.Secret, 0) {
		in.Code = "111111"
	}
	if _, err := d.ConfirmSecondFactor(d.ctx, u, in); refusal(t, err).Fields[0].Field != "totp" {
		t.Errorf("confirmed with a wrong code: %v", err)
	}
	in.Code = d.codeOf(key.Secret, 0)
	codes, err := d.ConfirmSecondFactor(d.ctx, u, in)
	d.must(err)
	if len(codes) != recoveryCodes {
		t.Errorf("%d recovery codes", len(codes))
	}
	wrong := d.knockWith(u, in.Code) // the code of the enrolment is spent
	d.now = d.now.Add(time.Minute)
	for what, code := range map[string]string{"none": "", "of long ago": d.codeOf(key.Secret, -4), "of the future": d.codeOf(key.Secret, 4)} {
		if err := d.knockWith(u, code); err == nil || err.Error() != wrong.Error() {
			t.Errorf("code %s: %v", what, err)
		}
	}
	d.must(d.Unlock(d.ctx, "", u.ID))
	d.must(d.knockWith(u, d.codeOf(key.Secret, -1)))
	d.must(d.knockWith(u, d.codeOf(key.Secret, 1)[:3]+" "+d.codeOf(key.Secret, 1)[3:]))
	for _, steps := range []int{-1, 0, 1} {
		if err := d.knockWith(u, d.codeOf(key.Secret, steps)); refusal(t, err).Kind != discharge.KindUnauthenticated {
			t.Errorf("a code was used again, or one before it: %v", err)
		}
	}
	_, err = d.Authenticate(d.ctx, SignIn{Email: u.Email, Password: "no", Code: d.codeOf(key.Secret, 0), Address: "192.0.2.1", Now: d.now})
	if err == nil || err.Error() != wrong.Error() {
		t.Errorf("wrong password and wrong code are told apart: %v, %v", err, wrong)
	}
	if n := d.number(`SELECT count(*) FROM second_factors WHERE position($1::bytea IN secret) > 0`, []byte(key.Secret)); n != 0 {
		t.Error("the secret is stored as it is")
	}
}

func TestARecoveryCodeComesInOnce(t *testing.T) {
	d := newLinkDesk(t)
	u := d.enrolled("igea")
	_, codes := d.secondFactor(u)
	d.must(d.knockWith(u, codes[3]))
	if err := d.knockWith(u, codes[3]); refusal(t, err).Kind != discharge.KindUnauthenticated {
		t.Errorf("twice: %v", err)
	}
	d.linkKeys = testLinkKeys("lost") // the key has left the ring, and the authenticator's codes with it
	d.exec(`UPDATE second_factors SET key_id = 'lost'`)
	d.must(d.knockWith(u, codes[4]))
}

func TestASecondFactorIsSealedAgainUnderANewKey(t *testing.T) {
	d := newLinkDesk(t)
	u := d.enrolled("igea")
	secret, _ := d.secondFactor(u)
	d.linkKeys = testLinkKeys("k2")
	d.now = d.now.Add(time.Minute)
	d.must(d.knockWith(u, d.codeOf(secret, 0)))
	if n := d.number(`SELECT count(*) FROM second_factors WHERE key_id = 'k2'`); n != 1 {
		t.Error("it is still under the old key")
	}
	d.now = d.now.Add(time.Minute)
	d.must(d.knockWith(u, d.codeOf(secret, 0)))
}

func TestCoordinatorsAndAdministratorsMustEnrol(t *testing.T) {
	d := newLinkDesk(t)
	for name, want := range map[string]bool{"coordinator": true, "admin": true, "igea": false, "sender": false} {
		u, err := d.User(d.ctx, DemoID(name+"@demo.test"))
		d.must(err)
		if u.MustEnrol {
			t.Errorf("%s must enrol where it is not asked for", name)
		}
		d.Store.secondFactor = true
		if u, err = d.User(d.ctx, u.ID); err != nil || u.MustEnrol != want {
			t.Errorf("%s must enrol: %v, want %v; %v", name, u.MustEnrol, want, err)
		}
		d.Store.secondFactor = false
	}
	u := d.enrolled("coordinator")
	d.Store.secondFactor = true
	d.secondFactor(u)
	d.must(d.CreateToken(d.ctx, u.ID, "secret", "", d.now, d.now.Add(time.Hour)))
	if got, err := d.UserByToken(d.ctx, "secret", d.now); err != nil || got.MustEnrol || !got.SecondFactor {
		t.Errorf("enrolled: %+v, %v", got, err)
	}
	d.must(d.ResetSecondFactor(d.ctx, DemoID("admin@demo.test"), u.ID))
	if _, err := d.UserByToken(d.ctx, "secret", d.now); refusal(t, err).Kind != discharge.KindUnauthenticated {
		t.Errorf("a session of before the reset: %v", err)
	}
	got, err := d.Authenticate(d.ctx, SignIn{Email: u.Email, Password: right, Address: "192.0.2.1", Now: d.now})
	if err != nil || !got.MustEnrol {
		t.Errorf("after the reset: %+v, %v", got, err)
	}
}

func TestANewSecondFactorNeedsACodeOfTheOneInForce(t *testing.T) {
	d := newLinkDesk(t)
	u := d.enrolled("igea")
	secret, _ := d.secondFactor(u)
	d.now = d.now.Add(time.Minute)
	in := SignIn{Password: right, Address: "192.0.2.1", Now: d.now}
	if _, err := d.BeginSecondFactor(d.ctx, u, in); refusal(t, err).Fields[0].Field != "totp" {
		t.Errorf("without a code: %v", err)
	}
	in.Code = d.codeOf(secret, 0)
	next, err := d.BeginSecondFactor(d.ctx, u, in)
	d.must(err)
	in.Code = d.codeOf(next.Secret, 0)
	_, err = d.ConfirmSecondFactor(d.ctx, u, in)
	d.must(err)
	d.now = d.now.Add(time.Minute)
	if err := d.knockWith(u, d.codeOf(secret, 0)); err == nil {
		t.Error("the old one still opens")
	}
	d.must(d.knockWith(u, d.codeOf(next.Secret, 0)))
}

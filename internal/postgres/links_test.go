package postgres

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"dimissioni/internal/calendar"
	"dimissioni/internal/discharge"
	"dimissioni/internal/referral"
)

// testLinkKeys derive from the key's id alone; a key called "lost" has left the ring.
func testLinkKeys(current string) LinkKeys {
	return LinkKeys{Current: current, Derive: func(keyID, purpose string) ([]byte, error) {
		if keyID == "lost" {
			return nil, errors.New("key is not in the ring")
		}
		sum := sha256.Sum256([]byte(keyID + purpose))
		return sum[:], nil
	}}
}

// newLinkDesk is a desk whose mails have links.
func newLinkDesk(t *testing.T) *desk {
	d := newDesk(t)
	d.linkKeys = testLinkKeys("k1")
	return d
}

// proposed brings a case to Igea's answer; of a person of the test's choice, or of the first.
func (d *desk) proposed(of ...referral.Referral) string {
	d.t.Helper()
	id := d.submit(append(of, person(1))[0])
	d.do(id, byCoordinator, discharge.Screen, admit(discharge.LevelModerate))
	d.do(id, byCoordinator, discharge.Propose, discharge.Facts{PartnerID: DemoID("igea")})
	return id
}

// signing brings a case to the signatures of its plan.
func (d *desk) signing(of ...referral.Referral) string {
	d.t.Helper()
	id := d.proposed(of...)
	d.do(id, byIgea, discharge.Accept, discharge.Facts{})
	d.do(id, byIgea, discharge.AppointCaseManager, discharge.Facts{UserID: byManager.UserID})
	d.do(id, byManager, discharge.SubmitPlan, discharge.Facts{
		Days: 21, StartPlannedOn: calendar.DateOf(d.now), CaregiverPart: true,
		Interventions: []discharge.Intervention{{Figure: "oss", TimesPerWeek: 3, Minutes: 60}},
	})
	return id
}

// link is the newest link of a moment to a role.
func (d *desk) link(caseID string, moment discharge.Moment, role string) Link {
	d.t.Helper()
	list, err := d.Links(d.ctx, caseID)
	d.must(err)
	for _, l := range list {
		if l.Subject.Moment == moment && l.Role == role {
			return l
		}
	}
	d.t.Fatalf("no link of %s to %s among %d", moment, role, len(list))
	return Link{}
}

func (d *desk) state(l Link) LinkState {
	d.t.Helper()
	return l.State(d.fold(l.CaseID), d.now, d.now)
}

func TestALinkIsMadeWithItsMessageAndNeverStored(t *testing.T) {
	d := newLinkDesk(t)
	id := d.proposed()
	l := d.link(id, discharge.MomentProposal, "partner_manager")
	if l.UserID != byIgea.UserID || l.Subject.Partner != byIgea.OrgID || l.KeyID != "k1" || d.state(l) != LinkOpen {
		t.Errorf("link %+v", l)
	}
	token, last, err := d.OpenLink(d.ctx, l.NotificationID, d.now)
	d.must(err)
	again, _, err := d.OpenLink(d.ctx, l.NotificationID, d.now.Add(time.Hour))
	d.must(err)
	if token != again || !regexp.MustCompile(`^[a-z2-7]{32}$`).MatchString(token) {
		t.Errorf("tokens %q and %q, want the same 32 characters", token, again)
	}
	if want := calendar.DateOf(d.now).AddDays(3); last != want {
		t.Errorf("good until %s, want %s", last, want)
	}
	found, err := d.LinkByToken(d.ctx, token)
	d.must(err)
	if found.ID != l.ID || found.LastDay() != last {
		t.Errorf("found %+v", found)
	}
	for _, table := range []string{"links", "notifications", "commands", "events", "audit"} {
		if n := d.number(`SELECT count(*) FROM ` + table + ` WHERE ` + table + `::text LIKE '%` + token + `%'`); n != 0 {
			t.Errorf("the token is stored in %s", table)
		}
	}
	if _, err := d.LinkByToken(d.ctx, strings.Repeat("a", 32)); refusal(t, err).Kind != discharge.KindNotFound {
		t.Errorf("a token of nobody: %v", err)
	}
}

func TestTheDaysOfALinkCountFromItsMail(t *testing.T) {
	d := newLinkDesk(t)
	id := d.proposed()
	l := d.link(id, discharge.MomentProposal, "partner_manager")
	late := d.now.Add(5 * 24 * time.Hour) // the mail server was away
	if _, last, err := d.OpenLink(d.ctx, l.NotificationID, late); err != nil || last != calendar.DateOf(late).AddDays(3) {
		t.Errorf("good until %s, %v", last, err)
	}
	if _, last, err := d.OpenLink(d.ctx, l.NotificationID, d.now); err != nil || last != calendar.DateOf(late).AddDays(3) {
		t.Errorf("a repetition takes days away: %s, %v", last, err)
	}
}

func TestKeysChangeAndLinksLive(t *testing.T) {
	d := newLinkDesk(t)
	id := d.proposed()
	l := d.link(id, discharge.MomentProposal, "partner_manager")
	before, _, err := d.OpenLink(d.ctx, l.NotificationID, d.now)
	d.must(err)
	d.linkKeys = testLinkKeys("k2")
	after, _, err := d.OpenLink(d.ctx, l.NotificationID, d.now)
	d.must(err)
	if before != after {
		t.Error("a new key changed the token of an old link")
	}
	d.exec(`UPDATE links SET key_id = 'lost'`)
	if token, _, err := d.OpenLink(d.ctx, l.NotificationID, d.now); token != "" || err != nil {
		t.Errorf("without its key: %q, %v; the mail goes without a link", token, err)
	}
	if _, err := d.LinkByToken(d.ctx, before); err != nil {
		t.Errorf("the link of a key that has left: %v", err)
	}
}

func TestTheStatesOfALink(t *testing.T) {
	d := newLinkDesk(t)
	id := d.signing()
	c := d.fold(id)
	open := d.link(id, discharge.MomentSignatureRequested, "patient")
	used, revoked := d.now, d.now
	for name, tc := range map[string]struct {
		change func(*Link)
		now    time.Time
		want   LinkState
	}{
		"fresh":               {func(*Link) {}, d.now, LinkOpen},
		"four wrong codes":    {func(l *Link) { l.CodeAttempts = 4 }, d.now, LinkOpen},
		"five wrong codes":    {func(l *Link) { l.CodeAttempts = 5 }, d.now, LinkLocked},
		"its last second":     {func(*Link) {}, open.ExpiresAt.Add(-time.Second), LinkOpen},
		"a second later":      {func(*Link) {}, open.ExpiresAt, LinkExpired},
		"the holder has left": {func(l *Link) { l.HolderGone = true }, d.now, LinkMoot},
		"another plan":        {func(l *Link) { l.Subject.Version++ }, d.now, LinkMoot},
		"used":                {func(l *Link) { l.UsedAt = &used }, d.now, LinkUsed},
		"used and expired":    {func(l *Link) { l.UsedAt = &used }, open.ExpiresAt, LinkUsed},
		"revoked":             {func(l *Link) { l.RevokedAt, l.UsedAt = &revoked, &used }, d.now, LinkRevoked},
	} {
		l := open
		tc.change(&l)
		if got := l.State(c, tc.now, d.now); got != tc.want {
			t.Errorf("%s: %s, want %s", name, got, tc.want)
		}
	}
	d.exec(`UPDATE users SET active = false WHERE id = $1`, byIgea.UserID)
	if l := d.link(id, discharge.MomentProposal, "partner_manager"); !l.HolderGone {
		t.Error("an account that is closed still holds its link")
	}
}

func TestACodeOpensOnceAndForAWhile(t *testing.T) {
	d := newLinkDesk(t)
	l := d.link(d.signing(), discharge.MomentSignatureRequested, "patient")
	code, until, err := d.LinkCode(l, d.now)
	d.must(err)
	if len(code) != 6 || until.Sub(d.now) < 10*time.Minute || until.Sub(d.now) > 15*time.Minute {
		t.Fatalf("code %q until %s", code, until)
	}
	if fits, err := d.linkKeys.codeFits(l, code, until.Add(-time.Second)); !fits || err != nil {
		t.Errorf("in its last second: %v, %v", fits, err)
	}
	if fits, err := d.linkKeys.codeFits(l, code, until); fits || err != nil {
		t.Errorf("afterwards: %v, %v", fits, err)
	}
	next, fits, err := d.TryCode(d.ctx, l, code, d.now)
	d.must(err)
	if !fits || next.CodeRound != 1 {
		t.Fatalf("the right code: %v, round %d", fits, next.CodeRound)
	}
	if _, fits, err := d.TryCode(d.ctx, next, code, d.now); fits || err != nil {
		t.Errorf("the same code again: %v, %v", fits, err)
	}
	proof, err := d.LinkProof(next, d.now.Add(time.Hour))
	d.must(err)
	other := d.link(l.CaseID, discharge.MomentSignatureRequested, "caregiver")
	for name, tc := range map[string]struct {
		l     Link
		proof string
		at    time.Time
		want  bool
	}{
		"its own":               {next, proof, d.now, true},
		"over":                  {next, proof, d.now.Add(time.Hour), false},
		"before another code":   {l, proof, d.now, false},
		"another link's":        {other, proof, d.now, false},
		"of a later hour":       {next, fmt.Sprint(d.now.Add(2*time.Hour).Unix()) + proof[10:], d.now, false},
		"nothing":               {next, "", d.now, false},
		"not a number":          {next, "x.y", d.now, false},
		"something after a dot": {next, proof + "0", d.now, false},
	} {
		if got := d.LinkProven(tc.l, tc.proof, tc.at); got != tc.want {
			t.Errorf("proof %s: %v", name, got)
		}
	}
}

// TestFiveWrongCodesLock: whatever comes at once, no more than five are judged.
func TestFiveWrongCodesLock(t *testing.T) {
	d := newLinkDesk(t)
	l := d.link(d.signing(), discharge.MomentSignatureRequested, "patient")
	right, _, err := d.LinkCode(l, d.now)
	d.must(err)
	wrong := "000000"
	if right == wrong {
		wrong = "111111"
	}
	for range 4 {
		if _, fits, err := d.TryCode(d.ctx, l, wrong, d.now); fits || err != nil {
			t.Fatalf("a wrong code: %v, %v", fits, err)
		}
	}
	if _, fits, err := d.TryCode(d.ctx, l, right, d.now); !fits || err != nil {
		t.Fatalf("the right one at the fifth try: %v, %v", fits, err)
	}
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() {
			if _, fits, err := d.TryCode(d.ctx, l, wrong, d.now); fits || err != nil {
				t.Errorf("a wrong code: %v, %v", fits, err)
			}
		})
	}
	wg.Wait()
	l = d.link(l.CaseID, discharge.MomentSignatureRequested, "patient")
	if d.state(l) != LinkLocked || l.TriesLeft() != 0 {
		t.Errorf("after five wrong codes: %s, %d left", d.state(l), l.TriesLeft())
	}
	right, _, err = d.LinkCode(l, d.now)
	d.must(err)
	if _, fits, err := d.TryCode(d.ctx, l, right, d.now); fits || err != nil {
		t.Errorf("the right code on a locked link: %v, %v", fits, err)
	}
}

package activities_test

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"dimissioni/internal/calendar"
	"dimissioni/internal/discharge"
	"dimissioni/internal/engine"
	"dimissioni/internal/postgres"
	"dimissioni/internal/standalone/mailcatcher"
)

// give decides a command and records it, as the workflow does.
func (d *desk) give(caseID string, kind discharge.CommandKind, facts discharge.Facts) {
	d.t.Helper()
	loaded, err := run[engine.Loaded](d, d.Load, engine.LoadRequest{CaseID: caseID})
	d.must(err)
	c := discharge.Case{ID: caseID}
	for _, e := range loaded.Events {
		c = c.Apply(e)
	}
	cmd := discharge.Command{ID: postgres.NewID(), Kind: kind, Actor: coordinator, Facts: facts}
	decision, err := discharge.Decide(c, cmd, now)
	d.must(err)
	_, err = run[engine.Recorded](d, d.Record, engine.RecordRequest{
		CaseID: caseID, After: c.Version, Now: now, Command: cmd, Decision: decision,
	})
	d.must(err)
}

// mail is the caught message of a moment.
func (d *desk) mail(moment discharge.Moment) mailcatcher.Message {
	d.t.Helper()
	messages, err := d.mails.Messages()
	d.must(err)
	for _, m := range messages {
		if m.Moment == string(moment) {
			return m
		}
	}
	d.t.Fatalf("no mail of %s", moment)
	return mailcatcher.Message{}
}

var answerLink = regexp.MustCompile(`https://demo\.test/answers/([a-z2-7]{32})\b`)

func TestAProposalGoesOutWithItsLink(t *testing.T) {
	d := newDesk(t)
	id := d.submit()
	d.give(id, discharge.Screen, discharge.Facts{Outcome: "admit", Level: discharge.LevelModerate})
	d.give(id, discharge.Propose, discharge.Facts{PartnerID: postgres.DemoID("igea")})
	_, err := run[engine.Delivered](d, d.Deliver, engine.DeliverRequest{CaseID: id, Version: 3, Now: now})
	d.must(err)
	text := d.mail(discharge.MomentProposal).Text
	link := answerLink.FindStringSubmatch(text)
	if link == nil || strings.Contains(text, "/casi/") {
		t.Fatalf("the proposal lacks its link:\n%s", text)
	}
	found, err := d.Store.LinkByToken(t.Context(), link[1])
	d.must(err)
	if found.CaseID != id || !strings.Contains(text, found.LastDay().Italian()) {
		t.Errorf("the mail does not say until when, %s:\n%s", found.LastDay().Italian(), text)
	}
	if least := calendar.DateOf(time.Now()).AddDays(3); found.LastDay().Before(least) {
		t.Errorf("good until %s, want %s at least", found.LastDay(), least)
	}
	if other := d.mail(discharge.MomentReferralReceived).Text; answerLink.MatchString(other) || !strings.Contains(other, "/casi/"+id) {
		t.Errorf("who has an account has another link:\n%s", other)
	}
}

package discharge

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"dimissioni/internal/calendar"
)

// TestWhateverHappens gives a case random commands of random people, sensible and not, and lets time pass at random;
// after each step everything that must always hold is held against it.
func TestWhateverHappens(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		t := &dice{T: r}
		first := monday.AddDays(between(t, "first day", 0, 700))
		p := &path{TB: t, c: Case{ID: "case"}, now: first.At(between(t, "hour", 0, 23), 0)}
		p.send(anyProgramme(t), func(f *Facts) { f.Marked = between(t, "urgent", 0, 1) == 1 })
		pick(t, "begin", []func(){func() {}, func() { p.planning() }, func() { p.ready() }, func() { p.active() }})()
		p.walkOn(t)
		p.replays()
		p.hasAWayOut()
	})
}

// anyProgramme is one of the two, or the first where suspensions stop the clock.
func anyProgramme(t *dice) func(*Facts) {
	return pick(t, "programme", []func(*Facts){
		func(*Facts) {},
		func(f *Facts) { f.Rules.SuspensionStopsClock = true },
		homeServices,
	})
}

// walkOn is the random path. Most often it goes where a case should go, so that it gets somewhere.
func (p *path) walkOn(t *dice) {
	for range between(t, "steps", 5, 50) {
		p.poor = between(t, "money", 0, 9) == 0
		switch between(t, "what", 0, 9) {
		case 0, 1:
			p.passes(p.now.Add(time.Duration(between(t, "hours", 1, 24*15)) * time.Hour))
		case 2, 3, 4, 5:
			p.tries(p.sensible(pick(t, "command", ahead(p.c))))
		default:
			p.tries(anyCommand(t, p))
		}
		p.passes(p.now) // the workflow ticks after every command
	}
}

// ahead is the commands that lead a case on.
func ahead(c Case) []CommandKind {
	switch c.State {
	case StateSubmitted, StateWaitlisted:
		return []CommandKind{Screen}
	case StateMatching:
		return []CommandKind{Propose}
	case StateProposed:
		return []CommandKind{Accept, Decline}
	case StatePlanning:
		return []CommandKind{AppointCaseManager, SubmitPlan, ConfirmStart}
	case StateSigning:
		return []CommandKind{Sign, ConfirmStart}
	case StateReady:
		return []CommandKind{ConfirmStart, MoveStart}
	case StateActive:
		if c.Proposal != nil {
			return []CommandKind{Accept, Decline}
		}
		return []CommandKind{
			RecordMeeting, Renew, Suspend, SubmitPlan, Sign, ReturnCase, Reassign, AppointCaseManager, MoveStart,
			RecordHomeVisit, LogVisit, Correct,
		}
	case StateSuspended:
		return []CommandKind{Resume}
	default:
		return []CommandKind{Reopen, CompleteOutcome, UpdateDetails}
	}
}

// sensible is a command that could be meant here and now.
func (p *path) sensible(kind CommandKind) Command {
	cmd := wellFormed(kind, p.c)
	if missing := p.c.MissingSigners(); kind == Sign && len(missing) > 0 {
		cmd.Facts.Signer = missing[0]
	}
	switch kind {
	case Screen:
		cmd.Facts.Outcome = []string{"admit", "admit", "waitlist"}[p.c.Version%3]
	case Reassign:
		cmd.Facts.PartnerID = map[string]string{"igea": "meraki", "meraki": "igea"}[p.c.PartnerID]
	case AppointCaseManager:
		cmd.Facts.UserID = []string{"anna", "bruno", "carla"}[p.c.Version%3]
	case SubmitPlan:
		cmd.Facts.MonitoringOn = []calendar.Date{p.today().AddDays(5)}
	case MoveStart:
		cmd.Facts.StartPlannedOn = p.today().AddDays(2)
	case UpdateDischarge:
		cmd.Facts.ExpectedOn = p.today().AddDays(3)
	case ReadmissionNotice:
		cmd.Actor = []Actor{ward, otherWard, desk}[p.now.Day()%3]
	case ConveneMeeting:
		cmd.Facts.At = p.today().AddDays(3).At(15, 0)
	case Correct:
		cmd.Facts.Date = p.today().AddDays(-p.c.Version % 5)
		if p.c.Exit != nil && p.c.Version%2 == 0 {
			cmd.Facts.EventSeq = p.c.Exit.Seq
		}
	default:
	}
	if proposal := p.c.Proposal; proposal != nil && (kind == Accept || kind == Decline) {
		cmd.Actor.OrgID = proposal.PartnerID
	}
	return cmd
}

// tries gives a command. Whatever comes of it: the same again if asked again, nothing that was there has changed, and
// a refusal is in Italian.
func (p *path) tries(cmd Command) {
	p.Helper()
	before := asText(p, p.c)
	first, err := Decide(p.c, cmd, p.now)
	second, again := Decide(p.c, cmd, p.now)
	if diff := cmp.Diff(first, second); diff != "" || KindOf(err) != KindOf(again) {
		p.Fatalf("%s is decided now so and now otherwise:\n%s", cmd.Kind, diff)
	}
	held := p.c
	events, err := p.try(cmd)
	if asText(p, held) != before {
		p.Fatalf("%s has changed a case that it was given", cmd.Kind)
	}
	var refusal *Error
	if err != nil && (!errors.As(err, &refusal) || !strings.Contains(refusal.Message, " ") || !strings.HasSuffix(refusal.Message, ".")) {
		p.Fatalf("%s: a refusal is a sentence: %v", cmd.Kind, err)
	}
	if err != nil && len(first.Events) == 0 && len(events) > 0 {
		p.Fatalf("%s: refused and done", cmd.Kind)
	}
	p.holds(held, events)
	p.couldHaveBeen(held)
}

// couldHaveBeen: whatever else could have happened to the case as it was leaves what did happen as it is. Two futures
// of one case share no memory that either of them writes to.
func (p *path) couldHaveBeen(held Case) {
	p.Helper()
	is, now := asText(p, p.c), p.now
	p.now = now.Add(24 * time.Hour) // so that it would say something else
	for _, kind := range append(Commands(), LogVisit) {
		held.follow(p.sensible(kind), p.now)
	}
	p.now = now
	for days := range 4 {
		held.follow(Command{Kind: Tick, Actor: theClock}, p.now.Add(time.Duration(days)*24*time.Hour))
	}
	if asText(p, p.c) != is {
		p.Fatalf("what could have happened has changed what did")
	}
}

// passes lets time pass as the workflow does, tick by tick.
func (p *path) passes(end time.Time) {
	p.Helper()
	for {
		for range 5 { // the workflow's rounds
			held := p.c
			events := p.do(theClock, Tick, Facts{})
			p.holds(held, events)
			if len(events) == 0 {
				break
			}
			p.couldHaveBeen(held)
		}
		if d, _ := Decide(p.c, Command{Kind: Tick, Actor: theClock}, p.now); len(d.Events) > 0 {
			p.Fatalf("five ticks are not enough: %v", d.Events[0].Kind)
		}
		p.atRest()
		next := p.c.NextInstant(p.now)
		if next.IsZero() || next.After(end) {
			p.now = end
			return
		}
		if !next.After(p.now) {
			p.Fatalf("the next instant %s is not after now", next)
		}
		p.now = next
		if d, _ := Decide(p.c, Command{Kind: Tick, Actor: theClock}, p.now); len(d.Events) == 0 {
			p.Fatalf("nothing is to be done at %s", next)
		}
	}
}

// holds is what must hold of every batch of events.
func (p *path) holds(before Case, events []Event) {
	p.Helper()
	c := p.c
	var reserved, released int64
	for _, e := range p.events {
		if m := e.Facts.Money; m != nil && m.Entry == EntryRelease {
			reserved, released = reserved-m.AmountCents, released+m.AmountCents
		} else if m != nil {
			reserved += m.AmountCents
			if m.Level == "" {
				released -= m.AmountCents // taken back by a reopening or a correction
			}
		}
		if reserved < 0 {
			p.Fatalf("the ledger is negative after %s", e.Kind)
		}
	}
	if c.ReservedCents != reserved || c.ReleasedCents != released || released < 0 {
		p.Fatalf("the case has %d reserved and %d released, its events %d and %d", c.ReservedCents, c.ReleasedCents, reserved, released)
	}
	if c.PlanInForce != 0 && c.PlanInForce == c.PlanPending || max(c.PlanInForce, c.PlanPending) > len(c.Plans) {
		p.Fatalf("plan %d in force, %d pending, of %d", c.PlanInForce, c.PlanPending, len(c.Plans))
	}
	if c.StartOn.IsZero() != c.State.BeforeStart() && !c.State.Final() {
		p.Fatalf("%s with start %q", c.State, c.StartOn)
	}
	if (c.Exit != nil) != c.State.Final() || c.State.HasPartner() != (c.PartnerID != "" && !c.State.Final()) {
		p.Fatalf("%s with exit %v and partner %q", c.State, c.Exit, c.PartnerID)
	}
	for _, n := range p.notices {
		p.mayGo(before, n, events)
	}
}

// mayGo is what must hold of every notice.
func (p *path) mayGo(before Case, n Notice, events []Event) {
	p.Helper()
	reminder := strings.HasPrefix(string(n.Moment), "reminder:")
	if before.State.Final() && reminder && n.Moment != ReminderOf(ClockOutcome) {
		p.Fatalf("%s after the end", n.Moment)
	}
	if reminder && (!p.c.Rules.Calendar.Open(n.At) || n.At.Before(p.today().At(9, 0))) {
		p.Fatalf("%s at %s", n.Moment, n.At)
	}
	urgent := p.c.UrgentAt(p.now) || before.UrgentAt(p.now) || n.Moment == MomentReadmission
	if !p.c.Rules.Calendar.Open(n.At) && !urgent {
		p.Fatalf("%s at %s, out of hours", n.Moment, n.At)
	}
	if len(n.To) == 0 || n.Round == 0 || n.At.Before(p.now) {
		p.Fatalf("a notice for nobody, of nothing or of the past: %+v", n)
	}
	for i, r := range n.To {
		if slices.Contains(n.To[:i], r) {
			p.Fatalf("%s goes twice to %v", n.Moment, r)
		}
		if r.family() && p.c.Died() {
			p.Fatalf("%s goes to the family of somebody who died, after %s", n.Moment, events[0].Kind)
		}
		if p.c.unshared(r) {
			p.Fatalf("%s goes to %s without the person's will", n.Moment, r.Kind)
		}
	}
}

// atRest is what must hold once the ticks have run.
func (p *path) atRest() {
	p.Helper()
	c, today := p.c, p.today()
	if limit := c.CapOn(); c.State.InCare() && !limit.IsZero() && today.After(limit) {
		p.Fatalf("%s on %s, past the cap of %s", c.State, today, limit)
	}
	if c.Rules.Cap && !c.Rules.SuspensionStopsClock && c.State.InCare() && today.DaysSince(c.StartOn) > 42 {
		p.Fatalf("%s on day %d", c.State, today.DaysSince(c.StartOn))
	}
	if c.Rules.Cap && !c.StartOn.IsZero() && c.Exit != nil && c.Exit.On.DaysSince(c.StartOn)-c.SuspendedDays(c.Exit.On) > 42 {
		p.Fatalf("more than 42 days of care")
	}
	open := c.State.Final()
	for _, d := range c.Deadlines(p.now) {
		open = open || d.Open()
		if d.Why == "" || d.DueOn.IsZero() {
			p.Fatalf("%s without a day or a reason", d.Kind)
		}
		if d.Status == ClockMissed && d.Open() && !c.fired(d, calendar.Date{}) {
			p.Fatalf("%s was missed and nobody noticed", d.Kind)
		}
	}
	if !open && (c.Rules.Cap || c.State.BeforeStart()) { // without a cap, care once looked after has no clock left
		p.Fatalf("%s has no clock", c.State)
	}
	if !c.State.Final() && c.State.Owner() == "" {
		p.Fatalf("%s has no owner", c.State)
	}
	for _, f := range c.Flags(p.now) {
		if f.Italian() == "" {
			p.Fatalf("flag %s has no word", f)
		}
	}
}

// replays: the events alone make the same case, also when they and the case have been stored and read again.
func (p *path) replays() {
	p.Helper()
	live, stored := Case{ID: p.c.ID}, Case{ID: p.c.ID}
	for _, e := range p.events {
		live = live.Apply(e)
		var read Event
		if err := json.Unmarshal([]byte(asText(p, e)), &read); err != nil {
			p.Fatalf("read event: %v", err)
		}
		stored = stored.Apply(read)
	}
	var snapshot Case
	if err := json.Unmarshal([]byte(asText(p, p.c)), &snapshot); err != nil {
		p.Fatalf("read snapshot: %v", err)
	}
	for what, other := range map[string]Case{"replayed": live, "stored events": stored, "snapshot": snapshot} {
		if diff := cmp.Diff(p.c, other, cmpopts.EquateEmpty()); diff != "" {
			p.Fatalf("%s: another case:\n%s", what, diff)
		}
	}
}

// hasAWayOut: from wherever the case is, the coordinator can bring it to an end.
func (p *path) hasAWayOut() {
	p.Helper()
	p.poor = true // money that comes back needs none
	for _, cmd := range []Command{
		{Kind: EndBeforeStart, Actor: desk, Facts: Facts{ReasonCode: "no_partner"}},
		{Kind: Close, Actor: desk, Facts: Facts{Outcome: "completed"}},
	} {
		if !p.c.State.Final() {
			_, _ = p.try(cmd)
		}
	}
	if !p.c.State.Final() {
		p.Fatalf("no way out of %s", p.c.State)
	}
	p.passes(p.now.Add(100 * 24 * time.Hour))
}

func asText(t rapid.TB, v any) string {
	t.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatalf("write %T: %v", v, err)
	}
	return string(text)
}

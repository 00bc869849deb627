package discharge

import (
	"errors"
	"slices"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"dimissioni/internal/calendar"
)

// The people of these tests.
var (
	ward       = Actor{UserID: "nurse", OrgID: "medicine", Role: RoleSender}
	otherWard  = Actor{UserID: "other nurse", OrgID: "surgery", Role: RoleSender}
	contact    = Actor{UserID: "contact", OrgID: "hospital", Role: RoleHospitalContact}
	desk       = Actor{UserID: "coordinator", OrgID: "lead", Role: RoleCoordinator}
	igea       = Actor{UserID: "manager of igea", OrgID: "igea", Role: RolePartnerManager}
	meraki     = Actor{UserID: "manager of meraki", OrgID: "meraki", Role: RolePartnerManager}
	anna       = Actor{UserID: "anna", OrgID: "igea", Role: RoleCaseManager}
	bruno      = Actor{UserID: "bruno", OrgID: "igea", Role: RoleCaseManager}
	carla      = Actor{UserID: "carla", OrgID: "meraki", Role: RoleCaseManager}
	oss        = Actor{UserID: "oss", OrgID: "igea", Role: RoleOperator}
	townHall   = Actor{UserID: "social worker", OrgID: "crema", Role: RoleMunicipality}
	theClock   = Actor{Role: RoleSystem}
	everyActor = []Actor{ward, otherWard, contact, desk, igea, meraki, anna, bruno, carla, oss, townHall, theClock}
)

// amounts are the demo's care budgets, in cents.
var amounts = map[Level]int64{LevelLight: 120000, LevelModerate: 200000, LevelHigh: 300000}

// path is one case on its way, with the clock and the storage that the rules do not have.
type path struct {
	rapid.TB // *testing.T, or *rapid.T for properties
	c        Case
	now      time.Time
	events   []Event
	notices  []Notice
	poor     bool // the line cannot bear another cent
}

// monday is the day on which every path begins, at 10:00: 2 March 2026.
var monday = calendar.NewDate(2026, 3, 2)

func newPath(t rapid.TB) *path { return &path{TB: t, c: Case{ID: "case"}, now: monday.At(10, 0)} }

// referred is a path whose referral is sent: discharge expected in a week, the person informed, shared with everybody.
func referred(t rapid.TB, changes ...func(*Facts)) *path {
	t.Helper()
	p := newPath(t)
	p.send(changes...)
	return p
}

func (p *path) send(changes ...func(*Facts)) {
	p.Helper()
	rules := DefaultRules()
	f := Facts{
		Rules: &rules, Code: "DP-2026-00001", HospitalID: "hospital", WardID: ward.OrgID, Informed: true,
		ShareWith: []string{"gp", "municipality", "territorial"}, ExpectedOn: p.today().AddDays(7),
	}
	for _, change := range changes {
		change(&f)
	}
	by := ward
	if f.Rules.ScreenedBy == RoleMunicipality {
		by = townHall
	}
	p.do(by, Submit, f)
}

// Where a path can be taken to. Each step says what the people do there.

func (p *path) admitted() *path {
	p.do(desk, Screen, Facts{Outcome: "admit", Level: LevelModerate})
	return p
}

func (p *path) proposed() *path {
	p.admitted().do(desk, Propose, Facts{PartnerID: igea.OrgID})
	return p
}

func (p *path) planning() *path {
	p.proposed().do(igea, Accept, Facts{})
	p.do(igea, AppointCaseManager, Facts{UserID: anna.UserID})
	return p
}

// plan is a plan of three hours a week for three weeks.
func plan(changes ...func(*Facts)) Facts {
	f := Facts{Days: 21, Level: LevelModerate, Interventions: []Intervention{{Figure: "oss", TimesPerWeek: 3, Minutes: 60}}}
	for _, change := range changes {
		change(&f)
	}
	return f
}

func (p *path) signing() *path {
	p.planning().do(anna, SubmitPlan, plan())
	return p
}

// sign gathers every signature that is missing.
func (p *path) sign() {
	p.Helper()
	for _, signer := range p.c.MissingSigners() {
		p.do(desk, Sign, Facts{Signer: signer, Method: "in_person"})
	}
}

func (p *path) ready() *path {
	p.signing().sign()
	return p
}

// active is care that has started today, with everything in order.
func (p *path) active() *path {
	p.ready().do(anna, ConfirmStart, Facts{})
	return p
}

func (p *path) suspended() *path {
	p.active().do(anna, Suspend, Facts{ReasonCode: "hospital"})
	return p
}

func (p *path) capped() *path {
	p.active().until(p.c.CapOn().End())
	return p
}

// inState is a path in a state, all on the first Monday but for what the cap closes.
func inState(t rapid.TB, s State) *path {
	t.Helper()
	if s == "" {
		return newPath(t)
	}
	p := referred(t)
	switch s {
	case StateWaitlisted:
		p.do(desk, Screen, Facts{Outcome: "waitlist", Level: LevelModerate})
	case StateMatching:
		p.admitted()
	case StateProposed:
		p.proposed()
	case StatePlanning:
		p.planning()
	case StateSigning:
		p.signing()
	case StateReady:
		p.ready()
	case StateActive:
		p.active()
	case StateSuspended:
		p.suspended()
	case StateClosed:
		p.active().do(desk, Close, Facts{Outcome: "completed", WhatFollows: []string{"sad"}})
	case StateNotStarted:
		p.do(ward, EndBeforeStart, Facts{ReasonCode: "person_refused"})
	case StateRejected:
		p.do(desk, Screen, Facts{Outcome: "reject", ReasonCode: "episode"})
	case StateCancelled:
		p.do(desk, Cancel, Facts{HasReason: true})
	default: // submitted
	}
	if p.c.State != s {
		t.Fatalf("the path leads to %s, not to %s", p.c.State, s)
	}
	return p
}

// do gives a command and records what comes of it; a refusal fails the test. It returns the events and keeps the
// notices of this command alone in p.notices.
func (p *path) do(by Actor, kind CommandKind, f Facts) []Event {
	p.Helper()
	return p.give(Command{Kind: kind, Actor: by, Facts: f})
}

func (p *path) give(cmd Command) []Event {
	p.Helper()
	events, err := p.try(cmd)
	if err != nil {
		p.Fatalf("%s: %s by %s in %s: %v", p.now.In(calendar.Rome).Format(time.DateTime), cmd.Kind, cmd.Actor.Role, p.c.State, err)
	}
	return events
}

// try gives a command and, unless it is refused, records what comes of it as Record does.
func (p *path) try(cmd Command) ([]Event, error) {
	d, err := Decide(p.c, cmd, p.now)
	if err != nil {
		return nil, err
	}
	events, need := p.fill(d.Events)
	if need > 0 && p.poor {
		if events, _ = p.fill(d.Alternative); d.NoMoney != nil {
			err = d.NoMoney
		}
	}
	p.notices = Notices(p.c, events)
	for _, e := range events {
		p.c = p.c.Apply(e)
	}
	p.events = append(p.events, events...)
	return events, err
}

// fill stamps events and completes their amounts.
func (p *path) fill(events []Event) (filled []Event, need int64) {
	c := p.c
	for i, e := range events {
		e.Seq = p.c.Version + i + 1
		if e.Facts.Money != nil {
			m := *e.Facts.Money
			if m.Level != "" && m.Entry == EntryReserve {
				m.AmountCents = amounts[m.Level]
			}
			if m.Level != "" && m.Entry == EntryAdjust {
				m.AmountCents = amounts[m.Level] - c.ReservedCents
			}
			if m.Entry != EntryRelease {
				need += m.AmountCents
			}
			e.Facts.Money = &m
		}
		c = c.Apply(e)
		filled = append(filled, e)
	}
	return filled, need
}

// refusal is what a refusal said: in words, and which field.
type refusal struct{ message, field, code string }

// refused gives a command that must be refused with a kind, in Italian, and change nothing.
func (p *path) refused(kind ErrorKind, by Actor, command CommandKind, f Facts) refusal {
	p.Helper()
	return p.refusedCommand(kind, Command{Kind: command, Actor: by, Facts: f})
}

func (p *path) refusedCommand(kind ErrorKind, cmd Command) refusal {
	p.Helper()
	before := p.c
	_, err := p.try(cmd)
	if KindOf(err) != kind {
		p.Fatalf("%s by %s in %s: got %v, want %s", cmd.Kind, cmd.Actor.Role, before.State, err, kind)
	}
	var why *Error
	if !errors.As(err, &why) || why.Message == "" {
		p.Fatalf("%s: a refusal without a message: %v", cmd.Kind, err)
	}
	p.same(before)
	said := refusal{message: why.Message}
	if len(why.Fields) > 0 {
		said.field, said.code = why.Fields[0].Field, why.Fields[0].Code
	}
	return said
}

// same fails unless the case is as it was.
func (p *path) same(before Case) {
	p.Helper()
	if diff := cmp.Diff(before, p.c, cmpopts.EquateEmpty()); diff != "" {
		p.Fatalf("the case has changed:\n%s", diff)
	}
}

func (p *path) today() calendar.Date { return calendar.DateOf(p.now) }

// until lets time pass, tick by tick as the workflow does, and collects all notices on the way.
func (p *path) until(end time.Time) []Notice {
	p.Helper()
	notices := p.tick()
	for {
		next := p.c.NextInstant(p.now)
		if next.IsZero() || next.After(end) {
			break
		}
		p.now = next
		told := p.tick()
		if len(told) == 0 && p.c.NextInstant(p.now).Equal(next) {
			p.Fatalf("NextInstant stands still at %s", next)
		}
		notices = append(notices, told...)
	}
	p.now = end
	notices = append(notices, p.tick()...)
	p.notices = notices
	return notices
}

// onDay lets time pass until 10:00 of a day of care; negative days are before the start.
func (p *path) onDay(n int) []Notice {
	p.Helper()
	return p.until(p.c.StartOn.AddDays(n).At(10, 0))
}

// tick does what is due now.
func (p *path) tick() []Notice {
	p.Helper()
	var notices []Notice
	for rounds := 0; ; rounds++ {
		if rounds > 5 {
			p.Fatal("a tick never comes to rest")
		}
		if len(p.do(theClock, Tick, Facts{})) == 0 {
			return notices
		}
		notices = append(notices, p.notices...)
	}
}

// clock is the only deadline of a kind; it fails the test when there is none.
func (p *path) clock(kind ClockKind) Deadline {
	p.Helper()
	for _, d := range p.c.Deadlines(p.now) {
		if d.Kind == kind {
			if d.Why == "" {
				p.Errorf("%s does not say why", kind)
			}
			return d
		}
	}
	p.Fatalf("no clock %s in %s", kind, p.c.State)
	return Deadline{}
}

// clocks is every deadline of a kind.
func (p *path) clocks(kind ClockKind) []Deadline {
	return slices.DeleteFunc(p.c.Deadlines(p.now), func(d Deadline) bool { return d.Kind != kind })
}

func (p *path) has(f Flag) bool { return slices.Contains(p.c.Flags(p.now), f) }

// inDigest reports whether the digest speaks of a clock.
func (p *path) inDigest(kind ClockKind) bool {
	return slices.ContainsFunc(p.c.DigestItems(p.now), func(i DigestItem) bool { return i.Clock == kind })
}

// told is the recipients of a moment among the notices of the last command.
func (p *path) told(m Moment) []Recipient {
	var to []Recipient
	for _, n := range p.notices {
		if n.Moment == m {
			to = append(to, n.To...)
		}
	}
	return to
}

// wantTold fails unless a moment goes to exactly these.
func (p *path) wantTold(m Moment, to ...Recipient) {
	p.Helper()
	less := func(a, b Recipient) bool { return a.Kind+RecipientKind(a.ID) < b.Kind+RecipientKind(b.ID) }
	if diff := cmp.Diff(to, p.told(m), cmpopts.EquateEmpty(), cmpopts.SortSlices(less)); diff != "" {
		p.Errorf("%s goes to others (-want +got):\n%s", m, diff)
	}
}

func (p *path) wantState(s State) {
	p.Helper()
	if p.c.State != s {
		p.Fatalf("the case is %s, want %s", p.c.State, s)
	}
}

// want fails unless two values are the same.
func want[T comparable](t rapid.TB, what string, got, want T) {
	t.Helper()
	if got != want {
		t.Errorf("%s: got %v, want %v", what, got, want)
	}
}

// day reads a date that the test knows to be right.
func day(t rapid.TB, s string) calendar.Date {
	t.Helper()
	d, err := calendar.ParseDate(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// lastSeq is the seq of the newest event of a kind.
func (p *path) lastSeq(kind EventKind) int {
	for _, e := range slices.Backward(p.events) {
		if e.Kind == kind {
			return e.Seq
		}
	}
	p.Fatalf("no event %s", kind)
	return 0
}

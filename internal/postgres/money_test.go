package postgres

import (
	"context"
	"sync"
	"testing"
	"time"

	"dimissioni/internal/calendar"
	"dimissioni/internal/discharge"
)

func TestTwoHundredAdmissionsRaceForMoneyEnoughFor65(t *testing.T) {
	d := newDesk(t) // 130.000 euro at 2.000 each
	const cases, places = 200, 65
	ids := make([]string, cases)
	for i := range ids {
		r := person(i)
		r.Stay.ExpectedDischargeOn = calendar.DateOf(monday).AddDays(3 + i*7%40)
		ids[i] = d.submit(r)
	}
	ctx, stop := context.WithTimeout(d.ctx, time.Minute)
	defer stop()
	d.ctx = ctx
	var wg sync.WaitGroup
	for _, id := range ids {
		wg.Go(func() {
			cmd := discharge.Command{Kind: discharge.Screen, Actor: byCoordinator, Facts: admit(discharge.LevelModerate)}
			if out, err := d.give(id, cmd); err != nil || out.Refusal != nil {
				t.Errorf("admission: %v, %v", err, out.Refusal)
			}
		})
	}
	wg.Wait()

	states, err := d.CountCases(d.ctx)
	d.must(err)
	if states[discharge.StateMatching] != places || states[discharge.StateWaitlisted] != cases-places {
		t.Errorf("states %v, want %d admitted and the others waitlisted", states, places)
	}
	b, err := d.Budget(d.ctx, protected, calendar.DateOf(d.now))
	d.must(err)
	if line := b.Lines[3]; line.ReservedCents != 130_000_00 || line.ResidualCents != 0 {
		t.Errorf("line %+v, want all of it reserved and nothing beyond", line)
	}
	d.waitlistIsInOrder(cases - places)
}

// waitlistIsInOrder checks DOMAIN's order: already home, nearest discharge, urgency, arrival.
func (d *desk) waitlistIsInOrder(want int) {
	d.t.Helper()
	list, _, err := d.Cases(d.ctx, CaseFilter{Scopes: coordinatorScope, Programme: protected, Waitlist: true}, "", 200)
	d.must(err)
	if len(list) != want {
		d.t.Fatalf("%d on the waitlist, want %d", len(list), want)
	}
	for i := 1; i < len(list); i++ {
		a, b := list[i-1], list[i]
		if b.AlreadyHome && !a.AlreadyHome || a.AlreadyHome == b.AlreadyHome && b.ExpectedOn.Before(a.ExpectedOn) ||
			a.AlreadyHome == b.AlreadyHome && a.ExpectedOn == b.ExpectedOn && b.Urgent == a.Urgent && b.SubmittedAt.Before(a.SubmittedAt) {
			d.t.Errorf("%s stands before %s", a.Code, b.Code)
		}
	}
}

var coordinatorScope = []Scope{{Programme: protected, Role: discharge.RoleCoordinator}}

// short leaves the care line of dp-cremasco with so many euro.
func (d *desk) short(euro int64) {
	d.exec(`UPDATE budget_lines SET planned_cents = $2 WHERE programme_id = $1 AND id = 'percorso'`, protected, euro*100)
}

func (d *desk) waiting(n, days int, level discharge.Level) string {
	d.t.Helper()
	r := person(n)
	r.Stay.ExpectedDischargeOn = calendar.DateOf(monday).AddDays(days)
	id := d.submit(r)
	d.do(id, byCoordinator, discharge.Screen, discharge.Facts{Outcome: "waitlist", Level: level})
	return id
}

func TestAReleaseTellsWhoIsNext(t *testing.T) {
	d := newDesk(t)
	d.short(2_000)
	admitted := d.submit(person(0))
	d.do(admitted, byCoordinator, discharge.Screen, admit(discharge.LevelModerate))
	d.waiting(1, 20, discharge.LevelModerate)
	d.waiting(2, 5, discharge.LevelHigh) // first, but 3.000 euro are not there
	next := d.waiting(3, 10, discharge.LevelModerate)

	d.do(admitted, byCoordinator, discharge.EndBeforeStart, discharge.Facts{ReasonCode: "person_refused"})
	mails, err := d.NextMails(d.ctx, admitted, d.now.Add(24*time.Hour), 50)
	d.must(err)
	nextCase, err := d.Summary(d.ctx, next)
	d.must(err)
	told := 0
	for _, m := range mails {
		if m.Moment == discharge.MomentFundsReleased {
			told++
			if m.Payload.AboutCode != nextCase.Code || m.Address != "coordinator@demo.test" {
				t.Errorf("funds_released names %s to %s, want %s to the coordinator", m.Payload.AboutCode, m.Address, nextCase.Code)
			}
		}
	}
	if told != 1 {
		t.Errorf("told %d times who is next, want once", told)
	}
}

func TestSkippingWhoStandsEarlierNeedsAReason(t *testing.T) {
	d := newDesk(t)
	d.waiting(1, 5, discharge.LevelModerate)
	later := d.waiting(2, 10, discharge.LevelModerate)
	give := func(f discharge.Facts) Recorded {
		id := d.begin(later, byCoordinator, discharge.Screen, f)
		out, err := d.give(later, discharge.Command{ID: id, Kind: discharge.Screen, Actor: byCoordinator, Facts: f})
		d.must(err)
		return out
	}
	out := give(admit(discharge.LevelModerate))
	if out.Refusal == nil || out.Refusal.Kind != discharge.KindInvalid || out.Refusal.Fields[0].Field != "reason" {
		t.Fatalf("refusal %v, want invalid reason", out.Refusal)
	}
	f := admit(discharge.LevelModerate)
	f.HasReason = true
	if out := give(f); out.Refusal != nil || d.fold(later).State != discharge.StateMatching {
		t.Errorf("with a reason: %v", out.Refusal)
	}
}

func TestWhoDoesNotFitIsNotSkipped(t *testing.T) {
	d := newDesk(t)
	d.short(1_500)
	d.waiting(1, 5, discharge.LevelModerate)
	light := d.waiting(2, 10, discharge.LevelLight)
	d.do(light, byCoordinator, discharge.Screen, admit(discharge.LevelLight))
}

func TestPlacesSetAsideAreForHousingPrecarity(t *testing.T) {
	d := newDesk(t)
	d.exec(`UPDATE programmes SET set_aside = 1 WHERE id = $1`, protected)
	d.short(3_000)
	stable := d.submit(person(1))
	d.do(stable, byCoordinator, discharge.Screen, admit(discharge.LevelModerate))
	if s := d.fold(stable).State; s != discharge.StateWaitlisted {
		t.Fatalf("stable housing is %s, want waitlisted: one place is kept", s)
	}
	r := person(2)
	r.Places.Housing = "homeless"
	r.Stay.ExpectedDischargeOn = calendar.DateOf(monday).AddDays(1)
	homeless := d.submit(r)
	d.do(homeless, byCoordinator, discharge.Screen, admit(discharge.LevelModerate))
	if s := d.fold(homeless).State; s != discharge.StateMatching {
		t.Errorf("homeless is %s, want admitted", s)
	}
}

func TestAnotherPartnerSplitsTheMoneyAtThatDate(t *testing.T) {
	d := newDesk(t)
	id := d.submit(person(1))
	d.start(id)
	d.now = calendar.DateOf(d.now).AddDays(21).At(10, 0)
	d.do(id, byCoordinator, discharge.Reassign, discharge.Facts{PartnerID: DemoID("meraki")})
	d.do(id, actor("meraki@demo.test", "meraki", discharge.RolePartnerManager), discharge.Accept, discharge.Facts{})

	b, err := d.Budget(d.ctx, protected, calendar.DateOf(d.now))
	d.must(err)
	held := map[string]int64{}
	for _, p := range b.Partners {
		held[p.Name] = p.ReservedCents
	}
	if held["Igea"] != 1_000_00 || held["Meraki"] != 1_000_00 {
		t.Errorf("partners hold %v, want half each after 21 of 42 days", held)
	}
}

func TestTheAmountIsTheOneInForceThatDay(t *testing.T) {
	d := newDesk(t)
	today := calendar.DateOf(monday)
	d.must(d.SetLevelAmount(d.ctx, protected, LevelAmount{discharge.LevelLight, 1_300_00, today, "cabina di regia"}))
	d.must(d.SetLevelAmount(d.ctx, protected, LevelAmount{discharge.LevelLight, 1_400_00, today.AddDays(1), "cabina di regia"}))
	for on, want := range map[calendar.Date]int64{
		calendar.NewDate(2020, 1, 1): 1_200_00, today.AddDays(-1): 1_200_00, today: 1_300_00, today.AddDays(1): 1_400_00,
	} {
		got, err := levelAmount(d.ctx, d.pool, protected, discharge.LevelLight, on)
		d.must(err)
		if got != want {
			t.Errorf("on %s the light level is %d, want %d", on, got, want)
		}
	}
}

func TestReleasesAndAdmissionsAtOnceNeverOverdraw(t *testing.T) {
	d := newDesk(t)
	d.short(40_000) // twenty places
	var leaving, coming []string
	for i := range 40 {
		r := person(i)
		if i < 20 {
			leaving = append(leaving, d.submit(r))
			d.do(leaving[i], byCoordinator, discharge.Screen, admit(discharge.LevelModerate))
		} else {
			r.Stay.ExpectedDischargeOn = calendar.DateOf(monday).AddDays(1)
			coming = append(coming, d.submit(r))
		}
	}
	var wg sync.WaitGroup
	run := func(id string, kind discharge.CommandKind, f discharge.Facts) {
		wg.Go(func() {
			f.HasReason = true
			if out, err := d.give(id, discharge.Command{Kind: kind, Actor: byCoordinator, Facts: f}); err != nil || out.Refusal != nil {
				t.Errorf("%s: %v, %v", kind, err, out.Refusal)
			}
		})
	}
	for i := range leaving {
		run(leaving[i], discharge.EndBeforeStart, discharge.Facts{ReasonCode: "person_refused"})
		run(coming[i], discharge.Screen, admit(discharge.LevelModerate))
		run(coming[i], discharge.Take, discharge.Facts{})
	}
	wg.Wait()
	b, err := d.Budget(d.ctx, protected, calendar.DateOf(d.now))
	d.must(err)
	states, err := d.CountCases(d.ctx)
	d.must(err)
	if line := b.Lines[3]; line.ResidualCents < 0 || line.ReservedCents != 2_000_00*states[discharge.StateMatching] {
		t.Errorf("line %+v with %d admitted", line, states[discharge.StateMatching])
	}
	for _, id := range coming {
		if c := d.fold(id); c.Version != 3 || c.OwnerID == "" {
			t.Errorf("%s is at version %d, owner %q; want every command recorded once", c.Code, c.Version, c.OwnerID)
		}
	}
}

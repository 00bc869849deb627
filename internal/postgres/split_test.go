package postgres

import (
	"testing"

	"pgregory.net/rapid"

	"dimissioni/internal/calendar"
	"dimissioni/internal/discharge"
)

func TestDivideAddsUpToTheCent(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		total := rapid.Int64Range(0, 1_000_000_000_00).Draw(t, "total")
		people := rapid.SliceOfN(rapid.IntRange(0, 40_000), 1, 48).Draw(t, "people")
		people[0]++ // somebody lives there
		shares := make([]Share, len(people))
		var all int64
		for i, n := range people {
			shares[i].Population = n
			all += int64(n)
		}
		divide(total, shares)
		var sum int64
		for _, s := range shares {
			sum += s.Cents
			if exact := total * int64(s.Population) / all; s.Cents < exact || s.Cents > exact+1 {
				t.Fatalf("%d residents of %d get %d of %d", s.Population, all, s.Cents, total)
			}
		}
		if sum != total {
			t.Fatalf("shares sum to %d, want %d", sum, total)
		}
	})
}

func TestDivideGivesTheLastCentsToTheLargestRemainders(t *testing.T) {
	t.Parallel()
	shares := []Share{{Population: 1}, {Population: 1}, {Population: 1}, {Population: 3}}
	divide(100, shares) // 16.67 three times, 50
	for i, want := range []int64{17, 17, 16, 50} {
		if shares[i].Cents != want {
			t.Errorf("share %d is %d, want %d", i, shares[i].Cents, want)
		}
	}
}

// confirmed puts each municipality into one of six sub-districts, Crema alone in the first, most in the second.
func (d *desk) confirmed() {
	list, err := d.Municipalities(d.ctx)
	d.must(err)
	for i, m := range list {
		n := 2
		if m.Name == "Crema" {
			n = 1
		} else if i < 5 {
			n = 2 + i
		}
		d.must(d.SetSubDistrict(d.ctx, "", m.ISTAT, n))
	}
}

func TestTheSplitCountsOnceEveryMunicipalityHasItsSubDistrict(t *testing.T) {
	d := newDesk(t)
	split, err := d.Split(d.ctx, elderly)
	d.must(err)
	if split.Complete || len(split.SubDistricts) != 0 || len(split.Municipalities) != 48 || split.TotalCents != 300_000_00 {
		t.Errorf("before: complete %v, %d sub-districts, %d municipalities", split.Complete, len(split.SubDistricts), len(split.Municipalities))
	}
	d.confirmed()
	split, err = d.Split(d.ctx, elderly)
	d.must(err)
	var sum, residents int64
	for _, s := range split.SubDistricts {
		sum += s.Cents
		residents += int64(s.Population)
	}
	if !split.Complete || len(split.SubDistricts) != 6 || sum != 300_000_00 || residents != 160_001 {
		t.Errorf("after: complete %v, %d shares of %d cents, %d residents", split.Complete, len(split.SubDistricts), sum, residents)
	}
}

func TestASubDistrictCannotTakeMoreThanItsShare(t *testing.T) {
	d := newDesk(t)
	d.confirmed()
	d.exec(`UPDATE budget_lines SET planned_cents = 1500000 WHERE programme_id = $1`, elderly) // Crema: 3.210 euro
	byTown := actor("municipality@demo.test", "comune-019035", discharge.RoleMunicipality)
	open := func(n int, istat string) string {
		r := person(n)
		r.Places.ResidenceISTAT = istat
		in := d.submission(r, "")
		in.Programme, in.Actor, in.WardID, in.Command.ActorID = elderly, byTown, DemoID("comune-019035"), byTown.UserID
		out, err := d.Submit(d.ctx, in)
		d.must(err)
		_, err = d.give(out.CaseID, discharge.Command{Kind: discharge.Screen, Actor: byTown, Facts: admit(discharge.LevelModerate)})
		d.must(err)
		return out.CaseID
	}
	for i, tc := range []struct {
		istat string
		want  discharge.State
	}{
		{"019035", discharge.StateMatching},
		{"019035", discharge.StateWaitlisted}, // the line has money, Crema's share has not
		{"019002", discharge.StateMatching},
	} {
		if got := d.fold(open(i, tc.istat)).State; got != tc.want {
			t.Errorf("case %d is %s, want %s", i, got, tc.want)
		}
	}
	b, err := d.Budget(d.ctx, elderly, calendar.DateOf(d.now))
	d.must(err)
	crema := b.SubDistricts[1]
	if !b.SplitComplete || crema.ReservedCents != 2_000_00 || crema.ResidualCents < 0 || crema.ShareCents != crema.ReservedCents+crema.ResidualCents {
		t.Errorf("Crema %+v", crema)
	}
}

package postgres

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"dimissioni/internal/calendar"
	"dimissioni/internal/discharge"
)

func TestTheSnapshotIsWhatTheEventsMake(t *testing.T) {
	d := newDesk(t)
	id := d.submit(person(1))
	d.start(id)
	d.now = calendar.DateOf(d.now).AddDays(5).At(9, 0)
	d.do(id, bySystem, discharge.Tick, discharge.Facts{})
	d.do(id, byCoordinator, discharge.ConveneMeeting, discharge.Facts{At: d.now.Add(48 * time.Hour)})
	d.do(id, byManager, discharge.Suspend, discharge.Facts{ReasonCode: "hospital"})
	d.do(id, byManager, discharge.Resume, discharge.Facts{})
	d.do(id, byCoordinator, discharge.Close, discharge.Facts{Outcome: "completed", WhatFollows: []string{"sad"}})

	want := d.fold(id)
	got, err := d.Case(d.ctx, id)
	d.must(err)
	if diff := cmp.Diff(want, got.Snapshot); diff != "" {
		t.Errorf("snapshot differs from the replayed events (-events +snapshot):\n%s", diff)
	}
	if got.State != discharge.StateClosed || got.Version != want.Version || got.EndedOn != calendar.DateOf(d.now) {
		t.Errorf("columns: state %s, version %d, ended on %s", got.State, got.Version, got.EndedOn)
	}
}

func TestACommandRecordedBeforeACrashIsNotRecordedAgain(t *testing.T) {
	d := newDesk(t)
	id := d.submit(person(1))
	c := d.fold(id)
	cmd := discharge.Command{
		ID: d.begin(id, byCoordinator, discharge.Screen, struct{}{}), Kind: discharge.Screen, Actor: byCoordinator,
		Facts: admit(discharge.LevelHigh),
	}
	decision, err := discharge.Decide(c, cmd, d.now)
	d.must(err)
	first, err := d.Record(d.ctx, id, c.Version, d.now, cmd, decision)
	d.must(err)

	d.do(id, byCoordinator, discharge.Take, discharge.Facts{}) // another command comes first on the retry
	again, err := d.Record(d.ctx, id, c.Version, d.now.Add(time.Minute), cmd, decision)
	d.must(err)
	if !again.Applied || len(again.Events) != 2 {
		t.Fatalf("repeated: applied %v with %d events, want what is past: admission and take", again.Applied, len(again.Events))
	}
	if diff := cmp.Diff(first.Events, again.Events[:1]); diff != "" {
		t.Errorf("repeated answer differs:\n%s", diff)
	}
	if again.Events[0].Facts.Money.AmountCents != 3_000_00 {
		t.Errorf("reserved %d", again.Events[0].Facts.Money.AmountCents)
	}
	if n := d.number(`SELECT count(*) FROM ledger`); n != 1 {
		t.Errorf("%d ledger entries, want 1", n)
	}
	stored, err := d.Command(d.ctx, cmd.ID)
	d.must(err)
	if stored.Status != CommandDone || stored.Version != 2 {
		t.Errorf("command is %s at version %d", stored.Status, stored.Version)
	}
}

func TestADecisionOnAnOldVersionStoresNothing(t *testing.T) {
	d := newDesk(t)
	id := d.submit(person(1))
	old := d.fold(id)
	d.do(id, byCoordinator, discharge.Take, discharge.Facts{})

	cmd := discharge.Command{
		ID: d.begin(id, byCoordinator, discharge.Screen, struct{}{}), Kind: discharge.Screen, Actor: byCoordinator,
		Facts: admit(discharge.LevelLight),
	}
	decision, err := discharge.Decide(old, cmd, d.now)
	d.must(err)
	out, err := d.Record(d.ctx, id, old.Version, d.now, cmd, decision)
	d.must(err)
	if out.Applied || len(out.Events) != 1 || out.Events[0].Kind != discharge.Taken {
		t.Fatalf("applied %v, events %v; want nothing stored and the event that is past", out.Applied, out.Events)
	}
	if v := d.fold(id).Version; v != 2 {
		t.Errorf("version %d, want 2", v)
	}
	stored, err := d.Command(d.ctx, cmd.ID)
	d.must(err)
	if stored.Status != CommandPending {
		t.Errorf("command is %s, want pending", stored.Status)
	}
}

func TestARefusalUnderLockIsTheAnswerOnRetryToo(t *testing.T) {
	d := newDesk(t)
	id := d.submit(person(1))
	d.exec(`UPDATE budget_lines SET planned_cents = 150000 WHERE programme_id = $1 AND id = 'percorso'`, protected)
	d.do(id, byCoordinator, discharge.Screen, admit(discharge.LevelModerate))
	if state := d.fold(id).State; state != discharge.StateWaitlisted {
		t.Fatalf("state %s, want waitlisted: the alternative of an admission without money", state)
	}

	cmd := discharge.Command{
		ID: d.begin(id, byCoordinator, discharge.Screen, struct{}{}), Kind: discharge.Screen, Actor: byCoordinator,
		Facts: admit(discharge.LevelModerate),
	}
	for range 2 {
		out, err := d.give(id, cmd)
		d.must(err)
		if out.Refusal == nil || out.Refusal.Kind != discharge.KindBudgetExhausted || !out.Applied {
			t.Fatalf("refusal %v, applied %v; want budget_exhausted, settled", out.Refusal, out.Applied)
		}
	}
	if n := d.number(`SELECT count(*) FROM ledger`); n != 0 {
		t.Errorf("%d ledger entries, want none", n)
	}
	stored, err := d.Command(d.ctx, cmd.ID)
	d.must(err)
	if stored.Status != CommandRefused || stored.Refusal.Kind != discharge.KindBudgetExhausted {
		t.Errorf("command is %s, %v", stored.Status, stored.Refusal)
	}
}

func TestACostlierPlanWithoutMoneyStaysADraft(t *testing.T) {
	d := newDesk(t)
	id := d.submit(person(1))
	d.start(id)
	d.exec(`UPDATE budget_lines SET planned_cents = 250000 WHERE programme_id = $1 AND id = 'percorso'`, protected)
	plan := discharge.Facts{Days: 21, Level: discharge.LevelHigh}

	cmd := discharge.Command{
		ID:   d.begin(id, byManager, discharge.SubmitPlan, map[string]string{"preferences": "in casa"}),
		Kind: discharge.SubmitPlan, Actor: byManager, Facts: plan,
	}
	out, err := d.give(id, cmd)
	d.must(err)
	if out.Refusal == nil || out.Refusal.Kind != discharge.KindBudgetExhausted || out.Events[0].Kind != discharge.PlanDrafted {
		t.Fatalf("refusal %v, events %v; want a draft and budget_exhausted", out.Refusal, out.Events)
	}
	d.exec(`UPDATE budget_lines SET planned_cents = 350000 WHERE programme_id = $1 AND id = 'percorso'`, protected)
	d.do(id, byManager, discharge.SubmitPlan, plan)

	plans, err := d.Plans(d.ctx, id)
	d.must(err)
	var statuses []string
	for _, p := range plans {
		statuses = append(statuses, p.Status)
	}
	if diff := cmp.Diff([]string{"pending", "in_force"}, statuses); diff != "" {
		t.Errorf("statuses of the plans, newest first (-want +got):\n%s", diff)
	}
	if reserved := d.number(`SELECT sum(amount_cents) FROM ledger WHERE case_id = $1`, id); reserved != 3_000_00 {
		t.Errorf("reserved %d after the adjustment, want 300000", reserved)
	}
}

func TestAnEndGivesBackWhatWasNotServed(t *testing.T) {
	d := newDesk(t)
	id := d.submit(person(1))
	d.start(id)
	d.now = calendar.DateOf(d.now).AddDays(10).At(10, 0)
	d.do(id, byCoordinator, discharge.Close, discharge.Facts{Outcome: "completed", WhatFollows: []string{"nothing"}})

	want := int64(2_000_00 - 2_000_00*32/42)
	b, err := d.Budget(d.ctx, protected, calendar.DateOf(d.now))
	d.must(err)
	line := b.Lines[3]
	if line.ID != "percorso" || line.ReservedCents != want || line.ResidualCents != 130_000_00-want {
		t.Errorf("line %+v, want %d reserved", line, want)
	}
	if b.Levels[1].ReservedCents != want || b.Levels[1].AmountCents != 2_000_00 || b.Reached.People != 1 {
		t.Errorf("levels %+v, reached %+v", b.Levels, b.Reached)
	}
	if p := b.Partners[0]; p.ID != DemoID("igea") || p.ReservedCents != want {
		t.Errorf("partners %+v", b.Partners)
	}
}

func TestCompletingBringsTheWordsToTheReferral(t *testing.T) {
	d := newDesk(t)
	id := d.submit(person(1))
	before, err := d.Case(d.ctx, id)
	d.must(err)

	body := map[string]any{
		"note": "per telefono", "needs": map[string]any{"goal": "tornare autonoma"},
		"patient": map[string]any{"family_name": "Nuovo", "language": "italiano"},
		"consent": map[string]any{"share_with": []string{"gp"}},
	}
	cmd := discharge.Command{
		ID: d.begin(id, bySender, discharge.Complete, body), Kind: discharge.Complete, Actor: bySender,
		Facts: discharge.Facts{Groups: []string{"needs", "patient", "consent"}},
	}
	out, err := d.give(id, cmd)
	d.must(err)
	after, err := d.Case(d.ctx, id)
	d.must(err)
	if after.Referral.Needs.Goal != "tornare autonoma" || after.FamilyName != "Nuovo" || after.GivenName != "Rosa" {
		t.Error("the referral and the person do not say what was completed")
	}
	if got := len(before.Missing) - len(after.Missing); got != 2 {
		t.Errorf("%d fields less are missing, want goal and language", got)
	}
	f := out.Events[0].Facts
	if diff := cmp.Diff(after.Missing, f.Missing); diff != "" || len(f.Groups) != 3 || !f.Sharing || len(f.ShareWith) != 1 {
		t.Errorf("the event says: missing %v, groups %v, sharing %v %v", f.Missing, f.Groups, f.Sharing, f.ShareWith)
	}
	if raw := string(asJSON(out.Events)); strings.Contains(raw, "Nuovo") || strings.Contains(raw, "telefono") {
		t.Error("the event holds words of the body")
	}
	list, err := d.Timeline(d.ctx, id)
	d.must(err)
	if last := list[len(list)-1]; last.Note != "per telefono" || last.ActorName != "Sara Segnalante" {
		t.Errorf("timeline says %q by %q", last.Note, last.ActorName)
	}
}

func TestSyncKeepsTheCaseClock(t *testing.T) {
	d := newDesk(t)
	id := d.submit(person(1))
	d.now = time.Now().Add(24 * time.Hour)
	d.do(id, bySystem, discharge.Sync, discharge.Facts{})
	c, err := d.Summary(d.ctx, id)
	d.must(err)
	if off := time.Until(c.Now(time.Now())); off < 23*time.Hour || off > 25*time.Hour {
		t.Errorf("the case's clock is %s ahead, want a day", off)
	}
}

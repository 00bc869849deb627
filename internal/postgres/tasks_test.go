package postgres

import (
	"testing"

	"dimissioni/internal/calendar"
	"dimissioni/internal/discharge"
)

func TestCasesThatMayAskSomething(t *testing.T) {
	d := newDesk(t)
	open, ended, failed, waiting := d.submit(person(1)), d.submit(person(2)), d.submit(person(3)), d.submit(person(4))
	later := d.submit(person(5))
	for _, id := range []string{ended, failed} {
		d.do(id, byCoordinator, discharge.EndBeforeStart, discharge.Facts{ReasonCode: "person_refused"})
	}
	d.exec(`UPDATE notifications SET status = 'failed' WHERE id = (SELECT id FROM notifications WHERE case_id = $1 LIMIT 1)`, failed)
	for _, id := range []string{waiting, later} {
		d.do(id, byCoordinator, discharge.Screen, discharge.Facts{Outcome: "waitlist", Level: discharge.LevelLight})
	}
	d.exec(`UPDATE cases SET submitted_at = submitted_at + interval '1 minute' WHERE id = $1`, later)
	all := []Scope{{Programme: protected, Role: discharge.RoleCoordinator}}
	found := func(scopes []Scope) map[string]TaskCase {
		list, err := d.TaskCases(d.ctx, scopes, calendar.DateOf(monday))
		d.must(err)
		byID := map[string]TaskCase{}
		for _, c := range list {
			byID[c.ID] = c
		}
		return byID
	}
	got := found(all)
	if _, ok := got[ended]; ok || len(got) != 4 {
		t.Errorf("%d cases, the ended one among them: %v", len(got), ok)
	}
	if n := got[failed].FailedMails; n != 1 || got[open].FailedMails != 0 {
		t.Errorf("failed mails: %d and %d", n, got[open].FailedMails)
	}
	if !got[waiting].FundsFree || got[later].FundsFree || got[open].FundsFree {
		t.Error("the first of the waitlist, and nobody else, can be admitted")
	}
	d.exec(`UPDATE budget_lines SET planned_cents = 100 WHERE programme_id = $1 AND id = 'percorso'`, protected)
	if found(all)[waiting].FundsFree {
		t.Error("there is no money")
	}
	if n := len(found([]Scope{{Programme: protected, Role: discharge.RoleSteering}})); n != 0 {
		t.Errorf("the steering committee finds %d cases", n)
	}
}

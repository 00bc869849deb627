package postgres

import (
	"slices"
	"sync"
	"testing"

	"dimissioni/internal/calendar"
	"dimissioni/internal/discharge"
	"dimissioni/internal/postgres/pgtest"
)

func TestManyMayMigrateAtOnce(t *testing.T) {
	t.Parallel()
	url := pgtest.URL(t, nil)
	var wg sync.WaitGroup
	for range 3 {
		wg.Go(func() {
			if err := Migrate(t.Context(), url); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
}

func TestSeedsCanBeSownAgain(t *testing.T) {
	d := newDesk(t)
	d.exec(`UPDATE programmes SET name = 'Nome scelto' WHERE id = $1`, protected)
	d.submit(person(1))
	tables := []string{"programmes", "budget_lines", "level_amounts", "municipalities", "organisations", "users", "grants", "physicians"}
	count := func() (n []int64) {
		for _, table := range tables {
			n = append(n, d.number(`SELECT count(*) FROM `+table))
		}
		return n
	}
	before := count()
	d.must(d.SeedProgrammes(d.ctx))
	d.must(d.SeedDemo(d.ctx, "other", calendar.DateOf(monday).AddDays(1)))
	for i, n := range count() {
		if n != before[i] {
			t.Errorf("%s had %d rows, now %d", tables[i], before[i], n)
		}
	}
	p, err := d.Programme(d.ctx, protected)
	d.must(err)
	if p.Name != "Nome scelto" || p.StartsOn.String() != "2025-11-03" || p.EndsOn.String() != "2027-11-03" || p.Rules.EndsOn != p.EndsOn {
		t.Errorf("programme %s from %s to %s (rules: %s)", p.Name, p.StartsOn, p.EndsOn, p.Rules.EndsOn)
	}
	if hash, err := d.DemoPasswordHash(d.ctx); err != nil || hash != "other" {
		t.Errorf("the password was not renewed: %v", err)
	}
}

func TestTheProgrammesAreThoseOfTheSources(t *testing.T) {
	d := newDesk(t)
	b, err := d.Budget(d.ctx, protected, calendar.DateOf(monday))
	d.must(err)
	var total int64
	for _, l := range b.Lines {
		total += l.PlannedCents
	}
	if total != 165_000_00 || b.Targets != (Targets{People: 63, Precarious: 13}) {
		t.Errorf("total %d, targets %+v", total, b.Targets)
	}
	list, err := d.Programmes(d.ctx)
	d.must(err)
	if len(list) != 2 || list[0].ID != protected || list[0].CUP != "D34H22000500007" || list[1].CUP != "" || len(list[0].Amounts) != 3 {
		t.Errorf("programmes %+v", list)
	}
}

func TestEventsAndLedgerCanOnlyGrow(t *testing.T) {
	d := newDesk(t)
	id := d.submit(person(1))
	d.do(id, byCoordinator, discharge.Screen, admit(discharge.LevelLight))
	for _, sql := range []string{
		`UPDATE events SET kind = 'x'`, `DELETE FROM events`, `TRUNCATE events CASCADE`,
		`UPDATE ledger SET amount_cents = 0`, `DELETE FROM ledger`, `TRUNCATE ledger`,
	} {
		if _, err := d.pool.Exec(d.ctx, sql); err == nil {
			t.Errorf("%s was allowed", sql)
		}
	}
}

func TestAccounts(t *testing.T) {
	d := newDesk(t)
	id := byManager.UserID
	u, err := d.User(d.ctx, id)
	d.must(err)
	if u.OrganisationID != DemoID("igea") || len(u.Grants) != 2 || !slices.Contains(u.Grants, Grant{protected, discharge.RoleCaseManager}) {
		t.Errorf("user %+v", u)
	}
	if s, err := d.User(d.ctx, bySender.UserID); err != nil || s.HospitalID != DemoID("maggiore") {
		t.Errorf("sender %+v, %v", s, err)
	}
	_, err = d.CreateUser(d.ctx, "", NewUser{Email: "CaseManager@demo.test", Name: "x", OrganisationID: u.OrganisationID})
	if refusal(t, err).Fields[0].Field != "email" {
		t.Errorf("e-mail taken: %v", err)
	}
	kase := d.submit(person(1))
	d.start(kase)
	if err := d.Deactivate(d.ctx, "", id); refusal(t, err).Kind != discharge.KindNotAllowed {
		t.Errorf("deactivated with an open case: %v", err)
	}
	d.do(kase, byCoordinator, discharge.ReportDeath, discharge.Facts{Outcome: "home"})
	d.must(d.Deactivate(d.ctx, "", id))
}

func TestRecordsOfCareAreStoredOnce(t *testing.T) {
	d := newDesk(t)
	id := d.submit(person(1))
	d.start(id)
	today := calendar.DateOf(d.now)
	visit := Visit{
		ID: NewID(), CaseID: id, UserID: DemoID("operator@demo.test"), PartnerID: DemoID("igea"), Figure: "oss", Status: "done",
		OnDate: today, StartsAt: "09:30", Minutes: 60, RecordedBy: DemoID("operator@demo.test"), RecordedAt: d.now,
	}
	for range 2 {
		first, err := d.AddVisit(d.ctx, visit)
		d.must(err)
		if !first {
			t.Error("the first visit is not the first")
		}
	}
	d.do(id, actor("operator@demo.test", "igea", discharge.RoleOperator), discharge.LogVisit, discharge.Facts{})
	visit.ID = NewID()
	if first, err := d.AddVisit(d.ctx, visit); first || err != nil {
		t.Errorf("the second visit: %v %v", first, err)
	}
	visits, err := d.Visits(d.ctx, id)
	d.must(err)
	if len(visits) != 2 || visits[0].UserName != "Olga Operatrice" || visits[0].OnDate != today || visits[0].StartsAt != "09:30" {
		t.Errorf("visits %+v", visits)
	}
	note := DiaryEntry{ID: NewID(), CaseID: id, OnDate: today, Body: "testo", RecordedBy: byManager.UserID, RecordedAt: d.now}
	scale := Assessment{
		ID: NewID(), CaseID: id, Phase: "entry", Scale: "barthel", OnDate: today, Content: []byte(`{"total":55}`),
		RecordedBy: byManager.UserID, RecordedAt: d.now,
	}
	for range 2 {
		d.must(d.AddDiary(d.ctx, note))
		d.must(d.AddAssessment(d.ctx, scale))
	}
	diary, err := d.Diary(d.ctx, id)
	d.must(err)
	scales, err := d.Assessments(d.ctx, id)
	d.must(err)
	if len(diary) != 1 || diary[0].RecordedName != "Cesare Manager" || len(scales) != 1 || scales[0].Scale != "barthel" {
		t.Errorf("diary %+v, assessments %d", diary, len(scales))
	}
	operator := DemoID("operator@demo.test")
	d.must(d.Assign(d.ctx, id, operator, today, calendar.Date{}, byIgea.UserID, d.now))
	for day, want := range map[calendar.Date]bool{today.AddDays(-1): false, today: true, today.AddDays(100): true} {
		if got, err := d.Assigned(d.ctx, id, operator, day); err != nil || got != want {
			t.Errorf("assigned on %s: %v, %v", day, got, err)
		}
	}
}

func TestEveryLookIsLogged(t *testing.T) {
	d := newDesk(t)
	id := d.submit(person(1))
	d.must(d.LogAccess(d.ctx, id, Look{
		UserID: byManager.UserID, OrganisationID: byManager.OrgID, Role: byManager.Role, What: "case",
	}))
	d.must(d.LogAccesses(d.ctx, []string{id}, byCoordinator.UserID, byCoordinator.OrgID, byCoordinator.Role, "list"))
	d.must(d.LogAccesses(d.ctx, nil, byCoordinator.UserID, byCoordinator.OrgID, byCoordinator.Role, "list"))
	d.must(d.LogAccess(d.ctx, id, Look{
		UserID: byManager.UserID, OrganisationID: byManager.OrgID, Role: byManager.Role, What: RefusedAccess + "accesses",
	}))
	list, err := d.Accesses(d.ctx, id, 0, 10)
	d.must(err)
	if len(list) != 3 || list[1].What != "list" || list[2].OrganisationName != "Igea" {
		t.Errorf("accesses %+v", list)
	}
	if page, err := d.Accesses(d.ctx, id, list[0].ID, 1); err != nil || len(page) != 1 || page[0].ID != list[1].ID {
		t.Errorf("second page %+v, %v", page, err)
	}
	reads, err := d.Reads(d.ctx, []string{id})
	d.must(err)
	if len(reads) != 2 || reads[0].What != "case" || reads[1].CaseCode == "" {
		t.Errorf("reads %+v", reads)
	}
	d.must(d.Audit(d.ctx, "", "login_failed", "user", nil))
}

func TestTheDirectory(t *testing.T) {
	d := newDesk(t)
	for _, tc := range []struct {
		kind, programme string
		want            int
	}{{"partner", protected, 3}, {"partner", elderly, 5}, {"municipality", "", 48}, {"ward", protected, 6}, {"nave", "", 0}} {
		list, err := d.Organisations(d.ctx, tc.kind, tc.programme)
		d.must(err)
		if len(list) != tc.want {
			t.Errorf("%d of type %q in %q, want %d", len(list), tc.kind, tc.programme, tc.want)
		}
	}
	gps, err := d.Physicians(d.ctx, "demo")
	d.must(err)
	if len(gps) != 1 || gps[0].Email != "mmg@demo.test" || gps[0].VerifiedAt == nil {
		t.Errorf("physicians %+v", gps)
	}
	if _, err := d.Organisation(d.ctx, "x"); refusal(t, err).Kind != discharge.KindNotFound {
		t.Errorf("unknown organisation: %v", err)
	}
	id, err := d.AddOrganisation(d.ctx, "", Organisation{Type: "partner", Name: "Nuovo ente", Email: " A@b.it"}, both)
	d.must(err)
	if o, err := d.Organisation(d.ctx, id); err != nil || o.Email != "a@b.it" || !o.Active {
		t.Errorf("organisation %+v, %v", o, err)
	}
	gp, err := d.AddPhysician(d.ctx, "", Physician{Name: "Dott. Nuovo"})
	d.must(err)
	if p, err := d.Physician(d.ctx, gp); err != nil || p.VerifiedAt != nil {
		t.Errorf("physician %+v, %v", p, err)
	}
	if users, err := d.Users(d.ctx, protected, discharge.RolePartnerManager, ""); err != nil || len(users) != 3 {
		t.Errorf("partner managers %d, %v", len(users), err)
	}
}

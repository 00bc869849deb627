package postgres

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"dimissioni/internal/calendar"
	"dimissioni/internal/discharge"
)

func TestASubmissionIsACase(t *testing.T) {
	d := newDesk(t)
	out, err := d.Submit(d.ctx, d.submission(person(1), ""))
	d.must(err)
	if out.Code != "DP-2026-00001" || out.Version != 1 || out.NextMailAt.IsZero() {
		t.Errorf("submitted %+v", out)
	}
	c, err := d.Case(d.ctx, out.CaseID)
	d.must(err)
	if c.State != discharge.StateSubmitted || c.WardID != DemoID("medicina") || c.HospitalID != DemoID("maggiore") ||
		c.SenderID != bySender.UserID || c.ResidenceISTAT != "019035" || c.NextDueKind != discharge.ClockScreening {
		t.Errorf("case %+v", c.CaseSummary)
	}
	if c.Snapshot.Rules.EndsOn != calendar.NewDate(2027, time.November, 2) {
		t.Errorf("the case's programme ends on %s", c.Snapshot.Rules.EndsOn)
	}
}

func TestAPersonHasOneLiveCaseInAProgramme(t *testing.T) {
	d := newDesk(t)
	first := d.submit(person(1))
	namesake := person(1)
	namesake.Patient.TaxCode, namesake.Patient.NoCodeReason = "RSSMRA80A01H501U", ""
	for what, r := range map[string]func() Submission{
		"same name and birth date":            func() Submission { return d.submission(person(1), "") },
		"the same, with a tax code this time": func() Submission { return d.submission(namesake, "") },
		"the same, typed without the accent":  func() Submission { r := person(1); r.Patient.FamilyName = "d acunto aab"; return d.submission(r, "") },
	} {
		_, err := d.Submit(d.ctx, r())
		refused := refusal(t, err)
		if refused.Kind != discharge.KindDuplicateCase || !strings.Contains(refused.Message, "0373 000200") {
			t.Errorf("%s: %v", what, err)
		}
	}
	d.do(first, byCoordinator, discharge.EndBeforeStart, discharge.Facts{ReasonCode: "person_refused"})
	d.submit(namesake)
	other := namesake
	other.Patient.FamilyName = "Altro"
	if _, err := d.Submit(d.ctx, d.submission(other, "")); refusal(t, err).Kind != discharge.KindDuplicateCase {
		t.Errorf("same tax code, other name: %v", err)
	}
	twin := namesake
	twin.Patient.TaxCode = "RSSMRA85T10A562S"
	d.submit(twin)
	if live, ok, err := d.LiveCase(d.ctx, elderly, PersonOf(twin)); ok || err != nil {
		t.Errorf("in the other programme: %v %v", live, err)
	}
}

func TestNumbersHaveNoHoles(t *testing.T) {
	d := newDesk(t)
	var wg sync.WaitGroup
	for i := range 30 {
		wg.Go(func() { // every third is a duplicate
			_, err := d.Submit(d.ctx, d.submission(person(i-i/15), ""))
			if err != nil && discharge.KindOf(err) != discharge.KindDuplicateCase {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	codes, err := column[string](d.ctx, d.pool, `SELECT code FROM cases ORDER BY code`)
	d.must(err)
	for i, code := range codes {
		if want := fmt.Sprintf("DP-2026-%05d", i+1); code != want {
			t.Fatalf("code %s, want %s", code, want)
		}
	}
	d.now = calendar.NewDate(2026, time.December, 31).At(23, 59)
	year := person(100)
	year.Stay.ExpectedDischargeOn = calendar.NewDate(2027, time.January, 5)
	d.submit(year)
	d.now = calendar.NewDate(2027, time.January, 1).At(0, 0)
	year.Patient.GivenName = "Anna"
	c, err := d.Summary(d.ctx, d.submit(year))
	d.must(err)
	if c.Code != "DP-2027-00001" {
		t.Errorf("first of the year is %s", c.Code)
	}
}

func TestWhatCannotBeSubmittedLeavesNothing(t *testing.T) {
	d := newDesk(t)
	in := d.submission(person(1), "key")
	in.WardID = NewID()
	if _, err := d.Submit(d.ctx, in); refusal(t, err).Fields[0].Field != "sender.ward" {
		t.Errorf("unknown ward: %v", err)
	}
	in = d.submission(person(1), "key")
	in.Actor.Role = discharge.RoleOperator
	if _, err := d.Submit(d.ctx, in); refusal(t, err).Kind != discharge.KindForbidden {
		t.Errorf("an operator: %v", err)
	}
	for _, table := range []string{"cases", "commands", "patients", "notifications", "case_numbers"} {
		if n := d.number(`SELECT count(*) FROM ` + table); n != 0 {
			t.Errorf("%d rows in %s, want none", n, table)
		}
	}
}

func TestListsArePagedAndScoped(t *testing.T) {
	d := newDesk(t)
	var want []string
	for i := range 7 {
		d.now = d.now.Add(time.Minute)
		want = append(want, d.submit(person(i)))
	}
	slices.Reverse(want)
	var got []string
	cursor := ""
	for page := 0; ; page++ {
		list, next, err := d.Cases(d.ctx, CaseFilter{Scopes: coordinatorScope}, cursor, 3)
		d.must(err)
		for _, c := range list {
			got = append(got, c.ID)
		}
		if page == 0 { // a newcomer does not move the pages
			d.now = d.now.Add(time.Minute)
			d.submit(person(50))
		}
		if cursor = next; cursor == "" {
			break
		}
	}
	if !slices.Equal(got, want) {
		t.Errorf("pages gave %v, want %v", got, want)
	}
	if _, _, err := d.Cases(d.ctx, CaseFilter{Scopes: coordinatorScope}, "%%", 3); refusal(t, err).Kind != discharge.KindMalformed {
		t.Errorf("bad cursor: %v", err)
	}
}

func TestWhoSeesWhichCases(t *testing.T) {
	d := newDesk(t)
	shared, apart := person(1), person(2)
	apart.Consent.ShareWith = nil
	served := d.submit(shared)
	d.submit(apart)
	d.start(served)
	count := func(f CaseFilter) int {
		t.Helper()
		list, _, err := d.Cases(d.ctx, f, "", 50)
		d.must(err)
		return len(list)
	}
	for _, tc := range []struct {
		who   string
		scope Scope
		want  int
	}{
		{"nobody", Scope{}, 0},
		{"coordinator", Scope{Role: discharge.RoleCoordinator}, 2},
		{"coordinator elsewhere", Scope{Role: discharge.RoleCoordinator, Programme: elderly}, 0},
		{"ward", Scope{Role: discharge.RoleSender, OrgID: DemoID("medicina")}, 2},
		{"another ward", Scope{Role: discharge.RoleSender, OrgID: DemoID("ortopedia")}, 0},
		{"hospital", Scope{Role: discharge.RoleHospitalContact, HospitalID: DemoID("maggiore")}, 2},
		{"partner", Scope{Role: discharge.RolePartnerManager, OrgID: DemoID("igea")}, 1},
		{"another partner", Scope{Role: discharge.RolePartnerManager, OrgID: DemoID("meraki")}, 0},
		{"case manager", Scope{Role: discharge.RoleCaseManager, UserID: byManager.UserID}, 1},
		{"operator not assigned", Scope{Role: discharge.RoleOperator, OrgID: DemoID("igea"), UserID: DemoID("operator@demo.test")}, 0},
		{"municipality", Scope{Role: discharge.RoleMunicipality, ISTAT: "019035"}, 1},
		{"another municipality", Scope{Role: discharge.RoleMunicipality, ISTAT: "019002"}, 0},
		{"steering", Scope{Role: discharge.RoleSteering}, 0},
	} {
		if tc.scope.Programme == "" {
			tc.scope.Programme = protected
		}
		if got := count(CaseFilter{Scopes: []Scope{tc.scope}}); got != tc.want {
			t.Errorf("%s sees %d, want %d", tc.who, got, tc.want)
		}
	}
	yes := true
	for what, tc := range map[string]struct {
		f    CaseFilter
		want int
	}{
		"state":          {CaseFilter{States: []discharge.State{discharge.StateActive}}, 1},
		"partner":        {CaseFilter{Partner: DemoID("igea")}, 1},
		"bad partner":    {CaseFilter{Partner: "igea"}, 0},
		"overdue":        {CaseFilter{Overdue: &yes}, 0},
		"municipality":   {CaseFilter{Municipality: "019035"}, 2},
		"code":           {CaseFilter{Code: " dp-2026-00002"}, 1},
		"name":           {CaseFilter{Text: "acunto  ROS"}, 2},
		"name and order": {CaseFilter{Text: "rosa d'acùnto aac"}, 1},
		"inside a word":  {CaseFilter{Text: "cunto"}, 0},
		"wildcard":       {CaseFilter{Text: "%"}, 0},
	} {
		tc.f.Scopes = coordinatorScope
		if got := count(tc.f); got != tc.want {
			t.Errorf("filter by %s gives %d, want %d", what, got, tc.want)
		}
	}
}

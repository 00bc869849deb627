package api

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"dimissioni/api/html/htmltest"
	"dimissioni/internal/postgres"
)

// tasks are the lines of somebody's first page: what, and the label of what settles it.
func (s *seat) tasks() []string {
	s.Helper()
	page := s.page("/oggi")
	var lines []string
	for _, task := range page.All(".task") {
		one := htmltest.Page{TB: s, Root: task}
		lines = append(lines, htmltest.Text(one.All(".task-title")[0])+" > "+htmltest.Text(one.All(".task-do a")[0]))
	}
	return lines
}

func TestEverybodysFirstPage(t *testing.T) {
	d := newDesk(t)
	if to := d.sits("sender").get("/").wants(http.StatusSeeOther).header.Get("Location"); to != "/oggi" {
		t.Errorf("the first page leads to %s", to)
	}
	for _, account := range testDemo {
		page := d.sits(account.Who).page("/oggi")
		if htmltest.Text(page.One("h1")) != "Oggi" || len(page.All(".empty")) != 1 {
			t.Errorf("%s: nothing to do, and the page does not say what comes next", account.Who)
		}
	}
}

func TestWhatNeedsSomebodyIsOnTheFirstPage(t *testing.T) {
	d := newDesk(t)
	id := d.submitted(referralOfBianchi())
	desk, ward, partner := d.sits("coordinator"), d.sits("sender"), d.sits("igea")
	if got := desk.tasks(); !slices.Equal(got, []string{"Valutazione della segnalazione entro domani > Valutare la segnalazione , DP-2026-00001"}) {
		t.Errorf("the coordinator has %q", got)
	}
	if href := htmltest.Attr(desk.page("/oggi").One(".task-do a"), "href"); href != "/casi/"+id+"/azioni/screen" {
		t.Errorf("settled at %s", href)
	}
	own := ward.page("/oggi")
	if got := htmltest.Text(own.One("tbody tr")); !strings.Contains(got, "Bianchi Rossella") || !strings.Contains(got, "Inviata") {
		t.Errorf("the ward follows %q", got)
	}
	if got := ward.tasks(); !slices.Equal(got, []string{"Scheda da completare > Completare la segnalazione , DP-2026-00001"}) {
		t.Errorf("the ward has %q", got)
	}
	for _, s := range theWalk()[:3] {
		d.give(id, s)
	}
	if got := partner.tasks(); len(got) != 1 || !strings.HasPrefix(got[0], "Risposta dell'ente") {
		t.Errorf("the partner has %q", got)
	}
	for _, secret := range []string{"Bianchi", "Rossella", "polmonite", "Tigli"} {
		if strings.Contains(string(partner.get("/oggi").raw), secret) {
			t.Errorf("before accepting the partner reads %q", secret)
		}
	}
	if got := readings(desk.page("/oggi"), "h2"); !slices.Equal(got, []string{"In attesa di altri"}) {
		t.Errorf("the coordinator waits for %q", got)
	}
	d.clock.pass(48 * time.Hour)
	if got := desk.tasks(); len(got) != 1 || !strings.Contains(got[0], "scaduto ieri urgente > Proporre a un ente") {
		t.Errorf("when it is overdue: %q", got)
	}
	if got := d.sits("meraki").tasks(); len(got) != 0 {
		t.Errorf("another partner has %q", got)
	}
	if !strings.Contains(string(d.as("coordinator").get("/discharges/"+id+"/accesses?limit=200").raw), `"today"`) {
		t.Error("the page's reads are not written down")
	}
}

func TestACoordinatorSeesTheColleaguesCasesOnDemand(t *testing.T) {
	d := newDesk(t)
	id := d.submitted(referralOfBianchi())
	d.as("coordinator").post("/discharges/"+id+"/take", nil).wants(http.StatusOK)
	_, err := d.store.CreateUser(t.Context(), "", postgres.NewUser{
		Email: "altra@demo.test", Name: "Altra Coordinatrice", OrganisationID: d.organisationOf("coordinator@demo.test"),
		Grants: []postgres.Grant{{ProgrammeID: "dp-cremasco", Role: "coordinator"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	d.server.demo = append(slices.Clone(testDemo), testDemo[0])
	d.server.demo[len(d.server.demo)-1].Email = "altra@demo.test"
	colleague := d.sits("altra")
	if got := colleague.tasks(); len(got) != 0 {
		t.Errorf("a colleague's case asks %q", got)
	}
	if n := len(colleague.page("/oggi?di=tutti").All(".task")); n != 1 {
		t.Errorf("%d tasks of everybody", n)
	}
}

func (d *desk) organisationOf(email string) string {
	d.Helper()
	u, err := d.store.User(d.Context(), postgres.DemoID(email))
	if err != nil {
		d.Fatal(err)
	}
	return u.OrganisationID
}

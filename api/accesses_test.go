package api

import (
	"encoding/csv"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"dimissioni/internal/discharge"
	"dimissioni/internal/postgres"
)

// twoCases are of one person: a case that ended and one that runs, and somebody else's, which is in no report of hers.
func twoCases(d *desk) (ended, runs, other string) {
	ended = d.walkTo("closed")
	runs = d.submitted(referralOfBianchi())
	for _, s := range theWalk()[:3] {
		d.give(runs, s)
	}
	return ended, runs, d.submitted(somebody("Verdi", "1945-05-05"))
}

func TestThePersonReadsWhoLooked(t *testing.T) {
	d := newDesk(t)
	ended, runs, other := twoCases(d)
	d.as("hospital").get("/discharges/" + ended).wants(http.StatusOK)
	d.as("igea").get("/discharges/"+runs+"/timeline").refuses(http.StatusForbidden, "forbidden")
	d.holder(d.link(runs, discharge.MomentProposal, "partner_manager")).look().wants(http.StatusOK)
	d.as("hospital").get("/discharges/" + other).wants(http.StatusOK)

	asked := obj{"family_name": "BIANCHI", "given_name": "rossella", "birth_date": "1940-02-01"}
	report := d.as("dpo").post("/access-reports", asked).wants(http.StatusOK)
	lines := map[string]bool{}
	for _, item := range report.items() {
		lines[item["case_id"].(string)+" "+item["organisation"].(string)+" "+item["role"].(string)+" "+item["what"].(string)] = true
	}
	for _, want := range []string{
		ended + " Ospedale Maggiore di Crema (demo) hospital_contact case",
		runs + " Igea partner_manager link answer_proposal",
		runs + " Coordinamento dimissioni protette (demo) coordinator command propose",
		ended + " Coordinamento dimissioni protette (demo) dpo access report",
		runs + " Coordinamento dimissioni protette (demo) dpo access report",
	} {
		if !lines[want] {
			t.Errorf("the report lacks %q", want)
		}
	}
	for line := range lines {
		if strings.HasPrefix(line, other) || strings.Contains(line, postgres.RefusedAccess) {
			t.Errorf("the report holds %q", line)
		}
	}
	for _, name := range []string{"Osvaldo", "Carla", "Ida ", "Dario", "Bianchi", "Rossella"} {
		if strings.Contains(string(report.raw), name) {
			t.Errorf("the report names %q", name)
		}
	}
	one := d.as("coordinator").get("/discharges/" + runs + "/access-report").wants(http.StatusOK).items()
	for _, item := range one {
		if item["case_id"] != runs {
			t.Errorf("the report on one case holds %v", item)
		}
	}
	if last := one[len(one)-1]; last["what"] != "access report" || last["role"] != "coordinator" {
		t.Errorf("the making of the report is not in it: %v", last)
	}
	d.noSecrets("the log", d.log.String())
}

func TestTheAccessReportAsATable(t *testing.T) {
	d := newDesk(t)
	_, runs, _ := twoCases(d)
	d.holder(d.link(runs, discharge.MomentProposal, "partner_manager")).look().wants(http.StatusOK)
	a := d.as("dpo").send(http.MethodGet, "/discharges/"+runs+"/access-report", nil, header{"Accept", "text/csv"}).wants(http.StatusOK)
	if got := a.header.Get("Content-Disposition"); !strings.Contains(got, "accessi-DP-2026-00002.csv") {
		t.Errorf("named %q", got)
	}
	text, marked := strings.CutPrefix(string(a.raw), "\ufeff")
	if !marked {
		t.Error("nothing says that the table is UTF-8")
	}
	r := csv.NewReader(strings.NewReader(text))
	r.Comma = ';'
	lines, err := r.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"Pratica", "Giorno e ora", "Organizzazione", "Ruolo", "Che cosa"}, lines[0]); diff != "" {
		t.Errorf("heading:\n%s", diff)
	}
	found := map[string]bool{}
	for _, line := range lines[1:] {
		found[line[2]+": "+line[3]+", "+line[4]] = true
	}
	for _, want := range []string{
		"Igea: referente ente, proposta, da un collegamento",
		"Coordinamento dimissioni protette (demo): coordinatore, comando «Proporre a un ente»",
		"Coordinamento dimissioni protette (demo): responsabile protezione dati, rapporto sugli accessi",
	} {
		if !found[want] {
			t.Errorf("the table lacks %q: %v", want, found)
		}
	}
	if got := cell("=2+2"); got != "'=2+2" {
		t.Errorf("a name that begins like a formula: %q", got)
	}
}

func TestWhoMakesAccessReports(t *testing.T) {
	d := newDesk(t)
	id := d.walkTo("active")
	asked := obj{"family_name": "Bianchi", "given_name": "Rossella", "birth_date": "1940-02-01"}
	for _, who := range []string{"sender", "hospital", "igea", "casemanager", "municipality"} {
		d.as(who).get("/discharges/"+id+"/access-report").refuses(http.StatusForbidden, "forbidden")
		d.as(who).post("/access-reports", asked).refuses(http.StatusForbidden, "forbidden")
	}
	if n := len(d.as("dpo").post("/access-reports", obj{"tax_code": "RSSMRA80A01H501U"}).wants(http.StatusOK).items()); n != 0 {
		t.Errorf("%d reads of somebody who has no case", n)
	}
	d.as("dpo").post("/access-reports", obj{"tax_code": "niente"}).refuses(http.StatusUnprocessableEntity, "invalid")
	d.as("dpo").post("/access-reports", obj{"given_name": "Rossella"}).refuses(http.StatusUnprocessableEntity, "invalid")
	d.as("dpo").get("/discharges/"+id+"/accesses?cursor=!!").refuses(http.StatusBadRequest, "malformed")
	seen := map[string]bool{}
	for cursor, pages := "", 0; ; pages++ {
		a := d.as("dpo").get("/discharges/" + id + "/accesses?limit=5&cursor=" + cursor).wants(http.StatusOK)
		for _, item := range a.items() {
			key := item["at"].(string) + item["what"].(string)
			if seen[key] && item["what"] != "accesses" {
				t.Errorf("%s twice", key)
			}
			seen[key] = true
		}
		if cursor = a.text("next_cursor"); cursor == "" {
			if pages < 2 {
				t.Errorf("%d pages", pages+1)
			}
			return
		}
	}
}

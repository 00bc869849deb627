package api

import (
	"fmt"
	"net/http"
	"strconv"
	"testing"
	"time"

	"dimissioni/internal/postgres"
)

func TestPagesStayStillWhenCasesArrive(t *testing.T) {
	d := newDesk(t)
	for i := range 5 {
		d.clock.pass(time.Second)
		d.submitted(somebody("Rossi "+string(rune('A'+i)), fmt.Sprintf("194%d-01-01", i)))
	}
	seen := map[string]bool{}
	cursor, pages := "", 0
	for {
		a := d.as("coordinator").get("/discharges?limit=2&cursor=" + cursor).wants(http.StatusOK)
		for _, item := range a.items() {
			id := item["id"].(string)
			if seen[id] {
				t.Errorf("%s twice", id)
			}
			seen[id] = true
		}
		pages++
		d.clock.pass(time.Second)
		d.submitted(somebody("Nuovi "+string(rune('A'+pages)), fmt.Sprintf("195%d-01-01", pages)))
		if cursor = a.text("next_cursor"); cursor == "" {
			break
		}
	}
	if len(seen) != 5 || pages != 3 {
		t.Errorf("%d cases on %d pages", len(seen), pages)
	}
}

func TestDirectories(t *testing.T) {
	d := newDesk(t)
	anybody := d.as("operator")
	var towns []string
	for cursor, page := "", 0; ; page++ {
		a := anybody.get("/municipalities?limit=20&cursor=" + cursor).wants(http.StatusOK)
		for _, item := range a.items() {
			towns = append(towns, item["name"].(string))
		}
		if cursor = a.text("next_cursor"); cursor == "" {
			break
		}
	}
	if len(towns) != 48 {
		t.Errorf("%d municipalities", len(towns))
	}
	if n := len(anybody.get("/organisations?type=partner&programme=dp-cremasco").items()); n != 3 {
		t.Errorf("%d partners of dp-cremasco", n)
	}
	if n := len(anybody.get("/organisations?type=partner&programme=domicilio-anziani").items()); n != 5 {
		t.Errorf("%d partners of domicilio-anziani", n)
	}
	verified := anybody.get("/physicians?name=dott.ssa").wants(http.StatusOK).items()
	if len(verified) != 1 || verified[0]["verified"] != true {
		t.Errorf("physicians: %v", verified)
	}
	programmes := anybody.get("/programmes").wants(http.StatusOK).items()
	if len(programmes) != 2 {
		t.Fatalf("%d programmes", len(programmes))
	}
	p := anybody.get("/programmes/dp-cremasco").wants(http.StatusOK)
	if p.text("cup") != "D34H22000500007" || p.at("rules", "cap_days") != 42.0 || p.at("targets", "people") != 63.0 {
		t.Errorf("programme: %s", p.raw)
	}
	if p := anybody.get("/programmes/domicilio-anziani"); p.at("cup") != nil {
		t.Errorf("a CUP that nobody has typed: %s", p.raw)
	}
}

func TestWhomOneMayAppoint(t *testing.T) {
	d := newDesk(t)
	const path = "/users?programme=dp-cremasco&role=case_manager"
	if n := len(d.as("coordinator").get(path).wants(http.StatusOK).items()); n != 4 {
		t.Errorf("the coordinator finds %d", n)
	}
	if n := len(d.as("igea").get(path).wants(http.StatusOK).items()); n != 2 {
		t.Errorf("the partner finds %d of its own", n)
	}
	for _, found := range d.as("meraki").get(path).wants(http.StatusOK).items() {
		if found["organisation"] != "Meraki" {
			t.Errorf("a partner finds %v", found)
		}
	}
	d.as("sender").get(path).refuses(http.StatusForbidden, "forbidden")
	d.as("coordinator").get("/users?programme=dp-cremasco&role=dpo").refuses(http.StatusUnprocessableEntity, "invalid")

	id := d.walkTo("proposed")
	d.as("coordinator").post("/discharges/"+id+"/accept", obj{"by_telephone_with": "Ida"}).wants(http.StatusOK)
	d.as("igea").post("/discharges/"+id+"/appoint-case-manager", obj{"user_id": postgres.DemoID("operator@demo.test")}).
		refuses(http.StatusUnprocessableEntity, "invalid")
	d.as("igea").post("/discharges/"+id+"/appoint-case-manager", obj{
		"user_id": postgres.DemoID("casemanager@demo.test"), "by_telephone_with": "Ida",
	}).refuses(http.StatusUnprocessableEntity, "invalid")
}

func TestAReferralIsCheckedBeforeItIsWritten(t *testing.T) {
	d := newDesk(t)
	id := d.submitted(referralOfBianchi())
	body := obj{"programme_id": "dp-cremasco", "family_name": "BIANCHI", "given_name": "Rossella", "birth_date": "1940-02-01"}
	mine := d.as("sender").post("/referrals/check", body).wants(http.StatusOK)
	if mine.text("live_case", "id") != id || mine.text("live_case", "message") == "" {
		t.Errorf("who sent it: %s", mine.raw)
	}
	none := d.as("sender").post("/referrals/check", obj{"programme_id": "dp-cremasco", "tax_code": "MRALCU40R41D142B"}).wants(http.StatusOK)
	if v, ok := none.json()["live_case"]; !ok || v != nil {
		t.Errorf("nobody: %s", none.raw)
	}
	// A municipality of the other programme may ask there, and not here.
	d.as("igea").post("/referrals/check", body).refuses(http.StatusForbidden, "forbidden")
	body["consent"] = obj{}
	d.as("sender").post("/referrals/check", body).refuses(http.StatusUnprocessableEntity, "invalid")
	d.as("sender").post("/referrals/check", obj{"programme_id": "dp-cremasco", "tax_code": "RSSMRA80A01H501X"}).
		refuses(http.StatusUnprocessableEntity, "invalid")
	d.as("sender").post("/referrals/check", obj{"programme_id": "dp-cremasco"}).refuses(http.StatusUnprocessableEntity, "invalid")

	for i := range 40 {
		a := d.as("hospital").post("/referrals/check", obj{"programme_id": "dp-cremasco", "tax_code": "MRALCU40R41D142B"})
		if a.code == http.StatusTooManyRequests {
			if after, _ := strconv.Atoi(a.header.Get("Retry-After")); i < 30 || after < 1 {
				t.Errorf("limited after %d, Retry-After %d", i, after)
			}
			return
		}
	}
	t.Error("forty questions and no limit")
}

func TestWhoMayNotSeeTheCaseIsToldWhomToCall(t *testing.T) {
	d := newDesk(t)
	r := referralOfBianchi()
	r["sender"] = obj{"ward": "Ortopedia", "person": "Osvaldo Dimissioni", "phone": "0373 000110"}
	d.as("hospital").post("/discharges", r).wants(http.StatusCreated)
	asked := obj{"programme_id": "dp-cremasco", "family_name": "Bianchi", "given_name": "Rossella", "birth_date": "1940-02-01"}
	d.as("municipality").post("/referrals/check", asked).refuses(http.StatusForbidden, "forbidden") // it refers nobody there
	a := d.as("sender").post("/referrals/check", asked).wants(http.StatusOK)
	live := a.at("live_case").(obj)
	if len(live) != 1 || live["message"] != "Questa persona è già seguita nello stesso programma: contatti il coordinatore al numero 0373 000200." {
		t.Errorf("told: %s", a.raw)
	}
}

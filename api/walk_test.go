package api

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"dimissioni/internal/calendar"
	"dimissioni/internal/postgres"
)

func TestACaseGoesFromTheReferralToTheEnd(t *testing.T) {
	d := newDesk(t)
	created := d.as("sender").post("/discharges", referralOfBianchi()).wants(http.StatusCreated)
	id := created.text("id")
	if want := base + "/discharges/" + id; created.header.Get("Location") != want {
		t.Errorf("Location %q, want %q", created.header.Get("Location"), want)
	}
	if missing, _ := created.at("missing").([]any); len(missing) == 0 {
		t.Error("the answer does not list what is missing")
	}
	for _, s := range theWalk() {
		a := d.give(id, s)
		if got := a.text("state"); got != s.state {
			t.Fatalf("after %s: state %q, want %q", s.command, got, s.state)
		}
	}
	full := d.as("coordinator").get("/discharges/" + id).wants(http.StatusOK)
	if full.text("exit", "siad") != "01" || full.text("exit", "outcome") != "completed" {
		t.Errorf("exit: %v", full.at("exit"))
	}
	if full.at("budget", "released_cents").(float64) <= 0 {
		t.Errorf("budget: %v", full.at("budget"))
	}
	for _, path := range []string{"/timeline", "/deadlines", "/notifications", "/accesses", "/visits", "/diary", "/assessments"} {
		if items := d.as("coordinator").get("/discharges/" + id + path + "?limit=200").wants(http.StatusOK).items(); len(items) == 0 {
			if path != "/visits" && path != "/diary" && path != "/assessments" {
				t.Errorf("%s is empty", path)
			}
		}
	}
}

func TestTheTimelineIsItalianAndHoldsTheWords(t *testing.T) {
	d := newDesk(t)
	id := d.walkTo("proposed")
	d.as("meraki").get("/discharges/" + id + "/timeline").wants(http.StatusNotFound)
	d.as("coordinator").post("/discharges/"+id+"/decline", obj{
		"reason_code": "no_capacity", "note": "richiamare a fine mese", "by_telephone_with": "Ida",
	}).wants(http.StatusOK)
	items := d.as("coordinator").get("/discharges/" + id + "/timeline").wants(http.StatusOK).items()
	last := items[len(items)-1]
	want := "Proposta rifiutata dall'ente (Igea): nessuna disponibilità. Nota: richiamare a fine mese. Per telefono con Ida."
	if last["summary"] != want {
		t.Errorf("summary %q, want %q", last["summary"], want)
	}
	if last["actor"].(obj)["telephone"] != true {
		t.Errorf("actor: %v", last["actor"])
	}
	var admitted string
	for _, item := range items {
		if item["kind"] == "admitted" {
			admitted = item["summary"].(string)
		}
	}
	if !strings.Contains(admitted, "riservati 2.000,00 euro") {
		t.Errorf("the coordinator reads of the money: %q", admitted)
	}
	for _, item := range d.as("sender").get("/discharges/" + id + "/timeline").wants(http.StatusOK).items() {
		if summary := item["summary"].(string); strings.Contains(summary, "euro") || item["kind"] == "declined" {
			t.Errorf("the ward reads %q", summary)
		}
	}
}

// TestTheTimelineNamesThePartner: the one that accepted to everybody; who was asked or declined to the coordinator alone.
func TestTheTimelineNamesThePartner(t *testing.T) {
	d := newDesk(t)
	id := d.walkTo("proposed")
	for _, s := range []step{
		{"igea", "decline", obj{"reason_code": "out_of_area"}, "matching"},
		{"coordinator", "propose", obj{"partner_id": postgres.DemoID("meraki")}, "proposed"},
		{"meraki", "accept", nil, "planning"},
	} {
		d.give(id, s)
	}
	for _, reads := range []struct {
		who  string
		want map[string][]string // by kind of event, the newest last
	}{
		{"coordinator", map[string][]string{
			"proposed": {"Caso proposto a un ente (Igea).", "Caso proposto a un ente (Meraki)."},
			"declined": {"Proposta rifiutata dall'ente (Igea): fuori zona."},
			"accepted": {"Proposta accettata dall'ente (Meraki)."},
		}},
		{"meraki", map[string][]string{
			"proposed": {"Caso proposto a un ente.", "Caso proposto a un ente (Meraki)."},
			"declined": {"Proposta rifiutata dall'ente: fuori zona."},
			"accepted": {"Proposta accettata dall'ente (Meraki)."},
		}},
		{"sender", map[string][]string{"accepted": {"Proposta accettata dall'ente (Meraki)."}}},
	} {
		got := map[string][]string{}
		for _, item := range d.as(reads.who).get("/discharges/" + id + "/timeline").wants(http.StatusOK).items() {
			if kind := item["kind"].(string); kind == "proposed" || kind == "declined" || kind == "accepted" {
				got[kind] = append(got[kind], item["summary"].(string))
			}
		}
		if diff := cmp.Diff(reads.want, got); diff != "" {
			t.Errorf("%s reads (-want +got):\n%s", reads.who, diff)
		}
	}
}

func TestACommandThatSaysNothingIsRefused(t *testing.T) {
	d := newDesk(t)
	id := d.submitted(referralOfBianchi())
	d.as("coordinator").post("/discharges/"+id+"/request-information", obj{"question": "Ha il deambulatore?"}).wants(http.StatusOK)
	missing := d.as("sender").get("/discharges/" + id).at("missing").([]any)
	named := d.as("sender").post("/discharges/"+id+"/complete", obj{}).refuses(http.StatusUnprocessableEntity, "invalid").fields()
	for _, field := range append(missing, "note") { // and a question is open
		if named[field.(string)] != "required" {
			t.Errorf("it does not name %v: %v", field, named)
		}
	}
	d.as("sender").post("/discharges/"+id+"/complete", obj{"note": "Sì, è suo."}).wants(http.StatusOK)
	d.as("sender").post("/discharges/"+id+"/complete", obj{"note": "Sì, è suo."}).refuses(http.StatusUnprocessableEntity, "invalid")
	empty := d.as("sender").post("/discharges/"+id+"/update-details", obj{}).refuses(http.StatusUnprocessableEntity, "invalid")
	if empty.fields()["groups"] == "" {
		t.Errorf("it names %v", empty.fields())
	}
}

func TestAPartnerDeclinesAndTheCaseGoesOutOfSight(t *testing.T) {
	d := newDesk(t)
	id := d.walkTo("proposed")
	path, body, key := "/discharges/"+id+"/decline", obj{"reason_code": "out_of_area"}, header{"Idempotency-Key", "k1"}
	first := d.as("igea").post(path, body, key).wants(http.StatusOK)
	if first.text("code") == "" || first.text("state") != "matching" || first.at("patient") != nil {
		t.Errorf("after a decline: %s", first.raw)
	}
	d.as("igea").get("/discharges/" + id).wants(http.StatusNotFound)
	d.as("coordinator").post("/discharges/"+id+"/propose", obj{"partner_id": postgres.DemoID("meraki")}).wants(http.StatusOK)
	again := d.as("igea").post(path, body, key).wants(http.StatusOK)
	if string(again.raw) != string(first.raw) {
		t.Errorf("the same key answers %s, then %s", first.raw, again.raw)
	}
	d.as("igea").post(path, body, header{"Idempotency-Key", "k2"}).wants(http.StatusNotFound)
}

func TestTheUrgentStartDoesAllInOne(t *testing.T) {
	d := newDesk(t)
	id := d.submitted(referralOfBianchi())
	a := d.as("coordinator").post("/discharges/"+id+"/urgent-start", obj{
		"level": "light", "partner_id": postgres.DemoID("igea"), "case_manager_id": postgres.DemoID("casemanager@demo.test"),
		"criteria": obj{"age_or_network": obj{"met": true}, "residence_or_presence": obj{"met": true}, "informed": obj{"met": true}},
	}).wants(http.StatusOK)
	if a.text("state") != "active" || a.text("start_on") != day(0) || a.at("day") != 0.0 {
		t.Errorf("after the urgent start: %s", a.raw)
	}
	d.as("coordinator").post("/discharges/"+id+"/correct", obj{"event_seq": 1, "on": day(0), "reason": "prova"}).
		refuses(http.StatusUnprocessableEntity, "invalid")
}

func TestTheReferralIsCompletedGroupByGroup(t *testing.T) {
	d := newDesk(t)
	id := d.submitted(referralOfBianchi())
	before := len(d.as("sender").get("/discharges/" + id).at("missing").([]any))
	after := d.as("sender").post("/discharges/"+id+"/complete", obj{
		"stay": obj{"therapy_note": "vedi lettera", "fit_on": day(1)}, "network": obj{"known_to_social": false},
	}).wants(http.StatusOK)
	if n := len(after.at("missing").([]any)); n != before-3 {
		t.Errorf("missing: %d before, %d after", before, n)
	}
	if after.text("referral", "stay", "reason") != "polmonite" {
		t.Error("completing one field of a group takes away the others")
	}
	wrong := d.as("sender").post("/discharges/"+id+"/complete", obj{"stay": obj{"kind": "hotel"}})
	if fields := wrong.refuses(http.StatusUnprocessableEntity, "invalid").fields(); fields["stay.kind"] != "unknown" {
		t.Errorf("fields: %v", fields)
	}
	d.as("casemanager").post("/discharges/"+id+"/update-details", obj{}).wants(http.StatusNotFound)
	d.as("coordinator").post("/discharges/"+id+"/update-details", obj{
		"patient": obj{"phone": "0373 999333"}, "consent": obj{"share_with": []string{}},
	}).wants(http.StatusOK)
	d.as("municipality").get("/discharges/" + id).wants(http.StatusNotFound)
}

func TestTrainingMovesTheCasesClock(t *testing.T) {
	d := newDesk(t)
	d.clock.now = time.Now() // a case's clock is kept as its distance from the real one
	on := func(n int) string { return calendar.DateOf(d.clock.now).AddDays(n).String() }
	id := d.submitted(referralOfBianchi())
	d.as("coordinator").post("/discharges/"+id+"/urgent-start", obj{
		"level": "light", "partner_id": postgres.DemoID("igea"), "case_manager_id": postgres.DemoID("casemanager@demo.test"),
	}).wants(http.StatusOK)

	d.as("casemanager").post("/discharges/"+id+"/fast-forward", obj{"days": 10}).refuses(http.StatusForbidden, "forbidden")
	forward := func() answer {
		return d.as("coordinator").post("/discharges/"+id+"/fast-forward", obj{"days": 11}, header{"Idempotency-Key", "ff"})
	}
	if a := forward().wants(http.StatusOK); a.text("today") != on(11) || a.at("day") != 11.0 {
		t.Errorf("today %v, day %v", a.at("today"), a.at("day"))
	}
	if a := forward().wants(http.StatusOK); a.text("today") != on(11) {
		t.Error("the same key moves the clock twice")
	}
	// The rules judge the future by the case's clock, not by the real one.
	d.as("coordinator").post("/discharges/"+id+"/suspend", obj{"reason_code": "away", "on": on(9)}).wants(http.StatusOK)
	d.as("coordinator").post("/discharges/"+id+"/resume", obj{"on": on(12)}).refuses(http.StatusUnprocessableEntity, "invalid")

	// Hours alone: nobody can say which hour it is now, but a day has no more than 25.
	d.as("coordinator").post("/discharges/"+id+"/fast-forward", obj{"hours": 23}).wants(http.StatusOK)
	evening := d.as("coordinator").post("/discharges/"+id+"/fast-forward", obj{"days": 0, "hours": 2}).wants(http.StatusOK)
	if got := evening.text("today"); got != on(12) && got != on(13) {
		t.Errorf("25 hours after %s it is %s", on(11), got)
	}
	for _, nowhere := range []obj{{}, {"days": 0}, {"hours": 0}, {"days": -1}, {"days": 61}, {"hours": 24}, {"days": 1, "hours": -1}} {
		d.as("coordinator").post("/discharges/"+id+"/fast-forward", nowhere).refuses(http.StatusUnprocessableEntity, "invalid")
	}

	d.server.training = false
	d.as("coordinator").post("/discharges/"+id+"/fast-forward", obj{"days": 1}).refuses(http.StatusNotFound, "not_found")
}

package api

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"dimissioni/api/html/htmltest"
	"dimissioni/internal/postgres"
)

// theFirst of the choices.
const theFirst = "*"

// formOn is a form on a page as a browser would send it: what is written in it, then what somebody types.
func formOn(p htmltest.Page, typed ...string) url.Values {
	values := url.Values{}
	form := htmltest.Page{TB: p.TB, Root: p.One("form.command")}
	for _, input := range form.All("input") {
		checked := has(input, "checked")
		kind, value := htmltest.Attr(input, "type"), htmltest.Attr(input, "value")
		if kind != "radio" && kind != "checkbox" || checked {
			values.Add(htmltest.Attr(input, "name"), value)
		}
	}
	for _, area := range form.All("textarea") {
		values.Add(htmltest.Attr(area, "name"), htmltest.Text(area))
	}
	for _, list := range form.All("select") {
		values.Add(htmltest.Attr(list, "name"), "")
		for _, option := range (htmltest.Page{TB: p.TB, Root: list}).All("option") {
			if has(option, "selected") {
				values.Set(htmltest.Attr(list, "name"), htmltest.Attr(option, "value"))
			}
		}
	}
	for i := 0; i < len(typed); i += 2 {
		if typed[i+1] == theFirst {
			typed[i+1] = htmltest.Attr(form.All("input[name=" + typed[i] + "]")[0], "value")
		}
		values.Set(typed[i], typed[i+1])
	}
	return values
}

func has(n *html.Node, name string) bool {
	return slices.ContainsFunc(n.Attr, func(a html.Attribute) bool { return a.Key == name })
}

// formStep is a command given by its form.
type formStep struct {
	who, command string
	typed        []string
	wrong        []string // that does not go through; none: the form cannot be filled in wrongly
	state        string
}

func stepsByForm() []formStep {
	igea := postgres.DemoID("igea")
	return []formStep{
		{"coordinator", "take", nil, nil, "submitted"},
		{"coordinator", "request-information", []string{"question", "Ha il deambulatore?"}, []string{"question", " "}, "submitted"},
		{"sender", "complete", []string{"note", "Sì", "stay.therapy_note", "vedi lettera", "stay.fit_on", day(0)}, []string{"stay.fit_on", "ieri"}, "submitted"},
		{"coordinator", "update-details", []string{"patient.phone", "0373 999444"}, []string{"from", "31/31/2026"}, "submitted"},
		{"sender", "update-discharge", []string{"expected_on", day(3)}, []string{"expected_on", ""}, "submitted"},
		{"coordinator", "screen", []string{"outcome", "admit"}, []string{"outcome", "reject", "reason_code", ""}, "matching"},
		{"coordinator", "propose", []string{"partner_id", igea}, []string{"partner_id", postgres.NewID()}, "proposed"},
		{"igea", "accept", nil, nil, "planning"},
		{"igea", "appoint-case-manager", []string{"user_id", postgres.DemoID("casemanager@demo.test")}, []string{"from", "boh"}, "planning"},
		{"casemanager", "record-home-visit", []string{"present", "la figlia\nil medico"}, []string{"held_on", day(3)}, "planning"},
		{
			"casemanager", "submit-plan",
			[]string{"start_planned_on", day(0), "interventions[2].figure", "nurse", "interventions[2].times_per_week", "1", "interventions[2].minutes", "30", "goals[1].area", "social", "goals[1].text", "uscire"},
			[]string{"interventions[2].figure", "nurse", "interventions[2].times_per_week", "1", "interventions[2].minutes", "2"},
			"signing",
		},
		{"casemanager", "move-start", []string{"start_planned_on", day(1)}, []string{"start_planned_on", day(-3)}, "signing"},
		{"coordinator", "sign", []string{"signer", "coordinator", "method", "in_person"}, []string{"signer", "patient", "method", "verbal_witnessed"}, "signing"},
		{"casemanager", "sign", []string{"signer", "case_manager", "method", "paper"}, []string{"signer", "case_manager"}, "signing"},
		{"casemanager", "sign", []string{"signer", "patient", "method", "verbal_witnessed", "witnesses", "Ida\nUgo", "reason", "non vede"}, []string{"signer", "representative", "method", "in_person"}, "ready"},
		{"casemanager", "confirm-start", nil, []string{"start_on", day(2)}, "active"},
		{"casemanager", "convene-meeting", []string{"at", day(2) + "T14:30", "place", "sala riunioni"}, []string{"at", "domani"}, "active"},
		{"casemanager", "record-meeting", []string{"decision", "continue", "attendees[0].mode", "present", "attendees[1].mode", "present", "attendees[2].mode", "remote", "attendees[2].name", "Osvaldo"}, []string{"decision", "continue", "attendees[1].name", "Ugo"}, "active"},
		{"coordinator", "renew", []string{"days", "7"}, []string{"days", "sette"}, "active"},
		{"sender", "readmission-notice", []string{"ward", "Medicina"}, []string{"admitted_on", "x"}, "active"},
		{"casemanager", "suspend", nil, []string{"on", day(1)}, "suspended"},
		{"casemanager", "resume", nil, []string{"on", day(1)}, "active"},
		{"coordinator", "reassign", []string{"partner_id", postgres.DemoID("meraki")}, []string{"partner_id", igea}, "active"},
		{"coordinator", "decline", []string{"by_telephone_with", "Ida", "reason_code", "no_capacity"}, []string{"by_telephone_with", "", "reason_code", "no_capacity"}, "active"},
		{"igea", "return-case", []string{"reason_code", "no_capacity"}, []string{"note", "x"}, "active"},
		{"coordinator", "close", []string{"outcome", "completed", "what_follows", "sad", "from", day(1)}, []string{"outcome", "other", "what_follows", "sad", "from", day(1)}, "closed"},
		{"coordinator", "correct", []string{"event_seq", theFirst, "on", day(0), "reason", "data sbagliata"}, []string{"on", day(0), "reason", ""}, "closed"},
		{"coordinator", "reopen", []string{"reason", "per errore"}, []string{"reason", ""}, "active"},
		{"casemanager", "report-death", nil, []string{"died_on", day(2)}, "closed"},
	}
}

// TestACaseGoesByForms: every command has a form that somebody who may give it can fill in, wrongly and rightly.
func TestACaseGoesByForms(t *testing.T) {
	d := newDesk(t)
	seats := map[string]*seat{}
	sit := func(who string) *seat {
		if seats[who] == nil {
			seats[who] = d.sits(who)
		}
		return seats[who]
	}
	given := map[string]bool{}
	walk := func(id string, steps []formStep) {
		for _, step := range steps {
			given[step.command] = true
			d.byForm(sit(step.who), id, step)
			if state := d.as("coordinator").get("/discharges/" + id).text("state"); state != step.state {
				t.Fatalf("after %s the case is %s, want %s", step.command, state, step.state)
			}
		}
	}
	walk(d.submitted(referralOfBianchi()), stepsByForm())
	igea := postgres.DemoID("igea")
	walk(d.submitted(somebody("Azzurri", "1945-05-05")), []formStep{
		{"coordinator", "urgent-start", []string{"level", "light", "partner_id", igea, "case_manager_id", postgres.DemoID("casemanager@demo.test")}, []string{"partner_id", igea}, "active"},
		{"coordinator", "cancel", []string{"reason", "doppia"}, []string{"reason", ""}, "cancelled"},
	})
	walk(d.submitted(somebody("Verdi", "1946-05-05")), []formStep{
		{"sender", "end-before-start", []string{"reason_code", "person_refused"}, []string{"on", day(1)}, "not_started"},
	})
	given["complete-outcome"] = true // closed by the cap: TestTheOutcomeOfACapIsCompletedByForm
	for _, spec := range commandTable() {
		if _, ok := commandForms[spec.kind]; !ok || !given[spec.path()] {
			t.Errorf("%s: a form %v, given %v", spec.path(), ok, given[spec.path()])
		}
	}
}

// byForm fills in a form wrongly, then rightly.
func (d *desk) byForm(s *seat, id string, step formStep) {
	d.Helper()
	path := "/casi/" + id + "/azioni/" + step.command
	page := s.page(path)
	if len(page.All(".alert-danger")) != 0 {
		d.Errorf("%s begins with mistakes: %s", step.command, page.Text())
	}
	if step.wrong != nil {
		refused := s.ask(http.MethodPost, path, formOn(page, step.wrong...))
		if refused.code != http.StatusUnprocessableEntity {
			d.Fatalf("%s, filled in wrongly: %d %s", step.command, refused.code, refused.raw)
		}
		page = htmltest.Read(d, refused.raw)
		if len(page.All(".summary li")) == 0 {
			d.Errorf("%s does not say what is wrong: %s", step.command, page.Text())
		}
		for _, link := range page.All(".summary a") {
			page.One(htmltest.Attr(link, "href"))
		}
		page = s.page(path)
	}
	done := s.ask(http.MethodPost, path, formOn(page, step.typed...))
	if done.code != http.StatusSeeOther || done.header.Get("Location") != "/casi/"+id {
		d.Fatalf("%s, filled in rightly: %d to %s: %s", step.command, done.code, done.header.Get("Location"), done.raw)
	}
	if flash := s.page("/casi/" + id).All(".flash"); len(flash) != 1 {
		d.Errorf("%s is done and nothing is said", step.command)
	}
}

func TestTheOutcomeOfACapIsCompletedByForm(t *testing.T) {
	d := newDesk(t)
	id := d.walkTo("active")
	d.as("coordinator").post("/discharges/"+id+"/fast-forward", obj{"days": 45}).wants(http.StatusOK)
	d.byForm(d.sits("coordinator"), id, formStep{
		"coordinator", "complete-outcome", []string{"outcome", "completed", "what_follows", "sad", "from", day(43)}, []string{"outcome", ""}, "closed",
	})
}

func TestADoubleClickDoesNothingTwice(t *testing.T) {
	d := newDesk(t)
	id := d.walkTo("proposed")
	igea, path := d.sits("igea"), "/casi/"+id+"/azioni/decline"
	form := formOn(igea.page(path), "reason_code", "out_of_area")
	for range 2 {
		if a := igea.ask(http.MethodPost, path, form).wants(http.StatusSeeOther); a.header.Get("Location") != "/oggi" {
			t.Errorf("sent to %s", a.header.Get("Location"))
		}
	}
	form.Set("key", "another")
	igea.ask(http.MethodPost, path, form).wants(http.StatusNotFound)

	coordinator := d.sits("coordinator")
	path = "/casi/" + id + "/azioni/propose"
	form = formOn(coordinator.page(path), "partner_id", postgres.DemoID("meraki"))
	coordinator.ask(http.MethodPost, path, form).wants(http.StatusSeeOther)
	coordinator.ask(http.MethodPost, path, form).wants(http.StatusSeeOther)
	proposals := 0
	for _, item := range d.as("coordinator").get("/discharges/" + id + "/timeline").items() {
		if item["kind"] == "proposed" {
			proposals++
		}
	}
	if proposals != 2 { // Igea's and Meraki's
		t.Errorf("%d proposals", proposals)
	}
	form.Del("key")
	coordinator.ask(http.MethodPost, path, form).wants(http.StatusBadRequest)
}

func TestAFormOnACaseThatHasMovedKeepsWhatWasTyped(t *testing.T) {
	d := newDesk(t)
	id := d.walkTo("active")
	manager, path := d.sits("casemanager"), "/casi/"+id+"/azioni/suspend"
	const attack = "</textarea><script>alert(1)</script>"
	form := formOn(manager.page(path), "reason_code", "away", "note", attack)
	d.as("coordinator").post("/discharges/"+id+"/renew", obj{"days": 3, "reason": "serve"}).wants(http.StatusOK)
	moved := manager.ask(http.MethodPost, path, form).wants(http.StatusConflict)
	page := htmltest.Read(t, moved.raw)
	if told := htmltest.Text(page.One("#cambiato")); !strings.Contains(told, "Percorso rinnovato di 3 giorni") {
		t.Errorf("told: %s", told)
	}
	if kept := htmltest.Text(page.One("#f-note")); kept != attack || strings.Contains(string(moved.raw), "<script>alert") {
		t.Errorf("kept: %s", kept)
	}
	if d.as("coordinator").get("/discharges/"+id).text("state") != "active" {
		t.Error("it was done all the same")
	}
	manager.ask(http.MethodPost, path, formOn(page)).wants(http.StatusSeeOther)
	if state := d.as("coordinator").get("/discharges/" + id).text("state"); state != "suspended" {
		t.Errorf("sent again, the case is %s", state)
	}
}

func TestClosingWarnsOfAHole(t *testing.T) {
	d := newDesk(t)
	id := d.walkTo("active")
	coordinator, path := d.sits("coordinator"), "/casi/"+id+"/azioni/close"
	for _, tc := range []struct {
		typed []string
		warns string
	}{
		{[]string{"outcome", "completed", "what_follows", "nothing"}, "non segue alcun servizio"},
		{[]string{"outcome", "completed", "what_follows", "sad"}, "Non si sa da quando"},
		{[]string{"outcome", "completed", "what_follows", "sad", "from", day(5)}, "giorni senza servizi 4"},
	} {
		a := coordinator.ask(http.MethodPost, path, formOn(coordinator.page(path), tc.typed...)).wants(http.StatusUnprocessableEntity)
		if !strings.Contains(a.shown(), tc.warns) {
			t.Errorf("%v: %s", tc.typed, a.shown())
		}
		if tc.typed[len(tc.typed)-1] == day(5) {
			coordinator.ask(http.MethodPost, path, formOn(htmltest.Read(t, a.raw))).wants(http.StatusSeeOther)
		}
	}
}

func TestACommandThatMayNotBeGivenSaysWhyNot(t *testing.T) {
	d := newDesk(t)
	id := d.walkTo("active")
	for _, tc := range []struct {
		who, command string
		status       int
		says         string
	}{
		{"coordinator", "screen", http.StatusConflict, "non è possibile"},
		{"sender", "close", http.StatusForbidden, "ruolo"},
		{"meraki", "close", http.StatusNotFound, ""},
		{"coordinator", "nessuno", http.StatusNotFound, ""},
	} {
		a := d.sits(tc.who).get("/casi/" + id + "/azioni/" + tc.command).wants(tc.status)
		if page := htmltest.Read(t, a.raw); !strings.Contains(a.shown(), tc.says) || len(page.All("form.command")) != 0 {
			t.Errorf("%s, %s: %s", tc.who, tc.command, a.shown())
		}
	}
	d.sits("sender").post("/casi/"+id+"/azioni/close", "key", "k", "outcome", "completed", "what_follows", "sad", "from", day(1)).wants(http.StatusForbidden)
	d.engine.stop(true)
	coordinator := d.sits("coordinator")
	form := formOn(coordinator.page("/casi/"+id+"/azioni/suspend"), "reason_code", "away")
	away := coordinator.ask(http.MethodPost, "/casi/"+id+"/azioni/suspend", form).wants(http.StatusServiceUnavailable)
	d.engine.stop(false)
	coordinator.ask(http.MethodPost, "/casi/"+id+"/azioni/suspend", formOn(htmltest.Read(t, away.raw))).wants(http.StatusSeeOther)
}

package api

import (
	"bytes"
	"net/http"
	"strings"
	"testing"

	"dimissioni/api/html/htmltest"
	"dimissioni/internal/discharge"
	"dimissioni/internal/postgres"
)

// identified is what nobody reads before the code.
var identified = []string{"Bianchi", "Rossella", "1940", "Tigli", "polmonite", "igiene", "Sala blu", "scala ripida", "camminare"}

func TestThePartnerAnswersFromTheMail(t *testing.T) {
	d := newDesk(t)
	id := d.walkTo("proposed")
	b := d.holder(d.link(id, discharge.MomentProposal, "partner_manager"))
	page := b.look().wants(http.StatusOK)
	for _, want := range []string{"DP-2026-00001", "moderato", "Crema", "OSS", "infermiere", "3 ore", "85-89", "06/11/2026", "sì"} {
		if !strings.Contains(page.shown(), want) {
			t.Errorf("the partner does not read %q:\n%s", want, page.shown())
		}
	}
	for _, secret := range identified {
		if bytes.Contains(page.raw, []byte(secret)) {
			t.Errorf("before accepting the partner reads %q", secret)
		}
	}
	b.thanked(b.fill("answer", "accept"), "accept")
	if state := d.as("igea").get("/discharges/" + id).text("state"); state != "planning" {
		t.Errorf("after accepting: %s", state)
	}
	b.thanked(b.fill("answer", "accept"), "accept") // the second click
	if n := d.events(id, discharge.Accepted); n != 1 {
		t.Errorf("accepted %d times", n)
	}
	b.fill("answer", "decline", "reason_code", "other").wants(http.StatusNotFound)
	b.look().wants(http.StatusNotFound)
	last := d.as("coordinator").get("/discharges/" + id + "/timeline?limit=200").items()
	for _, item := range last {
		if item["kind"] == "accepted" && !strings.Contains(item["actor"].(obj)["name"].(string), "Ida Igea") {
			t.Errorf("who accepted: %v", item["actor"])
		}
	}
}

func TestThePartnerDeclinesWithAReason(t *testing.T) {
	d := newDesk(t)
	id := d.walkTo("proposed")
	b := d.holder(d.link(id, discharge.MomentProposal, "partner_manager"))
	back := b.fill("answer", "decline", "note", "torniamo a <lunedì>").wants(http.StatusUnprocessableEntity)
	page := htmltest.Read(t, back.raw)
	if !strings.Contains(back.shown(), "Scelga un motivo") || htmltest.Text(page.One("textarea")) != "torniamo a <lunedì>" {
		t.Errorf("without a reason: %s", back.shown())
	}
	b.fill("answer", "decline", "reason_code", "no_capacity", "note", strings.Repeat("x", 1001)).wants(http.StatusUnprocessableEntity)
	b.fill("answer", "dance").wants(http.StatusUnprocessableEntity)
	b.fill("answer", "sign", "agree", "yes").wants(http.StatusUnprocessableEntity)
	b.thanked(b.fill("answer", "decline", "reason_code", "no_capacity", "note", "torniamo a lunedì"), "decline")
	if state := d.as("coordinator").get("/discharges/" + id).text("state"); state != "matching" {
		t.Errorf("after declining: %s", state)
	}
}

func TestThePatientSignsWithTheCodeThatIsReadOut(t *testing.T) {
	d := newDesk(t)
	id := d.signing()
	l := d.link(id, discharge.MomentSignatureRequested, "patient")
	b := d.holder(l)
	page := b.look().wants(http.StatusOK)
	for _, want := range []string{"DP-2026-00001", "la firma della persona assistita", "Ufficio di piano", "0373 000200"} {
		if !strings.Contains(page.shown(), want) {
			t.Errorf("before the code the page lacks %q:\n%s", want, page.shown())
		}
	}
	for _, secret := range append(identified, "Dimissioni protette", "PAI") {
		if bytes.Contains(page.raw, []byte(secret)) {
			t.Errorf("before the code the page says %q", secret)
		}
	}
	b.fill("answer", "sign", "agree", "yes").wants(http.StatusUnprocessableEntity)
	b.fill("code", "12345").wants(http.StatusUnprocessableEntity)
	b.opened(l)
	page = b.look().wants(http.StatusOK)
	for _, want := range []string{"Rossella Bianchi", "01/02/1940", "moderato", "OSS, igiene: 3 volte alla settimana", "camminare in casa", "Igea", "la sera"} {
		if !strings.Contains(page.shown(), want) {
			t.Errorf("after the code the page lacks %q:\n%s", want, page.shown())
		}
	}
	b.fill("answer", "sign").wants(http.StatusUnprocessableEntity)
	b.thanked(b.fill("answer", "sign", "agree", "yes"), "sign")
	b.thanked(b.fill("answer", "sign", "agree", "yes"), "sign")
	(&browser{desk: d, path: b.path}).fill("answer", "sign", "agree", "yes").wants(http.StatusNotFound) // without the code's proof
	if n := d.events(id, discharge.Signed); n != 1 {
		t.Errorf("signed %d times", n)
	}
	for _, item := range d.as("coordinator").get("/discharges/" + id + "/timeline?limit=200").items() {
		if item["kind"] == "signed" && (item["actor"].(obj)["name"] != "firmatario" || !strings.Contains(item["summary"].(string), "persona assistita")) {
			t.Errorf("on the timeline: %v", item)
		}
	}
	read := d.as("dpo").get("/discharges/" + id + "/accesses?limit=200").items()
	found := false
	for _, item := range read {
		found = found || item["what"] == "link sign" && item["role"] == "patient" && item["user_id"] == nil
	}
	if !found {
		t.Error("the reading through the link is not in the log")
	}
}

func TestARepresentativeSignsWithTitleAndAct(t *testing.T) {
	d := newDesk(t)
	r := referralOfBianchi()
	r["network"].(obj)["representative"] = obj{"name": "Avv. Lucia Bianchi", "title": "tutore", "email": "figlia@esempio.it", "phone": "333 1234567"}
	id := d.submitted(r)
	for _, s := range theWalk()[:7] {
		d.give(id, s)
	}
	l := d.link(id, discharge.MomentSignatureRequested, "representative")
	b := d.holder(l).opened(l)
	page := htmltest.Read(t, b.look().raw)
	if title := htmltest.Attr(page.One("input#title"), "value"); title != "tutore" {
		t.Errorf("the title known is %q", title)
	}
	back := b.fill("answer", "sign", "agree", "yes", "title", "tutore").wants(http.StatusUnprocessableEntity)
	if !strings.Contains(back.shown(), "l'atto di nomina") {
		t.Errorf("without the act: %s", back.shown())
	}
	b.thanked(b.fill("answer", "sign", "agree", "yes", "title", "tutore", "act", "decreto 12/2026"), "sign")
	if missing := d.as("coordinator").get("/discharges/" + id).at("missing_signers").([]any); len(missing) != 2 {
		t.Errorf("still missing: %v", missing)
	}
}

func TestTheGPReadsAndTheFamilyComes(t *testing.T) {
	d := newDesk(t)
	id := d.convened()
	news := d.link(id, discharge.MomentActivated, "gp")
	gp := d.holder(news).opened(news)
	page := gp.look().wants(http.StatusOK)
	for _, want := range []string{"La presa in carico è cominciata", "Rossella Bianchi", "Igea", "Cesare Manager", "23/11/2026"} {
		if !strings.Contains(page.shown(), want) {
			t.Errorf("the GP does not read %q:\n%s", want, page.shown())
		}
	}
	if strings.Contains(page.shown(), "polmonite") {
		t.Error("the GP reads the referral's reason: the page is not the file")
	}
	gp.thanked(gp.fill("answer", "acknowledge", "note", "passo giovedì"), "acknowledge")
	meeting := d.link(id, discharge.MomentMeetingConvened, "caregiver")
	daughter := d.holder(meeting).opened(meeting)
	page = daughter.look().wants(http.StatusOK)
	if !strings.Contains(page.shown(), "Sala blu") || !strings.Contains(page.shown(), "mercoledì 04/11/2026 alle 10:00") {
		t.Errorf("the invitation: %s", page.shown())
	}
	daughter.thanked(daughter.fill("answer", "not_coming", "note", "lavoro"), "not_coming")
	daughter.thanked(daughter.fill("answer", "not_coming", "note", "lavoro"), "not_coming")
	daughter.fill("answer", "coming").wants(http.StatusNotFound)
	answers := map[any]any{}
	for _, item := range d.as("casemanager").get("/discharges/" + id + "/links").wants(http.StatusOK).items() {
		if item["code"] != nil {
			t.Error("the case manager reads codes")
		}
		if item["status"] == "used" {
			answers[item["answer"]] = item["note"]
		}
	}
	if answers["acknowledge"] != "passo giovedì" || answers["not_coming"] != "lavoro" {
		t.Errorf("answers %v", answers)
	}
}

// TestAGETNeverActs: mail gateways open links, ten times and from anywhere.
func TestAGETNeverActs(t *testing.T) {
	d := newDesk(t)
	id := d.signing()
	l := d.link(id, discharge.MomentSignatureRequested, "patient")
	b := d.holder(l)
	before, version := d.currentCode(l), d.as("coordinator").get("/discharges/"+id).at("version")
	for _, query := range []string{"", "?answer=sign&agree=yes", "?code=" + before, "?send=sms"} {
		(&browser{desk: d, path: b.path + query}).look().wants(http.StatusOK)
	}
	after := d.link(id, discharge.MomentSignatureRequested, "patient")
	if after.UsedAt != nil || after.CodeAttempts != 0 || after.CodeRound != 0 || after.CodeSends != 0 || d.currentCode(after) != before {
		t.Errorf("after looking: %+v", after)
	}
	if now := d.as("coordinator").get("/discharges/" + id).at("version"); now != version {
		t.Errorf("version %v, was %v", now, version)
	}
}

func (d *desk) currentCode(l postgres.Link) string {
	d.Helper()
	code, _, err := d.store.LinkCode(l, d.clock.Now())
	if err != nil {
		d.Fatal(err)
	}
	return code
}

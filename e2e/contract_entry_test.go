package e2e

import (
	"net/http"
	"slices"
	"strings"

	"dimissioni/internal/standalone/client"
	"dimissioni/internal/standalone/story"
)

func (d desk) holdLogin() {
	in := d.post("", "/login", client.Object{"email": "sender@demo.test", "password": password}).wants(http.StatusOK)
	has(d.t, "login", in.body, "token", "expires_at", "user")
	wrong := d.post("", "/login", client.Object{"email": "sender@demo.test", "password": secret}).refuses(http.StatusUnauthorized, "unauthenticated")
	for _, other := range []client.Object{{"email": "nobody@demo.test", "password": secret}, {"email": "", "password": ""}} {
		if r := d.post("", "/login", other).refuses(http.StatusUnauthorized, "unauthenticated"); r.raw != wrong.raw {
			d.t.Errorf("told apart: %s, %s", wrong.raw, r.raw)
		}
	}
	d.get("", "/me").refuses(http.StatusUnauthorized, "unauthenticated")
	d.ask("", http.MethodGet, "/me", nil, "Authorization", "Bearer "+secret).refuses(http.StatusUnauthorized, "unauthenticated")

	for who, role := range map[string]string{
		"sender": "sender", "hospital": "hospital_contact", "coordinator": "coordinator", "igea": "partner_manager",
		"meraki": "partner_manager", "sentiero": "partner_manager", "casemanager": "case_manager",
		"operator": "operator", "municipality": "municipality", "steering": "steering", "public": "public_body",
		"administrative": "administrative", "dpo": "dpo", "admin": "admin",
	} {
		me := d.get(who, "/me").wants(http.StatusOK)
		has(d.t, "me", me.body, "user", "roles", "organisation")
		if !slices.ContainsFunc(objects(me.body["roles"]), func(r client.Object) bool { return client.Text(r, "role") == role }) {
			d.t.Errorf("%s is %v", who, me.body["roles"])
		}
	}
}

func (d desk) holdDirectories() {
	var partners []string
	for _, o := range d.get("sender", "/organisations?type=partner&programme=dp-cremasco").wants(http.StatusOK).items() {
		partners = append(partners, client.Text(o, "name"))
	}
	slices.Sort(partners)
	if !slices.Equal(partners, []string{"Igea", "Meraki", "Sentiero"}) {
		d.t.Errorf("partners of dp-cremasco: %v", partners)
	}
	if n := len(d.get("sender", "/organisations?type=partner&programme=domicilio-anziani").items()); n != 5 {
		d.t.Errorf("%d partners of domicilio-anziani, want 5", n)
	}
	if found := d.get("sender", "/physicians?name=Demo").wants(http.StatusOK).items(); len(found) != 1 || client.Text(found[0], "name") != "Dott.ssa Demo" {
		d.t.Errorf("physicians: %v", found)
	}
	if n := len(d.get("sender", "/municipalities").wants(http.StatusOK).items()); n != 48 {
		d.t.Errorf("%d municipalities, want 48", n)
	}
	if n := len(d.get("sender", "/programmes").wants(http.StatusOK).items()); n != 2 {
		d.t.Errorf("%d programmes, want 2", n)
	}
	p := d.get("sender", "/programmes/dp-cremasco").wants(http.StatusOK)
	if p.text("cup") != "D34H22000500007" || p.at("rules", "cap_days") != 42.0 || p.at("rules", "equipe_days") != 10.0 {
		d.t.Errorf("rules in force: %s", p.raw)
	}
	if second := d.get("sender", "/programmes/domicilio-anziani").wants(http.StatusOK); second.at("cup") != nil || second.at("rules", "cap") != false {
		d.t.Errorf("the second programme: %s", second.raw)
	}
	d.get("sender", "/programmes/"+secret).refuses(http.StatusNotFound, "not_found")
}

func (d desk) holdCheck() {
	const code = "RSSMRA80A01D142M"
	check := func(who string, body client.Object) reply {
		body["programme_id"] = "dp-cremasco"
		return d.post(who, "/referrals/check", body)
	}
	if none := check("sender", client.Object{"tax_code": code}).wants(http.StatusOK); none.raw == "{}" || none.at("live_case") != nil {
		d.t.Errorf("nobody yet: %s", none.raw)
	}
	sent := d.post("sender", "/discharges", d.referral(func(r client.Object) {
		r["patient"] = client.Object{
			"family_name": "Rossi", "given_name": "Mario", "sex": "M", "birth_date": "1980-01-01", "tax_code": code,
			"phone": "0373 000001",
		}
	})).wants(http.StatusCreated)
	for _, by := range []client.Object{
		{"tax_code": code},
		{"family_name": "ROSSI", "given_name": "mario", "birth_date": "1980-01-01"},
	} {
		live := check("hospital", by).wants(http.StatusOK)
		if live.text("live_case", "id") != sent.text("id") || live.text("live_case", "code") != sent.text("code") {
			d.t.Errorf("who may see the case: %s", live.raw)
		}
		stranger := check("sender.ortopedia", by).wants(http.StatusOK)
		if stranger.text("live_case", "message") == "" || strings.Contains(stranger.raw, sent.text("id")) {
			d.t.Errorf("who may not see the case: %s", stranger.raw)
		}
	}
	check("municipality", client.Object{"tax_code": code}).refuses(http.StatusForbidden, "forbidden") // it refers in the other programme
	check("igea", client.Object{"tax_code": code}).refuses(http.StatusForbidden, "forbidden")
	check("sender", client.Object{"tax_code": secret}).refuses(http.StatusUnprocessableEntity, "invalid").names("tax_code")
	d.post("sender", "/discharges", d.referral(func(r client.Object) {
		patient, _ := r["patient"].(client.Object)
		patient["tax_code"], patient["no_code_reason"] = code, nil
	})).refuses(http.StatusConflict, "duplicate_case")
}

// referral is the R1 of a person nobody has been yet: only what is starred in the contract.
func (d desk) referral(changes ...func(client.Object)) client.Object {
	r := story.Referral(inDays(3))
	delete(r, "network")
	patient, _ := r["patient"].(client.Object)
	patient["given_name"] = d.nextName()
	r["needs"] = client.Object{"figures": []string{"oss"}}
	r["consent"] = client.Object{"informed": client.Object{"given": true}, "willing": "yes", "share_with": []string{}}
	r["places"] = client.Object{"going_to_istat": "019035", "address": "Via di Prova 1", "housing": "stable"}
	for _, change := range changes {
		change(r)
	}
	return r
}

// with replaces a group of a referral.
func with(group string, value any) func(client.Object) {
	return func(r client.Object) { r[group] = value }
}

func (d desk) holdSubmission() {
	sent := d.post("sender", "/discharges", d.referral()).wants(http.StatusCreated)
	if want := "/discharges/" + sent.text("id"); !strings.HasSuffix(sent.header.Get("Location"), want) {
		d.t.Errorf("Location %q, want …%s", sent.header.Get("Location"), want)
	}
	missing := texts(sent.body["missing"])
	for _, r2 := range []string{"autonomy.triage", "network.gp", "needs.level", "needs.goal", "network.caregiver", "stay.allergies"} {
		if !slices.Contains(missing, r2) {
			d.t.Errorf("missing does not list %s: %v", r2, missing)
		}
	}
	full := d.get("coordinator", "/discharges/"+sent.text("id")).wants(http.StatusOK)
	has(d.t, "the case", full.body, caseKeys...)
	for _, null := range []string{"level", "partner_id", "case_manager_id", "owner_id", "start_on", "period_end_on", "cap_on", "day", "plan_version", "exit"} {
		if full.body[null] != nil {
			d.t.Errorf("%s is %v before it is known, want null", null, full.body[null])
		}
	}
	if full.text("next_deadline", "kind") != "screening" {
		d.t.Errorf("next deadline: %v", full.body["next_deadline"])
	}
	gp := client.Text(d.get("sender", "/physicians?name=Demo").items()[0], "id")
	for name, change := range map[string]func(client.Object){
		"a GP of the directory": with("network", client.Object{"gp": client.Object{"physician_id": gp}}),
		"a GP by name":          with("network", client.Object{"gp": client.Object{"name": "Dott. Nuovo", "email": "nuovo@demo.test"}}),
		"not informed yet": with("consent", client.Object{
			"informed": client.Object{"given": false, "why_not": "non cosciente"}, "willing": "not_yet", "share_with": []string{},
		}),
		"nobody's home":    with("places", client.Object{"shelter": "Casa di accoglienza", "housing": "homeless"}),
		"already home":     with("stay", client.Object{"kind": "emergency", "already_home": true, "reason": "caduta", "infectious": "unknown"}),
		"urgent":           with("urgent_reason", "vive solo"),
		"a plan, no needs": func(r client.Object) { delete(r, "needs"); r["plan"] = aPlan() },
		"early notice": func(r client.Object) {
			r["early_notice"] = []string{"gp"}
			r["consent"] = client.Object{"informed": client.Object{"given": true}, "willing": "yes", "share_with": []string{"gp"}}
		},
	} {
		if r := d.post("sender", "/discharges", d.referral(change)); r.status != http.StatusCreated {
			d.t.Errorf("%s: %s", name, r.raw)
		}
	}
}

func aPlan() client.Object {
	return client.Object{"interventions": []client.Object{{"figure": "oss", "service": "igiene", "times_per_week": 3, "minutes": 60}}}
}

// caseKeys is what API.md says that the case holds.
var caseKeys = []string{
	"id", "code", "programme_id", "state", "urgent", "level", "level_proposed", "patient", "missing", "partner_id",
	"case_manager_id", "owner_id", "start_planned_on", "start_on", "period_end_on", "cap_on", "day", "renewed_days",
	"plan_version", "signatures", "meetings", "suspensions", "exit", "flags", "budget", "next_deadline",
	"allowed_commands", "version",
}

func (d desk) holdBadSubmission() {
	refused := func(change func(client.Object)) reply {
		return d.post("sender", "/discharges", d.referral(change)).refuses(http.StatusUnprocessableEntity, "invalid")
	}
	refused(with(secret, 1))
	refused(with("programme_id", secret)).names("programme_id")
	refused(with("stay", client.Object{"kind": secret, "already_home": true, "reason": "x", "infectious": "no"})).names("stay.kind")
	refused(with("network", client.Object{"gp": client.Object{"physician_id": secret}})).names("network.gp.physician_id")
	refused(with("consent", client.Object{"informed": client.Object{"given": false}, "willing": "yes", "share_with": []string{}})).
		names("consent.informed.why_not")
	d.post("sender", "/discharges", client.Object{}).refuses(http.StatusUnprocessableEntity, "invalid").
		names("programme_id").names("patient.family_name").names("consent.informed")
	d.post("igea", "/discharges", d.referral()).refuses(http.StatusForbidden, "forbidden")
	d.post("municipality", "/discharges", d.referral()).refuses(http.StatusForbidden, "forbidden")
	d.post("sender", "/discharges", d.referral(with("programme_id", "domicilio-anziani"))).refuses(http.StatusForbidden, "forbidden")
}

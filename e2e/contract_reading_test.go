package e2e

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"dimissioni/internal/standalone/client"
)

func (d desk) holdLists() {
	var ids, codes []string
	for range 3 {
		sent := d.post("sender", "/discharges", d.referral()).wants(http.StatusCreated)
		ids, codes = append(ids, sent.text("id")), append(codes, sent.text("code"))
	}
	d.give("coordinator", ids[0], "urgent-start", d.urgently(0), "active")

	for query, want := range map[string][]bool{ // which of the three
		"state=active":                {true, false, false},
		"state=active&state=closed":   {true, false, false},
		"state=submitted":             {false, true, true},
		"overdue=true":                {false, false, false},
		"partner=" + d.igea():         {true, false, false},
		"partner=" + d.meraki():       {false, false, false},
		"case_manager=" + d.manager(): {true, false, false},
		"municipality=019035":         {true, true, true},
		"municipality=019002":         {false, false, false},
		"code=" + codes[1]:            {false, true, false},
	} {
		found := d.list("coordinator", query)
		for i, id := range ids {
			if slices.Contains(found, id) != want[i] {
				d.t.Errorf("%s: case %d listed is %t, want %t", query, i, !want[i], want[i])
			}
		}
	}
	all := d.list("coordinator", "limit=4")
	unique := slices.Clone(all)
	slices.Sort(unique)
	if len(slices.Compact(unique)) != len(all) || len(all) < 3 {
		d.t.Errorf("pages of four: %d cases, %d different", len(all), len(unique))
	}
	for _, item := range d.get("coordinator", "/discharges?code="+codes[0]).wants(http.StatusOK).items() {
		has(d.t, "summary", item, "id", "code", "programme_id", "state", "urgent", "level", "next_deadline", "day")
	}
	name, _ := d.get("coordinator", "/discharges/"+ids[2]).at("patient", "given_name").(string)
	for who, want := range map[string]int{"coordinator": 1, "sender": 1, "igea": 0, "dpo": 0, "admin": 0} {
		found := d.post(who, "/discharges/search", client.Object{"text": name}).wants(http.StatusOK).items()
		if len(found) != want {
			d.t.Errorf("%s finds %d by name, want %d", who, len(found), want)
		}
	}
}

// list reads every page of a list and gives the ids.
func (d desk) list(who, query string) []string {
	var ids []string
	cursor := ""
	for {
		page := d.get(who, "/discharges?"+query+"&cursor="+url.QueryEscape(cursor)).wants(http.StatusOK)
		for _, item := range page.items() {
			ids = append(ids, client.Text(item, "id"))
		}
		if cursor = page.text("next_cursor"); cursor == "" {
			return ids
		}
	}
}

// what must not be read by whom, as it was sent.
const (
	diagnosis = "Frattura di femore"
	address   = "Via di Prova 1"
	family    = "Esempio"
)

func (d desk) holdViews() {
	id := d.sent(with("consent", client.Object{
		"informed": client.Object{"given": true}, "willing": "yes", "share_with": []string{"municipality"},
	}))
	path := "/discharges/" + id
	d.give("coordinator", id, "screen", admission(), "matching")
	d.give("coordinator", id, "propose", client.Object{"partner_id": d.igea()}, "proposed")
	asked := d.get("igea", path).wants(http.StatusOK)
	d.hides(asked, diagnosis, address, family, "_cents")
	has(d.t, "what an asked partner sees", asked.body, "state", "level", "figures", "start_planned_on", "next_deadline")
	if patient, _ := asked.body["patient"].(client.Object); client.Text(patient, "age_band") == "" || client.Text(patient, "housing") != "stable" ||
		client.Text(patient, "municipality_istat") != "019035" || client.Text(patient, "infectious") != "no" {
		d.t.Errorf("an asked partner sees %v", patient)
	}
	if allowed := texts(asked.body["allowed_commands"]); !slices.Equal(allowed, []string{"accept", "decline"}) {
		d.t.Errorf("an asked partner may %v", allowed)
	}
	d.get("igea", path+"/timeline").refuses(http.StatusForbidden, "forbidden")

	d.give("igea", id, "accept", nil, "planning")
	d.give("igea", id, "appoint-case-manager", client.Object{"user_id": d.manager()}, "planning")
	d.give("coordinator", id, "confirm-start", nil, "active")
	d.post("igea", path+"/operators", client.Object{"user_id": d.id("operator", "user")}).wants(http.StatusNoContent)
	for _, who := range []string{"igea", "casemanager", "municipality", "coordinator"} {
		has(d.t, who+"'s case", d.get(who, path).wants(http.StatusOK).body, caseKeys...)
	}
	operator := d.get("operator", path).wants(http.StatusOK)
	d.hides(operator, diagnosis, "_cents")
	if operator.text("patient", "address") != address || operator.body["tasks"] == nil || operator.body["contacts"] == nil {
		d.t.Errorf("the operator sees %s", operator.raw)
	}
	sender := d.get("sender", path).wants(http.StatusOK)
	has(d.t, "the sender's case", sender.body, "state", "missing", "contacts", "patient")
	d.hides(sender, "_cents")
	dpo := d.get("dpo", path).wants(http.StatusOK)
	d.hides(dpo, diagnosis, address, family, "active")
	d.hides(d.get("admin", "/discharges").wants(http.StatusOK), id)
	d.get("admin", path+"/accesses").refuses(http.StatusNotFound, "not_found")

	seen := d.get("dpo", path+"/accesses?limit=200").wants(http.StatusOK).items()
	for _, who := range []string{"igea", "casemanager", "municipality", "coordinator", "operator", "sender", "dpo"} {
		if !slices.ContainsFunc(seen, func(a client.Object) bool { return client.Text(a, "user_id") == d.id(who, "user") }) {
			d.t.Errorf("nobody wrote down that %s read the case", who)
		}
	}
	for _, deadline := range d.get("casemanager", path+"/deadlines").wants(http.StatusOK).items() {
		has(d.t, "deadline", deadline, "kind", "due_on", "due_at", "why", "status")
	}
	for _, n := range d.get("casemanager", path+"/notifications").wants(http.StatusOK).items() {
		has(d.t, "notification", n, "moment", "recipient_role", "status", "attempts", "sent_at", "message_id")
		if !slices.Contains([]string{"queued", "sent", "failed", "settled"}, client.Text(n, "status")) {
			d.t.Errorf("a notification is %v", n["status"])
		}
	}
	d.get("igea", path+"/notifications").refuses(http.StatusForbidden, "forbidden")
}

func (d desk) hides(r reply, secrets ...string) {
	d.t.Helper()
	for _, s := range secrets {
		if strings.Contains(r.raw, s) {
			d.t.Errorf("%q is shown: %s", s, r.raw)
		}
	}
}

func (d desk) holdMoney() {
	const path = "/programmes/dp-cremasco/budget"
	before := d.budget()
	id := d.sent()
	d.give("coordinator", id, "screen", client.Object{"outcome": "admit", "level": "high"}, "matching")
	if after := d.budget(); client.Number(after, "reserved_cents")-client.Number(before, "reserved_cents") != 300_000 ||
		client.Number(before, "residual_cents")-client.Number(after, "residual_cents") != 300_000 {
		d.t.Errorf("admitted at the high level: %v, then %v", before, after)
	}
	whole := d.get("coordinator", path).wants(http.StatusOK)
	planned := 0
	for _, line := range objects(whole.body["lines"]) {
		has(d.t, "line", line, "id", "planned_cents", "reserved_cents", "spent_cents", "residual_cents")
		planned += client.Number(line, "planned_cents")
	}
	if planned != 165_000_00 {
		d.t.Errorf("planned %d cents, want 165.000 euro", planned)
	}
	has(d.t, "budget", whole.body, "by_level", "by_partner", "by_sub_district", "targets")
	for who, status := range map[string]int{
		"steering": 200, "public": 200, "administrative": 200, "sender": 403, "igea": 403, "casemanager": 403,
		"operator": 403, "municipality": 403, "dpo": 403, "admin": 403,
	} {
		if r := d.get(who, path); r.status != status {
			d.t.Errorf("budget to %s: %d, want %d", who, r.status, status)
		}
	}
	for who, status := range map[string]int{"coordinator": 200, "steering": 200, "public": 200, "municipality": 403, "igea": 403} {
		if r := d.get(who, "/programmes/domicilio-anziani/split"); r.status != status {
			d.t.Errorf("split to %s: %d, want %d", who, r.status, status)
		}
	}
	sum := 0
	for _, m := range objects(d.get("steering", "/programmes/domicilio-anziani/split").body["municipalities"]) {
		sum += client.Number(m, "amount_cents")
	}
	if sum != 300_000_00 {
		d.t.Errorf("the split adds up to %d cents", sum)
	}
	d.give("coordinator", id, "cancel", client.Object{"reason": "prova finita"}, "cancelled")
	if after := d.budget(); client.Number(after, "reserved_cents") != client.Number(before, "reserved_cents") {
		d.t.Errorf("cancelled: %v, want as before: %v", after, before)
	}
}

func (d desk) holdSecondProgramme() {
	referral := func(changes ...func(client.Object)) client.Object {
		return d.referral(append(changes, with("programme_id", "domicilio-anziani"))...)
	}
	d.post("municipality", "/discharges", referral(with("places", client.Object{
		"going_to_istat": "019002", "address": "Via di Prova 2", "housing": "stable",
	}))).refuses(http.StatusUnprocessableEntity, "invalid").names("places.going_to_istat")

	id := d.post("municipality", "/discharges", referral()).wants(http.StatusCreated).text("id")
	d.get("sender", "/discharges/"+id).refuses(http.StatusNotFound, "not_found")
	admitted := d.give("municipality", id, "screen", client.Object{"outcome": "admit", "level": "light"}, "matching")
	if admitted.at("budget", "reserved_cents") != 120_000.0 {
		d.t.Errorf("admitted: %v", admitted.body["budget"])
	}
	d.give("municipality", id, "propose", client.Object{"partner_id": d.igea()}, "proposed")
	d.give("igea", id, "accept", nil, "planning")
	d.give("igea", id, "appoint-case-manager", client.Object{"user_id": d.manager()}, "planning")
	d.give("municipality", id, "submit-plan", client.Object{
		"start_planned_on": inDays(0), "days": 21, "level": "light",
		"interventions": []client.Object{{"figure": "asa", "service": "pulizie", "times_per_week": 2, "minutes": 60}},
	}, "signing")
	for i, signer := range []string{"coordinator", "case_manager", "patient"} {
		d.give("casemanager", id, "sign", client.Object{"signer": signer, "method": "in_person"}, []string{"signing", "signing", "ready"}[i])
	}
	start := d.give("casemanager", id, "confirm-start", nil, "active")
	if start.body["cap_on"] != nil {
		d.t.Errorf("a cap where none is set: %v", start.body["cap_on"])
	}
	for _, deadline := range d.get("municipality", "/discharges/"+id+"/deadlines").wants(http.StatusOK).items() {
		if kind := client.Text(deadline, "kind"); kind == "equipe" || kind == "review" || kind == "cap" {
			d.t.Errorf("the clock %s runs", kind)
		}
	}
	closed := d.give("municipality", id, "close", client.Object{"outcome": "completed", "what_follows": []string{"sad"}, "from": inDays(1)}, "closed")
	if closed.at("budget", "reserved_cents") != 0.0 {
		d.t.Errorf("closed: %v", closed.body["budget"])
	}
}

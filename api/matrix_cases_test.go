package api

import (
	"fmt"
	"maps"
	"net/http"
	"strings"
	"testing"
	"time"

	"dimissioni/internal/calendar"
	"dimissioni/internal/discharge"
	"dimissioni/internal/postgres"
)

// district is the desk with people and cases in every relation of docs/permissions.md.
type district struct {
	*desk
	cases map[string]string // by what they are
	born  int
}

// newDistrict makes the cases on the days on which they would have come about: some 31 days ago, some the day after,
// some today.
func newDistrict(d *desk) *district {
	w := &district{desk: d, cases: map[string]string{}}
	w.server.notFoundTakes = 0
	w.people()
	leaving := w.started() // its case manager is in charge until the day before it is handed over
	for _, ago := range []string{"31 days ago", "30 days ago", "29 days ago"} {
		w.clock.pass(24 * time.Hour)
		w.coordinates(leaving, "reassign", obj{"partner_id": postgres.DemoID("meraki")})
		w.give(leaving, step{"meraki", "accept", nil, ""})
		w.give(leaving, step{"meraki", "appoint-case-manager", obj{"user_id": postgres.DemoID("casemanager.meraki@demo.test")}, ""})
		w.cases["handed over "+ago] = leaving
		leaving = w.started()

		id := w.started()
		w.coordinates(id, "close", obj{"outcome": "completed", "what_follows": []string{"sad"}, "from": w.today(1)})
		w.cases["ended "+ago] = id

		id = w.started()
		w.give(id, step{"igea", "appoint-case-manager", obj{"user_id": w.user("casemanager2")}, ""})
		w.cases["manager replaced "+ago] = id
	}
	w.clock.pass(29 * 24 * time.Hour)
	w.recent()
	return w
}

// recent are the cases of today.
func (w *district) recent() {
	id := w.started()
	w.assign(id, "operator3", obj{"from": w.today(-2), "to": w.today(-1)})
	w.cases["active"] = id

	id = w.started()
	w.coordinates(id, "reassign", obj{"partner_id": postgres.DemoID("meraki")})
	w.cases["being taken over"] = id

	id = w.started()
	w.give(id, step{"sender.ortopedia", "readmission-notice", obj{"ward": "Ortopedia", "admitted_on": w.today(0), "phone": "0373 000102"}, ""})
	w.cases["readmitted"] = id

	for _, name := range []string{"proposed", "declined", "revoked"} {
		id := w.submitted(w.referral("dp-cremasco", "gp", "municipality"))
		w.coordinates(id, "screen", obj{"outcome": "admit", "level": "light", "criteria": obj{"informed": obj{"met": true}}})
		w.coordinates(id, "propose", obj{"partner_id": postgres.DemoID("igea")})
		w.cases[name] = id
	}
	w.give(w.cases["declined"], step{"igea", "decline", obj{"reason_code": "other"}, ""})
	w.coordinates(w.cases["revoked"], "propose", obj{"partner_id": postgres.DemoID("meraki")})

	w.cases["not shared"] = w.submitted(w.referral("dp-cremasco"))
	w.cases["elderly"] = w.as("municipality").post("/discharges", w.referral("domicilio-anziani", "municipality")).
		wants(http.StatusCreated).text("id")
}

// started is a case in care at Igea from today, shared with the municipality of Crema, with an operator.
func (w *district) started() string {
	id := w.submitted(w.referral("dp-cremasco", "gp", "municipality"))
	w.coordinates(id, "urgent-start", obj{
		"level": "light", "partner_id": postgres.DemoID("igea"), "case_manager_id": postgres.DemoID("casemanager@demo.test"),
	})
	w.assign(id, "operator", obj{})
	return id
}

func (w *district) assign(id, operator string, span obj) {
	span["user_id"] = w.user(operator)
	w.as("igea").post("/discharges/"+id+"/operators", span).wants(http.StatusNoContent)
}

func (w *district) coordinates(id, command string, body obj) {
	w.give(id, step{"coordinator", command, body, ""})
}

func (w *district) today(n int) string { return calendar.DateOf(w.clock.Now()).AddDays(n).String() }

// referral is that of a new person, sent today.
func (w *district) referral(programme string, sharedWith ...string) obj {
	w.born++
	r := somebody("Matrice", fmt.Sprintf("19%02d-03-03", 30+w.born))
	stay := maps.Clone(r["stay"].(obj))
	stay["admitted_on"], stay["expected_discharge_on"] = w.today(-10), w.today(4)
	r["stay"], r["programme_id"] = stay, programme
	r["consent"] = obj{"informed": obj{"given": true}, "willing": "yes", "share_with": append([]string{}, sharedWith...)}
	return r
}

// people are those whom the demo's district lacks: everybody has a token, and nobody a password.
func (w *district) people() {
	far, err := w.store.AddOrganisation(w.Context(), "", postgres.Organisation{Type: "hospital", Name: "Ospedale lontano"}, nil)
	if err != nil {
		w.Fatal(err)
	}
	farWard, err := w.store.AddOrganisation(w.Context(), "",
		postgres.Organisation{Type: "ward", Name: "Medicina lontana", ParentID: far}, nil)
	if err != nil {
		w.Fatal(err)
	}
	const dp, da = "dp-cremasco", "domicilio-anziani"
	add := func(name, org string, role discharge.Role, programmes ...string) {
		var grants []postgres.Grant
		for _, p := range programmes {
			grants = append(grants, postgres.Grant{ProgrammeID: p, Role: role})
		}
		w.add(name, org, grants)
	}
	demo := postgres.DemoID
	add("sender2", demo("medicina"), discharge.RoleSender, dp)
	add("sender.far", farWard, discharge.RoleSender, dp)
	add("sender.elderly", demo("medicina"), discharge.RoleSender, da)
	add("hospital.far", far, discharge.RoleHospitalContact, dp)
	add("coordinator.elderly", demo("coordinamento"), discharge.RoleCoordinator, da)
	add("igea.elderly", demo("igea"), discharge.RolePartnerManager, da)
	add("casemanager2", demo("igea"), discharge.RoleCaseManager, dp)
	add("operator2", demo("igea"), discharge.RoleOperator, dp)
	add("operator3", demo("igea"), discharge.RoleOperator, dp)
	add("operator.meraki", demo("meraki"), discharge.RoleOperator, dp)
	add("municipality.agnadello", demo("comune-019002"), discharge.RoleMunicipality, dp, da)
	add("municipality.elderly", demo("comune-019035"), discharge.RoleMunicipality, da)
	add("dpo.elderly", demo("coordinamento"), discharge.RoleDPO, da)
	add("nobody", demo("igea"), "")
	add("throwaway", demo("igea"), "") // for what administrators do to accounts
	for _, s := range standings {      // those of the demo
		if _, made := w.cases["user "+s.who]; !made {
			w.as(s.who).token()
		}
	}
	for _, role := range discharge.Roles() { // each role in one programme alone
		for _, p := range []string{dp, da} {
			add(string(role)+"."+p, demo("igea"), role, p)
		}
	}
}

// add makes an account with a token.
func (w *district) add(name, org string, grants []postgres.Grant) {
	email := name + "@demo.test"
	id, err := w.store.CreateUser(w.Context(), "", postgres.NewUser{
		Email: email, Name: "Prova " + name, OrganisationID: org, Grants: grants,
	})
	if err != nil {
		w.Fatal(err)
	}
	if err := w.store.CreateToken(w.Context(), id, "token-"+email, "prova", monday, monday.AddDate(1, 0, 0)); err != nil {
		w.Fatal(err)
	}
	w.tokens[email] = "token-" + email
	w.cases["user "+name] = id
}

// user is the id of somebody of the demo, or of people.
func (w *district) user(name string) string {
	if id, ok := w.cases["user "+name]; ok {
		return id
	}
	return postgres.DemoID(name + "@demo.test")
}

// target is what a request about no case is about.
func (w *district) target(t *testing.T, path, programme string) string {
	t.Helper()
	switch {
	case strings.HasPrefix(path, "/commands/"):
		return w.command(t)
	case strings.HasPrefix(path, "/admin/users/"):
		return w.user("throwaway")
	case strings.HasPrefix(path, "/admin/organisations/"):
		return postgres.DemoID("igea")
	case strings.HasPrefix(path, "/physicians/"):
		return postgres.DemoID("mmg2")
	default:
		return programme
	}
}

// command is the id of one that the coordinator gave.
func (w *district) command(t *testing.T) string {
	t.Helper()
	events, _, err := w.store.Load(t.Context(), w.cases["active"])
	if err != nil {
		t.Fatal(err)
	}
	id := events[1].CommandID
	if status, _ := w.plain(t, "coordinator", http.MethodGet, "/commands/"+id, ""); status != http.StatusOK {
		t.Fatalf("who gave the command: %d", status)
	}
	return id
}

// standing is who stands in a relation of the page, to which case.
type standing struct{ who, to string }

// standings gives every relation of the page its reader and its case.
var standings = map[string]standing{
	"sender: sent it":                                               {"sender", "active"},
	"sender: of the same ward":                                      {"sender2", "active"},
	"sender: sent it; it ended 31 days ago":                         {"sender", "ended 31 days ago"},
	"sender: of another ward of the hospital, while care goes on":   {"sender.ortopedia", "active"},
	"sender: of another ward of the hospital; it ended 30 days ago": {"sender.ortopedia", "ended 30 days ago"},
	"sender: of another ward that announced a readmission":          {"sender.ortopedia", "readmitted"},
	"sender: of another hospital":                                   {"sender.far", "active"},
	"sender: of the same ward, but in the other programme":          {"sender.elderly", "active"},
	"hospital_contact: of the hospital":                             {"hospital", "active"},
	"hospital_contact: of another hospital":                         {"hospital.far", "active"},
	"coordinator: of the programme":                                 {"coordinator", "active"},
	"coordinator: of the programme; it ended 31 days ago":           {"coordinator", "ended 31 days ago"},
	"coordinator: of `domicilio-anziani`, a case of that":           {"coordinator.elderly", "elderly"},
	"coordinator: of the other programme":                           {"coordinator.elderly", "active"},
	"partner_manager: asked":                                        {"igea", "proposed"},
	"partner_manager: asked to take over":                           {"meraki", "being taken over"},
	"partner_manager: not asked, while another partner is":          {"meraki", "proposed"},
	"partner_manager: declined":                                     {"igea", "declined"},
	"partner_manager: asked, then revoked":                          {"igea", "revoked"},
	"partner_manager: serves":                                       {"igea", "active"},
	"partner_manager: serves, while another is asked":               {"igea", "being taken over"},
	"partner_manager: serves; it ended 30 days ago":                 {"igea", "ended 30 days ago"},
	"partner_manager: served; it ended 31 days ago":                 {"igea", "ended 31 days ago"},
	"partner_manager: took over":                                    {"meraki", "handed over 30 days ago"},
	"partner_manager: handed over 30 days ago":                      {"igea", "handed over 30 days ago"},
	"partner_manager: handed over 31 days ago":                      {"igea", "handed over 31 days ago"},
	"partner_manager: of another partner":                           {"sentiero", "active"},
	"partner_manager: serves, but in the other programme":           {"igea.elderly", "active"},
	"case_manager: in charge":                                       {"casemanager", "active"},
	"case_manager: in charge; it ended 30 days ago":                 {"casemanager", "ended 30 days ago"},
	"case_manager: was in charge; it ended 31 days ago":             {"casemanager", "ended 31 days ago"},
	"case_manager: replaced 30 days ago":                            {"casemanager", "manager replaced 30 days ago"},
	"case_manager: replaced 31 days ago":                            {"casemanager", "manager replaced 31 days ago"},
	"case_manager: replacing since 31 days ago":                     {"casemanager2", "manager replaced 31 days ago"},
	"case_manager: of the partner that handed over 29 days ago":     {"casemanager", "handed over 29 days ago"},
	"case_manager: of the partner that handed over 30 days ago":     {"casemanager", "handed over 30 days ago"},
	"case_manager: of the partner, not appointed":                   {"casemanager2", "active"},
	"case_manager: of another partner":                              {"casemanager.sentiero", "active"},
	"operator: assigned":                                            {"operator", "active"},
	"operator: assigned; it ended 30 days ago":                      {"operator", "ended 30 days ago"},
	"operator: was assigned; it ended 31 days ago":                  {"operator", "ended 31 days ago"},
	"operator: of the partner that handed over 30 days ago":         {"operator", "handed over 30 days ago"},
	"operator: of the partner that handed over 31 days ago":         {"operator", "handed over 31 days ago"},
	"operator: assigned until yesterday":                            {"operator3", "active"},
	"operator: of the partner, not assigned":                        {"operator2", "active"},
	"operator: of another partner":                                  {"operator.meraki", "active"},
	"municipality: of the residence, shared with":                   {"municipality", "active"},
	"municipality: shared with; it ended 30 days ago":               {"municipality", "ended 30 days ago"},
	"municipality: was shared with; it ended 31 days ago":           {"municipality", "ended 31 days ago"},
	"municipality: of the residence, not shared with":               {"municipality", "not shared"},
	"municipality: of another municipality":                         {"municipality.agnadello", "active"},
	"municipality: shared with, in the other programme":             {"municipality.elderly", "active"},
	"municipality: opened it, in `domicilio-anziani`":               {"municipality", "elderly"},
	"municipality: of another, in `domicilio-anziani`":              {"municipality.agnadello", "elderly"},
	"steering: of the programme":                                    {"steering", "active"},
	"public_body: of the programme":                                 {"public", "active"},
	"administrative: of the partner that serves":                    {"administrative", "active"},
	"dpo: of the programme":                                         {"dpo", "active"},
	"dpo: of the programme; it ended 31 days ago":                   {"dpo", "ended 31 days ago"},
	"dpo: of the other programme":                                   {"dpo.elderly", "active"},
	"admin: of the programme":                                       {"admin", "active"},
	"none: of the partner that serves, without a role":              {"nobody", "active"},
}

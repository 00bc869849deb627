package api

import (
	"net/http"
	"slices"
	"testing"
	"time"

	"dimissioni/internal/postgres"
)

func TestAnAdministratorKeepsTheAccounts(t *testing.T) {
	d := newDesk(t)
	admin := d.as("admin")
	body := obj{
		"email": "Nuova@demo.test", "name": "Nuova Assunta", "organisation_id": postgres.DemoID("igea"),
		"roles": []obj{{"programme_id": "dp-cremasco", "role": "case_manager"}},
	}
	key := header{"Idempotency-Key", "una"}
	a := admin.post("/admin/users", body, key).wants(http.StatusCreated)
	id := a.text("id")
	if a.at("invited") != true || a.text("email") != "nuova@demo.test" || a.text("organisation") != "Igea" {
		t.Errorf("account: %s", a.raw)
	}
	if again := admin.post("/admin/users", body, key).wants(http.StatusCreated); again.text("id") != id || len(d.engine.posts) != 1 {
		t.Errorf("the same key: %s, %d invitations", again.raw, len(d.engine.posts))
	}
	admin.post("/admin/users", body).refuses(http.StatusUnprocessableEntity, "invalid")
	d.login("nuova@demo.test", password).refuses(http.StatusUnauthorized, "unauthenticated")
	letter, err := d.store.PasswordLetter(t.Context(), d.engine.posts[0], d.clock.Now().Add(71*time.Hour))
	if err != nil || letter.Reason != postgres.PasswordInvitation {
		t.Fatalf("invitation: %v", err)
	}
	d.request(http.MethodPost, "/password/reset", obj{"token": letter.Token, "password": newPassword}).wants(http.StatusNoContent)
	auth := d.signedIn("nuova@demo.test", newPassword, nil)

	path := "/admin/users/" + id
	change := obj{"name": "Nuova Promossa", "phone": "0373 1", "roles": []obj{{"programme_id": "dp-cremasco", "role": "steering"}}}
	if a := admin.send(http.MethodPatch, path, change).wants(http.StatusOK); a.text("name") != "Nuova Promossa" || a.text("email") != "nuova@demo.test" {
		t.Errorf("changed: %s", a.raw)
	}
	admin.send(http.MethodPatch, path, obj{"roles": []obj{{"programme_id": "nessuno", "role": "steering"}}}).refuses(http.StatusUnprocessableEntity, "invalid")
	d.request(http.MethodGet, "/me", nil, auth).wants(http.StatusOK)
	admin.post(path+"/password-reset", nil).wants(http.StatusAccepted)
	d.request(http.MethodGet, "/me", nil, auth).refuses(http.StatusUnauthorized, "unauthenticated")

	for range 5 {
		d.login("nuova@demo.test", "sbagliata").refuses(http.StatusUnauthorized, "unauthenticated")
	}
	d.clock.pass(time.Second)
	blocked := slices.ContainsFunc(admin.get("/admin/users").wants(http.StatusOK).items(), func(item map[string]any) bool {
		return item["id"] == id && item["blocked_until"] != nil
	})
	if !blocked {
		t.Error("the list does not show who is blocked")
	}
	if a := admin.post(path+"/unlock", nil).wants(http.StatusOK); a.at("blocked_until") != nil {
		t.Errorf("unlocked: %s", a.raw)
	}
	auth = d.signedIn("nuova@demo.test", newPassword, nil)
	admin.send(http.MethodDelete, path+"/tokens", nil).wants(http.StatusOK)
	d.request(http.MethodGet, "/me", nil, auth).refuses(http.StatusUnauthorized, "unauthenticated")
	admin.send(http.MethodDelete, path+"/totp", nil).wants(http.StatusOK)
	admin.post(path+"/deactivate", nil).wants(http.StatusOK)
	d.login("nuova@demo.test", newPassword).refuses(http.StatusUnauthorized, "unauthenticated")
	admin.post(path+"/password-reset", nil).refuses(http.StatusConflict, "not_allowed_in_state")
	admin.post(path+"/reactivate", nil).wants(http.StatusOK)
	d.login("nuova@demo.test", newPassword).wants(http.StatusOK)
	for _, unknown := range []string{"x", postgres.DemoID("nobody")} {
		admin.post("/admin/users/"+unknown+"/deactivate", nil).refuses(http.StatusNotFound, "not_found")
	}
	d.auditHas(id, "user_added", "invitation_sent", "password_set_by_link", "user_changed", "password_link_sent", "login_failed",
		"user_unlocked", "signed_out_everywhere", "second_factor_reset", "user_deactivated", "user_reactivated", "login")
}

// auditHas wants acts on something to be in the audit, as the DPO reads it page by page, without a secret.
func (d *desk) auditHas(target string, want ...string) {
	d.Helper()
	var found []string
	for cursor := ""; ; {
		a := d.as("dpo").get("/audit?limit=7&cursor=" + cursor).wants(http.StatusOK)
		d.noSecrets("the audit", string(a.raw))
		for _, item := range a.items() {
			if item["target"] == target {
				found = append(found, item["action"].(string))
			}
		}
		if cursor = a.text("next_cursor"); cursor == "" {
			break
		}
	}
	for _, action := range want {
		if !slices.Contains(found, action) {
			d.Errorf("%s is not in the audit: %v", action, found)
		}
	}
}

func TestNobodyIsLetGoWithCasesNorTheLastAdministrator(t *testing.T) {
	d := newDesk(t)
	d.walkTo("active")
	admin := d.as("admin")
	for _, who := range []string{"coordinator@demo.test", "casemanager@demo.test"} {
		path := "/admin/users/" + postgres.DemoID(who)
		admin.post(path+"/deactivate", nil).refuses(http.StatusConflict, "not_allowed_in_state")
		admin.send(http.MethodPatch, path, obj{"roles": []obj{}}).refuses(http.StatusConflict, "not_allowed_in_state")
		admin.send(http.MethodPatch, path, obj{"organisation_id": postgres.DemoID("meraki")}).refuses(http.StatusConflict, "not_allowed_in_state")
	}
	self := "/admin/users/" + postgres.DemoID("admin@demo.test")
	admin.post(self+"/deactivate", nil).refuses(http.StatusConflict, "not_allowed_in_state")
	admin.send(http.MethodPatch, self, obj{"roles": []obj{}}).refuses(http.StatusConflict, "not_allowed_in_state")
	if a := admin.get("/me").wants(http.StatusOK); len(a.at("roles").([]any)) != 2 {
		t.Errorf("a refused change has changed: %s", a.raw)
	}
}

func TestTheDirectoryIsKept(t *testing.T) {
	d := newDesk(t)
	admin, coordinator := d.as("admin"), d.as("coordinator")
	ward := obj{"type": "ward", "name": "Geriatria nuova", "parent_id": postgres.DemoID("maggiore"), "programmes": []string{"dp-cremasco"}}
	key := header{"Idempotency-Key", "uno"}
	id := admin.post("/admin/organisations", ward, key).wants(http.StatusCreated).text("id")
	if again := admin.post("/admin/organisations", ward, key).wants(http.StatusCreated).text("id"); again != id {
		t.Error("the same key made two wards")
	}
	admin.post("/admin/organisations", obj{"type": "ward", "name": "Senza ospedale", "programmes": []string{}}).
		refuses(http.StatusUnprocessableEntity, "invalid")
	admin.post("/admin/organisations", obj{"type": "partner", "name": "X", "programmes": []string{"nessuno"}}).
		refuses(http.StatusUnprocessableEntity, "invalid")
	if a := admin.send(http.MethodPatch, "/admin/organisations/"+id, obj{"phone": "0373 9"}).wants(http.StatusOK); a.text("phone") != "0373 9" ||
		a.text("name") != "Geriatria nuova" {
		t.Errorf("changed: %s", a.raw)
	}
	admin.send(http.MethodPatch, "/admin/organisations/"+postgres.DemoID("igea"), obj{"active": false}).
		refuses(http.StatusConflict, "not_allowed_in_state")
	d.auditHas(id, "organisation_added", "organisation_changed")

	gp := coordinator.post("/physicians", obj{"name": "Dott. Nuovo", "email": "Vecchio@demo.test"}).wants(http.StatusCreated)
	if gp.at("verified") != false || gp.text("email") != "vecchio@demo.test" {
		t.Errorf("GP: %s", gp.raw)
	}
	verify := "/physicians/" + gp.text("id") + "/verify"
	admin.post(verify, obj{"email": "nuovo@demo.test"}).refuses(http.StatusForbidden, "forbidden")
	coordinator.post(verify, obj{"email": "nessuno"}).refuses(http.StatusUnprocessableEntity, "invalid")
	if a := coordinator.post(verify, obj{"email": "nuovo@demo.test"}).wants(http.StatusOK); a.at("verified") != true || a.text("email") != "nuovo@demo.test" {
		t.Errorf("verified: %s", a.raw)
	}
	coordinator.post("/physicians/x/verify", obj{"email": "a@b.it"}).refuses(http.StatusNotFound, "not_found")
	if a := d.as("sender").get("/physicians?name=Nuovo").wants(http.StatusOK); len(a.items()) != 1 || a.items()[0]["email"] != nil {
		t.Errorf("a sender reads %s", a.raw)
	}
	d.auditHas(gp.text("id"), "physician_added", "physician_verified")
	coordinator.send(http.MethodPatch, "/municipalities/019035", obj{"sub_district": 2}).wants(http.StatusNoContent)
	coordinator.send(http.MethodPatch, "/municipalities/000000", obj{"sub_district": 2}).refuses(http.StatusNotFound, "not_found")
	d.auditHas("019035", "sub_district_set")
}

func TestOnlyWhoAdministersMay(t *testing.T) {
	d := newDesk(t)
	id := postgres.DemoID("igea@demo.test")
	for _, who := range []string{"coordinator", "dpo", "igea", "sender", "steering"} {
		p := d.as(who)
		for _, r := range [][2]string{
			{http.MethodGet, "/admin/users"},
			{http.MethodPost, "/admin/users"},
			{http.MethodPatch, "/admin/users/" + id},
			{http.MethodPost, "/admin/users/" + id + "/deactivate"},
			{http.MethodPost, "/admin/users/" + id + "/password-reset"},
			{http.MethodDelete, "/admin/users/" + id + "/totp"},
			{http.MethodPost, "/admin/organisations"},
		} {
			p.send(r[0], r[1], obj{}).refuses(http.StatusForbidden, "forbidden")
		}
		if who != "dpo" {
			p.get("/audit").refuses(http.StatusForbidden, "forbidden")
		}
		if who != "coordinator" {
			p.post("/physicians", obj{"name": "x"}).refuses(http.StatusForbidden, "forbidden")
			p.send(http.MethodPatch, "/municipalities/019035", obj{"sub_district": 1}).refuses(http.StatusForbidden, "forbidden")
		}
	}
}

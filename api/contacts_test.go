package api

import (
	"net/http"
	"testing"
)

// contactsOf are the contacts of a case by role.
func contactsOf(a answer) map[string]obj {
	found := map[string]obj{}
	for _, c := range a.at("contacts").([]any) {
		contact := c.(obj)
		found[contact["role"].(string)] = contact
	}
	return found
}

// TestWhomToCallAfterSending: the number with its hours, or that of the owner.
func TestWhomToCallAfterSending(t *testing.T) {
	d := newDesk(t)
	sent := d.as("sender").post("/discharges", referralOfBianchi()).wants(http.StatusCreated)
	office := contactsOf(sent)["coordinator"]
	if office["phone"] != "0373 000200" || office["hours"] != "dal lunedì al venerdì, dalle 8 alle 18" {
		t.Errorf("nobody's case: %v", office)
	}
	d.as("coordinator").post("/discharges/"+sent.text("id")+"/take", nil).wants(http.StatusOK)
	owner := contactsOf(d.as("sender").get("/discharges/" + sent.text("id")))["coordinator"]
	if owner["name"] != "Carla Coordina" || owner["phone"] != "0373 000200" || owner["hours"] != nil {
		t.Errorf("the owner: %v", owner)
	}
}

// TestTheOtherDistrictIsNamed: a person of the other district is sent somewhere, whoever else is rejected is not.
func TestTheOtherDistrictIsNamed(t *testing.T) {
	d := newDesk(t)
	for family, reason := range map[string]string{"Verdi": "other_district", "Neri": "episode"} {
		id := d.submitted(somebody(family, "1941-01-01"))
		d.as("coordinator").post("/discharges/"+id+"/screen", obj{"outcome": "reject", "reason_code": reason}).wants(http.StatusOK)
		named := contactsOf(d.as("sender").get("/discharges/" + id).wants(http.StatusOK))["other_district"]
		if (named != nil) != (reason == "other_district") {
			t.Errorf("rejected for %s: %v", reason, named)
		}
		if named != nil && (named["name"] != "Comune di Cremona, dimissioni protette" || named["phone"] != "0372 000200" || named["email"] != "cremona@demo.test") {
			t.Errorf("the other district: %v", named)
		}
	}
}

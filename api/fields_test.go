package api

import (
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"dimissioni/internal/discharge"
	"dimissioni/internal/postgres"
)

// fieldsPage is the heading of the table of fields in docs/permissions.md.
const fieldsPage = "Fields"

// fields are the paths found in the answers of each view: "patient.phone", "contacts[].name".
type fields map[string]map[discharge.View]bool

// TestEveryFieldIsOnThePage: each view shows the fields that docs/permissions.md gives it, and no other.
func TestEveryFieldIsOnThePage(t *testing.T) {
	want := fields{}
	for _, row := range permissions(t)[fieldsPage] {
		for _, view := range views {
			if row[string(view)] == "✓" {
				want.add(strings.Trim(row["Field"], "`"), view)
			}
		}
	}
	got := allFields(newDesk(t))
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("fields on the page (-) and in the answers (+) differ:\n%s\nthe table would be:\n%s", diff, got.table())
	}
}

// allFields reads cases with everything in them as everybody, at each stage of their way.
func allFields(d *desk) fields {
	f := fields{}
	readers := map[string]discharge.View{
		"sender": discharge.ViewSender, "operator": discharge.ViewOperator, "dpo": discharge.ViewAudit,
		"casemanager": discharge.ViewCare, "igea": discharge.ViewCare, "coordinator": discharge.ViewFull,
	}
	read := func(id string) {
		for who, view := range readers {
			f.read(d, who, view, id)
		}
	}
	id := d.submitted(somebodyElse("with a tax code"))
	walk := theWalk()
	for _, s := range walk[:3] {
		d.give(id, s)
	}
	f.read(d, "igea", discharge.ViewProposal, id)
	for _, s := range walk[3:6] {
		d.give(id, s)
	}
	d.assignOperator(id)
	d.give(id, step{"sender", "update-discharge", obj{"discharged_on": day(0)}, ""})
	read(id)
	plan := walk[6]
	for _, s := range walk[6:] {
		d.give(id, s)
		switch s.command {
		case "confirm-start":
			d.as("casemanager").post("/discharges/"+id+"/visits", obj{"figure": "oss", "minutes": 60, "note": "febbre", "service": "igiene", "starts_at": "09:30"}).wants(http.StatusCreated)
			read(id)
			notice := step{"sender.ortopedia", "readmission-notice", obj{"ward": "Ortopedia", "admitted_on": day(0), "phone": "0373 000102"}, ""}
			d.give(id, notice)
			readers["sender.ortopedia"] = discharge.ViewNotice
		case "convene-meeting", "suspend", "close":
			read(id)
		case "renew": // a new version waits for signatures while another partner is asked
			again := maps.Clone(plan.body)
			again["caregiver_part"] = "i pasti"
			again["days"] = 14
			d.give(id, step{"casemanager", "submit-plan", again, ""})
			d.give(id, step{"coordinator", "reassign", obj{"partner_id": postgres.DemoID("meraki")}, ""})
			f.read(d, "meraki", discharge.ViewProposal, id)
			read(id)
		}
	}
	delete(readers, "sender.ortopedia")
	for _, kind := range []string{"with a stranger's code", "with a shelter", "without a code"} {
		id := d.submitted(somebodyElse(kind))
		for _, s := range walk[:5] {
			d.give(id, s)
		}
		d.assignOperator(id)
		d.give(id, step{"coordinator", "end-before-start", obj{"reason_code": "other", "reason": "prova"}, ""})
		read(id)
	}
	return f
}

func (d *desk) assignOperator(id string) {
	d.Helper()
	d.as("igea").post("/discharges/"+id+"/operators", obj{"user_id": postgres.DemoID("operator@demo.test")}).wants(http.StatusNoContent)
}

// somebodyElse is a referral of somebody who is known in one of the ways in which people are.
func somebodyElse(kind string) obj {
	r := somebody("Campi", map[string]string{
		"with a tax code": "1980-01-01", "with a stranger's code": "1981-01-01", "with a shelter": "1982-01-01", "without a code": "1983-01-01",
	}[kind])
	patient := r["patient"].(obj)
	patient["citizenship"] = "italiana"
	switch kind {
	case "with a tax code":
		delete(patient, "no_code_reason")
		patient["sex"], patient["tax_code"] = "M", "RSSMRA80A01H501U"
	case "with a stranger's code":
		delete(patient, "no_code_reason")
		patient["stp_code"] = "STP0300112345678"
	case "with a shelter":
		places := r["places"].(obj)
		delete(places, "going_to_istat")
		places["shelter"], places["housing"] = "Casa di accoglienza", "homeless"
	}
	return r
}

// read adds what a reader finds in the case, in a list, and in the parts of it that the reader may have.
func (f fields) read(d *desk, who string, view discharge.View, id string) {
	d.Helper()
	f.walk(view, "", d.as(who).get("/discharges/"+id).wants(http.StatusOK).json())
	for _, item := range d.as(who).get("/discharges?limit=200").wants(http.StatusOK).items() {
		if item["id"] == id {
			f.walk(view, "list: ", item)
		}
	}
	for _, part := range []string{"timeline", "deadlines", "visits"} {
		if a := d.as(who).get("/discharges/" + id + "/" + part + "?limit=200"); a.code == http.StatusOK {
			for _, item := range a.items() {
				f.walk(view, part+": ", item)
			}
		}
	}
}

// whole are the parts that are one row: who sees them sees all of them.
var whole = []string{"referral", "plan", "plan_pending"}

// walk adds the paths of a value. Nothing, and empty lists, show nothing.
func (f fields) walk(view discharge.View, path string, value any) {
	switch v := value.(type) {
	case map[string]any:
		for key, item := range v {
			at := path + "." + key
			if path == "" || strings.HasSuffix(path, ": ") {
				at = path + key
			}
			if slices.Contains(whole, at) {
				f.add(at+".*", view)
				continue
			}
			f.walk(view, at, item)
		}
	case []any:
		for _, item := range v {
			f.walk(view, path+"[]", item)
		}
	case nil:
	default:
		f.add(path, view)
	}
}

func (f fields) add(path string, view discharge.View) {
	if f[path] == nil {
		f[path] = map[discharge.View]bool{}
	}
	f[path][view] = true
}

// table writes the fields as the page has them.
func (f fields) table() string {
	lines := []string{"| Field |", "|---|"}
	for _, view := range views {
		lines[0] += " " + string(view) + " |"
		lines[1] += "---|"
	}
	paths := slices.Collect(maps.Keys(f))
	slices.SortFunc(paths, func(a, b string) int {
		if byPart := strings.Compare(partOf(a), partOf(b)); byPart != 0 {
			return byPart
		}
		return strings.Compare(a, b)
	})
	for _, path := range paths {
		line := "| `" + path + "` |"
		for _, view := range views {
			line += map[bool]string{true: " ✓ |", false: " |"}[f[path][view]]
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, "\n") + "\n"
}

// partOf is the answer that a path stands in: the case itself first.
func partOf(path string) string {
	part, _, ok := strings.Cut(path, ": ")
	if !ok {
		return ""
	}
	return part
}

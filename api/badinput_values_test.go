package api

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"

	"dimissioni/internal/referral"
)

// variant is a body with one value that is wrong, or that is wrong elsewhere and accepted here.
type variant struct {
	field, name string
	body        string
	names       []string // the fields that the problem may name
	accepted    string   // why; empty: refused
}

// variants are all the ways in which a field can be wrong.
func (l spot) variants(op operation) []variant {
	kind := kindOf(l.schema)
	var list []variant
	add := func(name, body string) {
		list = append(list, variant{
			field: l.field, name: name, body: body, names: append([]string{l.field}, l.within...),
			accepted: l.acceptance(op, kind, name),
		})
	}
	if l.required && l.key() != "" {
		add("missing", l.without())
	}
	add("null", l.with("null"))
	for _, other := range []struct{ kind, name, json string }{
		{"text", "a text", `"segretissimo"`},
		{"integer", "a number", `7`},
		{"boolean", "a truth", `true`},
		{"object", "an object", `{"colour": "segretissimo"}`},
		{"list", "a list", `["segretissimo"]`},
	} {
		if other.kind != kind && (other.kind != "integer" || kind != "number") {
			add(other.name, l.with(other.json))
		}
	}
	if key := l.key(); key != "" {
		add("twice", l.with(`null, "`+key+`": null`))
	}
	if key := l.key(); key != "" && !l.free {
		sibling := variant{field: l.field, name: "a stranger beside it", body: l.with(`null, "colour": "segretissimo"`)}
		sibling.names = append([]string{strings.TrimSuffix(l.field, key) + "colour"}, l.within...)
		list = append(list, sibling)
	}
	for _, wrong := range valuesOf(l.schema, kind) {
		add(wrong.name, l.with(wrong.json))
	}
	if kind == "list" {
		item, _ := json.Marshal(valueAt(l.base, l.steps).([]any)[0])
		add("too many", l.with("["+strings.Repeat(string(item)+",", int(*l.schema.MaxItems))+string(item)+"]"))
	}
	return list
}

// key is the last step when it is a key.
func (l spot) key() string {
	key, _ := l.steps[len(l.steps)-1].(string)
	return key
}

// kindOf is what JSON a schema takes; several kinds are "open".
func kindOf(s *openapi3.Schema) string {
	switch {
	case len(s.AnyOf) > 0:
		return "open"
	case len(s.AllOf) > 0:
		return kindOf(s.AllOf[0].Value)
	case s.Type.Is("object"):
		return "object"
	case s.Type.Is("array"):
		return "list"
	case s.Type.Is("integer"), s.Type.Is("number"), s.Type.Is("boolean"):
		return (*s.Type)[0]
	default:
		return "text"
	}
}

type named struct{ name, json string }

// valuesOf are the values of the right type that are wrong.
func valuesOf(s *openapi3.Schema, kind string) []named {
	switch kind {
	case "integer":
		return []named{
			{"a fraction", `1.5`},
			{"a huge number", `99999999999999999999`},
			{"a number beyond all numbers", `1e400`},
			{"the greatest of our numbers", `9223372036854775807`},
			{"the least of our numbers", `-9223372036854775808`},
			{"below zero", `-1`},
			{"a text with digits", `"7"`},
		}
	case "number":
		return []named{{"a number beyond all numbers", `1e400`}, {"a huge number", `1e300`}, {"not a number", `"NaN"`}}
	case "list":
		return []named{{"null inside", `[null]`}}
	case "text":
		long := 1000
		if s.MaxLength != nil {
			long = int(*s.MaxLength) + 1
		}
		return slices.Concat(badTexts(), datesOf(s), []named{{"too long", `"` + strings.Repeat("è", long) + `"`}})
	default:
		return nil
	}
}

// badTexts are one of each kind; package strictjson knows them all.
func badTexts() []named {
	return []named{
		{"empty", `""`},
		{"blank", `"   "`},
		{"HTML", `"<b>'&</b>"`},
		{"half a surrogate pair", `"segretissimo \ud800"`},
		{"a NUL", `"segretissimo\u0000"`},
		{"an escape", `"segretissimo \u001b[31m"`},
		{"text backwards", "\"segretissimo \u202eomissi\""},
		{"a right-to-left mark", `"segretissimo \u200f"`},
		{"a space of no width", `"segretissimo \u200b"`},
		{"not UTF-8", "\"segretissimo \xff\""},
	}
}

func datesOf(s *openapi3.Schema) []named {
	switch s.Format {
	case "date":
		return []named{
			{"a day that does not exist", `"2026-02-30"`},
			{"a far year", `"9999-12-31"`},
			{"an Italian date", `"30/11/2026"`},
			{"an instant", `"2026-11-02T10:00:00Z"`},
		}
	case "date-time":
		return []named{
			{"a day that does not exist", `"2026-02-30T10:00:00Z"`},
			{"an hour that does not exist", `"2026-11-02T25:00:00Z"`},
			{"a day", `"2026-11-02"`},
			{"no zone", `"2026-11-02T10:00:00"`},
			{"the year 10000 in UTC", `"9999-12-31T23:59:59-23:59"`},
			{"before year 0 in UTC", `"0000-01-01T00:00:00+23:59"`},
		}
	default:
		return nil
	}
}

// acceptance is why a value that is wrong elsewhere is right here; empty when it is not.
func (l spot) acceptance(op operation, kind, name string) string {
	free := kind == "text" && slices.Contains([]string{"", "password"}, l.schema.Format) &&
		slices.Contains([]string{"", somethingWritten}, l.schema.Pattern) && len(l.schema.Enum) == 0 && !l.written()
	switch {
	case name == "null" && l.key() != "" && !l.required && !l.wanted(op):
		return "null says nothing, as if the key were not there"
	case name == "HTML" && free:
		return "text is text: it is kept as it is and escaped wherever it is shown"
	case op.id == "login" && (name == "empty" || name == "blank"):
		return "401 whatever was wrong"
	case op.id == "enrolSecondFactor" && name == "empty":
		return "" // it says that the password is needed
	case (name == "empty" || name == "blank") && (l.schema.Format == "password" || l.key() == "token" || l.key() == "totp"):
		return "a secret is compared as it is"
	case name == "empty" && !l.required && strings.HasSuffix(l.schema.Pattern, ")?$"):
		return "an empty address is none"
	case !l.inReferral(op) && (name == "empty" || name == "blank") && l.key() == "tax_code":
		return "asked by names and birth date"
	case kind == "open" && slices.ContainsFunc(l.schema.AnyOf, func(s *openapi3.SchemaRef) bool { return "a "+kindOf(s.Value) == name }):
		return "one for a list, a name for an object"
	case l.key() == "cursor" && name == "empty":
		return "the first page"
	case (name == "empty" || name == "blank") && free && l.schema.MinLength == 0 && l.key() != "" && !l.required && !l.wanted(op):
		return "an empty text says nothing"
	default:
		return l.generous(op, name)
	}
}

// inReferral says that package referral reads the field.
func (l spot) inReferral(op operation) bool {
	first, _ := l.steps[0].(string)
	return op.id == "submitDischarge" || (op.id == "complete" || op.id == "updateDetails") && slices.Contains(referral.Groups, first)
}

// wanted says that a referral cannot do without the field, though the contract's schema does not say so.
func (l spot) wanted(op operation) bool {
	return l.inReferral(op) && slices.Contains([]string{
		"network.caregiver.name", "network.representative.name", "plan.interventions[0].figure",
		"sender", "patient", "places", "stay", "consent", "programme_id", "sender.ward", "sender.person", "sender.phone", "patient.family_name", "patient.given_name", "patient.phone",
		"places.housing", "stay.expected_discharge_on", "stay.kind", "stay.reason", "stay.infectious", "stay.infectious_note", "consent.willing", "consent.informed", "consent.share_with",
	}, l.field)
}

// written says that a text of the referral is written in a way of its own, which the contract leaves to words.
func (l spot) written() bool {
	return l.key() == "tax_code" || l.key() == "cursor" || len(l.steps) > 1 && slices.Contains([]string{"phone", "email", "stp_code", "physician_id"}, l.key())
}

// generous is what package referral and said.go read in more ways than one.
func (l spot) generous(op operation, name string) string {
	in := func(fields ...string) bool { return slices.Contains(fields, l.field) }
	switch {
	case !l.inReferral(op):
	case name == "a list" && in("stay.delay_reasons", "stay.allergies", "autonomy.aids", "needs.social", "needs.operator_risks"):
		return "a list of texts is read as lines"
	case name == "too many" && in("early_notice", "consent.share_with", "stay.devices", "needs.figures"):
		return "the same code many times is that code once"
	case name == "a text" && in("network.active_services"):
		return "one text is a list of one"
	case name == "a truth" && in("early_notice", "consent.willing", "consent.informed"):
		return "yes and no are answers"
	case (name == "missing" || name == "null") && in("consent.informed.given"):
		return "what is not said was not given"
	case name == "too long" && in("patient.no_code_reason"):
		return "there is a code: the reason is dropped"
	case (name == "empty" || name == "blank" && l.schema.Format != "date") && !l.wanted(op):
		return "a form sends it for a field left alone"
	}
	return ""
}

func (v variant) String() string { return fmt.Sprintf("%s %s", v.field, v.name) }

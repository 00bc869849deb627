package api

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
)

// sample is a value that a schema takes: every field there, one item in every list. Where a pattern is asked for the
// contract has an example.
func sample(t *testing.T, s *openapi3.Schema, where string) any {
	t.Helper()
	switch {
	case s.Example != nil:
		return s.Example
	case len(s.Enum) > 0:
		return s.Enum[0]
	case len(s.AllOf) > 0:
		return sample(t, s.AllOf[0].Value, where)
	case len(s.AnyOf) > 0: // the richest
		return sample(t, s.AnyOf[len(s.AnyOf)-1].Value, where)
	case s.Type.Is("object"):
		object := obj{}
		for name, property := range s.Properties {
			object[name] = sample(t, property.Value, where+"."+name)
		}
		if s.AdditionalProperties.Schema != nil {
			object["prova"] = sample(t, s.AdditionalProperties.Schema.Value, where+".prova")
		}
		return object
	case s.Type.Is("array"):
		return []any{sample(t, s.Items.Value, where+"[0]")}
	case s.Type.Is("integer"), s.Type.Is("number"):
		if s.Min != nil {
			return max(*s.Min, 1)
		}
		return 1
	case s.Type.Is("boolean"):
		return true
	}
	switch s.Format {
	case "date":
		return day(0)
	case "date-time":
		return "2026-11-03T09:00:00Z"
	case "uuid":
		return "00000000-0000-4000-8000-000000000001"
	}
	if s.Pattern != "" && s.Pattern != somethingWritten {
		t.Fatalf("%s: the contract has a pattern and no example", where)
	}
	return "testo"
}

// fitting is a body that fits: the sample and, where a referral is asked for, that of a person with everything in it.
func fitting(t *testing.T, op operation) any {
	t.Helper()
	body := sample(t, op.schema, op.id)
	raw, err := json.Marshal(referralOfBianchi())
	if err != nil {
		t.Fatal(err)
	}
	var referral obj
	if err := json.Unmarshal(raw, &referral); err != nil {
		t.Fatal(err)
	}
	overlay(referral, obj{
		"patient": obj{"tax_code": "RSSMRA80A01H501U", "stp_code": "STP0123456789012"},
		"stay":    obj{"already_home": false},
		"network": obj{
			"caregiver":      obj{"none": false},
			"representative": obj{"none": false, "phone": "0373 999444", "email": "tutore@esempio.it"},
			"gp":             obj{"none": false, "phone": "0373 999555", "email": "medico@esempio.it"},
		},
	})
	if object, ok := body.(obj); ok && object["patient"] != nil {
		known(object, referral)
	}
	return body
}

// overlay puts the values of another object over those of the same keys, and beside them.
func overlay(object, over obj) {
	for key, value := range over {
		if inner, ok := object[key].(obj); ok {
			overlay(inner, value.(obj))
		} else {
			object[key] = value
		}
	}
}

// known is overlay for the keys that are there.
func known(object, over obj) {
	for key, value := range over {
		if inner, ok := object[key].(obj); ok {
			known(inner, value.(obj))
		} else if _, ok := object[key]; ok {
			object[key] = value
		}
	}
}

// spot is a place in a body: a field, an item of a list, or an object.
type spot struct {
	field    string // as problems name it
	steps    []any  // keys and places
	schema   *openapi3.Schema
	required bool
	free     bool     // any key will do
	within   []string // fields that may be blamed in its place: those whose kind is open
	base     any
}

// spotsOf are all the places of a body, the body itself left out.
func spotsOf(op operation, base any) []spot {
	var list []spot
	var walk func(at spot)
	inside := func(at spot, step any, schema *openapi3.Schema, required bool) spot {
		next := spot{schema: schema, required: required, within: at.within, base: base}
		next.steps = append(slices.Clone(at.steps), step)
		switch step := step.(type) {
		case int:
			next.field = at.field + "[" + strconv.Itoa(step) + "]"
		case string:
			next.field = strings.TrimPrefix(at.field+"."+step, ".")
		}
		return next
	}
	walk = func(at spot) {
		if len(at.steps) > 0 {
			list = append(list, at)
		}
		if n := len(at.schema.AnyOf); n > 0 {
			at.within = append(slices.Clone(at.within), at.field)
			at.schema = at.schema.AnyOf[n-1].Value
		}
		for name, property := range at.schema.Properties {
			walk(inside(at, name, property.Value, slices.Contains(at.schema.Required, name)))
		}
		if more := at.schema.AdditionalProperties.Schema; more != nil {
			value := inside(at, "prova", more.Value, false)
			value.free = true
			walk(value)
		}
		if at.schema.Items != nil {
			walk(inside(at, 0, at.schema.Items.Value, true))
		}
	}
	walk(spot{schema: op.schema, base: base})
	slices.SortFunc(list, func(a, b spot) int { return strings.Compare(a.field, b.field) })
	return list
}

// with is the body with a text in the place of the spot, which may be no JSON at all.
func (l spot) with(text string) string {
	const here = "\uf8ff here \uf8ff"
	raw, err := json.Marshal(replaced(l.base, l.steps, here))
	if err != nil {
		panic(err)
	}
	quoted, _ := json.Marshal(here)
	return strings.Replace(string(raw), string(quoted), text, 1)
}

// without is the body without the spot.
func (l spot) without() string {
	raw, err := json.Marshal(replaced(l.base, l.steps, nil))
	if err != nil {
		panic(err)
	}
	return string(raw)
}

func valueAt(value any, steps []any) any {
	for _, step := range steps {
		switch step := step.(type) {
		case string:
			value = value.(obj)[step]
		case int:
			value = value.([]any)[step]
		}
	}
	return value
}

// replaced is a copy of a value with another in one place; nil takes a key away.
func replaced(value any, steps []any, by any) any {
	if len(steps) == 0 {
		return by
	}
	switch step := steps[0].(type) {
	case string:
		object := obj{}
		for key, v := range value.(obj) {
			object[key] = v
		}
		if by == nil && len(steps) == 1 {
			delete(object, step)
			return object
		}
		object[step] = replaced(object[step], steps[1:], by)
		return object
	default:
		list := slices.Clone(value.([]any))
		list[step.(int)] = replaced(list[step.(int)], steps[1:], by)
		return list
	}
}

package referral

import (
	"encoding/json"
	"fmt"
	"slices"

	"dimissioni/internal/calendar"
	"dimissioni/internal/strictjson"
	"dimissioni/internal/taxcode"
)

// Groups are the parts of a referral that [Merge] replaces, in the order of the form.
var Groups = []string{"sender", "patient", "places", "stay", "autonomy", "network", "needs", "consent", "plan"}

// Merge is base with the groups that complete and update_details bring, and the names of those groups in the order of
// [Groups]. Inside a group the keys that are given replace those of base, each whole (a caregiver, a list), null takes
// them away, and the others stay; a group that is null is emptied. A birth date and a sex that came from the tax code go
// with it. Base is left as it was. Errors are a *discharge.Error of kind malformed or invalid that names the field;
// whether the result can stand is for Normalise and Validate to say.
func Merge(base Referral, groups map[string]json.RawMessage) (Referral, []string, error) {
	if err := checkGroups(groups); err != nil {
		return Referral{}, nil, err
	}
	merged, err := members(base)
	if err != nil {
		return Referral{}, nil, err
	}
	var replaced []string
	for _, name := range Groups {
		given, ok := groups[name]
		if !ok {
			continue
		}
		replaced = append(replaced, name)
		if merged[name], err = mergeGroup(merged[name], given); err != nil {
			return Referral{}, nil, fmt.Errorf("merge referral: %w", err)
		}
	}
	text, err := json.Marshal(merged)
	if err != nil {
		return Referral{}, nil, fmt.Errorf("merge referral: %w", err)
	}
	var result Referral
	if err := json.Unmarshal(text, &result); err != nil {
		return Referral{}, nil, fmt.Errorf("merge referral: %w", err)
	}
	if given, err := members(groups["patient"]); err == nil {
		result.Patient.follow(base.Patient, given)
	}
	return result, replaced, nil
}

// checkGroups reads the groups as strictly as Decode reads a referral.
func checkGroups(groups map[string]json.RawMessage) error {
	if len(groups) == 0 {
		return nil
	}
	text, err := json.Marshal(groups)
	if err != nil {
		return strictjson.Refusal(&strictjson.Error{Code: strictjson.Syntax})
	}
	var only struct {
		Sender   Sender   `json:"sender"`
		Patient  Patient  `json:"patient"`
		Places   Places   `json:"places"`
		Stay     Stay     `json:"stay"`
		Autonomy Autonomy `json:"autonomy"`
		Network  Network  `json:"network"`
		Needs    Needs    `json:"needs"`
		Consent  Consent  `json:"consent"`
		Plan     Plan     `json:"plan"`
	}
	if err := strictjson.DecodeBytes(text, &only); err != nil {
		return strictjson.Refusal(err)
	}
	return nil
}

// mergeGroup puts the keys of given over those of base.
func mergeGroup(base, given json.RawMessage) (json.RawMessage, error) {
	if string(given) == "null" {
		return given, nil
	}
	keys, err := members(base)
	if err != nil {
		return nil, err
	}
	changes, err := members(given)
	if err != nil {
		return nil, err
	}
	for key, value := range changes {
		keys[key] = value // null is read as nothing
	}
	return json.Marshal(keys)
}

// members are the keys of a document, none when there is no document.
func members(document any) (map[string]json.RawMessage, error) {
	text, err := json.Marshal(document)
	if err != nil {
		return nil, fmt.Errorf("read members: %w", err)
	}
	keys := map[string]json.RawMessage{}
	if err := json.Unmarshal(text, &keys); err != nil {
		return nil, fmt.Errorf("read members: %w", err)
	}
	if keys == nil {
		keys = map[string]json.RawMessage{}
	}
	return keys, nil
}

// follow takes away the birth date and the sex that the old tax code told and the new one tells otherwise, unless they
// were given with it.
func (p *Patient) follow(before Patient, given map[string]json.RawMessage) {
	now, err := taxcode.Parse(p.TaxCode)
	if err != nil || p.TaxCode == before.TaxCode {
		return
	}
	old, err := taxcode.Parse(before.TaxCode)
	if err != nil {
		return
	}
	said, says := old.Mismatches(p.BirthDate, p.Sex, ""), now.Mismatches(p.BirthDate, p.Sex, "")
	outdated := func(key, mismatch string) bool {
		_, typed := given[key]
		return !typed && slices.Contains(says, mismatch) && !slices.Contains(said, mismatch)
	}
	if outdated("birth_date", taxcode.MismatchBirth) {
		p.BirthDate = calendar.Date{}
	}
	if outdated("sex", taxcode.MismatchSex) {
		p.Sex = ""
	}
}

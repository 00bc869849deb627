package referral_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"dimissioni/internal/referral"
)

func TestProposeOutcome(t *testing.T) {
	t.Parallel()
	type keys = map[string]any
	under65 := func(more keys) keys {
		more["patient.birth_date"], more["patient.tax_code"], more["patient.no_code_reason"] = "1980-01-01", nil, "smarrito"
		return more
	}
	none := keys{"none": true}
	tests := []struct {
		name     string
		file     string
		changes  keys
		outcome  string
		code     string
		criteria string // the answers, in order
	}{
		{"(a) 65 or older, resident", "referral", nil, "admit", "", "yes yes yes"},
		{"(a) resident where they go", "referral", keys{"places.residence_istat": nil}, "admit", "", "yes yes yes"},
		{"(a) resident elsewhere", "referral", keys{"places.residence_istat": "058091"}, "reject", "residence_or_presence", "yes no yes"},
		{"(a) resident abroad", "referral", keys{"places.residence_istat": nil, "places.residence_note": "Svizzera"}, "", "", "yes unknown yes"},
		{
			"(a) going to a shelter", "referral",
			keys{"places.residence_istat": nil, "places.going_to_istat": nil, "places.shelter": "Casa Esempio"},
			"", "", "yes unknown yes",
		},
		{"(a) not informed", "referral", keys{"consent.informed": false}, "", "", "yes yes no"},
		{"(a) not willing", "referral", keys{"consent.willing": "no"}, "", "", "yes yes unknown"},
		{"(a) of an age nobody knows", "referral", keys{"patient.birth_date": nil, "patient.tax_code": nil}, "", "", "unknown yes yes"},
		{
			"(b) under 65 without a network", "referral",
			under65(keys{"network.caregiver": none, "network.active_services": []string{}}), "admit", "", "yes yes yes",
		},
		{"(b) under 65 with a network", "referral", under65(keys{}), "reject", "age_or_network", "no yes yes"},
		{
			"(b) under 65, a caregiver and no service", "referral", under65(keys{"network.active_services": []string{}}),
			"", "", "unknown yes yes",
		},
		{"(b) under 65, network not told", "referral", under65(keys{"network": nil}), "", "", "unknown yes yes"},
		{"(c) homeless in a shelter", "homeless", nil, "", "", "yes unknown yes no"},
		{
			"(c) homeless, present in the district", "homeless",
			keys{"places.going_to_istat": "019035", "consent.informed": true},
			"admit", "", "yes yes yes yes",
		},
		{
			"(c) precarious, resident far away", "homeless",
			keys{"places.going_to_istat": "019035", "places.residence_istat": "058091", "places.housing": "precarious", "consent.informed": true},
			"admit", "", "yes yes yes yes",
		},
		{
			"(c) no stay is told", "homeless",
			keys{"places.going_to_istat": "019035", "stay.kind": nil, "consent.informed": true},
			"", "", "yes yes unknown yes",
		},
		{
			"(c) going out of the district", "homeless",
			keys{"places.going_to_istat": "058091", "consent.informed": true},
			"", "", "yes unknown yes yes",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got := change(t, tt.file+".json", tt.changes).ProposeOutcome(now, crema)
			answers := ""
			for i, c := range got.Criteria {
				if i > 0 {
					answers += " "
				}
				answers += string(c.Met)
				if c.Name == "" || c.Reason == "" {
					t.Errorf("criterion %d has no name or no reason", i)
				}
			}
			want := []string{tt.outcome, tt.code, tt.criteria}
			if diff := cmp.Diff(want, []string{got.Outcome, got.ReasonCode, answers}); diff != "" {
				t.Error(diff)
			}
			if got.Reason == "" {
				t.Error("no reason")
			}
		})
	}
}

func TestWithoutADistrictNothingIsSaidOfResidence(t *testing.T) {
	t.Parallel()
	got := sample(t, "referral.json").ProposeOutcome(now, nil)
	if got.Outcome != "" || got.Criteria[1].Name != referral.ResidenceOrPresence || got.Criteria[1].Met != referral.Unknown {
		t.Errorf("got %+v", got)
	}
}

package referral_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"dimissioni/internal/referral"
)

func TestWarningsNeverBlock(t *testing.T) {
	t.Parallel()
	type keys = map[string]any
	tests := []struct {
		name    string
		changes keys
		want    []string
	}{
		{"nothing strange", nil, nil},
		{"another family name", keys{"patient.family_name": "Prova"}, []string{"patient.family_name mismatch"}},
		{"another given name", keys{"patient.given_name": "Ada"}, []string{"patient.given_name mismatch"}},
		{"another birth", keys{"patient.birth_date": "1943-05-18"}, []string{"patient.birth_date mismatch"}},
		{"another sex", keys{"patient.sex": "M"}, []string{"patient.sex mismatch"}},
		{"an odd STP code", keys{"patient.stp_code": "X12345"}, []string{"patient.stp_code unlikely"}},
		{"a right STP code", keys{"patient.stp_code": "STP0300000000001"}, nil},
		{
			"111 years",
			keys{"patient.birth_date": "1915-11-20", "patient.tax_code": nil, "patient.no_code_reason": "smarrito"},
			[]string{"patient.birth_date unlikely"},
		},
		{
			"under 65 with a network",
			keys{"patient.birth_date": "1980-01-01", "patient.tax_code": nil, "patient.no_code_reason": "smarrito"},
			[]string{"patient.birth_date to_verify"},
		},
		{"under 65 alone", keys{
			"patient.birth_date": "1980-01-01", "patient.tax_code": nil, "patient.no_code_reason": "smarrito",
			"network.caregiver": keys{"none": true}, "network.active_services": []string{},
		}, nil},
		{"a discharge that is past", keys{"stay.expected_discharge_on": "2026-11-19"}, []string{"stay.expected_discharge_on unlikely"}},
		{"a discharge today", keys{"stay.expected_discharge_on": "2026-11-20"}, nil},
		{"notice to whom it is not shared with", keys{"early_notice": []string{"gp", "territorial"}}, []string{"early_notice no_effect"}},
		{
			"notice before the person knows",
			keys{"consent.informed": keys{"given": false, "why_not": "dorme"}},
			[]string{"early_notice no_effect", "consent.willing to_verify"},
		},
		{"not willing", keys{"consent.willing": "no"}, []string{"consent.willing to_verify"}},
		{"mail without an address", keys{"network.caregiver.email": nil}, []string{"network.caregiver.email no_effect"}},
		{
			"message without a number",
			keys{"network.caregiver.phone": nil, "network.caregiver.channel": "sms"},
			[]string{"network.caregiver.phone no_effect"},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			r := change(t, "referral.json", tt.changes)
			if diff := cmp.Diff(tt.want, codes(r.Warnings(now))); diff != "" {
				t.Error(diff)
			}
			if found := codes(r.Validate(now, crema)); found != nil {
				t.Errorf("it blocks: %v", found)
			}
		})
	}
	if found := (referral.Referral{}).Warnings(now); found != nil {
		t.Errorf("an empty referral warns of %v", codes(found))
	}
}

package referral_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"dimissioni/internal/referral"
)

// Every field of R1 in turn is taken away, and every field in turn is wrong.
func TestValidateNamesTheField(t *testing.T) {
	t.Parallel()
	long, tooLong := strings.Repeat("à", 100), strings.Repeat("à", 4001)
	type keys = map[string]any
	tests := []struct {
		name    string
		changes keys
		want    []string
	}{
		{"programme", keys{"programme_id": nil}, []string{"programme_id required"}},
		{"ward", keys{"sender.ward": nil}, []string{"sender.ward required"}},
		{"who sends", keys{"sender.person": " "}, []string{"sender.person required"}},
		{"telephone of the ward", keys{"sender.phone": nil}, []string{"sender.phone required"}},
		{"sender", keys{"sender": nil}, []string{"sender.ward required", "sender.person required", "sender.phone required"}},
		{"family name", keys{"patient.family_name": nil}, []string{"patient.family_name required"}},
		{"given name", keys{"patient.given_name": nil}, []string{"patient.given_name required"}},
		{"no code and no reason", keys{"patient.tax_code": nil}, []string{"patient.tax_code required"}},
		{"telephone", keys{"patient.phone": nil}, []string{"patient.phone required"}},
		{
			"no birth and no code",
			keys{"patient.birth_date": nil, "patient.tax_code": nil, "patient.no_code_reason": "smarrito"},
			[]string{"patient.birth_date required"},
		},
		{"no sex and a provisional code", keys{"patient.sex": nil, "patient.tax_code": "12345678903"}, []string{"patient.sex required"}},
		{"where to", keys{"places.going_to_istat": nil}, []string{"places.going_to_istat required"}},
		{"address", keys{"places.address": nil}, []string{"places.address required"}},
		{"housing", keys{"places.housing": nil}, []string{"places.housing required"}},
		{"kind of stay", keys{"stay.kind": nil}, []string{"stay.kind required"}},
		{"discharge", keys{"stay.expected_discharge_on": nil}, []string{"stay.expected_discharge_on required"}},
		{"reason", keys{"stay.reason": "\n"}, []string{"stay.reason required"}},
		{"precautions", keys{"stay.infectious": nil}, []string{"stay.infectious required"}},
		{"which precautions", keys{"stay.infectious": "yes"}, []string{"stay.infectious_note required"}},
		{"neither figures nor plan", keys{"needs.figures": []string{}, "plan": nil}, []string{"needs.figures required"}},
		{"informed", keys{"consent.informed": nil}, []string{"consent.informed required"}},
		{"why not informed", keys{"consent.informed": false}, []string{"consent.informed.why_not required"}},
		{"willing", keys{"consent.willing": nil}, []string{"consent.willing required"}},
		{"shared with", keys{"consent.share_with": nil}, []string{"consent.share_with required"}},
		{"consent", keys{"consent": nil}, []string{"consent.willing required", "consent.informed required", "consent.share_with required"}},

		{"early notice", keys{"early_notice": []string{"gp", "everybody"}}, []string{"early_notice[1] unknown"}},
		{"name too long", keys{"patient.family_name": long + "x"}, []string{"patient.family_name too_long"}},
		{"line too long", keys{"stay.reason": long + long + "x"}, []string{"stay.reason too_long"}},
		{"note too long", keys{"stay.therapy_note": tooLong}, []string{"stay.therapy_note too_long"}},
		{"name without a letter", keys{"patient.given_name": "12"}, []string{"patient.given_name format"}},
		{"name with a letter that was lost", keys{"patient.given_name": "Te\ufffdresa"}, []string{"patient.given_name format"}},
		{"tax code mistyped", keys{"patient.tax_code": "SMPTRS43E57D142Y"}, []string{"patient.tax_code format"}},
		{"STP code", keys{"patient.stp_code": "STP*"}, []string{"patient.stp_code format"}},
		{"sex", keys{"patient.sex": "X"}, []string{"patient.sex unknown"}},
		{"birth to come", keys{"patient.birth_date": "2026-11-21"}, []string{
			"patient.birth_date too_late", "stay.admitted_on too_early",
		}},
		{"birth long ago", keys{"patient.birth_date": "1899-12-31"}, []string{"patient.birth_date too_early"}},
		{"telephone with words", keys{"patient.phone": "interno 12345"}, []string{"patient.phone format"}},
		{"telephone too short", keys{"patient.phone": "1234"}, []string{"patient.phone format"}},
		{"telephone too long", keys{"patient.phone": "123456789012345678901"}, []string{"patient.phone format"}},
		{"plus at the end", keys{"patient.phone": "12345+"}, []string{"patient.phone format"}},
		{"municipality not in the list", keys{"places.going_to_istat": "019036"}, []string{"places.going_to_istat unknown"}},
		{"municipality", keys{"places.residence_istat": "Crema"}, []string{"places.residence_istat format"}},
		{"housing of another kind", keys{"places.housing": "villa"}, []string{"places.housing unknown"}},
		{"stay of another kind", keys{"stay.kind": "hotel"}, []string{"stay.kind unknown"}},
		{"precautions of another kind", keys{"stay.infectious": "maybe"}, []string{"stay.infectious unknown"}},
		{"device", keys{"stay.devices": []string{"peg", "drone"}}, []string{"stay.devices[1] unknown"}},
		{"admitted tomorrow", keys{"stay.admitted_on": "2026-11-21"}, []string{"stay.admitted_on too_late"}},
		{"admitted before birth", keys{"stay.admitted_on": "1943-05-16"}, []string{"stay.admitted_on too_early"}},
		{"admitted after the discharge", keys{"stay.expected_discharge_on": "2026-11-08"}, []string{"stay.admitted_on too_late"}},
		{"discharge in more than a year", keys{"stay.expected_discharge_on": "2027-11-21"}, []string{"stay.expected_discharge_on too_late"}},
		{
			"discharge more than a year ago",
			keys{"stay.expected_discharge_on": "2025-11-19", "stay.admitted_on": nil},
			[]string{"stay.expected_discharge_on too_early"},
		},
		{"fit before the stay", keys{"stay.fit_on": "2026-11-08"}, []string{"stay.fit_on too_early"}},
		{"fit in more than a year", keys{"stay.fit_on": "2027-11-21"}, []string{"stay.fit_on too_late"}},
		{"triage", keys{"autonomy.triage.mental": "E"}, []string{"autonomy.triage.mental unknown"}},
		{"Barthel", keys{"autonomy.barthel": 101}, []string{"autonomy.barthel out_of_range"}},
		{"BRASS", keys{"autonomy.brass": 41}, []string{"autonomy.brass out_of_range"}},
		{"ADL", keys{"autonomy.adl": 7}, []string{"autonomy.adl out_of_range"}},
		{"IADL", keys{"autonomy.iadl": -1}, []string{"autonomy.iadl out_of_range"}},
		{"caregiver without a name", keys{"network.caregiver.name": nil}, []string{"network.caregiver.name required"}},
		{"caregiver and none", keys{"network.caregiver.none": true}, []string{"network.caregiver.none not_applicable"}},
		{"channel", keys{"network.caregiver.channel": "pigeon"}, []string{"network.caregiver.channel unknown"}},
		{"caregiver's telephone", keys{"network.caregiver.phone": "x"}, []string{"network.caregiver.phone format"}},
		{"caregiver's address", keys{"network.caregiver.email": "Nora <nora@demo.test>"}, []string{"network.caregiver.email format"}},
		{"two addresses", keys{"network.caregiver.email": "a@demo.test, b@demo.test"}, []string{"network.caregiver.email format"}},
		{
			"representative without a name",
			keys{"network.representative": keys{"title": "tutore"}},
			[]string{"network.representative.name required"},
		},
		{"representative and none", keys{"network.representative.name": "Nora"}, []string{"network.representative.none not_applicable"}},
		{"physician without a name", keys{"network.gp.name": nil}, []string{"network.gp.name required"}},
		{"physician and none", keys{"network.gp.none": true}, []string{"network.gp.none not_applicable"}},
		{"service too long", keys{"network.active_services": []string{long + long + "x"}}, []string{"network.active_services[0] too_long"}},
		{"services too many", keys{"network.active_services": strings.Split(long, "")[:51]}, []string{"network.active_services too_long"}},
		{"figure", keys{"needs.figures": []string{"oss", "astronaut"}}, []string{"needs.figures[1] unknown"}},
		{"level", keys{"needs.level": "extreme"}, []string{"needs.level unknown"}},
		{"willing otherwise", keys{"consent.willing": "perhaps"}, []string{"consent.willing unknown"}},
		{"informed tomorrow", keys{"consent.informed.on": "2026-11-21"}, []string{"consent.informed.on too_late"}},
		{"shared with strangers", keys{"consent.share_with": []string{"press"}}, []string{"consent.share_with[0] unknown"}},
		{"shared with true", keys{"consent.share_with": true}, []string{"consent.share_with[0] unknown"}},
		{"intervention of nobody", keys{"plan.interventions": []keys{{"minutes": 10}}}, []string{"plan.interventions[0].figure required"}},
		{"intervention of a stranger", keys{"plan.interventions": []keys{{"figure": "x"}}}, []string{"plan.interventions[0].figure unknown"}},
		{
			"too often",
			keys{"plan.interventions": []keys{{"figure": "oss", "times_per_week": 71}}},
			[]string{"plan.interventions[0].times_per_week out_of_range"},
		},
		{
			"too long",
			keys{"plan.interventions": []keys{{"figure": "oss", "minutes": -1}}},
			[]string{"plan.interventions[0].minutes out_of_range"},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			found := change(t, "referral.json", tt.changes).Validate(now, crema)
			if diff := cmp.Diff(tt.want, codes(found)); diff != "" {
				t.Error(diff)
			}
			for _, e := range found {
				if !strings.HasSuffix(e.Message, ".") {
					t.Errorf("%s: %q is not a sentence", e.Field, e.Message)
				}
			}
		})
	}
}

func TestValidateAccepts(t *testing.T) {
	t.Parallel()
	type keys = map[string]any
	tests := []struct {
		name    string
		changes keys
	}{
		{"birth and sex from the tax code", keys{"patient.birth_date": nil, "patient.sex": nil}},
		{"a birth that the tax code tells otherwise", keys{"patient.birth_date": "1944-05-17", "patient.sex": "M"}},
		{"an STP code", keys{"patient.tax_code": nil, "patient.stp_code": "STP0300000000001"}},
		{"an ENI code", keys{"patient.tax_code": nil, "patient.stp_code": "eni 0300000000001"}},
		{"a provisional code", keys{"patient.tax_code": "12345678903"}},
		{"no code, because", keys{"patient.tax_code": nil, "patient.no_code_reason": "non trovato"}},
		{"a shelter", keys{"places.going_to_istat": nil, "places.address": nil, "places.shelter": "Casa Esempio"}},
		{"already home", keys{"stay.expected_discharge_on": nil, "stay.already_home": true}},
		{"already home sooner than expected", keys{"stay.already_home": true}},
		{"a discharge that was expected yesterday", keys{"stay.expected_discharge_on": "2026-11-19"}},
		{"a discharge in a year", keys{"stay.expected_discharge_on": "2027-11-20"}},
		{"precautions, which", keys{"stay.infectious": "yes", "stay.infectious_note": "contatto"}},
		{"figures only", keys{"plan": nil}},
		{"plan only", keys{"needs.figures": nil}},
		{"interventions in words", keys{"plan.interventions": []keys{{"text": "aiuto in casa"}}}},
		{"not informed, because", keys{"consent.informed": keys{"given": false, "why_not": "dorme"}, "consent.willing": "not_yet"}},
		{"shared with nobody", keys{"consent.share_with": []string{}, "early_notice": nil}},
		{"a physician of the directory", keys{"network.gp": keys{"physician_id": "7f0d"}}},
		{"nothing but R1", keys{"autonomy": nil, "network": nil, "plan": nil, "needs.level": nil, "needs.goal": nil}},
		{"a name in another script", keys{"patient.family_name": "\u0645\u06cc\u200c\u0631"}},
		{"a foreign telephone", keys{"patient.phone": "+44 20 7946 0000"}},
		{"born today", keys{
			"patient.tax_code": nil, "patient.no_code_reason": "neonata", "patient.birth_date": "2026-11-20",
			"stay.admitted_on": "2026-11-20", "places.residence_istat": "058091",
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if found := codes(change(t, "referral.json", tt.changes).Validate(now, crema)); found != nil {
				t.Error(found)
			}
		})
	}
}

func TestAnEmptyReferralNamesAllOfR1(t *testing.T) {
	t.Parallel()
	want := []string{
		"programme_id", "sender.ward", "sender.person", "sender.phone", "patient.family_name", "patient.given_name",
		"patient.phone", "patient.tax_code", "patient.birth_date", "patient.sex", "places.housing", "places.going_to_istat",
		"places.address", "stay.kind", "stay.reason", "stay.infectious", "stay.expected_discharge_on", "needs.figures",
		"consent.willing", "consent.informed", "consent.share_with",
	}
	for i := range want {
		want[i] += " required"
	}
	if diff := cmp.Diff(want, codes(referral.Referral{}.Validate(now, nil))); diff != "" {
		t.Error(diff)
	}
}

// Before it is normalised a referral is judged as it is written, and it is left alone.
func TestValidateChangesNothing(t *testing.T) {
	t.Parallel()
	r := decode(t, changed(t, "referral.json", map[string]any{"patient.sex": nil, "patient.given_name": "Teresa\n"}))
	if diff := cmp.Diff([]string{"patient.given_name format"}, codes(r.Validate(now, crema))); diff != "" {
		t.Error(diff)
	}
	if r.Patient.Sex != "" {
		t.Error("the sex was filled in")
	}
}

func TestInGroups(t *testing.T) {
	t.Parallel()
	found := referral.Referral{}.Validate(now, nil)
	want := []string{"places.housing required", "places.going_to_istat required", "places.address required", "needs.figures required"}
	if diff := cmp.Diff(want, codes(referral.InGroups(found, "needs", "places"))); diff != "" {
		t.Error(diff)
	}
	if len(referral.InGroups(found)) != 0 {
		t.Error("no group, no error")
	}
}

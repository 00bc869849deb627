package referral_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"dimissioni/internal/referral"
)

// Every field of R2, taken away in turn from a referral that has them all.
func TestMissingNamesEveryFieldOfR2(t *testing.T) {
	t.Parallel()
	if missing := referral.Missing(sample(t, "referral.json")); missing != nil {
		t.Fatalf("the sample misses %v", missing)
	}
	type keys = map[string]any
	tests := []struct {
		name    string
		changes keys
		want    string
	}{
		{"no triage sheet", keys{"autonomy.triage": nil}, "autonomy.triage"},
		{"seven letters of eight", keys{"autonomy.triage.hygiene": nil}, "autonomy.triage"},
		{"physician", keys{"network.gp": nil}, "network.gp"},
		{"admitted on", keys{"stay.admitted_on": nil}, "stay.admitted_on"},
		{"level", keys{"needs.level": nil}, "needs.level"},
		{"goal", keys{"needs.goal": nil}, "needs.goal"},
		{"caregiver", keys{"network.caregiver": nil}, "network.caregiver"},
		{"representative", keys{"network.representative": nil}, "network.representative"},
		{"services", keys{"network.active_services": nil}, "network.active_services"},
		{"known to the social services", keys{"network.known_to_social": nil}, "network.known_to_social"},
		{"allergies", keys{"stay.allergies": nil}, "stay.allergies"},
		{"therapy", keys{"stay.therapy_note": nil}, "stay.therapy_note"},
		{"plan", keys{"plan": nil}, "plan.interventions"},
		{"how often", keys{"plan.interventions": []keys{{"figure": "oss", "minutes": 60}}}, "plan.interventions"},
		{"how long", keys{"plan.interventions": []keys{{"figure": "oss", "times_per_week": 2}}}, "plan.interventions"},
		{"language", keys{"patient.language": nil}, "patient.language"},
		{"fit on", keys{"stay.fit_on": nil}, "stay.fit_on"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got := referral.Missing(change(t, "referral.json", tt.changes))
			if diff := cmp.Diff([]string{tt.want}, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestNoneIsAnAnswer(t *testing.T) {
	t.Parallel()
	none := map[string]any{"none": true}
	tests := map[string]map[string]any{
		"no caregiver":          {"network.caregiver": none},
		"no representative":     {"network.representative": none},
		"no physician":          {"network.gp": none},
		"a physician of theirs": {"network.gp": map[string]any{"physician_id": "7f0d"}},
		"no services":           {"network.active_services": []string{}},
		"not known":             {"network.known_to_social": false},
		"no allergies":          {"stay.allergies": "nessuna"},
	}
	for name, changes := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if missing := referral.Missing(change(t, "referral.json", changes)); missing != nil {
				t.Errorf("missing %v", missing)
			}
		})
	}
}

func TestMissingIsInTheOrderOfTheDomain(t *testing.T) {
	t.Parallel()
	want := []string{
		"autonomy.triage", "network.gp", "stay.admitted_on", "needs.level", "needs.goal", "network.caregiver",
		"network.representative", "network.active_services", "network.known_to_social", "stay.allergies",
		"stay.therapy_note", "plan.interventions", "patient.language", "stay.fit_on",
	}
	if diff := cmp.Diff(want, referral.Missing(referral.Referral{})); diff != "" {
		t.Error(diff)
	}
}

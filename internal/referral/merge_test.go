package referral_test

import (
	"encoding/json"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"dimissioni/internal/calendar"
	"dimissioni/internal/discharge"
	"dimissioni/internal/referral"
)

// groups reads the body of a command.
func groups(t *testing.T, body string) map[string]json.RawMessage {
	t.Helper()
	var read map[string]json.RawMessage
	if err := json.Unmarshal([]byte(body), &read); err != nil {
		t.Fatal(err)
	}
	return read
}

func TestMergeReplacesTheKeysThatAreGiven(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, body string
		change     func(*referral.Referral)
		groups     []string
	}{
		{"nothing", `{}`, func(*referral.Referral) {}, nil},
		{
			"one key, the others stay", `{"patient": {"phone": "0373 999999"}}`,
			func(r *referral.Referral) { r.Patient.Phone = "0373 999999" },
			[]string{"patient"},
		},
		{
			"null takes away", `{"stay": {"fit_on": null, "allergies": null}}`,
			func(r *referral.Referral) { r.Stay.FitOn, r.Stay.Allergies = calendar.Date{}, "" },
			[]string{"stay"},
		},
		{
			"a caregiver whole", `{"network": {"caregiver": {"name": "Ada Prova"}}}`,
			func(r *referral.Referral) { r.Network.Caregiver = &referral.Caregiver{Name: "Ada Prova"} },
			[]string{"network"},
		},
		{
			"a caregiver away", `{"network": {"caregiver": null}}`,
			func(r *referral.Referral) { r.Network.Caregiver = nil },
			[]string{"network"},
		},
		{
			"the triage sheet whole", `{"autonomy": {"triage": {"care": "A"}}}`,
			func(r *referral.Referral) { r.Autonomy.Triage = referral.Triage{Care: "A"} },
			[]string{"autonomy"},
		},
		{
			"a list whole", `{"needs": {"figures": ["asa"]}}`,
			func(r *referral.Referral) { r.Needs.Figures = []discharge.Figure{"asa"} },
			[]string{"needs"},
		},
		{
			"an empty list stays an answer", `{"consent": {"share_with": []}}`,
			func(r *referral.Referral) { r.Consent.ShareWith = referral.Audience{} },
			[]string{"consent"},
		},
		{"an empty group", `{"places": {}}`, func(*referral.Referral) {}, []string{"places"}},
		{"a null group", `{"plan": null}`, func(r *referral.Referral) { r.Plan = referral.Plan{} }, []string{"plan"}},
		{
			"many groups, in the order of the form", `{"plan": {"interventions": []}, "sender": {"person": "Ugo Prova"}, "consent": {"willing": false}}`,
			func(r *referral.Referral) {
				r.Plan.Interventions, r.Sender.Person, r.Consent.Willing = []referral.Intervention{}, "Ugo Prova", referral.WillingNo
			},
			[]string{"sender", "consent", "plan"},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			base, want := sample(t, "referral.json"), sample(t, "referral.json")
			tt.change(&want)
			got, replaced, err := referral.Merge(base, groups(t, tt.body))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Error(diff)
			}
			if diff := cmp.Diff(tt.groups, replaced); diff != "" {
				t.Error(diff)
			}
			if diff := cmp.Diff(sample(t, "referral.json"), base); diff != "" {
				t.Errorf("base has changed:\n%s", diff)
			}
		})
	}
}

func TestMergeFillsAGroupThatWasNotThere(t *testing.T) {
	t.Parallel()
	got, _, err := referral.Merge(referral.Referral{}, groups(t, `{"autonomy": {"barthel": 0}}`))
	if err != nil || got.Autonomy.Barthel == nil || *got.Autonomy.Barthel != 0 {
		t.Errorf("got %v, %v", got.Autonomy.Barthel, err)
	}
}

// A mistyped tax code brought a birth date with it; the right one brings the right date.
func TestMergeLetsTheBirthFollowTheTaxCode(t *testing.T) {
	t.Parallel()
	const right = "PRVNNI80E18D142B" // 1980-05-18, M
	tests := []struct {
		name, body, birth, sex string
	}{
		{"another code", `{"patient": {"tax_code": "` + right + `"}}`, "1980-05-18", "M"},
		{"another code and a birth", `{"patient": {"tax_code": "` + right + `", "birth_date": "1943-05-17"}}`, "1943-05-17", "M"},
		{"the same code", `{"patient": {"tax_code": "SMPTRS43E57D142X"}}`, "1943-05-17", "F"},
		{"no code any more", `{"patient": {"tax_code": null, "no_code_reason": "smarrito"}}`, "1943-05-17", "F"},
		{"a code of the same person", `{"patient": {"tax_code": "SMPTRS43E57D14NI"}}`, "1943-05-17", "F"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, _, err := referral.Merge(sample(t, "referral.json"), groups(t, tt.body))
			if err != nil {
				t.Fatal(err)
			}
			got.Normalise(now)
			if birth := got.Patient.BirthDate.String(); birth != tt.birth || got.Patient.Sex != tt.sex {
				t.Errorf("born on %s, %s", birth, got.Patient.Sex)
			}
		})
	}
}

func TestMergeRefuses(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, body, field, code string
	}{
		{"a group that is none", `{"programme_id": "x"}`, "programme_id", "unknown_field"},
		{"a key that is none", `{"patient": {"surname": "x"}}`, "patient.surname", "unknown_field"},
		{"a key twice", `{"patient": {"sex": "F", "sex": "M"}}`, "patient.sex", "duplicate_key"},
		{"a list for a group", `{"patient": []}`, "patient", "wrong_type"},
		{"a number for a text", `{"network": {"gp": {"name": 1}}}`, "network.gp.name", "wrong_type"},
		{"a date that does not exist", `{"stay": {"fit_on": "2026-02-30"}}`, "stay.fit_on", "invalid_value"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, _, err := referral.Merge(sample(t, "referral.json"), groups(t, tt.body))
			var refusal *discharge.Error
			if !errors.As(err, &refusal) || len(refusal.Fields) != 1 {
				t.Fatalf("got %v", err)
			}
			if got := refusal.Fields[0]; got.Field != tt.field || got.Code != tt.code {
				t.Errorf("got %s %s", got.Field, got.Code)
			}
		})
	}
	_, _, err := referral.Merge(referral.Referral{}, map[string]json.RawMessage{"patient": json.RawMessage(`{`)})
	if discharge.KindOf(err) != discharge.KindMalformed {
		t.Errorf("half a group gave %v", err)
	}
}

package referral_test

import (
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"

	"dimissioni/internal/discharge"
	"dimissioni/internal/referral"
	"dimissioni/internal/strictjson"
)

func TestDecodeTakesEveryShape(t *testing.T) {
	t.Parallel()
	type R = referral.Referral
	tests := []struct {
		document string
		got      func(R) any
		want     any
	}{
		{`{"early_notice": ["gp"]}`, func(r R) any { return r.EarlyNotice }, referral.Audience{"gp"}},
		{`{"early_notice": "gp"}`, func(r R) any { return r.EarlyNotice }, referral.Audience{"gp"}},
		{`{"early_notice": false}`, func(r R) any { return r.EarlyNotice }, referral.Audience{}},
		{`{"early_notice": null}`, func(r R) any { return r.EarlyNotice }, referral.Audience(nil)},
		{
			`{"early_notice": true, "consent": {"share_with": ["gp", "territorial"]}}`,
			func(r R) any { return r.EarlyNotice },
			referral.Audience{"gp", "territorial"},
		},
		{`{"early_notice": true}`, func(r R) any { return r.EarlyNotice }, referral.Audience(nil)},
		{`{"consent": {"share_with": []}}`, func(r R) any { return r.Consent.ShareWith }, referral.Audience{}},
		{`{"consent": {"informed": true}}`, func(r R) any { return *r.Consent.Informed }, referral.Informed{Given: true}},
		{`{"consent": {"informed": false}}`, func(r R) any { return *r.Consent.Informed }, referral.Informed{}},
		{
			`{"consent": {"informed": {"given": false, "why_not": "dorme"}}}`,
			func(r R) any { return *r.Consent.Informed },
			referral.Informed{WhyNot: "dorme"},
		},
		{`{"consent": {"informed": null}}`, func(r R) any { return r.Consent.Informed }, (*referral.Informed)(nil)},
		{`{"consent": {"willing": "no"}}`, func(r R) any { return r.Consent.Willing }, referral.WillingNo},
		{`{"consent": {"willing": true}}`, func(r R) any { return r.Consent.Willing }, referral.WillingYes},
		{`{"consent": {"willing": false}}`, func(r R) any { return r.Consent.Willing }, referral.WillingNo},
		{`{"consent": {"willing": "not_asked"}}`, func(r R) any { return r.Consent.Willing }, referral.WillingNotYet},
		{`{"stay": {"devices": "peg"}}`, func(r R) any { return r.Stay.Devices }, referral.Codes{"peg"}},
		{`{"stay": {"devices": []}}`, func(r R) any { return r.Stay.Devices }, referral.Codes{}},
		{`{"stay": {"allergies": ["latte", "pollini"]}}`, func(r R) any { return r.Stay.Allergies }, referral.Text("latte\npollini")},
		{`{"stay": {"admitted_on": ""}}`, func(r R) any { return r.Stay.AdmittedOn.IsZero() }, true},
		{`{"network": {"active_services": []}}`, func(r R) any { return r.Network.ActiveServices }, referral.Lines{}},
		{`{"network": {"active_services": ""}}`, func(r R) any { return r.Network.ActiveServices }, referral.Lines(nil)},
		{`{"network": {"caregiver": {"none": true}}}`, func(r R) any { return r.Network.Caregiver.None }, true},
		{`{"patient": null, "needs": {"figures": null}}`, func(r R) any { return r.Needs.Figures }, []discharge.Figure(nil)},
	}
	for _, tt := range tests {
		t.Run(tt.document, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(tt.want, tt.got(decode(t, tt.document))); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestDecodeRefuses(t *testing.T) {
	t.Parallel()
	const secret = "Segreta"
	tests := []struct {
		name, document, field, code string
		kind                        discharge.ErrorKind
	}{
		{"nothing", ``, "", "", discharge.KindMalformed},
		{"half a document", `{"patient": {`, "", "", discharge.KindMalformed},
		{"two documents", `{} {}`, "", "", discharge.KindMalformed},
		{"a list", `[]`, "", "", discharge.KindInvalid},
		{"null", `null`, "", "", discharge.KindInvalid},
		{"a key twice", `{"patient": {"sex": "F", "sex": "M"}}`, "patient.sex", "duplicate_key", discharge.KindMalformed},
		{"half a surrogate", `{"patient": {"given_name": "\ud83d"}}`, "patient.given_name", "invalid_text", discharge.KindMalformed},
		{"not UTF-8", "{\"patient\": {\"given_name\": \"\xff\"}}", "patient.given_name", "invalid_text", discharge.KindMalformed},
		{"a null character", `{"patient": {"given_name": "\u0000"}}`, "patient.given_name", "control_character", discharge.KindInvalid},
		{"a name backwards", `{"patient": {"given_name": "Te\u202eresa"}}`, "patient.given_name", "control_character", discharge.KindInvalid},
		{"a mark nobody sees in a note", `{"stay": {"therapy_note": "\u200bSegreta"}}`, "stay.therapy_note", "control_character", discharge.KindInvalid},
		{"an unknown key", `{"patient": {"surname": "Segreta"}}`, "patient.surname", "unknown_field", discharge.KindInvalid},
		{"a key in capitals", `{"Patient": {}}`, "?", "unknown_field", discharge.KindInvalid},
		{"a key that is a name", `{"patient": {"Segreta": 1}}`, "patient.?", "unknown_field", discharge.KindInvalid},
		{"a number for a text", `{"patient": {"family_name": 12}}`, "patient.family_name", "wrong_type", discharge.KindInvalid},
		{"a text for a number", `{"autonomy": {"barthel": "Segreta"}}`, "autonomy.barthel", "wrong_type", discharge.KindInvalid},
		{"a fraction", `{"autonomy": {"barthel": 5.5}}`, "autonomy.barthel", "wrong_type", discharge.KindInvalid},
		{"a text for a group", `{"stay": "Segreta"}`, "stay", "wrong_type", discharge.KindInvalid},
		{"a date that does not exist", `{"patient": {"birth_date": "1943-02-30"}}`, "patient.birth_date", "invalid_value", discharge.KindInvalid},
		{"a date the Italian way", `{"patient": {"birth_date": "17/05/1943"}}`, "patient.birth_date", "invalid_value", discharge.KindInvalid},
		{"a number among the codes", `{"early_notice": ["gp", 1]}`, "early_notice[1]", "wrong_type", discharge.KindInvalid},
		{"true among the codes", `{"consent": {"share_with": [true]}}`, "consent.share_with[0]", "wrong_type", discharge.KindInvalid},
		{"an unknown key of informed", `{"consent": {"informed": {"date": "Segreta"}}}`, "consent.informed.date", "unknown_field", discharge.KindInvalid},
		{"a date of informed", `{"consent": {"informed": {"on": "ieri"}}}`, "consent.informed.on", "invalid_value", discharge.KindInvalid},
		{"a number for informed", `{"consent": {"informed": 1}}`, "consent.informed", "wrong_type", discharge.KindInvalid},
		{"a list for willing", `{"consent": {"willing": []}}`, "consent.willing", "wrong_type", discharge.KindInvalid},
		{"minutes of an intervention", `{"plan": {"interventions": [{}, {"minutes": "x"}]}}`, "plan.interventions[1].minutes", "wrong_type", discharge.KindInvalid},
		{"an empty place in a list", `{"needs": {"figures": [null]}}`, "needs.figures[0]", "wrong_type", discharge.KindInvalid},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, err := referral.Decode(strings.NewReader(tt.document))
			var refusal *discharge.Error
			if !errors.As(err, &refusal) || refusal.Kind != tt.kind || refusal.Message == "" {
				t.Fatalf("got %#v, want %s", err, tt.kind)
			}
			if strings.Contains(err.Error(), secret) || !cmp.Equal(got, referral.Referral{}) {
				t.Error("it gives away what was sent")
			}
			var field, code string
			if len(refusal.Fields) > 0 {
				field, code = refusal.Fields[0].Field, refusal.Fields[0].Code
			}
			if field != tt.field || code != tt.code {
				t.Errorf("got %q %q, want %q %q", field, code, tt.field, tt.code)
			}
		})
	}
}

func TestDecodeTellsWhenItCannotRead(t *testing.T) {
	t.Parallel()
	_, err := referral.Decode(iotest.ErrReader(io.ErrUnexpectedEOF))
	if !errors.Is(err, io.ErrUnexpectedEOF) || discharge.KindOf(err) != discharge.KindInternal {
		t.Errorf("got %v", err)
	}
}

func FuzzDecode(f *testing.F) {
	f.Add(text(f, "referral.json"))
	f.Add(text(f, "homeless.json"))
	f.Add([]byte(`{"early_notice": true, "consent": {"informed": false, "willing": true, "share_with": "gp"}}`))
	f.Add([]byte(`{"plan": {"interventions": [{"figure": "oss", "minutes": 1e400}]}}`))
	f.Fuzz(func(t *testing.T, document []byte) {
		r, err := referral.Decode(strings.NewReader(string(document)))
		if err != nil {
			if kind := discharge.KindOf(err); kind != discharge.KindMalformed && kind != discharge.KindInvalid {
				t.Errorf("refused with %v", err)
			}
			return
		}
		again := decode(t, string(document))
		r.Normalise(now)
		again.Normalise(now)
		again.Normalise(now)
		if diff := cmp.Diff(r, again); diff != "" {
			t.Errorf("normalised twice:\n%s", diff)
		}
		for _, found := range append(r.Validate(now, crema), r.Warnings(now)...) {
			if found.Field == "" || found.Code == "" || found.Message == "" {
				t.Errorf("nameless %v", found)
			}
		}
		merged, _, err := referral.Merge(r, nil)
		if err != nil {
			t.Fatalf("merge: %v", err)
		}
		if diff := cmp.Diff(r, merged); diff != "" {
			t.Errorf("merged with nothing:\n%s", diff)
		}
		r.AgeBand(r.Stay.AdmittedOn)
		r.ProposeOutcome(now, crema)
		referral.Missing(r)
	})
}

// Whoever reads a referral as a part of something else gets the same early notices.
func TestNormaliseNamesEverybody(t *testing.T) {
	t.Parallel()
	var r referral.Referral
	document := `{"early_notice": true, "consent": {"share_with": ["gp"]}}`
	if err := strictjson.DecodeBytes([]byte(document), &r); err != nil {
		t.Fatal(err)
	}
	if r.Normalise(now); !cmp.Equal(r.EarlyNotice, referral.Audience{"gp"}) {
		t.Errorf("got %v", r.EarlyNotice)
	}
}

package referral_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"dimissioni/internal/calendar"
	"dimissioni/internal/discharge"
	"dimissioni/internal/referral"
)

// now is the day of the samples in testdata.
var now = time.Date(2026, time.November, 20, 9, 30, 0, 0, time.UTC)

// sample reads a file of testdata, decoded and normalised.
func sample(t testing.TB, file string) referral.Referral {
	t.Helper()
	r := decode(t, string(text(t, file)))
	r.Normalise(now)
	return r
}

func text(t testing.TB, file string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", file))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func decode(t testing.TB, document string) referral.Referral {
	t.Helper()
	r, err := referral.Decode(strings.NewReader(document))
	if err != nil {
		t.Fatalf("decode: %v", err)
	}
	return r
}

// crema knows one municipality.
func crema(istat string) bool { return istat == "019035" }

// codes are the fields and the codes of what was found.
func codes(found []discharge.FieldError) []string {
	var all []string
	for _, e := range found {
		all = append(all, e.Field+" "+e.Code)
	}
	return all
}

func TestTheSamplesCanBeSent(t *testing.T) {
	t.Parallel()
	for _, file := range []string{"referral.json", "homeless.json"} {
		t.Run(file, func(t *testing.T) {
			t.Parallel()
			if found := codes(sample(t, file).Validate(now, crema)); found != nil {
				t.Error(found)
			}
		})
	}
}

func TestTheSampleComesBackAsItWas(t *testing.T) {
	t.Parallel()
	want := sample(t, "referral.json")
	stored, err := json.Marshal(want)
	if err != nil {
		t.Fatal(err)
	}
	var given, kept any
	if err := json.Unmarshal(text(t, "referral.json"), &given); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(stored, &kept); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(given, kept); diff != "" {
		t.Errorf("stored otherwise than sent:\n%s", diff)
	}
	if diff := cmp.Diff(want, decode(t, string(stored))); diff != "" {
		t.Errorf("decoded otherwise than stored:\n%s", diff)
	}
}

// What was answered with "none" must not come back from Postgres as not answered.
func TestNoneIsKept(t *testing.T) {
	t.Parallel()
	want := sample(t, "homeless.json")
	stored, err := json.Marshal(want)
	if err != nil {
		t.Fatal(err)
	}
	got := decode(t, string(stored))
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if got.Consent.ShareWith == nil || got.Network.ActiveServices == nil || !got.Network.GP.None {
		t.Error("an answer was lost")
	}
}

func TestAReferralPrintsAndLogsNothing(t *testing.T) {
	t.Parallel()
	r := sample(t, "referral.json")
	printed := fmt.Sprint(r, &r) + fmt.Sprintf("%v %+v %s", r, r, r) + r.LogValue().String()
	if strings.Contains(printed, "Teresa") || strings.Contains(printed, "SMP") {
		t.Error("it prints the person")
	}
}

func TestNormalise(t *testing.T) {
	t.Parallel()
	yes := true
	r := referral.Referral{
		ProgrammeID: " dp-cremasco ",
		EarlyNotice: referral.Audience{"GP", "gp", " municipality"},
		Sender:      referral.Sender{Ward: "Medicina \t generale", Phone: "0373/280.100-12"},
		Patient: referral.Patient{
			FamilyName: "  Dell' \u00a0 Esempio\n", TaxCode: "smp trs 43e57 d142x", STPCode: "", NoCodeReason: "non trovato",
			Phone: "\u202a+39 (0373) 000001\u202c",
		},
		Places:   referral.Places{Housing: " Stable", AccessNotes: " primo\r\nsecondo \n"},
		Stay:     referral.Stay{AlreadyHome: true, ExpectedDischargeOn: calendar.NewDate(2026, 11, 24), Devices: referral.Codes{"PEG", "peg"}},
		Autonomy: referral.Autonomy{Triage: referral.Triage{Care: "c"}},
		Network: referral.Network{
			Caregiver: &referral.Caregiver{Channel: "telefono"}, KnownToSocial: &yes,
			ActiveServices: referral.Lines{" ", "telesoccorso  CSC"},
		},
		Needs:   referral.Needs{Figures: []discharge.Figure{"oss", "OSS", "asa"}},
		Consent: referral.Consent{ShareWith: referral.Audience{}},
	}
	want := referral.Referral{
		ProgrammeID: "dp-cremasco",
		EarlyNotice: referral.Audience{"gp", "municipality"},
		Sender:      referral.Sender{Ward: "Medicina generale", Phone: "0373 280 100 12"},
		Patient: referral.Patient{
			FamilyName: "Dell' Esempio", TaxCode: "SMPTRS43E57D142X", Phone: "+39 0373 000001",
			BirthDate: calendar.NewDate(1943, 5, 17), Sex: "F",
		},
		Places:   referral.Places{Housing: "stable", AccessNotes: "primo\nsecondo"},
		Stay:     referral.Stay{AlreadyHome: true, Devices: referral.Codes{"peg"}},
		Autonomy: referral.Autonomy{Triage: referral.Triage{Care: "C"}},
		Network: referral.Network{
			Caregiver: &referral.Caregiver{Channel: "phone"}, KnownToSocial: &yes,
			ActiveServices: referral.Lines{"telesoccorso CSC"},
		},
		Needs:   referral.Needs{Figures: []discharge.Figure{"oss", "asa"}},
		Consent: referral.Consent{ShareWith: referral.Audience{}},
	}
	r.Normalise(now)
	if diff := cmp.Diff(want, r); diff != "" {
		t.Error(diff)
	}
	r.Normalise(now)
	if diff := cmp.Diff(want, r); diff != "" {
		t.Errorf("the second time:\n%s", diff)
	}
}

func TestNormaliseKeepsWhatWasTyped(t *testing.T) {
	t.Parallel()
	r := referral.Referral{
		Patient: referral.Patient{TaxCode: "SMPTRS43E57D142X", BirthDate: calendar.NewDate(1944, 1, 2), Sex: "M"},
		Network: referral.Network{ActiveServices: referral.Lines{}},
	}
	r.Normalise(now)
	if r.Patient.Sex != "M" || r.Patient.BirthDate.Year != 1944 {
		t.Error("the tax code won")
	}
	if r.Network.ActiveServices == nil {
		t.Error("no services is an answer")
	}
	r = referral.Referral{Network: referral.Network{ActiveServices: referral.Lines{" "}}}
	if r.Normalise(now); r.Network.ActiveServices != nil {
		t.Error("an empty line is not an answer")
	}
}

// change is the sample with some keys replaced: "stay.reason": nil takes a key away.
func change(t testing.TB, file string, changes map[string]any) referral.Referral {
	t.Helper()
	r := decode(t, changed(t, file, changes))
	r.Normalise(now)
	return r
}

func changed(t testing.TB, file string, changes map[string]any) string {
	t.Helper()
	var document map[string]any
	if err := json.Unmarshal(text(t, file), &document); err != nil {
		t.Fatal(err)
	}
	for path, value := range changes {
		at, steps := document, strings.Split(path, ".")
		for _, step := range steps[:len(steps)-1] {
			if at[step] == nil {
				at[step] = map[string]any{}
			}
			at = at[step].(map[string]any)
		}
		at[steps[len(steps)-1]] = value
		if value == nil {
			delete(at, steps[len(steps)-1])
		}
	}
	var buffer bytes.Buffer
	if err := json.NewEncoder(&buffer).Encode(document); err != nil {
		t.Fatal(err)
	}
	return buffer.String()
}

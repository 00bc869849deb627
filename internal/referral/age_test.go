package referral_test

import (
	"testing"

	"dimissioni/internal/calendar"
	"dimissioni/internal/referral"
)

func TestAge(t *testing.T) {
	t.Parallel()
	tests := []struct {
		birth, on string
		age       int
		band      string
	}{
		{"1961-11-21", "2026-11-20", 64, "60-64"},
		{"1961-11-20", "2026-11-20", 65, "65-69"},
		{"1961-11-19", "2026-11-20", 65, "65-69"},
		{"1961-12-01", "2026-11-20", 64, "60-64"},
		{"1956-11-20", "2026-11-20", 70, "70-74"},
		{"1936-11-21", "2026-11-20", 89, "85-89"},
		{"1936-11-20", "2026-11-20", 90, "90+"},
		{"1920-01-01", "2026-11-20", 106, "90+"},
		{"1960-02-29", "2025-02-28", 64, "60-64"},
		{"1960-02-29", "2025-03-01", 65, "65-69"},
		{"2026-11-20", "2026-11-20", 0, "0-4"},
		{"2026-11-21", "2026-11-20", -1, ""},
		{"", "2026-11-20", -1, ""},
		{"1961-11-20", "", -1, ""},
	}
	for _, tt := range tests {
		t.Run(tt.birth+" on "+tt.on, func(t *testing.T) {
			t.Parallel()
			r := referral.Referral{Patient: referral.Patient{BirthDate: date(t, tt.birth)}}
			if age, band := r.Age(date(t, tt.on)), r.AgeBand(date(t, tt.on)); age != tt.age || band != tt.band {
				t.Errorf("got %d, %q, want %d, %q", age, band, tt.age, tt.band)
			}
		})
	}
	r := referral.Referral{Patient: referral.Patient{TaxCode: "SMPTRS43E57D142X"}}
	if age := r.Age(date(t, "2026-11-20")); age != 83 {
		t.Errorf("%d by the tax code alone", age)
	}
}

func date(t *testing.T, text string) calendar.Date {
	t.Helper()
	var d calendar.Date
	if err := d.UnmarshalText([]byte(text)); err != nil {
		t.Fatal(err)
	}
	return d
}

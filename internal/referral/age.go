package referral

import (
	"fmt"

	"dimissioni/internal/calendar"
)

// The bands of AgeBand.
const (
	bandYears = 5
	oldestAge = 90
)

// Age is how many birthdays the person has had by that day, -1 when the birth date is not known or comes after it. Who was
// born on 29 February has theirs on 1 March of the years without one.
func (r Referral) Age(on calendar.Date) int {
	r.Patient.derive(on)
	birth := r.Patient.BirthDate
	if birth.IsZero() || on.IsZero() || birth.After(on) {
		return -1
	}
	age := on.Year - birth.Year
	if on.Month < birth.Month || on.Month == birth.Month && on.Day < birth.Day {
		age--
	}
	return age
}

// AgeBand is what a partner reads of the age before accepting: "65-69", five years wide, "90+" at the end, "" when the age
// is not known.
func (r Referral) AgeBand(on calendar.Date) string {
	age := r.Age(on)
	switch {
	case age < 0:
		return ""
	case age >= oldestAge:
		return fmt.Sprintf("%d+", oldestAge)
	}
	first := age - age%bandYears
	return fmt.Sprintf("%d-%d", first, first+bandYears-1)
}

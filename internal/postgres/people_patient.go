package postgres

import (
	"dimissioni/internal/discharge"
)

// patient is where the person is asked to sign. The form asks no e-mail of the patient, so the letter goes to the
// caregiver who chose that channel; the one-time code goes to the patient's own telephone or is read out to them, so
// that the letter alone signs nothing. Where a representative signs instead, nobody writes to the patient.
func (p *people) patient() []addressee {
	if r := p.ref.Network.Representative; r != nil && !r.None {
		return nil
	}
	list := p.family(discharge.ToCaregiver)
	for i := range list {
		list[i].Key, list[i].Role = "person:patient", "patient"
		list[i].Name = p.ref.Patient.GivenName + " " + p.ref.Patient.FamilyName
	}
	return list
}

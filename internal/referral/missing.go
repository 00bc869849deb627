package referral

// Missing lists the fields of R2 still to be given, in the order of DOMAIN: what the case shows as missing[]. Their codes
// are paths of the JSON. A physician by name counts as given, and so does every way to say "none".
func Missing(r Referral) []string {
	n := r.Network
	var missing []string
	for _, f := range []struct {
		path  string
		given bool
	}{
		{"autonomy.triage", r.Autonomy.Triage.complete()},
		{"network.gp", n.GP != nil && (n.GP.None || n.GP.PhysicianID != "" || n.GP.Name != "")},
		{"stay.admitted_on", !r.Stay.AdmittedOn.IsZero()},
		{"needs.level", r.Needs.Level != ""},
		{"needs.goal", r.Needs.Goal != ""},
		{"network.caregiver", n.Caregiver != nil && (n.Caregiver.None || n.Caregiver.Name != "")},
		{"network.representative", n.Representative != nil && (n.Representative.None || n.Representative.Name != "")},
		{"network.active_services", n.ActiveServices != nil},
		{"network.known_to_social", n.KnownToSocial != nil},
		{"stay.allergies", r.Stay.Allergies != ""},
		{"stay.therapy_note", r.Stay.TherapyNote != ""},
		{"plan.interventions", r.Plan.complete()},
		{"patient.language", r.Patient.Language != ""},
		{"stay.fit_on", !r.Stay.FitOn.IsZero()},
	} {
		if !f.given {
			missing = append(missing, f.path)
		}
	}
	return missing
}

// complete says that all eight letters are there.
func (t Triage) complete() bool {
	for _, letter := range []string{
		t.Morbidity, t.Feeding, t.Continence, t.Mobility, t.Hygiene, t.Mental, t.LivesWith, t.Care,
	} {
		if letter == "" {
			return false
		}
	}
	return true
}

// complete says that there are interventions, each with how often and how long.
func (p Plan) complete() bool {
	for _, v := range p.Interventions {
		if v.TimesPerWeek == 0 || v.Minutes == 0 {
			return false
		}
	}
	return len(p.Interventions) > 0
}

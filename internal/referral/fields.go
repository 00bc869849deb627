package referral

import (
	"fmt"
	"strings"

	"dimissioni/internal/discharge"
)

// shape is what a text may look like, and how it is made uniform.
type shape int

const (
	line   shape = iota // up to 200 characters
	name                // a line of up to 100, with a letter in it
	note                // up to 4000 characters, on many lines
	phone               // digits, spaces, a leading +
	email               // an address, without a name
	upper               // a code in capitals, without spaces
	lower               // a code in small letters
	istat               // a municipality
	agency              // STP and ENI codes
	fiscal              // a tax code
)

// field is a text of the referral: where it is in the JSON and in memory, and what it may hold. Codes, when there are any,
// are the only values. An empty text passes unless it is required, which only R1 is.
type field struct {
	path     string
	at       *string
	shape    shape
	codes    []string
	required bool
}

// fields lists every text that stands alone, in the order of the form.
func (r *Referral) fields() []field {
	p, pl, s, a, t, n := &r.Patient, &r.Places, &r.Stay, &r.Autonomy, &r.Autonomy.Triage, &r.Needs
	fields := []field{
		{"programme_id", &r.ProgrammeID, line, nil, true},
		{"urgent_reason", &r.UrgentReason, line, nil, false},
		{"sender.ward", &r.Sender.Ward, line, nil, true},
		{"sender.person", &r.Sender.Person, name, nil, true},
		{"sender.phone", &r.Sender.Phone, phone, nil, true},
		{"patient.family_name", &p.FamilyName, name, nil, true},
		{"patient.given_name", &p.GivenName, name, nil, true},
		{"patient.sex", &p.Sex, upper, Sexes, false},
		{"patient.tax_code", &p.TaxCode, fiscal, nil, false},
		{"patient.stp_code", &p.STPCode, agency, nil, false},
		{"patient.no_code_reason", &p.NoCodeReason, line, nil, false},
		{"patient.phone", &p.Phone, phone, nil, true},
		{"patient.citizenship", &p.Citizenship, line, nil, false},
		{"patient.language", &p.Language, line, nil, false},
		{"places.going_to_istat", &pl.GoingToISTAT, istat, nil, false},
		{"places.shelter", &pl.Shelter, line, nil, false},
		{"places.address", &pl.Address, line, nil, false},
		{"places.residence_istat", &pl.ResidenceISTAT, istat, nil, false},
		{"places.residence_note", &pl.ResidenceNote, line, nil, false},
		{"places.housing", &pl.Housing, lower, Housings, true},
		{"places.access_notes", &pl.AccessNotes, note, nil, false},
		{"stay.kind", &s.Kind, lower, StayKinds, true},
		{"stay.reason", &s.Reason, line, nil, true},
		{"stay.infectious", &s.Infectious, lower, InfectiousAnswers, true},
		{"stay.infectious_note", &s.InfectiousNote, note, nil, false},
		{"stay.nosologico", &s.Nosologico, line, nil, false},
		{"stay.delay_reasons", (*string)(&s.DelayReasons), note, nil, false},
		{"stay.allergies", (*string)(&s.Allergies), note, nil, false},
		{"stay.therapy_note", &s.TherapyNote, note, nil, false},
		{"autonomy.triage.morbidity", &t.Morbidity, upper, TriageLetters, false},
		{"autonomy.triage.feeding", &t.Feeding, upper, TriageLetters, false},
		{"autonomy.triage.continence", &t.Continence, upper, TriageLetters, false},
		{"autonomy.triage.mobility", &t.Mobility, upper, TriageLetters, false},
		{"autonomy.triage.hygiene", &t.Hygiene, upper, TriageLetters, false},
		{"autonomy.triage.mental", &t.Mental, upper, TriageLetters, false},
		{"autonomy.triage.lives_with", &t.LivesWith, upper, TriageLetters, false},
		{"autonomy.triage.care", &t.Care, upper, TriageLetters, false},
		{"autonomy.aids", (*string)(&a.Aids), note, nil, false},
		{"needs.level", (*string)(&n.Level), lower, words(discharge.Levels()), false},
		{"needs.goal", &n.Goal, note, nil, false},
		{"needs.social", (*string)(&n.Social), note, nil, false},
		{"needs.operator_risks", (*string)(&n.OperatorRisks), note, nil, false},
		{"consent.willing", (*string)(&r.Consent.Willing), lower, words(Willings), true},
	}
	if i := r.Consent.Informed; i != nil {
		fields = append(fields, field{"consent.informed.why_not", &i.WhyNot, line, nil, !i.Given})
	}
	return append(append(fields, r.Network.fields()...), r.Plan.fields()...)
}

func (n Network) fields() []field {
	var fields []field
	if c := n.Caregiver; c != nil {
		fields = append(fields,
			field{"network.caregiver.name", &c.Name, name, nil, !c.None},
			field{"network.caregiver.relation", &c.Relation, line, nil, false},
			field{"network.caregiver.phone", &c.Phone, phone, nil, false},
			field{"network.caregiver.email", &c.Email, email, nil, false},
			field{"network.caregiver.channel", &c.Channel, lower, Channels, false})
	}
	if p := n.Representative; p != nil {
		fields = append(fields,
			field{"network.representative.name", &p.Name, name, nil, !p.None},
			field{"network.representative.title", &p.Title, line, nil, false},
			field{"network.representative.act", &p.Act, line, nil, false},
			field{"network.representative.phone", &p.Phone, phone, nil, false},
			field{"network.representative.email", &p.Email, email, nil, false})
	}
	if g := n.GP; g != nil {
		fields = append(fields,
			field{"network.gp.physician_id", &g.PhysicianID, line, nil, false},
			field{"network.gp.name", &g.Name, name, nil, !g.None && g.PhysicianID == ""},
			field{"network.gp.phone", &g.Phone, phone, nil, false},
			field{"network.gp.email", &g.Email, email, nil, false})
	}
	return fields
}

func (p Plan) fields() []field {
	var fields []field
	for i := range p.Interventions {
		v, path := &p.Interventions[i], fmt.Sprintf("plan.interventions[%d].", i)
		fields = append(fields,
			field{path + "figure", (*string)(&v.Figure), lower, words(discharge.Figures()), strings.TrimSpace(v.Text) == ""},
			field{path + "service", &v.Service, line, nil, false},
			field{path + "text", &v.Text, note, nil, false})
	}
	return fields
}

// words are the codes as plain texts.
func words[C ~string](codes []C) []string {
	plain := make([]string, len(codes))
	for i, c := range codes {
		plain[i] = string(c)
	}
	return plain
}

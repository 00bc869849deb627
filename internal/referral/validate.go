package referral

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"dimissioni/internal/calendar"
	"dimissioni/internal/discharge"
)

// The codes of the field errors, beside those of discharge.Invalid.
const (
	codeRequired      = "required"       // R1, and not given
	codeUnknown       = "unknown"        // not one of the codes; a municipality that does not exist
	codeTooLong       = "too_long"       // longer than the field, or more lines than the list
	codeFormat        = "format"         // not written as such a thing is
	codeOutOfRange    = "out_of_range"   // a number
	codeTooEarly      = "too_early"      // a date
	codeTooLate       = "too_late"       // a date
	codeNotApplicable = "not_applicable" // contradicts another field
)

// How much fits in.
const (
	maxLine  = 200
	maxName  = 100
	maxNote  = 4000
	maxItems = 50 // of a list
)

// firstBirth is before anybody alive was born; a wrong century is the slip it catches.
var firstBirth = calendar.NewDate(1900, time.January, 1)

// Validate lists what keeps a normalised referral from being sent: what R1 asks for and is not there, and what is
// written as it cannot be. Known tells the ISTAT codes of the municipalities where a person may go; nil knows all. The
// errors come in the order of the form and never repeat a value; none means that it can be sent.
func (r Referral) Validate(now time.Time, known func(istat string) bool) []discharge.FieldError {
	today := calendar.DateOf(now)
	r.Patient.derive(today)
	var c checks
	for _, f := range r.fields() {
		c.text(f)
	}
	c.patient(r.Patient, today)
	c.places(r.Places, known)
	c.stay(r.Stay, r.Patient.BirthDate, today)
	c.autonomy(r.Autonomy)
	c.network(r.Network)
	c.needs(r.Needs, r.Plan)
	c.consent(r.Consent, today)
	c.codes("early_notice", r.EarlyNotice, discharge.ShareWith)
	return c.sorted()
}

// InGroups keeps the errors of some groups: those that a command has just replaced, when what was sent long ago is not
// to be judged by today's calendar again.
func InGroups(found []discharge.FieldError, groups ...string) []discharge.FieldError {
	return slices.DeleteFunc(slices.Clone(found), func(e discharge.FieldError) bool {
		return !slices.Contains(groups, groupOf(e.Field))
	})
}

// groupOf is the first step of a path, without its place in a list.
func groupOf(path string) string {
	group, _, _ := strings.Cut(path, ".")
	group, _, _ = strings.Cut(group, "[")
	return group
}

// checks collects what is wrong.
type checks struct{ found []discharge.FieldError }

// add remarks a field, once: the first fault found tells most.
func (c *checks) add(path, code, message string) {
	if slices.ContainsFunc(c.found, func(e discharge.FieldError) bool { return e.Field == path }) {
		return
	}
	c.found = append(c.found, discharge.FieldError{Field: path, Code: code, Message: message})
}

func (c *checks) patient(p Patient, today calendar.Date) {
	if p.TaxCode == "" && p.STPCode == "" && p.NoCodeReason == "" {
		c.add("patient.tax_code", codeRequired,
			"Indicare il codice fiscale, oppure il codice STP o ENI, oppure perché non è disponibile.")
	}
	switch {
	case p.BirthDate.IsZero():
		c.add("patient.birth_date", codeRequired,
			"Indicare la data di nascita; se non è nota, una data presunta.")
	case p.BirthDate.After(today):
		c.add("patient.birth_date", codeTooLate, "La data di nascita è nel futuro.")
	case p.BirthDate.Before(firstBirth):
		c.add("patient.birth_date", codeTooEarly, "La data di nascita è prima del 1900.")
	}
	if p.Sex == "" {
		c.add("patient.sex", codeRequired, "Indicare il sesso.")
	}
}

func (c *checks) places(p Places, known func(string) bool) {
	switch {
	case p.GoingToISTAT == "" && p.Shelter == "":
		c.add("places.going_to_istat", codeRequired, "Indicare in quale Comune va la persona, oppure la struttura che la accoglie.")
	case p.GoingToISTAT != "" && known != nil && !known(p.GoingToISTAT):
		c.add("places.going_to_istat", codeUnknown, "Questo Comune non è nell'elenco.")
	}
	if p.Address == "" && p.Shelter == "" {
		c.add("places.address", codeRequired, "Indicare l'indirizzo a cui va la persona, oppure la struttura che la accoglie.")
	}
}

func (c *checks) stay(s Stay, birth, today calendar.Date) {
	expected, admitted := s.ExpectedDischargeOn, s.AdmittedOn
	if expected.IsZero() && !s.AlreadyHome {
		c.add("stay.expected_discharge_on", codeRequired, "Indicare la dimissione prevista, oppure che la persona è già a casa.")
	}
	if s.AlreadyHome && expected.After(today) {
		c.add("stay.expected_discharge_on", codeTooLate, "La persona è già a casa: la dimissione non può essere nel futuro.")
	}
	c.date("stay.expected_discharge_on", expected, yearFrom(today, -1), yearFrom(today, 1),
		"La data è più di un anno fa.", "La data è fra più di un anno.")
	c.date("stay.admitted_on", admitted, birth, today,
		"Il ricovero è prima della nascita.", "La data del ricovero è nel futuro.")
	if !expected.IsZero() && admitted.After(expected) {
		c.add("stay.admitted_on", codeTooLate, "Il ricovero è dopo la dimissione prevista.")
	}
	c.date("stay.fit_on", s.FitOn, calendar.Max(admitted, birth), yearFrom(today, 1),
		"La data è prima del ricovero.", "La data è fra più di un anno.")
	if s.Infectious == "yes" && s.InfectiousNote == "" {
		c.add("stay.infectious_note", codeRequired, "Indicare quali precauzioni servono.")
	}
	c.codes("stay.devices", s.Devices, Devices)
}

func (c *checks) autonomy(a Autonomy) {
	c.within("autonomy.barthel", a.Barthel, 100)
	c.within("autonomy.brass", a.BRASS, 40)
	c.within("autonomy.adl", a.ADL, 6)
	c.within("autonomy.iadl", a.IADL, 8)
}

func (c *checks) network(n Network) {
	const message = "È indicato sia che non c'è nessuno sia chi è."
	if g := n.Caregiver; g != nil && g.None && g.Name != "" {
		c.add("network.caregiver.none", codeNotApplicable, message)
	}
	if p := n.Representative; p != nil && p.None && p.Name != "" {
		c.add("network.representative.none", codeNotApplicable, message)
	}
	if g := n.GP; g != nil && g.None && (g.Name != "" || g.PhysicianID != "") {
		c.add("network.gp.none", codeNotApplicable, message)
	}
	c.items("network.active_services", len(n.ActiveServices))
	for i := range n.ActiveServices {
		c.text(field{fmt.Sprintf("network.active_services[%d]", i), &n.ActiveServices[i], line, nil, true})
	}
}

func (c *checks) needs(n Needs, p Plan) {
	if len(n.Figures) == 0 && len(p.Interventions) == 0 {
		c.add("needs.figures", codeRequired, "Indicare le figure richieste, oppure allegare gli interventi del PAI.")
	}
	c.codes("needs.figures", words(n.Figures), words(discharge.Figures()))
	c.items("plan.interventions", len(p.Interventions))
	for i, v := range p.Interventions {
		path := fmt.Sprintf("plan.interventions[%d]", i)
		c.within(path+".times_per_week", &v.TimesPerWeek, 70)
		c.within(path+".minutes", &v.Minutes, 720)
	}
}

func (c *checks) consent(s Consent, today calendar.Date) {
	if s.Informed == nil {
		c.add("consent.informed", codeRequired, "Indicare se la persona è stata informata, oppure perché non ancora.")
	} else {
		c.date("consent.informed.on", s.Informed.On, firstBirth, today, "La data non è possibile.", "La data è nel futuro.")
	}
	if s.ShareWith == nil {
		c.add("consent.share_with", codeRequired, "Indicare con chi condividere la segnalazione; la lista può essere vuota.")
	}
	c.codes("consent.share_with", s.ShareWith, discharge.ShareWith)
}

// yearFrom is the same day some years later.
func yearFrom(d calendar.Date, years int) calendar.Date {
	return calendar.NewDate(d.Year+years, d.Month, d.Day)
}

package referral

import (
	"slices"
	"strings"
	"time"

	"dimissioni/internal/calendar"
	"dimissioni/internal/discharge"
	"dimissioni/internal/taxcode"
)

// The codes of the warnings.
const (
	codeMismatch = "mismatch"  // the tax code tells otherwise
	codeUnlikely = "unlikely"  // possible, rarely true
	codeNoEffect = "no_effect" // will not do what was asked for
	codeToVerify = "to_verify" // the coordinator will have to ask
	oldestLikely = 110         // years
	agencyLength = 16          // characters of an STP or ENI code
	elderly      = 65          // years: criterion (a) of DOMAIN, Eligible
)

// Warnings lists what looks wrong in a normalised referral and never keeps it from being sent: for the sender to look at
// again and for the coordinator to know. In the order of the form, and never with a value.
func (r Referral) Warnings(now time.Time) []discharge.FieldError {
	today := calendar.DateOf(now)
	var c checks
	r.warnAudience(&c)
	r.warnPatient(&c, today)
	if s := r.Stay; !s.AlreadyHome && !s.ExpectedDischargeOn.IsZero() && s.ExpectedDischargeOn.Before(today) {
		c.add("stay.expected_discharge_on", codeUnlikely, "La dimissione prevista è già passata: la persona è già a casa?")
	}
	r.warnNetwork(&c)
	switch r.Consent.Willing {
	case WillingNo:
		c.add("consent.willing", codeToVerify, "La persona non desidera il percorso.")
	case WillingYes:
		if i := r.Consent.Informed; i != nil && !i.Given {
			c.add("consent.willing", codeToVerify, "La persona aderisce ma non è ancora stata informata.")
		}
	case WillingNotYet:
	}
	return c.sorted()
}

// warnAudience tells which early notices will not go out.
func (r Referral) warnAudience(c *checks) {
	for _, who := range r.EarlyNotice {
		if !slices.Contains(r.Consent.ShareWith, who) {
			c.add("early_notice", codeNoEffect, "Chi non è tra i destinatari della condivisione non sarà avvisato.")
		}
	}
	if i := r.Consent.Informed; len(r.EarlyNotice) > 0 && i != nil && !i.Given {
		c.add("early_notice", codeNoEffect, "L'avviso anticipato partirà quando la persona sarà stata informata.")
	}
}

func (r Referral) warnPatient(c *checks, today calendar.Date) {
	p := r.Patient
	if code, err := taxcode.Parse(p.TaxCode); err == nil {
		if !code.NameMatches(p.FamilyName, "") {
			c.add("patient.family_name", codeMismatch, "Il cognome non corrisponde al codice fiscale.")
		}
		if !code.NameMatches("", p.GivenName) {
			c.add("patient.given_name", codeMismatch, "Il nome non corrisponde al codice fiscale.")
		}
		mismatches := code.Mismatches(p.BirthDate, p.Sex, "")
		if slices.Contains(mismatches, taxcode.MismatchSex) {
			c.add("patient.sex", codeMismatch, "Il sesso non corrisponde al codice fiscale.")
		}
		if slices.Contains(mismatches, taxcode.MismatchBirth) {
			c.add("patient.birth_date", codeMismatch, "La data di nascita non corrisponde al codice fiscale.")
		}
	}
	if p.STPCode != "" && (len(p.STPCode) != agencyLength ||
		!strings.HasPrefix(p.STPCode, "STP") && !strings.HasPrefix(p.STPCode, "ENI")) {
		c.add("patient.stp_code", codeUnlikely, "Un codice STP o ENI ha di solito 16 caratteri e comincia con STP o ENI.")
	}
	switch age := r.Age(today); {
	case age > oldestLikely:
		c.add("patient.birth_date", codeUnlikely, "La persona avrebbe più di 110 anni: controllare la data di nascita.")
	case age >= 0 && age < elderly && r.Places.Housing == HousingStable && r.networkAnswer() != Yes:
		c.add("patient.birth_date", codeToVerify,
			"La persona ha meno di 65 anni: descrivere la rete che ha intorno, perché il criterio è che non sia adeguata.")
	}
}

func (r Referral) warnNetwork(c *checks) {
	g := r.Network.Caregiver
	if g == nil {
		return
	}
	const message = "Il caregiver non potrà essere avvisato con il mezzo scelto: manca il recapito."
	if g.Channel == "email" && g.Email == "" {
		c.add("network.caregiver.email", codeNoEffect, message)
	}
	if (g.Channel == "sms" || g.Channel == "phone") && g.Phone == "" {
		c.add("network.caregiver.phone", codeNoEffect, message)
	}
}

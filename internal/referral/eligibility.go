package referral

import (
	"strings"
	"time"

	"dimissioni/internal/calendar"
)

// Answer is what the referral says of a criterion.
type Answer string

// The answers.
const (
	Yes     Answer = "yes"
	No      Answer = "no"
	Unknown Answer = "unknown" // the coordinator has to ask
)

// The criteria of the command screen, and the outcomes that can be proposed.
const (
	AgeOrNetwork        = "age_or_network"
	ResidenceOrPresence = "residence_or_presence"
	Episode             = "episode" // only without a stable home
	IsInformed          = "informed"

	OutcomeAdmit  = "admit"
	OutcomeReject = "reject"
)

// Eligibility is what the system proposes to the coordinator, who decides. DOMAIN, Commands.
type Eligibility struct {
	Outcome    string // OutcomeAdmit; OutcomeReject; "" when something has to be asked first
	ReasonCode string // of a rejection: a discharge.RejectReasons code
	Reason     string // of any outcome, in Italian
	Criteria   []Criterion
}

// Criterion is a line of the eligibility check, with its reason in Italian.
type Criterion struct {
	Name   string
	Met    Answer
	Reason string
}

// ProposeOutcome judges a normalised referral by the criteria of DOMAIN, one by one, in the order of the form. InDistrict
// tells the municipalities of the programme's district; without it nothing is said of residence. Nobody is rejected for
// what is not known, nor for not having been informed yet.
func (r Referral) ProposeOutcome(now time.Time, inDistrict func(istat string) bool) Eligibility {
	criteria := []Criterion{r.ageOrNetwork(calendar.DateOf(now)), r.residenceOrPresence(inDistrict)}
	if r.withoutStableHome() {
		criteria = append(criteria, r.episode())
	}
	criteria = append(criteria, r.informed())

	proposed := Eligibility{Outcome: OutcomeAdmit, Reason: "I criteri risultano soddisfatti.", Criteria: criteria}
	var open []string
	for _, c := range criteria {
		switch {
		case c.Met == No && c.Name != IsInformed:
			proposed.Outcome, proposed.ReasonCode, proposed.Reason = OutcomeReject, c.Name, c.Reason
			return proposed
		case c.Met != Yes:
			open = append(open, c.Reason)
		}
	}
	if len(open) > 0 {
		proposed.Outcome, proposed.Reason = "", strings.Join(open, " ")
	}
	return proposed
}

// withoutStableHome says that criterion (c) is the person's.
func (r Referral) withoutStableHome() bool {
	return r.Places.Housing == HousingHomeless || r.Places.Housing == HousingPrecarious
}

func (r Referral) ageOrNetwork(today calendar.Date) Criterion {
	if r.withoutStableHome() {
		return Criterion{AgeOrNetwork, Yes, "La persona è senza dimora o in precarietà abitativa: l'età non conta."}
	}
	switch age := r.Age(today); {
	case age < 0:
		return Criterion{AgeOrNetwork, Unknown, "La data di nascita non è nota."}
	case age >= elderly:
		return Criterion{AgeOrNetwork, Yes, "La persona ha 65 anni o più; fragilità o non autosufficienza da confermare."}
	}
	switch r.networkAnswer() {
	case Yes:
		return Criterion{AgeOrNetwork, Yes, "La persona ha meno di 65 anni e non ha né un caregiver né servizi attivi."}
	case No:
		return Criterion{AgeOrNetwork, No, "La persona ha meno di 65 anni, un caregiver e servizi attivi: la rete risulta adeguata."}
	default:
		return Criterion{AgeOrNetwork, Unknown, "La persona ha meno di 65 anni: verificare se la rete che ha intorno è adeguata."}
	}
}

// networkAnswer says whether the person is without a network: Yes when there is neither a caregiver nor a service, No when
// there are both.
func (r Referral) networkAnswer() Answer {
	c, services := r.Network.Caregiver, r.Network.ActiveServices
	switch {
	case c == nil || services == nil:
		return Unknown
	case c.None && len(services) == 0:
		return Yes
	case !c.None && len(services) > 0:
		return No
	default:
		return Unknown
	}
}

func (r Referral) residenceOrPresence(inDistrict func(string) bool) Criterion {
	p := r.Places
	within := func(istat string) bool { return istat != "" && inDistrict(istat) }
	switch {
	case inDistrict == nil:
		return Criterion{ResidenceOrPresence, Unknown, "Verificare la residenza."}
	case within(p.Residence()):
		return Criterion{ResidenceOrPresence, Yes, "La persona risiede nel distretto."}
	case r.withoutStableHome() && within(p.GoingToISTAT):
		return Criterion{ResidenceOrPresence, Yes, "La persona è presente nel distretto, e senza una casa stabile basta."}
	case r.withoutStableHome():
		return Criterion{ResidenceOrPresence, Unknown, "Verificare se la persona risiede o è presente nei distretti di Cremona o di Crema."}
	case p.Residence() != "":
		return Criterion{ResidenceOrPresence, No, "La persona risiede fuori dal distretto."}
	default:
		return Criterion{ResidenceOrPresence, Unknown, "Verificare la residenza."}
	}
}

func (r Referral) episode() Criterion {
	if r.Stay.Kind == "" {
		return Criterion{Episode, Unknown, "Verificare se c'è stato un episodio acuto, un accesso in pronto soccorso o un ricovero."}
	}
	return Criterion{Episode, Yes, "La persona viene da un ricovero o da un accesso in pronto soccorso."}
}

func (r Referral) informed() Criterion {
	switch i := r.Consent.Informed; {
	case i == nil || !i.Given:
		return Criterion{IsInformed, No, "La persona non è ancora stata informata."}
	case r.Consent.Willing == WillingNo:
		return Criterion{IsInformed, Unknown, "La persona è informata e non desidera il percorso: verificare."}
	default:
		return Criterion{IsInformed, Yes, "La persona è stata informata."}
	}
}

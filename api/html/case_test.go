package html

import (
	"testing"

	"dimissioni/internal/discharge"
	"dimissioni/internal/referral"
)

// fullCase is a case with everything in it.
var fullCase = CasePage{
	Code: "DP-2026-00042", Path: "/casi/1", State: StateBadge("active", false), Urgent: true, Day: 12, Of: 42,
	Phases:  []Phase{{"accesso", "done"}, {"erogazione", "current"}, {"conclusione", "ahead"}},
	Next:    &Clock{Kind: "review", Due: Due{On: wednesday, At: wednesday.End(), Now: noon}, Why: "21 giorni dall'avvio.", Status: "pending"},
	Flags:   []discharge.Flag{discharge.FlagPlanUnsigned},
	Actions: []Action{{"renew", "/casi/1/azioni/renew"}},
	Dates:   []DatedFact{{"Avvio", wednesday}}, Missing: []string{"autonomy.triage"}, Warnings: []string{"La data non torna."},
	Patient: &Patient{
		Name: "Maria Prova", Birth: maria.Birth, Sex: "F", TaxCode: "RSSMRA80A01D142M", Phone: "0373 1", Municipality: "Crema",
		Address: "Via Prova 1", Housing: "stable", Infectious: "no", Confidential: true, DoNotContact: []string{"gp"},
	},
	Contacts: []Contact{{"case_manager", "Cesare", "0373 2"}},
	Asked:    &Asked{Level: "moderate", Proposed: "high"},
	Referral: &referral.Referral{
		Sender: referral.Sender{Ward: "Medicina"}, Stay: referral.Stay{Kind: "ward", AdmittedOn: wednesday, Reason: "polmonite", Devices: referral.Codes{"peg"}},
		Autonomy: referral.Autonomy{Triage: referral.Triage{Morbidity: "A", Mobility: "C"}},
		Network:  referral.Network{Caregiver: &referral.Caregiver{Name: "Lucia", Relation: "figlia"}, Representative: &referral.Representative{None: true}, GP: &referral.GP{Name: "Demo"}},
		Consent:  referral.Consent{Willing: "yes", ShareWith: referral.Audience{"gp"}},
	},
	Tasks: plan.Interventions,
	Care: &Care{
		RenewedDays: 7, Plan: &plan, Pending: &plan, Signatures: []Signature{{"case_manager", "in_person", wednesday, 2}},
		MissingSigners: []string{"caregiver"}, ConvenedAt: noon, ConvenedPlace: "sala", ConvenedInvited: []string{"hospital_contact", "gp"},
		Meetings: []Meeting{{wednesday, "continue", false, []Attendee{{"coordinator", "Carla", "present"}}, "tutto bene"}},
		Visits:   []HomeVisit{{wednesday, []string{"la figlia"}}}, Suspensions: []Suspension{{wednesday, wednesday, "hospital"}}, ReadmissionAhead: true,
	},
	Money:    &Money{123456, 0, 5},
	Exit:     &Exit{wednesday, "percorso concluso", []string{"rsa"}, wednesday},
	Clocks:   []Clock{{Kind: "equipe", Due: Due{On: wednesday, At: wednesday.End(), Now: noon}, Why: "10 giorni.", Status: "met"}},
	MailSeen: true, Mails: []Mail{{"reminder:equipe", "Carla", Badge{"danger", "non consegnato"}, noon}},
	Timeline: []Happened{{wednesday, noon, "Sara (Medicina)", "Segnalazione ricevuta.", true}},
	Accesses: []Access{{noon, "Carla", "Partenariato", "coordinator", "prima pagina"}},
}

func TestEveryCodeOfACaseHasItsWords(t *testing.T) {
	t.Parallel()
	for _, m := range discharge.Moments() {
		if name := momentName(m); name == string(m) {
			t.Errorf("no word for the moment %s", m)
		}
	}
	for _, path := range referral.Missing(referral.Referral{}) {
		if missings[path] == "" {
			t.Errorf("no word for the missing %s", path)
		}
	}
	for _, kind := range referral.StayKinds {
		if stays[kind] == "" {
			t.Errorf("no word for the stay %s", kind)
		}
	}
	for _, device := range referral.Devices {
		if devices[device] == "" {
			t.Errorf("no word for %s", device)
		}
	}
}

func TestAmountsAsPeopleReadThem(t *testing.T) {
	t.Parallel()
	for cents, want := range map[int64]string{0: "0,00 euro", 5: "0,05 euro", 123456: "1.234,56 euro", -16500000: "-165.000,00 euro"} {
		if got := euro(cents); got != want {
			t.Errorf("%d: %s, want %s", cents, got, want)
		}
	}
}

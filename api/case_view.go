package api

import (
	"time"

	"dimissioni/internal/calendar"
	"dimissioni/internal/discharge"
	"dimissioni/internal/referral"
)

// caseAnswer is the case as one reader sees it. Its parts are pointers: what a view does not show is nil, and so left
// out. Which view has which part stands in [server.caseFor] alone. DOMAIN, Roles.
type caseAnswer struct {
	ID              string                  `json:"id"`
	Code            string                  `json:"code"`
	ProgrammeID     string                  `json:"programme_id"`
	AllowedCommands []discharge.CommandKind `json:"allowed_commands"`
	*statePart
	*levelPart
	Patient *patientAnswer `json:"patient,omitempty"`
	*proposalPart
	*taskPart
	*referralPart
	*pathPart
	*wardPart
	*contactPart
	*carePart
	*personFlagsPart
	*exitPart
	Budget *moneyPart `json:"budget,omitempty"`
}

// statePart is where the case stands: everybody but the DPO.
type statePart struct {
	State          discharge.State `json:"state"`
	Version        int             `json:"version"`
	Urgent         bool            `json:"urgent"`
	Today          calendar.Date   `json:"today"`
	ExpectedOn     *calendar.Date  `json:"expected_discharge_on"`
	DischargedOn   *calendar.Date  `json:"discharged_on"`
	StartPlannedOn *calendar.Date  `json:"start_planned_on"`
	NextDeadline   *deadlineShort  `json:"next_deadline"`
}

// levelPart is the intensity: who is asked and who cares.
type levelPart struct {
	Level         *discharge.Level `json:"level"`
	LevelProposed *discharge.Level `json:"level_proposed"`
}

// proposalPart is what a partner is asked for.
type proposalPart struct {
	Figures       []discharge.Figure `json:"figures"`
	WeeklyMinutes int                `json:"weekly_minutes"`
}

// taskPart is what an operator does.
type taskPart struct {
	Tasks []intervention `json:"tasks"`
}

// referralPart is the form and what is still missing in it: whoever sent it, whoever cares.
type referralPart struct {
	Referral referral.Referral      `json:"referral"`
	Missing  []string               `json:"missing"`
	Warnings []discharge.FieldError `json:"warnings"`
}

// pathPart is the six weeks: everybody who knows the person.
type pathPart struct {
	SubmittedAt time.Time      `json:"submitted_at"`
	StartOn     *calendar.Date `json:"start_on"`
	PeriodEndOn *calendar.Date `json:"period_end_on"`
	CapOn       *calendar.Date `json:"cap_on"`
	Day         *int           `json:"day"`
}

// wardPart is where the person comes from: the ward itself, who cares. To an operator a ward tells of a diagnosis.
type wardPart struct {
	HospitalID *string `json:"hospital_id"`
	WardID     *string `json:"ward_id"`
}

// contactPart is whom to call: everybody who knows the person.
type contactPart struct {
	PartnerID     *string         `json:"partner_id"`
	CaseManagerID *string         `json:"case_manager_id"`
	Contacts      []contactAnswer `json:"contacts"`
}

type contactAnswer struct {
	Role  string `json:"role"`
	Name  string `json:"name"`
	Phone string `json:"phone,omitempty"`
	Email string `json:"email,omitempty"`
	Hours string `json:"hours,omitempty"` // when the telephone is answered
}

// moneyPart is the care budget: who cares and the coordinator.
type moneyPart struct {
	ReservedCents int64 `json:"reserved_cents"`
	ReleasedCents int64 `json:"released_cents"`
	SpentCents    int64 `json:"spent_cents"`
}

// personFlagsPart are the warnings on the person.
type personFlagsPart struct {
	ConfidentialAddress bool     `json:"confidential_address"`
	DoNotContact        []string `json:"do_not_contact"`
}

// exitPart is the end, null until then: everybody who knows the person.
type exitPart struct {
	Exit *exitAnswer `json:"exit"`
}

type exitAnswer struct {
	EventSeq int             `json:"event_seq"`
	On       calendar.Date   `json:"on"`
	Cause    discharge.Cause `json:"cause"`
	*outcomePart
	*followPart
}

// outcomePart is how it ended: the ward and who cares. An operator is told that it ended.
type outcomePart struct {
	Outcome    *string `json:"outcome"`
	SIAD       *string `json:"siad"`
	ReasonCode *string `json:"reason_code"`
}

// followPart is what comes after: who cares and the coordinator.
type followPart struct {
	WhatFollows []string       `json:"what_follows"`
	From        *calendar.Date `json:"from"`
	Goals       goalsOutcome   `json:"goals_outcome,omitempty"`
}

func exitOf(view discharge.View, e *discharge.Exit) *exitPart {
	if e == nil {
		return &exitPart{}
	}
	a := exitAnswer{EventSeq: e.Seq, On: e.On, Cause: e.Cause}
	if view != discharge.ViewOperator {
		a.outcomePart = &outcomePart{text(string(e.Outcome)), text(e.Outcome.SIAD()), text(e.ReasonCode)}
	}
	if a.Cause == "" {
		a.Cause = discharge.CausePerson
	}
	return &exitPart{&a}
}

// patientAnswer is the person, as much as a view shows.
type patientAnswer struct {
	FamilyName        string        `json:"family_name,omitempty"`
	GivenName         string        `json:"given_name,omitempty"`
	Sex               string        `json:"sex,omitempty"`
	BirthDate         calendar.Date `json:"birth_date,omitzero"`
	AgeBand           string        `json:"age_band,omitempty"`
	TaxCode           string        `json:"tax_code,omitempty"`
	STPCode           string        `json:"stp_code,omitempty"`
	NoCodeReason      string        `json:"no_code_reason,omitempty"`
	Phone             string        `json:"phone,omitempty"`
	Citizenship       string        `json:"citizenship,omitempty"`
	Language          string        `json:"language,omitempty"`
	MunicipalityISTAT string        `json:"municipality_istat,omitempty"`
	Shelter           string        `json:"shelter,omitempty"`
	Address           string        `json:"address,omitempty"`
	Housing           string        `json:"housing,omitempty"`
	AccessNotes       string        `json:"access_notes,omitempty"`
	Infectious        string        `json:"infectious,omitempty"`
	InfectiousNote    string        `json:"infectious_note,omitempty"`
	Allergies         string        `json:"allergies,omitempty"`
	OperatorRisks     string        `json:"operator_risks,omitempty"`
}

// patientFor shows of the person what the view lets see: to a partner that is asked no name, diagnosis or address; to
// an operator no diagnosis.
func patientFor(view discharge.View, r referral.Referral, today calendar.Date) *patientAnswer {
	p, places := r.Patient, r.Places
	switch view {
	case discharge.ViewProposal:
		return &patientAnswer{
			AgeBand: r.AgeBand(today), MunicipalityISTAT: places.GoingToISTAT, Housing: places.Housing,
			Infectious: r.Stay.Infectious,
		}
	case discharge.ViewOperator:
		return &patientAnswer{
			FamilyName: p.FamilyName, GivenName: p.GivenName, Phone: p.Phone, Language: p.Language,
			MunicipalityISTAT: places.GoingToISTAT, Shelter: places.Shelter, Address: places.Address,
			AccessNotes: places.AccessNotes, Infectious: r.Stay.Infectious, InfectiousNote: r.Stay.InfectiousNote,
			Allergies: string(r.Stay.Allergies), OperatorRisks: string(r.Needs.OperatorRisks),
		}
	case discharge.ViewSender, discharge.ViewCare, discharge.ViewFull:
		return &patientAnswer{
			FamilyName: p.FamilyName, GivenName: p.GivenName, Sex: p.Sex, BirthDate: p.BirthDate,
			AgeBand: r.AgeBand(today), TaxCode: p.TaxCode, STPCode: p.STPCode, NoCodeReason: p.NoCodeReason,
			Phone: p.Phone, Citizenship: p.Citizenship, Language: p.Language,
			MunicipalityISTAT: places.GoingToISTAT, Shelter: places.Shelter, Address: places.Address,
			Housing: places.Housing, AccessNotes: places.AccessNotes,
			Infectious: r.Stay.Infectious, InfectiousNote: r.Stay.InfectiousNote,
			Allergies: string(r.Stay.Allergies), OperatorRisks: string(r.Needs.OperatorRisks),
		}
	default:
		return nil
	}
}

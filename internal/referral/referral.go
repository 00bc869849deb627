package referral

import (
	"log/slog"

	"dimissioni/internal/calendar"
	"dimissioni/internal/discharge"
)

// Referral is the body of POST /discharges, and what Postgres keeps of it. A key that is absent, null or empty has not
// been answered; where "none" is an answer there is a way to say so, told beside the field.
type Referral struct {
	ProgrammeID  string   `json:"programme_id,omitzero"`  // R1
	EarlyNotice  Audience `json:"early_notice,omitzero"`  // whom to tell at once, among those of Consent.ShareWith
	UrgentReason string   `json:"urgent_reason,omitzero"` // not empty: marked urgent
	Sender       Sender   `json:"sender,omitzero"`
	Patient      Patient  `json:"patient,omitzero"`
	Places       Places   `json:"places,omitzero"`
	Stay         Stay     `json:"stay,omitzero"`
	Autonomy     Autonomy `json:"autonomy,omitzero"`
	Network      Network  `json:"network,omitzero"`
	Needs        Needs    `json:"needs,omitzero"`
	Consent      Consent  `json:"consent,omitzero"`
	Plan         Plan     `json:"plan,omitzero"`
}

// String is a constant: whoever prints a referral prints nobody's data.
func (Referral) String() string { return "referral" }

// LogValue is the same constant, for slog.
func (r Referral) LogValue() slog.Value { return slog.StringValue(r.String()) }

// Sender is who sends, to be called back.
type Sender struct {
	Ward   string `json:"ward,omitzero"`   // R1
	Person string `json:"person,omitzero"` // R1
	Phone  string `json:"phone,omitzero"`  // R1
}

// Patient is the person. One of TaxCode, STPCode and NoCodeReason is R1; so are BirthDate and Sex, which come from the
// tax code when they are not given.
type Patient struct {
	FamilyName   string        `json:"family_name,omitzero"` // R1
	GivenName    string        `json:"given_name,omitzero"`  // R1
	Sex          string        `json:"sex,omitzero"`         // Sexes
	BirthDate    calendar.Date `json:"birth_date,omitzero"`
	TaxCode      string        `json:"tax_code,omitzero"`       // 16 characters, or 11 digits when provisional
	STPCode      string        `json:"stp_code,omitzero"`       // STP or ENI
	NoCodeReason string        `json:"no_code_reason,omitzero"` // why there is no code at all
	Phone        string        `json:"phone,omitzero"`          // R1; a relative's or the shelter's will do
	Citizenship  string        `json:"citizenship,omitzero"`
	Language     string        `json:"language,omitzero"` // R2
}

// Places are where the person goes, and where they reside when that is elsewhere. R1: GoingToISTAT with Address, or
// Shelter, which is an address.
type Places struct {
	GoingToISTAT   string `json:"going_to_istat,omitzero"` // 6 digits
	Shelter        string `json:"shelter,omitzero"`
	Address        string `json:"address,omitzero"`
	ResidenceISTAT string `json:"residence_istat,omitzero"` // any Italian municipality
	ResidenceNote  string `json:"residence_note,omitzero"`  // abroad, nowhere, via fittizia
	Housing        string `json:"housing,omitzero"`         // R1; Housings
	AccessNotes    string `json:"access_notes,omitzero"`    // access to the home
}

// Residence is the ISTAT code of where the person resides: where they go, unless something else is said; "" when that is
// no Italian municipality, or not known.
func (p Places) Residence() string {
	if p.ResidenceISTAT != "" || p.ResidenceNote != "" {
		return p.ResidenceISTAT
	}
	return p.GoingToISTAT
}

// Stay is what the person leaves. R1: ExpectedDischargeOn or AlreadyHome; with both, the date is that of the discharge.
type Stay struct {
	Kind                string        `json:"kind,omitzero"`        // R1; StayKinds
	AdmittedOn          calendar.Date `json:"admitted_on,omitzero"` // R2
	ExpectedDischargeOn calendar.Date `json:"expected_discharge_on,omitzero"`
	AlreadyHome         bool          `json:"already_home,omitzero"`
	Reason              string        `json:"reason,omitzero"`          // R1, one line
	Infectious          string        `json:"infectious,omitzero"`      // R1; InfectiousAnswers
	InfectiousNote      string        `json:"infectious_note,omitzero"` // R1 when Infectious is yes: which precautions
	FitOn               calendar.Date `json:"fit_on,omitzero"`          // R2: fit for discharge since
	Nosologico          string        `json:"nosologico,omitzero"`
	DelayReasons        Text          `json:"delay_reasons,omitzero"`
	Allergies           Text          `json:"allergies,omitzero"`    // R2; "nessuna" is an answer
	Devices             Codes         `json:"devices,omitzero"`      // Devices; [] is none
	TherapyNote         string        `json:"therapy_note,omitzero"` // R2: therapy, or what the discharge letter says
}

// Autonomy is how the person fares. The scales are shown, never gated on.
type Autonomy struct {
	Triage  Triage `json:"triage,omitzero"`  // R2
	Barthel *int   `json:"barthel,omitzero"` // 0 to 100
	BRASS   *int   `json:"brass,omitzero"`   // 0 to 40
	ADL     *int   `json:"adl,omitzero"`     // 0 to 6
	IADL    *int   `json:"iadl,omitzero"`    // 0 to 8
	Aids    Text   `json:"aids,omitzero"`
}

// Triage is the triage sheet: a letter from A, best, to D. It has no total.
type Triage struct {
	Morbidity  string `json:"morbidity,omitzero"`
	Feeding    string `json:"feeding,omitzero"`
	Continence string `json:"continence,omitzero"`
	Mobility   string `json:"mobility,omitzero"`
	Hygiene    string `json:"hygiene,omitzero"`
	Mental     string `json:"mental,omitzero"`
	LivesWith  string `json:"lives_with,omitzero"`
	Care       string `json:"care,omitzero"`
}

// Network is who is around the person. Nil is not answered; a caregiver, representative or GP that the person does not
// have is written {"none": true}.
type Network struct {
	Caregiver      *Caregiver      `json:"caregiver,omitzero"`       // R2
	Representative *Representative `json:"representative,omitzero"`  // R2
	GP             *GP             `json:"gp,omitzero"`              // R2
	ActiveServices Lines           `json:"active_services,omitzero"` // R2; [] is none
	KnownToSocial  *bool           `json:"known_to_social,omitzero"` // R2
}

// Caregiver is who looks after the person at home.
type Caregiver struct {
	None     bool   `json:"none,omitzero"` // there is nobody
	Name     string `json:"name,omitzero"`
	Relation string `json:"relation,omitzero"`
	Phone    string `json:"phone,omitzero"`
	Email    string `json:"email,omitzero"`
	Channel  string `json:"channel,omitzero"` // Channels: how they want to be told
}

// Representative is who signs for a person who cannot: by what title and by which act.
type Representative struct {
	None  bool   `json:"none,omitzero"` // the person signs
	Name  string `json:"name,omitzero"`
	Title string `json:"title,omitzero"` // tutore, amministratore di sostegno, procuratore
	Act   string `json:"act,omitzero"`
	Phone string `json:"phone,omitzero"`
	Email string `json:"email,omitzero"`
}

// GP is the physician of the person: one of the directory by its id, or one by name, who is only proposed and gets no
// mail before the coordinator has verified the address.
type GP struct {
	None        bool   `json:"none,omitzero"` // the person has none, as many without a home
	PhysicianID string `json:"physician_id,omitzero"`
	Name        string `json:"name,omitzero"`
	Phone       string `json:"phone,omitzero"`
	Email       string `json:"email,omitzero"`
}

// Needs are what is asked for. R1: Figures, or interventions in the attached plan.
type Needs struct {
	Figures       []discharge.Figure `json:"figures,omitzero"`
	Level         discharge.Level    `json:"level,omitzero"` // R2: proposed
	Goal          string             `json:"goal,omitzero"`  // R2: of the return home
	Social        Text               `json:"social,omitzero"`
	OperatorRisks Text               `json:"operator_risks,omitzero"`
}

// Consent is informativa e adesione: not the legal basis, but what the person knows, wants and lets be shared.
type Consent struct {
	Informed  *Informed `json:"informed,omitzero"`   // R1
	Willing   Willing   `json:"willing,omitzero"`    // R1
	ShareWith Audience  `json:"share_with,omitzero"` // R1: may be [], which is nobody
}

// Informed says that the person was informed and when, or why not yet.
type Informed struct {
	Given  bool          `json:"given"`
	On     calendar.Date `json:"on,omitzero"` // zero: the day of the referral
	WhyNot string        `json:"why_not,omitzero"`
}

// Plan is the care plan that comes with the referral.
type Plan struct {
	Interventions []Intervention `json:"interventions,omitzero"` // R2: each with frequency and minutes
}

// Intervention is one line of the attached plan: a figure, or words when no figure is known yet.
type Intervention struct {
	Figure       discharge.Figure `json:"figure,omitzero"`
	Service      string           `json:"service,omitzero"`
	TimesPerWeek int              `json:"times_per_week,omitzero"`
	Minutes      int              `json:"minutes,omitzero"` // each time
	Text         string           `json:"text,omitzero"`
}

package discharge

// State is where a case stands. DOMAIN, States.
type State string

// The states, who owns the case in each, and who moves it on.
const (
	StateSubmitted  State = "submitted"   // referral received; the coordinator screens
	StateWaitlisted State = "waitlisted"  // eligible, no money left; admitted when money is released
	StateMatching   State = "matching"    // admitted, money reserved; the coordinator proposes a partner
	StateProposed   State = "proposed"    // a partner has been asked; it accepts or declines
	StatePlanning   State = "planning"    // the partner accepted; the case manager writes the plan
	StateSigning    State = "signing"     // the plan waits for signatures
	StateReady      State = "ready"       // signed, the start lies ahead; the case manager confirms it
	StateActive     State = "active"      // care at home; renewal, suspension, end or the cap
	StateSuspended  State = "suspended"   // care interrupted; resumption, end or the cap
	StateClosed     State = "closed"      // ended after a start; reopened by the coordinator within the cap
	StateNotStarted State = "not_started" // ended before a start; final
	StateRejected   State = "rejected"    // does not meet a criterion; final
	StateCancelled  State = "cancelled"   // entered by mistake; final
)

// States lists every state in the order of the path.
func States() []State {
	return []State{
		StateSubmitted, StateWaitlisted, StateMatching, StateProposed, StatePlanning, StateSigning, StateReady,
		StateActive, StateSuspended, StateClosed, StateNotStarted, StateRejected, StateCancelled,
	}
}

// Final reports whether the case has ended. A closed case may still be reopened within its six weeks.
func (s State) Final() bool {
	return s == StateClosed || s == StateNotStarted || s == StateRejected || s == StateCancelled
}

// BeforeStart reports whether care has not begun and may still begin.
func (s State) BeforeStart() bool {
	switch s {
	case StateSubmitted, StateWaitlisted, StateMatching, StateProposed, StatePlanning, StateSigning, StateReady:
		return true
	default:
		return false
	}
}

// InCare reports whether the six weeks are running.
func (s State) InCare() bool { return s == StateActive || s == StateSuspended }

// HasPartner reports whether a partner has accepted and the case has not ended: planning to suspended.
func (s State) HasPartner() bool {
	switch s {
	case StatePlanning, StateSigning, StateReady, StateActive, StateSuspended:
		return true
	default:
		return false
	}
}

// Owner is the role that moves a case of the state on, empty when it has ended; where the municipality screens it is
// the coordinator's part. DOMAIN, States: nobody is lost.
func (s State) Owner() Role {
	switch s {
	case StateSubmitted, StateWaitlisted, StateMatching:
		return RoleCoordinator
	case StateProposed:
		return RolePartnerManager
	case StatePlanning, StateSigning, StateReady, StateActive, StateSuspended:
		return RoleCaseManager
	default:
		return ""
	}
}

// Role is what a person is in a programme. DOMAIN, Roles.
type Role string

// The roles. RoleSystem is the workflow itself; RoleSystem and RoleSignatory are nobody's account.
const (
	RoleSender          Role = "sender"
	RoleHospitalContact Role = "hospital_contact"
	RoleCoordinator     Role = "coordinator"
	RolePartnerManager  Role = "partner_manager"
	RoleCaseManager     Role = "case_manager"
	RoleOperator        Role = "operator"
	RoleMunicipality    Role = "municipality"
	RoleSteering        Role = "steering"
	RolePublicBody      Role = "public_body"
	RoleAdministrative  Role = "administrative"
	RoleDPO             Role = "dpo"
	RoleAdmin           Role = "admin"
	RoleSystem          Role = "system"
	RoleSignatory       Role = "signatory" // whoever signs a plan from the link in a mail, without an account
)

// Roles lists every role that a person can have.
func Roles() []Role {
	return []Role{
		RoleSender, RoleHospitalContact, RoleCoordinator, RolePartnerManager, RoleCaseManager, RoleOperator,
		RoleMunicipality, RoleSteering, RolePublicBody, RoleAdministrative, RoleDPO, RoleAdmin,
	}
}

// Level is the intensity of care, which sets the care budget.
type Level string

// The three levels of the project proposal: lieve, moderato, elevato.
const (
	LevelLight    Level = "light"
	LevelModerate Level = "moderate"
	LevelHigh     Level = "high"
)

// Levels lists the levels from the lightest.
func Levels() []Level { return []Level{LevelLight, LevelModerate, LevelHigh} }

// Figure is a professional figure of the plan.
type Figure string

// Figures lists the professional figures: those of the proposal, then nurse, physician and psychologist.
func Figures() []Figure {
	return []Figure{
		"coordinator", "social_worker", "asa", "oss", "family_assistant", "auxiliary", "educator",
		"nurse", "physician", "psychologist",
	}
}

// Outcome is the plain reason why a started case ended.
type Outcome string

// The outcomes that people choose from, and the four places of a death, which only report_death records.
const (
	OutcomeCompleted      Outcome = "completed"
	OutcomeHospital       Outcome = "hospital"
	OutcomeResidence      Outcome = "residence"
	OutcomeHospice        Outcome = "hospice"
	OutcomeOtherService   Outcome = "other_service"
	OutcomeMoved          Outcome = "moved"
	OutcomeRenounced      Outcome = "renounced"
	OutcomeOther          Outcome = "other"
	OutcomeDiedAtHome     Outcome = "died_home"
	OutcomeDiedInHospital Outcome = "died_hospital"
	OutcomeDiedInHospice  Outcome = "died_hospice"
	OutcomeDiedElsewhere  Outcome = "died_elsewhere"
)

// Outcomes lists the outcomes that close and complete_outcome accept.
func Outcomes() []Outcome {
	return []Outcome{
		OutcomeCompleted, OutcomeHospital, OutcomeResidence, OutcomeHospice, OutcomeOtherService, OutcomeMoved,
		OutcomeRenounced, OutcomeOther,
	}
}

// SIAD maps the outcome to the code of the ministerial flow of home care. DOMAIN, Outcomes.
func (o Outcome) SIAD() string {
	switch o {
	case OutcomeCompleted:
		return "01"
	case OutcomeHospital:
		return "02"
	case OutcomeDiedAtHome:
		return "03"
	case OutcomeDiedInHospital:
		return "04"
	case OutcomeResidence:
		return "05"
	case OutcomeHospice:
		return "06"
	case OutcomeDiedInHospice:
		return "07"
	case OutcomeOtherService:
		return "08"
	case OutcomeMoved:
		return "09"
	case OutcomeRenounced:
		return "11"
	case OutcomeOther, OutcomeDiedElsewhere:
		return "99"
	default:
		return ""
	}
}

// Cause is what ended a started case.
type Cause string

// The causes of an end.
const (
	CausePerson Cause = "person" // somebody closed it
	CauseCap    Cause = "cap"    // six weeks were over
	CauseDeath  Cause = "death"
)

// The reason codes that each command accepts. DOMAIN, Outcomes.
var (
	SuspensionReasons = []string{"hospital", "away", "residence", "administrative", "voluntary", "other"}
	DeclineReasons    = []string{"no_capacity", "out_of_area", "figure_missing", "not_appropriate", "other"}
	RejectReasons     = []string{"age_or_network", "residence_or_presence", "episode", "other_district", "other"}
	NotStartedReasons = []string{
		"deceased", "discharge_cancelled", "other_facility", "person_refused", "caregiver_unavailable",
		"out_of_area", "no_partner", "other",
	}
	DeathPlaces = []string{"home", "hospital", "hospice", "elsewhere"}
	FollowUps   = []string{
		"social_service", "domicilio_anziani", "sad", "isd", "cdom", "rsa_aperta", "b1", "provi", "cdi",
		"telesoccorso", "meals", "rsa", "shelter", "private_assistant", "caregiver", "nothing",
	}
	MeetingDecisions = []string{"continue", "replan", "close"}
	AttendanceModes  = []string{"present", "remote", "written", "excused"}
	Signers          = []string{"coordinator", "case_manager", "patient", "caregiver", "representative"}
	SignatureMethods = []string{
		"in_person", "paper", "link", "digital", "verbal_witnessed", "incapable_no_representative", "refused",
	}
	ShareWith = []string{"gp", "municipality", "territorial"}
)

// SuspensionSIAD maps a suspension reason to its SIAD code.
func SuspensionSIAD(reason string) string {
	switch reason {
	case "hospital":
		return "1"
	case "away":
		return "2"
	case "residence":
		return "3"
	case "administrative":
		return "4"
	case "voluntary":
		return "5"
	default:
		return "9"
	}
}

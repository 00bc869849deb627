package html

import (
	"time"

	"dimissioni/internal/calendar"
	"dimissioni/internal/discharge"
	"dimissioni/internal/referral"
)

// Case is the page of a case.
var Case = desk[CasePage]("case", "case_head", "case_person", "case_care", "case_trace")

// CasePage is a case as one reader sees it: the parts that the reader may not see are nil or empty, and left out.
type CasePage struct {
	Code     string
	Path     Path
	State    Badge
	Urgent   bool
	Proposed bool // the reader has only been asked
	Audit    bool // the reader may only know who has looked
	Phases   []Phase
	Day, Of  int // day 12 of 42; Of zero: not started
	Next     *Clock
	Flags    []discharge.Flag
	Actions  []Action
	Dates    []DatedFact
	Missing  []string // R2 fields by path
	Warnings []string

	Patient  *Patient
	Contacts []Contact
	Asked    *Asked // what a partner is asked for
	Referral *referral.Referral
	Tasks    []Intervention // what an operator does
	Care     *Care
	Money    *Money
	Exit     *Exit

	Clocks   []Clock
	Mails    []Mail
	MailSeen bool // the reader may see the mails, even if there are none
	Timeline []Happened
	Accesses []Access
}

// Phase is one of the five that head the page.
type Phase struct {
	Name   string
	Status string // done, current, ahead
}

// Clock is a deadline and why it is then.
type Clock struct {
	Kind   discharge.ClockKind
	Due    Due
	Why    string
	Status discharge.ClockStatus
	Late   bool
}

// Badge says where a clock stands.
func (c Clock) Badge() Badge {
	switch {
	case c.Status == discharge.ClockMet:
		return Badge{"success", "rispettata"}
	case c.Status == discharge.ClockCancelled:
		return Badge{"secondary", "non serve più"}
	case c.Late:
		return Badge{"warning", "in ritardo"}
	case c.Status == discharge.ClockMissed:
		return Badge{"danger", "scaduta"}
	default:
		return c.Due.Badge()
	}
}

// Action is what the reader may do now.
type Action struct {
	Kind discharge.CommandKind
	Path Path
}

// DatedFact is a day of the path.
type DatedFact struct {
	Label string
	On    calendar.Date
}

// Patient is the person, as much as the reader may know.
type Patient struct {
	Name, Sex, AgeBand, TaxCode, STPCode, NoCodeReason string
	Birth                                              calendar.Date
	Phone, Citizenship, Language                       string
	Municipality, Shelter, Address, Housing            string
	AccessNotes, Infectious, InfectiousNote            string
	Allergies, OperatorRisks                           string
	Confidential                                       bool
	DoNotContact                                       []string
}

// Asked is what a partner is asked for, or the intensity of the case.
type Asked struct {
	Level         discharge.Level
	Proposed      discharge.Level // by the ward
	Figures       []discharge.Figure
	WeeklyMinutes int
}

// Care is the work on the case.
type Care struct {
	RenewedDays      int
	Plan, Pending    *Plan
	Signatures       []Signature
	MissingSigners   []string
	ConvenedAt       time.Time
	ConvenedPlace    string
	ConvenedInvited  []string
	Meetings         []Meeting
	Visits           []HomeVisit
	Suspensions      []Suspension
	ReadmissionAhead bool
}

// Signature of a plan.
type Signature struct {
	Signer, Method string
	On             calendar.Date
	Version        int
}

// Meeting is an équipe that took place.
type Meeting struct {
	On        calendar.Date
	Decision  string
	Complete  bool
	Attendees []Attendee
	Minutes   string
}

// Attendee took part in an équipe.
type Attendee struct{ Role, Name, Mode string }

// HomeVisit is the coordinator's and the case manager's.
type HomeVisit struct {
	On      calendar.Date
	Present []string
}

// Suspension of the care.
type Suspension struct {
	From, To calendar.Date
	Reason   string
}

// Money is the care budget, in cents.
type Money struct{ Reserved, Released, Spent int64 }

// Exit is how the case ended.
type Exit struct {
	On      calendar.Date
	Outcome string // in words
	Follows []string
	From    calendar.Date
}

// Mail is a message and its fate.
type Mail struct {
	Moment discharge.Moment
	To     string
	Status Badge
	At     time.Time
}

// Happened is a line of the timeline.
type Happened struct {
	On         calendar.Date
	RecordedAt time.Time
	Who, What  string
	Telephone  bool
}

// Access is a look at the case.
type Access struct {
	At                 time.Time
	Name, Organisation string
	Role               discharge.Role
	What               string
}

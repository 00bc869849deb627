package html

import (
	"time"

	"dimissioni/internal/calendar"
	"dimissioni/internal/discharge"
)

// The pages behind the links of mails. Before the one-time code they show who asks, the number of the case and what is
// asked; who the person is, and the content, only after it.
var (
	Proposal    = link[ProposalPage]("proposal")
	Code        = link[CodePage]("code")
	Sign        = link[SignPage]("sign")
	Acknowledge = link[AcknowledgePage]("acknowledge")
	Attend      = link[AttendPage]("attend")
	Done        = link[DonePage]("done")
	Dead        = link[DeadPage]("dead")
	Password    = link[PasswordPage]("password")
	Trouble     = link[TroublePage]("trouble")
)

// Office is who asks, and whom to call. Empty parts are left out.
type Office struct {
	Name  string
	Phone string
	Hours string // "dal lunedì al venerdì, 8-18"
}

// Request is the head of every page behind a link.
type Request struct {
	Office   Office
	CaseCode string
	Until    calendar.Date // the link's last day
	Error    string        // what was wrong with the last answer
}

// ProposalPage asks a partner, with what it may see before it accepts. DOMAIN, Roles.
type ProposalPage struct {
	Request
	AnswerBy      calendar.Date
	Urgent        bool
	Level         discharge.Level
	AgeBand       string
	Municipality  string
	Housing       string
	Infectious    string
	Figures       []discharge.Figure
	WeeklyMinutes int
	DischargeOn   calendar.Date
	StartOn       calendar.Date
	Reassign      bool // another partner serves until this one accepts
	Reason        string
	Note          string
}

// Reasons are the coded reasons of a refusal.
func (ProposalPage) Reasons() []string { return discharge.DeclineReasons }

// CodePage asks for the one-time code.
type CodePage struct {
	Request
	Action discharge.LinkAction
	Signer string // sign
	SMS    bool   // the code can be sent to the telephone that is known
	Sent   bool   // it was, just now
	Left   int    // tries left, told after a wrong one; 0: none was wrong
}

// Person is who it is about.
type Person struct {
	Name  string
	Birth calendar.Date
}

// SignPage shows the plan to whoever signs it.
type SignPage struct {
	Request
	Person  Person
	Signer  string
	Plan    Plan
	Title   string // representative
	Act     string
	Partner string
}

// Plan is the PAI as people read it.
type Plan struct {
	Version         int
	Level           discharge.Level
	StartOn         calendar.Date
	Days            int
	PlaceOfCare     string
	Preferences     string
	Goals           []Goal
	Interventions   []Intervention
	NetworkServices []NetworkService
	Monitoring      []Step
	CaregiverPart   string
}

// Goal is what the plan aims at.
type Goal struct{ Area, Text string }

// Intervention is who comes, how often, for how long.
type Intervention struct {
	Figure       discharge.Figure
	Service      string
	TimesPerWeek int
	Minutes      int
}

// NetworkService is what others give.
type NetworkService struct {
	Service, Owner string
	From, To       calendar.Date
}

// Step is a monitoring step.
type Step struct {
	On   calendar.Date
	What string
}

// AcknowledgePage tells who cares around the person what has happened.
type AcknowledgePage struct {
	Request
	Person      Person
	Moment      discharge.Moment
	State       discharge.State
	DischargeOn calendar.Date
	StartOn     calendar.Date
	PeriodEndOn calendar.Date
	EndedOn     calendar.Date
	Follows     []string
	FollowsFrom calendar.Date
	Contacts    []Contact
	Note        string
}

// Contact is whom to call about the person.
type Contact struct{ Role, Name, Phone string }

// AttendPage invites to an équipe.
type AttendPage struct {
	Request
	Person Person
	At     time.Time
	Place  string
	Family bool // the reader is of the family
	Note   string
}

// DonePage thanks. It names nobody and no case, so that it may stay open on a telephone.
type DonePage struct {
	Office Office
	Answer string // accept, decline, sign, acknowledge, coming, not_coming, password
}

// Answered reports whether there is a page for an answer.
func (p DonePage) Answered() bool { return doneWords[p.Answer].Title != "" }

// DeadPage stands for every link that cannot be used, whatever the reason: the same words for all.
type DeadPage struct{ Office Office }

// PasswordPage asks for a new password. It names nobody: the link says whose it is.
type PasswordPage struct {
	Office Office
	Error  string // why the last one will not do
}

// TroublePage says that it did not work, and what to do.
type TroublePage struct {
	Title string
	Text  string
}

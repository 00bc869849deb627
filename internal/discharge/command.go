package discharge

import (
	"time"

	"dimissioni/internal/calendar"
)

// CommandKind names what a person asks of a case. In URLs underscores are hyphens.
type CommandKind string

// The commands of DOMAIN, and after them those that only the product itself gives.
const (
	Submit             CommandKind = "submit"
	Complete           CommandKind = "complete"
	RequestInformation CommandKind = "request_information"
	Screen             CommandKind = "screen"
	Propose            CommandKind = "propose"
	Accept             CommandKind = "accept"
	Decline            CommandKind = "decline"
	UrgentStart        CommandKind = "urgent_start"
	AppointCaseManager CommandKind = "appoint_case_manager"
	RecordHomeVisit    CommandKind = "record_home_visit"
	SubmitPlan         CommandKind = "submit_plan"
	Sign               CommandKind = "sign"
	UpdateDischarge    CommandKind = "update_discharge"
	MoveStart          CommandKind = "move_start"
	ConfirmStart       CommandKind = "confirm_start"
	ConveneMeeting     CommandKind = "convene_meeting"
	RecordMeeting      CommandKind = "record_meeting"
	Renew              CommandKind = "renew"
	Suspend            CommandKind = "suspend"
	Resume             CommandKind = "resume"
	ReturnCase         CommandKind = "return_case"
	Reassign           CommandKind = "reassign"
	ReadmissionNotice  CommandKind = "readmission_notice"
	EndBeforeStart     CommandKind = "end_before_start"
	ReportDeath        CommandKind = "report_death"
	Close              CommandKind = "close"
	CompleteOutcome    CommandKind = "complete_outcome"
	Reopen             CommandKind = "reopen"
	Cancel             CommandKind = "cancel"
	Correct            CommandKind = "correct"
	UpdateDetails      CommandKind = "update_details"
	Take               CommandKind = "take"

	Tick          CommandKind = "tick"           // time has passed; RoleSystem
	LogVisit      CommandKind = "log_visit"      // the first visit of the case was logged: confirms the start
	Sync          CommandKind = "sync"           // the case's clock was moved (training): nothing is decided
	MailFailed    CommandKind = "mail_failed"    // messages could not be delivered: the coordinator must know
	ReportRefusal CommandKind = "report_refusal" // a command sent without waiting was refused: its sender must know

	ReportWrongDelivery CommandKind = "report_wrong_delivery" // a message reached the wrong person: the coordinator says so
)

// Commands lists what people can ask, in the order of the path.
func Commands() []CommandKind {
	return []CommandKind{
		Submit, Complete, RequestInformation, Screen, Propose, Accept, Decline, UrgentStart, AppointCaseManager,
		RecordHomeVisit, SubmitPlan, Sign, UpdateDischarge, MoveStart, ConfirmStart, ConveneMeeting,
		RecordMeeting, Renew, Suspend, Resume, ReturnCase, Reassign, ReadmissionNotice, EndBeforeStart,
		ReportDeath, Close, CompleteOutcome, Reopen, Cancel, Correct, UpdateDetails, Take,
	}
}

// Actor is who gives a command, in the role held in the case's programme. Ids are opaque.
type Actor struct {
	UserID string `json:"user_id,omitempty"`
	OrgID  string `json:"org_id,omitempty"`
	Role   Role   `json:"role"`
}

// Command is what the rules need to know of a person's request. Its texts stay in Postgres under ID.
type Command struct {
	ID          string        `json:"id,omitempty"`
	Kind        CommandKind   `json:"kind"`
	Actor       Actor         `json:"actor"`
	On          calendar.Date `json:"on,omitzero"` // when it happened; zero: the case's today
	ByTelephone bool          `json:"by_telephone,omitempty"`
	Facts       Facts         `json:"facts,omitzero"`
}

// Facts are the codes, dates, amounts and ids of a command or of the event it became. One flat struct serves
// both: an event mostly says what its command said. Each group names who uses it.
type Facts struct {
	// submit, complete, update_details; on events also what the case starts from.
	Rules       *Rules   `json:"rules,omitempty"`        // submitted: the programme's rules, for the case's whole life
	Code        string   `json:"code,omitempty"`         // submitted: DP-2026-00042
	HospitalID  string   `json:"hospital_id,omitempty"`  // submitted: organisation of the sender's hospital
	WardID      string   `json:"ward_id,omitempty"`      // submitted: organisation of the sender's ward
	Missing     []string `json:"missing,omitempty"`      // submit, complete: R2 fields still to be given
	Informed    bool     `json:"informed,omitempty"`     // submit, complete: the person has been informed
	ShareWith   []string `json:"share_with,omitempty"`   // submit, complete, update_details
	EarlyNotice []string `json:"early_notice,omitempty"` // submit: of ShareWith's codes
	Marked      bool     `json:"marked,omitempty"`       // submit: marked urgent
	Sharing     bool     `json:"sharing,omitempty"`      // complete, update_details: ShareWith and Informed are given

	// Dates of the stay and of the path.
	ExpectedOn     calendar.Date `json:"expected_on,omitzero"`      // submit, update_discharge, readmission_notice
	DischargedOn   calendar.Date `json:"discharged_on,omitzero"`    // update_discharge; submit: already home
	AlreadyHome    bool          `json:"already_home,omitempty"`    // submit
	StartPlannedOn calendar.Date `json:"start_planned_on,omitzero"` // submit_plan, move_start
	StartOn        calendar.Date `json:"start_on,omitzero"`         // confirm_start, urgent_start, log_visit
	HeldOn         calendar.Date `json:"held_on,omitzero"`          // record_home_visit, record_meeting
	EndedOn        calendar.Date `json:"ended_on,omitzero"`         // close, complete_outcome, report_death, end_before_start
	From           calendar.Date `json:"from,omitzero"`             // appoint_case_manager; close: what follows, from when
	To             calendar.Date `json:"to,omitzero"`               // appoint_case_manager
	SignedOn       calendar.Date `json:"signed_on,omitzero"`        // sign
	Date           calendar.Date `json:"date,omitzero"`             // correct: the new date

	// Decisions and codes.
	Outcome       string      `json:"outcome,omitempty"` // screen: admit, waitlist, reject; close: an Outcome; death: place
	Level         Level       `json:"level,omitempty"`
	Criteria      []Criterion `json:"criteria,omitempty"` // screen, urgent_start
	ReasonCode    string      `json:"reason_code,omitempty"`
	Derogation    bool        `json:"derogation,omitempty"` // admitted: runs past the programme's last day
	OwnEvent      bool        `json:"own_event,omitempty"`  // correct: the actor recorded the event
	HasReason     bool        `json:"has_reason,omitempty"` // a reason in words was given (its text is in Postgres)
	PartnerID     string      `json:"partner_id,omitempty"` // propose, reassign, urgent_start
	UserID        string      `json:"user_id,omitempty"`    // appoint_case_manager, urgent_start
	SubstituteFor string      `json:"substitute_for,omitempty"`
	Days          int         `json:"days,omitempty"` // submit_plan, renew
	WhatFollows   []string    `json:"what_follows,omitempty"`

	// The plan.
	Version        int             `json:"version,omitempty"` // plan_submitted, plan_in_force, signed
	Interventions  []Intervention  `json:"interventions,omitempty"`
	MonitoringOn   []calendar.Date `json:"monitoring_on,omitempty"`
	CaregiverPart  bool            `json:"caregiver_part,omitempty"`
	SignaturesVoid bool            `json:"signatures_void,omitempty"` // plan_submitted

	// Signatures.
	Signer     string `json:"signer,omitempty"`
	Method     string `json:"method,omitempty"`
	Witnesses  int    `json:"witnesses,omitempty"`
	Attachment bool   `json:"attachment,omitempty"`
	HasTitle   bool   `json:"has_title,omitempty"` // representative: title and act are given

	// The équipe.
	At        time.Time  `json:"at,omitzero"`          // convene_meeting: the instant, UTC
	Invited   []string   `json:"invited,omitempty"`    // convene_meeting: roles and "gp", "person", "territorial"
	CalledOff bool       `json:"called_off,omitempty"` // convene_meeting
	Decision  string     `json:"decision,omitempty"`   // record_meeting
	Attendees []Attendee `json:"attendees,omitempty"`

	// Corrections, clocks, refusals, mail.
	EventSeq      int           `json:"event_seq,omitempty"` // correct
	Clock         ClockKind     `json:"clock,omitempty"`     // reminded, missed
	DueOn         calendar.Date `json:"due_on,omitzero"`     // reminded, missed
	Refused       CommandKind   `json:"refused,omitempty"`   // command_refused
	ErrorKind     ErrorKind     `json:"error_kind,omitempty"`
	RefusedUserID string        `json:"refused_user_id,omitempty"`
	Notifications []string      `json:"notifications,omitempty"` // delivery_failed, wrong_delivery: ids
	State         State         `json:"state,omitempty"`         // start_moved: where the case goes back to
	Cause         Cause         `json:"cause,omitempty"`
	Groups        []string      `json:"groups,omitempty"` // update_details: which groups were replaced

	Money *Money `json:"money,omitempty"`
}

// Criterion is one line of the eligibility check. Its note is text and stays in Postgres.
type Criterion struct {
	Name string `json:"name"` // age_or_network, residence_or_presence, episode, informed
	Met  bool   `json:"met"`
}

// Intervention is what the rules compare between two versions of a plan.
type Intervention struct {
	Figure       Figure `json:"figure"`
	TimesPerWeek int    `json:"times_per_week"`
	Minutes      int    `json:"minutes"` // each time
}

// Attendee is who took part in an équipe, by role and how.
type Attendee struct {
	Role string `json:"role"`
	Mode string `json:"mode"`
}

// Entry is the kind of a ledger entry.
type Entry string

// The ledger entries. Spend comes from expenses, never from a case's events.
const (
	EntryReserve Entry = "reserve"
	EntryRelease Entry = "release"
	EntryAdjust  Entry = "adjust"
	EntrySpend   Entry = "spend"
)

// Money is the effect of an event on the ledger of the line that pays the care budgets.
//
// Reserve: AmountCents zero means the amount of Level in force on the event's day, which Record looks up and
// fills in; not zero, exactly that. Release: exactly AmountCents. Adjust: the reservation becomes the amount of
// Level in force that day; Record fills AmountCents with the difference, negative when money comes back; or, with
// Level empty, exactly AmountCents. A positive effect that the line cannot bear makes Record take the
// decision's alternative.
type Money struct {
	Entry       Entry `json:"entry"`
	Level       Level `json:"level,omitempty"`
	AmountCents int64 `json:"amount_cents"`
	// ShareOf and ShareCents split a reservation when another partner takes over: what the leaving partner served.
	ShareOf    string `json:"share_of,omitempty"`
	ShareCents int64  `json:"share_cents,omitempty"`
}

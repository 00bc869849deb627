package discharge

import (
	"time"

	"dimissioni/internal/calendar"
)

// EventKind names what happened to a case.
type EventKind string

// The events. Each changes the case in [Case.Apply] and nowhere else.
const (
	Submitted            EventKind = "submitted"
	Completed            EventKind = "completed"
	InformationRequested EventKind = "information_requested"
	Admitted             EventKind = "admitted"
	Waitlisted           EventKind = "waitlisted"
	Rejected             EventKind = "rejected"
	Proposed             EventKind = "proposed" // also the new partner asked by reassign
	Accepted             EventKind = "accepted"
	Declined             EventKind = "declined"
	CaseManagerAppointed EventKind = "case_manager_appointed"
	HomeVisitRecorded    EventKind = "home_visit_recorded"
	PlanSubmitted        EventKind = "plan_submitted"
	PlanDrafted          EventKind = "plan_drafted" // no money for its level: kept, not in force
	PlanInForce          EventKind = "plan_in_force"
	Signed               EventKind = "signed"
	DischargeUpdated     EventKind = "discharge_updated"
	StartMoved           EventKind = "start_moved"
	Started              EventKind = "started"
	FirstVisitLogged     EventKind = "first_visit_logged"
	MeetingConvened      EventKind = "meeting_convened"
	MeetingMoved         EventKind = "meeting_moved"
	MeetingCalledOff     EventKind = "meeting_called_off"
	MeetingRecorded      EventKind = "meeting_recorded"
	Renewed              EventKind = "renewed"
	Suspended            EventKind = "suspended"
	Resumed              EventKind = "resumed"
	Returned             EventKind = "returned"
	ReadmissionNoticed   EventKind = "readmission_noticed"
	NotStarted           EventKind = "not_started"
	Closed               EventKind = "closed"
	OutcomeCompletedLate EventKind = "outcome_completed"
	Reopened             EventKind = "reopened"
	Cancelled            EventKind = "cancelled"
	Corrected            EventKind = "corrected"
	DetailsUpdated       EventKind = "details_updated"
	Taken                EventKind = "taken"
	Reminded             EventKind = "reminded"
	Missed               EventKind = "missed"
	DeliveryFailed       EventKind = "delivery_failed"
	CommandRefused       EventKind = "command_refused"
	WrongDelivery        EventKind = "wrong_delivery" // a message reached the wrong person
)

// Event is one line of a case's timeline.
type Event struct {
	Seq       int           `json:"seq"` // 1, 2, 3 …; stamped when recorded
	Kind      EventKind     `json:"kind"`
	CommandID string        `json:"command_id,omitempty"` // empty: the passing of time
	Actor     Actor         `json:"actor"`
	On        calendar.Date `json:"on"` // when it happened
	At        time.Time     `json:"at"` // when it was recorded, by the case's clock, UTC
	Telephone bool          `json:"telephone,omitempty"`
	Facts     Facts         `json:"facts,omitzero"`
}

// Decision is the answer of [Decide] to a command that may be done.
type Decision struct {
	Events []Event // to record; none when there is nothing to do
	// Alternative is recorded instead when the line cannot bear the money that Events ask for.
	Alternative []Event
	// NoMoney is then the refusal to answer with; nil when Alternative is an answer in itself (waitlisted).
	NoMoney *Error
}

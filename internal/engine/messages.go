package engine

import (
	"time"

	"dimissioni/internal/discharge"
)

// Answer is what a case says to an accepted command.
type Answer struct {
	Version int       `json:"version"` // the case's, with the command in it
	Now     time.Time `json:"now"`     // the case's clock
}

// LoadRequest asks for the events of a case past a version. A version above zero is acknowledged.
type LoadRequest struct {
	CaseID string `json:"case_id"`
	After  int    `json:"after,omitempty"`
}

// Loaded is what Postgres knows of a case.
type Loaded struct {
	Events     []discharge.Event `json:"events,omitempty"`
	NextMailAt time.Time         `json:"next_mail_at,omitzero"` // the earliest queued mail; zero: none
	// Now is the case's clock, when it is not the real one: training alone.
	Now time.Time `json:"now,omitzero"`
}

// RecordRequest asks to store a decision taken on the case at version After.
type RecordRequest struct {
	CaseID   string             `json:"case_id"`
	After    int                `json:"after"`
	Now      time.Time          `json:"now"`
	Command  discharge.Command  `json:"command"`
	Decision discharge.Decision `json:"decision"`
}

// Recorded is what Record found or did.
type Recorded struct {
	Events     []discharge.Event `json:"events,omitempty"` // everything past After, as stored
	Applied    bool              `json:"applied,omitempty"`
	Refusal    *discharge.Error  `json:"refusal,omitempty"` // judged under lock: the money is over
	NextMailAt time.Time         `json:"next_mail_at,omitzero"`
}

// RefuseRequest asks to store the refusal of a command that was sent without waiting.
type RefuseRequest struct {
	CommandID string           `json:"command_id"`
	Refusal   *discharge.Error `json:"refusal"`
}

// DeliverRequest asks to send the mails of a case that are due by its clock.
type DeliverRequest struct {
	CaseID  string        `json:"case_id"`
	Version int           `json:"version"`         // acknowledged by being here
	Now     time.Time     `json:"now"`             // when it was asked, by the case's clock
	Ahead   time.Duration `json:"ahead,omitempty"` // that clock's advance on the one of the attempts
}

// GiveUpRequest asks to fail the mails of a case that have been due since before an instant.
type GiveUpRequest struct {
	CaseID string    `json:"case_id"`
	Before time.Time `json:"before"`
}

// Delivered is where the mails of a case stand.
type Delivered struct {
	NextMailAt time.Time `json:"next_mail_at,omitzero"`
	// Failed are all the messages of the case that could not be delivered, those about failed messages apart.
	Failed []string `json:"failed,omitempty"`
}

// DigestRequest asks for the digests of a day.
type DigestRequest struct {
	Now time.Time `json:"now,omitzero"` // zero: the workflow's
	// OnlyCase is whose clock Now is and the only case to tell of; empty: all cases, each by its own clock.
	OnlyCase string `json:"only_case,omitempty"`
}

// Digested counts the digests of a day.
type Digested struct {
	Sent   int `json:"sent"`
	Failed int `json:"failed"`
}

// PasswordLetterRequest asks to send the mail with a link to set a password.
type PasswordLetterRequest struct {
	LinkID string `json:"link_id"`
}

// ReconcileRequest asks to look at all cases.
type ReconcileRequest struct{}

// Reconciled counts the cases that were woken.
type Reconciled struct {
	Woken int `json:"woken"`
}

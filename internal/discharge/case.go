package discharge

import (
	"time"

	"dimissioni/internal/calendar"
)

// Case is what its events have made of it. Its JSON is the snapshot kept beside the events; replaying the events
// gives the same value. It holds codes, dates, amounts and opaque ids, never a name or free text.
type Case struct {
	ID      string `json:"id"`
	Code    string `json:"code"` // DP-2026-00042
	Rules   Rules  `json:"rules"`
	State   State  `json:"state"`
	Version int    `json:"version"` // the newest event's seq

	HospitalID string `json:"hospital_id"`
	WardID     string `json:"ward_id"`
	SenderID   string `json:"sender_id"`
	OwnerID    string `json:"owner_id,omitempty"` // the coordinator who took it

	SubmittedAt   time.Time     `json:"submitted_at"`          // when it was recorded
	SubmittedOn   calendar.Date `json:"submitted_on,omitzero"` // when it was sent: earlier, if it came on paper
	Missing       []string      `json:"missing,omitempty"`
	Informed      bool          `json:"informed,omitempty"`
	ShareWith     []string      `json:"share_with,omitempty"`
	EarlyNotice   []string      `json:"early_notice,omitempty"`
	EarlyNoticeAt time.Time     `json:"early_notice_at,omitzero"` // when it went out
	Marked        bool          `json:"marked,omitempty"`
	ExpectedOn    calendar.Date `json:"expected_on,omitzero"`
	DischargedOn  calendar.Date `json:"discharged_on,omitzero"`
	AlreadyHome   bool          `json:"already_home,omitempty"`
	Discharges    []Known       `json:"discharges,omitempty"` // what was known of the discharge's day, and since when
	Questions     []Question    `json:"questions,omitempty"`
	ScreenedAt    time.Time     `json:"screened_at,omitzero"`

	Level         Level     `json:"level,omitempty"`
	AdmittedAt    time.Time `json:"admitted_at,omitzero"`
	WaitlistedAt  time.Time `json:"waitlisted_at,omitzero"`
	Derogation    bool      `json:"derogation,omitempty"` // admitted although it runs past the programme's end
	ReservedCents int64     `json:"reserved_cents"`
	ReleasedCents int64     `json:"released_cents"`

	PartnerID      string        `json:"partner_id,omitempty"`
	PartnerSince   time.Time     `json:"partner_since,omitzero"`
	FormerPartners []Former      `json:"former_partners,omitempty"`
	Proposal       *Proposal     `json:"proposal,omitempty"`     // open
	ReturnedAt     time.Time     `json:"returned_at,omitzero"`   // handed back, nobody has taken over yet
	UnassignedAt   time.Time     `json:"unassigned_at,omitzero"` // since when a partner must be proposed; zero: none must
	CaseManagers   []Appointment `json:"case_managers,omitempty"`
	HomeVisits     []Dated       `json:"home_visits,omitempty"`

	Plans       []Plan      `json:"plans,omitempty"`
	PlanInForce int         `json:"plan_in_force,omitempty"` // version, 0 none
	PlanPending int         `json:"plan_pending,omitempty"`  // version waiting for signatures, 0 none
	PlanDraft   bool        `json:"plan_draft,omitempty"`    // a plan waits for money
	Signatures  []Signature `json:"signatures,omitempty"`    // of the pending plan and of the one in force

	StartPlannedOn calendar.Date `json:"start_planned_on,omitzero"`
	StartPlannedAt time.Time     `json:"start_planned_at,omitzero"` // when that date was set
	StartOn        calendar.Date `json:"start_on,omitzero"`
	StartSeq       int           `json:"start_seq,omitempty"`
	StartedAt      time.Time     `json:"started_at,omitzero"`
	StartSetAt     time.Time     `json:"start_set_at,omitzero"`    // when StartOn was confirmed or last corrected
	StartUnsigned  bool          `json:"start_unsigned,omitempty"` // started before the signatures
	VisitLogged    bool          `json:"visit_logged,omitempty"`
	RenewedDays    int           `json:"renewed_days,omitempty"`
	RenewedSeq     int           `json:"renewed_seq,omitempty"`
	PeriodAt       time.Time     `json:"period_at,omitzero"`        // when the period's end was last set
	ReviewMissedOn calendar.Date `json:"review_missed_on,omitzero"` // proroga tecnica since

	Convened    *Meeting      `json:"convened,omitempty"`    // open
	MeetingSeq  int           `json:"meeting_seq,omitempty"` // meetings convened so far
	Meetings    []HeldMeeting `json:"meetings,omitempty"`
	Suspensions []Suspension  `json:"suspensions,omitempty"`
	Readmission bool          `json:"readmission,omitempty"`  // noticed, not yet suspended or resumed
	NoticeWards []string      `json:"notice_wards,omitempty"` // organisations of the wards that gave notice

	// What will follow the end, as recorded before it; the exit takes it over unless it says otherwise.
	HandoverAt  time.Time     `json:"handover_at,omitzero"`
	WhatFollows []string      `json:"what_follows,omitempty"`
	FollowsFrom calendar.Date `json:"follows_from,omitzero"`

	Exit *Exit `json:"exit,omitempty"`

	Fired []Fired `json:"fired,omitempty"` // reminders given and clocks missed
}

// Known is a discharge's day as it was known from an instant on.
type Known struct {
	At time.Time     `json:"at"`
	On calendar.Date `json:"on,omitzero"`
}

// Question is a question to the sender, open until AnsweredAt.
type Question struct {
	Seq        int       `json:"seq"`
	AskedAt    time.Time `json:"asked_at"`
	AnsweredAt time.Time `json:"answered_at,omitzero"`
}

// Proposal is a partner that has been asked and has not answered.
type Proposal struct {
	Seq       int       `json:"seq"`
	PartnerID string    `json:"partner_id"`
	At        time.Time `json:"at"`
	Reassign  bool      `json:"reassign,omitempty"` // the serving partner goes on until this one accepts
}

// Former is a partner that served the case until a day.
type Former struct {
	PartnerID string        `json:"partner_id"`
	Until     calendar.Date `json:"until"`
}

// Appointment is a case manager's turn. To zero: until the next one.
type Appointment struct {
	Seq           int           `json:"seq"`
	UserID        string        `json:"user_id"`
	From          calendar.Date `json:"from"`
	To            calendar.Date `json:"to,omitzero"`
	SubstituteFor string        `json:"substitute_for,omitempty"`
}

// Dated is a fact with a day, as recorded or as corrected.
type Dated struct {
	Seq int           `json:"seq"`
	On  calendar.Date `json:"on"`
}

// Plan is a version of the PAI, as far as the rules need it.
type Plan struct {
	Version        int             `json:"version"`
	Seq            int             `json:"seq"`
	At             time.Time       `json:"at"`
	Level          Level           `json:"level"`
	StartPlannedOn calendar.Date   `json:"start_planned_on,omitzero"`
	Days           int             `json:"days"`
	Interventions  []Intervention  `json:"interventions,omitempty"`
	MonitoringOn   []calendar.Date `json:"monitoring_on,omitempty"`
	CaregiverPart  bool            `json:"caregiver_part,omitempty"`
}

// Signature is one signature of a plan version.
type Signature struct {
	Seq      int           `json:"seq"`
	Version  int           `json:"version"`
	Signer   string        `json:"signer"`
	Method   string        `json:"method"`
	SignedOn calendar.Date `json:"signed_on"`
}

// Meeting is an équipe that has been convened and not yet held or called off.
type Meeting struct {
	UID      int       `json:"uid"`      // stable through moves, counts from 1 in a case
	Sequence int       `json:"sequence"` // counts the moves, as in iCalendar
	At       time.Time `json:"at"`
	Invited  []string  `json:"invited"`
}

// HeldMeeting is an équipe that took place.
type HeldMeeting struct {
	Seq       int           `json:"seq"`
	HeldOn    calendar.Date `json:"held_on"`
	Decision  string        `json:"decision"`
	Attendees []Attendee    `json:"attendees,omitempty"`
}

// Suspension is an interruption of care. To zero: still open.
type Suspension struct {
	Seq        int           `json:"seq"`
	From       calendar.Date `json:"from"`
	To         calendar.Date `json:"to,omitzero"`
	ReasonCode string        `json:"reason_code"`
}

// Exit is how the case ended.
type Exit struct {
	Seq           int           `json:"seq"`
	At            time.Time     `json:"at"`
	On            calendar.Date `json:"on"`
	Cause         Cause         `json:"cause"`
	Outcome       Outcome       `json:"outcome,omitempty"`
	ReasonCode    string        `json:"reason_code,omitempty"` // not_started, rejected
	WhatFollows   []string      `json:"what_follows,omitempty"`
	From          calendar.Date `json:"from,omitzero"`
	HandoverAt    time.Time     `json:"handover_at,omitzero"` // what follows was recorded
	OutcomeAt     time.Time     `json:"outcome_at,omitzero"`  // the outcome was completed, after the cap
	ReleasedCents int64         `json:"released_cents,omitempty"`
}

// Fired remembers that a clock spoke, so that it speaks once.
type Fired struct {
	Clock ClockKind     `json:"clock"`
	DueOn calendar.Date `json:"due_on"`
	On    calendar.Date `json:"on,omitzero"` // the reminder's day; zero: the clock was missed
}

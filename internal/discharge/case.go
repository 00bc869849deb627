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

	SubmittedAt   time.Time     `json:"submitted_at"`
	Missing       []string      `json:"missing,omitempty"`
	Informed      bool          `json:"informed,omitempty"`
	ShareWith     []string      `json:"share_with,omitempty"`
	EarlyNotice   []string      `json:"early_notice,omitempty"`
	EarlyNoticeAt time.Time     `json:"early_notice_at,omitzero"` // when it went out
	Marked        bool          `json:"marked,omitempty"`
	ExpectedOn    calendar.Date `json:"expected_on,omitzero"`
	DischargedOn  calendar.Date `json:"discharged_on,omitzero"`
	AlreadyHome   bool          `json:"already_home,omitempty"`
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
	UnassignedAt   time.Time     `json:"unassigned_at,omitzero"` // since when a partner must be proposed
	CaseManagers   []Appointment `json:"case_managers,omitempty"`
	HomeVisits     []Dated       `json:"home_visits,omitempty"`

	Plans       []Plan      `json:"plans,omitempty"`
	PlanInForce int         `json:"plan_in_force,omitempty"` // version, 0 none
	PlanPending int         `json:"plan_pending,omitempty"`  // version waiting for signatures, 0 none
	PlanDraft   bool        `json:"plan_draft,omitempty"`    // a plan waits for money
	Signatures  []Signature `json:"signatures,omitempty"`    // of the pending plan, or of the one in force

	StartPlannedOn calendar.Date `json:"start_planned_on,omitzero"`
	StartPlannedAt time.Time     `json:"start_planned_at,omitzero"` // when that date was set
	StartOn        calendar.Date `json:"start_on,omitzero"`
	StartSeq       int           `json:"start_seq,omitempty"`
	StartedAt      time.Time     `json:"started_at,omitzero"`
	StartUnsigned  bool          `json:"start_unsigned,omitempty"` // started before the signatures
	VisitLogged    bool          `json:"visit_logged,omitempty"`
	RenewedDays    int           `json:"renewed_days,omitempty"`
	PeriodAt       time.Time     `json:"period_at,omitzero"`        // when the period's end was last set
	ReviewMissedOn calendar.Date `json:"review_missed_on,omitzero"` // proroga tecnica since

	Convened    *Meeting      `json:"convened,omitempty"`    // open
	MeetingSeq  int           `json:"meeting_seq,omitempty"` // meetings convened so far
	Meetings    []HeldMeeting `json:"meetings,omitempty"`
	Suspensions []Suspension  `json:"suspensions,omitempty"`
	Readmission bool          `json:"readmission,omitempty"` // noticed, not yet suspended or resumed

	HandoverAt time.Time `json:"handover_at,omitzero"` // what will follow was recorded before the end

	Exit *Exit `json:"exit,omitempty"`

	Fired []Fired `json:"fired,omitempty"` // reminders given and clocks missed
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
	ReleasedCents int64         `json:"released_cents,omitempty"`
}

// Fired remembers that a clock spoke, so that it speaks once.
type Fired struct {
	Clock ClockKind     `json:"clock"`
	DueOn calendar.Date `json:"due_on"`
	On    calendar.Date `json:"on,omitzero"` // the reminder's day; zero: the clock was missed
}

// Today is the case's local day at now.
func (c Case) Today(now time.Time) calendar.Date { return calendar.DateOf(now) }

// DischargeOn is the day the person leaves or left the ward; zero when nobody knows.
func (c Case) DischargeOn() calendar.Date {
	switch {
	case !c.DischargedOn.IsZero():
		return c.DischargedOn
	case c.AlreadyHome:
		return calendar.DateOf(c.SubmittedAt)
	default:
		return c.ExpectedOn
	}
}

// UrgentAt reports whether the case was marked urgent or the discharge is less than UrgentHours away, before the
// start of care.
func (c Case) UrgentAt(now time.Time) bool {
	if c.Marked {
		return true
	}
	on := c.DischargeOn()
	if on.IsZero() || !c.State.BeforeStart() {
		return false
	}
	return on.Start().Sub(now) <= time.Duration(c.Rules.UrgentHours)*time.Hour
}

// CaseManagerOn is the user in charge on a day: the newest appointment that covers it; empty when nobody is.
func (c Case) CaseManagerOn(day calendar.Date) string {
	for i := len(c.CaseManagers) - 1; i >= 0; i-- {
		a := c.CaseManagers[i]
		if !day.Before(a.From) && (a.To.IsZero() || !day.After(a.To)) {
			return a.UserID
		}
	}
	return ""
}

// CapOn is the last day of care, the hard maximum; zero before the start or when the programme sets none.
func (c Case) CapOn() calendar.Date {
	if c.StartOn.IsZero() || !c.Rules.Cap {
		return calendar.Date{}
	}
	return c.StartOn.AddDays(c.Rules.CapDays + c.stoppedDays())
}

// PeriodEndOn is the last day of the period in force: the plan's days, at most the first period, plus the
// renewals, never past the cap. Zero before the start.
func (c Case) PeriodEndOn() calendar.Date {
	if c.StartOn.IsZero() {
		return calendar.Date{}
	}
	end := c.StartOn.AddDays(c.periodDays() + c.RenewedDays + c.stoppedDays())
	if limit := c.CapOn(); !limit.IsZero() {
		return calendar.Min(end, limit)
	}
	return end
}

func (c Case) periodDays() int {
	plan, ok := c.CurrentPlan()
	if !ok || plan.Days <= 0 {
		return c.Rules.PeriodDays
	}
	return min(plan.Days, c.Rules.PeriodDays)
}

// CurrentPlan is the plan in force, or the pending one before any is in force.
func (c Case) CurrentPlan() (Plan, bool) {
	if p, ok := c.plan(c.PlanInForce); ok {
		return p, true
	}
	return c.plan(c.PlanPending)
}

func (c Case) plan(version int) (Plan, bool) {
	for _, p := range c.Plans {
		if p.Version == version {
			return p, true
		}
	}
	return Plan{}, false
}

// Day is the day of care at now, 0 on the starting day, never above the cap; -1 before the start.
func (c Case) Day(now time.Time) int {
	if c.StartOn.IsZero() || c.State.BeforeStart() {
		return -1
	}
	last := c.Today(now)
	if c.Exit != nil {
		last = c.Exit.On
	}
	return max(0, min(last.DaysSince(c.StartOn), c.Rules.CapDays))
}

// ServedDays are the days of care given until a day: the starting day does not count, suspended days neither.
func (c Case) ServedDays(until calendar.Date) int {
	if c.StartOn.IsZero() {
		return 0
	}
	days := until.DaysSince(c.StartOn) - c.SuspendedDays(until)
	return max(0, min(days, c.Rules.CapDays))
}

// SuspendedDays are the days of suspension until a day, an open suspension counted to that day.
func (c Case) SuspendedDays(until calendar.Date) int {
	days := 0
	for _, s := range c.Suspensions {
		to := until
		if !s.To.IsZero() && s.To.Before(until) {
			to = s.To
		}
		from := calendar.Max(s.From, c.StartOn)
		days += max(0, to.DaysSince(from))
	}
	return days
}

// stoppedDays are the finished suspensions, when the programme lets them stop the clock.
func (c Case) stoppedDays() int {
	if !c.Rules.SuspensionStopsClock {
		return 0
	}
	days := 0
	for _, s := range c.Suspensions {
		if !s.To.IsZero() {
			days += max(0, s.To.DaysSince(s.From))
		}
	}
	return days
}

// FirstMeetingInCare is the day of the first équipe held on or after the start; zero when there is none.
func (c Case) FirstMeetingInCare() calendar.Date {
	var first calendar.Date
	for _, m := range c.Meetings {
		if m.HeldOn.Before(c.StartOn) || c.StartOn.IsZero() {
			continue
		}
		if first.IsZero() || m.HeldOn.Before(first) {
			first = m.HeldOn
		}
	}
	return first
}

// SharesWith reports whether the person lets the case be told to gp, municipality or territorial.
func (c Case) SharesWith(who string) bool {
	for _, s := range c.ShareWith {
		if s == who {
			return true
		}
	}
	return false
}

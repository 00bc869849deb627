package discharge

import (
	"time"

	"dimissioni/internal/calendar"
)

// ClockKind names a clock of a case. DOMAIN, Clocks.
type ClockKind string

// The clocks.
const (
	ClockScreening     ClockKind = "screening"
	ClockCompletion    ClockKind = "completion"
	ClockWaitlistCheck ClockKind = "waitlist_check"
	ClockAssignment    ClockKind = "assignment" // a partner must be proposed: ours, so that no admitted case is forgotten
	ClockAcceptance    ClockKind = "acceptance"
	ClockPlan          ClockKind = "plan"
	ClockStart         ClockKind = "start"
	ClockSignatures    ClockKind = "signatures"
	ClockEquipe        ClockKind = "equipe"
	ClockReview        ClockKind = "review"
	ClockHandover      ClockKind = "handover"
	ClockCap           ClockKind = "cap"
	ClockMonitoring    ClockKind = "monitoring"
	ClockOutcome       ClockKind = "outcome"
)

// Clocks lists every clock, the most pressing first: in this order they share a reminder mail.
func Clocks() []ClockKind {
	return []ClockKind{
		ClockCap, ClockEquipe, ClockReview, ClockStart, ClockScreening, ClockAcceptance, ClockAssignment,
		ClockSignatures, ClockPlan, ClockHandover, ClockOutcome, ClockCompletion, ClockWaitlistCheck,
		ClockMonitoring,
	}
}

// ClockStatus is where a clock stands.
type ClockStatus string

// A clock is met when its fact happened by the due day, missed once that day is over without it.
const (
	ClockPending   ClockStatus = "pending"
	ClockMet       ClockStatus = "met"
	ClockMissed    ClockStatus = "missed"
	ClockCancelled ClockStatus = "cancelled"
)

// Deadline is one clock with its date and its reason.
type Deadline struct {
	Kind   ClockKind
	DueOn  calendar.Date
	DueAt  time.Time // the instant from which it is missed, UTC: 24:00 of DueOn unless it names an hour
	Why    string    // why this date, Italian
	Status ClockStatus
	Late   bool // missed, and its fact has happened since: out of the digest

	since     time.Time     // when the clock came to be: earlier reminders are skipped
	toldOn    calendar.Date // when what starts it is told to whoever is reminded: that day's reminder is skipped; zero: never
	reminders []calendar.Date
}

package discharge

import (
	"slices"
	"strings"
	"time"

	"dimissioni/internal/calendar"
)

// What follows from the facts of a case: days, periods, who is in charge. All of it is derived, none of it is stored.

// Today is the case's local day at now.
func (c Case) Today(now time.Time) calendar.Date { return calendar.DateOf(now) }

// DischargeOn is the day the person leaves or left the ward; zero when nobody knows.
func (c Case) DischargeOn() calendar.Date {
	switch {
	case !c.DischargedOn.IsZero():
		return c.DischargedOn
	case c.AlreadyHome:
		return c.SubmittedOn
	default:
		return c.ExpectedOn
	}
}

// dischargeKnownAt is DischargeOn as it was known at an instant, or as it is known now when the instant is zero: a
// date that moves later never turns a clock that was met into one that was missed.
func (c Case) dischargeKnownAt(at time.Time) calendar.Date {
	on := c.DischargeOn()
	if at.IsZero() {
		return on
	}
	for _, known := range slices.Backward(c.Discharges) {
		on = known.On
		if !known.At.After(at) {
			break
		}
	}
	return on
}

// UrgentAt reports whether the case has not started and was marked urgent, or the discharge is at most UrgentHours
// away or past. DOMAIN, Clocks.
func (c Case) UrgentAt(now time.Time) bool {
	if !c.State.BeforeStart() {
		return false
	}
	on := c.DischargeOn()
	return c.Marked || !on.IsZero() && on.Start().Sub(now) <= time.Duration(c.Rules.UrgentHours)*time.Hour
}

// PartnersOn are the partners that served on a day: on that of a handover two, the one that left first.
func (c Case) PartnersOn(day calendar.Date) []string {
	var serving []string
	var from calendar.Date
	for _, f := range c.FormerPartners {
		if !day.Before(from) && !day.After(f.Until) {
			serving = append(serving, f.PartnerID)
		}
		from = f.Until
	}
	if c.PartnerID != "" && !day.Before(from) {
		serving = append(serving, c.PartnerID)
	}
	return serving
}

// CaseManagerOn is the user in charge on a day: the newest appointment that covers it; empty when nobody is.
func (c Case) CaseManagerOn(day calendar.Date) string {
	for _, a := range slices.Backward(c.CaseManagers) {
		if a.covers(day) {
			return a.UserID
		}
	}
	return ""
}

func (a Appointment) covers(day calendar.Date) bool {
	return !day.Before(a.From) && (a.To.IsZero() || !day.After(a.To))
}

// CapOn is the last day of care, the hard maximum; zero before the start or when the programme sets none. Where
// suspensions stop the clock it is, while one is open, the latest day that it may become.
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

// renewable is how many days a renewal may still add: up to the cap, or a year where there is none.
func (c Case) renewable() int {
	if limit := c.CapOn(); !limit.IsZero() {
		return limit.DaysSince(c.PeriodEndOn())
	}
	return 365
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

func (c Case) latestPlan() (Plan, bool) { return c.plan(len(c.Plans)) }

// Day is the day of care at now, 0 on the starting day, never above the cap; -1 before the start. Days of a
// suspension count, unless the programme lets them stop the clock.
func (c Case) Day(now time.Time) int {
	if c.StartOn.IsZero() || c.State.BeforeStart() {
		return -1
	}
	last := c.Today(now)
	if c.Exit != nil {
		last = c.Exit.On
	}
	day := last.DaysSince(c.StartOn)
	if c.Rules.SuspensionStopsClock {
		day -= c.SuspendedDays(last)
	}
	if c.Rules.Cap {
		day = min(day, c.Rules.CapDays)
	}
	return max(0, day)
}

// ServedDays are the days of care given until a day: the starting day does not count, suspended days neither, and
// never more than the care budget pays for.
func (c Case) ServedDays(until calendar.Date) int {
	if c.StartOn.IsZero() {
		return 0
	}
	days := until.DaysSince(c.StartOn) - c.SuspendedDays(until)
	return max(0, min(days, c.Rules.CapDays))
}

// SuspendedDays are the days of suspension until a day, an open suspension counted to that day. The day of the
// suspension counts, the day of the resumption does not.
func (c Case) SuspendedDays(until calendar.Date) int {
	days := 0
	for _, s := range c.Suspensions {
		to := until
		if !s.To.IsZero() && s.To.Before(until) {
			to = s.To
		}
		days += max(0, to.DaysSince(calendar.Max(s.From, c.StartOn)))
	}
	return days
}

// stoppedDays is by how much suspensions move the cap, when the programme lets them stop the clock: at most by
// another CapDays, so that a case which is never resumed closes too. An open suspension counts for the most it can
// become; the resumption brings the date back to what is due.
func (c Case) stoppedDays() int {
	if !c.Rules.SuspensionStopsClock || len(c.Suspensions) == 0 {
		return 0
	}
	last := c.Suspensions[len(c.Suspensions)-1]
	if last.To.IsZero() {
		return c.Rules.CapDays
	}
	return min(c.SuspendedDays(last.To), c.Rules.CapDays)
}

// FirstMeetingInCare is the day of the first équipe held on or after the start; zero when there is none.
func (c Case) FirstMeetingInCare() calendar.Date {
	var first calendar.Date
	for _, m := range c.Meetings {
		if c.inCareOn(m.HeldOn) && (first.IsZero() || m.HeldOn.Before(first)) {
			first = m.HeldOn
		}
	}
	return first
}

// inCareOn reports whether care had started by a day: an équipe held before is "pre-dimissione".
func (c Case) inCareOn(day calendar.Date) bool { return !c.StartOn.IsZero() && !day.Before(c.StartOn) }

// SharesWith reports whether the person lets the case be told to gp, municipality or territorial.
func (c Case) SharesWith(who string) bool { return slices.Contains(c.ShareWith, who) }

// Died reports whether the person died: nobody of the family is written to any more.
func (c Case) Died() bool {
	return c.Exit != nil && (c.Exit.Cause == CauseDeath || c.Exit.Outcome.death())
}

func (o Outcome) death() bool { return strings.HasPrefix(string(o), "died_") }

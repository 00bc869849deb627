package discharge

import (
	"slices"
	"strconv"
	"time"

	"dimissioni/internal/calendar"
)

// Deadlines derives every clock of the case as it stands at now, the most pressing first. A date never stored
// cannot be wrong: correct the start and all of them follow. DOMAIN, Clocks.
//
// The starting day is day 0 and does not count, the last day counts; holidays do not move a due date, since six
// weeks is a maximum (art. 2963 c.c., second paragraph).
func (c Case) Deadlines(now time.Time) []Deadline {
	var all []Deadline
	for _, kind := range Clocks() {
		for _, d := range c.clocksOf(kind) {
			all = append(all, c.judged(d, now))
		}
	}
	return all
}

// clock is a deadline on its way: what it waits for and whether its wait is over.
type clock struct {
	Deadline
	metAt   time.Time     // when its fact was recorded; zero: not yet
	metOn   calendar.Date // the day of its fact, for facts that bear one
	endedAt time.Time     // when it became moot; zero: not
}

func (c Case) clocksOf(kind ClockKind) []clock {
	switch kind {
	case ClockScreening:
		return c.screeningClock()
	case ClockCompletion:
		return c.completionClocks()
	case ClockWaitlistCheck:
		return c.waitlistClock()
	case ClockAssignment:
		return c.assignmentClock()
	case ClockAcceptance:
		return c.acceptanceClock()
	case ClockPlan:
		return c.planClock()
	case ClockStart:
		return c.startClock()
	case ClockSignatures:
		return c.signaturesClock()
	case ClockEquipe:
		return c.equipeClock()
	case ClockReview:
		return c.reviewClock()
	case ClockHandover:
		return c.handoverClock()
	case ClockCap:
		return c.capClock()
	case ClockMonitoring:
		return c.monitoringClocks()
	case ClockOutcome:
		return c.outcomeClock()
	default:
		return nil
	}
}

// judged gives a clock its status at now. The end of the case stops every clock but the two that outlive it.
func (c Case) judged(k clock, now time.Time) Deadline {
	d := k.Deadline
	if k.endedAt.IsZero() && c.Exit != nil && d.Kind != ClockOutcome && d.Kind != ClockHandover {
		k.endedAt = c.Exit.At
	}
	met := !k.metAt.IsZero()
	inTime := k.metAt.Before(d.DueAt)
	if !k.metOn.IsZero() {
		met, inTime = true, !k.metOn.After(d.DueOn)
	}
	switch {
	case met && inTime:
		d.Status = ClockMet
	case met:
		d.Status, d.Late = ClockMissed, true
	case !k.endedAt.IsZero() && k.endedAt.Before(d.DueAt):
		d.Status = ClockCancelled
	case !k.endedAt.IsZero():
		d.Status, d.Late = ClockMissed, true
	case !now.Before(d.DueAt):
		d.Status = ClockMissed
	default:
		d.Status = ClockPending
	}
	return d
}

// Open reports whether the clock's fact is still awaited, in time or not.
func (d Deadline) Open() bool {
	return d.Status == ClockPending || d.Status == ClockMissed && !d.Late
}

// NextInstant is the earliest instant strictly after now at which a [Tick] would have something to do, provided that
// a Tick at now has nothing left to do; zero when no clock is left.
func (c Case) NextInstant(now time.Time) time.Time {
	var next time.Time
	consider := func(at time.Time) {
		if at.After(now) && (next.IsZero() || at.Before(next)) {
			next = at
		}
	}
	for _, d := range c.Deadlines(now) {
		if !d.Open() {
			continue
		}
		for _, day := range d.reminders {
			if c.reminds(d, day) {
				consider(reminderAt(day))
			}
		}
		if !c.fired(d, calendar.Date{}) {
			consider(d.DueAt)
		}
	}
	return next
}

// reminds reports whether a clock is to speak on a day: it ran by then and has not spoken. After the end only the
// outcome is still asked for.
func (c Case) reminds(d Deadline, day calendar.Date) bool {
	return (c.Exit == nil || d.Kind == ClockOutcome) && reminderAt(day).After(d.since) && day != d.toldOn && !c.fired(d, day)
}

// toldOn is the day on which a message about what happened at an instant goes out: in working hours, or at once where
// the case is urgent and its reader is written to at any hour.
func (c Case) toldOn(at time.Time, anyHour bool) calendar.Date {
	switch {
	case c.Rules.Revision < 2:
		return calendar.Date{}
	case anyHour && c.UrgentAt(at):
		return calendar.DateOf(at)
	default:
		return calendar.DateOf(c.Rules.Calendar.NextOpening(at))
	}
}

// reminderAt is 09:00 of a reminder's day.
func reminderAt(day calendar.Date) time.Time { return day.At(9, 0) }

// fired reports whether the clock has already spoken on a day, or with the zero day, has already been missed.
func (c Case) fired(d Deadline, day calendar.Date) bool {
	return slices.Contains(c.Fired, Fired{Clock: d.Kind, DueOn: d.DueOn, On: day})
}

// decideTick does what the passing of time asks for: the cap closes the case, missed clocks raise their flag,
// reminders of today go out. A reminder is never sent late: once its working day is over it is skipped.
func decideTick(t turn) (Decision, error) {
	if limit := t.c.CapOn(); t.c.State.InCare() && !limit.IsZero() && !t.now.Before(limit.End()) {
		closed := t.event(Closed, Facts{Cause: CauseCap, EndedOn: limit, Money: t.c.releaseUnserved(limit)})
		closed.On = limit
		return Decision{Events: []Event{closed}}, nil
	}
	var events []Event
	add := func(kind EventKind, d Deadline) {
		e := t.event(kind, Facts{Clock: d.Kind, DueOn: d.DueOn})
		same := func(other Event) bool {
			return other.Kind == kind && other.Facts.Clock == d.Kind && other.Facts.DueOn == d.DueOn
		}
		if !slices.ContainsFunc(events, same) { // two questions of one day are one clock
			events = append(events, e)
		}
	}
	for _, d := range t.c.Deadlines(t.now) {
		if !d.Open() {
			continue
		}
		if d.Status == ClockMissed && !t.c.fired(d, calendar.Date{}) {
			add(Missed, d)
		}
		inTime := t.c.Rules.Calendar.Open(t.now) && !t.now.Before(reminderAt(t.today))
		if inTime && slices.Contains(d.reminders, t.today) && t.c.reminds(d, t.today) {
			add(Reminded, d)
		}
	}
	return Decision{Events: events}, nil
}

// remind adds the days on which a clock speaks before it is due. One that falls on a day off moves to the working
// day before; two on one day are one.
func (k clock) remind(cal calendar.Calendar, days ...calendar.Date) clock {
	for _, day := range days {
		if at := cal.OnOrBefore(day); !slices.Contains(k.reminders, at) {
			k.reminders = append(k.reminders, at)
		}
	}
	return k
}

// dueOn makes a clock that is met before 24:00 of a day.
func dueOn(kind ClockKind, day calendar.Date, since time.Time, why string) clock {
	return clock{Deadline: Deadline{Kind: kind, DueOn: day, DueAt: day.End(), Why: why, since: since}}
}

// dueAt makes a clock that names an hour.
func dueAt(kind ClockKind, at, since time.Time, why string) clock {
	return clock{Deadline: Deadline{Kind: kind, DueOn: calendar.DateOf(at), DueAt: at, Why: why, since: since}}
}

// How reasons begin: "2 giorni lavorativi", "4 ore lavorative", "10 giorni".

func workdays(n int) string { return counted(n, "giorno lavorativo", "giorni lavorativi") }

func workhours(n int) string { return counted(n, "ora lavorativa", "ore lavorative") }

func counted(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return strconv.Itoa(n) + " " + many
}

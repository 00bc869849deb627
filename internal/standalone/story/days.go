package story

import (
	"time"

	"dimissioni/internal/calendar"
)

// crema counts the working days of the demo's district.
var crema = calendar.Calendar{Patron: calendar.MonthDay{Month: time.June, Day: 10}}

// days are those on which the people of the story act: working days all.
type days struct {
	screened, declined, accepted, prepared calendar.Date
	start, meeting, minutes                calendar.Date
	suspended, resumed, renewed            calendar.Date
	closed                                 calendar.Date
	over                                   calendar.Date // when the last mails have gone
}

// daysFrom chooses the days of a story that begins now. The case keeps the hour of the day from first to last: the
// minutes of a meeting at half past ten are written on the same day when it is later than that, otherwise on the next.
func daysFrom(now time.Time) days {
	today := calendar.DateOf(now)
	d := days{
		screened: crema.AddWorkdays(today, 1), declined: crema.AddWorkdays(today, 2),
		accepted: crema.AddWorkdays(today, 3), prepared: crema.AddWorkdays(today, 4),
	}
	// Three days and more after the preparation: what is said of it is not urgent.
	d.start = crema.OnOrAfter(crema.AddWorkdays(today, 5).AddDays(3))
	written := crema.AddWorkdays(d.start.AddDays(11), -1) // before the ten days are over
	d.meeting = crema.OnOrBefore(d.start.AddDays(8))
	if d.meeting == written {
		d.meeting = crema.AddWorkdays(written, -1)
	}
	d.minutes = d.meeting
	if now.In(calendar.Rome).Hour() < 12 {
		d.minutes = crema.AddWorkdays(d.meeting, 1)
	}
	d.suspended = crema.OnOrAfter(d.start.AddDays(11))
	d.resumed = crema.OnOrAfter(d.suspended.AddDays(3))
	d.renewed = crema.OnOrBefore(d.start.AddDays(20))
	if d.renewed.Before(d.resumed) {
		d.renewed = d.resumed
	}
	d.closed = crema.OnOrBefore(d.start.AddDays(39))
	d.over = crema.AddWorkdays(d.closed, 1)
	return d
}

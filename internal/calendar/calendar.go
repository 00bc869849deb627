package calendar

import "time"

// Working hours of a working day, the first included and the last not (DOMAIN.md, Clocks: 8-18, a default of ours).
const (
	opening = 8
	closing = 18
)

// MonthDay is a day that comes back every year; the zero MonthDay is none.
type MonthDay struct {
	Month time.Month `json:"month"`
	Day   int        `json:"day"`
}

// Calendar tells working days from the others. The zero Calendar has the national holidays only.
type Calendar struct {
	// Patron is the feast of the patron saint of the programme's town: 10 June in Crema.
	Patron MonthDay `json:"patron"`
}

// Holiday says that d is a national holiday or the patron's feast. Sundays, Easter with them, are holidays by law but are
// told by their weekday: see Workday. The list is today's (law 260/1949, art. 2, as amended up to law 151/2025, which
// adds 4 October from 2026); it is not the history of each year before 2001.
func (c Calendar) Holiday(d Date) bool {
	switch (MonthDay{d.Month, d.Day}) {
	case MonthDay{}:
		return false
	case MonthDay{time.January, 1}, MonthDay{time.January, 6}, MonthDay{time.April, 25}, MonthDay{time.May, 1},
		MonthDay{time.June, 2}, MonthDay{time.August, 15}, MonthDay{time.November, 1}, MonthDay{time.December, 8},
		MonthDay{time.December, 25}, MonthDay{time.December, 26}, c.Patron:
		return true
	case MonthDay{time.October, 4}:
		return d.Year >= 2026
	}
	return d == easter(d.Year).AddDays(1)
}

// Workday says that d is a Monday to Friday and not a holiday. The zero Date is not one.
func (c Calendar) Workday(d Date) bool {
	if d.IsZero() || d.Weekday() == time.Saturday || d.Weekday() == time.Sunday {
		return false
	}
	return !c.Holiday(d)
}

// AddWorkdays is the n-th working day strictly after d, strictly before it when n is negative, and d itself, working or
// not, when n is 0. The day d never counts (art. 2963 of the civil code).
func (c Calendar) AddWorkdays(d Date, n int) Date {
	for ; n > 0; n-- {
		d = c.OnOrAfter(d.AddDays(1))
	}
	for ; n < 0; n++ {
		d = c.OnOrBefore(d.AddDays(-1))
	}
	return d
}

// OnOrBefore is d when it is a working day, otherwise the last one before it: where a reminder of a day off goes.
func (c Calendar) OnOrBefore(d Date) Date { return c.seek(d, -1) }

// OnOrAfter is d when it is a working day, otherwise the first one after it.
func (c Calendar) OnOrAfter(d Date) Date { return c.seek(d, 1) }

// Open says that t falls in the working hours of a working day: from 08:00, before 18:00, in Rome.
func (c Calendar) Open(t time.Time) bool {
	hour := t.In(Rome).Hour()
	return opening <= hour && hour < closing && c.Workday(DateOf(t))
}

// NextOpening is t when open, otherwise the next 08:00 of a working day.
func (c Calendar) NextOpening(t time.Time) time.Time {
	if c.Open(t) {
		return t.UTC()
	}
	d := DateOf(t)
	if !t.Before(d.At(closing, 0)) {
		d = d.AddDays(1)
	}
	return c.OnOrAfter(d).At(opening, 0)
}

// AddHours is the instant when that many working hours have passed since t, counted from the next opening when t is out
// of hours. Hours that fill the day to its end are due at 18:00, not at the next 08:00. With none to add it is t.
func (c Calendar) AddHours(t time.Time, hours int) time.Time {
	if hours <= 0 {
		return t.UTC()
	}
	rest := time.Duration(hours) * time.Hour
	for {
		t = c.NextOpening(t)
		end := DateOf(t).At(closing, 0)
		if rest <= end.Sub(t) {
			return t.Add(rest)
		}
		rest -= end.Sub(t)
		t = end
	}
}

// seek walks from d by step to a working day; the zero Date stays zero, or the walk would never end.
func (c Calendar) seek(d Date, step int) Date {
	for !d.IsZero() && !c.Workday(d) {
		d = d.AddDays(step)
	}
	return d
}

// easter is Easter Sunday of a Gregorian year (anonymous algorithm, Nature 1876; Meeus, Astronomical Algorithms, ch. 8).
func easter(year int) Date {
	golden, century, rest := year%19, year/100, year%100
	moon := (19*golden + century - century/4 - (century-(century+8)/25+1)/3 + 15) % 30
	sunday := (32 + 2*(century%4) + 2*(rest/4) - moon - rest%4) % 7
	shift := (golden + 11*moon + 22*sunday) / 451
	n := moon + sunday - 7*shift + 114
	return Date{year, time.Month(n / 31), n%31 + 1}
}

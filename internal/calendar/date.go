// Package calendar counts days the way the service does: local dates in Europe/Rome, Italian working days, working
// hours 8-18. A deadline is met before 24:00 of its day, so ten days may last 239, 240 or 241 hours: callers compute
// dates here and only then subtract instants (DOMAIN.md, Clocks).
//
// Everything is pure and deterministic, safe inside a Temporal workflow: nothing reads the clock, and the only package
// state is Rome, loaded from the embedded database. Every instant returned is in UTC.
package calendar

import (
	"cmp"
	"database/sql/driver"
	"errors"
	"fmt"
	"time"
	_ "time/tzdata" // the rules of Rome travel with the program, whatever the machine has
)

// Rome is the zone every local date is read in.
var Rome = mustLoad("Europe/Rome")

// ErrInvalid says that a text is not a date. It never repeats the text, which may be a birth date.
var ErrInvalid = errors.New("data non valida")

// Years that a typed date may have: outside them it is a slip of the fingers.
const (
	firstYear = 1800
	lastYear  = 2200
)

// Date is a day of the calendar, without hour or zone. The zero Date means none: it comes before every other, moving it
// leaves it zero, it is "" as text and NULL in SQL. Dates made by this package are normalised, so == compares days.
type Date struct {
	Year  int
	Month time.Month
	Day   int
}

// DateOf is the local day of an instant in Rome.
func DateOf(t time.Time) Date {
	y, m, d := t.In(Rome).Date()
	return Date{y, m, d}
}

// NewDate is that day, normalised as time.Date does: 31 April is 1 May.
func NewDate(y int, m time.Month, d int) Date {
	y, m, d = time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Date()
	return Date{y, m, d}
}

// ParseDate reads YYYY-MM-DD strictly: two-digit month and day, a day that exists, a year from 1800 to 2200. Anything
// else, the empty text included, is ErrInvalid.
func ParseDate(s string) (Date, error) {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil || t.Year() < firstYear || t.Year() > lastYear {
		return Date{}, ErrInvalid
	}
	return NewDate(t.Date()), nil
}

// String is "2026-11-21", "" for the zero Date.
func (d Date) String() string {
	if d.IsZero() {
		return ""
	}
	return fmt.Sprintf("%04d-%02d-%02d", d.Year, d.Month, d.Day)
}

// Italian is "21/11/2026", the way people read it; "" for the zero Date.
func (d Date) Italian() string {
	if d.IsZero() {
		return ""
	}
	return fmt.Sprintf("%02d/%02d/%04d", d.Day, d.Month, d.Year)
}

// IsZero says that there is no date.
func (d Date) IsZero() bool { return d == Date{} }

// AddDays is the date n days later, earlier when n is negative.
func (d Date) AddDays(n int) Date {
	if d.IsZero() {
		return d
	}
	return NewDate(d.Year, d.Month, d.Day+n)
}

// DaysSince is d - e in days, negative when d comes first. Neither may be zero.
func (d Date) DaysSince(e Date) int {
	// Not by Sub: a Duration holds 292 years at most.
	return int((d.utc().Unix() - e.utc().Unix()) / (24 * 60 * 60))
}

// Before says that d is an earlier day than e.
func (d Date) Before(e Date) bool { return d.Compare(e) < 0 }

// After says that d is a later day than e.
func (d Date) After(e Date) bool { return d.Compare(e) > 0 }

// Compare is -1 when d is before e, 0 on the same day, +1 after.
func (d Date) Compare(e Date) int {
	return cmp.Or(cmp.Compare(d.Year, e.Year), cmp.Compare(d.Month, e.Month), cmp.Compare(d.Day, e.Day))
}

// Weekday is the day of the week; meaningless for the zero Date.
func (d Date) Weekday() time.Weekday { return d.utc().Weekday() }

// Start is 00:00 of the day in Rome, the zero time for the zero Date.
func (d Date) Start() time.Time { return d.At(0, 0) }

// End is 00:00 of the next day: what is due on d is met by an instant before End. Zero for the zero Date.
func (d Date) End() time.Time { return d.At(24, 0) }

// At is the instant when the clocks of Rome show that hour of the day, the zero time for the zero Date. An hour that the
// clock change skips or repeats gives one of the two it could mean, always the same.
func (d Date) At(hour, minute int) time.Time {
	if d.IsZero() {
		return time.Time{}
	}
	return time.Date(d.Year, d.Month, d.Day, hour, minute, 0, 0, Rome).UTC()
}

// MarshalText is String: the zero Date is the empty text.
func (d Date) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads what ParseDate reads, and the empty text as the zero Date.
func (d *Date) UnmarshalText(text []byte) error {
	if len(text) == 0 {
		*d = Date{}
		return nil
	}
	parsed, err := ParseDate(string(text))
	if err != nil {
		return err
	}
	*d = parsed
	return nil
}

// Value is the SQL date, NULL for the zero Date.
func (d Date) Value() (driver.Value, error) {
	if d.IsZero() {
		return nil, nil //nolint:nilnil // this is how database/sql spells NULL
	}
	return d.String(), nil
}

// Scan reads a SQL date: NULL gives the zero Date. A time that is not midnight is refused, because a timestamp has a
// local day only through DateOf.
func (d *Date) Scan(src any) error {
	switch v := src.(type) {
	case nil:
		*d = Date{}
		return nil
	case time.Time:
		if h, m, s := v.Clock(); h != 0 || m != 0 || s != 0 || v.Nanosecond() != 0 {
			return fmt.Errorf("scan date from a timestamp: %w", ErrInvalid)
		}
		*d = NewDate(v.Date())
		return nil
	case string:
		return d.UnmarshalText([]byte(v))
	case []byte:
		return d.UnmarshalText(v)
	default:
		return fmt.Errorf("scan date from %T: %w", src, ErrInvalid)
	}
}

// Min is the earlier date; a zero Date counts as the earliest.
func Min(a, b Date) Date {
	if b.Before(a) {
		return b
	}
	return a
}

// Max is the later date.
func Max(a, b Date) Date {
	if b.After(a) {
		return b
	}
	return a
}

// utc is a handle for arithmetic on days, free of clock changes.
func (d Date) utc() time.Time { return time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, time.UTC) }

func mustLoad(name string) *time.Location {
	zone, err := time.LoadLocation(name)
	if err != nil {
		panic(err)
	}
	return zone
}

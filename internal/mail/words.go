package mail

import (
	"strconv"
	"time"
	"unicode"
	"unicode/utf8"

	"dimissioni/internal/calendar"
)

// The phrases that letters are made of. Each is empty when its date is not known, so that a sentence can do without.

var weekdays = [...]string{"domenica", "lunedì", "martedì", "mercoledì", "giovedì", "venerdì", "sabato"}

// day is "mercoledì 02/12/2026": with the weekday Italian needs no article.
func day(d calendar.Date) string {
	if d.IsZero() {
		return ""
	}
	return weekdays[d.Weekday()] + " " + d.Italian()
}

// clock is "14:30", in Rome.
func clock(t time.Time) string { return t.In(calendar.Rome).Format("15:04") }

// on is the moment's day after a preposition.
func (m Message) on(preposition string) string {
	if m.On.IsZero() {
		return ""
	}
	return preposition + day(m.On)
}

// until is the moment's day as a last day, which counts.
func (m Message) until() string {
	if m.On.IsZero() {
		return ""
	}
	return " fino a " + day(m.On) + " compreso"
}

// by is " entro il 02/12/2026", for subjects, with the hour when the deadline names one.
func (m Message) by() string {
	switch {
	case m.DueOn.IsZero():
		return ""
	case m.dueHour() != "":
		return " entro le " + m.dueHour() + " del " + m.DueOn.Italian()
	default:
		return " entro il " + m.DueOn.Italian()
	}
}

// due is "Mercoledì 02/12/2026, entro le 12:00.", for bodies.
func (m Message) due() string {
	switch {
	case m.DueOn.IsZero():
		return ""
	case m.dueHour() != "":
		return upperFirst(day(m.DueOn)) + ", entro le " + m.dueHour() + "."
	default:
		return upperFirst(day(m.DueOn)) + ", entro la fine della giornata."
	}
}

// dueHour is the hour that the deadline names; empty when the whole day counts.
func (m Message) dueHour() string {
	if m.DueAt.IsZero() || calendar.DateOf(m.DueAt) != m.DueOn || !m.DueAt.Before(m.DueOn.At(23, 59)) {
		return ""
	}
	return clock(m.DueAt)
}

// meeting is "mercoledì 02/12/2026 alle 14:30".
func (m Message) meeting() string {
	return day(calendar.DateOf(m.Meeting.At)) + " alle " + clock(m.Meeting.At)
}

// meetingShort is "02/12/2026 alle 14:30", for subjects.
func (m Message) meetingShort() string {
	return calendar.DateOf(m.Meeting.At).Italian() + " alle " + clock(m.Meeting.At)
}

// count is "un messaggio", "3 messaggi".
func count(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return strconv.Itoa(n) + " " + many
}

// sentence joins the parts that are not empty.
func sentence(parts ...string) string {
	out := ""
	for _, p := range parts {
		if p == "" {
			continue
		}
		if out != "" {
			out += " "
		}
		out += p
	}
	return out
}

// why introduces the reason of a date.
func why(reason string) string {
	if reason == "" {
		return ""
	}
	return "Perché questa data? " + reason
}

func upperFirst(s string) string {
	r, size := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(r)) + s[size:]
}

package html

import (
	"time"

	"dimissioni/internal/calendar"
	"dimissioni/internal/discharge"
)

// Today is everybody's first page.
var Today = desk[TodayPage]("today")

// TodayPage is what needs its reader, the most urgent first, then what is awaited from others, and what the reader follows.
type TodayPage struct {
	Now        time.Time
	Tasks      []TodayTask
	Awaited    []TodayTask
	Unverified int        // addresses of physicians to verify: coordinators
	Own        []CaseLine // of readers who follow cases without deciding on them
	OwnTitle   string
	Empty      Empty
	Everybody  bool // a coordinator looks at the colleagues' cases too
	Coordinate bool // may
}

// Late counts what is overdue.
func (p TodayPage) Late() int {
	n := 0
	for _, t := range p.Tasks {
		if t.Due.Overdue {
			n++
		}
	}
	return n
}

// TodayTask is one line: what, on which case, why, by when, and the one link that settles it.
type TodayTask struct {
	Kind   discharge.TaskKind
	Case   Path
	Code   string
	Person string // empty: the reader may not know
	State  Badge
	Urgent bool
	Why    string
	Due    Due
	Action Path // empty: the case's page is all there is
	Label  discharge.CommandKind
}

// Due is by when, as seen from an instant.
type Due struct {
	On      calendar.Date // zero: no day
	At      time.Time
	Overdue bool
	Now     time.Time // by the case's clock
}

// Badge says it in one glance.
func (d Due) Badge() Badge {
	today := calendar.DateOf(d.Now)
	switch {
	case d.On.IsZero():
		return Badge{}
	case d.Overdue:
		return Badge{"danger", "scaduto " + d.day(today)}
	case d.At.Equal(d.On.End()):
		return Badge{d.tone(today), "entro " + d.day(today)}
	default:
		return Badge{d.tone(today), "entro le " + d.At.In(calendar.Rome).Format("15:04") + " di " + d.day(today)}
	}
}

func (d Due) tone(today calendar.Date) string {
	if d.On.After(today) {
		return "secondary"
	}
	return "warning"
}

func (d Due) day(today calendar.Date) string {
	switch d.On.DaysSince(today) {
	case -1:
		return "ieri"
	case 0:
		return "oggi"
	case 1:
		return "domani"
	default:
		return day(d.On)
	}
}

// CaseLine is a case in a list, as much of it as its reader sees: empty parts are left out.
type CaseLine struct {
	Path         Path
	Code         string
	Person       string
	State        Badge
	Urgent       bool
	Overdue      bool
	Day, Of      int // day 12 of 42; Of zero: not started
	Next         discharge.ClockKind
	Due          Due
	Partner      string
	CaseManager  string
	Municipality string
	Expected     calendar.Date // the discharge
}

// StateBadge is a state as the coordinator or, for the ward, as the sender reads it.
func StateBadge(s discharge.State, ward bool) Badge {
	text := s.Italian()
	if ward {
		text = s.SenderItalian()
	}
	switch s {
	case discharge.StateActive, discharge.StateReady:
		return Badge{"success", text}
	case discharge.StateSubmitted, discharge.StateMatching, discharge.StateSuspended:
		return Badge{"warning", text}
	case discharge.StateWaitlisted, discharge.StateRejected, discharge.StateNotStarted:
		return Badge{"danger", text}
	case discharge.StateClosed, discharge.StateCancelled:
		return Badge{"secondary", text}
	default:
		return Badge{"primary", text}
	}
}

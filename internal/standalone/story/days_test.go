package story

import (
	"testing"
	"time"

	"dimissioni/internal/calendar"
)

// TestEveryDayHasAStory looks at every day of twelve years, in the morning and in the evening.
func TestEveryDayHasAStory(t *testing.T) {
	t.Parallel()
	for today := calendar.NewDate(2026, time.January, 1); today.Before(calendar.NewDate(2038, time.January, 1)); today = today.AddDays(1) {
		for _, hour := range []int{0, 9, 12, 23} {
			d := daysFrom(today.At(hour, 0))
			path := []calendar.Date{
				d.screened, d.declined, d.accepted, d.prepared, d.start, d.meeting, d.minutes,
				d.suspended, d.resumed, d.renewed, d.closed, d.over,
			}
			for i, day := range path {
				if !crema.Workday(day) {
					t.Errorf("begun on %s at %d: somebody acts on %s, a day off", today, hour, day)
				}
				if i > 0 && day.Before(path[i-1]) {
					t.Errorf("begun on %s at %d: %s comes before %s", today, hour, day, path[i-1])
				}
			}
			for what, late := range map[string]bool{
				"the start is urgent when it is prepared": d.start.DaysSince(d.prepared) < 3,
				"the meeting is on the day of the start":  d.meeting.DaysSince(d.start) < 1,
				"the minutes come after the ten days":     d.minutes.DaysSince(d.start) > 10,
				"the minutes are written before they met": hour < 12 && d.minutes == d.meeting,
				"nothing happens between replan and stay": d.suspended.DaysSince(d.minutes) < 1,
				"the three weeks end before the renewal":  d.renewed.DaysSince(d.start) > 21,
				"the cap comes first":                     d.closed.DaysSince(d.start) > 41,
				"six weeks are cut short":                 d.closed.DaysSince(d.start) < 33,
			} {
				if late {
					t.Errorf("begun on %s at %d: %s", today, hour, what)
				}
			}
		}
	}
}

package calendar_test

import (
	"encoding/json"
	"testing"
	"time"

	"pgregory.net/rapid"

	"dimissioni/internal/calendar"
)

var crema = calendar.Calendar{Patron: calendar.MonthDay{Month: time.June, Day: 10}}

// at reads "2026-11-20 17:30" on the clocks of Rome.
func at(t *testing.T, s string) time.Time {
	t.Helper()
	instant, err := time.ParseInLocation("2006-01-02 15:04", s, calendar.Rome)
	if err != nil {
		t.Fatal(err)
	}
	return instant
}

func TestHolidaysAndWorkdays(t *testing.T) {
	t.Parallel()
	tests := []struct {
		date             string
		holiday, workday bool
	}{
		{"2026-01-01", true, false},
		{"2026-01-06", true, false},
		{"2025-04-25", true, false},
		{"2026-05-01", true, false},
		{"2026-06-02", true, false},
		{"2025-08-15", true, false},
		{"2027-11-01", true, false},
		{"2026-11-01", true, false}, // on a Sunday: no day is given back
		{"2026-11-02", false, true},
		{"2026-12-08", true, false},
		{"2026-12-25", true, false},
		{"2025-12-26", true, false},
		{"2026-12-24", false, true},
		{"2026-12-31", false, true},
		{"2026-06-10", true, false},  // patron of Crema
		{"2024-10-04", false, true},  // a Friday, before the law
		{"2025-10-04", false, false}, // a Saturday, before the law
		{"2026-10-04", true, false},  // a Sunday
		{"2027-10-04", true, false},  // the first that takes a working day
		{"2028-02-29", false, true},
		{"2026-11-21", false, false}, // a Saturday
		{"2026-11-22", false, false}, // a Sunday
		{"2026-04-05", false, false}, // Easter Sunday is told by its weekday
		{"2026-03-19", false, true},  // saint Joseph, abolished in 1977
		{"2026-11-04", false, true},  // national unity, abolished as a day off in 1977
		{"", false, false},
	}
	for _, tt := range tests {
		t.Run(tt.date, func(t *testing.T) {
			t.Parallel()
			if got := crema.Holiday(day(t, tt.date)); got != tt.holiday {
				t.Errorf("holiday: %v", got)
			}
			if got := crema.Workday(day(t, tt.date)); got != tt.workday {
				t.Errorf("workday: %v", got)
			}
		})
	}
	if none := (calendar.Calendar{}); !none.Workday(day(t, "2026-06-10")) {
		t.Error("10 June is a working day where it is not the patron's")
	}
}

func TestEasterMonday(t *testing.T) {
	t.Parallel()
	for _, monday := range []string{
		"1818-03-23",               // the earliest possible
		"1943-04-26",               // the latest possible
		"1954-04-19", "1981-04-20", // exceptions of the computus
		"2000-04-24", "2008-03-24", "2011-04-25", "2019-04-22", "2020-04-13", "2021-04-05", "2022-04-18", "2023-04-10",
		"2024-04-01", "2025-04-21", "2026-04-06", "2027-03-29", "2028-04-17", "2029-04-02", "2030-04-22", "2038-04-26",
		"2049-04-19", "2076-04-20",
	} {
		t.Run(monday, func(t *testing.T) {
			t.Parallel()
			d := day(t, monday)
			if d.Weekday() != time.Monday || !crema.Holiday(d) {
				t.Error("not a holiday")
			}
			for _, other := range []calendar.Date{d.AddDays(-7), d.AddDays(7)} {
				if other.Day != 25 && other.Day != 1 && crema.Holiday(other) {
					t.Errorf("%v is a holiday too", other)
				}
			}
		})
	}
}

func TestAddWorkdays(t *testing.T) {
	t.Parallel()
	tests := []struct {
		from string
		n    int
		want string
	}{
		{"2026-11-19", 1, "2026-11-20"},
		{"2026-11-20", 1, "2026-11-23"}, // Friday to Monday
		{"2026-11-21", 1, "2026-11-23"}, // from a Saturday
		{"2026-11-23", -1, "2026-11-20"},
		{"2026-11-22", -1, "2026-11-20"},
		{"2026-11-21", 0, "2026-11-21"},
		{"2026-04-03", 1, "2026-04-07"}, // over Easter
		{"2026-04-07", -1, "2026-04-03"},
		{"2026-06-09", 1, "2026-06-11"}, // over the patron's day
		{"2026-06-11", -1, "2026-06-09"},
		{"2026-06-01", 3, "2026-06-05"},  // over 2 June
		{"2025-10-03", 1, "2025-10-06"},  // 4 October is only a Saturday
		{"2027-10-01", 1, "2027-10-05"},  // 4 October is a holiday on Monday
		{"2026-12-23", 2, "2026-12-28"},  // 24, then past Christmas and the week-end
		{"2026-12-31", 1, "2027-01-04"},  // over the year's end
		{"2026-12-31", 3, "2027-01-07"},  // and over Epiphany
		{"2027-01-04", -1, "2026-12-31"}, // and back
		{"2028-02-28", 1, "2028-02-29"},
		{"2028-02-28", 2, "2028-03-01"},
		{"2026-10-23", 5, "2026-10-30"}, // over the clock change
		{"2026-10-30", 1, "2026-11-02"}, // 1 November on a Sunday
		{"", 5, ""},
		{"", -5, ""},
	}
	for _, tt := range tests {
		t.Run(tt.from+" to "+tt.want, func(t *testing.T) {
			t.Parallel()
			if got := crema.AddWorkdays(day(t, tt.from), tt.n); got != day(t, tt.want) {
				t.Errorf("%+d working days give %v", tt.n, got)
			}
		})
	}
}

func TestAddWorkdaysCountsEveryWorkdayOnce(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		d, n := anyDate().Draw(t, "date"), rapid.IntRange(1, 60).Draw(t, "n")
		end, count := crema.AddWorkdays(d, n), 0
		for e := d.AddDays(1); !e.After(end); e = e.AddDays(1) {
			if crema.Workday(e) {
				count++
			}
		}
		if count != n || !crema.Workday(end) {
			t.Fatalf("%d working days from %v gave %v, which is %d", n, d, end, count)
		}
		if back := crema.AddWorkdays(end, -n); back != crema.OnOrBefore(d) {
			t.Fatalf("the way back gave %v", back)
		}
	})
}

func TestOnOrBeforeAndAfter(t *testing.T) {
	t.Parallel()
	tests := []struct{ date, before, after string }{
		{"2026-11-20", "2026-11-20", "2026-11-20"},
		{"2026-11-21", "2026-11-20", "2026-11-23"},
		{"2026-11-22", "2026-11-20", "2026-11-23"},
		{"2026-04-06", "2026-04-03", "2026-04-07"},
		{"2026-12-26", "2026-12-24", "2026-12-28"},
		{"2027-01-01", "2026-12-31", "2027-01-04"},
		{"", "", ""},
	}
	for _, tt := range tests {
		t.Run(tt.date, func(t *testing.T) {
			t.Parallel()
			if got := crema.OnOrBefore(day(t, tt.date)); got != day(t, tt.before) {
				t.Errorf("on or before: %v", got)
			}
			if got := crema.OnOrAfter(day(t, tt.date)); got != day(t, tt.after) {
				t.Errorf("on or after: %v", got)
			}
		})
	}
}

func TestOpeningHours(t *testing.T) {
	t.Parallel()
	tests := []struct {
		instant, next string // next is empty when open
	}{
		{"2026-11-20 07:59", "2026-11-20 08:00"},
		{"2026-11-20 08:00", ""},
		{"2026-11-20 17:59", ""},
		{"2026-11-20 18:00", "2026-11-23 08:00"},
		{"2026-11-19 18:00", "2026-11-20 08:00"},
		{"2026-11-19 23:59", "2026-11-20 08:00"},
		{"2026-11-20 00:00", "2026-11-20 08:00"},
		{"2026-11-21 10:00", "2026-11-23 08:00"},
		{"2026-06-10 10:00", "2026-06-11 08:00"},
		{"2026-03-28 12:00", "2026-03-30 08:00"}, // over the clock change
		{"2026-10-23 18:30", "2026-10-26 08:00"},
		{"2026-12-31 19:00", "2027-01-04 08:00"},
	}
	for _, tt := range tests {
		t.Run(tt.instant, func(t *testing.T) {
			t.Parallel()
			instant := at(t, tt.instant)
			want := instant
			if tt.next != "" {
				want = at(t, tt.next)
			}
			if got := crema.Open(instant); got != (tt.next == "") {
				t.Errorf("open: %v", got)
			}
			if got := crema.NextOpening(instant); !got.Equal(want) || got.Location() != time.UTC {
				t.Errorf("next opening: %v", got.In(calendar.Rome))
			}
		})
	}
}

func TestAddHoursCountsWorkingHours(t *testing.T) {
	t.Parallel()
	tests := []struct {
		from  string
		hours int
		want  string
	}{
		{"2026-11-19 09:30", 4, "2026-11-19 13:30"},
		{"2026-11-19 14:00", 4, "2026-11-19 18:00"}, // to the end of the day
		{"2026-11-19 14:01", 4, "2026-11-20 08:01"},
		{"2026-11-19 17:00", 2, "2026-11-20 09:00"},
		{"2026-11-19 05:00", 2, "2026-11-19 10:00"},
		{"2026-11-19 18:00", 2, "2026-11-20 10:00"},
		{"2026-11-20 17:00", 2, "2026-11-23 09:00"}, // over the week-end
		{"2026-11-21 10:00", 10, "2026-11-23 18:00"},
		{"2026-11-19 08:00", 25, "2026-11-23 13:00"},
		{"2026-03-27 16:00", 4, "2026-03-30 10:00"}, // over both clock changes
		{"2026-10-23 16:00", 4, "2026-10-26 10:00"},
		{"2026-04-03 16:00", 4, "2026-04-07 10:00"}, // over Easter
		{"2026-11-21 10:00", 0, "2026-11-21 10:00"},
		{"2026-11-21 10:00", -3, "2026-11-21 10:00"},
	}
	for _, tt := range tests {
		t.Run(tt.from, func(t *testing.T) {
			t.Parallel()
			got := crema.AddHours(at(t, tt.from), tt.hours)
			if !got.Equal(at(t, tt.want)) || got.Location() != time.UTC {
				t.Errorf("%d hours give %v, want %s", tt.hours, got.In(calendar.Rome), tt.want)
			}
		})
	}
}

func TestCalendarInJSON(t *testing.T) {
	t.Parallel()
	text, err := json.Marshal(crema)
	if err != nil || string(text) != `{"patron":{"month":6,"day":10}}` {
		t.Fatalf("got %s, %v", text, err)
	}
	var got calendar.Calendar
	if err := json.Unmarshal(text, &got); err != nil || got != crema {
		t.Errorf("got %v, %v", got, err)
	}
}

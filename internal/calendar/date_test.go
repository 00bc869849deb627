package calendar_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"dimissioni/internal/calendar"
)

// day reads a date of a test, which must be well written; "" is the zero Date.
func day(t *testing.T, s string) calendar.Date {
	t.Helper()
	var d calendar.Date
	if err := d.UnmarshalText([]byte(s)); err != nil {
		t.Fatalf("date %q: %v", s, err)
	}
	return d
}

func anyDate() *rapid.Generator[calendar.Date] {
	return rapid.Custom(func(t *rapid.T) calendar.Date {
		return calendar.NewDate(1981, time.January, 1+rapid.IntRange(0, 80000).Draw(t, "days")) // to the year 2200
	})
}

func TestParseDateIsStrict(t *testing.T) {
	t.Parallel()
	tests := map[string]bool{
		"2026-11-21": true, "1800-01-01": true, "2200-12-31": true, "2024-02-29": true, "2000-02-29": true,
		"2026-02-29": false, "2100-02-29": false, "2026-04-31": false, "2026-13-01": false, "2026-00-10": false,
		"2026-01-00": false, "1799-12-31": false, "2201-01-01": false, "": false, "2026-1-2": false,
		"2026-01-02 ": false, " 2026-01-02": false, "2026-01-02T00:00:00Z": false, "21/11/2026": false,
		"+026-01-02": false, "20260102": false, "2026-01-2\x00": false, "２026-01-02": false,
	}
	for text, valid := range tests {
		t.Run(text, func(t *testing.T) {
			t.Parallel()
			d, err := calendar.ParseDate(text)
			if valid && (err != nil || d.String() != text) {
				t.Errorf("got %v, %v", d, err)
			}
			if !valid && (!errors.Is(err, calendar.ErrInvalid) || !d.IsZero()) {
				t.Errorf("got %v, %v, want ErrInvalid", d, err)
			}
			if err != nil && text != "" && strings.Contains(err.Error(), text) {
				t.Errorf("the error repeats the text: %v", err)
			}
		})
	}
}

func TestDateIsWrittenForPeopleAndMachines(t *testing.T) {
	t.Parallel()
	d := calendar.Date{Year: 2026, Month: time.March, Day: 5}
	if d.String() != "2026-03-05" || d.Italian() != "05/03/2026" {
		t.Errorf("got %q and %q", d.String(), d.Italian())
	}
	var none calendar.Date
	if none.String() != "" || none.Italian() != "" || !none.IsZero() || d.IsZero() {
		t.Error("the zero Date is written as nothing")
	}
}

func TestNewDateNormalises(t *testing.T) {
	t.Parallel()
	if got := calendar.NewDate(2026, time.April, 31); got != day(t, "2026-05-01") {
		t.Errorf("31 April is %v", got)
	}
	if got := calendar.NewDate(2026, 13, 0); got != day(t, "2026-12-31") {
		t.Errorf("day 0 of month 13 is %v", got)
	}
}

func TestDateOfIsTheDayInRome(t *testing.T) {
	t.Parallel()
	tests := []struct{ instant, want string }{
		{"2026-01-14T22:59:59Z", "2026-01-14"},
		{"2026-01-14T23:00:00Z", "2026-01-15"}, // winter: UTC+1
		{"2026-07-14T21:59:59Z", "2026-07-14"},
		{"2026-07-14T22:00:00Z", "2026-07-15"}, // summer: UTC+2
		{"2026-12-31T23:00:00Z", "2027-01-01"},
		{"2026-07-14T23:30:00-04:00", "2026-07-15"},
	}
	for _, tt := range tests {
		t.Run(tt.instant, func(t *testing.T) {
			t.Parallel()
			instant, err := time.Parse(time.RFC3339, tt.instant)
			if err != nil {
				t.Fatal(err)
			}
			if got := calendar.DateOf(instant); got != day(t, tt.want) {
				t.Errorf("got %v, want %s", got, tt.want)
			}
		})
	}
}

func TestAddDaysOverMonthsAndYears(t *testing.T) {
	t.Parallel()
	tests := []struct {
		from string
		days int
		want string
	}{
		{"2026-11-21", 0, "2026-11-21"},
		{"2026-11-21", 10, "2026-12-01"},
		{"2026-11-21", 42, "2027-01-02"},
		{"2028-02-28", 1, "2028-02-29"},
		{"2027-02-28", 1, "2027-03-01"},
		{"2028-03-01", -1, "2028-02-29"},
		{"2027-01-01", -1, "2026-12-31"},
		{"", 10, ""},
	}
	for _, tt := range tests {
		t.Run(tt.from+" to "+tt.want, func(t *testing.T) {
			t.Parallel()
			if got := day(t, tt.from).AddDays(tt.days); got != day(t, tt.want) {
				t.Errorf("got %v", got)
			}
		})
	}
}

func TestDaysSince(t *testing.T) {
	t.Parallel()
	if got := day(t, "2026-04-01").DaysSince(day(t, "2026-03-22")); got != 10 {
		t.Errorf("over the clock change: %d days", got)
	}
	if got := day(t, "2200-12-31").DaysSince(day(t, "1800-01-01")); got != 146461 {
		t.Errorf("over four centuries: %d days", got)
	}
	rapid.Check(t, func(t *rapid.T) {
		d, n := anyDate().Draw(t, "date"), rapid.IntRange(-40000, 40000).Draw(t, "days")
		e := d.AddDays(n)
		if e.DaysSince(d) != n || d.DaysSince(e) != -n || e.AddDays(-n) != d {
			t.Fatalf("%v and %v are not %d days apart", d, e, n)
		}
		if d.Before(e) != (n > 0) || d.After(e) != (n < 0) || (d.Compare(e) == 0) != (n == 0) {
			t.Fatalf("%v and %v are in the wrong order", d, e)
		}
	})
}

func TestTenDaysOverTheClockChanges(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, start string
		hours       float64
	}{
		{"spring forward", "2026-03-22", 239},
		{"fall back", "2026-10-20", 241},
		{"no change", "2026-06-01", 240},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			d := day(t, tt.start)
			if got := d.AddDays(10).Start().Sub(d.Start()).Hours(); got != tt.hours {
				t.Errorf("ten days last %v hours, want %v", got, tt.hours)
			}
			if got := d.AddDays(9).End().Sub(d.Start()).Hours(); got != tt.hours {
				t.Errorf("to the end of the ninth day there are %v hours, want %v", got, tt.hours)
			}
		})
	}
}

func TestStartAtAndEndOfADay(t *testing.T) {
	t.Parallel()
	tests := []struct{ date, start, nine, end string }{
		{"2026-01-15", "2026-01-14T23:00:00Z", "2026-01-15T08:00:00Z", "2026-01-15T23:00:00Z"},
		{"2026-03-29", "2026-03-28T23:00:00Z", "2026-03-29T07:00:00Z", "2026-03-29T22:00:00Z"}, // 23 hours
		{"2026-10-25", "2026-10-24T22:00:00Z", "2026-10-25T08:00:00Z", "2026-10-25T23:00:00Z"}, // 25 hours
		{"2026-12-31", "2026-12-30T23:00:00Z", "2026-12-31T08:00:00Z", "2026-12-31T23:00:00Z"},
	}
	for _, tt := range tests {
		t.Run(tt.date, func(t *testing.T) {
			t.Parallel()
			d := day(t, tt.date)
			want := []string{tt.start, tt.nine, tt.end}
			got := []string{d.Start().Format(time.RFC3339), d.At(9, 0).Format(time.RFC3339), d.End().Format(time.RFC3339)}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
	var none calendar.Date
	if !none.Start().IsZero() || !none.End().IsZero() || !none.At(9, 0).IsZero() {
		t.Error("the zero Date has no instants")
	}
}

func TestEveryDayRunsFromItsStartToItsEnd(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		d := anyDate().Draw(t, "date")
		if calendar.DateOf(d.Start()) != d || calendar.DateOf(d.Start().Add(-1)) != d.AddDays(-1) {
			t.Fatalf("%v does not begin at %v", d, d.Start())
		}
		if d.End() != d.AddDays(1).Start() || calendar.DateOf(d.End().Add(-1)) != d {
			t.Fatalf("%v does not end at %v", d, d.End())
		}
	})
}

func TestDateInJSON(t *testing.T) {
	t.Parallel()
	type form struct {
		Birth calendar.Date `json:"birth"`
		Start calendar.Date `json:"start"`
		End   calendar.Date `json:"end,omitzero"`
	}
	want := form{Birth: day(t, "1940-02-29")}
	text, err := json.Marshal(want)
	if err != nil || string(text) != `{"birth":"1940-02-29","start":""}` {
		t.Fatalf("got %s, %v", text, err)
	}
	var got form
	if err := json.Unmarshal(text, &got); err != nil || got != want {
		t.Errorf("got %v, %v", got, err)
	}
	if err := json.Unmarshal([]byte(`{"birth":"1941-02-29"}`), &got); !errors.Is(err, calendar.ErrInvalid) {
		t.Errorf("a day that does not exist gave %v", err)
	}
	if got != want {
		t.Error("a refused text changed the date")
	}
}

func TestDateInSQL(t *testing.T) {
	t.Parallel()
	d := day(t, "2026-11-21")
	if v, err := d.Value(); err != nil || v != "2026-11-21" {
		t.Errorf("value %v, %v", v, err)
	}
	if v, err := (calendar.Date{}).Value(); err != nil || v != nil {
		t.Errorf("value of the zero Date %v, %v", v, err)
	}
	tests := []struct {
		name  string
		src   any
		want  calendar.Date
		valid bool
	}{
		{"NULL", nil, calendar.Date{}, true},
		{"date as the driver gives it", time.Date(2026, 11, 21, 0, 0, 0, 0, time.UTC), d, true},
		{"date in another zone", time.Date(2026, 11, 21, 0, 0, 0, 0, time.FixedZone("", -5*3600)), d, true},
		{"text", "2026-11-21", d, true},
		{"bytes", []byte("2026-11-21"), d, true},
		{"timestamp", time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC), calendar.Date{}, false},
		{"infinity", "infinity", calendar.Date{}, false},
		{"number", int64(20261121), calendar.Date{}, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var got calendar.Date
			err := got.Scan(tt.src)
			if got != tt.want || tt.valid != (err == nil) || (err != nil && !errors.Is(err, calendar.ErrInvalid)) {
				t.Errorf("got %v, %v", got, err)
			}
		})
	}
}

func TestMinAndMax(t *testing.T) {
	t.Parallel()
	a, b := day(t, "2026-12-31"), day(t, "2027-01-01")
	if calendar.Min(a, b) != a || calendar.Min(b, a) != a || calendar.Max(a, b) != b || calendar.Max(b, a) != b {
		t.Error("wrong order")
	}
	var none calendar.Date
	if calendar.Min(a, none) != none || calendar.Max(none, a) != a {
		t.Error("the zero Date is the earliest")
	}
}

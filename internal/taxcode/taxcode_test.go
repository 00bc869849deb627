package taxcode_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"dimissioni/internal/calendar"
	"dimissioni/internal/taxcode"
)

func parse(t *testing.T, s string) taxcode.Code {
	t.Helper()
	c, err := taxcode.Parse(s)
	if err != nil {
		t.Fatalf("code of the test: %v", err)
	}
	return c
}

func TestParseReadsThePerson(t *testing.T) {
	t.Parallel()
	tests := []struct {
		text, birth, sex, place string
	}{
		{"RSSMRA80A01H501U", "1980-01-01", "M", "H501"},
		{"RSSMRA85T10A562S", "1985-12-10", "M", "A562"},
		{"RSSMRA80A01H50MM", "1980-01-01", "M", "H501"}, // omocodia in one place
		{"RSSMRA80A01H5LMX", "1980-01-01", "M", "H501"}, // in two
		{"RSSMRA80A01D142M", "1980-01-01", "M", "D142"},
		{"MRALCU40R41D142B", "1940-10-01", "F", "D142"},
		{" \trssmra80a01h501u\n", "1980-01-01", "M", "H501"},
	}
	for _, tt := range tests {
		t.Run(tt.text, func(t *testing.T) {
			t.Parallel()
			c := parse(t, tt.text)
			if want := strings.ToUpper(strings.TrimSpace(tt.text)); c.String() != want {
				t.Errorf("written %s", c)
			}
			got := []string{c.Birth(calendar.NewDate(2026, 11, 21)).String(), c.Sex(), c.Place()}
			if diff := cmp.Diff([]string{tt.birth, tt.sex, tt.place}, got); diff != "" {
				t.Error(diff)
			}
			if c.Provisional() {
				t.Error("provisional")
			}
		})
	}
}

func TestParseRefuses(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, text string
		want       error
	}{
		{"empty", "", taxcode.ErrForm},
		{"short", "RSSMRA80A01H501", taxcode.ErrForm},
		{"long", "RSSMRA80A01H501UU", taxcode.ErrForm},
		{"space inside", "RSSMRA 80A01H501", taxcode.ErrForm},
		{"digit among the letters", "RS5MRA80A01H501U", taxcode.ErrForm},
		{"letter that is not omocodia", "RSSMRA8OA01H501U", taxcode.ErrForm},
		{"month that is not one", "RSSMRA80F01H501U", taxcode.ErrForm},
		{"not ASCII", "RSSMRA80A01H50\u00b2", taxcode.ErrForm},
		{"dotless i, upper case I", "RSSMRA80A01H5\u0131U", taxcode.ErrForm},
		{"wrong check character", "RSSMRA80A01H501V", taxcode.ErrCheck},
		{"letters exchanged", "RSMSRA80A01H501U", taxcode.ErrCheck},
		{"omocodia without its own check character", "RSSMRA80A01H50MU", taxcode.ErrCheck},
		{"day 0", withCheck(t, "RSSMRA80A00H501"), taxcode.ErrBirth},
		{"day 32", withCheck(t, "RSSMRA80A32H501"), taxcode.ErrBirth},
		{"day 40", withCheck(t, "RSSMRA80A40H501"), taxcode.ErrBirth},
		{"day 72", withCheck(t, "RSSMRA80A72H501"), taxcode.ErrBirth},
		{"day 81", withCheck(t, "RSSMRA80A81H501"), taxcode.ErrBirth},
		{"31 April", withCheck(t, "RSSMRA80D31H501"), taxcode.ErrBirth},
		{"29 February 1981", withCheck(t, "RSSMRA81B29H501"), taxcode.ErrBirth},
		{"30 February 1980, a woman", withCheck(t, "RSSMRA80B70H501"), taxcode.ErrBirth},
		{"provisional with a wrong check digit", "12345678904", taxcode.ErrCheck},
		{"provisional with a letter", "1234567890L", taxcode.ErrForm},
		{"only zeros", "00000000000", taxcode.ErrForm},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			c, err := taxcode.Parse(tt.text)
			if !errors.Is(err, tt.want) || c != (taxcode.Code{}) {
				t.Errorf("got %q, %v, want %v", c, err, tt.want)
			}
		})
	}
}

// withCheck adds the only check character that fits: the one whose code is refused for another reason, or accepted.
func withCheck(t interface{ Fatalf(string, ...any) }, first15 string) string {
	var fitting []string
	for letter := 'A'; letter <= 'Z'; letter++ {
		if _, err := taxcode.Parse(first15 + string(letter)); !errors.Is(err, taxcode.ErrCheck) {
			fitting = append(fitting, first15+string(letter))
		}
	}
	if len(fitting) != 1 {
		t.Fatalf("%s has %d check characters", first15, len(fitting))
		return ""
	}
	return fitting[0]
}

func TestProvisionalCodesTellNothing(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"12345678903", "80000000002", "99999999990"} {
		t.Run(text, func(t *testing.T) {
			t.Parallel()
			c := parse(t, text)
			if !c.Provisional() || c.String() != text {
				t.Errorf("got %q, provisional %v", c, c.Provisional())
			}
			saysNothing(t, c)
		})
	}
	if none := (taxcode.Code{}); none.Provisional() || none.String() != "" {
		t.Error("the zero Code means none")
	}
	saysNothing(t, taxcode.Code{})
}

func saysNothing(t *testing.T, c taxcode.Code) {
	t.Helper()
	birth := calendar.NewDate(1980, 1, 1)
	if !c.Birth(calendar.NewDate(2026, 1, 1)).IsZero() || c.Sex() != "" || c.Place() != "" {
		t.Error("it tells birth, sex or place")
	}
	if c.Mismatches(birth, "F", "H501") != nil || !c.NameMatches("Rossi", "Mario") {
		t.Error("it differs from the person")
	}
}

func TestBirthIsNeverInTheFuture(t *testing.T) {
	t.Parallel()
	tests := []struct{ code, reference, want string }{
		{"RSSMRA26S21H501", "2026-11-20", "1926-11-21"},
		{"RSSMRA26S21H501", "2026-11-21", "2026-11-21"},
		{"RSSMRA26S21H501", "2027-01-01", "2026-11-21"},
		{"RSSMRA27A01H501", "2026-12-31", "1927-01-01"},
		{"RSSMRA00A01H501", "2026-11-21", "2000-01-01"},
		{"RSSMRA00A01H501", "1999-12-31", "1900-01-01"},
		{"RSSMRA99T31H501", "2026-11-21", "1999-12-31"},
		{"RSSMRA28B29H501", "2026-11-21", "1928-02-29"},
		{"RSSMRA28B69H501", "2028-02-29", "2028-02-29"},
		{"RSSMRA00B29H501", "2026-11-21", "2000-02-29"},
		{"RSSMRA00B29H501", "1999-12-31", ""}, // 1900 was not a leap year
		{"RSSMRA80A01H501", "", ""},
	}
	for _, tt := range tests {
		t.Run(tt.code+" on "+tt.reference, func(t *testing.T) {
			t.Parallel()
			var reference calendar.Date
			if err := reference.UnmarshalText([]byte(tt.reference)); err != nil {
				t.Fatal(err)
			}
			if got := parse(t, withCheck(t, tt.code)).Birth(reference); got.String() != tt.want {
				t.Errorf("got %v, want %s", got, tt.want)
			}
		})
	}
}

func TestMismatchesAreWarnings(t *testing.T) {
	t.Parallel()
	const woman = "MRALCU40R41D142B"
	right := calendar.NewDate(1940, 10, 1)
	tests := []struct {
		name, code     string
		birth          calendar.Date
		sex, cadastral string
		want           []string
	}{
		{"all right", woman, right, "F", "D142", nil},
		{"nothing to compare", woman, calendar.Date{}, "", "", nil},
		{"case does not matter", woman, right, "f", "d142", nil},
		{"omocodia undone", "RSSMRA80A01H5LMX", calendar.NewDate(1980, 1, 1), "M", "H501", nil},
		{"a century older", woman, calendar.NewDate(1840, 10, 1), "", "", nil},
		{"another year", woman, calendar.NewDate(1941, 10, 1), "", "", []string{"birth_date"}},
		{"another month", woman, calendar.NewDate(1940, 1, 1), "", "", []string{"birth_date"}},
		{"another day", woman, calendar.NewDate(1940, 10, 2), "", "", []string{"birth_date"}},
		{"another sex", woman, right, "M", "D142", []string{"sex"}},
		{"another place", woman, right, "F", "H501", []string{"place"}},
		{"all wrong", woman, calendar.NewDate(1950, 5, 5), "M", "H501", []string{"birth_date", "sex", "place"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(tt.want, parse(t, tt.code).Mismatches(tt.birth, tt.sex, tt.cadastral)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestCodeInJSON(t *testing.T) {
	t.Parallel()
	type form struct{ Code, None taxcode.Code }
	want := form{Code: parse(t, "MRALCU40R41D142B")}
	text, err := json.Marshal(want)
	if err != nil || string(text) != `{"Code":"MRALCU40R41D142B","None":""}` {
		t.Fatalf("got %s, %v", text, err)
	}
	var got form
	if err := json.Unmarshal(text, &got); err != nil || got != want {
		t.Errorf("got %v, %v", got, err)
	}
	if err := json.Unmarshal([]byte(`{"Code":"MRALCU40R41D142C"}`), &got); !errors.Is(err, taxcode.ErrCheck) || got != want {
		t.Errorf("a wrong code gave %v, %v", got, err)
	}
}

func FuzzParse(f *testing.F) {
	for _, seed := range []string{
		"RSSMRA80A01H501U", "rssmra80a01h5lmx ", "MRALCU40R41D142B", "12345678903", "00000000000", "", "ÀÈÌÒÙ", "RSSMRA80A01H50²",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		c, err := taxcode.Parse(text)
		if err != nil {
			if c != (taxcode.Code{}) || len(text) > 10 && strings.Contains(err.Error(), text) {
				t.Errorf("refused with %q, %v", c, err)
			}
			return
		}
		if again, err := taxcode.Parse(c.String()); err != nil || again != c {
			t.Errorf("%q read again is %q, %v", c, again, err)
		}
		reference := calendar.NewDate(2026, 11, 21)
		birth := c.Birth(reference)
		if birth.After(reference) || c.Provisional() != birth.IsZero() {
			t.Errorf("%q is born on %v", c, birth)
		}
		if found := c.Mismatches(birth, c.Sex(), c.Place()); found != nil {
			t.Errorf("%q differs from itself in %v", c, found)
		}
	})
}

package taxcode_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"dimissioni/internal/calendar"
	"dimissioni/internal/taxcode"
)

// person is what a code is made of.
type person struct {
	family, given  string
	birth          calendar.Date
	sex, cadastral string
}

func (p person) code() taxcode.Code {
	return taxcode.Make(p.family, p.given, p.birth, p.sex, p.cadastral)
}

func anyPerson() *rapid.Generator[person] {
	return rapid.Custom(func(t *rapid.T) person {
		return person{
			family:    rapid.StringMatching(`[A-Za-zàèéìòùçñ' -]{0,12}`).Draw(t, "family"),
			given:     rapid.String().Draw(t, "given"),
			birth:     calendar.NewDate(1900, time.January, 1+rapid.IntRange(0, 46000).Draw(t, "days")), // to 2025
			sex:       rapid.SampledFrom([]string{"M", "F"}).Draw(t, "sex"),
			cadastral: rapid.StringMatching(`[A-MZ][0-9]{3}`).Draw(t, "cadastral"),
		}
	})
}

func TestMakeFollowsTheDecree(t *testing.T) {
	t.Parallel()
	first, october := calendar.NewDate(1980, 1, 1), calendar.NewDate(1940, 10, 1)
	tests := []struct {
		person
		want string
	}{
		{person{"Rossi", "Mario", first, "M", "H501"}, "RSSMRA80A01H501U"},
		{person{"Rossi", "Mario", calendar.NewDate(1985, 12, 10), "M", "A562"}, "RSSMRA85T10A562S"},
		{person{"rossi", "mario", first, "M", "d142"}, "RSSMRA80A01D142M"},
		{person{"Mauri", "Lucia", october, "F", "D142"}, "MRALCU40R41D142B"},
	}
	for _, tt := range tests {
		t.Run(tt.want, func(t *testing.T) {
			t.Parallel()
			if got := tt.code(); got.String() != tt.want {
				t.Errorf("got %q", got)
			}
		})
	}
}

func TestLettersOfNames(t *testing.T) {
	t.Parallel()
	tests := []struct{ family, given, want string }{
		{"Rossi", "Mario", "RSSMRA"},
		{"Fo", "Dario", "FOXDRA"},         // two letters and X
		{"Aia", "Ia", "AIAIAX"},           // vowels only
		{"O", "Li", "OXXLIX"},             // one letter
		{"De Marchi", "Anna", "DMRNNA"},   // words together
		{"D'Angelo", "Gianna", "DNGGNN"},  // three consonants: all of them
		{"Bianchi", "Giovanna", "BNCGNN"}, // four: the second skipped
		{"Verdi", "Alessandro", "VRDLSN"}, // five
		{"Nicolò", "Niccolò", "NCLNCL"},
		{"Niccolo'", "Noè", "NCCNOE"}, // an apostrophe for an accent
		{"Müller", "Jürgen", "MLLJGN"},
		{"Höß", "Åsa", "HSSSAA"},
		{"Șerban", "Ștefan", "SRBSFN"},
		{"Noe\u0300", "Re\u0301mi", "NOERME"}, // accents written apart
		{"Hu", "Xi", "HUXXIX"},
	}
	for _, tt := range tests {
		t.Run(tt.family+" "+tt.given, func(t *testing.T) {
			t.Parallel()
			c := taxcode.Make(tt.family, tt.given, calendar.NewDate(1950, 6, 1), "F", "D142")
			if got := c.String(); got == "" || got[:6] != tt.want {
				t.Errorf("got %q, want %s", got, tt.want)
			}
			if !c.NameMatches(tt.family, tt.given) || !c.NameMatches("", "") {
				t.Error("the names do not match")
			}
			if c.NameMatches("Quzzq", tt.given) || c.NameMatches(tt.family, "Quzzq") {
				t.Error("other names match")
			}
		})
	}
}

func TestMakeRefusesWhatCannotBeAPerson(t *testing.T) {
	t.Parallel()
	birth := calendar.NewDate(1950, 6, 1)
	tests := map[string]person{
		"no birth":             {"Rossi", "Mario", calendar.Date{}, "M", "D142"},
		"day that is not one":  {"Rossi", "Mario", calendar.Date{Year: 1950, Month: 2, Day: 30}, "M", "D142"},
		"before our era":       {"Rossi", "Mario", calendar.NewDate(-50, 6, 1), "M", "D142"},
		"no sex":               {"Rossi", "Mario", birth, "", "D142"},
		"no place":             {"Rossi", "Mario", birth, "M", ""},
		"short place":          {"Rossi", "Mario", birth, "M", "D14"},
		"place of digits":      {"Rossi", "Mario", birth, "M", "1142"},
		"place not ASCII":      {"Rossi", "Mario", birth, "M", "D1é"},
		"place of punctuation": {"Rossi", "Mario", birth, "M", "D1-2"},
	}
	for name, p := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := p.code(); got != (taxcode.Code{}) {
				t.Errorf("got %q", got)
			}
		})
	}
}

func TestMadeCodesAreReadBack(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p := anyPerson().Draw(t, "person")
		made := p.code()
		if c, err := taxcode.Parse(made.String()); err != nil || c != made || c.Provisional() {
			t.Fatalf("%q is read as %q, %v", made, c, err)
		}
		if found := made.Mismatches(p.birth, p.sex, p.cadastral); found != nil || !made.NameMatches(p.family, p.given) {
			t.Fatalf("%q differs in %v or in the names", made, found)
		}
		if born := made.Birth(p.birth); born != p.birth || made.Sex() != p.sex || made.Place() != p.cadastral {
			t.Fatalf("%q tells %v, %s, %s", made, born, made.Sex(), made.Place())
		}
	})
}

func TestOmocodiaTellsTheSamePerson(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p := anyPerson().Draw(t, "person")
		text := []byte(p.code().String())
		for _, place := range []int{6, 7, 9, 10, 12, 13, 14} {
			if rapid.Bool().Draw(t, "replaced") {
				text[place] = "LMNPQRSTUV"[text[place]-'0']
			}
		}
		c, err := taxcode.Parse(withCheck(t, string(text[:15])))
		if err != nil || string(text[:15]) != c.String()[:15] {
			t.Fatalf("%s is read as %q, %v", text, c, err)
		}
		if found := c.Mismatches(p.birth, p.sex, p.cadastral); found != nil || !c.NameMatches(p.family, p.given) {
			t.Fatalf("%q differs in %v or in the names", c, found)
		}
	})
}

func TestOneMistypedCharacterIsAlwaysFound(t *testing.T) {
	t.Parallel()
	const characters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
	rapid.Check(t, func(t *rapid.T) {
		right := anyPerson().Draw(t, "person").code().String()
		wrong := []byte(right)
		wrong[rapid.IntRange(0, 15).Draw(t, "place")] = characters[rapid.IntRange(0, 35).Draw(t, "character")]
		if _, err := taxcode.Parse(string(wrong)); (err == nil) != (string(wrong) == right) {
			t.Fatalf("%s for %s gave %v", wrong, right, err)
		}
	})
}

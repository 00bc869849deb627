// Package taxcode reads the Italian tax code (codice fiscale): the 16 characters of a person (decree of the Ministry of
// Finance 23 December 1976, n. 13813) and the 11 digits of those who only have a provisional one. What it finds out of
// place is for a warning, never for a refusal of care (DOMAIN.md, People, forms, records).
package taxcode

import (
	"errors"
	"strings"
	"time"

	"dimissioni/internal/calendar"
)

// Why Parse refuses a text. The messages are for people and never repeat the text.
var (
	// ErrForm says that the characters are not as many as they should be, or not of the right kind.
	ErrForm = errors.New("il codice fiscale ha 16 lettere e cifre, oppure 11 cifre se provvisorio")
	// ErrCheck says that the last character does not follow from the others: one of them is mistyped.
	ErrCheck = errors.New("il codice fiscale contiene un errore di battitura: il carattere di controllo non torna")
	// ErrBirth says that the birth date in the code does not exist, though its check character is right.
	ErrBirth = errors.New("la data di nascita scritta nel codice fiscale non esiste")
)

// What Mismatches answers.
const (
	MismatchBirth = "birth_date"
	MismatchSex   = "sex"
	MismatchPlace = "place"
)

const (
	pattern   = "AAAAAA00A00A000A" // A: a letter; 0: a digit, or the letter that stands for it
	omocodia  = "LMNPQRSTUV"       // the letters for the digits 0 to 9, when two people would share a code
	months    = "ABCDEHLMPRST"
	filler    = "00000000000" // typed to get past a form; its check digit happens to be right
	femaleDay = 40            // added to the day of birth of women
)

// oddValues are the values of the characters in 1st, 3rd, ... 15th place, by their order (0 or A first).
var oddValues = [26]int{1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23}

// Code is a tax code well formed and with the right check character; made by Parse or Make. The zero Code means none.
// Codes are equal when written the same: one with omocodia belongs to another person than the one without.
type Code struct{ text string }

// Parse reads a tax code, without regard for case and for spaces around it. Letters at the seven numeric places are
// accepted (omocodia), and so are provisional codes of 11 digits. Errors are ErrForm, ErrCheck and ErrBirth.
func Parse(s string) (Code, error) {
	s = upper(strings.TrimSpace(s))
	switch {
	case len(s) == len(filler):
		return parseProvisional(s)
	case len(s) != len(pattern):
		return Code{}, ErrForm
	}
	for i := range len(pattern) {
		if pattern[i] == 'A' && !isLetter(s[i]) || pattern[i] == '0' && !isDigit(plainDigit(s[i])) {
			return Code{}, ErrForm
		}
	}
	if !strings.Contains(months, s[8:9]) {
		return Code{}, ErrForm
	}
	if s[15] != checkLetter(s[:15]) {
		return Code{}, ErrCheck
	}
	c := Code{s}
	year, month, day := c.birth()
	if !exists(calendar.Date{Year: 2000 + year, Month: month, Day: day}) { // every day of 19xx is also in 20xx
		return Code{}, ErrBirth
	}
	return c, nil
}

// String is the code as it was given, in upper case; "" for the zero Code.
func (c Code) String() string { return c.text }

// MarshalText is String, so that a Code in JSON is not silently empty.
func (c Code) MarshalText() ([]byte, error) { return []byte(c.text), nil }

// UnmarshalText reads what Parse reads, and the empty text as the zero Code.
func (c *Code) UnmarshalText(text []byte) error {
	if len(text) == 0 {
		*c = Code{}
		return nil
	}
	parsed, err := Parse(string(text))
	if err != nil {
		return err
	}
	*c = parsed
	return nil
}

// Provisional says that the code is one of 11 digits, which tells nothing about the person.
func (c Code) Provisional() bool { return len(c.text) == len(filler) }

// Birth is the birth date, in the latest century that does not put it after reference. The code has two digits for the
// year: whoever is over a hundred comes out a child, so ask the person's birth date when there is one. Zero for a
// provisional or zero Code, for a zero reference, and for a 29 February that no such century has.
func (c Code) Birth(reference calendar.Date) calendar.Date {
	if !c.personal() || reference.IsZero() {
		return calendar.Date{}
	}
	year, month, day := c.birth()
	for year += reference.Year - reference.Year%100; year > reference.Year-200; year -= 100 {
		if d := (calendar.Date{Year: year, Month: month, Day: day}); exists(d) && !d.After(reference) {
			return d
		}
	}
	return calendar.Date{}
}

// Sex is "M" or "F"; "" for a provisional or zero Code.
func (c Code) Sex() string {
	switch {
	case !c.personal():
		return ""
	case c.dayAndSex() > femaleDay:
		return "F"
	default:
		return "M"
	}
}

// Place is the cadastral code of the place of birth, a municipality or, with Z, a foreign country; "" for a provisional
// or zero Code.
func (c Code) Place() string {
	if !c.personal() {
		return ""
	}
	return c.plain()[11:15]
}

// Mismatches is what the code tells otherwise than the arguments, in this order: MismatchBirth, MismatchSex,
// MismatchPlace. A zero birth and an empty sex or cadastral code are not compared; of a provisional or zero Code nothing
// is. The century of the birth is not in the code, so it cannot be wrong.
func (c Code) Mismatches(birth calendar.Date, sex, cadastral string) []string {
	if !c.personal() {
		return nil
	}
	var found []string
	year, month, day := c.birth()
	if !birth.IsZero() && (birth.Year%100 != year || birth.Month != month || birth.Day != day) {
		found = append(found, MismatchBirth)
	}
	if sex != "" && !strings.EqualFold(sex, c.Sex()) {
		found = append(found, MismatchSex)
	}
	if cadastral != "" && !strings.EqualFold(cadastral, c.Place()) {
		found = append(found, MismatchPlace)
	}
	return found
}

// parseProvisional reads the 11 digits, the last of which is computed as in a VAT number.
func parseProvisional(s string) (Code, error) {
	sum := 0
	for i := range len(s) {
		if !isDigit(s[i]) {
			return Code{}, ErrForm
		}
		n := int(s[i] - '0')
		if i%2 == 1 {
			n = n*2/10 + n*2%10
		}
		sum += n
	}
	switch {
	case s == filler:
		return Code{}, ErrForm
	case sum%10 != 0:
		return Code{}, ErrCheck
	}
	return Code{s}, nil
}

// checkLetter is the 16th character that follows from the first 15.
func checkLetter(first15 string) byte {
	sum := 0
	for i := range len(first15) {
		order := int(first15[i] - '0')
		if isLetter(first15[i]) {
			order = int(first15[i] - 'A')
		}
		if i%2 == 0 { // the 1st, 3rd, ... character
			order = oddValues[order]
		}
		sum += order
	}
	return 'A' + byte(sum%26)
}

// personal says that the code has 16 characters and speaks of a person.
func (c Code) personal() bool { return len(c.text) == len(pattern) }

// plain is the code with its omocodia undone; the check character stays the old one.
func (c Code) plain() string {
	text := []byte(c.text)
	for i := range text {
		if pattern[i] == '0' {
			text[i] = plainDigit(text[i])
		}
	}
	return string(text)
}

// birth is the birth date with a year of the century, 0 to 99.
func (c Code) birth() (int, time.Month, int) {
	day := c.dayAndSex()
	if day > femaleDay {
		day -= femaleDay
	}
	return c.number(6), time.Month(1 + strings.IndexByte(months, c.text[8])), day
}

func (c Code) dayAndSex() int { return c.number(9) }

// number is the two digits from that place on.
func (c Code) number(at int) int {
	text := c.plain()
	return int(text[at]-'0')*10 + int(text[at+1]-'0')
}

// plainDigit is the digit that an omocodia letter stands for; any other character is itself.
func plainDigit(b byte) byte {
	if i := strings.IndexByte(omocodia, b); i >= 0 {
		return "0123456789"[i]
	}
	return b
}

// upper leaves alone what is not ASCII: strings.ToUpper would make a Latin letter of some that are not.
func upper(s string) string {
	return strings.Map(func(r rune) rune {
		if 'a' <= r && r <= 'z' {
			return r - 'a' + 'A'
		}
		return r
	}, s)
}

func exists(d calendar.Date) bool { return d == calendar.NewDate(d.Year, d.Month, d.Day) }

func isLetter(b byte) bool { return 'A' <= b && b <= 'Z' }

func isDigit(b byte) bool { return '0' <= b && b <= '9' }

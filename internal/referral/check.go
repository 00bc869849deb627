package referral

import (
	"fmt"
	"net/mail"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"dimissioni/internal/calendar"
	"dimissioni/internal/discharge"
	"dimissioni/internal/strictjson"
	"dimissioni/internal/taxcode"
)

// text checks what stands in one field.
func (c *checks) text(f field) {
	text := *f.at
	if text == "" {
		if f.required {
			c.add(f.path, codeRequired, "Questo dato è obbligatorio.")
		}
		return
	}
	if f.codes != nil {
		if !slices.Contains(f.codes, text) {
			c.add(f.path, codeUnknown, "Scegliere una delle voci previste: "+strings.Join(f.codes, ", ")+".")
		}
		return
	}
	longest := f.shape.longest()
	switch {
	case !f.shape.printable(text):
		c.add(f.path, codeFormat, "Il testo contiene caratteri che non si vedono o che ne cambiano il verso: lo riscriva.")
	case utf8.RuneCountInString(text) > longest:
		c.add(f.path, codeTooLong, fmt.Sprintf("Il testo è troppo lungo: al massimo %d caratteri.", longest))
	default:
		if wrong := f.shape.wrong(text); wrong != "" {
			c.add(f.path, codeFormat, wrong)
		}
	}
}

// longest is how many characters such a text may have.
func (s shape) longest() int {
	switch s {
	case note:
		return maxNote
	case name:
		return maxName
	default:
		return maxLine
	}
}

// printable says that every character can be seen, or, in a note, starts a line or a column.
func (s shape) printable(text string) bool {
	return !strings.ContainsFunc(text, func(r rune) bool {
		if s == note && (r == '\n' || r == '\t' || r == utf8.RuneError) {
			return false
		}
		return unicode.IsControl(r) || strictjson.Hidden(r) || r == utf8.RuneError
	})
}

// wrong says why the text cannot be such a thing; "" when it can.
func (s shape) wrong(text string) string {
	switch s {
	case name:
		if !strings.ContainsFunc(text, unicode.IsLetter) {
			return "Un nome ha almeno una lettera."
		}
	case phone:
		if !isPhone(text) {
			return "Un numero di telefono ha da 5 a 20 cifre, con spazi e con il + all'inizio."
		}
	case email:
		if a, err := mail.ParseAddress(text); err != nil || a.Address != text {
			return "L'indirizzo e-mail non è scritto correttamente."
		}
	case fiscal:
		if _, err := taxcode.Parse(text); err != nil {
			return sentence(err.Error())
		}
	case agency:
		if len(text) < 5 || len(text) > 20 || strings.ContainsFunc(text, notCode) {
			return "Il codice STP o ENI ha solo lettere e cifre, di solito 16."
		}
	case istat:
		if len(text) != 6 || strings.ContainsFunc(text, notDigit) {
			return "Il codice ISTAT di un Comune ha 6 cifre."
		}
	case line, note, upper, lower:
	}
	return ""
}

// isPhone says that the text is 5 to 20 digits, with spaces and a leading +.
func isPhone(text string) bool {
	digits := strings.ReplaceAll(strings.TrimPrefix(text, "+"), " ", "")
	return len(digits) >= 5 && len(digits) <= 20 && !strings.ContainsFunc(digits, notDigit)
}

func notDigit(r rune) bool { return r < '0' || r > '9' }

func notCode(r rune) bool { return notDigit(r) && (r < 'A' || r > 'Z') }

// sentence is a message of another package, with a capital and a full stop.
func sentence(message string) string {
	first, size := utf8.DecodeRuneInString(message)
	return string(unicode.ToUpper(first)) + message[size:] + "."
}

// date checks that a date, when given, is not before first nor after last; a zero bound does not bind.
func (c *checks) date(path string, d, first, last calendar.Date, early, late string) {
	switch {
	case d.IsZero():
	case d.Before(first):
		c.add(path, codeTooEarly, early)
	case !last.IsZero() && d.After(last):
		c.add(path, codeTooLate, late)
	}
}

// within checks that a number, when given, goes from 0 to highest.
func (c *checks) within(path string, n *int, highest int) {
	if n != nil && (*n < 0 || *n > highest) {
		c.add(path, codeOutOfRange, fmt.Sprintf("Il valore va da 0 a %d.", highest))
	}
}

// codes checks a list of codes.
func (c *checks) codes(path string, given, known []string) {
	c.items(path, len(given))
	for i, code := range given {
		if !slices.Contains(known, code) {
			c.add(fmt.Sprintf("%s[%d]", path, i), codeUnknown,
				"Scegliere tra le voci previste: "+strings.Join(known, ", ")+".")
		}
	}
}

// items checks how long a list is.
func (c *checks) items(path string, n int) {
	if n > maxItems {
		c.add(path, codeTooLong, fmt.Sprintf("Le voci sono troppe: al massimo %d.", maxItems))
	}
}

// sorted is what was found, in the order of the groups of the form and, within a group, as it was found.
func (c *checks) sorted() []discharge.FieldError {
	order := append([]string{"programme_id", "early_notice", "urgent_reason"}, Groups...)
	slices.SortStableFunc(c.found, func(a, b discharge.FieldError) int {
		return slices.Index(order, groupOf(a.Field)) - slices.Index(order, groupOf(b.Field))
	})
	return c.found
}

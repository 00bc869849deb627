package strictjson

import (
	"encoding/json"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

// maxDepth is how deep objects and lists may nest.
const maxDepth = 32

// scanner walks over a JSON text. The text is walked twice: first by check, which trusts nothing, then by fill, which
// only looks where things are.
type scanner struct {
	data  []byte
	pos   int
	depth int
}

// check says that data is one JSON document and nothing else.
func check(data []byte) error {
	s := &scanner{data: data}
	if err := s.value(); err != nil {
		return err
	}
	if s.peek(); s.pos < len(data) {
		return &Error{Code: Syntax}
	}
	return nil
}

// value walks over the next value, whatever it is.
func (s *scanner) value() error {
	switch c := s.peek(); {
	case c == '{':
		return s.object(func(string) error { return s.value() })
	case c == '[':
		return s.list(func(int) error { return s.value() })
	case c == '"':
		_, err := s.text()
		return err
	case c == '-' || '0' <= c && c <= '9':
		return s.number()
	default:
		return s.literal()
	}
}

// object walks over an object; member must walk over the value of each key.
func (s *scanner) object(member func(key string) error) error {
	seen := map[string]bool{}
	return s.nested('{', '}', func(int) error {
		if s.peek() != '"' {
			return &Error{Code: Syntax}
		}
		key, err := s.text()
		switch {
		case err != nil:
			return inside("?", err)
		case s.peek() != ':':
			return &Error{Code: Syntax}
		case seen[key]:
			return &Error{Key(key), DuplicateKey}
		}
		seen[key] = true
		s.pos++
		if err := member(key); err != nil {
			return inside(Key(key), err)
		}
		return nil
	})
}

// list walks over a list; item must walk over each of its values.
func (s *scanner) list(item func(i int) error) error {
	return s.nested('[', ']', func(i int) error {
		if err := item(i); err != nil {
			return inside("["+strconv.Itoa(i)+"]", err)
		}
		return nil
	})
}

// nested walks over what stands between two brackets, separated by commas.
func (s *scanner) nested(opening, closing byte, each func(i int) error) error {
	if s.depth++; s.depth > maxDepth || s.peek() != opening {
		return &Error{Code: Syntax}
	}
	s.pos++
	for i := 0; i > 0 || s.peek() != closing; i++ {
		if err := each(i); err != nil {
			return err
		}
		if s.peek() != ',' {
			break
		}
		s.pos++
	}
	if s.peek() != closing {
		return &Error{Code: Syntax}
	}
	s.pos++
	s.depth--
	return nil
}

// text walks over a string and returns it, unquoted.
func (s *scanner) text() (string, error) {
	start := s.pos
	for s.pos++; s.pos < len(s.data) && s.data[s.pos] != '"'; {
		r, err := s.character()
		if err != nil {
			return "", err
		}
		if unicode.IsControl(r) && r != '\n' && r != '\t' && r != '\r' || Hidden(r) {
			return "", &Error{Code: ControlCharacter}
		}
	}
	if s.pos++; s.pos > len(s.data) {
		return "", &Error{Code: Syntax}
	}
	var unquoted string
	if err := json.Unmarshal(s.data[start:s.pos], &unquoted); err != nil {
		return "", &Error{Code: Syntax}
	}
	if strings.Count(unquoted, "\r") != strings.Count(unquoted, "\r\n") {
		return "", &Error{Code: ControlCharacter}
	}
	return unquoted, nil
}

// character walks over one character of a string, which may be escaped.
func (s *scanner) character() (rune, error) {
	r, size := utf8.DecodeRune(s.data[s.pos:])
	switch {
	case r == utf8.RuneError && size <= 1:
		return 0, &Error{Code: InvalidText}
	case r < ' ': // JSON wants it escaped
		return 0, &Error{Code: Syntax}
	case r != '\\':
		s.pos += size
		return r, nil
	}
	s.pos += 2
	switch s.at(s.pos - 1) {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		return escaped[s.data[s.pos-1]], nil
	case 'u':
	default:
		return 0, &Error{Code: Syntax}
	}
	first, ok := s.hex()
	if !ok {
		return 0, &Error{Code: Syntax}
	}
	if !utf16.IsSurrogate(first) {
		return first, nil
	}
	if s.at(s.pos) == '\\' && s.at(s.pos+1) == 'u' {
		s.pos += 2
		if second, ok := s.hex(); ok && utf16.DecodeRune(first, second) != unicode.ReplacementChar {
			return utf16.DecodeRune(first, second), nil
		}
	}
	return 0, &Error{Code: InvalidText}
}

// escaped are the characters that a letter after a backslash stands for.
var escaped = map[byte]rune{'"': '"', '\\': '\\', '/': '/', 'b': '\b', 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t'}

// hex reads the four digits after \u.
func (s *scanner) hex() (rune, bool) {
	if s.pos+4 > len(s.data) {
		return 0, false
	}
	n, err := strconv.ParseUint(string(s.data[s.pos:s.pos+4]), 16, 16)
	s.pos += 4
	return rune(n), err == nil
}

// number walks over what looks like a number and lets encoding/json judge it.
func (s *scanner) number() error {
	start := s.pos
	for s.pos < len(s.data) && strings.IndexByte("+-.0123456789Ee", s.data[s.pos]) >= 0 {
		s.pos++
	}
	if !json.Valid(s.data[start:s.pos]) {
		return &Error{Code: Syntax}
	}
	return nil
}

// literal walks over true, false or null.
func (s *scanner) literal() error {
	for _, word := range []string{"true", "false", "null"} {
		if strings.HasPrefix(string(s.data[s.pos:min(s.pos+len(word), len(s.data))]), word) {
			s.pos += len(word)
			return nil
		}
	}
	return &Error{Code: Syntax}
}

// peek is the next byte that is not white space, 0 at the end.
func (s *scanner) peek() byte {
	for s.pos < len(s.data) && strings.IndexByte(" \t\r\n", s.data[s.pos]) >= 0 {
		s.pos++
	}
	return s.at(s.pos)
}

// at is the byte there, 0 past the end.
func (s *scanner) at(pos int) byte {
	if pos >= len(s.data) {
		return 0
	}
	return s.data[pos]
}

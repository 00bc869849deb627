// Package strictjson reads JSON from outside without forgiving anything: what encoding/json would drop, replace or take
// for something else is an error here, and the error names the field.
//
// Refused: keys that the type does not have (they are compared exactly, "Name" is not "name"), the same key twice, a
// value of another type, a second document after the first, invalid UTF-8 and lone surrogates, control characters in
// texts but \n, \t and \r\n, characters that are [Hidden], nesting deeper than 32. A null leaves its field zero; it is
// refused inside a list and for the document itself.
//
// [Refusal] says the fault to people, in Italian.
//
// Tags are read as encoding/json reads them, names only: the option "string" and embedded pointers are not known here.
// Types with UnmarshalJSON or UnmarshalText read themselves; an [Error] of theirs keeps its path.
package strictjson

import (
	"errors"
	"fmt"
	"io"
	"strings"
)

// Code says what is wrong with the JSON.
type Code string

// The codes. The first three say that the text is not JSON that can be trusted, the others that it is, and does not fit.
const (
	Syntax           Code = "syntax"            // not JSON, too deep, or more than one document
	InvalidText      Code = "invalid_text"      // not UTF-8, or half a surrogate pair
	DuplicateKey     Code = "duplicate_key"     // the same key twice in an object
	UnknownField     Code = "unknown_field"     // a key that the type does not have
	WrongType        Code = "wrong_type"        // a text where a number is due, and the like
	InvalidValue     Code = "invalid_value"     // of the right type, refused by the type itself: a date that does not exist
	ControlCharacter Code = "control_character" // in a text or in a key; hidden ones too
)

// Error is the first fault found. Field is its path, "plan.interventions[0].minutes", and is empty for the document
// itself and for a fault of syntax. Neither repeats a value; a key that does not look like one of ours is written "?", since it may hold anything.
type Error struct {
	Field string
	Code  Code
}

func (e *Error) Error() string {
	if e.Field == "" {
		return "json: " + string(e.Code)
	}
	return "json: " + e.Field + ": " + string(e.Code)
}

// Decode reads the only JSON document of r into what into points at. It returns an *Error, or the error of r, wrapped. It
// reads to the end: whoever opens r bounds it.
func Decode(r io.Reader, into any) error {
	data, err := io.ReadAll(r)
	if err != nil {
		return fmt.Errorf("read json: %w", err)
	}
	return DecodeBytes(data, into)
}

// DecodeBytes is Decode of a text in memory. When it fails, into may be half filled.
func DecodeBytes(data []byte, into any) error {
	if err := check(data); err != nil {
		return err
	}
	return fill(data, into)
}

// inside puts a step before the path of an error.
func inside(step string, err error) error {
	var e *Error
	if !errors.As(err, &e) || e.Code == Syntax {
		return err
	}
	switch {
	case e.Field == "":
		return &Error{step, e.Code}
	case strings.HasPrefix(e.Field, "["):
		return &Error{step + e.Field, e.Code}
	default:
		return &Error{step + "." + e.Field, e.Code}
	}
}

// Key is a key as it may be shown: ours are short and in snake_case, another may hold anything and is "?".
func Key(key string) string {
	if key == "" || len(key) > 40 {
		return "?"
	}
	for _, c := range []byte(key) {
		if (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '_' {
			return "?"
		}
	}
	return key
}

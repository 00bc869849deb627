package strictjson

import (
	"errors"

	"dimissioni/internal/discharge"
)

// Refusal is what people are told of an error of this package: malformed when the text is not JSON that can be trusted,
// otherwise invalid, with the field. Nil for any other error, which is not the sender's fault or not ours to tell.
func Refusal(err error) *discharge.Error {
	var e *Error
	if !errors.As(err, &e) {
		return nil
	}
	refusal := discharge.Invalid(e.Field, string(e.Code), messages[e.Code])
	switch e.Code {
	case Syntax, InvalidText, DuplicateKey:
		refusal.Kind = discharge.KindMalformed
	}
	if e.Field == "" {
		refusal.Fields = nil
	}
	return refusal
}

var messages = map[Code]string{
	Syntax:           "Il testo inviato non è JSON valido.",
	InvalidText:      "Il testo inviato non è scritto correttamente in UTF-8.",
	DuplicateKey:     "Questo campo compare due volte.",
	UnknownField:     "Questo campo non è previsto.",
	WrongType:        "Il valore di questo campo è di un altro tipo.",
	InvalidValue:     "Il valore di questo campo non è valido.",
	ControlCharacter: "Il testo contiene caratteri di controllo.",
}

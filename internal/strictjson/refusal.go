package strictjson

import (
	"errors"

	"dimissioni/internal/discharge"
)

// Refusal is what people are told of an error of this package: malformed when the text is not JSON that can be trusted,
// otherwise invalid, with the field: a *discharge.Error. Any other error, which is not ours to tell, and nil come back as
// they are.
func Refusal(err error) error {
	var e *Error
	if !errors.As(err, &e) {
		return err
	}
	refusal := discharge.Invalid(e.Field, string(e.Code), messages[e.Code])
	switch e.Code {
	case Syntax, InvalidText, DuplicateKey:
		refusal.Kind = discharge.KindMalformed
	default:
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
	ControlCharacter: "Il testo contiene caratteri che non si vedono o che ne cambiano il verso: lo riscriva.",
}

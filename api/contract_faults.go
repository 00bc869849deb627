package api

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"

	"dimissioni/internal/discharge"
)

// fieldErrors are the faults of a body, in the order found, each field once. They never repeat a value.
func fieldErrors(err error) []discharge.FieldError {
	var fields []discharge.FieldError
	seen := map[string]bool{}
	var walk func(error)
	walk = func(err error) {
		switch e := err.(type) { //nolint:errorlint // a tree, walked node by node
		case openapi3.MultiError:
			for _, inner := range e {
				walk(inner)
			}
		case *openapi3.SchemaError:
			field := fieldPath(e.JSONPointer())
			if seen[field] {
				return
			}
			seen[field] = true
			code, message := faultOf(e)
			fields = append(fields, discharge.FieldError{Field: field, Code: code, Message: message})
		default:
			if inner := errors.Unwrap(err); inner != nil {
				walk(inner)
			}
		}
	}
	walk(err)
	return fields
}

// fieldPath writes a path as package strictjson does: plan.interventions[0].minutes.
func fieldPath(steps []string) string {
	var b strings.Builder
	for _, step := range steps {
		switch _, err := strconv.Atoi(step); {
		case err == nil:
			b.WriteString("[" + step + "]")
		case b.Len() > 0:
			b.WriteString("." + step)
		default:
			b.WriteString(step)
		}
	}
	return b.String()
}

// faultOf is the code and the Italian words of a schema's keyword.
func faultOf(e *openapi3.SchemaError) (code, message string) {
	switch e.SchemaField {
	case "required":
		return "required", "Questo dato è obbligatorio."
	case "enum":
		return "unknown", "Scegliere una delle voci previste" + choices(e.Schema.Enum) + "."
	case "minLength":
		if e.Schema.MinLength > 1 {
			return "too_short", fmt.Sprintf("Scrivere almeno %d caratteri.", e.Schema.MinLength)
		}
		return "required", "Questo dato è obbligatorio."
	case "maxLength":
		return "too_long", fmt.Sprintf("Il testo è troppo lungo: al massimo %d caratteri.", *e.Schema.MaxLength)
	case "maxItems":
		return "too_long", fmt.Sprintf("L'elenco è troppo lungo: al massimo %d voci.", *e.Schema.MaxItems)
	case "minimum":
		return "out_of_range", fmt.Sprintf("Il valore minimo è %v.", *e.Schema.Min)
	case "maximum":
		return "out_of_range", fmt.Sprintf("Il valore massimo è %v.", *e.Schema.Max)
	case "pattern", "format":
		if e.Schema.Pattern == somethingWritten {
			return "required", "Questo dato è obbligatorio."
		}
		return "format", "Il valore non è scritto nel modo previsto."
	case "type":
		return "wrong_type", "Il valore di questo campo è di un altro tipo."
	default:
		return "invalid_value", "Il valore di questo campo non è valido."
	}
}

// somethingWritten is the pattern of a text that may not be left blank.
const somethingWritten = `\S`

func choices(enum []any) string {
	words := make([]string, 0, len(enum))
	for _, v := range enum {
		if word, ok := v.(string); ok {
			words = append(words, word)
		}
	}
	if len(words) == 0 {
		return ""
	}
	return ": " + strings.Join(words, ", ")
}

package api

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/gin-gonic/gin"

	"dimissioni/internal/discharge"
	"dimissioni/internal/strictjson"
)

// addressed holds the address of a request against the contract. What stands in a path and can be nobody's id is not
// found, after the same time as an id of what may not be seen; a filter that is unknown or wrong is refused by name, since
// an answer without it would be taken for one with it.
func (s *server) addressed() gin.HandlerFunc {
	return s.handle(func(c *gin.Context) error {
		start := time.Now()
		known := s.contract.parameters[c.Request.Method+" "+c.FullPath()]
		for _, param := range c.Params {
			p := known.GetByInAndName(openapi3.ParameterInPath, param.Key)
			if p != nil && len(wrongValue(p.Schema.Value, param.Value)) > 0 {
				settle(c, start, s.notFoundTakes)
				return errNotFound
			}
		}
		given, err := url.ParseQuery(c.Request.URL.RawQuery)
		if err != nil {
			return errQuery
		}
		var wrong []discharge.FieldError
		for _, p := range known {
			if p.Value.In == openapi3.ParameterInQuery && p.Value.Required && given.Get(p.Value.Name) == "" {
				wrong = append(wrong, discharge.FieldError{
					Field: p.Value.Name, Code: "required", Message: "Questo dato è obbligatorio.",
				})
			}
		}
		for name, values := range given {
			wrong = append(wrong, wrongFilter(known.GetByInAndName(openapi3.ParameterInQuery, name), name, values)...)
		}
		if len(wrong) == 0 {
			return nil
		}
		slices.SortFunc(wrong, func(a, b discharge.FieldError) int { return strings.Compare(a.Field, b.Field) })
		return invalid(wrong)
	})
}

var errQuery = discharge.Refuse(discharge.KindMalformed, "L'indirizzo non si legge: un filtro non è scritto correttamente.")

// wrongFilter is what is wrong with the values of one filter, told once under its name. An empty one is not asked for;
// a list may be repeated, or have commas.
func wrongFilter(p *openapi3.Parameter, name string, values []string) []discharge.FieldError {
	if p == nil {
		return []discharge.FieldError{{
			Field: strictjson.Key(name), Code: string(strictjson.UnknownField), Message: "Questo filtro non è previsto.",
		}}
	}
	schema, list := p.Schema.Value, p.Schema.Value.Type.Is("array")
	if list {
		values, schema = strings.Split(strings.Join(values, ","), ","), schema.Items.Value
	}
	switch {
	case !list && len(values) > 1:
		return []discharge.FieldError{{
			Field: name, Code: string(strictjson.DuplicateKey), Message: "Questo filtro compare due volte.",
		}}
	case list && p.Schema.Value.MaxItems != nil && uint64(len(values)) > *p.Schema.Value.MaxItems:
		return []discharge.FieldError{{Field: name, Code: "too_long", Message: "Le voci di questo filtro sono troppe."}}
	}
	for _, value := range values {
		if value == "" {
			continue
		}
		if wrong := wrongValue(schema, value); len(wrong) > 0 {
			return []discharge.FieldError{{Field: name, Code: wrong[0].Code, Message: wrong[0].Message}}
		}
	}
	return nil
}

// wrongValue is what is wrong with a text that stands in an address.
func wrongValue(schema *openapi3.Schema, text string) []discharge.FieldError {
	var value any = text
	var err error
	switch {
	case !utf8.ValidString(text) || strings.ContainsFunc(text, unseen):
		return []discharge.FieldError{{Code: string(strictjson.ControlCharacter), Message: hiddenMessage}}
	case schema.Type.Is("integer"):
		value, err = strconv.Atoi(text)
	case schema.Type.Is("boolean"):
		value, err = strconv.ParseBool(text)
	}
	if err != nil {
		return []discharge.FieldError{{Code: string(strictjson.WrongType), Message: "Il valore di questo filtro è di un altro tipo."}}
	}
	return faultsOf(schema, value)
}

const hiddenMessage = "Il testo contiene caratteri che non si vedono o che ne cambiano il verso: lo riscriva."

// unseen says that a character has no place in one line of text.
func unseen(r rune) bool { return unicode.IsControl(r) || strictjson.Hidden(r) }

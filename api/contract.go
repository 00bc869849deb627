package api

import (
	"bytes"
	_ "embed" // the contract travels with the program
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"unicode"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/gin-gonic/gin"

	"dimissioni/internal/calendar"
	"dimissioni/internal/discharge"
	"dimissioni/internal/referral"
	"dimissioni/internal/strictjson"
)

//go:embed openapi.yaml
var openAPI []byte

// contract is openapi.yaml, ready to judge bodies.
type contract struct {
	doc    *openapi3.T
	bodies map[string]*openapi3.RequestBody // by method and route template
}

// readContract reads it once for the program; it is part of it, and a test reads it too.
var readContract = sync.OnceValue(func() *contract {
	doc, err := openapi3.NewLoader().LoadFromData(openAPI)
	if err != nil {
		panic(fmt.Errorf("read openapi.yaml: %w", err))
	}
	k := &contract{doc: doc, bodies: map[string]*openapi3.RequestBody{}}
	for path, item := range doc.Paths.Map() {
		for method, op := range item.Operations() {
			if op.RequestBody != nil {
				k.bodies[method+" "+routeOf(path)] = op.RequestBody.Value
			}
		}
	}
	return k
})

// routeOf is the router's template of a path of the contract.
func routeOf(path string) string {
	return base + strings.NewReplacer("{", ":", "}", "").Replace(path)
}

// body reads the JSON body into a struct of the same keys: strictly, then by the schema of the route.
func (s *server) body(c *gin.Context, into any) error {
	raw, err := s.rawBody(c)
	if err != nil {
		return err
	}
	return s.read(raw, c, into)
}

// read is body for a text that has been read.
func (s *server) read(raw []byte, c *gin.Context, into any) error {
	if err := strictjson.DecodeBytes(raw, into); err != nil {
		return refusalOf(err)
	}
	return s.contract.check(s.contract.bodies[c.Request.Method+" "+c.FullPath()], raw)
}

// readCommand is body for a command whose text has been read. The groups of a referral are left to package referral,
// which accepts more ways of writing them than the contract shows.
func (s *server) readCommand(raw []byte, c *gin.Context, into commandBody) error {
	if err := strictjson.DecodeBytes(raw, into); err != nil {
		return refusalOf(err)
	}
	if _, groups := into.(interface {
		given() map[string]json.RawMessage
	}); groups {
		var keys map[string]json.RawMessage
		if err := json.Unmarshal(raw, &keys); err != nil {
			return errMalformed
		}
		for _, group := range referral.Groups {
			delete(keys, group)
		}
		var err error
		if raw, err = json.Marshal(keys); err != nil {
			return errMalformed
		}
	}
	return s.contract.check(s.contract.bodies[c.Request.Method+" "+c.FullPath()], raw)
}

// rawBody reads the body to its end: an empty object when it may be absent and is.
func (s *server) rawBody(c *gin.Context) ([]byte, error) {
	raw, err := io.ReadAll(c.Request.Body)
	var tooLong *http.MaxBytesError
	switch {
	case errors.As(err, &tooLong):
		if b, ok := c.Request.Body.(*boundedBody); ok {
			b.drain()
		}
		return nil, errTooLarge
	case err != nil:
		return nil, errMalformed
	}
	if len(bytes.TrimSpace(raw)) > 0 {
		return raw, nil
	}
	if wanted := s.contract.bodies[c.Request.Method+" "+c.FullPath()]; wanted != nil && !wanted.Required {
		return []byte("{}"), nil
	}
	return nil, errMalformed
}

// refusalOf is what people are told of a decoder's error.
func refusalOf(err error) error {
	if refusal := strictjson.Refusal(err); refusal != nil {
		return refusal
	}
	return err
}

// check holds a body against its schema and names every field that does not fit.
func (k *contract) check(body *openapi3.RequestBody, raw []byte) error {
	if body == nil {
		return nil
	}
	var value any
	if err := json.Unmarshal(raw, &value); err != nil {
		return errMalformed
	}
	schema := body.Content.Get("application/json").Schema.Value
	err := schema.VisitJSON(withoutNulls(value), openapi3.VisitAsRequest(), openapi3.MultiErrors(),
		openapi3.DisableSchemaErrorDetails(),
		openapi3.WithStringFormatValidator("date", formatOf(func(s string) error { _, err := calendar.ParseDate(s); return err })),
		openapi3.WithStringFormatValidator("uuid", formatOf(checkUUID)))
	if err == nil {
		return nil
	}
	fields := fieldErrors(err)
	return &discharge.Error{Kind: discharge.KindInvalid, Message: headline(fields), Fields: fields}
}

// invalid refuses several fields at once.
func invalid(fields []discharge.FieldError) error {
	return &discharge.Error{Kind: discharge.KindInvalid, Message: headline(fields), Fields: fields}
}

func headline(fields []discharge.FieldError) string {
	if len(fields) == 1 {
		return fields[0].Message
	}
	return "Ci sono " + strconv.Itoa(len(fields)) + " dati da correggere."
}

func formatOf(check func(string) error) openapi3.StringFormatValidator {
	return openapi3.NewCallbackValidator(check)
}

var errFormat = errors.New("wrong format")

func checkUUID(s string) error {
	if len(s) != 36 {
		return errFormat
	}
	for i, r := range s {
		dash := i == 8 || i == 13 || i == 18 || i == 23
		if dash != (r == '-') || !dash && !unicode.Is(unicode.ASCII_Hex_Digit, r) {
			return errFormat
		}
	}
	return nil
}

// withoutNulls drops the keys that are null: they say nothing, as if they were not there.
func withoutNulls(value any) any {
	switch v := value.(type) {
	case map[string]any:
		for key, item := range v {
			if item == nil {
				delete(v, key)
				continue
			}
			v[key] = withoutNulls(item)
		}
	case []any:
		for i, item := range v {
			v[i] = withoutNulls(item)
		}
	}
	return value
}

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
		return "format", "Il valore non è scritto nel modo previsto."
	case "type":
		return "wrong_type", "Il valore di questo campo è di un altro tipo."
	default:
		return "invalid_value", "Il valore di questo campo non è valido."
	}
}

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

package api

import (
	"bytes"
	_ "embed" // the contract travels with the program
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
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
	doc        *openapi3.T
	bodies     map[string]*openapi3.RequestBody // by method and route template
	parameters map[string]openapi3.Parameters   // the same
}

// readContract reads it once for the program; it is part of it, and a test reads it too.
var readContract = sync.OnceValue(func() *contract {
	doc, err := openapi3.NewLoader().LoadFromData(openAPI)
	if err != nil {
		panic(fmt.Errorf("read openapi.yaml: %w", err))
	}
	k := &contract{
		doc: doc, bodies: map[string]*openapi3.RequestBody{}, parameters: map[string]openapi3.Parameters{},
	}
	for path, item := range doc.Paths.Map() {
		for method, op := range item.Operations() {
			route := method + " " + routeOf(path, item)
			k.parameters[route] = slices.Concat(item.Parameters, op.Parameters)
			if op.RequestBody != nil {
				k.bodies[route] = op.RequestBody.Value
			}
		}
	}
	return k
})

// routeOf is the router's template of a path of the contract; one with a server of its own stands outside the base.
func routeOf(path string, item *openapi3.PathItem) string {
	route := strings.NewReplacer("{", ":", "}", "").Replace(path)
	if len(item.Servers) > 0 {
		return route
	}
	return base + route
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

// form is what a route takes as a form; nil where the contract has none, as for the pages of the desk.
func (k *contract) form(route string) openapi3.Schemas {
	body := k.bodies[route]
	if body == nil || body.Content.Get(mediaForm) == nil {
		return nil
	}
	return body.Content.Get(mediaForm).Schema.Value.Properties
}

// readCommand reads the body of a command, by its route. The groups of a referral are left to package referral, which
// accepts more ways of writing them than the contract shows.
func (k *contract) readCommand(route string, raw []byte, into commandBody) error {
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
	return k.check(k.bodies[route], raw)
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
	case errors.Is(err, os.ErrDeadlineExceeded), errors.Is(err, io.ErrUnexpectedEOF):
		return nil, errUnfinished
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
	value, err := valueOf(raw)
	if err != nil {
		return errMalformed
	}
	if fields := faultsOf(body.Content.Get("application/json").Schema.Value, withoutNulls(value)); len(fields) > 0 {
		return invalid(fields)
	}
	return nil
}

// faultsOf are the fields of a value that do not fit its schema; none means that it does.
func faultsOf(schema *openapi3.Schema, value any) []discharge.FieldError {
	err := schema.VisitJSON(value, openapi3.VisitAsRequest(), openapi3.MultiErrors(),
		openapi3.DisableSchemaErrorDetails(),
		openapi3.WithStringFormatValidator("date", formatOf(func(s string) error { _, err := calendar.ParseDate(s); return err })),
		openapi3.WithStringFormatValidator("date-time", formatOf(checkInstant)),
		openapi3.WithStringFormatValidator("uuid", formatOf(checkUUID)))
	return fieldErrors(err)
}

// valueOf is JSON as the schemas read it: a number stays as it is written, since one beyond all numbers is the fault of
// its field, not of the document.
func valueOf(raw []byte) (value any, err error) {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	err = d.Decode(&value)
	return value, err
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

// checkInstant wants an instant whose day could be typed: of the year 10000, in UTC, nothing could be written down.
func checkInstant(s string) error {
	at, err := time.Parse(time.RFC3339, s)
	if err != nil {
		return err
	}
	_, err = calendar.ParseDate(calendar.DateOf(at).String())
	return err
}

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

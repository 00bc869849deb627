package api

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/google/go-cmp/cmp"

	"dimissioni/internal/discharge"
	"dimissioni/internal/postgres/pgtest"
)

// TestEveryFieldWrongInTurn walks over every JSON body of the contract: each field of a body that fits is made wrong in
// every way that its kind knows, and the answer must be a problem that names the field, repeats nothing and has changed
// nothing. What is wrong elsewhere and right here is in the table of what is accepted, with its reason. A new route is
// walked over without being named.
func TestEveryFieldWrongInTurn(t *testing.T) {
	w := newWalker(t)
	walked, fine := 0, []func(){}
	defer func() { t.Logf("%d wrong values", walked) }()
	for _, op := range w.operations("application/json") {
		who := w.whoMay(op)
		if who == "" {
			t.Errorf("%s %s: nobody of the fixtures may send it", op.method, op.path)
			continue
		}
		base := fitting(t, op)
		before := w.content()
		for _, at := range spotsOf(op, base) {
			for _, v := range w.once(at, at.variants(op)) {
				walked++
				if v.accepted != "" {
					fine = append(fine, func() { w.accepted(who, op, v) })
					continue
				}
				w.refused(who, op, v)
			}
		}
		if diff := cmp.Diff(before, w.content()); diff != "" {
			t.Errorf("%s %s: something refused has changed something:\n%s", op.method, op.path, diff)
		}
	}
	for _, send := range fine { // last: they change the case
		send()
	}
	if walked < 3000 {
		t.Errorf("only %d wrong values: the walk has lost its way", walked)
	}
}

// once leaves the full choice of wrong values to the first two bodies in which a field is read by the same schema, such as
// the note of every command. The others get one of each kind.
func (w *walker) once(at spot, all []variant) []variant {
	w.walked[at.field+fmt.Sprintf("%p", at.schema)]++
	if w.walked[at.field+fmt.Sprintf("%p", at.schema)] <= 2 {
		return all
	}
	return slices.DeleteFunc(all, func(v variant) bool {
		return !slices.Contains([]string{"missing", "null", "twice", "a number", "a list", "too long", "HTML", "a NUL", "text backwards"}, v.name)
	})
}

// operation is a route of the contract with a body.
type operation struct {
	method, path, id string
	schema           *openapi3.Schema
	required         bool
}

// walker is a desk with a case in care on it, and what it takes to reach every route.
type walker struct {
	*desk
	people []string
	ids    map[string]string // by path up to the parameter
	walked map[string]int    // by field and schema
}

func newWalker(t *testing.T) *walker {
	w := &walker{desk: newDesk(t), ids: map[string]string{}, walked: map[string]int{}}
	id := w.walkToStart()
	w.as("casemanager").post("/discharges/"+id+"/visits", obj{"figure": "oss", "minutes": 30}).wants(http.StatusCreated)
	w.people = []string{
		"coordinator", "sender", "casemanager", "igea", "operator", "administrative", "steering", "admin", "dpo",
		"municipality", "hospital", "public",
	}
	return w
}

// operations are the routes whose body is of a kind, in a fixed order.
func (w *walker) operations(media string) []operation {
	var list []operation
	for path, item := range w.server.contract.doc.Paths.Map() {
		for method, op := range item.Operations() {
			if op.RequestBody == nil || op.RequestBody.Value.Content.Get(media) == nil {
				continue
			}
			list = append(list, operation{
				method, path, op.OperationID, op.RequestBody.Value.Content.Get(media).Schema.Value, op.RequestBody.Value.Required,
			})
		}
	}
	slices.SortFunc(list, func(a, b operation) int { return strings.Compare(a.path+a.method, b.path+b.method) })
	return list
}

// whoMay is the first of the people whose body is read at all: told that a key is unknown, they may do the rest.
func (w *walker) whoMay(op operation) string {
	for _, who := range w.people {
		if _, p := w.send(who, op.method, op.path, `{"colour_of_the_sky": 1}`); fault(p, "colour_of_the_sky") != nil {
			return who
		}
	}
	return ""
}

// send gives a body to the route of a path of the contract, and reads the problem when there is one.
func (w *walker) send(who, method, path, body string, headers ...header) (*httptest.ResponseRecorder, problem) {
	w.Helper()
	url := path
	if rootOf(path) == "" {
		url = base + path
	}
	url = w.fill(who, url)
	for {
		r := httptest.NewRequestWithContext(w.Context(), method, url, strings.NewReader(body))
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("Authorization", "Bearer "+w.as(who).token())
		for _, h := range headers {
			r.Header.Set(h.name, h.value)
		}
		a := httptest.NewRecorder()
		w.handler.ServeHTTP(a, r)
		if a.Code == http.StatusTooManyRequests {
			w.clock.pass(time.Minute)
			continue
		}
		return a, w.problem(a, method+" "+path)
	}
}

// problem reads a problem and holds it to what every problem keeps to.
func (w *walker) problem(a *httptest.ResponseRecorder, what string) problem {
	w.Helper()
	if a.Code < 400 {
		return problem{}
	}
	if a.Code >= 500 {
		w.Errorf("%s: %d: %s", what, a.Code, w.log.String()[max(0, len(w.log.String())-600):])
	}
	var p problem
	d := json.NewDecoder(strings.NewReader(a.Body.String()))
	d.DisallowUnknownFields()
	if err := d.Decode(&p); err != nil || a.Header().Get("Content-Type") != "application/problem+json" ||
		p.Status != a.Code || p.Code == "" || p.Title == "" || p.Detail == "" {
		w.Errorf("%s: %d is not a problem: %s", what, a.Code, a.Body)
	}
	if strings.Contains(a.Body.String(), "segretissimo") {
		w.Errorf("%s repeats what was sent: %s", what, a.Body)
	}
	return p
}

// fill puts something that exists in the place of each parameter of a path: the first item of the list that stands there.
func (w *walker) fill(who, url string) string {
	for {
		head, rest, ok := strings.Cut(url, "{")
		if !ok {
			return url
		}
		name, tail, _ := strings.Cut(rest, "}")
		if w.ids[head] == "" {
			w.ids[head] = w.first(who, strings.TrimSuffix(head, "/"), name)
		}
		url = head + w.ids[head] + tail
	}
}

func (w *walker) first(who, list, key string) string {
	for _, reader := range append([]string{who}, w.people...) {
		r := httptest.NewRequestWithContext(w.Context(), http.MethodGet, list, nil)
		r.Header.Set("Authorization", "Bearer "+w.as(reader).token())
		a := httptest.NewRecorder()
		w.handler.ServeHTTP(a, r)
		var found struct {
			Items []obj `json:"items"`
		}
		if a.Code == http.StatusOK && json.Unmarshal(a.Body.Bytes(), &found) == nil && len(found.Items) > 0 {
			for _, key := range []string{key, "id"} {
				if id, ok := found.Items[0][key].(string); ok {
					return id
				}
			}
		}
	}
	return "00000000-0000-4000-8000-000000000000"
}

// refused sends a wrong value and wants a problem that names it.
func (w *walker) refused(who string, op operation, v variant) {
	w.Helper()
	a, p := w.send(who, op.method, op.path, v.body)
	what := fmt.Sprintf("%s %s, %s %s", op.method, op.path, v.field, v.name)
	kinds := []discharge.ErrorKind{discharge.KindMalformed, discharge.KindInvalid}
	if !slices.Contains(kinds, p.Code) {
		w.Errorf("%s: %d %s", what, a.Code, a.Body)
		return
	}
	if fault(p, v.names...) == nil {
		w.Errorf("%s: the field is not named: %s", what, a.Body)
	}
}

// howWritten are the codes of what is badly written. What is written well may still be unknown, too early, or not apply.
var howWritten = []string{
	"required", "wrong_type", "invalid_value", "format", "too_long", "out_of_range", "control_character", "unknown_field",
}

// accepted sends a value that is fine here: whatever else is said, the field is not blamed for how it is written.
func (w *walker) accepted(who string, op operation, v variant) {
	w.Helper()
	a, p := w.send(who, op.method, op.path, v.body)
	f := fault(p, v.names...)
	if f != nil && slices.Contains(howWritten, f.Code) || p.Code == discharge.KindMalformed && len(p.Errors) == 0 {
		w.Errorf("%s %s, %s %s is refused (%d %v), though: %s", op.method, op.path, v.field, v.name, a.Code, f, v.accepted)
	}
}

// fault is what a problem says of a field or of what is inside it.
func fault(p problem, fields ...string) *discharge.FieldError {
	for i, f := range p.Errors {
		for _, field := range fields {
			if f.Field == field || strings.HasPrefix(f.Field, field+".") || strings.HasPrefix(f.Field, field+"[") {
				return &p.Errors[i]
			}
		}
	}
	return nil
}

// content is what stands in the database, but for the notes of who looked, of what was tried and of when a token was used.
func (w *walker) content() string {
	w.Helper()
	return pgtest.Content(w, w.url, "accesses", "audit", "tokens")
}

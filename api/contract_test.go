package api

import (
	"context"
	"io"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/gin-gonic/gin"
	"github.com/google/go-cmp/cmp"

	"dimissioni/internal/discharge"
)

func TestTheContractIsValid(t *testing.T) {
	t.Parallel()
	if err := readContract().doc.Validate(context.Background()); err != nil {
		t.Fatal(err)
	}
	if v := readContract().doc.OpenAPI; v != "3.0.3" {
		t.Errorf("version %s: only 3.0.3 can hide submitted values in its errors", v)
	}
}

func TestEveryRouteIsInTheContractAndBack(t *testing.T) {
	t.Parallel()
	e := gin.New()
	newServer(Deps{}).routes(e)
	var routes, documented []string
	for _, r := range e.Routes() {
		routes = append(routes, r.Method+" "+r.Path)
	}
	for path, item := range readContract().doc.Paths.Map() {
		for method := range item.Operations() {
			documented = append(documented, method+" "+strings.TrimPrefix(routeOf(path, item), rootOf(path)))
		}
	}
	slices.Sort(routes)
	slices.Sort(documented)
	if diff := cmp.Diff(documented, routes); diff != "" {
		t.Errorf("documented (-) and registered (+) differ:\n%s", diff)
	}
}

// rootOf is the base that a path outside of it does not have.
func rootOf(path string) string {
	for _, outside := range []string{"/healthz", "/readyz", "/answers/", "/assets/", "/nuova-password/"} {
		if strings.HasPrefix(path, outside) {
			return base
		}
	}
	return ""
}

// TestEverythingThatIsTakenHasABound: texts, numbers and lists of every body and filter.
func TestEverythingThatIsTakenHasABound(t *testing.T) {
	t.Parallel()
	var walk func(where string, s *openapi3.Schema)
	walk = func(where string, s *openapi3.Schema) {
		switch {
		case len(s.AnyOf) > 0:
			for _, one := range s.AnyOf {
				walk(where, one.Value)
			}
		case s.Type.Is("object"):
			for name, property := range s.Properties {
				walk(where+"."+name, property.Value)
			}
			if s.AdditionalProperties.Schema != nil {
				walk(where+".*", s.AdditionalProperties.Schema.Value)
				if s.MaxProps == nil {
					t.Errorf("%s: as many keys as one likes", where)
				}
			}
			if s.AdditionalProperties.Schema == nil && (s.AdditionalProperties.Has == nil || *s.AdditionalProperties.Has) {
				t.Errorf("%s: takes keys that it does not know", where)
			}
		case s.Type.Is("array"):
			walk(where+"[]", s.Items.Value)
			if s.MaxItems == nil {
				t.Errorf("%s: as many items as one likes", where)
			}
		case s.Type.Is("integer"), s.Type.Is("number"):
			if s.Min == nil || s.Max == nil {
				t.Errorf("%s: a number without bounds", where)
			}
		case s.Type.Is("string"):
			fixed := len(s.Enum) > 0 || slices.Contains([]string{"date", "date-time", "uuid"}, s.Format) || strings.HasSuffix(s.Pattern, "$")
			if s.MaxLength == nil && !fixed {
				t.Errorf("%s: a text without an end", where)
			}
		}
	}
	for path, item := range readContract().doc.Paths.Map() {
		for method, op := range item.Operations() {
			for _, p := range slices.Concat(item.Parameters, op.Parameters) {
				walk(method+" "+path+" "+p.Value.Name, p.Value.Schema.Value)
			}
			if op.RequestBody != nil {
				for media, content := range op.RequestBody.Value.Content {
					walk(method+" "+path+" "+media, content.Schema.Value)
				}
			}
		}
	}
}

func TestEveryCommandOfTheRulesHasItsPath(t *testing.T) {
	t.Parallel()
	kinds := []discharge.CommandKind{discharge.Submit}
	for _, spec := range commandTable() {
		kinds = append(kinds, spec.kind)
	}
	want := discharge.Commands()
	slices.Sort(want)
	slices.Sort(kinds)
	if diff := cmp.Diff(want, kinds); diff != "" {
		t.Errorf("commands of the rules (-) and of the table (+) differ:\n%s", diff)
	}
}

func TestTheSetsOfTheContractAreThoseOfTheRules(t *testing.T) {
	t.Parallel()
	for schema, want := range map[string][]string{
		"State":       texts(discharge.States()),
		"Role":        texts(discharge.Roles()),
		"Level":       texts(discharge.Levels()),
		"Figure":      texts(discharge.Figures()),
		"Clock":       texts(discharge.Clocks()),
		"FollowUp":    discharge.FollowUps,
		"ShareWith":   discharge.ShareWith,
		"CommandKind": texts(discharge.Commands()),
	} {
		sameSet(t, schema, readContract().doc.Components.Schemas[schema].Value, want)
	}
	for path, want := range map[string][]string{
		"Screen.reason_code":         discharge.RejectReasons,
		"EndBeforeStart.reason_code": discharge.NotStartedReasons,
		"ReportDeath.place":          discharge.DeathPlaces,
		"Close.outcome":              texts(discharge.Outcomes()),
		"RecordMeeting.decision":     discharge.MeetingDecisions,
		"Attendee.mode":              discharge.AttendanceModes,
		"Sign.signer":                discharge.Signers,
		"Sign.method":                discharge.SignatureMethods,
	} {
		schema, property, _ := strings.Cut(path, ".")
		sameSet(t, path, readContract().doc.Components.Schemas[schema].Value.Properties[property].Value, want)
	}
}

func texts[T ~string](list []T) []string { return each(list, func(v T) string { return string(v) }) }

func sameSet(t *testing.T, name string, schema *openapi3.Schema, want []string) {
	t.Helper()
	got := each(schema.Enum, func(v any) string { s, _ := v.(string); return s })
	want = slices.Clone(want)
	slices.Sort(got)
	slices.Sort(want)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s: rules (-) and contract (+) differ:\n%s", name, diff)
	}
}

// hold checks an answer against the contract, and the request too when it was accepted.
func (d *desk) hold(r *http.Request, raw []byte, a answer) {
	d.Helper()
	item, path, params := find(d.server.contract.doc, r.URL.Path)
	if item == nil || item.GetOperation(r.Method) == nil {
		if a.code != http.StatusNotFound && a.code != http.StatusMethodNotAllowed {
			d.Errorf("%s %s is not in the contract and answers %d", r.Method, r.URL.Path, a.code)
		}
		return
	}
	op := item.GetOperation(r.Method)
	route := &routers.Route{Spec: d.server.contract.doc, Path: path, PathItem: item, Method: r.Method, Operation: op}
	in := &openapi3filter.RequestValidationInput{Request: r, PathParams: params, Route: route}
	media, _, _ := strings.Cut(a.header.Get("Content-Type"), ";")
	err := openapi3filter.ValidateResponse(d.Context(), &openapi3filter.ResponseValidationInput{
		RequestValidationInput: in, Status: a.code, Header: a.header,
		Body: io.NopCloser(strings.NewReader(string(a.raw))),
		Options: &openapi3filter.Options{
			IncludeResponseStatus: true, MultiError: true, ExcludeResponseBody: !strings.HasSuffix(media, "json"),
		},
	})
	if err != nil {
		d.Errorf("answer %d to %s %s is not as the contract says: %v", a.code, r.Method, path, err)
	}
	if a.code < 300 && op.RequestBody != nil && len(raw) > 0 {
		if err := d.server.contract.check(op.RequestBody.Value, raw); err != nil {
			d.Errorf("request accepted by %s %s is not as the contract says: %+v", r.Method, path, err)
		}
	}
}

// find is the contract's path of a URL; one without parameters comes first.
func find(doc *openapi3.T, url string) (*openapi3.PathItem, string, map[string]string) {
	paths := doc.Paths.Keys()
	slices.SortFunc(paths, func(a, b string) int { return strings.Count(a, "{") - strings.Count(b, "{") })
	for _, path := range paths {
		full := base + path
		if rootOf(path) != "" {
			full = path
		}
		pattern := regexp.MustCompile(`\\\{(\w+)\\\}`).ReplaceAllString(regexp.QuoteMeta(full), `(?P<$1>[^/]+)`)
		re := regexp.MustCompile("^" + pattern + "$")
		match := re.FindStringSubmatch(url)
		if match == nil {
			continue
		}
		params := map[string]string{}
		for i, name := range re.SubexpNames() {
			if name != "" {
				params[name] = match[i]
			}
		}
		return doc.Paths.Value(path), path, params
	}
	return nil, "", nil
}

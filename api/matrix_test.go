package api

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"dimissioni/internal/discharge"
	"dimissioni/internal/postgres"
)

// TestEveryCellOfThePermissions asks for everything as everybody, in every relation to a case.
func TestEveryCellOfThePermissions(t *testing.T) {
	tables := permissions(t)
	w := newDistrict(newDesk(t))
	var written []string
	for _, row := range tables[relations] {
		name := row["Role"] + ": " + row["Relation to the case"]
		written = append(written, name)
		s, ok := standings[name]
		if !ok {
			t.Errorf("nobody stands as %q", name)
			continue
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w.everyRequest(t, s, row, tables[aboutCases])
		})
	}
	for name := range standings {
		if !slices.Contains(written, name) {
			t.Errorf("not on the page: %q", name)
		}
	}
	t.Run("about no case", func(t *testing.T) {
		t.Parallel()
		w.everyRole(t, tables[aboutNone])
	})
	t.Run("signed out", func(t *testing.T) {
		t.Parallel()
		w.signedOut(t, tables)
	})
}

// requestOf is the method and the path of a row, as openapi.yaml writes them.
func (w *district) requestOf(row map[string]string) (method, path string) {
	method, path, ok := strings.Cut(strings.Trim(row["Request"], "`"), " ")
	if !ok {
		w.Fatalf("%q is no request", row["Request"])
	}
	return method, path
}

// everyRequest asks for every row as one reader, of one case, and then looks at what the log says of it.
func (w *district) everyRequest(t *testing.T, s standing, row map[string]string, requests table) {
	id, as := w.cases[s.to], row["Stands as"]
	if id == "" {
		t.Fatalf("no case is %q", s.to)
	}
	want := w.logged(t, id, s.who)
	var either []string // by the rules or before them
	for _, r := range requests {
		cell, ok := r[as]
		if as != "—" && !ok {
			t.Fatalf("no column %q", as)
		}
		expected, what := expectedOf(r, cell), r["In the log"]
		if got := w.outcome(t, s.who, id, r, cell); got != expected {
			t.Errorf("%s by %s of %s: %s, want %s", r["Request"], s.who, s.to, got, expected)
		}
		switch expected {
		case "yes":
			want[what] = true
		case "403":
			want[postgres.RefusedAccess+what] = true
		case "never":
			either = append(either, what, postgres.RefusedAccess+what)
		}
	}
	got := w.logged(t, id, s.who)
	for _, what := range either {
		delete(want, what)
		delete(got, what)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("in the log of %s by %s, want (-) got (+):\n%s", s.to, s.who, diff)
	}
	if row["Sees"] != "—" {
		w.sees(t, s, id, row["Sees"])
	}
}

// expectedOf is the outcome that a cell means; without a cell the case is not there.
func expectedOf(row map[string]string, cell string) string {
	list := row["Request"] == "`GET /discharges`" || row["Request"] == "`POST /discharges/search`"
	switch {
	case list && cell != "yes":
		return "not listed"
	case cell == "no":
		return "403"
	case cell == "", cell == "404":
		return "404"
	default:
		return cell
	}
}

// outcome asks for a row: yes, 403, 404, never (403 or 409), not listed; anything else is the status.
func (w *district) outcome(t *testing.T, who, id string, row map[string]string, cell string) string {
	t.Helper()
	method, path := w.requestOf(row)
	body := ""
	switch {
	case path == "/discharges":
		path += "?limit=200"
	case path == "/discharges/search":
		body = `{"text": "Matrice", "limit": 200}`
	case method == http.MethodPost && cell == "never":
		body = map[bool]string{true: `{"reason_code": "other"}`}[strings.HasSuffix(path, "/decline")]
	case method == http.MethodPost:
		body = `{"no such key": true}` // permission comes before content, and nothing may change
	}
	path = strings.NewReplacer("{id}", id, "{notification_id}", id).Replace(path)
	status, answer := w.plain(t, who, method, path, body)
	switch {
	case strings.HasPrefix(path, "/discharges?") || path == "/discharges/search":
		if status == http.StatusOK && strings.Contains(answer, id) {
			return "yes"
		}
		return map[bool]string{true: "not listed", false: fmt.Sprint(status)}[status == http.StatusOK]
	case cell == "never" && (status == http.StatusForbidden || status == http.StatusConflict):
		return "never"
	case method == http.MethodGet && status == http.StatusOK,
		method == http.MethodPost && (status == http.StatusBadRequest || status == http.StatusUnprocessableEntity):
		return "yes"
	default:
		return fmt.Sprint(status)
	}
}

// plain makes a request and gives status and body, without holding them against the contract: that is done elsewhere,
// and here are thousands.
func (w *district) plain(t *testing.T, who, method, path, body string) (int, string) {
	t.Helper()
	if rootOf(path) == "" {
		path = base + path
	}
	r := httptest.NewRequestWithContext(t.Context(), method, path, strings.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	if who != "" {
		r.Header.Set("Authorization", "Bearer token-"+who+"@demo.test")
	}
	a := httptest.NewRecorder()
	w.handler.ServeHTTP(a, r)
	return a.Code, a.Body.String()
}

// logged is what the log of a case says that somebody has read.
func (w *district) logged(t *testing.T, id, who string) map[string]bool {
	t.Helper()
	list, err := w.store.Accesses(t.Context(), id, 0, 10_000)
	if err != nil {
		t.Fatal(err)
	}
	me, err := w.store.User(t.Context(), w.user(who))
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]bool{}
	for _, a := range list {
		if a.UserID != me.ID {
			continue
		}
		found[a.What] = true
		holds := slices.ContainsFunc(me.Grants, func(g postgres.Grant) bool { return g.Role == a.Role })
		if a.OrganisationName != me.OrganisationName || !holds || a.At.IsZero() {
			t.Errorf("in the log: %+v", a)
		}
	}
	return found
}

// sees checks that the rules give the reader the view of the page.
func (w *district) sees(t *testing.T, s standing, id, want string) {
	t.Helper()
	me, err := w.store.User(t.Context(), w.user(s.who))
	if err != nil {
		t.Fatal(err)
	}
	c, err := w.store.Summary(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	assigned, err := w.store.AssignedCases(t.Context(), me.ID, w.clock.Now())
	if err != nil {
		t.Fatal(err)
	}
	if roles := rolesOn(me, c, assigned, w.clock.Now()); len(roles) != 1 || string(roles[0].view) != want {
		t.Errorf("%s sees %v of %s, want %s", s.who, roles, s.to, want)
	}
}

// everyRole asks for what is about no case in every role, held in one programme or in the other.
func (w *district) everyRole(t *testing.T, requests table) {
	programmes := []string{"dp-cremasco", "domicilio-anziani"}
	for _, r := range requests {
		open := strings.Split(r["Open to"], ", ")
		for _, role := range discharge.Roles() {
			for _, held := range programmes {
				for _, asked := range programmes {
					may := slices.Contains(open, string(role)) || open[0] == "everybody signed in"
					switch fixed := strings.Trim(r["Programme"], "`"); fixed {
					case "of the reader":
						may = may && held == asked
					case "any", "":
					default:
						if asked != fixed {
							continue
						}
						may = may && held == asked
					}
					w.checkRole(t, r, string(role)+"."+held, asked, may)
				}
			}
		}
	}
}

func (w *district) checkRole(t *testing.T, r map[string]string, who, asked string, may bool) {
	t.Helper()
	method, path := w.requestOf(r)
	want, body := http.StatusForbidden, fmt.Sprintf(`{"programme_id": %q}`, asked)
	switch r["Open to"] {
	case "anybody", "whoever holds the link", "everybody, their own":
		return // signedOut; what is the reader's own would end the session
	case "who gave the command":
		want = http.StatusNotFound
	}
	switch {
	case path == "/users":
		path += "?role=operator&programme=" + asked
	case path == "/access-reports":
		body = `{}`
	case method == http.MethodGet:
		body = ""
	}
	path = strings.NewReplacer("{id}", w.target(t, path, asked), "{istat}", "019035").Replace(path)
	status, _ := w.plain(t, who, method, path, body)
	refused := status == http.StatusForbidden || status == http.StatusNotFound || status == http.StatusUnauthorized
	if !may && status != want || may && (refused || status >= http.StatusInternalServerError) {
		t.Errorf("%s in %s by %s: %d", r["Request"], asked, who, status)
	}
}

// signedOut asks for everything without a token, and with one that is not.
func (w *district) signedOut(t *testing.T, tables map[string]table) {
	for _, r := range slices.Concat(tables[aboutCases], tables[aboutNone]) {
		method, path := w.requestOf(r)
		path = strings.NewReplacer("{id}", w.cases["active"], "{notification_id}", w.cases["active"]).Replace(path)
		open := r["Open to"] == "anybody" || r["Open to"] == "whoever holds the link"
		for _, who := range []string{"", "unknown"} {
			if status, _ := w.plain(t, who, method, path, ""); (status == http.StatusUnauthorized) == open {
				t.Errorf("%s by %q, signed out: %d", r["Request"], who, status)
			}
		}
	}
}

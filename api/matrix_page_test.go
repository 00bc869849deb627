package api

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/gin-gonic/gin"
	"github.com/google/go-cmp/cmp"
)

// table is one of docs/permissions.md: its lines by the name of the column.
type table []map[string]string

// permissions reads the tables of docs/permissions.md, by their headings.
func permissions(t *testing.T) map[string]table {
	t.Helper()
	page, err := os.ReadFile("../docs/permissions.md")
	if err != nil {
		t.Fatal(err)
	}
	tables, heading := map[string]table{}, ""
	var columns []string
	for line := range strings.Lines(string(page)) {
		line = strings.TrimSpace(line)
		if name, ok := strings.CutPrefix(line, "## "); ok {
			heading, columns = name, nil
		}
		if !strings.HasPrefix(line, "|") || strings.HasPrefix(line, "|--") {
			continue
		}
		cells := strings.Split(strings.Trim(line, "|"), "|")
		for i := range cells {
			cells[i] = strings.TrimSpace(cells[i])
		}
		if columns == nil {
			columns = cells
			continue
		}
		if len(cells) != len(columns) {
			t.Fatalf("%s: %d cells, want %d: %s", heading, len(cells), len(columns), line)
		}
		row := map[string]string{}
		for i, name := range columns {
			row[name] = cells[i]
		}
		tables[heading] = append(tables[heading], row)
	}
	return tables
}

const (
	relations  = "Relations"
	aboutCases = "Requests about a case"
	aboutNone  = "Requests about no case"
)

func TestThePageHasARowForEveryRoute(t *testing.T) {
	t.Parallel()
	tables := permissions(t)
	var rows, routes []string
	for _, heading := range []string{aboutCases, aboutNone} {
		for _, row := range tables[heading] {
			rows = append(rows, strings.Trim(row["Request"], "`"))
		}
	}
	e := gin.New()
	newServer(Deps{}).routes(e)
	for _, r := range e.Routes() {
		routes = append(routes, r.Method+" "+templated(strings.TrimPrefix(r.Path, base)))
	}
	slices.Sort(rows)
	slices.Sort(routes)
	if diff := cmp.Diff(routes, slices.Compact(rows)); diff != "" {
		t.Errorf("routes (-) and rows of docs/permissions.md (+) differ:\n%s", diff)
	}
}

// templated writes the parameters of a route as openapi.yaml does.
func templated(route string) string {
	steps := strings.Split(route, "/")
	for i, step := range steps {
		if name, ok := strings.CutPrefix(step, ":"); ok {
			steps[i] = "{" + name + "}"
		}
	}
	return strings.Join(steps, "/")
}

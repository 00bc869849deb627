package api

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"dimissioni/api/html"
	"dimissioni/internal/discharge"
	"dimissioni/internal/postgres"
)

// casesShown is how many cases a page of the list has.
const casesShown = 25

// mostCases is more than a reader's list ever needs: beyond it the page asks for a filter.
const mostCases = 2000

// showCases is the list. What narrows it stands in the URL: states, partners, places, numbers; never a name.
func (s *server) showCases(c *gin.Context) error {
	query := c.Request.URL.Query()
	f := postgres.CaseFilter{
		Partner: query.Get("ente"), CaseManager: query.Get("case_manager"), Municipality: query.Get("comune"), Code: query.Get("numero"),
	}
	if state := query.Get("stato"); state == "aperti" {
		f.States = slices.DeleteFunc(discharge.States(), discharge.State.Final)
	} else if slices.Contains(discharge.States(), discharge.State(state)) {
		f.States = []discharge.State{discharge.State(state)}
	}
	if query.Get("in_ritardo") == "si" {
		late := true
		f.Overdue = &late
	}
	return s.sendCaseList(c, f, html.CasesPage{Form: html.Form{Values: query}, Sort: query.Get("ordine")}, "list")
}

// findCases is the list by name. The name comes in the body: a URL is written down in too many places.
func (s *server) findCases(c *gin.Context) error {
	values, err := s.readForm(c)
	if err != nil {
		return err
	}
	name := values.Get("nome")
	if len([]rune(name)) < 2 || len(name) > 100 {
		form := html.Form{Values: values, Errors: []html.FieldError{{Field: "nome", Message: "Scriva almeno due lettere del cognome o del nome."}}}
		return s.sendCaseList(c, postgres.CaseFilter{}, html.CasesPage{Form: form, Searched: true}, "search")
	}
	return s.sendCaseList(c, postgres.CaseFilter{Text: name}, html.CasesPage{Form: html.Form{Values: values}, Searched: true}, "search")
}

// sendCaseList answers with the part of the list that the page asks for.
func (s *server) sendCaseList(c *gin.Context, f postgres.CaseFilter, page html.CasesPage, what string) error {
	n, err := s.namesOf(c)
	if err != nil {
		return err
	}
	list, err := s.caseLines(c, f, n)
	if err != nil {
		return err
	}
	sortLines(list, page.Sort)
	page.Partners, page.Managers, page.Towns = optionsOf(n.organisations), optionsOf(n.users), optionsOf(n.municipalities)
	page.Names = hasRole(reader(c), withCases...)
	first, shown := pageOfList(list, c.Query("pagina"))
	page.Pager = pager(c, first, len(shown), len(list), page.Searched)
	read := map[discharge.Role][]string{}
	for _, one := range shown {
		page.Lines = append(page.Lines, one.line)
		read[one.role] = append(read[one.role], one.id)
	}
	me := reader(c)
	for role, ids := range read {
		if err := s.store.LogAccesses(c, ids, me.ID, me.OrganisationID, role, what); err != nil {
			return err
		}
	}
	status := http.StatusOK
	if len(page.Form.Errors) > 0 {
		status = http.StatusUnprocessableEntity
	}
	return show(s, c, status, html.Cases, place{section: "/casi"}, page)
}

// listed is a case of the list and the role in which it is seen.
type listed struct {
	id   string
	role discharge.Role
	line html.CaseLine
}

// caseLines are the cases that the reader may see.
func (s *server) caseLines(c *gin.Context, f postgres.CaseFilter, n names) ([]listed, error) {
	rolesOf, err := s.mine(c, &f)
	if err != nil {
		return nil, err
	}
	list, _, err := s.store.Cases(c, f, "", mostCases)
	if err != nil {
		return nil, err
	}
	var lines []listed
	for _, found := range list {
		as := rolesOf(found)[0]
		lines = append(lines, listed{found.ID, as.role, lineOf(found, as.view, n, found.Now(s.now()))})
	}
	return lines, nil
}

// sortLines orders the list; the newest first unless asked otherwise.
func sortLines(list []listed, by string) {
	slices.SortStableFunc(list, func(a, b listed) int {
		switch by {
		case "scadenza":
			return cmp.Or(zeroLast(a.line.Due.At.IsZero(), b.line.Due.At.IsZero()), a.line.Due.At.Compare(b.line.Due.At))
		case "numero":
			return strings.Compare(a.line.Code, b.line.Code)
		case "persona":
			return strings.Compare(strings.ToLower(a.line.Person), strings.ToLower(b.line.Person))
		case "stato":
			return strings.Compare(a.line.State.Text, b.line.State.Text)
		default:
			return 0
		}
	})
}

func zeroLast(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return 1
	default:
		return -1
	}
}

// pageOfList cuts out the page that is asked for, counted from 1; the last one for a number beyond it.
func pageOfList[T any](list []T, asked string) (first int, shown []T) {
	n, err := strconv.Atoi(asked)
	if err != nil || n < 1 {
		n = 1
	}
	n = min(n, max(1, (len(list)+casesShown-1)/casesShown))
	first = (n - 1) * casesShown
	return first, list[first:min(len(list), first+casesShown)]
}

// pager leads to the pages before and after, with the same filters. What was searched by name has one page: its words
// stand in no URL.
func pager(c *gin.Context, first, shown, total int, searched bool) html.Pager {
	p := html.Pager{First: first + 1, Last: first + shown, Total: total}
	to := func(page int) html.Path {
		query := url.Values{}
		for name, values := range c.Request.URL.Query() {
			query[name] = values
		}
		query.Set("pagina", strconv.Itoa(page))
		return html.Path(c.Request.URL.Path + "?" + query.Encode())
	}
	page := first/casesShown + 1
	if page > 1 && !searched {
		p.Previous = to(page - 1)
	}
	if p.Last < total && !searched {
		p.Next = to(page + 1)
	}
	return p
}

// optionsOf are choices by their names, in order.
func optionsOf(names map[string]string) []html.Option {
	options := make([]html.Option, 0, len(names))
	for id, name := range names {
		options = append(options, html.Option{Value: id, Label: name})
	}
	slices.SortFunc(options, func(a, b html.Option) int {
		return cmp.Or(strings.Compare(a.Label, b.Label), strings.Compare(a.Value, b.Value))
	})
	return options
}

package api

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"dimissioni/internal/discharge"
	"dimissioni/internal/postgres"
)

func (s *server) getCase(c *gin.Context) error {
	v, err := s.see(c, "case", nil)
	if err != nil {
		return err
	}
	return s.sendCase(c, http.StatusOK, v)
}

func (s *server) listCases(c *gin.Context) error {
	w, err := windowOf(c)
	if err != nil {
		return err
	}
	return s.sendCases(c, filterOf(c), w, "list")
}

// filterOf reads the query, which fits the contract.
func filterOf(c *gin.Context) postgres.CaseFilter {
	f := postgres.CaseFilter{
		Programme: c.Query("programme"), Partner: c.Query("partner"), CaseManager: c.Query("case_manager"),
		Owner: c.Query("owner"), Municipality: c.Query("municipality"), Code: c.Query("code"),
	}
	for _, given := range strings.Split(strings.Join(c.QueryArray("state"), ","), ",") {
		if given == "" {
			continue
		}
		f.States = append(f.States, discharge.State(given))
	}
	f.Overdue, f.Urgent = flag(c, "overdue"), flag(c, "urgent")
	return f
}

// flag is yes, no, or nil: not asked for.
func flag(c *gin.Context, name string) *bool {
	yes, err := strconv.ParseBool(c.Query(name))
	if err != nil {
		return nil
	}
	return &yes
}

type searchBody struct {
	Text      string `json:"text"`
	Programme string `json:"programme"`
	Limit     int    `json:"limit"`
	Cursor    string `json:"cursor"`
}

// searchCases is the list by name. The name comes in the body: a URL is written down in too many places.
func (s *server) searchCases(c *gin.Context) error {
	var body searchBody
	if err := s.body(c, &body); err != nil {
		return err
	}
	w := window{limit: body.Limit, cursor: body.Cursor}
	if w.limit == 0 {
		w.limit = defaultLimit
	}
	return s.sendCases(c, postgres.CaseFilter{Programme: body.Programme, Text: body.Text}, w, "search")
}

// sendCases answers with the cases that the reader may see.
func (s *server) sendCases(c *gin.Context, f postgres.CaseFilter, w window, what string) error {
	me, now := reader(c), s.now()
	rolesOf, err := s.mine(c, &f)
	if err != nil {
		return err
	}
	list, next, err := s.store.Cases(c, f, w.cursor, w.limit)
	if err != nil {
		return err
	}
	items := []summaryAnswer{}
	read := map[discharge.Role][]string{}
	for _, summary := range list {
		as := rolesOf(summary)[0]
		items = append(items, summaryOf(summary, as.view, summary.Now(now)))
		read[as.role] = append(read[as.role], summary.ID)
	}
	for role, ids := range read {
		if err := s.store.LogAccesses(c, ids, me.ID, me.OrganisationID, role, what); err != nil {
			return err
		}
	}
	c.JSON(http.StatusOK, newPage(items, next))
	return nil
}

// mine narrows a list to the cases that the reader may see, by what the reader may know of them: the store finds as many
// or more, the rules decide. It returns the reader's roles on a case.
func (s *server) mine(c *gin.Context, f *postgres.CaseFilter) (func(postgres.CaseSummary) []roleOn, error) {
	me, now, asked := reader(c), s.now(), *f
	assigned, err := s.assigned(c, me)
	if err != nil {
		return nil, err
	}
	rolesOf := func(summary postgres.CaseSummary) []roleOn {
		return rolesOn(me, summary, assigned, summary.Now(now))
	}
	f.Now, f.Scopes = now, scopesOf(me)
	f.Sees = func(summary postgres.CaseSummary) bool {
		roles := rolesOf(summary)
		return len(roles) > 0 && found(roles[0].view, asked, summary)
	}
	return rolesOf, nil
}

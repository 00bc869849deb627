package api

import (
	"net/http"
	"slices"
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
	f, err := filterOf(c)
	if err != nil {
		return err
	}
	return s.sendCases(c, f, w, "list")
}

// filterOf reads the query; an unknown code is refused, an id of the wrong form finds nothing.
func filterOf(c *gin.Context) (postgres.CaseFilter, error) {
	f := postgres.CaseFilter{
		Programme: c.Query("programme"), Partner: c.Query("partner"), CaseManager: c.Query("case_manager"),
		Owner: c.Query("owner"), Municipality: c.Query("municipality"), Code: c.Query("code"),
	}
	for _, given := range strings.Split(strings.Join(c.QueryArray("state"), ","), ",") {
		if given == "" {
			continue
		}
		state := discharge.State(given)
		if !slices.Contains(discharge.States(), state) {
			return f, discharge.Invalid("state", "unknown", "Lo stato non è tra quelli previsti.")
		}
		f.States = append(f.States, state)
	}
	var err error
	if f.Overdue, err = flag(c, "overdue"); err != nil {
		return f, err
	}
	f.Urgent, err = flag(c, "urgent")
	return f, err
}

func flag(c *gin.Context, name string) (*bool, error) {
	given := c.Query(name)
	if given == "" {
		return nil, nil //nolint:nilnil // not asked for
	}
	yes, err := strconv.ParseBool(given)
	if err != nil {
		return nil, discharge.Invalid(name, "wrong_type", "Il filtro vale true o false.")
	}
	return &yes, nil
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

// sendCases answers with the cases that the reader may see; the store finds as many or more, the rules decide.
func (s *server) sendCases(c *gin.Context, f postgres.CaseFilter, w window, what string) error {
	me, now := reader(c), s.now()
	assigned, err := s.assigned(c, me)
	if err != nil {
		return err
	}
	f.Now, f.Scopes = now, scopesOf(me)
	f.Sees = func(summary postgres.CaseSummary) bool {
		roles := rolesOn(me, summary, assigned, summary.Now(now))
		return len(roles) > 0 && found(roles[0].view, f, summary)
	}
	list, next, err := s.store.Cases(c, f, w.cursor, w.limit)
	if err != nil {
		return err
	}
	items := []summaryAnswer{}
	read := map[discharge.Role][]string{}
	for _, summary := range list {
		as := rolesOn(me, summary, assigned, summary.Now(now))[0]
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

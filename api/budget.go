package api

import (
	"net/http"
	"slices"
	"strconv"

	"github.com/gin-gonic/gin"

	"dimissioni/internal/calendar"
	"dimissioni/internal/discharge"
	"dimissioni/internal/postgres"
)

type budgetAnswer struct {
	ProgrammeID string `json:"programme_id"`
	sums
	Lines         []lineAnswer   `json:"lines"`
	ByLevel       []cellAnswer   `json:"by_level"`
	ByPartner     []cellAnswer   `json:"by_partner"`
	BySubDistrict []cellAnswer   `json:"by_sub_district"`
	SplitComplete bool           `json:"split_complete"`
	Targets       []targetAnswer `json:"targets"`
}

type sums struct {
	PlannedCents  int64 `json:"planned_cents"`
	ReservedCents int64 `json:"reserved_cents"`
	SpentCents    int64 `json:"spent_cents"`
	ResidualCents int64 `json:"residual_cents"`
}

type lineAnswer struct {
	ID   string `json:"id"`
	Name string `json:"name"`
	sums
}

// cellAnswer is the money of some cases; nil figures are suppressed.
type cellAnswer struct {
	Key           string `json:"key"`
	Name          string `json:"name"`
	Cases         *int   `json:"cases"`
	AmountCents   int64  `json:"amount_cents,omitempty"` // level: the care budget in force
	ShareCents    int64  `json:"share_cents,omitempty"`  // sub-district
	ReservedCents *int64 `json:"reserved_cents"`
	SpentCents    *int64 `json:"spent_cents"`
}

type targetAnswer struct {
	Kind    string `json:"kind"`
	Target  int    `json:"target"`
	Reached *int   `json:"reached"`
}

var budgetRoles = []discharge.Role{
	discharge.RoleCoordinator, discharge.RoleSteering, discharge.RoleAdministrative, discharge.RolePublicBody,
}

func (s *server) getBudget(c *gin.Context) error {
	id := c.Param("id")
	if err := s.mayReadMoney(c, id, budgetRoles...); err != nil {
		return err
	}
	b, err := s.store.Budget(c, id, calendar.DateOf(s.now()))
	if err != nil {
		return err
	}
	cases, err := s.store.SubDistrictCases(c, id)
	if err != nil {
		return err
	}
	answer := budgetOf(id, b, cases)
	if !inProgramme(reader(c), id, discharge.RoleCoordinator) {
		answer.suppress()
	}
	c.JSON(http.StatusOK, answer)
	return nil
}

// mayReadMoney: a programme that exists, and a role in it that reads its money.
func (s *server) mayReadMoney(c *gin.Context, programme string, roles ...discharge.Role) error {
	if _, err := s.store.Programme(c, programme); err != nil {
		return err
	}
	if !inProgramme(reader(c), programme, roles...) {
		return errForbidden
	}
	return nil
}

func budgetOf(id string, b postgres.Budget, subDistrictCases map[int]int) budgetAnswer {
	a := budgetAnswer{
		ProgrammeID: id, SplitComplete: b.SplitComplete, Lines: []lineAnswer{},
		ByLevel: []cellAnswer{}, ByPartner: []cellAnswer{}, BySubDistrict: []cellAnswer{},
		Targets: []targetAnswer{
			{"people", b.Targets.People, &b.Reached.People}, {"precarious", b.Targets.Precarious, &b.Reached.Precarious},
		},
	}
	for _, l := range b.Lines {
		a.Lines = append(a.Lines, lineAnswer{l.ID, l.Name, sums{l.PlannedCents, l.ReservedCents, l.SpentCents, l.ResidualCents}})
		a.PlannedCents += l.PlannedCents
		a.ReservedCents += l.ReservedCents
		a.SpentCents += l.SpentCents
		a.ResidualCents += l.ResidualCents
	}
	for _, l := range b.Levels {
		a.ByLevel = append(a.ByLevel, cellAnswer{
			Key: string(l.Level), Name: l.Level.Italian(), Cases: &l.Cases, AmountCents: l.AmountCents,
			ReservedCents: &l.ReservedCents, SpentCents: &l.SpentCents,
		})
	}
	for _, p := range b.Partners {
		name := p.Name
		if p.ID == "" {
			name = "Senza ente"
		}
		a.ByPartner = append(a.ByPartner, cellAnswer{
			Key: p.ID, Name: name, Cases: &p.Cases, ReservedCents: &p.ReservedCents, SpentCents: &p.SpentCents,
		})
	}
	for _, d := range b.SubDistricts {
		n := subDistrictCases[d.SubDistrict]
		a.BySubDistrict = append(a.BySubDistrict, cellAnswer{
			Key: strconv.Itoa(d.SubDistrict), Name: subDistrictName(d.SubDistrict, b.SplitComplete), Cases: &n,
			ShareCents: d.ShareCents, ReservedCents: &d.ReservedCents, SpentCents: &d.SpentCents,
		})
	}
	return a
}

func subDistrictName(n int, complete bool) string {
	if n == 0 {
		return "Sub-ambito non indicato"
	}
	return "Sub-ambito " + strconv.Itoa(n) + when(!complete, " (da confermare)")
}

// smallCell is the fewest people that an aggregate may be about. DOMAIN, Law.
const smallCell = 5

// suppress hides the figures of fewer than five people.
func (a *budgetAnswer) suppress() {
	for _, cells := range [][]cellAnswer{a.ByLevel, a.ByPartner, a.BySubDistrict} {
		suppress(cells)
	}
	people := 0
	for i, t := range a.Targets {
		n := *t.Reached
		if t.Kind == "people" {
			people = n
		}
		if small(n) || small(people-n) { // whoever is not counted is the rest of all
			a.Targets[i].Reached = nil
		}
	}
}

func small(people int) bool { return people > 0 && people < smallCell }

// suppress hides small cells, and larger ones until those that are hidden are about five people together: less could be
// had by subtraction from the total.
func suppress(cells []cellAnswer) {
	bySize := make([]*cellAnswer, 0, len(cells))
	for i := range cells {
		if *cells[i].Cases > 0 {
			bySize = append(bySize, &cells[i])
		}
	}
	slices.SortStableFunc(bySize, func(a, b *cellAnswer) int { return *a.Cases - *b.Cases })
	hidden := 0
	for _, cell := range bySize {
		n := *cell.Cases
		if n >= smallCell && (hidden == 0 || hidden >= smallCell) {
			return
		}
		hidden += n
		cell.hide()
	}
}

func (c *cellAnswer) hide() { c.Cases, c.ReservedCents, c.SpentCents = nil, nil, nil }

type splitAnswer struct {
	ProgrammeID    string        `json:"programme_id"`
	TotalCents     int64         `json:"total_cents"`
	Year           int           `json:"year"`
	Complete       bool          `json:"complete"`
	Warning        string        `json:"warning,omitempty"`
	SubDistricts   []shareAnswer `json:"sub_districts"`
	Municipalities []shareAnswer `json:"municipalities"`
}

type shareAnswer struct {
	SubDistrict *int   `json:"sub_district"`
	ISTAT       string `json:"istat,omitempty"`
	Name        string `json:"name"`
	Residents   int    `json:"residents"`
	AmountCents int64  `json:"amount_cents"`
}

func (s *server) getSplit(c *gin.Context) error {
	id := c.Param("id")
	err := s.mayReadMoney(c, id, discharge.RoleCoordinator, discharge.RoleSteering, discharge.RolePublicBody)
	if err != nil {
		return err
	}
	split, err := s.store.Split(c, id)
	if err != nil {
		return err
	}
	share := func(p postgres.Share) shareAnswer {
		a := shareAnswer{ISTAT: p.ISTAT, Name: p.Name, Residents: p.Population, AmountCents: p.Cents}
		if p.SubDistrict > 0 {
			a.SubDistrict = &p.SubDistrict
		}
		if p.ISTAT == "" {
			a.Name = subDistrictName(p.SubDistrict, split.Complete)
		}
		return a
	}
	answer := splitAnswer{
		ProgrammeID: id, TotalCents: split.TotalCents, Year: split.Year, Complete: split.Complete,
		SubDistricts: each(split.SubDistricts, share), Municipalities: each(split.Municipalities, share),
	}
	if !split.Complete {
		answer.Warning = "Non tutti i Comuni hanno il loro sub-ambito: per ora conta solo il totale."
	}
	c.JSON(http.StatusOK, answer)
	return nil
}

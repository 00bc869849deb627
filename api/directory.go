package api

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"dimissioni/internal/calendar"
	"dimissioni/internal/discharge"
	"dimissioni/internal/postgres"
)

type organisationAnswer struct {
	ID       string `json:"id"`
	Type     string `json:"type"`
	Name     string `json:"name"`
	ParentID string `json:"parent_id,omitempty"`
	ISTAT    string `json:"istat,omitempty"`
	Email    string `json:"email,omitempty"`
	Phone    string `json:"phone,omitempty"`
}

func organisationOf(o postgres.Organisation) organisationAnswer {
	return organisationAnswer{o.ID, o.Type, o.Name, o.ParentID, o.ISTAT, o.Email, o.Phone}
}

type meAnswer struct {
	User         userAnswer         `json:"user"`
	Roles        []postgres.Grant   `json:"roles"`
	Organisation organisationAnswer `json:"organisation"`
}

func (s *server) me(c *gin.Context) error {
	me := reader(c)
	org, err := s.store.Organisation(c, me.OrganisationID)
	if err != nil {
		return err
	}
	roles := me.Grants
	if roles == nil {
		roles = []postgres.Grant{}
	}
	c.JSON(http.StatusOK, meAnswer{
		User: userAnswer{ID: me.ID, Name: me.Name, Email: me.Email}, Roles: roles, Organisation: organisationOf(org),
	})
	return nil
}

type programmeAnswer struct {
	ID               string                 `json:"id"`
	Name             string                 `json:"name"`
	CUP              *string                `json:"cup"`
	StartsOn         *calendar.Date         `json:"starts_on"`
	EndsOn           *calendar.Date         `json:"ends_on"`
	CoordinatorPhone string                 `json:"coordinator_phone,omitempty"`
	CoordinatorHours string                 `json:"coordinator_hours,omitempty"`
	Targets          postgres.Targets       `json:"targets"`
	LevelAmounts     []postgres.LevelAmount `json:"level_amounts"`
	Rules            discharge.Rules        `json:"rules"`
}

func programmeOf(p postgres.Programme) programmeAnswer {
	amounts := p.Amounts
	if amounts == nil {
		amounts = []postgres.LevelAmount{}
	}
	return programmeAnswer{
		ID: p.ID, Name: p.Name, CUP: text(p.CUP), StartsOn: date(p.StartsOn), EndsOn: date(p.EndsOn),
		CoordinatorPhone: p.CoordinatorPhone, CoordinatorHours: p.CoordinatorHours, Targets: p.Targets,
		LevelAmounts: amounts, Rules: p.Rules,
	}
}

func (s *server) listProgrammes(c *gin.Context) error {
	list, err := s.store.Programmes(c)
	if err != nil {
		return err
	}
	return send(c, http.StatusOK, each(list, programmeOf), func(p programmeAnswer) string { return p.ID })
}

func (s *server) getProgramme(c *gin.Context) error {
	p, err := s.store.Programme(c, c.Param("id"))
	if err != nil {
		return err
	}
	c.JSON(http.StatusOK, programmeOf(p))
	return nil
}

func (s *server) listOrganisations(c *gin.Context) error {
	list, err := s.store.Organisations(c, c.Query("type"), c.Query("programme"))
	if err != nil {
		return err
	}
	return send(c, http.StatusOK, each(list, organisationOf), func(o organisationAnswer) string { return o.ID })
}

type physicianAnswer struct {
	ID       string `json:"id"`
	Name     string `json:"name"`
	Phone    string `json:"phone,omitempty"`
	Verified bool   `json:"verified"`        // the coordinator has checked the address: mail may go
	Email    string `json:"email,omitempty"` // for who keeps the directory
}

// physicianFor shows a GP to a reader.
func physicianFor(me postgres.User) func(postgres.Physician) physicianAnswer {
	keeps := holdsAnywhere(me, discharge.RoleCoordinator, discharge.RoleAdmin)
	return func(p postgres.Physician) physicianAnswer {
		a := physicianAnswer{ID: p.ID, Name: p.Name, Phone: p.Phone, Verified: p.VerifiedAt != nil}
		if keeps {
			a.Email = p.Email
		}
		return a
	}
}

func (s *server) listPhysicians(c *gin.Context) error {
	list, err := s.store.Physicians(c, c.Query("name"))
	if err != nil {
		return err
	}
	return send(c, http.StatusOK, each(list, physicianFor(reader(c))), func(p physicianAnswer) string { return p.ID })
}

type municipalityAnswer struct {
	ISTAT          string `json:"istat"`
	Name           string `json:"name"`
	Cadastral      string `json:"cadastral"`
	CAP            string `json:"cap"`
	Population2011 int    `json:"population_2011"`
	Population2021 int    `json:"population_2021"`
	SubDistrict    *int   `json:"sub_district"` // null: to be confirmed
}

func (s *server) listMunicipalities(c *gin.Context) error {
	list, err := s.store.Municipalities(c)
	if err != nil {
		return err
	}
	return send(c, http.StatusOK, each(list, func(m postgres.Municipality) municipalityAnswer {
		return municipalityAnswer(m)
	}), func(m municipalityAnswer) string { return m.ISTAT })
}

// each turns a list into another.
func each[A, B any](list []A, turn func(A) B) []B {
	out := make([]B, len(list))
	for i, item := range list {
		out[i] = turn(item)
	}
	return out
}

// text is nil for the empty text, which becomes null.
func text[T ~string](s T) *T {
	if s == "" {
		return nil
	}
	return &s
}

// date is nil for the zero date, which becomes null.
func date(d calendar.Date) *calendar.Date {
	if d.IsZero() {
		return nil
	}
	return &d
}

package api

import (
	"net/http"
	"strings"

	"github.com/gin-gonic/gin"

	"dimissioni/internal/discharge"
	"dimissioni/internal/postgres"
)

// Who keeps the directory: organisations are the administrator's, GPs and sub-districts the coordinator's.

type newOrganisationBody struct {
	Type       string   `json:"type"`
	Name       string   `json:"name"`
	ParentID   string   `json:"parent_id"`
	ISTAT      string   `json:"istat"`
	Email      string   `json:"email"`
	Phone      string   `json:"phone"`
	Programmes []string `json:"programmes"`
}

func (s *server) addOrganisation(c *gin.Context) error {
	in, err := s.newCommand(c, "add_organisation")
	if err != nil {
		return err
	}
	var body newOrganisationBody
	if err := s.read(in.Body, c, &body); err != nil {
		return err
	}
	if (body.Type == "ward") != (body.ParentID != "") {
		return discharge.Invalid("parent_id", "not_applicable", "Un reparto indica il suo ospedale, gli altri nessuno.")
	}
	id, err := s.once(c, in, func(id string) error {
		_, err := s.store.AddOrganisation(c, reader(c).ID, postgres.Organisation{
			ID: id, Type: body.Type, Name: body.Name, ParentID: body.ParentID, ISTAT: body.ISTAT, Email: body.Email, Phone: body.Phone,
		}, body.Programmes)
		return err
	})
	if err != nil {
		return err
	}
	return s.sendOrganisation(c, http.StatusCreated, id)
}

func (s *server) sendOrganisation(c *gin.Context, status int, id string) error {
	o, err := s.store.Organisation(c, id)
	if err != nil {
		return err
	}
	c.JSON(status, organisationOf(o))
	return nil
}

type organisationChangeBody struct {
	Name   *string `json:"name"`
	Email  *string `json:"email"`
	Phone  *string `json:"phone"`
	Active *bool   `json:"active"`
}

func (s *server) changeOrganisation(c *gin.Context) error {
	var body organisationChangeBody
	if err := s.body(c, &body); err != nil {
		return err
	}
	if err := s.store.ChangeOrganisation(c, reader(c).ID, c.Param("id"), postgres.OrganisationChange(body)); err != nil {
		return err
	}
	return s.sendOrganisation(c, http.StatusOK, c.Param("id"))
}

type newPhysicianBody struct {
	Name  string `json:"name"`
	Email string `json:"email"`
	Phone string `json:"phone"`
}

// addPhysician makes a GP of the directory. Mail goes there once the address is verified.
func (s *server) addPhysician(c *gin.Context) error {
	in, err := s.newCommand(c, "add_physician")
	if err != nil {
		return err
	}
	var body newPhysicianBody
	if err := s.read(in.Body, c, &body); err != nil {
		return err
	}
	id, err := s.once(c, in, func(id string) error {
		_, err := s.store.AddPhysician(c, reader(c).ID, postgres.Physician{
			ID: id, Name: body.Name, Email: body.Email, Phone: body.Phone,
		})
		return err
	})
	if err != nil {
		return err
	}
	return s.sendPhysician(c, http.StatusCreated, id)
}

type verifyBody struct {
	Email string `json:"email"`
}

// verifyPhysician is said by whoever has checked the address, on the telephone or in a register: the address that was
// checked comes with it.
func (s *server) verifyPhysician(c *gin.Context) error {
	var body verifyBody
	if err := s.body(c, &body); err != nil {
		return err
	}
	if !strings.Contains(body.Email, "@") {
		return discharge.Invalid("email", "format", "Non è un indirizzo di posta.")
	}
	if err := s.store.VerifyPhysician(c, reader(c).ID, c.Param("id"), body.Email, s.now()); err != nil {
		return err
	}
	return s.sendPhysician(c, http.StatusOK, c.Param("id"))
}

func (s *server) sendPhysician(c *gin.Context, status int, id string) error {
	p, err := s.store.Physician(c, id)
	if err != nil {
		return err
	}
	c.JSON(status, physicianFor(reader(c))(p))
	return nil
}

type subDistrictBody struct {
	SubDistrict int `json:"sub_district"`
}

// setSubDistrict says where a municipality belongs; 0 takes it back.
func (s *server) setSubDistrict(c *gin.Context) error {
	var body subDistrictBody
	if err := s.body(c, &body); err != nil {
		return err
	}
	if err := s.store.SetSubDistrict(c, reader(c).ID, c.Param("istat"), body.SubDistrict); err != nil {
		return err
	}
	return noContent(c)
}

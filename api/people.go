package api

import (
	"net/http"
	"slices"
	"time"

	"github.com/gin-gonic/gin"

	"dimissioni/internal/calendar"
	"dimissioni/internal/discharge"
	"dimissioni/internal/postgres"
)

type colleagueAnswer struct {
	ID             string `json:"id"`
	Name           string `json:"name"`
	Phone          string `json:"phone,omitempty"`
	OrganisationID string `json:"organisation_id"`
	Organisation   string `json:"organisation"`
}

// listUsers is whom one may appoint or assign: for the coordinator everybody at work on the programme, for a partner
// its own people.
func (s *server) listUsers(c *gin.Context) error {
	me, programme, role := reader(c), c.Query("programme"), discharge.Role(c.Query("role"))
	organisation := me.OrganisationID
	switch {
	case inProgramme(me, programme, discharge.RoleCoordinator):
		organisation = ""
	case !inProgramme(me, programme, discharge.RolePartnerManager, discharge.RoleCaseManager):
		return errForbidden
	}
	list, err := s.store.Users(c, programme, role, organisation)
	if err != nil {
		return err
	}
	list = slices.DeleteFunc(list, func(u postgres.User) bool { return !u.Active })
	return send(c, http.StatusOK, each(list, func(u postgres.User) colleagueAnswer {
		return colleagueAnswer{u.ID, u.Name, u.Phone, u.OrganisationID, u.OrganisationName}
	}), func(u colleagueAnswer) string { return u.ID })
}

type assignBody struct {
	UserID string        `json:"user_id"`
	From   calendar.Date `json:"from"`
	To     calendar.Date `json:"to"`
}

// assignOperator lets an operator see the person and log visits. It is outside the plan, and asks nobody's signature.
func (s *server) assignOperator(c *gin.Context) error {
	in, v, err := s.record(c, "assign_operator",
		records(discharge.RolePartnerManager, discharge.RoleCaseManager, discharge.RoleCoordinator))
	if err != nil {
		return err
	}
	var body assignBody
	if err := s.read(in.Body, c, &body); err != nil {
		return err
	}
	if body.From.IsZero() {
		body.From = v.Snapshot.Today(v.now)
	}
	if !v.Snapshot.State.HasPartner() {
		return discharge.Refuse(discharge.KindNotAllowed, "Gli operatori si assegnano quando un ente segue il caso.")
	}
	if !body.To.IsZero() && body.To.Before(body.From) {
		return discharge.Invalid("to", "too_early", "La fine non può precedere l'inizio.")
	}
	u, err := s.store.User(c, body.UserID)
	if err != nil && discharge.KindOf(err) != discharge.KindNotFound {
		return err
	}
	if err != nil || !u.Active || u.OrganisationID != v.Snapshot.PartnerID ||
		!inProgramme(u, v.ProgrammeID, discharge.RoleOperator) {
		return discharge.Invalid("user_id", "unknown", "Scelga un operatore dell'ente che segue il caso.")
	}
	_, err = s.once(c, in, func(string) error {
		return s.store.Assign(c, v.ID, body.UserID, body.From, body.To, v.me.ID, time.Now())
	})
	if err != nil {
		return err
	}
	return noContent(c)
}

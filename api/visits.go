package api

import (
	"context"
	"slices"
	"time"

	"github.com/gin-gonic/gin"

	"dimissioni/internal/calendar"
	"dimissioni/internal/discharge"
	"dimissioni/internal/postgres"
)

type visitBody struct {
	common
	Status     string           `json:"status"`
	Figure     discharge.Figure `json:"figure"`
	Service    string           `json:"service"`
	StartsAt   string           `json:"starts_at"`
	Minutes    int              `json:"minutes"`
	ReasonCode string           `json:"reason_code"`
	UserID     string           `json:"user_id"`
}

type visitAnswer struct {
	ID          string        `json:"id"`
	On          calendar.Date `json:"on"`
	Status      string        `json:"status"`
	Figure      string        `json:"figure"`
	Service     string        `json:"service,omitempty"`
	StartsAt    string        `json:"starts_at,omitempty"`
	Minutes     int           `json:"minutes"`
	ReasonCode  string        `json:"reason_code,omitempty"`
	Note        string        `json:"note,omitempty"`
	UserID      *string       `json:"user_id"`
	UserName    string        `json:"user_name,omitempty"`
	PartnerID   *string       `json:"partner_id"`
	ByTelephone bool          `json:"by_telephone"`
	RecordedBy  string        `json:"recorded_by"`
	RecordedAt  time.Time     `json:"recorded_at"`
}

func visitOf(v postgres.Visit) visitAnswer {
	return visitAnswer{
		ID: v.ID, On: v.OnDate, Status: v.Status, Figure: v.Figure, Service: v.Service, StartsAt: v.StartsAt,
		Minutes: v.Minutes, ReasonCode: v.ReasonCode, Note: v.Note, UserID: text(v.UserID), UserName: v.UserName,
		PartnerID: text(v.PartnerID), ByTelephone: v.ByTelephone, RecordedBy: v.RecordedBy, RecordedAt: v.RecordedAt,
	}
}

func (s *server) listVisits(c *gin.Context) error {
	return listOf(s, c, "visits", true, func(c *gin.Context, v seen) ([]postgres.Visit, error) {
		list, err := s.store.Visits(c, v.ID)
		if v.view() == discharge.ViewOperator { // what others wrote may tell of more than the tasks
			for i := range list {
				if list[i].RecordedBy != v.me.ID {
					list[i].Note = ""
				}
			}
		}
		return list, err
	}, visitOf, func(v visitAnswer) string { return v.ID })
}

// visitor is who records a visit. A partner that has handed the case over, and its operators, may still record those of
// the days on which it served: [server.checkOperator] judges the day.
func (v seen) visitor() (discharge.Actor, error) {
	for _, r := range v.roles {
		late := r.view != discharge.ViewProposal && (r.role == discharge.RolePartnerManager || r.role == discharge.RoleOperator)
		if late && discharge.Allowed(r.role, discharge.LogVisit, v.Snapshot.Rules) {
			return v.as(r.role), nil
		}
	}
	return v.actor(discharge.LogVisit)
}

// logVisit writes down a visit. The first one done confirms the start: that part is a command, and comes first, since
// the rules may refuse it.
func (s *server) logVisit(c *gin.Context) error {
	in, v, err := s.record(c, string(discharge.LogVisit), func(v seen) error {
		_, err := v.visitor()
		return err
	})
	if err != nil {
		return err
	}
	body := visitBody{Status: "done"}
	if err := s.read(in.Body, c, &body); err != nil {
		return err
	}
	actor, err := v.visitor()
	if err != nil {
		return err
	}
	visit, err := s.newVisit(c, v, actor, body)
	if err != nil {
		return err
	}
	id, err := s.once(c, in, func(id string) error {
		if visit.Status == "done" && !v.Snapshot.VisitLogged {
			cmd := discharge.Command{
				ID: id, Kind: discharge.LogVisit, Actor: actor, On: visit.OnDate, ByTelephone: visit.ByTelephone,
			}
			if err := s.apply(c, v.ID, cmd); err != nil {
				return err
			}
		}
		return s.addVisit(c, visit, id)
	})
	if err != nil {
		return err
	}
	if err := s.addVisit(c, visit, id); err != nil { // a crash may have come between the command and the visit
		return err
	}
	list, err := s.store.Visits(c, v.ID)
	return created(c, list, err, func(r postgres.Visit) string { return r.ID }, id, visitOf)
}

func (s *server) addVisit(ctx context.Context, visit postgres.Visit, id string) error {
	visit.ID = id
	_, err := s.store.AddVisit(ctx, visit)
	return err
}

// newVisit is the visit that a body describes: an operator's own, or somebody's on whose behalf it is recorded.
func (s *server) newVisit(ctx context.Context, v seen, actor discharge.Actor, body visitBody) (postgres.Visit, error) {
	visit := postgres.Visit{
		CaseID: v.ID, UserID: body.UserID, Figure: string(body.Figure), Service: body.Service,
		Status: body.Status, OnDate: body.On, StartsAt: body.StartsAt, Minutes: body.Minutes,
		ReasonCode: body.ReasonCode, Note: body.Note, ByTelephone: body.ByTelephoneWith != "", RecordedBy: actor.UserID,
		RecordedAt: v.now.UTC(),
	}
	if visit.OnDate.IsZero() {
		visit.OnDate = v.Snapshot.Today(v.now)
	}
	if err := recordable(v, visit.OnDate); err != nil {
		return visit, err
	}
	if visit.Status != "planned" {
		if err := notInFuture(v, visit.OnDate); err != nil {
			return visit, err
		}
	}
	switch {
	case visit.Status == "missed" && visit.ReasonCode == "":
		return visit, discharge.Invalid("reason_code", "required", "Indichi perché l'accesso non c'è stato.")
	case visit.Status != "missed" && visit.ReasonCode != "":
		return visit, discharge.Invalid("reason_code", "not_applicable", "Il motivo riguarda solo gli accessi mancati.")
	case visit.Status == "done" && visit.Minutes == 0:
		return visit, discharge.Invalid("minutes", "required", "Indichi quanti minuti è durato l'accesso.")
	case actor.Role == discharge.RoleOperator && visit.ByTelephone:
		return visit, discharge.Invalid("by_telephone_with", "not_applicable", "Ogni operatore registra i propri accessi.")
	case actor.Role == discharge.RoleOperator && visit.UserID != "" && visit.UserID != actor.UserID:
		return visit, discharge.Invalid("user_id", "not_applicable", "Ogni operatore registra i propri accessi.")
	}
	return visit, s.checkOperator(ctx, v, actor, &visit)
}

// checkOperator fills in who made the visit and for which partner: the one that served on that day. It refuses whoever
// was not of that partner.
func (s *server) checkOperator(ctx context.Context, v seen, actor discharge.Actor, visit *postgres.Visit) error {
	if actor.Role != discharge.RoleCoordinator && visit.UserID == "" && visit.Status != "planned" {
		visit.UserID = actor.UserID
	}
	serving := v.Snapshot.PartnersOn(visit.OnDate)
	org := actor.OrgID
	switch {
	case visit.UserID != "" && visit.UserID != actor.UserID:
		u, err := s.store.User(ctx, visit.UserID)
		if err != nil && discharge.KindOf(err) != discharge.KindNotFound {
			return err
		}
		ours := actor.Role == discharge.RoleCoordinator || u.OrganisationID == actor.OrgID
		if err != nil || !ours || !slices.Contains(serving, u.OrganisationID) {
			return discharge.Invalid("user_id", "unknown", "L'operatore non è tra quelli dell'ente che seguiva il caso quel giorno.")
		}
		org = u.OrganisationID
	case actor.Role == discharge.RoleCoordinator && len(serving) > 0:
		org = serving[0]
	case !slices.Contains(serving, org):
		return discharge.Invalid("on", "not_applicable", "Quel giorno il caso era affidato a un altro ente.")
	}
	visit.PartnerID = org
	return nil
}

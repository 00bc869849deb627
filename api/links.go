package api

import (
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"dimissioni/internal/discharge"
	"dimissioni/internal/postgres"
)

// The links of a case and the fate of its messages, for those who answer the telephone.

type linkAnswer struct {
	ID             string               `json:"id"`
	NotificationID string               `json:"notification_id"`
	Moment         discharge.Moment     `json:"moment"`
	Action         discharge.LinkAction `json:"action"`
	RecipientRole  string               `json:"recipient_role"`
	RecipientName  string               `json:"recipient_name"`
	Status         postgres.LinkState   `json:"status"`
	CreatedAt      time.Time            `json:"created_at"`
	ExpiresAt      time.Time            `json:"expires_at"`
	UsedAt         *time.Time           `json:"used_at"`
	Answer         postgres.LinkAnswer  `json:"answer,omitempty"`
	Note           string               `json:"note,omitempty"`
	Code           string               `json:"code,omitempty"` // to be read out, by the coordinator alone
	CodeUntil      *time.Time           `json:"code_until,omitempty"`
}

// listLinks shows what was asked through links and what was answered. The coordinator finds the codes to read out.
func (s *server) listLinks(c *gin.Context) error {
	v, err := s.see(c, "links", readsMessages)
	if err != nil {
		return err
	}
	full := v.view() == discharge.ViewFull
	list, err := s.store.Links(c, v.ID)
	if err != nil {
		return err
	}
	items := make([]linkAnswer, len(list))
	for i, l := range list {
		items[i] = linkAnswer{
			ID: l.ID, NotificationID: l.NotificationID, Moment: l.Subject.Moment, Action: l.Subject.Action,
			RecipientRole: l.Role, RecipientName: l.Name, Status: l.State(v.Snapshot, s.now(), v.now),
			CreatedAt: l.CreatedAt, ExpiresAt: l.ExpiresAt, UsedAt: l.UsedAt, Answer: l.Answer, Note: l.Note,
		}
		if full && items[i].Status == postgres.LinkOpen && l.Subject.Action.NeedsCode() {
			code, until, err := s.store.LinkCode(l, s.now())
			if err != nil {
				return err
			}
			items[i].Code, items[i].CodeUntil = code, &until
		}
	}
	return send(c, http.StatusOK, items, func(a linkAnswer) string { return a.ID })
}

// message opens a message of a case for the coordinator, who says what became of it. The key of a repetition counts for
// this message alone.
func (s *server) message(c *gin.Context, kind discharge.CommandKind) (postgres.NewCommand, seen, postgres.Notification, error) {
	in, v, err := s.record(c, string(kind), records(discharge.RoleCoordinator))
	if err != nil {
		return in, v, postgres.Notification{}, err
	}
	in.CaseID = v.ID
	in.Route = strings.Replace(in.Route, ":notification_id", c.Param("notification_id"), 1)
	if err := s.read(in.Body, c, &common{}); err != nil {
		return in, v, postgres.Notification{}, err
	}
	n, err := s.notification(c, v.ID)
	return in, v, n, err
}

func (s *server) notification(c *gin.Context, caseID string) (postgres.Notification, error) {
	list, err := s.store.Notifications(c, caseID)
	if err != nil {
		return postgres.Notification{}, err
	}
	i := slices.IndexFunc(list, func(n postgres.Notification) bool { return n.ID == c.Param("notification_id") })
	if i < 0 {
		return postgres.Notification{}, errNotFound
	}
	return list[i], nil
}

// sendNotification answers with a message as it is now.
func (s *server) sendNotification(c *gin.Context, caseID string) error {
	n, err := s.notification(c, caseID)
	if err != nil {
		return err
	}
	c.JSON(http.StatusOK, notificationOf(n))
	return nil
}

var errNotFailed = discharge.Refuse(discharge.KindNotAllowed, "Riguarda solo i messaggi che non è stato possibile consegnare.")

// settleNotification records that what a message could not say was said on the telephone.
func (s *server) settleNotification(c *gin.Context) error {
	in, v, n, err := s.message(c, "settle_notification")
	switch {
	case err != nil:
		return err
	case n.Status == "settled":
		return s.sendNotification(c, v.ID)
	case n.Status != "failed":
		return errNotFailed
	}
	_, err = s.once(c, in, func(string) error {
		_, err := s.store.Settle(c, v.ID, n.ID)
		return err
	})
	if err != nil {
		return err
	}
	return s.sendNotification(c, v.ID)
}

// retryNotification sends a failed message again, to the address that its reader has by now.
func (s *server) retryNotification(c *gin.Context) error {
	in, v, n, err := s.message(c, "retry_notification")
	switch {
	case err != nil:
		return err
	case n.Status == "queued":
		return s.sendNotification(c, v.ID)
	case n.Status != "failed" || n.WrongAt != nil:
		return errNotFailed
	}
	_, err = s.once(c, in, func(string) error {
		_, err := s.store.Requeue(c, v.ID, n.ID, v.now.UTC())
		return err
	})
	if err != nil {
		return err
	}
	if err := s.engine.Poke(c, v.ID); err != nil {
		s.log.WarnContext(c, "case not poked: the reconciliation will find the message", "case_id", v.ID, "cause", cause(err))
	}
	return s.sendNotification(c, v.ID)
}

// reportWrongRecipient: inviato alla persona sbagliata. The link is revoked, the register keeps it, the DPO is told: one
// command of the case. Said again, it is already so.
func (s *server) reportWrongRecipient(c *gin.Context) error {
	in, v, n, err := s.message(c, discharge.ReportWrongDelivery)
	if err != nil {
		return err
	}
	if n.WrongAt != nil {
		return s.sendNotification(c, v.ID)
	}
	in.Async = false
	stored, err := s.store.BeginCommand(c, in)
	if err != nil {
		return err
	}
	if stored.Status != postgres.CommandDone {
		actor, err := v.actor(discharge.ReportWrongDelivery)
		if err != nil {
			return err
		}
		err = s.apply(c, v.ID, discharge.Command{
			ID: stored.ID, Kind: discharge.ReportWrongDelivery, Actor: actor,
			Facts: discharge.Facts{Notifications: []string{n.ID}},
		})
		if err != nil {
			return err
		}
	}
	return s.sendNotification(c, v.ID)
}

type wrongDeliveryAnswer struct {
	NotificationID string           `json:"notification_id"`
	CaseID         string           `json:"case_id"`
	CaseCode       string           `json:"case_code"`
	ProgrammeID    string           `json:"programme_id"`
	Moment         discharge.Moment `json:"moment"`
	RecipientRole  string           `json:"recipient_role"`
	SentAt         *time.Time       `json:"sent_at"`
	ReportedBy     string           `json:"reported_by"`
	ReportedAt     time.Time        `json:"reported_at"`
	Note           string           `json:"note,omitempty"`
}

// listWrongDeliveries is the DPO's register, of the programmes in which the reader is one.
func (s *server) listWrongDeliveries(c *gin.Context) error {
	var programmes []string
	for _, g := range reader(c).Grants {
		if g.Role == discharge.RoleDPO {
			programmes = append(programmes, g.ProgrammeID)
		}
	}
	if len(programmes) == 0 {
		return errForbidden
	}
	list, err := s.store.WrongDeliveries(c, programmes)
	if err != nil {
		return err
	}
	read := map[string]bool{}
	for _, w := range list {
		read[w.CaseID] = true
	}
	me := reader(c)
	err = s.store.LogAccesses(c, slices.Sorted(maps.Keys(read)), me.ID, me.OrganisationID, discharge.RoleDPO, "wrong deliveries")
	if err != nil {
		return err
	}
	return send(c, http.StatusOK, each(list, func(w postgres.WrongDelivery) wrongDeliveryAnswer {
		return wrongDeliveryAnswer{
			w.NotificationID, w.CaseID, w.CaseCode, w.ProgrammeID, w.Moment, w.RecipientRole, w.SentAt, w.ReportedBy, w.At,
			w.Note,
		}
	}), func(w wrongDeliveryAnswer) string { return w.NotificationID })
}

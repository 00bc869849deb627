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

type deadlineAnswer struct {
	Kind   discharge.ClockKind   `json:"kind"`
	DueOn  calendar.Date         `json:"due_on"`
	DueAt  time.Time             `json:"due_at"`
	Why    string                `json:"why"`
	Status discharge.ClockStatus `json:"status"`
}

// wardClocks is what the ward sees of the clocks: its own, and those of the path.
var wardClocks = []discharge.ClockKind{
	discharge.ClockScreening, discharge.ClockCompletion, discharge.ClockWaitlistCheck, discharge.ClockStart,
	discharge.ClockReview, discharge.ClockCap,
}

// deadlineShown reports whether a view shows a clock.
func deadlineShown(view discharge.View, kind discharge.ClockKind) bool {
	switch view {
	case discharge.ViewFull, discharge.ViewCare:
		return true
	case discharge.ViewSender:
		return slices.Contains(wardClocks, kind)
	case discharge.ViewProposal:
		return kind == discharge.ClockAcceptance
	case discharge.ViewOperator:
		return kind == discharge.ClockStart || kind == discharge.ClockReview || kind == discharge.ClockCap
	default:
		return false
	}
}

func (s *server) getDeadlines(c *gin.Context) error {
	v, err := s.see(c, "deadlines", reads(discharge.ViewProposal, discharge.ViewOperator, discharge.ViewSender,
		discharge.ViewCare, discharge.ViewFull))
	if err != nil {
		return err
	}
	items := each(v.deadlines(), func(d discharge.Deadline) deadlineAnswer {
		return deadlineAnswer{d.Kind, d.DueOn, shownInstant(d), d.Why, d.Status}
	})
	return send(c, http.StatusOK, items, func(d deadlineAnswer) string { return string(d.Kind) + " " + d.DueOn.String() + " " + d.Why })
}

// deadlines are the clocks that the reader's view shows.
func (v seen) deadlines() []discharge.Deadline {
	return slices.DeleteFunc(v.Snapshot.Deadlines(v.now), func(d discharge.Deadline) bool {
		return !deadlineShown(v.view(), d.Kind)
	})
}

// shownInstant is the last second of the day for a clock that is met before 24:00.
func shownInstant(d discharge.Deadline) time.Time {
	if d.DueAt.Equal(d.DueOn.End()) {
		return d.DueAt.Add(-time.Second)
	}
	return d.DueAt
}

// localTime is an instant as people in Rome read it.
func localTime(t time.Time) string { return t.In(calendar.Rome).Format("02/01/2006 alle 15:04") }

type notificationAnswer struct {
	ID            string           `json:"id"`
	Moment        discharge.Moment `json:"moment"`
	RecipientRole string           `json:"recipient_role"`
	RecipientName string           `json:"recipient_name,omitempty"`
	Status        string           `json:"status"`
	Cancelled     bool             `json:"cancelled,omitempty"` // settled without being sent: there was no reason any more
	Attempts      int              `json:"attempts"`
	NotBefore     time.Time        `json:"not_before"`
	SentAt        *time.Time       `json:"sent_at"`
	Error         string           `json:"error,omitempty"`
	MessageID     string           `json:"message_id"`
	WrongAt       *time.Time       `json:"wrong_recipient_at,omitempty"` // when it was said that it reached the wrong person
}

// readsMessages: the coordinator, or the municipality where it admits, and the case manager.
func readsMessages(v seen) error {
	if v.view() != discharge.ViewFull && !v.holds(discharge.RoleCaseManager) {
		return errForbidden
	}
	return nil
}

func (s *server) getNotifications(c *gin.Context) error {
	v, err := s.see(c, "notifications", readsMessages)
	if err != nil {
		return err
	}
	list, err := s.store.Notifications(c, v.ID)
	if err != nil {
		return err
	}
	return send(c, http.StatusOK, each(list, notificationOf), func(n notificationAnswer) string { return n.ID })
}

func notificationOf(n postgres.Notification) notificationAnswer {
	a := notificationAnswer{
		ID: n.ID, Moment: n.Moment, RecipientRole: n.RecipientRole, RecipientName: n.Name, Status: n.Status,
		Attempts: n.Attempts, NotBefore: n.NotBefore, SentAt: n.SentAt, MessageID: n.MessageID, WrongAt: n.WrongAt,
	}
	if n.LastErrorKind != nil {
		a.Error = *n.LastErrorKind
	}
	if a.Status == "cancelled" {
		a.Status, a.Cancelled = "settled", true
	}
	return a
}

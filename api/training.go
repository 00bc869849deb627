package api

import (
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"dimissioni/internal/calendar"
	"dimissioni/internal/discharge"
)

type forwardBody struct {
	Days  int `json:"days"`
	Hours int `json:"hours"`
}

// from is where the clock gets to: days keep the hour in Rome, then come the hours.
func (b forwardBody) from(now time.Time) time.Time {
	return now.In(calendar.Rome).AddDate(0, 0, b.Days).Add(time.Duration(b.Hours) * time.Hour)
}

// fastForward moves the case's clock and answers when the case has arrived. Outside training it does not exist.
func (s *server) fastForward(c *gin.Context) error {
	if !s.training {
		return errNotFound
	}
	in, v, err := s.record(c, "fast_forward", records(discharge.RoleCoordinator))
	if err != nil {
		return err
	}
	var body forwardBody
	if err := s.read(in.Body, c, &body); err != nil {
		return err
	}
	if body.Days == 0 && body.Hours == 0 {
		return discharge.Invalid("days", "required", "Indichi di quanti giorni o di quante ore andare avanti.")
	}
	_, err = s.once(c, in, func(string) error {
		return s.engine.FastForward(c, v.ID, v.now, body.from(v.now))
	})
	if err != nil {
		return err
	}
	if v, err = s.look(c, v.ID); err != nil {
		return err
	}
	return s.sendCase(c, http.StatusOK, v)
}

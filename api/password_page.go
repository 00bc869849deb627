package api

import (
	"errors"
	"net/http"

	"github.com/gin-gonic/gin"

	"dimissioni/api/html"
	"dimissioni/internal/discharge"
)

// showPassword is the page of the link with which somebody chooses a password. A GET uses nothing up.
func (s *server) showPassword(c *gin.Context) error {
	open, err := s.store.PasswordLinkOpen(c, c.Param("token"), s.now())
	if err != nil {
		return err
	}
	if !open {
		return errDead
	}
	return s.sendPasswordPage(c, http.StatusOK, "")
}

func (s *server) sendPasswordPage(c *gin.Context, status int, wrong string) error {
	page, err := html.Password.Render(html.PasswordPage{
		Office: html.Office{Phone: s.answers.Office.Phone, Hours: s.answers.Office.Hours}, Error: wrong,
	})
	if err != nil {
		return err
	}
	sendPage(c, status, page)
	return nil
}

// takePassword sets it. One that will not do is said on the page, and the link is still good.
func (s *server) takePassword(c *gin.Context) error {
	form, err := s.readForm(c)
	if err != nil {
		return err
	}
	err = s.store.ResetPassword(c, c.Param("token"), form.Get("password"), s.now())
	var refusal *discharge.Error
	switch {
	case err == nil:
		c.Redirect(http.StatusSeeOther, "/answers/done/password")
		return nil
	case discharge.KindOf(err) == discharge.KindNotFound:
		return errDead
	case errors.As(err, &refusal) && refusal.Kind == discharge.KindInvalid:
		return s.sendPasswordPage(c, http.StatusUnprocessableEntity, refusal.Message)
	default:
		return err
	}
}

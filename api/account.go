package api

import (
	"context"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"dimissioni/internal/postgres"
)

// What people do with their own account: its sessions, its password, its second factor.

type tokenAnswer struct {
	ID        string    `json:"id"`
	Label     string    `json:"label"`
	CreatedAt time.Time `json:"created_at"`
	UsedAt    time.Time `json:"used_at"`
	ExpiresAt time.Time `json:"expires_at"`
	Current   bool      `json:"current"`
}

func (s *server) listTokens(c *gin.Context) error {
	current, _ := bearer(c)
	list, err := s.store.Tokens(c, reader(c).ID, current, s.now())
	if err != nil {
		return err
	}
	return send(c, http.StatusOK, each(list, func(t postgres.Token) tokenAnswer {
		return tokenAnswer(t)
	}), func(t tokenAnswer) string { return t.ID })
}

func (s *server) revokeToken(c *gin.Context) error {
	if err := s.store.RevokeOwnToken(c, reader(c).ID, c.Param("id")); err != nil {
		return err
	}
	return noContent(c)
}

func (s *server) revokeTokens(c *gin.Context) error {
	if err := s.store.SignOutEverywhere(c, reader(c).ID, reader(c).ID); err != nil {
		return err
	}
	return noContent(c)
}

// again is the reader asked again for what only they know.
func (s *server) again(c *gin.Context, password, code string) postgres.SignIn {
	return postgres.SignIn{Password: password, Code: code, Address: c.ClientIP(), Now: s.now()}
}

type passwordBody struct {
	CurrentPassword string `json:"current_password"`
	Password        string `json:"password"`
}

func (s *server) changePassword(c *gin.Context) error {
	var body passwordBody
	if err := s.body(c, &body); err != nil {
		return err
	}
	if err := s.store.ChangePassword(c, reader(c), s.again(c, body.CurrentPassword, ""), body.Password); err != nil {
		return err
	}
	return noContent(c)
}

type enrolBody struct {
	CurrentPassword string `json:"current_password"`
	TOTP            string `json:"totp"`
}

type enrolAnswer struct {
	Secret     string `json:"secret"`
	OTPAuthURL string `json:"otpauth_url"`
}

func (s *server) enrolSecondFactor(c *gin.Context) error {
	var body enrolBody
	if err := s.body(c, &body); err != nil {
		return err
	}
	key, err := s.store.BeginSecondFactor(c, reader(c), s.again(c, body.CurrentPassword, body.TOTP))
	if err != nil {
		return err
	}
	c.JSON(http.StatusOK, enrolAnswer{Secret: key.Secret, OTPAuthURL: key.URL})
	return nil
}

type confirmBody struct {
	TOTP string `json:"totp"`
}

type recoveryAnswer struct {
	RecoveryCodes []string `json:"recovery_codes"`
}

func (s *server) confirmSecondFactor(c *gin.Context) error {
	var body confirmBody
	if err := s.body(c, &body); err != nil {
		return err
	}
	codes, err := s.store.ConfirmSecondFactor(c, reader(c), s.again(c, "", body.TOTP))
	if err != nil {
		return err
	}
	c.JSON(http.StatusOK, recoveryAnswer{RecoveryCodes: codes})
	return nil
}

type forgottenBody struct {
	Email string `json:"email"`
}

// forgotten sends a link to the account of an e-mail, if there is one. The answer comes before anything is looked up, so
// that neither its words nor its time tell.
func (s *server) forgotten(c *gin.Context) error {
	var body forgottenBody
	if err := s.body(c, &body); err != nil {
		return err
	}
	if err := s.forget(c, body.Email); err != nil {
		return err
	}
	c.Status(http.StatusAccepted)
	c.Writer.WriteHeaderNow()
	return nil
}

// forget sends the link meanwhile; the error says that too much was asked for.
func (s *server) forget(c *gin.Context, email string) error {
	if err := s.forgetful.spend(c.ClientIP(), s.now()); err != nil {
		return err
	}
	s.background.run(c.Request.Context(), s.log, "password link not sent", func(ctx context.Context) error {
		id, err := s.store.ForgetPassword(ctx, email, s.now())
		if err != nil || id == "" {
			return err
		}
		return s.engine.SendPasswordLetter(ctx, id)
	})
	return nil
}

type resetBody struct {
	Token    string `json:"token"`
	Password string `json:"password"`
}

func (s *server) resetPassword(c *gin.Context) error {
	var body resetBody
	if err := s.body(c, &body); err != nil {
		return err
	}
	if err := s.store.ResetPassword(c, body.Token, body.Password, s.now()); err != nil {
		return err
	}
	return noContent(c)
}

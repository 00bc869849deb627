package api

import (
	"crypto/rand"
	"net/http"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"dimissioni/internal/discharge"
	"dimissioni/internal/postgres"
)

// tokenLife is how long a token lasts.
const tokenLife = 12 * time.Hour

type loginBody struct {
	Email    string `json:"email"`
	Password string `json:"password"`
	TOTP     string `json:"totp"`
	Label    string `json:"label"`
}

type userAnswer struct {
	ID    string `json:"id"`
	Name  string `json:"name"`
	Email string `json:"email"`
}

type sessionAnswer struct {
	Token     string     `json:"token"`
	ExpiresAt time.Time  `json:"expires_at"`
	User      userAnswer `json:"user"`
	// none, passed, or to_enrol: then the token opens nothing but the enrolment of one.
	SecondFactor string `json:"second_factor"`
}

func (s *server) login(c *gin.Context) error {
	var body loginBody
	if err := s.body(c, &body); err != nil {
		return err
	}
	user, err := s.store.Authenticate(c, postgres.SignIn{
		Email: body.Email, Password: body.Password, Code: body.TOTP, Address: c.ClientIP(), Now: s.now(),
	})
	if err != nil {
		return err
	}
	label := body.Label
	if label == "" {
		label = c.Request.UserAgent()
	}
	token, expires := rand.Text()+rand.Text(), s.now().Add(tokenLife).UTC().Truncate(time.Second)
	if err := s.store.CreateToken(c, user.ID, token, label, s.now(), expires); err != nil {
		return err
	}
	c.JSON(http.StatusOK, sessionAnswer{
		Token: token, ExpiresAt: expires, User: userAnswer{ID: user.ID, Name: user.Name, Email: user.Email},
		SecondFactor: secondFactorOf(user),
	})
	return nil
}

func secondFactorOf(u postgres.User) string {
	switch {
	case u.MustEnrol:
		return "to_enrol"
	case u.SecondFactor:
		return "passed"
	default:
		return "none"
	}
}

func (s *server) logout(c *gin.Context) error {
	token, _ := bearer(c)
	if err := s.store.RevokeToken(c, token); err != nil {
		return err
	}
	return noContent(c)
}

// authenticate lets in whoever holds a token in force.
func (s *server) authenticate() gin.HandlerFunc {
	return s.handle(func(c *gin.Context) error {
		token, ok := bearer(c)
		if !ok {
			c.Header("WWW-Authenticate", "Bearer")
			return errUnauthenticated
		}
		user, err := s.store.UserByToken(c, token, s.now())
		if discharge.KindOf(err) == discharge.KindUnauthenticated {
			c.Header("WWW-Authenticate", `Bearer error="invalid_token"`)
		}
		if err != nil {
			return err
		}
		c.Set(keySession, user)
		if user.MustEnrol && !ownAccount(c.FullPath()) {
			return errMustEnrol
		}
		return nil
	})
}

// ownAccount reports whether a route is about the reader's own account: who must still enrol a second factor has no other.
func ownAccount(template string) bool {
	return template == base+"/logout" || template == base+"/me" || strings.HasPrefix(template, base+"/me/")
}

// maxToken is longer than any token of ours.
const maxToken = 200

func bearer(c *gin.Context) (string, bool) {
	scheme, token, ok := strings.Cut(c.GetHeader("Authorization"), " ")
	token = strings.TrimSpace(token)
	return token, ok && strings.EqualFold(scheme, "Bearer") && token != "" && len(token) <= maxToken
}

// sessionOf is who asks, once authenticated.
func sessionOf(c *gin.Context) (postgres.User, bool) {
	user, ok := c.Value(keySession).(postgres.User)
	return user, ok
}

// reader is who asks; routes behind authenticate always have one.
func reader(c *gin.Context) postgres.User {
	user, _ := sessionOf(c)
	return user
}

package api

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/gin-gonic/gin"

	"dimissioni/api/html"
	"dimissioni/internal/discharge"
	"dimissioni/internal/postgres"
)

// showSignIn asks who one is; whoever has signed in goes on.
func (s *server) showSignIn(c *gin.Context) error {
	to := ownPath(c.Query("a"))
	if _, known := sessionOf(c); known {
		return redirect(c, to)
	}
	return s.sendSignIn(c, http.StatusOK, html.Form{}, to)
}

func (s *server) sendSignIn(c *gin.Context, status int, form html.Form, to string) error {
	return show(s, c, status, html.SignIn, place{}, html.SignInPage{Form: form, To: to, Demo: s.demo})
}

// signIn begins a session. Whatever was wrong, the words are the same.
func (s *server) signIn(c *gin.Context) error {
	values, err := s.readForm(c)
	if err != nil {
		return err
	}
	to := ownPath(values.Get("to"))
	user, err := s.store.Authenticate(c, postgres.SignIn{
		Email: values.Get("email"), Password: c.Request.PostForm.Get("password"), Code: values.Get("totp"),
		Address: c.ClientIP(), Now: s.now(),
	})
	var refusal *discharge.Error
	if errors.As(err, &refusal) && refusal.Kind == discharge.KindUnauthenticated {
		form := html.Form{Values: values, Errors: []html.FieldError{{Message: refusal.Message}}}
		return s.sendSignIn(c, http.StatusUnauthorized, form, to)
	}
	if err != nil {
		return err
	}
	if err := s.begin(c, user); err != nil {
		return err
	}
	return redirect(c, to)
}

// signInDemo begins a session of a demo account, in the demo alone.
func (s *server) signInDemo(c *gin.Context) error {
	values, err := s.readForm(c)
	if err != nil {
		return err
	}
	email := values.Get("email")
	if !slices.ContainsFunc(s.demo, func(a html.DemoAccount) bool { return a.Email == email }) {
		return errNotFound
	}
	user, err := s.store.AuthenticateDemo(c, email)
	if err != nil {
		return err
	}
	if err := s.begin(c, user); err != nil {
		return err
	}
	return redirect(c, ownPath(values.Get("to")))
}

// signOut ends the session, here and in the store.
func (s *server) signOut(c *gin.Context) error {
	if err := s.sessions.Destroy(c.Request.Context()); err != nil {
		return err
	}
	return redirect(c, "/accedi")
}

// showSessions lists the reader's own sessions.
func (s *server) showSessions(c *gin.Context) error {
	list, err := s.store.OpenSessions(c, reader(c).ID)
	if err != nil {
		return err
	}
	mine := s.sessions.GetString(c.Request.Context(), postgres.SessionID)
	page := html.SessionsPage{Sessions: each(list, func(one postgres.Session) html.Session {
		return html.Session{
			ID: one.ID, Device: one.Device, CreatedAt: one.CreatedAt, SeenAt: one.SeenAt, Current: one.ID == mine,
		}
	})}
	return show(s, c, http.StatusOK, html.Sessions, inProfile, page)
}

func (s *server) closeSession(c *gin.Context) error {
	if err := s.store.CloseSession(c, reader(c).ID, c.Param("id")); err != nil {
		return err
	}
	s.say(c, "success", "L'accesso è chiuso.")
	return redirect(c, "/sessioni")
}

func (s *server) closeOtherSessions(c *gin.Context) error {
	mine := s.sessions.GetString(c.Request.Context(), postgres.SessionID)
	if err := s.store.CloseOtherSessions(c, reader(c).ID, mine); err != nil {
		return err
	}
	s.say(c, "success", "Gli altri accessi sono chiusi.")
	return redirect(c, "/sessioni")
}

// wanted is where a reader wanted to go, for after signing in: only what was to be read, never what was to be done.
func wanted(c *gin.Context) string {
	if c.Request.Method != http.MethodGet || c.Request.URL.Path == "/" {
		return ""
	}
	return "?a=" + url.QueryEscape(c.Request.URL.RequestURI())
}

// ownPath is a path of ours that somebody asked for; the first page for anything that leads elsewhere.
func ownPath(to string) string {
	const first = "/"
	u, err := url.Parse(to)
	if err != nil || u.IsAbs() || u.Host != "" || u.User != nil || len(to) > 1000 {
		return first
	}
	// Browsers read a backslash as a slash, and leave out tabs and line ends.
	if !strings.HasPrefix(to, "/") || strings.HasPrefix(to, "//") || strings.ContainsAny(to, "\\\t\r\n") {
		return first
	}
	if !ofDesk(u.Path) || u.Path == "/accedi" || u.Path == "/esci" {
		return first
	}
	return to
}

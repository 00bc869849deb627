package api

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/alexedwards/scs/v2"
	"github.com/gin-gonic/gin"

	"dimissioni/internal/discharge"
	"dimissioni/internal/postgres"
)

// Cookie sessions are for the desk alone: the API knows tokens and no cookie. A session ends after half an hour without
// use, after twelve hours in any case, when its browser closes, when it is closed from another one, and with the
// account. docs/adr/0009.
const (
	sessionIdle = 30 * time.Minute
	sessionLife = 12 * time.Hour
)

const (
	flashKind = "flash_kind"
	flashText = "flash_text"
)

func newSessions(store *postgres.Store, secure bool, log *slog.Logger) *scs.SessionManager {
	m := scs.New()
	m.Store = store.Sessions()
	m.Codec = sessionCodec{}
	m.HashTokenInStore = true
	m.IdleTimeout = sessionIdle
	m.Lifetime = sessionLife
	m.Cookie.Name = "dimissioni"
	if secure {
		m.Cookie.Name = "__Host-dimissioni" // browsers take it from https, for this host and the whole of it, and no other
	}
	m.Cookie.Secure = secure
	m.Cookie.Persist = false
	m.ErrorFunc = func(w http.ResponseWriter, r *http.Request, err error) {
		if r.Context().Err() == nil {
			log.ErrorContext(r.Context(), "session not reached", slog.String("cause", cause(err)))
		}
		http.Error(w, "Servizio non disponibile: riprovi tra qualche minuto.", http.StatusServiceUnavailable)
	}
	return m
}

// sessionCodec writes a session as JSON, so that the store reads whose it is.
type sessionCodec struct{}

func (sessionCodec) Encode(deadline time.Time, values map[string]any) ([]byte, error) {
	data := postgres.SessionData{Deadline: deadline, Values: map[string]string{}}
	for name, value := range values {
		text, ok := value.(string)
		if !ok {
			return nil, fmt.Errorf("write session: a value is not a text")
		}
		data.Values[name] = text
	}
	return json.Marshal(data)
}

func (sessionCodec) Decode(content []byte) (time.Time, map[string]any, error) {
	var data postgres.SessionData
	if err := json.Unmarshal(content, &data); err != nil {
		return time.Time{}, nil, fmt.Errorf("read session: %w", err)
	}
	values := make(map[string]any, len(data.Values))
	for name, value := range data.Values {
		values[name] = value
	}
	return data.Deadline, values, nil
}

// withSessions puts sessions around the whole of the desk: the cookie must be written before anything else is.
func (s *server) withSessions(next http.Handler) http.Handler {
	desk := s.sessions.LoadAndSave(next)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if ofDesk(r.URL.Path) {
			desk.ServeHTTP(w, r)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// elsewhere are the paths that are not the desk's.
var elsewhere = []string{base + "/", "/answers/", "/assets/", "/healthz", "/readyz"}

func ofDesk(path string) bool {
	return !slices.ContainsFunc(elsewhere, func(prefix string) bool { return strings.HasPrefix(path, prefix) })
}

// begin opens a session of a user, under a new token whatever the browser had before.
func (s *server) begin(c *gin.Context, user postgres.User) error {
	if err := s.store.ForgetSessions(c); err != nil {
		return err
	}
	ctx := c.Request.Context()
	if err := s.sessions.Clear(ctx); err != nil {
		return err
	}
	if err := s.sessions.RenewToken(ctx); err != nil {
		return err
	}
	s.sessions.Put(ctx, postgres.SessionID, postgres.NewID())
	s.sessions.Put(ctx, postgres.SessionUser, user.ID)
	s.sessions.Put(ctx, postgres.SessionDevice, deviceOf(c.Request.UserAgent()))
	return nil
}

// signedIn lets in whoever has a session, and sends others to sign in and back; who must enrol a second factor
// does that first.
func (s *server) signedIn() gin.HandlerFunc {
	return s.handle(func(c *gin.Context) error {
		user, err := s.userOfSession(c)
		if discharge.KindOf(err) == discharge.KindUnauthenticated {
			c.Abort()
			return redirect(c, "/accedi"+wanted(c))
		}
		if err != nil {
			return err
		}
		c.Set(keySession, user)
		if user.MustEnrol && !ofOwnAccount(c.FullPath()) {
			c.Abort()
			return redirect(c, "/secondo-fattore"+wanted(c))
		}
		return nil
	})
}

// recognised knows whoever has a session, and lets in everybody.
func (s *server) recognised() gin.HandlerFunc {
	return s.handle(func(c *gin.Context) error {
		user, err := s.userOfSession(c)
		if discharge.KindOf(err) == discharge.KindUnauthenticated {
			return nil
		}
		if err == nil {
			c.Set(keySession, user)
		}
		return err
	})
}

// userOfSession is the active user of the session; a *discharge.Error unauthenticated otherwise.
func (s *server) userOfSession(c *gin.Context) (postgres.User, error) {
	id := s.sessions.GetString(c.Request.Context(), postgres.SessionUser)
	if id == "" {
		return postgres.User{}, errUnauthenticated
	}
	user, err := s.store.User(c, id)
	if err == nil && user.Active {
		return user, nil
	}
	if err != nil && discharge.KindOf(err) != discharge.KindNotFound {
		return postgres.User{}, err
	}
	if err := s.sessions.Destroy(c.Request.Context()); err != nil {
		return postgres.User{}, err
	}
	return postgres.User{}, errUnauthenticated
}

// say leaves a word for the next page of this browser.
func (s *server) say(c *gin.Context, kind, text string) {
	s.sessions.Put(c.Request.Context(), flashKind, kind)
	s.sessions.Put(c.Request.Context(), flashText, text)
}

var browsers = [][2]string{{"Edg", "Edge"}, {"OPR/", "Opera"}, {"Firefox/", "Firefox"}, {"Chrome/", "Chrome"}, {"Safari/", "Safari"}}

var systems = [][2]string{
	{"Android", "Android"}, {"iPhone", "iPhone"}, {"iPad", "iPad"}, {"Windows", "Windows"}, {"Mac OS", "Mac"}, {"Linux", "Linux"},
}

// deviceOf says in words what a browser says of itself, as much as helps its owner to know it again.
func deviceOf(agent string) string {
	named := func(list [][2]string, otherwise string) string {
		for _, known := range list {
			if strings.Contains(agent, known[0]) {
				return known[1]
			}
		}
		return otherwise
	}
	return named(browsers, "Un programma") + " su " + named(systems, "un altro sistema")
}

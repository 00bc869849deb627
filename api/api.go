// Package api is the product over HTTP: the JSON of the contract (openapi.yaml) under /api/v1, health, and on an
// address of its own metrics and profiles.
//
// A handler returns its error and [server.handle] answers: one table from error kind to status. Who may see and who
// may do is decided in permissions.go alone, how a case looks to whom in case_view.go. A command goes through
// commands.go, and its body's meaning stands in the table of commands_*.go. Bodies are held against openapi.yaml,
// which is therefore true.
package api

import (
	"context"
	"log/slog"
	"net/http"
	"net/netip"
	"time"

	"github.com/alexedwards/scs/v2"
	"github.com/gin-gonic/gin"

	"dimissioni/api/html"
	"dimissioni/internal/discharge"
	"dimissioni/internal/postgres"
)

// base is where the JSON lives.
const base = "/api/v1"

// engineClient is what turns commands into events: internal/engine over Temporal, in tests a loop in memory.
type engineClient interface {
	// Apply gives a command to a case and waits for its answer: nil, the rules' refusal, or unavailable when the
	// answer did not come in time and the command may still be carried out.
	Apply(ctx context.Context, caseID string, cmd discharge.Command) error
	// Send gives a command without waiting for the answer.
	Send(ctx context.Context, caseID string, cmd discharge.Command) error
	// Start makes sure that a case has its workflow.
	Start(ctx context.Context, caseID string) error
	// Poke makes a case look at the store again: a message waits there.
	Poke(ctx context.Context, caseID string) error
	// SendPasswordLetter makes sure that the mail with a link to set a password goes out.
	SendPasswordLetter(ctx context.Context, linkID string) error
	// FastForward moves a case's clock from what it shows and returns when it has arrived (training).
	FastForward(ctx context.Context, caseID string, from, to time.Time) error
	// Healthy reports whether the engine answers.
	Healthy(ctx context.Context) error
}

// Deps is what the api works with. Store and Engine are needed, the rest may be zero.
type Deps struct {
	Store    *postgres.Store
	Engine   engineClient
	Log      *slog.Logger
	Training bool     // fast-forward exists
	Metrics  *Metrics // what the admin address shows
	// TrustedProxies are the networks whose X-Forwarded-For is believed; none by default.
	TrustedProxies []netip.Prefix
	Links          Links // the pages behind the links of mails
	// Institution is who runs the service, shown on the desk; may be empty.
	Institution string
	// Demo are the accounts that anybody may try without a password; none outside the demo.
	Demo []html.DemoAccount
}

// server holds what the handlers share.
type server struct {
	store    *postgres.Store
	engine   engineClient
	log      *slog.Logger
	contract *contract
	metrics  *requestMetrics
	training bool
	checks   *limiter // referral checks, by user
	// forgetful bounds the links for forgotten passwords, by address.
	forgetful  *limiter
	background *background
	answers    *answers // the pages behind the links of mails
	now        func() time.Time

	notFoundTakes time.Duration // at least, by the answer that a case is not found

	sessions    *scs.SessionManager
	institution string
	demo        []html.DemoAccount
}

// New makes the handler of the public address. It panics when the program itself is broken, never for a setting.
func New(d Deps) http.Handler { return newServer(d).handler(d.TrustedProxies) }

func (s *server) handler(proxies []netip.Prefix) http.Handler {
	gin.SetMode(gin.ReleaseMode)
	e := gin.New()
	e.RedirectTrailingSlash = false
	e.HandleMethodNotAllowed = true
	e.ContextWithFallback = true
	trusted := make([]string, len(proxies))
	for i, p := range proxies {
		trusted[i] = p.String()
	}
	if err := e.SetTrustedProxies(trusted); err != nil {
		panic(err) // a netip.Prefix always reads back
	}
	e.Use(identify, s.recoverPanics, s.logAccess, secure, inTime, s.sameOrigin(http.NewCrossOriginProtection()))
	e.NoRoute(s.handle(func(*gin.Context) error { return errNotFound }))
	e.NoMethod(s.handle(func(*gin.Context) error {
		return discharge.Refuse(kindMethodNotAllowed, "Questo indirizzo non accetta il metodo usato.")
	}))
	s.routes(e)
	s.deskRoutes(e)
	return s.withSessions(e)
}

func newServer(d Deps) *server {
	log := d.Log
	if log == nil {
		log = slog.Default()
	}
	return &server{
		store: d.Store, engine: d.Engine, log: log, contract: readContract(), metrics: newRequestMetrics(d.Metrics),
		training: d.Training, checks: newLimiter(30, 2*time.Second), now: time.Now,
		answers: newAnswers(d.Links), forgetful: newLimiter(10, time.Minute), background: newBackground(),
		sessions: newSessions(d.Store, d.Links.Secure, log), institution: d.Institution, demo: d.Demo,
		notFoundTakes: notFoundTakes,
	}
}

// Serve settings: how long a caller may take, and how long we may take to answer. A command waits for the engine at
// most 15 seconds, a fast-forward of six weeks takes about a minute: there is no limit on writing.
const (
	answerPatience    = 20 * time.Second
	forwardPatience   = 5 * time.Minute
	readHeaderTimeout = 10 * time.Second
	readTimeout       = 30 * time.Second
	idleTimeout       = 2 * time.Minute
	maxHeader         = 32 << 10
)

// HTTPServer puts a handler of this package behind the limits of reading; the caller listens and shuts down.
func HTTPServer(h http.Handler, log *slog.Logger) *http.Server {
	return &http.Server{
		Handler:           h,
		ReadHeaderTimeout: readHeaderTimeout,
		ReadTimeout:       readTimeout,
		IdleTimeout:       idleTimeout,
		MaxHeaderBytes:    maxHeader,
		ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelWarn),
	}
}

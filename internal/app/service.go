package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"time"

	"dimissioni/activities"
	"dimissioni/api"
	"dimissioni/internal/cipher"
	"dimissioni/internal/engine"
	"dimissioni/internal/mail"
	"dimissioni/internal/postgres"
	"dimissioni/worker"
)

// temporalPatience is how long a start waits for Temporal before it goes on without.
const temporalPatience = 20 * time.Second

// Options say which part of the service runs here.
type Options struct {
	API     bool
	Worker  bool
	Migrate bool // bring the schema up first; in the demo, write its district

	TemporalAddress string // of the embedded server; empty: what TEMPORAL_* says
	Pages           map[string]http.Handler
	Log             *slog.Logger
}

// Service is what runs.
type Service struct {
	settings Settings
	log      *slog.Logger
	alone    bool // on one machine, with the embedded Temporal
	store    *postgres.Store
	engine   *engine.Client
	public   *listener // nil without
	admin    *listener
	failed   chan error
	stopWork context.CancelFunc // nil without workers
	workDone chan struct{}
}

// Start starts the service and returns when it answers and, with workers, when they get work; a Temporal that is away
// is waited for in the background, since referrals can be taken without it. The caller stops the service.
func Start(ctx context.Context, s Settings, o Options) (_ *Service, err error) {
	if err := s.Check(); err != nil {
		return nil, &SettingsError{Err: err}
	}
	service := &Service{settings: s, log: o.Log, alone: o.TemporalAddress != "", failed: make(chan error, 3)}
	defer func() {
		if err != nil {
			service.Stop()
		}
	}()
	if o.API {
		if service.public, err = listen(ctx, "DIMISSIONI_ADDR", s.Addr); err != nil {
			return nil, err
		}
	}
	if s.PublicURL == "" {
		service.settings.PublicURL = service.URL()
	}
	if service.admin, err = listen(ctx, "DIMISSIONI_ADMIN_ADDR", s.AdminAddr); err != nil {
		return nil, err
	}
	if err := service.open(ctx, o); err != nil {
		return nil, err
	}
	if err := service.serve(o); err != nil {
		return nil, err
	}
	if o.Worker {
		return service, service.work(ctx)
	}
	return service, service.checkKeys(ctx)
}

// open opens the store and the engine.
func (s *Service) open(ctx context.Context, o Options) (err error) {
	if err := Reach(ctx, s.settings.DatabaseURL); err != nil {
		return err
	}
	if o.Migrate {
		if err := migrate(ctx, s.settings); err != nil {
			return err
		}
	}
	keys, err := linkKeys(s.settings.Keys)
	if err != nil {
		return err
	}
	if s.store, err = postgres.Open(ctx, s.settings.DatabaseURL, postgres.Options{
		MessageHost: hostOf(s.settings.MailFrom), LinkKeys: keys, SecondFactor: !s.settings.Demo,
	}); err != nil {
		return fmt.Errorf("open database: %w", err)
	}
	if o.Migrate {
		if err := seed(ctx, s.store, s.settings); err != nil {
			return err
		}
	}
	s.engine, err = dial(s.settings, o, s.store)
	return err
}

func dial(s Settings, o Options, store *postgres.Store) (*engine.Client, error) {
	ring, err := cipher.ParseRing(s.Keys)
	if err != nil {
		return nil, fmt.Errorf("read keys: %w", err)
	}
	client, err := engine.Dial(engine.Settings{
		Address:          o.TemporalAddress,
		DataConverter:    cipher.DataConverter(ring),
		FailureConverter: cipher.FailureConverter(ring),
		Log:              o.Log,
		Acknowledged: func(ctx context.Context, caseID string, version int) {
			if err := store.Acknowledge(ctx, caseID, version); err != nil {
				o.Log.Warn("version not acknowledged", "case", caseID, "error", err)
			}
		},
	})
	if err != nil {
		return nil, fmt.Errorf("dial temporal: %w", err)
	}
	return client, nil
}

// checkKeys tells a wrong key ring, which workers find out for themselves. A Temporal that is away tells nothing.
func (s *Service) checkKeys(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 3*time.Second)
	defer cancel()
	if err := s.engine.Healthy(ctx); errors.Is(err, engine.ErrKeys) {
		return explain(err)
	}
	return nil
}

// work starts the workers and returns when they get work (Temporal is prepared and their version is current), or
// without them when Temporal keeps them waiting.
func (s *Service) work(ctx context.Context) error {
	sender, err := mail.NewSender(s.settings.Mail())
	if err != nil {
		return fmt.Errorf("make mail sender: %w", err)
	}
	workers := worker.New(s.engine, &activities.Activities{
		Store: s.store, Mail: sender, Engine: s.engine,
		CasePage: s.linkTo("/casi/"), AnswerPage: s.linkTo("/answers/"), PasswordPage: s.linkTo("/nuova-password/"),
	}, worker.Options{Alone: s.alone})
	working, stop := context.WithCancel(context.WithoutCancel(ctx))
	s.stopWork, s.workDone = stop, make(chan struct{})
	go func() {
		defer close(s.workDone)
		if err := workers.Run(working); err != nil && working.Err() == nil {
			s.failed <- explain(err)
		}
	}()
	select {
	case <-workers.Ready():
		return nil
	case err := <-s.failed:
		return err
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(temporalPatience):
		s.log.WarnContext(ctx, "temporal is not ready yet: cases wait for it, referrals can be taken")
		return nil
	}
}

// serve puts the handlers on their listeners.
func (s *Service) serve(o Options) error {
	metrics, err := api.NewMetrics()
	if err != nil {
		return fmt.Errorf("make metrics: %w", err)
	}
	deps := api.Deps{
		Store: s.store, Engine: s.engine, Log: s.log, Training: s.settings.Training, Metrics: metrics,
		Links: s.settings.links(), Institution: s.settings.Institution, TrustedProxies: s.settings.proxies(),
	}
	if s.settings.Demo {
		deps.Demo = DemoAccounts()
	}
	s.admin.Server = http.Server{Handler: api.Admin(deps), ReadHeaderTimeout: 10 * time.Second}
	s.run(s.admin)
	if s.public == nil {
		return nil
	}
	mux := http.NewServeMux()
	mux.Handle("/", api.New(deps))
	for path, page := range o.Pages {
		mux.Handle(path, http.StripPrefix(path[:len(path)-1], page))
	}
	s.public.Server = *api.HTTPServer(mux, s.log)
	s.run(s.public)
	return nil
}

func (s *Service) run(l *listener) {
	go func() {
		if err := l.Serve(l.Listener); !errors.Is(err, http.ErrServerClosed) {
			s.failed <- fmt.Errorf("serve http: %w", err)
		}
	}()
}

// Wait returns when the context ends, or with what failed.
func (s *Service) Wait(ctx context.Context) error {
	select {
	case <-ctx.Done():
		return nil
	case err := <-s.failed:
		return err
	}
}

// Stop stops taking requests, lets those under way end, then the workers, then the connections. It takes at most
// about twenty seconds.
func (s *Service) Stop() {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	for _, l := range []*listener{s.public, s.admin} {
		if l == nil {
			continue
		}
		if err := l.Shutdown(ctx); err != nil {
			s.log.Warn("http did not stop in time", "error", err)
		}
		_ = l.Listener.Close()
	}
	if s.stopWork != nil {
		s.stopWork()
		<-s.workDone
	}
	if s.engine != nil {
		s.engine.Close()
	}
	if s.store != nil {
		s.store.Close()
	}
}

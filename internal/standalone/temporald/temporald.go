// Package temporald runs a whole Temporal server, with its web interface, inside the program: every service in this
// process, on loopback, storing in Postgres.
//
// Only cmd/standalone imports it: the server is large, and an installation with a Temporal of its own has no use for it.
package temporald

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"strconv"
	"sync"
	"syscall"
	"time"

	"go.temporal.io/server/temporal"
	"golang.org/x/sync/errgroup"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/health/grpc_health_v1"

	"dimissioni/internal/standalone"
)

// startLimit is how long the server may take, on a slow machine, to answer.
const startLimit = time.Minute

// Options of Start.
type Options struct {
	// PostgresURL is of any database of the Postgres server to store in, as a user who may create databases. The server
	// keeps its own two, temporal and temporal_visibility.
	PostgresURL string
	// Port of the server on 127.0.0.1; 0 for any.
	Port int
	// UIPort is the port of the web interface on 127.0.0.1; 0 for any, -1 for no web interface.
	UIPort int
	// Namespace is what the web interface shows first; empty for "default". Start makes no namespace.
	Namespace string
	// TimeSkipping lets clients move a workflow's clock: for training and tests.
	TimeSkipping bool
	// Logger gets the server's warnings and errors; nil for none.
	Logger *slog.Logger
}

// Server is a running Temporal server.
type Server struct {
	temporal temporal.Server
	address  string
	ui       *webUI // nil without
	logger   logger
	stop     func() error
}

// Start gives a server that answers. The first one on a Postgres sets its databases up, which takes some seconds; after
// that it takes about one. It goes on with what an earlier server left there, whether stopped or killed.
//
// A taken port is a *standalone.Fault that names the port and the setting.
func Start(ctx context.Context, options Options) (*Server, error) {
	if options.Logger == nil {
		options.Logger = slog.New(slog.DiscardHandler)
	}
	logger := newLogger(options.Logger)
	database, err := parseDatabase(options.PostgresURL)
	if err != nil {
		return nil, err
	}
	ports, err := choosePorts(options)
	if err != nil {
		return nil, err
	}
	if err := setUpSchemas(ctx, database, logger); err != nil {
		return nil, err
	}
	s := &Server{address: loopback(ports.frontend), logger: logger}
	s.stop = sync.OnceValue(s.stopOnce)
	if s.temporal, err = launch(serverOptions(database, ports, options, logger)); err != nil {
		return nil, err
	}
	if err := s.waitAnswer(ctx); err != nil {
		return nil, errors.Join(err, s.Stop())
	}
	if options.UIPort >= 0 {
		if s.ui, err = startUI(ctx, ports.ui, s.address, options.Namespace); err != nil {
			return nil, errors.Join(err, s.Stop())
		}
	}
	options.Logger.Info("temporal started", "address", s.address, "ui", s.UIAddress())
	return s, nil
}

// Address is where the server answers clients, host:port.
func (s *Server) Address() string { return s.address }

// UIAddress is where the web interface answers browsers, host:port; empty without one.
func (s *Server) UIAddress() string {
	if s.ui == nil {
		return ""
	}
	return s.ui.address
}

// Stop ends the web interface and every service, and lets go of Postgres; it takes about a second. Clients that are still
// there get errors. A second Stop does nothing.
func (s *Server) Stop() error { return s.stop() }

func (s *Server) stopOnce() error {
	s.logger.stopping.Store(true)
	if s.ui != nil {
		s.ui.server.Stop()
	}
	if err := s.temporal.Stop(); err != nil {
		return fmt.Errorf("stop temporal: %w", err)
	}
	return nil
}

// launch starts the services. The server's way to give up is to log and end the process; our logger makes that a panic,
// which is an error again here.
func launch(options []temporal.ServerOption) (server temporal.Server, err error) {
	defer func() {
		if cause := recover(); cause != nil {
			gaveUp, ok := cause.(fatal)
			if !ok {
				panic(cause)
			}
			err = fmt.Errorf("start temporal: %w", gaveUp)
		}
	}()
	server, err = temporal.NewServer(options...)
	if err != nil {
		return nil, fmt.Errorf("build temporal: %w", err)
	}
	if err := server.Start(); err != nil {
		return nil, errors.Join(fmt.Errorf("start temporal: %w", err), server.Stop())
	}
	return server, nil
}

// waitAnswer returns once the server says that it serves clients.
func (s *Server) waitAnswer(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, startLimit)
	defer cancel()
	conn, err := grpc.NewClient(s.address, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		return fmt.Errorf("reach temporal: %w", err)
	}
	defer conn.Close()
	health := grpc_health_v1.NewHealthClient(conn)
	request := &grpc_health_v1.HealthCheckRequest{Service: "temporal.api.workflowservice.v1.WorkflowService"}
	return poll(ctx, "wait for temporal", func() error {
		answer, err := health.Check(ctx, request)
		if err == nil && answer.GetStatus() != grpc_health_v1.HealthCheckResponse_SERVING {
			err = fmt.Errorf("it says %s", answer.GetStatus())
		}
		return err
	})
}

// poll calls try until it succeeds or ctx ends, then with its last error.
func poll(ctx context.Context, what string, try func() error) error {
	for {
		err := try()
		if err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("%s: %w", what, err)
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// setUpSchemas brings both databases up to date, side by side.
func setUpSchemas(ctx context.Context, database database, logger logger) error {
	group, ctx := errgroup.WithContext(ctx)
	for _, schema := range schemas {
		group.Go(func() error { return schema.setUp(ctx, database, logger) })
	}
	return group.Wait()
}

func loopback(port int) string { return net.JoinHostPort("127.0.0.1", strconv.Itoa(port)) }

// checkFree gives a fault when the port is taken. Both servers bind their port themselves and end the process when they
// cannot: this is asked before.
func checkFree(port int, what, remedy string) error {
	listener, err := net.Listen("tcp4", loopback(port))
	if errors.Is(err, syscall.EADDRINUSE) {
		return &standalone.Fault{
			Message: fmt.Sprintf("La porta %d per %s è già occupata da un altro programma: %s", port, what, remedy),
			Err:     err,
		}
	}
	if err != nil {
		return fmt.Errorf("listen on port %d: %w", port, err)
	}
	return listener.Close()
}

// Package cluster runs a private Postgres: one data folder, one postmaster, on loopback, for one program.
//
// The postmaster outlives a killed program on purpose (the data stays safe) and the next Start adopts it. It has a
// session of its own, so that Ctrl-C in the terminal reaches the program, which then stops Postgres in order.
//
// Needs Linux: processes are found through /proc.
package cluster

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"dimissioni/internal/standalone"
)

// role is the owner of the cluster and of every database in it.
const role = "dimissioni"

var discard = slog.New(slog.DiscardHandler)

// Options of Start.
type Options struct {
	// Dir is the cluster's own folder: data, password, log and lock. Made when missing. When we are root it comes to
	// belong to the user postgres, since Postgres refuses root.
	Dir string
	// Port on 127.0.0.1; 0 for any.
	Port int
	// Logger for what happens to the cluster; nil for none.
	Logger *slog.Logger
	// FastUnsafe gives up durability for speed: for tests alone.
	FastUnsafe bool
}

// Cluster is a running Postgres. Its methods are safe for concurrent use.
type Cluster struct {
	password string
	port     int
	pid      int
	dataDir  string
	logger   *slog.Logger

	stopping sync.Mutex
	lock     *os.File      // held while we are the program of this folder
	exited   chan struct{} // closed when our child has ended; nil when adopted
}

// Start gives a Postgres that answers: the one of a program that was killed when it still runs, else a new one, on the
// data that is there, or on a new cluster. A new cluster takes one or two seconds, a start some tenths of a second.
//
// A fault that the user can mend is a *standalone.Fault: Postgres missing or of another version than the data, folder not
// writable or not reachable by the user postgres, folder in use by another program, port taken.
func Start(ctx context.Context, options Options) (*Cluster, error) {
	if options.Logger == nil {
		options.Logger = discard
	}
	dir, err := filepath.Abs(options.Dir)
	if err != nil {
		return nil, fmt.Errorf("resolve cluster folder: %w", err)
	}
	options.Dir = dir
	who, err := postgresUser()
	if err != nil {
		return nil, err
	}
	home, err := openHome(dir, who)
	if err != nil {
		return nil, err
	}
	c, err := start(ctx, options, home)
	if err != nil {
		return nil, errors.Join(err, home.lock.Close())
	}
	return c, nil
}

func start(ctx context.Context, options Options, home *home) (*Cluster, error) {
	adopted, err := adopt(ctx, options, home)
	if err != nil || adopted != nil {
		return adopted, err
	}
	bin, err := findBinaries(ctx, debianBinaries, os.Getenv("PATH"), home.dataVersion())
	if err != nil {
		return nil, err
	}
	if err := home.initialise(ctx, bin, options.FastUnsafe); err != nil {
		return nil, err
	}
	return launch(ctx, options, home, bin)
}

// URL of the database, for pgx. It holds the password: not for logs.
func (c *Cluster) URL(database string) string {
	u := url.URL{
		Scheme:   "postgres",
		User:     url.UserPassword(role, c.password),
		Host:     net.JoinHostPort("127.0.0.1", strconv.Itoa(c.port)),
		Path:     "/" + database,
		RawQuery: "sslmode=disable",
	}
	return u.String()
}

// CreateDatabase makes the database unless it is there.
func (c *Cluster) CreateDatabase(ctx context.Context, name string) error {
	conn, err := pgx.Connect(ctx, c.URL("postgres"))
	if err != nil {
		return fmt.Errorf("connect to create database: %w", err)
	}
	defer conn.Close(context.WithoutCancel(ctx))
	var exists bool
	err = conn.QueryRow(ctx, "SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)", name).Scan(&exists)
	if err != nil {
		return fmt.Errorf("look up database: %w", err)
	}
	if exists {
		return nil
	}
	_, err = conn.Exec(ctx, "CREATE DATABASE "+pgx.Identifier{name}.Sanitize())
	if refused := (*pgconn.PgError)(nil); errors.As(err, &refused) {
		const duplicateDatabase, uniqueViolation = "42P04", "23505"
		if refused.Code == duplicateDatabase || refused.Code == uniqueViolation {
			return nil // somebody else was quicker
		}
	}
	if err != nil {
		return fmt.Errorf("create database: %w", err)
	}
	return nil
}

// Stop ends Postgres in order: open sessions are cut, what is committed is on disk. When ctx ends first it stops without
// a last checkpoint, which loses nothing either: the next start replays the log. A second Stop does nothing.
func (c *Cluster) Stop(ctx context.Context) error {
	c.stopping.Lock()
	defer c.stopping.Unlock()
	if c.lock == nil {
		return nil
	}
	if err := c.stopPostmaster(ctx); err != nil {
		return err
	}
	err := c.lock.Close()
	c.lock = nil
	if err != nil {
		return fmt.Errorf("release cluster folder: %w", err)
	}
	return nil
}

func (c *Cluster) stopPostmaster(ctx context.Context) error {
	if c.alive() && syscall.Kill(c.pid, syscall.SIGINT) == nil && !c.waitExit(ctx) {
		c.logger.Warn("postgres does not stop, ending it without a checkpoint", "pid", c.pid)
		if err := syscall.Kill(c.pid, syscall.SIGQUIT); err != nil {
			return fmt.Errorf("stop postgres: %w", err)
		}
		last, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
		defer cancel()
		if !c.waitExit(last) {
			return fmt.Errorf("stop postgres: process %d is still there", c.pid)
		}
	}
	c.logger.Debug("postgres stopped", "pid", c.pid)
	return nil
}

// alive reports whether the postmaster is still there.
func (c *Cluster) alive() bool {
	select {
	case <-c.exited:
		return false
	default: // also when adopted: its channel is nil
		return isPostmaster(c.pid, c.dataDir)
	}
}

// waitExit reports whether the postmaster ended before ctx did.
func (c *Cluster) waitExit(ctx context.Context) bool {
	for c.alive() {
		select {
		case <-c.exited:
		case <-ctx.Done():
			return false
		case <-time.After(10 * time.Millisecond):
		}
	}
	return true
}

// portTaken is the fault of a fixed port that somebody else holds.
func portTaken(port int, cause error) error {
	return &standalone.Fault{
		Message: fmt.Sprintf("La porta %d per PostgreSQL è già occupata da un altro programma: fermarlo o sceglierne un'altra", port),
		Err:     cause,
	}
}

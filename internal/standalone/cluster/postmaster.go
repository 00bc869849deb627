package cluster

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"

	"dimissioni/internal/standalone"
)

const (
	startLimit = time.Minute      // long enough to replay the log of a crash
	adoptLimit = 10 * time.Second // a postmaster that does not answer for so long is started anew
	logLimit   = 1 << 20          // the log is set aside at this size, one old one is kept
)

// adopt gives the postmaster that a killed program left, or nil when there is none. One that listens on a port other than
// the wanted one, or does not answer, is stopped: then the answer is nil too.
func adopt(ctx context.Context, options Options, home *home) (*Cluster, error) {
	pid, port, err := readPidFile(home.data())
	if err != nil {
		return nil, err
	}
	c := &Cluster{
		password: home.password, port: port, pid: pid, dataDir: home.data(),
		logger: options.Logger, lock: home.lock,
	}
	if !c.alive() {
		return nil, home.clearPidFile(ctx, pid)
	}
	patience, cancel := context.WithTimeout(ctx, adoptLimit)
	defer cancel()
	if options.Port == 0 || options.Port == port {
		if err = c.waitAnswer(patience); err == nil {
			options.Logger.Info("postgres adopted from an earlier run", "pid", pid, "port", port)
			return c, nil
		}
		options.Logger.Warn("postgres of an earlier run does not answer", "pid", pid, "port", port, "error", err)
	}
	if err := c.stopPostmaster(patience); err != nil {
		return nil, err
	}
	return nil, home.clearPidFile(ctx, pid)
}

// readPidFile gives the process and the port that the last postmaster of the data folder wrote down; zeros when it ended
// in order, or had no time to write.
func readPidFile(dataDir string) (pid, port int, err error) {
	text, err := os.ReadFile(filepath.Join(dataDir, "postmaster.pid"))
	if errors.Is(err, os.ErrNotExist) {
		return 0, 0, nil
	}
	if err != nil {
		return 0, 0, fmt.Errorf("read postmaster.pid: %w", err)
	}
	lines := strings.Split(string(text), "\n") // process, folder, start time, port, ...
	if len(lines) < 4 {
		return 0, 0, nil
	}
	pid, pidErr := strconv.Atoi(strings.TrimSpace(lines[0]))
	port, portErr := strconv.Atoi(strings.TrimSpace(lines[3]))
	if pidErr != nil || portErr != nil {
		return 0, 0, nil //nolint:nilerr // a file half written by a crash says nothing
	}
	return pid, port, nil
}

// clearPidFile makes way for a new postmaster where the old one was killed. Its sessions end by themselves in a moment.
// The file itself is left to Postgres, which knows more, unless its number is somebody else's by now (after a reboot):
// then Postgres would refuse to start.
func (h *home) clearPidFile(ctx context.Context, pid int) error {
	patience, cancel := context.WithTimeout(ctx, adoptLimit)
	defer cancel()
	for anyWorksIn(h.data()) {
		select {
		case <-patience.Done():
			return fmt.Errorf("wait for the processes of a killed postgres in %s: %w", h.data(), patience.Err())
		case <-time.After(20 * time.Millisecond):
		}
	}
	if pid == 0 || syscall.Kill(pid, 0) != nil {
		return nil
	}
	if err := os.Remove(filepath.Join(h.data(), "postmaster.pid")); err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("remove stale postmaster.pid: %w", err)
	}
	return nil
}

// isPostmaster reports whether the process is the postmaster of this folder, as started by postmasterArguments.
func isPostmaster(pid int, dataDir string) bool {
	if pid <= 0 {
		return false
	}
	line, err := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid))
	return err == nil && bytes.Contains(line, []byte("\x00-D\x00"+dataDir+"\x00"))
}

// anyWorksIn reports whether a process that we may look into has the folder as its own, as all of Postgres do.
func anyWorksIn(dataDir string) bool {
	processes, err := filepath.Glob("/proc/[0-9]*/cwd")
	if err != nil {
		return false
	}
	for _, cwd := range processes {
		if at, err := os.Readlink(cwd); err == nil && at == dataDir {
			return true
		}
	}
	return false
}

// launch starts a new postmaster and waits until it answers. A free port may be lost to another program between the
// choice and the start: then it chooses again.
func launch(ctx context.Context, options Options, home *home, bin binaries) (*Cluster, error) {
	if err := setAsideLog(home.logFile()); err != nil {
		return nil, err
	}
	const tries = 5
	for try := 1; ; try++ {
		port, err := choosePort(options.Port)
		if err != nil {
			return nil, err
		}
		c, err := launchOn(ctx, options, home, bin, port)
		if err == nil {
			options.Logger.Info("postgres started", "pid", c.pid, "port", c.port)
			return c, nil
		}
		var fault *standalone.Fault
		if !errors.As(err, &fault) || options.Port != 0 || try == tries {
			return nil, err
		}
	}
}

func launchOn(ctx context.Context, options Options, home *home, bin binaries, port int) (*Cluster, error) {
	log, err := os.OpenFile(home.logFile(), os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		return nil, notWritable(home.dir, err)
	}
	defer log.Close()
	// Not bound to ctx: it ends the wait below, never a postmaster at work.
	cmd := home.command(context.WithoutCancel(ctx), bin.postgres, postmasterArguments(home.data(), port, options.FastUnsafe)...)
	cmd.Stdout, cmd.Stderr = log, log // a file, so that the postmaster can still write when we are gone
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("start postgres: %w", err)
	}
	c := &Cluster{
		password: home.password, port: port, pid: cmd.Process.Pid, dataDir: home.data(),
		logger: options.Logger, lock: home.lock, exited: make(chan struct{}),
	}
	go func() {
		err := cmd.Wait()
		options.Logger.Debug("postgres ended", "pid", c.pid, "error", err)
		close(c.exited)
	}()
	patience, cancel := context.WithTimeout(ctx, startLimit)
	defer cancel()
	if err := c.waitAnswer(patience); err != nil {
		last, cancel := context.WithTimeout(context.WithoutCancel(ctx), adoptLimit)
		defer cancel()
		return nil, errors.Join(c.explain(home, err), c.stopPostmaster(last))
	}
	return c, nil
}

func postmasterArguments(dataDir string, port int, unsafe bool) []string {
	settings := []string{
		"listen_addresses=127.0.0.1", "port=" + strconv.Itoa(port), "unix_socket_directories=",
		"max_connections=200", "timezone=UTC", "log_timezone=UTC", "lc_messages=C",
		// A refused statement and its details hold names and codes of patients: they stay out of the log.
		"log_min_error_statement=panic", "log_error_verbosity=terse",
	}
	if unsafe {
		settings = append(settings, "fsync=off", "synchronous_commit=off", "full_page_writes=off",
			"wal_level=minimal", "max_wal_senders=0")
	}
	arguments := []string{"-D", dataDir}
	for _, setting := range settings {
		arguments = append(arguments, "-c", setting)
	}
	return arguments
}

// waitAnswer returns as soon as the cluster answers with our password, or when the postmaster is gone, or ctx ends.
func (c *Cluster) waitAnswer(ctx context.Context) error {
	for {
		err := c.ping(ctx)
		if err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("wait for postgres: %w", err)
		case <-time.After(20 * time.Millisecond):
		}
		if !c.alive() {
			return fmt.Errorf("postgres ended at its start: %w", err)
		}
	}
}

func (c *Cluster) ping(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second) // the port may be of a stranger who says nothing
	defer cancel()
	conn, err := pgx.Connect(ctx, c.URL("postgres"))
	if err != nil {
		return err
	}
	return conn.Close(ctx)
}

// explain adds what Postgres wrote last to the error, or says that the port is taken when that is what it wrote.
func (c *Cluster) explain(home *home, err error) error {
	text, readErr := os.ReadFile(home.logFile())
	if readErr != nil {
		return errors.Join(err, readErr)
	}
	lines := strings.Split(strings.TrimSpace(string(text)), "\n")
	last := strings.Join(lines[max(0, len(lines)-5):], "; ")
	if strings.Contains(last, "could not bind") {
		return portTaken(c.port, errors.New(last))
	}
	return fmt.Errorf("%w: %s", err, last)
}

// choosePort gives the wanted port when it is free, or any free one for 0.
func choosePort(wanted int) (int, error) {
	listener, err := net.Listen("tcp4", net.JoinHostPort("127.0.0.1", strconv.Itoa(wanted)))
	if err != nil && wanted != 0 {
		return 0, portTaken(wanted, err)
	}
	if err != nil {
		return 0, fmt.Errorf("find a free port: %w", err)
	}
	port := listener.Addr().(*net.TCPAddr).Port
	if err := listener.Close(); err != nil {
		return 0, fmt.Errorf("find a free port: %w", err)
	}
	return port, nil
}

func setAsideLog(path string) error {
	info, err := os.Stat(path)
	if err != nil || info.Size() < logLimit {
		return nil //nolint:nilerr // no log yet
	}
	if err := os.Rename(path, path+".1"); err != nil {
		return fmt.Errorf("set postgres log aside: %w", err)
	}
	return nil
}

package cluster

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"dimissioni/internal/standalone"
)

// home is the folder of a cluster, ours until lock is closed:
//
//	lock        held by the program that uses the cluster
//	password    of the role, readable by its owner alone
//	postgres.log
//	data/       of Postgres
type home struct {
	dir      string
	who      account
	lock     *os.File
	password string
}

func (h *home) data() string         { return filepath.Join(h.dir, "data") }
func (h *home) logFile() string      { return filepath.Join(h.dir, "postgres.log") }
func (h *home) passwordFile() string { return filepath.Join(h.dir, "password") }

// openHome makes the folder where it is missing, gives it to the user that Postgres runs as, and takes its lock.
func openHome(dir string, who account) (*home, error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, notWritable(dir, err)
	}
	resolved, err := filepath.EvalSymlinks(dir) // one name for one folder: a postmaster is known by it
	if err != nil {
		return nil, notWritable(dir, err)
	}
	dir = resolved
	lock, err := os.OpenFile(filepath.Join(dir, "lock"), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, notWritable(dir, err)
	}
	if err := takeLock(lock); err != nil {
		return nil, errors.Join(inUse(dir, err), lock.Close())
	}
	h := &home{dir: dir, who: who, lock: lock}
	if err := h.settle(); err != nil {
		return nil, errors.Join(err, lock.Close())
	}
	return h, nil
}

// Available is a *standalone.Fault when another program is at work in the folder of a cluster. It is for telling so early:
// Start asks again.
func Available(dir string) error {
	lock, err := os.Open(filepath.Join(dir, "lock"))
	if err != nil { // a new folder, or one that Start has more to say about
		return nil
	}
	defer lock.Close()
	if err := takeLock(lock); err != nil {
		return inUse(dir, err)
	}
	return nil
}

func inUse(dir string, cause error) error {
	return &standalone.Fault{
		Message: fmt.Sprintf("La cartella %s è in uso: il programma è già avviato; fermarlo o cambiare DIMISSIONI_DATA", dir),
		Err:     cause,
	}
}

// takeLock has a little patience: a process on its way from fork to exec still holds what its parent has just let go.
func takeLock(lock *os.File) error {
	for deadline := time.Now().Add(time.Second); ; time.Sleep(10 * time.Millisecond) {
		err := syscall.Flock(int(lock.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		if err == nil || time.Now().After(deadline) {
			return err
		}
	}
}

func (h *home) settle() error {
	var err error
	if h.password, err = h.readPassword(); err != nil {
		return err
	}
	if err := h.handOver(); err != nil {
		return err
	}
	// The only proof that the user can reach the folder is to go there as that user; permission bits do not tell all.
	probe := h.command(context.Background(), "/bin/sh", "-c", "test -w .")
	if out, err := probe.CombinedOutput(); err != nil {
		return unreachable(h.dir, h.who, fmt.Errorf("%w: %s", err, out))
	}
	return nil
}

// readPassword gives the role's password, made on the first start.
func (h *home) readPassword() (string, error) {
	password, err := os.ReadFile(h.passwordFile())
	if err == nil && len(password) > 0 {
		return string(password), nil
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return "", notWritable(h.dir, err)
	}
	if h.dataVersion() != 0 {
		return "", &standalone.Fault{
			Message: fmt.Sprintf("Manca il file %s, senza il quale i dati non si aprono: rimetterlo dalla copia di sicurezza", h.passwordFile()),
			Err:     err,
		}
	}
	fresh := rand.Text()
	if err := os.WriteFile(h.passwordFile(), []byte(fresh), 0o600); err != nil {
		return "", notWritable(h.dir, err)
	}
	return fresh, nil
}

// handOver gives everything in the folder to the user that Postgres runs as, when that is not us. A folder changes hands
// after what is in it, so that a killed hand-over is taken up again.
func (h *home) handOver() error {
	if h.who.credential == nil {
		return nil
	}
	uid, gid := int(h.who.credential.Uid), int(h.who.credential.Gid)
	var foreign []string
	err := filepath.WalkDir(h.dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := entry.Info()
		if err != nil {
			return err
		}
		if stat, ok := info.Sys().(*syscall.Stat_t); !ok || int(stat.Uid) != uid {
			foreign = append(foreign, path)
		} else if path == h.data() {
			return filepath.SkipDir // Postgres is at work there: what is inside is its own
		}
		return nil
	})
	for _, path := range slices.Backward(foreign) {
		err = errors.Join(err, os.Lchown(path, uid, gid))
	}
	if err != nil {
		return notWritable(h.dir, err)
	}
	return nil
}

// dataVersion is the major version of Postgres that made the data; 0 when there is no data.
func (h *home) dataVersion() int {
	text, err := os.ReadFile(filepath.Join(h.data(), "PG_VERSION"))
	if err != nil {
		return 0
	}
	major, err := strconv.Atoi(strings.TrimSpace(string(text)))
	if err != nil {
		return 0
	}
	return major
}

// initialise makes a new cluster unless there is one. A killed initialisation leaves nothing that a later one would take
// for a cluster.
func (h *home) initialise(ctx context.Context, bin binaries, unsafe bool) error {
	if h.dataVersion() != 0 {
		return nil
	}
	fresh := filepath.Join(h.dir, "data.new")
	if err := os.RemoveAll(fresh); err != nil {
		return notWritable(h.dir, err)
	}
	arguments := []string{
		"--pgdata", fresh, "--username", role, "--pwfile", h.passwordFile(), "--auth", "scram-sha-256",
		"--encoding", "UTF8", "--locale", "C.UTF-8", "--no-instructions",
	}
	if unsafe {
		arguments = append(arguments, "--no-sync")
	}
	if out, err := h.command(ctx, bin.initdb, arguments...).CombinedOutput(); err != nil {
		return fmt.Errorf("initialise cluster: %w: %s", err, bytes.TrimSpace(out))
	}
	if err := os.Rename(fresh, h.data()); err != nil {
		return fmt.Errorf("initialise cluster: %w", err)
	}
	return nil
}

// command runs a program inside the folder as the user of the cluster, out of reach of the terminal's Ctrl-C.
func (h *home) command(ctx context.Context, name string, arguments ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, name, arguments...)
	cmd.Dir = h.dir
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "LC_ALL=C.UTF-8", "TZ=UTC"} // no PG... setting of ours reaches it
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: h.who.credential, Setsid: true}
	return cmd
}

func notWritable(dir string, cause error) error {
	return &standalone.Fault{
		Message: fmt.Sprintf("La cartella dei dati %s non è scrivibile (%v): correggere i permessi o cambiare DIMISSIONI_DATA", dir, reason(cause)),
		Err:     cause,
	}
}

// reason is the system's word for the cause, without the path that the message has already.
func reason(err error) error {
	if errno := syscall.Errno(0); errors.As(err, &errno) {
		return errno
	}
	return err
}

// unreachable names the first folder on the way to dir that the user may not pass.
func unreachable(dir string, who account, cause error) error {
	if who.credential == nil {
		return notWritable(dir, cause)
	}
	closed := dir
	for at := dir; at != "/"; at = filepath.Dir(at) {
		if info, err := os.Stat(at); err == nil && !mayPass(info, who.credential) {
			closed = at
		}
	}
	return &standalone.Fault{
		Message: fmt.Sprintf("L'utente %s non può attraversare la cartella %s: chmod o+x %s, o cambiare DIMISSIONI_DATA", who.name, closed, closed),
		Err:     cause,
	}
}

func mayPass(folder fs.FileInfo, who *syscall.Credential) bool {
	stat, ok := folder.Sys().(*syscall.Stat_t)
	switch {
	case !ok:
		return true
	case stat.Uid == who.Uid:
		return folder.Mode()&0o100 != 0
	case stat.Gid == who.Gid:
		return folder.Mode()&0o010 != 0
	default:
		return folder.Mode()&0o001 != 0
	}
}

package e2e

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
)

// postmaster is the process of Postgres that works in the fleet's folder; zero when there is none.
func (f *fleet) postmaster() int {
	text, err := os.ReadFile(filepath.Join(f.data, "postgres", "data", "postmaster.pid"))
	if err != nil {
		return 0
	}
	first, _, _ := strings.Cut(string(text), "\n")
	pid, err := strconv.Atoi(strings.TrimSpace(first))
	line, readErr := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid))
	if err != nil || readErr != nil || !strings.Contains(string(line), f.data) {
		return 0
	}
	return pid
}

// postmasterCommand is how to start the running Postgres again, as the same user.
func (f *fleet) postmasterCommand() *exec.Cmd {
	f.t.Helper()
	proc := fmt.Sprintf("/proc/%d", f.postmaster())
	line, err := os.ReadFile(filepath.Join(proc, "cmdline"))
	if err != nil {
		f.t.Fatal(err)
	}
	words := strings.Split(strings.TrimRight(string(line), "\x00"), "\x00")
	info, err := os.Stat(proc)
	if err != nil {
		f.t.Fatal(err)
	}
	cmd := exec.Command(words[0], words[1:]...) //nolint:noctx // it lives until stopPostgres
	cmd.Dir = filepath.Join(f.data, "postgres")
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "LC_ALL=C.UTF-8", "TZ=UTC"}
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if owner, ok := info.Sys().(*syscall.Stat_t); ok && int(owner.Uid) != os.Getuid() {
		cmd.SysProcAttr.Credential = &syscall.Credential{Uid: owner.Uid, Gid: owner.Gid}
	}
	return cmd
}

// killPostgres kills the postmaster; its sessions follow by themselves. What it returns starts it again.
func (f *fleet) killPostgres() (again func()) {
	f.t.Helper()
	cmd := f.postmasterCommand()
	_ = syscall.Kill(f.postmaster(), syscall.SIGKILL)
	return func() {
		f.t.Helper()
		f.eventually("postgres answers again", func() bool { // it refuses while old sessions are still there
			try := *cmd
			if err := try.Start(); err != nil {
				f.t.Fatal(err)
			}
			ended := make(chan struct{})
			go func() {
				defer close(ended)
				_ = try.Wait()
			}()
			return f.answers(ended)
		})
	}
}

// answers waits until Postgres answers, or has ended instead.
func (f *fleet) answers(ended <-chan struct{}) bool {
	for {
		ctx, cancel := context.WithTimeout(f.ctx(), time.Second)
		conn, err := pgx.Connect(ctx, f.setting("DATABASE_URL"))
		if err == nil {
			err = conn.Close(ctx)
		}
		cancel()
		if err == nil {
			return true
		}
		select {
		case <-ended:
			return false
		case <-f.ctx().Done():
			return false
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// stopPostgres ends the Postgres that no engine program knows any more.
func (f *fleet) stopPostgres() {
	limit := time.Now().Add(patience)
	for pid := f.postmaster(); pid != 0 && f.postmaster() == pid && time.Now().Before(limit); {
		_ = syscall.Kill(pid, syscall.SIGCONT)
		_ = syscall.Kill(pid, syscall.SIGQUIT)
		wait(context.Background(), 50*time.Millisecond)
	}
}

// endPostgres kills Postgres and waits until nothing of it is left: a session may answer for a moment more.
func (f *fleet) endPostgres() (again func()) {
	f.t.Helper()
	again = f.killPostgres()
	f.eventually("every session of postgres has ended", func() bool { return len(f.postgresProcesses()) == 0 })
	return again
}

// freezePostgres stops every process of Postgres without ending it: it says nothing any more.
func (f *fleet) freezePostgres() (again func()) {
	f.t.Helper()
	all := func(s syscall.Signal) func() {
		return func() {
			for _, pid := range f.postgresProcesses() {
				_ = syscall.Kill(pid, s)
			}
		}
	}
	all(syscall.SIGSTOP)()
	return all(syscall.SIGCONT)
}

// postgresProcesses are those that work in the fleet's folder.
func (f *fleet) postgresProcesses() []int {
	var list []int
	processes, _ := filepath.Glob("/proc/[0-9]*/cwd")
	for _, cwd := range processes {
		if at, err := os.Readlink(cwd); err == nil && at == filepath.Join(f.data, "postgres", "data") {
			pid, _ := strconv.Atoi(strings.Split(cwd, "/")[2])
			list = append(list, pid)
		}
	}
	return list
}

// closeDatabase shuts the product's database alone: Temporal's own, in the same Postgres, go on.
func (f *fleet) closeDatabase() (again func()) {
	f.t.Helper()
	door := func(open bool) {
		f.t.Helper()
		conn, err := pgx.Connect(f.ctx(), strings.Replace(f.setting("DATABASE_URL"), "/dimissioni?", "/postgres?", 1))
		if err != nil {
			f.t.Fatal(err)
		}
		defer conn.Close(f.ctx())
		_, err = conn.Exec(f.ctx(), `UPDATE pg_database SET datallowconn = $1 WHERE datname = 'dimissioni'`, open)
		if err == nil && !open {
			_, err = conn.Exec(f.ctx(), `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'dimissioni'`)
		}
		if err != nil {
			f.t.Fatal(err)
		}
	}
	door(false)
	return func() { door(true) }
}

// query reads one value from the fleet's database.
func query[T any](f *fleet, sql string, args ...any) T {
	f.t.Helper()
	list := queryAll[T](f, sql, args...)
	if len(list) != 1 {
		f.t.Fatalf("%d rows, want one: %s", len(list), sql)
	}
	return list[0]
}

// queryAll reads from the fleet's database: a column, or rows as structs.
func queryAll[T any](f *fleet, sql string, args ...any) []T {
	f.t.Helper()
	conn, err := pgx.Connect(f.ctx(), f.setting("DATABASE_URL"))
	if err != nil {
		f.t.Fatal(err)
	}
	defer conn.Close(f.ctx())
	rows, err := conn.Query(f.ctx(), sql, args...)
	if err != nil {
		f.t.Fatal(err)
	}
	read := pgx.RowTo[T]
	if reflect.TypeFor[T]().Kind() == reflect.Struct {
		read = pgx.RowToStructByName[T]
	}
	list, err := pgx.CollectRows(rows, read)
	if err != nil {
		f.t.Fatalf("%s: %v", sql, err)
	}
	return list
}

// run changes the fleet's database.
func (f *fleet) run(sql string, args ...any) {
	f.t.Helper()
	conn, err := pgx.Connect(f.ctx(), f.setting("DATABASE_URL"))
	if err != nil {
		f.t.Fatal(err)
	}
	defer conn.Close(f.ctx())
	if _, err := conn.Exec(f.ctx(), sql, args...); err != nil {
		f.t.Fatalf("%s: %v", sql, err)
	}
}

package e2e

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	enumspb "go.temporal.io/api/enums/v1"
)

// usage is CPU time by who spent it. Unlike time on the clock it hardly feels what else the machine does.
type usage struct{ service, worker, temporal, postgres, bench time.Duration }

func (u usage) plus(o usage) usage {
	return usage{u.service + o.service, u.worker + o.worker, u.temporal + o.temporal, u.postgres + o.postgres, u.bench + o.bench}
}

func (u usage) minus(o usage) usage {
	return u.plus(usage{-o.service, -o.worker, -o.temporal, -o.postgres, -o.bench})
}

func (u usage) by(n int) usage {
	d := time.Duration(max(n, 1))
	return usage{u.service / d, u.worker / d, u.temporal / d, u.postgres / d, u.bench / d}
}

func (u usage) all() time.Duration { return u.service + u.worker + u.temporal + u.postgres + u.bench }

// usage reads what each process has used so far.
func (b *benchmark) usage() usage {
	u := usage{
		service: spent(b.service.cmd.Process.Pid), worker: spent(b.bare.worker.cmd.Process.Pid),
		temporal: spent(b.engine.cmd.Process.Pid), bench: spent(os.Getpid()),
	}
	for pid, parent := range processes() {
		if pid == b.postmaster || parent == b.postmaster {
			u.postgres += spent(pid)
		}
	}
	return u
}

// tick is the unit of /proc/<pid>/stat: USER_HZ is 100 on every Linux that Go runs on.
const tick = 10 * time.Millisecond

// stat are the fields of /proc/<pid>/stat after the name, which may hold anything: state, parent, …
func stat(pid int) []string {
	content, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return nil
	}
	return strings.Fields(string(content[bytes.LastIndexByte(content, ')')+1:]))
}

// spent is the CPU time of a process, in its own code and in the kernel; for a process with children, theirs once they
// have ended.
func spent(pid int) time.Duration {
	fields := stat(pid)
	if len(fields) < 15 {
		return 0
	}
	sum := 0
	for _, field := range fields[11:15] { // utime, stime, cutime, cstime
		n, _ := strconv.Atoi(field)
		sum += n
	}
	return time.Duration(sum) * tick
}

// processes are all processes and their parents.
func processes() map[int]int {
	parents := map[int]int{}
	folders, _ := filepath.Glob("/proc/[0-9]*")
	for _, folder := range folders {
		pid, _ := strconv.Atoi(filepath.Base(folder))
		if fields := stat(pid); len(fields) > 1 {
			parents[pid], _ = strconv.Atoi(fields[1])
		}
	}
	return parents
}

// memory is the resident set of a process, in MB.
func memory(pid int) int {
	content, _ := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	for line := range strings.Lines(string(content)) {
		if rest, ok := strings.CutPrefix(line, "VmRSS:"); ok {
			kb, _ := strconv.Atoi(strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(rest), "kB")))
			return kb / 1024
		}
	}
	return 0
}

// openDatabase is the product's database, for what no person could do.
func (b *benchmark) openDatabase() {
	b.t.Helper()
	pool, err := pgxpool.New(b.ctx(), b.setting("DATABASE_URL"))
	b.must(err)
	b.t.Cleanup(pool.Close)
	b.db = pool
	backend := b.count(`SELECT pg_backend_pid()`)
	if b.postmaster = processes()[backend]; b.postmaster == 0 {
		b.t.Fatal("the first process of Postgres is not found")
	}
}

func (b *benchmark) sql(sql string, args ...any) {
	b.t.Helper()
	if _, err := b.db.Exec(b.ctx(), sql, args...); err != nil {
		b.t.Fatalf("%v:\n%s", err, sql)
	}
}

// column reads a query of one column.
func column[T any](b *benchmark, sql string, args ...any) []T {
	b.t.Helper()
	rows, err := b.db.Query(b.ctx(), sql, args...)
	b.must(err)
	list, err := pgx.CollectRows(rows, pgx.RowTo[T])
	b.must(err)
	return list
}

func (b *benchmark) count(sql string, args ...any) int {
	b.t.Helper()
	return column[int](b, sql, args...)[0]
}

// ended reports whether a workflow has ended well.
func (b *benchmark) ended(workflowID string) bool {
	seen, err := b.path.engine.DescribeWorkflowExecution(b.ctx(), workflowID, "")
	return err == nil && seen.GetWorkflowExecutionInfo().GetStatus() == enumspb.WORKFLOW_EXECUTION_STATUS_COMPLETED
}

// busy reports whether a workflow waits for an activity.
func (b *benchmark) busy(workflowID string) bool {
	seen, err := b.path.engine.DescribeWorkflowExecution(b.ctx(), workflowID, "")
	return err != nil || len(seen.GetPendingActivities()) > 0
}

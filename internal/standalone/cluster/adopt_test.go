package cluster

import (
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"
)

// startAndKill runs a program that starts the cluster of dir, and kills it with SIGKILL once the cluster is up.
func startAndKill(t *testing.T, dir string) {
	t.Helper()
	program := exec.CommandContext(t.Context(), os.Args[0])
	program.Env = append(os.Environ(), helperDir+"="+dir)
	out, err := program.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := program.Start(); err != nil {
		t.Fatal(err)
	}
	said := make([]byte, 512)
	n, err := out.Read(said)
	if text := string(said[:n]); err != nil || text != "ready\n" {
		t.Fatalf("helper said %q, %v", text, err)
	}
	if err := program.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = program.Wait() // always "signal: killed"
}

func TestPostmasterOfAKilledProgramIsAdopted(t *testing.T) {
	t.Parallel()
	dir := folder(t)
	startAndKill(t, dir)
	pid, port, err := readPidFile(filepath.Join(dir, "data"))
	if err != nil {
		t.Fatal(err)
	}
	c := mustStart(t, Options{Dir: dir})
	if c.pid != pid || c.port != port {
		t.Errorf("Start gave process %d on port %d, want the old one, %d on %d", c.pid, c.port, pid, port)
	}
	mustStop(t, c)
	if syscall.Kill(pid, 0) == nil && isPostmaster(pid, filepath.Join(dir, "data")) {
		t.Error("the adopted postmaster runs on after Stop")
	}
}

func TestPostmasterOnAnotherPortIsStartedAnew(t *testing.T) {
	t.Parallel()
	dir := folder(t)
	startAndKill(t, dir)
	old, _, err := readPidFile(filepath.Join(dir, "data"))
	if err != nil {
		t.Fatal(err)
	}
	port, err := choosePort(0)
	if err != nil {
		t.Fatal(err)
	}
	c := mustStart(t, Options{Dir: dir, Port: port})
	if c.pid == old || c.port != port {
		t.Errorf("Start gave process %d on port %d, want a new one on %d", c.pid, c.port, port)
	}
}

func TestStartAfterThePostmasterWasKilledToo(t *testing.T) {
	t.Parallel()
	dir := folder(t)
	startAndKill(t, dir)
	old, _, err := readPidFile(filepath.Join(dir, "data"))
	if err != nil {
		t.Fatal(err)
	}
	if err := syscall.Kill(old, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	c := mustStart(t, Options{Dir: dir})
	if got := ask(t, c.URL("postgres"), "SELECT 'up'"); got != "up" {
		t.Errorf("answer %q", got)
	}
}

func TestStartWhenTheOldNumberIsSomebodyElses(t *testing.T) {
	t.Parallel()
	dir := folder(t)
	mustStop(t, mustStart(t, Options{Dir: dir}))
	// A process of the same user, as after a reboot: Postgres alone would refuse to start.
	other := exec.CommandContext(t.Context(), "/bin/sleep", "60")
	who, err := postgresUser()
	if err != nil {
		t.Fatal(err)
	}
	other.SysProcAttr = &syscall.SysProcAttr{Credential: who.credential}
	if err := other.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { other.Process.Kill(); other.Wait() }()
	stale := strconv.Itoa(other.Process.Pid) + "\n" + dir + "/data\n1795255872\n5432\n\n127.0.0.1\n\nready   \n"
	if err := os.WriteFile(filepath.Join(dir, "data", "postmaster.pid"), []byte(stale), 0o600); err != nil {
		t.Fatal(err)
	}
	mustStart(t, Options{Dir: dir})
}

package cluster

import (
	"errors"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"dimissioni/internal/standalone"
)

func wantFault(t *testing.T, err error, parts ...string) {
	t.Helper()
	var fault *standalone.Fault
	if !errors.As(err, &fault) {
		t.Fatalf("error = %v, want a *standalone.Fault", err)
	}
	for _, part := range parts {
		if !strings.Contains(fault.Message, part) {
			t.Errorf("message %q does not say %q", fault.Message, part)
		}
	}
	if strings.Contains(fault.Message, "\n") {
		t.Errorf("message %q is not one line", fault.Message)
	}
}

func TestFaultFolderInUse(t *testing.T) {
	t.Parallel()
	dir := folder(t)
	mustStart(t, Options{Dir: dir})
	_, err := Start(t.Context(), Options{Dir: dir})
	wantFault(t, err, dir, "già avviato")
	wantFault(t, Available(dir), dir, "già avviato")
	if err := Available(folder(t)); err != nil {
		t.Errorf("a new folder: %v", err)
	}
}

func TestFaultPortTaken(t *testing.T) {
	t.Parallel()
	listener, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	port := listener.Addr().(*net.TCPAddr).Port
	_, err = Start(t.Context(), Options{Dir: folder(t), Port: port, FastUnsafe: true})
	wantFault(t, err, strconv.Itoa(port), "occupata")
}

func TestPortTakenBetweenChoiceAndStart(t *testing.T) {
	t.Parallel()
	listener, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	dir := folder(t)
	mustStop(t, mustStart(t, Options{Dir: dir}))
	who, err := postgresUser()
	if err != nil {
		t.Fatal(err)
	}
	home, err := openHome(dir, who)
	if err != nil {
		t.Fatal(err)
	}
	defer home.lock.Close()
	bin, err := findBinaries(t.Context(), debianBinaries, os.Getenv("PATH"), 0)
	if err != nil {
		t.Fatal(err)
	}
	_, err = launchOn(t.Context(), Options{Logger: discard, FastUnsafe: true}, home, bin, listener.Addr().(*net.TCPAddr).Port)
	wantFault(t, err, "occupata")
}

func TestFaultFolderNotWritable(t *testing.T) {
	t.Parallel()
	file := filepath.Join(folder(t), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, dir := range []string{filepath.Join(file, "postgres"), "/sys/dimissioni"} {
		_, err := Start(t.Context(), Options{Dir: dir})
		wantFault(t, err, dir, "non è scrivibile", "DIMISSIONI_DATA")
	}
}

func TestFaultFolderOutOfReachOfPostgres(t *testing.T) {
	t.Parallel()
	closed := filepath.Join(folder(t), "closed")
	if err := os.Mkdir(closed, 0o700); err != nil {
		t.Fatal(err)
	}
	options := Options{Dir: filepath.Join(closed, "a", "postgres")}
	if os.Geteuid() != 0 { // then Postgres runs as us, who can go there
		mustStart(t, options)
		return
	}
	_, err := Start(t.Context(), options)
	wantFault(t, err, "L'utente postgres", "chmod o+x "+closed+",")
}

func TestFaultPasswordLost(t *testing.T) {
	t.Parallel()
	dir := folder(t)
	mustStop(t, mustStart(t, Options{Dir: dir}))
	if err := os.Remove(filepath.Join(dir, "password")); err != nil {
		t.Fatal(err)
	}
	_, err := Start(t.Context(), Options{Dir: dir})
	wantFault(t, err, filepath.Join(dir, "password"))
}

func TestFaultBinaries(t *testing.T) {
	t.Parallel()
	const none = "/nowhere/*/bin"
	_, err := findBinaries(t.Context(), none, "/nowhere", 0)
	wantFault(t, err, "apt-get install postgresql")

	_, err = findBinaries(t.Context(), none, fakeBinaries(t, "14.9"), 0)
	wantFault(t, err, "14", "troppo vecchio", "apt-get install postgresql")

	_, err = findBinaries(t.Context(), none, fakeBinaries(t, "17.1"), 16)
	wantFault(t, err, "apt-get install postgresql-16")
}

func TestNewestBinariesUnlessTheDataAsksForOthers(t *testing.T) {
	t.Parallel()
	dir := folder(t)
	path := strings.Join([]string{fakeBinaries(t, "15.14"), fakeBinaries(t, "20beta1"), fakeBinaries(t, "16.10 (Debian 16.10-1)")}, ":")
	for data, want := range map[int]int{0: 20, 15: 15, 16: 16} {
		got, err := findBinaries(t.Context(), dir+"/none", path, data)
		if err != nil {
			t.Fatal(err)
		}
		if got.major != want {
			t.Errorf("for data of version %d: chose %d, want %d", data, got.major, want)
		}
	}
}

func fakeBinaries(t *testing.T, version string) string {
	t.Helper()
	dir := t.TempDir()
	for _, name := range []string{"initdb", "postgres"} {
		script := "#!/bin/sh\necho '" + name + " (PostgreSQL) " + version + "'\n"
		if err := os.WriteFile(filepath.Join(dir, name), []byte(script), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

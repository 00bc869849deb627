package cluster

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"

	"dimissioni/internal/standalone"
)

// oldest is the oldest major version of Postgres that the product runs on.
const oldest = 15

// debianBinaries is where Debian and its kin keep the server's programs, one folder for each major version.
const debianBinaries = "/usr/lib/postgresql/*/bin"

// binaries are the server's programs of one version.
type binaries struct {
	major    int
	initdb   string
	postgres string
}

// findBinaries gives the newest programs that can run: of the version of the data when there is data (major is not 0),
// else of any version from the oldest supported. The folders of glob come first, then those of path.
func findBinaries(ctx context.Context, glob, path string, major int) (binaries, error) {
	dirs, err := filepath.Glob(glob)
	if err != nil {
		return binaries{}, fmt.Errorf("look for postgres: %w", err)
	}
	dirs = append(dirs, filepath.SplitList(path)...)

	var found []binaries
	for _, dir := range dirs {
		if b, ok := binariesIn(ctx, dir); ok {
			found = append(found, b)
		}
	}
	slices.SortStableFunc(found, func(a, b binaries) int { return cmp.Compare(b.major, a.major) })
	for _, b := range found {
		if b.major == major || major == 0 && b.major >= oldest {
			return b, nil
		}
	}
	return binaries{}, missing(major, found)
}

func missing(major int, found []binaries) error {
	switch {
	case major != 0:
		return &standalone.Fault{Message: fmt.Sprintf(
			"I dati sono di PostgreSQL %[1]d, che non è installato: apt-get install postgresql-%[1]d", major)}
	case len(found) > 0:
		return &standalone.Fault{Message: fmt.Sprintf(
			"PostgreSQL %d è troppo vecchio, serve almeno il %d: apt-get install postgresql", found[0].major, oldest)}
	default:
		return &standalone.Fault{Message: "PostgreSQL non è installato: apt-get install postgresql"}
	}
}

// binariesIn asks the programs in the folder for their version; false when they are not both there.
func binariesIn(ctx context.Context, dir string) (binaries, bool) {
	b := binaries{initdb: filepath.Join(dir, "initdb"), postgres: filepath.Join(dir, "postgres")}
	if _, err := exec.LookPath(b.initdb); err != nil {
		return binaries{}, false
	}
	out, err := exec.CommandContext(ctx, b.postgres, "--version").Output() // postgres (PostgreSQL) 15.14 (Debian ...)
	if err != nil {
		return binaries{}, false
	}
	fields := strings.Fields(string(out))
	if len(fields) < 3 {
		return binaries{}, false
	}
	digits := strings.IndexFunc(fields[2]+".", func(r rune) bool { return r < '0' || r > '9' }) // 15.14, 19beta1
	b.major, err = strconv.Atoi(fields[2][:digits])
	return b, err == nil
}

// account is the user that Postgres runs as.
type account struct {
	name       string
	credential *syscall.Credential // nil: the user we are
}

// postgresUser is the user we are, or postgres when we are root, whom Postgres refuses.
func postgresUser() (account, error) {
	if os.Geteuid() != 0 {
		return account{}, nil
	}
	const name = "postgres"
	u, err := user.Lookup(name)
	if err != nil {
		return account{}, &standalone.Fault{
			Message: "Manca l'utente di sistema postgres, che serve per avviare PostgreSQL da root: apt-get install postgresql",
			Err:     err,
		}
	}
	uid, uidErr := strconv.ParseUint(u.Uid, 10, 32)
	gid, gidErr := strconv.ParseUint(u.Gid, 10, 32)
	if err := errors.Join(uidErr, gidErr); err != nil {
		return account{}, fmt.Errorf("read user postgres: %w", err)
	}
	return account{name: name, credential: &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}}, nil
}

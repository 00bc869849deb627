package mailcatcher

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"regexp"
	"strings"
	"sync"
	"time"

	"dimissioni/internal/standalone"
)

const (
	suffix    = ".eml"
	timestamp = "20060102T150405.000000000Z"
)

// idPattern is the shape of a message's id, which is the name of its file: nothing else ever becomes a path.
var idPattern = regexp.MustCompile(`^[0-9]{8}T[0-9]{6}\.[0-9]{9}Z-[0-9]{6,}$`)

// errNotFound says that no message has the id.
var errNotFound = errors.New("no such message")

// store is the folder of messages: files that appear whole, are never changed, and sort by arrival.
type store struct {
	dir *os.Root

	arrivals sync.Mutex
	last     time.Time // of the newest name given out
	count    int

	reading sync.Mutex
	read    map[string]Message // what was parsed before
}

func openStore(dir string) (*store, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, notWritable(dir, err)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, notWritable(dir, err)
	}
	s := &store{dir: root, read: make(map[string]Message)}
	if err := s.prepare(); err != nil {
		return nil, errors.Join(notWritable(dir, err), root.Close())
	}
	return s, nil
}

// prepare proves that the folder is writable, tidies it up, and looks for the newest name in it.
func (s *store) prepare() error {
	if err := s.dir.WriteFile("writable.tmp", nil, 0o600); err != nil {
		return err
	}
	unfinished, err := fs.Glob(s.dir.FS(), "*.tmp")
	if err != nil {
		return err
	}
	for _, name := range unfinished { // of a program that was killed
		if err := s.discard(name); err != nil {
			return err
		}
	}
	ids, err := s.ids()
	if err != nil {
		return err
	}
	if len(ids) > 0 {
		s.last = arrival(ids[len(ids)-1])
	}
	return nil
}

func (s *store) close() error { return s.dir.Close() }

// save keeps a message, headed by its envelope as a mailbox would do, and gives its id.
func (s *store) save(from string, to []string, message io.Reader) (string, error) {
	var envelope strings.Builder
	fmt.Fprintf(&envelope, "Return-Path: <%s>\r\n", from)
	for _, address := range to {
		fmt.Fprintf(&envelope, "Delivered-To: %s\r\n", address)
	}
	id := s.newID()
	unfinished := id + ".tmp"
	err := s.write(unfinished, io.MultiReader(strings.NewReader(envelope.String()), message))
	if err == nil {
		err = s.dir.Rename(unfinished, id+suffix)
	}
	if err != nil {
		return "", errors.Join(fmt.Errorf("store message: %w", err), s.discard(unfinished))
	}
	return id, nil
}

// write does not force the file to the disk: a killed program loses nothing, and the mails are of a demonstration.
func (s *store) write(name string, content io.Reader) error {
	file, err := s.dir.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(file, content)
	return errors.Join(err, file.Close())
}

func (s *store) discard(name string) error {
	if err := s.dir.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// newID is later than every id before it, whatever the clock does.
func (s *store) newID() string {
	s.arrivals.Lock()
	defer s.arrivals.Unlock()
	now := time.Now().UTC()
	if !now.After(s.last) {
		now = s.last.Add(time.Nanosecond)
	}
	s.last = now
	s.count++
	return fmt.Sprintf("%s-%06d", now.Format(timestamp), s.count)
}

// arrival is the instant in an id.
func arrival(id string) time.Time {
	stamp, _, _ := strings.Cut(id, "-")
	at, err := time.Parse(timestamp, stamp)
	if err != nil {
		return time.Time{} // an id by its shape that no clock has given, such as a 30 February
	}
	return at
}

// ids gives the ids in the folder, oldest first.
func (s *store) ids() ([]string, error) {
	entries, err := fs.ReadDir(s.dir.FS(), ".") // sorted by name
	if err != nil {
		return nil, fmt.Errorf("list messages: %w", err)
	}
	var ids []string
	for _, entry := range entries {
		if id, ok := strings.CutSuffix(entry.Name(), suffix); ok && idPattern.MatchString(id) {
			ids = append(ids, id)
		}
	}
	return ids, nil
}

// messages gives all, oldest first, never nil. Files are parsed once: they never change.
func (s *store) messages() ([]Message, error) {
	s.reading.Lock()
	defer s.reading.Unlock()
	ids, err := s.ids()
	if err != nil {
		return nil, err
	}
	known := make(map[string]Message, len(ids))
	all := make([]Message, 0, len(ids))
	for _, id := range ids {
		message, ok := s.read[id]
		if !ok {
			parsed, err := s.open(id)
			if errors.Is(err, errNotFound) {
				continue // removed since it was listed
			}
			if err != nil {
				return nil, err
			}
			message = parsed.Message
		}
		known[id] = message
		all = append(all, message)
	}
	s.read = known
	return all, nil
}

// open gives one message with all its parts; errNotFound when there is none.
func (s *store) open(id string) (*parsed, error) {
	if !idPattern.MatchString(id) {
		return nil, errNotFound
	}
	content, err := s.dir.ReadFile(id + suffix)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, errNotFound
	}
	if err != nil {
		return nil, fmt.Errorf("read message: %w", err)
	}
	return parse(id, content), nil
}

func notWritable(dir string, cause error) error {
	return &standalone.Fault{
		Message: fmt.Sprintf("La cartella della posta di prova %s non è scrivibile: correggere i permessi o cambiare DIMISSIONI_DATA", dir),
		Err:     cause,
	}
}

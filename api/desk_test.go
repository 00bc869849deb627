package api

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"dimissioni/api/html"
	"dimissioni/internal/calendar"
	"dimissioni/internal/discharge"
	"dimissioni/internal/postgres"
	"dimissioni/internal/postgres/pgtest"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

const password = "una frase lunga di prova"

// monday is 10:00 of Monday 2 November 2026, when the tests begin.
var monday = calendar.NewDate(2026, time.November, 2).At(10, 0)

// seeded prepares the template: schema, programmes, demo district.
func seeded(url string) error {
	ctx := context.Background()
	if err := postgres.Migrate(ctx, url); err != nil {
		return err
	}
	store, err := postgres.Open(ctx, url, postgres.Options{})
	if err != nil {
		return err
	}
	defer store.Close()
	if err := store.SeedProgrammes(ctx); err != nil {
		return err
	}
	hash, err := postgres.HashPassword(password)
	if err != nil {
		return err
	}
	return store.SeedDemo(ctx, hash, calendar.DateOf(monday))
}

// desk is the api on a database of its own, with an engine in memory, and the demo people at work on it.
type desk struct {
	*testing.T
	url     string // of the database
	store   *postgres.Store
	engine  *memoryEngine
	server  *server
	handler http.Handler
	clock   *clock
	log     *safeBuffer
	tokens  map[string]string
}

// clock is the real time of a test.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

type safeBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (b *safeBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *safeBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}

// testDemo are the accounts that may be tried without a password.
var testDemo = func() (list []html.DemoAccount) {
	for _, name := range []string{
		"sender", "hospital", "coordinator", "igea", "meraki", "sentiero", "casemanager", "operator", "municipality",
		"steering", "public", "administrative", "dpo", "admin",
	} {
		list = append(list, html.DemoAccount{Email: name + "@demo.test", Who: name})
	}
	return list
}()

// newDesk makes one, with a store of options where the test has some.
func newDesk(t *testing.T, with ...postgres.Options) *desk {
	t.Helper()
	t.Parallel()
	o := append(with, postgres.Options{})[0]
	o.MessageHost, o.MaxConns, o.LinkKeys = "demo.test", 6, testLinkKeys
	url := pgtest.URL(t, seeded)
	store, err := postgres.Open(t.Context(), url, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(store.Close)
	d := &desk{T: t, url: url, store: store, clock: &clock{now: monday}, log: &safeBuffer{}, tokens: map[string]string{}}
	d.engine = &memoryEngine{store: store, now: d.clock.Now, ahead: map[string]time.Duration{}}
	d.server = newServer(Deps{
		Store: store, Engine: d.engine, Training: true, Links: testLinks, Demo: testDemo,
		Log: slog.New(slog.NewJSONHandler(d.log, &slog.HandlerOptions{Level: slog.LevelDebug})),
	})
	d.server.now = d.clock.Now
	d.handler = d.server.handler(nil)
	t.Cleanup(func() { d.noSecrets("the log", d.log.String()) })
	return d
}

// secrets are what the tests send and what must never be written in a log.
var secrets = []string{
	"Bianchi", "Rossella", "RSSMRA", "Via dei Tigli", "0373 999", "polmonite", "scala ripida", "morfina",
	"figlia@esempio.it", "Lucia Bianchi", password, "segretissimo", "nosocomiale", "Bearer ",
}

func (d *desk) noSecrets(where, text string) {
	d.Helper()
	for _, secret := range secrets {
		if strings.Contains(text, secret) {
			d.Errorf("%s holds %q", where, secret)
		}
	}
}

// person is somebody of the demo district who asks.
type person struct {
	*desk
	email string
}

func (d *desk) as(name string) person { return person{d, name + "@demo.test"} }

// token gives the person a token without hashing a password.
func (p person) token() string {
	p.Helper()
	if token, ok := p.tokens[p.email]; ok {
		return token
	}
	token := "token-" + p.email
	if err := p.store.CreateToken(p.Context(), postgres.DemoID(p.email), token, "prova", monday, monday.AddDate(1, 0, 0)); err != nil {
		p.Fatal(err)
	}
	p.tokens[p.email] = token
	return token
}

// answer is what came back, already held against the contract.
type answer struct {
	*testing.T
	code   int
	header http.Header
	raw    []byte
}

type header struct{ name, value string }

// send makes a request as the person and holds the answer, and the request when it was accepted, against openapi.yaml.
func (p person) send(method, path string, body any, headers ...header) answer {
	p.Helper()
	return p.request(method, path, body, append([]header{{"Authorization", "Bearer " + p.token()}}, headers...)...)
}

// request is send without a token.
func (d *desk) request(method, path string, body any, headers ...header) answer {
	d.Helper()
	if !strings.HasPrefix(path, "/healthz") && !strings.HasPrefix(path, "/readyz") {
		path = base + path
	}
	var raw []byte
	switch b := body.(type) {
	case nil:
	case string:
		raw = []byte(b)
	case []byte:
		raw = b
	default:
		var err error
		if raw, err = json.Marshal(b); err != nil {
			d.Fatal(err)
		}
	}
	r := httptest.NewRequestWithContext(d.Context(), method, path, bytes.NewReader(raw))
	if len(raw) > 0 {
		r.Header.Set("Content-Type", "application/json")
	}
	for _, h := range headers {
		r.Header.Set(h.name, h.value)
	}
	w := httptest.NewRecorder()
	d.handler.ServeHTTP(w, r)
	a := answer{d.T, w.Code, w.Header(), w.Body.Bytes()}
	d.hold(r, raw, a)
	return a
}

func (p person) get(path string) answer {
	p.Helper()
	return p.send(http.MethodGet, path, nil)
}

func (p person) post(path string, body any, headers ...header) answer {
	p.Helper()
	return p.send(http.MethodPost, path, body, headers...)
}

// wants ends the test unless the status is this one.
func (a answer) wants(code int) answer {
	a.Helper()
	if a.code != code {
		a.Fatalf("status %d, want %d: %s", a.code, code, a.raw)
	}
	return a
}

// refuses checks status and code of a problem.
func (a answer) refuses(status int, code discharge.ErrorKind) answer {
	a.Helper()
	a.wants(status)
	if got := a.text("code"); got != string(code) {
		a.Fatalf("code %q, want %q: %s", got, code, a.raw)
	}
	return a
}

func (a answer) json() map[string]any {
	a.Helper()
	var m map[string]any
	if err := json.Unmarshal(a.raw, &m); err != nil {
		a.Fatalf("not JSON: %v: %s", err, a.raw)
	}
	return m
}

// at walks the keys; nil when one is missing.
func (a answer) at(keys ...string) any {
	a.Helper()
	var v any = a.json()
	for _, key := range keys {
		m, ok := v.(map[string]any)
		if !ok {
			return nil
		}
		v = m[key]
	}
	return v
}

func (a answer) text(keys ...string) string {
	a.Helper()
	s, _ := a.at(keys...).(string)
	return s
}

func (a answer) items() []map[string]any {
	a.Helper()
	list, ok := a.at("items").([]any)
	if !ok {
		a.Fatalf("no items: %s", a.raw)
	}
	items := make([]map[string]any, len(list))
	for i, item := range list {
		items[i] = item.(map[string]any)
	}
	return items
}

// fields are the names of the wrong fields with their codes.
func (a answer) fields() map[string]string {
	a.Helper()
	list, _ := a.at("errors").([]any)
	fields := map[string]string{}
	for _, item := range list {
		e := item.(map[string]any)
		fields[e["field"].(string)] = e["code"].(string)
	}
	return fields
}

var _ io.Writer = (*safeBuffer)(nil)

func newRecorder() *httptest.ResponseRecorder { return httptest.NewRecorder() }

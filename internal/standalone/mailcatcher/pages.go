package mailcatcher

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"encoding/json"
	"errors"
	"html/template"
	"mime"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"
)

// shown is how many messages the list page shows, the newest.
const shown = 300

var rome = func() *time.Location {
	zone, err := time.LoadLocation("Europe/Rome")
	if err != nil {
		panic(err) // embedded: a broken build
	}
	return zone
}()

var (
	//go:embed pages.html
	pagesSource string
	//go:embed pages.css
	style string

	pages = template.Must(template.New("pages").Funcs(template.FuncMap{
		"rome":  func(t time.Time) string { return t.In(rome).Format("02/01/2006 15:04:05") },
		"iso":   func(t time.Time) string { return t.Format(time.RFC3339Nano) },
		"style": func() template.CSS { return template.CSS(style) }, //nolint:gosec // our own file
		"links": links,
	}).Parse(pagesSource))

	pagePolicy = "default-src 'none'; style-src '" + styleHash() + "'; frame-src 'self'; form-action 'self'; " +
		"base-uri 'none'; frame-ancestors 'none'"
)

// partPolicy makes the HTML part of a message a picture of itself: no scripts, no requests, no origin.
const partPolicy = "sandbox; default-src 'none'; img-src data:; style-src 'unsafe-inline'; form-action 'none'; " +
	"base-uri 'none'; frame-ancestors 'self'"

func styleHash() string {
	sum := sha256.Sum256([]byte(style))
	return "sha256-" + base64.StdEncoding.EncodeToString(sum[:])
}

// Handler shows the messages. Its links are relative: it may live under any path that ends with a slash, stripped of it.
//
//	GET /                     the list, newest first; ?pratica=DP-2026-00042 for one case
//	GET /messages.json        every Message, oldest first; the same filter
//	GET /messages/{id}        one message
//	GET /messages/{id}/html   its HTML part, sandboxed
//
// Whoever reaches it reads every mail: for demonstrations and training only.
func (c *Catcher) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", c.serveList)
	mux.HandleFunc("GET /messages.json", c.serveJSON)
	mux.HandleFunc("GET /messages/{id}", c.serveMessage)
	mux.HandleFunc("GET /messages/{id}/html", c.serveHTMLPart)
	return mux
}

// list is what the list page shows.
type list struct {
	Case     string // the filter
	Total    int
	Messages []Message // the newest of them, newest first
}

func (c *Catcher) serveList(w http.ResponseWriter, r *http.Request) {
	messages, err := c.ofCase(r)
	if err != nil {
		c.fail(w, err)
		return
	}
	page := list{Case: wantedCase(r), Total: len(messages), Messages: messages}
	slices.Reverse(page.Messages)
	page.Messages = page.Messages[:min(shown, page.Total)]
	c.render(w, "list", page)
}

func (c *Catcher) serveJSON(w http.ResponseWriter, r *http.Request) {
	messages, err := c.ofCase(r)
	if err != nil {
		c.fail(w, err)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	if err := json.NewEncoder(w).Encode(messages); err != nil {
		c.logger.Debug("mail list not sent", "error", err)
	}
}

func wantedCase(r *http.Request) string { return strings.TrimSpace(r.URL.Query().Get("pratica")) }

// ofCase gives the messages that the request asks for, oldest first.
func (c *Catcher) ofCase(r *http.Request) ([]Message, error) {
	messages, err := c.Messages()
	if err != nil {
		return nil, err
	}
	if wanted := wantedCase(r); wanted != "" {
		messages = slices.DeleteFunc(messages, func(m Message) bool { return !strings.EqualFold(m.Case, wanted) })
	}
	return messages, nil
}

func (c *Catcher) serveMessage(w http.ResponseWriter, r *http.Request) {
	message, err := c.store.open(r.PathValue("id"))
	if err != nil {
		c.fail(w, err)
		return
	}
	c.render(w, "message", message)
}

func (c *Catcher) serveHTMLPart(w http.ResponseWriter, r *http.Request) {
	message, err := c.store.open(r.PathValue("id"))
	if err == nil && message.HTML == "" {
		err = errNotFound
	}
	if err != nil {
		c.fail(w, err)
		return
	}
	charset := message.HTMLCharset
	if charset == "" {
		charset = "utf-8"
	}
	setHeaders(w, partPolicy)
	w.Header().Set("X-Frame-Options", "SAMEORIGIN")
	w.Header().Set("Content-Type", mime.FormatMediaType("text/html", map[string]string{"charset": charset}))
	if _, err := w.Write([]byte(message.HTML)); err != nil {
		c.logger.Debug("mail part not sent", "error", err)
	}
}

func (c *Catcher) render(w http.ResponseWriter, view string, data any) {
	var page bytes.Buffer
	if err := pages.ExecuteTemplate(&page, view, data); err != nil {
		c.fail(w, err)
		return
	}
	setHeaders(w, pagePolicy)
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	if _, err := page.WriteTo(w); err != nil {
		c.logger.Debug("mail page not sent", "error", err)
	}
}

func setHeaders(w http.ResponseWriter, policy string) {
	w.Header().Set("Content-Security-Policy", policy)
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.Header().Set("Referrer-Policy", "no-referrer")
	w.Header().Set("Cache-Control", "no-store")
}

func (c *Catcher) fail(w http.ResponseWriter, err error) {
	if errors.Is(err, errNotFound) {
		http.Error(w, "Messaggio non trovato.", http.StatusNotFound)
		return
	}
	c.logger.Error("mail page failed", "error", err)
	http.Error(w, "La posta di prova non si legge: vedere il registro del programma.", http.StatusInternalServerError)
}

// stretch is a piece of text, with the address it leads to when it is one.
type stretch struct{ Text, URL string }

var webAddress = regexp.MustCompile(`https?://[^\s<>"]*[^\s<>".,;:!?)\]']`)

// links finds the web addresses in a text, which in the sandboxed part cannot be followed.
func links(text string) []stretch {
	var stretches []stretch
	from := 0
	for _, at := range webAddress.FindAllStringIndex(text, -1) {
		address := text[at[0]:at[1]]
		stretches = append(stretches, stretch{Text: text[from:at[0]]}, stretch{Text: address, URL: address})
		from = at[1]
	}
	return append(stretches, stretch{Text: text[from:]})
}

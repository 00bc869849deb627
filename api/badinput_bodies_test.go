package api

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"dimissioni/internal/discharge"
)

// TestEveryBodyThatIsNone walks over every route that takes a JSON body with bodies that are none.
func TestEveryBodyThatIsNone(t *testing.T) {
	w := newWalker(t)
	jsonMedia, text := header{"Content-Type", "application/json"}, header{"Content-Type", "text/plain"}
	before := w.content()
	for _, op := range w.operations("application/json") {
		who := w.whoMay(op)
		if who == "" {
			continue // told by the walk over its fields
		}
		for _, test := range []struct {
			name, body string
			headers    []header
			want       discharge.ErrorKind
		}{
			{"half a document", `{"note": "segretissimo`, nil, discharge.KindMalformed},
			{"two documents", `{}{}`, nil, discharge.KindMalformed},
			{"a list", `["segretissimo"]`, nil, discharge.KindInvalid},
			{"a text", `"segretissimo"`, nil, discharge.KindInvalid},
			{"null", `null`, nil, discharge.KindInvalid},
			{"no JSON at all", `segretissimo`, nil, discharge.KindMalformed},
			{"deep", strings.Repeat(`{"note":`, 100) + `1` + strings.Repeat(`}`, 100), nil, discharge.KindMalformed},
			{"very deep", strings.Repeat(`[`, 500_000), nil, discharge.KindMalformed},
			{"UTF-16", "\xff\xfe{\x00}\x00", nil, discharge.KindMalformed},
			{"a byte order mark", "\ufeff{}", nil, discharge.KindMalformed},
			{"compressed", zipped(`{}`), []header{jsonMedia, {"Content-Encoding", "gzip"}}, discharge.KindUnsupportedMedia},
			{"compressed in secret", zipped(`{}`), []header{jsonMedia}, discharge.KindMalformed},
			{"of another kind", `{}`, []header{text}, discharge.KindUnsupportedMedia},
			{"of no kind", `{}`, []header{{"Content-Type", ""}}, discharge.KindUnsupportedMedia},
			{"of nonsense", `{}`, []header{{"Content-Type", ";;;"}}, discharge.KindUnsupportedMedia},
			{"in another alphabet", `{}`, []header{{"Content-Type", "application/json; charset=utf-16"}}, discharge.KindUnsupportedMedia},
			{"a form", `note=segretissimo`, []header{{"Content-Type", mediaForm}}, discharge.KindUnsupportedMedia},
			{"more than a megabyte", `{"note": "` + strings.Repeat("a", maxBody) + `"}`, nil, discharge.KindTooLarge},
		} {
			if a, p := w.send(who, op.method, op.path, test.body, test.headers...); p.Code != test.want {
				t.Errorf("%s %s, %s: %d %s", op.method, op.path, test.name, a.Code, a.Body)
			}
		}
		if op.required {
			if a, p := w.send(who, op.method, op.path, ""); p.Code != discharge.KindMalformed {
				t.Errorf("%s %s, nothing: %d %s", op.method, op.path, a.Code, a.Body)
			}
		}
	}
	if diff := cmp.Diff(before, w.content()); diff != "" {
		t.Errorf("something refused has changed something:\n%s", diff)
	}
	w.send("coordinator", http.MethodGet, "/me", `{"note": "segretissimo"}`) // not read, and no harm
}

func zipped(text string) string {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	_, _ = z.Write([]byte(text))
	_ = z.Close()
	return b.String()
}

// listening is the desk behind the server that the program runs, with another patience.
func (d *desk) listening(patience time.Duration) (*httptest.Server, string) {
	d.Helper()
	srv := httptest.NewUnstartedServer(nil)
	srv.Config = HTTPServer(d.handler, slog.New(slog.DiscardHandler))
	srv.Config.ReadHeaderTimeout, srv.Config.ReadTimeout, srv.Config.IdleTimeout = patience, patience, patience
	srv.Start()
	d.Cleanup(srv.Close)
	return srv, d.as("coordinator").token()
}

func TestElevenMegabytesAreAnswered(t *testing.T) {
	d := newDesk(t)
	srv, token := d.listening(time.Minute)
	long := strings.Repeat("a", 11<<20)
	for name, body := range map[string]func() io.Reader{
		"told at once":  func() io.Reader { return strings.NewReader(long) },
		"told in parts": func() io.Reader { return io.MultiReader(strings.NewReader(long)) }, // of unknown length
	} {
		for _, path := range []string{"/discharges/search", "/login", "/referrals/check"} {
			r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, srv.URL+base+path, body())
			if err != nil {
				t.Fatal(err)
			}
			r.Header.Set("Content-Type", "application/json")
			r.Header.Set("Authorization", "Bearer "+token)
			a, err := srv.Client().Do(r)
			if err != nil {
				t.Errorf("%s, %s: cut off: %v", path, name, err)
				continue
			}
			_ = a.Body.Close()
			if a.StatusCode != http.StatusRequestEntityTooLarge {
				t.Errorf("%s, %s: %d", path, name, a.StatusCode)
			}
		}
	}
}

// TestSlowCallersAreNotWaitedFor: who sends a byte at a time, or nothing, is answered or cut off, and the others are served
// meanwhile.
func TestSlowCallersAreNotWaitedFor(t *testing.T) {
	d := newDesk(t)
	srv, token := d.listening(300 * time.Millisecond)
	head := "POST " + base + "/discharges/search HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + token + "\r\n"
	for name, sent := range map[string]string{
		"nothing":         "",
		"half a line":     "POST /",
		"half the header": head,
		"half the body":   head + "Content-Type: application/json\r\nContent-Length: 100\r\n\r\n{\"text\":",
		"half a chunk":    head + "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\nff\r\n{\"text\":",
		"nothing of much": head + "Content-Type: application/json\r\nContent-Length: 11000000\r\n\r\n{",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			conn, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", srv.Listener.Addr().String())
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close()
			if _, err := io.WriteString(conn, sent); err != nil {
				t.Fatal(err)
			}
			if err := conn.SetReadDeadline(time.Now().Add(time.Minute)); err != nil {
				t.Fatal(err)
			}
			answered, err := io.ReadAll(conn) // until the server closes
			if err != nil {
				t.Errorf("still waited for: %v", err)
			}
			if strings.Contains(sent, "Content-Type") && !bytes.HasPrefix(answered, []byte("HTTP/1.1 4")) {
				t.Errorf("answered %.200s", answered)
			}
		})
	}
	t.Run("others meanwhile", func(t *testing.T) {
		t.Parallel()
		r, _ := http.NewRequestWithContext(t.Context(), http.MethodGet, srv.URL+"/healthz", nil)
		a, err := srv.Client().Do(r)
		if err != nil {
			t.Fatal(err)
		}
		_ = a.Body.Close()
		if a.StatusCode != http.StatusOK {
			t.Errorf("answered %d", a.StatusCode)
		}
	})
}

// TestWhatIsTooLongBeforeTheBody is refused by the server itself, before anything of ours reads it.
func TestWhatIsTooLongBeforeTheBody(t *testing.T) {
	d := newDesk(t)
	srv, token := d.listening(time.Minute)
	long := strings.Repeat("segretissimo", 5000)
	for name, request := range map[string]string{
		"431 a header":  "GET " + base + "/me HTTP/1.1\r\nHost: x\r\nX-Long: " + long + "\r\n\r\n",
		"431 headers":   "GET " + base + "/me HTTP/1.1\r\nHost: x\r\n" + strings.Repeat("X-Y: segretissimo\r\n", 4000) + "\r\n",
		"431 a query":   "GET " + base + "/discharges?code=" + long + " HTTP/1.1\r\nHost: x\r\n\r\n",
		"431 a path":    "GET " + base + "/" + long + " HTTP/1.1\r\nHost: x\r\n\r\n",
		"400 a NUL":     "GET " + base + "/me HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer \x00\r\n\r\n",
		"400 no host":   "GET " + base + "/me HTTP/1.1\r\n\r\n",
		"400 two sizes": "POST " + base + "/login HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n{}",
		"401 a token":   "GET " + base + "/me HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer \xff\xfe\r\nConnection: close\r\n\r\n",
		"404 up the path": "GET " + base + "/discharges/../../../etc/passwd HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + token +
			"\r\nConnection: close\r\n\r\n",
	} {
		conn, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", srv.Listener.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		go func() { _, _ = io.WriteString(conn, request) }() // the server need not read it all
		var status int
		line, err := bufio.NewReader(conn).ReadString('\n')
		if _, scanErr := fmt.Sscanf(line, "HTTP/1.1 %d", &status); err != nil || scanErr != nil || !strings.HasPrefix(name, fmt.Sprint(status)) {
			t.Errorf("%s: answered %q, %v", name, line, err)
		}
		_ = conn.Close()
	}
}

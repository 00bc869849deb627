package api

import (
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"strings"
	"testing"
)

func TestTheDocumentationWorksOffline(t *testing.T) {
	d := newDesk(t)
	page := d.request(http.MethodGet, "/docs", nil).wants(http.StatusOK)
	policy := page.header.Get("Content-Security-Policy")
	if !strings.Contains(policy, "script-src 'self'") || strings.Contains(policy, "unsafe") {
		t.Errorf("policy %q", policy)
	}
	for _, ref := range regexp.MustCompile(`(?:src|href)="([^"]+)"`).FindAllStringSubmatch(string(page.raw), -1) {
		if strings.Contains(ref[1], "//") {
			t.Errorf("%s is elsewhere", ref[1])
		}
		file := d.request(http.MethodGet, "/"+ref[1], nil).wants(http.StatusOK)
		if file.header.Get("Content-Type") == "" || len(file.raw) == 0 {
			t.Errorf("%s is empty", ref[1])
		}
	}
	if regexp.MustCompile(`<script[^>]*>[^<]|<style|\son\w+=`).Match(page.raw) {
		t.Errorf("the page has code in it, which its policy forbids: %s", page.raw)
	}
	for _, none := range []string{"SHA256SUMS", "none.js", "..%2fopenapi.yaml"} {
		d.request(http.MethodGet, "/docs/"+none, nil).refuses(http.StatusNotFound, "not_found")
	}
	d.request(http.MethodGet, "/openapi.yaml", nil).wants(http.StatusOK)
}

func TestWhatIsVendoredIsUnchanged(t *testing.T) {
	t.Parallel()
	sums, err := os.ReadFile("docs/SHA256SUMS")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(sums)) {
		want, name, _ := strings.Cut(strings.TrimSpace(line), "  ")
		content, err := os.ReadFile("docs/" + name)
		if err != nil {
			t.Fatal(err)
		}
		if sum := sha256.Sum256(content); hex.EncodeToString(sum[:]) != want {
			t.Errorf("%s has changed", name)
		}
	}
}

func TestEveryAnswerHasItsHeaders(t *testing.T) {
	d := newDesk(t)
	for _, a := range []answer{
		d.request(http.MethodGet, "/healthz", nil), d.request(http.MethodGet, "/nowhere", nil), d.as("dpo").get("/me"),
	} {
		for name, want := range map[string]string{
			"X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer", "Cache-Control": "no-store",
		} {
			if got := a.header.Get(name); got != want {
				t.Errorf("%s: %q, want %q", name, got, want)
			}
		}
		if len(a.header.Get("X-Request-Id")) < 20 || !strings.Contains(a.header.Get("Content-Security-Policy"), "default-src 'none'") {
			t.Errorf("headers: %v", a.header)
		}
	}
	d.as("coordinator").post("/discharges/search", obj{"text": "ab"}, header{"Sec-Fetch-Site", "cross-site"}).
		refuses(http.StatusForbidden, "forbidden")
}

func TestTheAccessLogHasTheTemplateAndNotThePath(t *testing.T) {
	d := newDesk(t)
	id := d.submitted(referralOfBianchi())
	d.as("coordinator").get("/discharges/"+id+"?code=segretissimo").refuses(http.StatusUnprocessableEntity, "invalid")
	d.as("coordinator").get("/physicians?name=segretissimo").wants(http.StatusOK)
	log := d.log.String()
	if !strings.Contains(log, `"route":"/api/v1/discharges/:id"`) || strings.Contains(log, id) {
		t.Errorf("log: %s", log)
	}
}

func TestTheAdminAddressShowsMetrics(t *testing.T) {
	d := newDesk(t)
	metrics, err := NewMetrics()
	if err != nil {
		t.Fatal(err)
	}
	d.server.metrics = newRequestMetrics(metrics)
	id := d.submitted(referralOfBianchi())
	admin := Admin(Deps{Store: d.store, Metrics: metrics})
	shown := func(path string) string {
		w := httptest.NewRecorder()
		admin.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, nil))
		if w.Code != http.StatusOK {
			t.Fatalf("%s: %d", path, w.Code)
		}
		return w.Body.String()
	}
	text := shown("/metrics")
	for _, want := range []string{
		`http_route="/api/v1/discharges"`, `dimissioni_cases{`, `state="submitted"`, `dimissioni_mails{`, "go_goroutines",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("no %s in the metrics", want)
		}
	}
	if strings.Contains(text, id) {
		t.Error("a case's id in the metrics")
	}
	d.noSecrets("the metrics", text)
	shown("/debug/pprof/")
}

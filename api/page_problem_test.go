package api

import (
	"net/http"
	"strings"
	"testing"

	"github.com/gin-gonic/gin"

	"dimissioni/api/html"
	"dimissioni/api/html/htmltest"
	"dimissioni/internal/discharge"
)

// TestProblemsAreSaidWithPages: whoever reads pages reads one, whoever reads JSON a problem document.
func TestProblemsAreSaidWithPages(t *testing.T) {
	d := newDesk(t)
	e := gin.New()
	kinds := map[string]error{
		"malformed": errForm, "forbidden": errForbidden, "not_found": errNotFound, "too_large": errTooLarge,
		"not_allowed_in_state": discharge.Refuse(discharge.KindNotAllowed, "Il caso è già chiuso."),
		"rate_limited":         discharge.Refuse(discharge.KindRateLimited, "Troppe richieste: riprovi tra poco."),
		"internal":             http.ErrBodyNotAllowed, "unavailable": errUnavailable,
		"invalid": discharge.Invalid("level", "unknown", "Il livello non è tra quelli previsti."),
	}
	e.Use(identify, d.server.recoverPanics, secure)
	e.GET("/problems/:kind", d.server.deskPage(func(c *gin.Context) error { return kinds[c.Param("kind")] }))
	e.GET("/panic", func(*gin.Context) { panic("segretissimo") })
	d.handler = d.server.withSessions(e)
	b := d.nobody()
	for kind := range kinds {
		status := problems[discharge.ErrorKind(kind)].status
		a := b.get("/problems/" + kind).wants(status)
		if a.header.Get("Content-Security-Policy") != html.Policy || a.header.Get("Cache-Control") != "no-store" {
			t.Errorf("%s: headers %v", kind, a.header)
		}
		shown := a.shown()
		if kind == "internal" != strings.Contains(shown, a.header.Get("X-Request-Id")) {
			t.Errorf("%s: the request's id is shown or is not: %s", kind, shown)
		}
		document := b.get("/problems/"+kind, header{"Accept", "application/json"}).wants(status)
		if document.text("code") != kind {
			t.Errorf("%s as JSON: %s", kind, document.raw)
		}
	}
	if shown := b.get("/panic").wants(http.StatusInternalServerError).shown(); strings.Contains(shown, "segretissimo") {
		t.Errorf("a panic shows %s", shown)
	}
	if shown := b.get("/problems/invalid").shown(); !strings.Contains(shown, "Il livello non è tra quelli previsti.") {
		t.Errorf("the fault is not said: %s", shown)
	}
}

func TestAFormFromAnotherSiteIsRefusedWithAPage(t *testing.T) {
	d := newDesk(t)
	b := d.sits("sender")
	for _, from := range []header{{"Sec-Fetch-Site", "cross-site"}, {"Sec-Fetch-Site", "same-site"}} {
		a := b.ask(http.MethodPost, "/esci", nil, from).wants(http.StatusForbidden)
		if heading := htmltest.Text(htmltest.Read(t, a.raw).One("h1")); heading != "Non consentito" || !strings.Contains(a.shown(), "da un altro sito") {
			t.Errorf("%v: %s", from, a.shown())
		}
	}
	b.get("/sessioni").wants(http.StatusOK)
	b.get("/nessuna").wants(http.StatusNotFound)
	b.get("/esci").wants(http.StatusMethodNotAllowed)
	d.request(http.MethodGet, "/nessuna", nil, header{"Accept", "text/html"}).refuses(http.StatusNotFound, "not_found")
}

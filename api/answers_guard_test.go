package api

import (
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"dimissioni/api/html"
	"dimissioni/internal/discharge"
)

func TestHeadersOfAPage(t *testing.T) {
	d := newDesk(t)
	id := d.walkTo("proposed")
	b := d.holder(d.link(id, discharge.MomentProposal, "partner_manager"))
	for _, a := range []answer{b.look(), b.visit(http.MethodGet, "/answers/nothing", ""), b.visit(http.MethodGet, "/answers/done/accept", "")} {
		for name, want := range map[string]string{
			"Content-Type": "text/html; charset=utf-8", "Content-Security-Policy": html.Policy, "Cache-Control": "no-store",
			"Referrer-Policy": "same-origin", "X-Robots-Tag": "noindex, nofollow", "X-Frame-Options": "DENY",
		} {
			if got := a.header.Get(name); got != want {
				t.Errorf("%d: %s is %q, want %q", a.code, name, got, want)
			}
		}
	}
	style := b.visit(http.MethodGet, html.StylePath, "").wants(http.StatusOK)
	if got := style.header.Get("Cache-Control"); !strings.Contains(got, "immutable") {
		t.Errorf("the style sheet's Cache-Control is %q", got)
	}
	packed := b.visit(http.MethodGet, html.StylePath, "", header{"Accept-Encoding", "br, gzip;q=0.8"}).wants(http.StatusOK)
	if packed.header.Get("Content-Encoding") != "gzip" || packed.header.Get("Vary") != "Accept-Encoding" || len(packed.raw) >= len(style.raw)/2 {
		t.Errorf("packed: %d bytes of %d, %v", len(packed.raw), len(style.raw), packed.header)
	}
	for _, refused := range []string{"br", "gzip;q=0", "identity, gzip; q=0.0"} {
		if a := b.visit(http.MethodGet, html.StylePath, "", header{"Accept-Encoding", refused}); a.header.Get("Content-Encoding") != "" {
			t.Errorf("%s gets %s", refused, a.header.Get("Content-Encoding"))
		}
	}
	b.visit(http.MethodGet, "/assets/other.css", "").wants(http.StatusNotFound)
	b.visit(http.MethodGet, "/answers/done/anything", "").wants(http.StatusNotFound)
	token := strings.TrimPrefix(b.path, "/answers/")
	if strings.Contains(d.log.String(), token) || !strings.Contains(d.log.String(), "/answers/:token") {
		t.Error("the log holds the token, or not the route")
	}
}

func TestFormsFromElsewhereAreRefusedAsPages(t *testing.T) {
	d := newDesk(t)
	id := d.walkTo("proposed")
	b := d.holder(d.link(id, discharge.MomentProposal, "partner_manager"))
	form := header{"Content-Type", "application/x-www-form-urlencoded"}
	for name, tc := range map[string]struct {
		body    string
		headers []header
		want    int
	}{
		"another site":     {"answer=accept", []header{form, {"Sec-Fetch-Site", "cross-site"}}, http.StatusForbidden},
		"another origin":   {"answer=accept", []header{form, {"Origin", "https://evil.test"}}, http.StatusForbidden},
		"JSON":             {`{"answer":"accept"}`, []header{{"Content-Type", "application/json"}}, http.StatusUnsupportedMediaType},
		"nothing":          {"answer=accept", nil, http.StatusUnsupportedMediaType},
		"too much":         {"note=" + strings.Repeat("x", 17<<10), []header{form}, http.StatusRequestEntityTooLarge},
		"half an escape":   {"answer=%zz", []header{form}, http.StatusBadRequest},
		"not UTF-8":        {"note=%ff", []header{form}, http.StatusBadRequest},
		"a NUL":            {"note=%00", []header{form}, http.StatusBadRequest},
		"a method of ours": {"answer=accept", []header{form, {"Sec-Fetch-Site", "same-origin"}, {"X-HTTP-Method-Override", "GET"}}, http.StatusSeeOther},
	} {
		a := b.visit(http.MethodPost, b.path, tc.body, tc.headers...)
		if a.code != tc.want {
			t.Errorf("%s: %d, want %d", name, a.code, tc.want)
		}
		if tc.want >= 400 && (!strings.HasPrefix(a.header.Get("Content-Type"), "text/html") || a.header.Get("Content-Security-Policy") != html.Policy) {
			t.Errorf("%s: not a page but %s", name, a.header.Get("Content-Type"))
		}
	}
}

func TestWhenTheEngineIsAwayTheAnswerMayBeRepeated(t *testing.T) {
	d := newDesk(t)
	id := d.walkTo("proposed")
	b := d.holder(d.link(id, discharge.MomentProposal, "partner_manager"))
	d.engine.stop(true)
	away := b.fill("answer", "decline", "reason_code", "no_capacity").wants(http.StatusServiceUnavailable)
	if !strings.Contains(away.shown(), "non verrà registrata due volte") {
		t.Errorf("while it is away: %s", away.shown())
	}
	d.engine.stop(false)
	// The first answer is the one that counts, whatever is clicked next.
	b.thanked(b.fill("answer", "accept"), "decline")
	if n := d.events(id, discharge.Declined) + d.events(id, discharge.Accepted); n != 1 {
		t.Errorf("%d answers", n)
	}
}

func TestManyClicksAtOnceAreOneAnswer(t *testing.T) {
	d := newDesk(t)
	id := d.walkTo("proposed")
	b := d.holder(d.link(id, discharge.MomentProposal, "partner_manager"))
	var clicks sync.WaitGroup
	for range 12 {
		clicks.Go(func() {
			one := &browser{desk: d, path: b.path}
			if a := one.fill("answer", "accept"); a.code != http.StatusSeeOther {
				t.Errorf("a click answers %d: %s", a.code, a.raw)
			}
		})
	}
	clicks.Wait()
	if n := d.events(id, discharge.Accepted); n != 1 {
		t.Errorf("accepted %d times", n)
	}
}

func TestVisitsAreRateLimited(t *testing.T) {
	d := newDesk(t)
	b := &browser{desk: d, path: "/answers/nothing"}
	for range 60 {
		b.look().wants(http.StatusNotFound)
	}
	a := b.look().wants(http.StatusTooManyRequests)
	if a.header.Get("Retry-After") == "" || !strings.Contains(a.shown(), "riprovi") {
		t.Errorf("slowed down: %s", a.shown())
	}
	d.clock.pass(6 * time.Second)
	b.look().wants(http.StatusNotFound)
}

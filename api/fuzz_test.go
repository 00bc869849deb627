package api

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/gin-gonic/gin"

	"dimissioni/internal/discharge"
	"dimissioni/internal/referral"
	"dimissioni/internal/strictjson"
)

// refusal fails unless an error is one of ours for input that is wrong, with fields that may be shown.
func refusal(t *testing.T, err error) {
	t.Helper()
	var told *discharge.Error
	if !errors.As(err, &told) || told.Message == "" {
		t.Fatalf("refused with %v", err)
	}
	switch told.Kind {
	case discharge.KindMalformed, discharge.KindInvalid, discharge.KindUnsupportedMedia, discharge.KindTooLarge:
	default:
		t.Errorf("refused as %s", told.Kind)
	}
	for _, f := range told.Fields {
		if f.Field == "" || f.Code == "" || f.Message == "" || strings.ContainsFunc(f.Field, unseen) {
			t.Errorf("a fault without a name: %+v", f)
		}
	}
}

// What a command's body is accepted for can be kept and shown: it is JSON without what Postgres or a reader would trip over.
func FuzzCommandBodies(f *testing.F) {
	for i := range commandTable() {
		f.Add(uint8(i), `{"on": "2026-11-02", "note": "l'<b>altro</b>\r\n", "reason_code": "other", "by_telephone_with": null}`)
	}
	for _, seed := range []string{
		`{"outcome": "admit", "level": "high", "criteria": {"informed": {"met": true}}}`, `{"days": 7, "reason": "\u202e"}`,
		`{"at": "9999-12-31T23:59:59-23:59", "invited": ["gp"]}`, `{"what_follows": "C-DOM", "goals_outcome": [1e400, "x"]}`,
		`{"present": ["la figlia", {"role": "gp"}]}`, `{"patient": {"tax_code": "RSSMRA80A01H501U"}, "plan": null}`,
		`{"event_seq": 9223372036854775807, "reason": "x"}`, `{"signer": "patient", "method": "paper", "witnesses": ["a", " "]}`,
	} {
		f.Add(uint8(len(seed)), seed)
	}
	f.Fuzz(func(t *testing.T, which uint8, raw string) {
		spec := commandTable()[int(which)%len(commandTable())]
		body := spec.body()
		if err := readContract().readCommand("POST "+base+"/discharges/:id/"+spec.path(), []byte(raw), body); err != nil {
			refusal(t, err)
			return
		}
		if strings.ContainsFunc(body.said().Note, func(r rune) bool { return unseen(r) && !strings.ContainsRune("\r\n\t", r) }) ||
			!utf8.ValidString(raw) || strings.Contains(body.said().Note, "\x00") {
			t.Errorf("accepted: %q", raw)
		}
		if _, err := json.Marshal(body.facts()); err != nil {
			t.Errorf("facts that cannot be told: %v", err)
		}
		if g, ok := body.(interface {
			given() map[string]json.RawMessage
		}); ok {
			if _, _, err := referral.Merge(referral.Referral{}, g.given()); err != nil {
				refusal(t, err)
			}
		}
	})
}

func FuzzCursor(f *testing.F) {
	all := []string{"a", "b", "", "\xff"}
	for _, seed := range []string{"", "YQ", "YQ==", "/w", "_w", strings.Repeat("A", 600), "\x00"} {
		f.Add(seed, 1)
	}
	f.Fuzz(func(t *testing.T, cursor string, limit int) {
		p, err := cut(all, window{cursor: cursor, limit: 1 + limit&7}, func(s string) string { return s })
		if err != nil {
			refusal(t, err)
			return
		}
		if p.NextCursor != nil {
			if _, err := cut(all, window{cursor: *p.NextCursor, limit: 1}, func(s string) string { return s }); err != nil {
				t.Errorf("the next page of %q: %v", cursor, err)
			}
		}
	})
}

// The headers that we read ourselves.
func FuzzHeaders(f *testing.F) {
	s := newServer(Deps{})
	for _, seed := range []string{"", "Bearer abc", "bearer  abc ", "Bearer", "Basic eDp5", "respond-async; wait=5", "wait=10, Respond-Async", ",;,", "\xff", strings.Repeat("k", 201)} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, value string) {
		c, _ := gin.CreateTestContext(httptest.NewRecorder())
		c.Request = httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/", strings.NewReader("{}"))
		for _, name := range []string{"Authorization", "Idempotency-Key", "Prefer"} {
			c.Request.Header.Set(name, value)
		}
		if token, ok := bearer(c); ok && (token == "" || len(token) > maxToken || !strings.Contains(value, token)) {
			t.Errorf("token %q of %q", token, value)
		}
		in, err := s.newCommand(c, discharge.Take)
		if err != nil {
			refusal(t, err)
			return
		}
		if in.Key != value || in.Async && !strings.Contains(strings.ToLower(value), "respond-async") {
			t.Errorf("%q is read as %q, %t", value, in.Key, in.Async)
		}
	})
}

// A form that is accepted has known fields, each once, of text that can be kept.
func FuzzForm(f *testing.F) {
	s := newServer(Deps{})
	for _, seed := range []string{
		"answer=accept", "code=123+456", "answer=decline&note=a%0d%0ab", "note=%00", "note=%ff", "note=%zz", "colour=red", "note=a&note=b",
		"note=%e2%80%ae", ";", "&&", "=", "send",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, body string) {
		e := gin.New()
		e.POST("/answers/:token", func(c *gin.Context) {
			form, err := s.readForm(c)
			if err != nil {
				refusal(t, err)
				return
			}
			cleaned(form)
			for name, values := range form {
				if len(values) != 1 || !utf8.ValidString(values[0]) || strings.ContainsFunc(values[0], strictjson.Hidden) ||
					strings.ContainsRune(values[0], 0) || strictjson.Key(name) != name {
					t.Errorf("accepted %q", form)
				}
			}
		})
		r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/answers/x", strings.NewReader(body))
		r.Header.Set("Content-Type", mediaForm)
		e.ServeHTTP(httptest.NewRecorder(), r)
	})
}

// An address either fits or is refused, and nothing of it comes back.
func FuzzAddress(f *testing.F) {
	s := newServer(Deps{})
	e := gin.New()
	e.GET(base+"/discharges", s.addressed())
	e.GET(base+"/programmes/:id", s.addressed())
	for _, seed := range []string{
		"state=active,closed&limit=3", "limit=0", "cursor=%00", "colour=red", "state", "a;b", "%zz", "overdue=T", "limit=1&limit=2", "code=%e2%80%ae",
		"municipality=019035", "case_manager=00000000-0000-4000-8000-000000000000",
	} {
		f.Add("dp-cremasco", seed)
	}
	f.Add("\x00", "")
	f.Add("..", "?")
	f.Fuzz(func(t *testing.T, id, query string) {
		for _, path := range []string{base + "/discharges", base + "/programmes/" + id} {
			r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", nil)
			r.URL = &url.URL{Path: path, RawQuery: query}
			w := httptest.NewRecorder()
			e.ServeHTTP(w, r)
			switch w.Code {
			case http.StatusOK, http.StatusBadRequest, http.StatusNotFound, http.StatusUnprocessableEntity:
			default:
				t.Errorf("%q %q: %d", path, query, w.Code)
			}
			if !utf8.Valid(w.Body.Bytes()) {
				t.Errorf("%q %q: answered %q", path, query, w.Body)
			}
		}
	})
}

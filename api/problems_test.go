package api

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/jackc/pgx/v5/pgconn"

	"dimissioni/internal/discharge"
	"dimissioni/internal/postgres"
)

func TestProblemsSayWhatTheContractSays(t *testing.T) {
	d := newDesk(t)
	coordinator := d.as("coordinator")
	auth := header{"Authorization", "Bearer " + coordinator.token()}

	d.request(http.MethodGet, "/nowhere", nil).refuses(http.StatusNotFound, "not_found")
	if a := d.request(http.MethodDelete, "/me", nil, auth).refuses(http.StatusMethodNotAllowed, "method_not_allowed"); a.header.Get("Allow") == "" {
		t.Error("405 without Allow")
	}
	if a := d.request(http.MethodGet, "/me", nil).refuses(http.StatusUnauthorized, "unauthenticated"); a.header.Get("WWW-Authenticate") == "" {
		t.Error("401 without WWW-Authenticate")
	}
	d.request(http.MethodGet, "/me", nil, header{"Authorization", "Bearer nonsense"}).refuses(http.StatusUnauthorized, "unauthenticated")
	d.request(http.MethodGet, "/me", nil, header{"Authorization", "Basic eDp5"}).refuses(http.StatusUnauthorized, "unauthenticated")

	coordinator.post("/discharges/search", "<xml/>", header{"Content-Type", "text/xml"}).
		refuses(http.StatusUnsupportedMediaType, "unsupported_media_type")
	coordinator.post("/discharges/search", `{"text": "`+strings.Repeat("a", maxBody)+`"}`).
		refuses(http.StatusRequestEntityTooLarge, "too_large")
	for _, body := range []string{`{`, `[]x`, `{"text": "a", "text": "b"}`, "{\"text\": \"\xff\"}", ``} {
		coordinator.post("/discharges/search", body).refuses(http.StatusBadRequest, "malformed")
	}
	coordinator.get("/discharges?limit=0").refuses(http.StatusUnprocessableEntity, "invalid")
	coordinator.get("/discharges?limit=201").refuses(http.StatusUnprocessableEntity, "invalid")
	coordinator.get("/discharges?cursor=nonsense").refuses(http.StatusBadRequest, "malformed")
	coordinator.get("/organisations?cursor=nonsense").refuses(http.StatusBadRequest, "malformed")
	coordinator.get("/programmes/none").refuses(http.StatusNotFound, "not_found")
}

func TestACaseOutOfSightAndOneThatIsNotThereAreTheSame(t *testing.T) {
	d := newDesk(t)
	id := d.submitted(referralOfBianchi())
	hidden, none := d.as("meraki").get("/discharges/"+id), d.as("meraki").get("/discharges/"+postgres.NewID())
	nonsense := d.as("meraki").get("/discharges/nonsense")
	if string(hidden.raw) != string(none.raw) || string(hidden.raw) != string(nonsense.raw) {
		t.Errorf("told apart:\n%s\n%s\n%s", hidden.raw, none.raw, nonsense.raw)
	}
	start := time.Now()
	d.as("meraki").get("/discharges/nonsense")
	if took := time.Since(start); took < notFoundTakes {
		t.Errorf("not found in %v: the time tells that nothing was read", took)
	}
	d.as("meraki").post("/discharges/"+id+"/take", nil).refuses(http.StatusNotFound, "not_found")
	d.as("sender").post("/discharges/"+id+"/take", nil).refuses(http.StatusForbidden, "forbidden")
	d.as("coordinator").post("/discharges/"+id+"/renew", obj{"days": 7}).refuses(http.StatusConflict, "not_allowed_in_state")
}

func TestBodiesAreHeldAgainstTheContract(t *testing.T) {
	d := newDesk(t)
	id := d.walkTo("active")
	const marker = "segretissimo"
	for _, test := range []struct {
		command string
		body    string
		field   string
		code    string
	}{
		{"screen", `{}`, "outcome", "required"},
		{"screen", `{"outcome": "` + marker + `"}`, "outcome", "unknown"},
		{"screen", `{"outcome": "admit", "criteria": {"informed": {}}}`, "criteria.informed.met", "required"},
		{"screen", `{"outcome": "admit", "criteria": {"segretissimo": {}}}`, "criteria.segretissimo", "unknown_field"},
		{"screen", `{"outcome": 7}`, "outcome", "wrong_type"},
		{"screen", `{"outcome": "admit", "on": "` + marker + `"}`, "on", "invalid_value"},
		{"screen", `{"outcome": "admit", "on": "2026-02-30"}`, "on", "invalid_value"},
		{"screen", `{"outcome": "admit", "Segretissimo Bianchi": 1}`, "?", "unknown_field"},
		{"propose", `{"partner_id": "` + marker + `"}`, "partner_id", "format"},
		{"propose", `{"partner_id": "` + postgres.NewID() + `"}`, "partner_id", "unknown"},
		{"renew", `{"days": 0}`, "days", "out_of_range"},
		{"renew", `{"days": 30}`, "days", "out_of_range"},
		{"renew", `{"days": 7, "note": "` + strings.Repeat("a", 5001) + `"}`, "note", "too_long"},
		{"renew", `{"days": 7, "on": "2026-11-03"}`, "on", "too_late"},
		{"request-information", `{"question": ""}`, "question", "required"},
		{"close", `{"outcome": "completed", "what_follows": ["` + marker + `"]}`, "what_follows", "unknown"},
		{"record-meeting", `{"decision": "continue", "attendees": [{"role": "coordinator", "mode": "x"}]}`, "attendees[0].mode", "unknown"},
	} {
		a := d.as("coordinator").post("/discharges/"+id+"/"+test.command, test.body)
		if test.command == "screen" || test.command == "propose" || test.command == "request-information" {
			// judged by its state only once it is well said
			if a.code == http.StatusConflict {
				t.Errorf("%s %s: the state was asked first", test.command, test.body)
				continue
			}
		}
		fields := a.refuses(http.StatusUnprocessableEntity, "invalid").fields()
		if fields[test.field] != test.code {
			t.Errorf("%s %.60s: fields %v, want %s %s", test.command, test.body, fields, test.field, test.code)
		}
		if strings.Contains(strings.ReplaceAll(string(a.raw), "criteria.segretissimo", ""), marker) || strings.Contains(string(a.raw), "Bianchi") {
			t.Errorf("%s repeats what was sent: %s", test.command, a.raw)
		}
	}
	both := d.as("coordinator").post("/discharges/"+id+"/urgent-start", `{"level": "x"}`)
	if n := len(both.refuses(http.StatusUnprocessableEntity, "invalid").fields()); n != 3 {
		t.Errorf("%d faults told at once, want 3: %s", n, both.raw)
	}
}

func TestABadReferralIsRefusedFieldByField(t *testing.T) {
	d := newDesk(t)
	r := referralOfBianchi()
	r["patient"] = obj{"family_name": "Bianchi", "tax_code": "RSSMRA80A01H501X"}
	r["stay"] = obj{"kind": "segretissimo", "infectious": "yes"}
	a := d.as("sender").post("/discharges", r).refuses(http.StatusUnprocessableEntity, "invalid")
	fields := a.fields()
	for _, want := range []string{"patient.given_name", "patient.tax_code", "stay.kind", "stay.expected_discharge_on", "stay.infectious_note"} {
		if fields[want] == "" {
			t.Errorf("%s is not named: %v", want, fields)
		}
	}
	d.noSecrets("the answer", string(a.raw))
	r = referralOfBianchi()
	r["programme_id"] = "none"
	d.as("sender").post("/discharges", r).refuses(http.StatusUnprocessableEntity, "invalid")
	r["programme_id"] = "domicilio-anziani"
	d.as("sender").post("/discharges", r).refuses(http.StatusForbidden, "forbidden")
	d.as("coordinator").post("/discharges", referralOfBianchi()).refuses(http.StatusForbidden, "forbidden")
	d.as("municipality").post("/discharges", r).wants(http.StatusCreated)
}

func TestWhatIsInternalIsLoggedAndNotShown(t *testing.T) {
	d := newDesk(t)
	e := gin.New()
	e.ContextWithFallback = true
	e.Use(identify, d.server.recoverPanics)
	leak := errors.New("segretissimo")
	e.GET("/error", d.server.handle(func(*gin.Context) error { return fmt.Errorf("read case: %w", leak) }))
	e.GET("/panic", d.server.handle(func(*gin.Context) error { panic("segretissimo") }))
	d.handler = e
	for _, path := range []string{"/error", "/panic"} {
		r, _ := http.NewRequestWithContext(t.Context(), http.MethodGet, path, nil)
		w := newRecorder()
		e.ServeHTTP(w, r)
		if w.Code != http.StatusInternalServerError || strings.Contains(w.Body.String(), "segretissimo") {
			t.Errorf("%s: %d %s", path, w.Code, w.Body)
		}
	}
	for _, want := range []string{"read case: *errors.errorString", "problems_test.go", `"request_id"`} {
		if want == "problems_test.go" {
			want = "dimissioni/api.TestWhatIsInternal"
		}
		if !strings.Contains(d.log.String(), want) {
			t.Errorf("the log does not say %s: %s", want, d.log.String())
		}
	}
}

func TestADatabaseThatIsAwayIsToComeBackTo(t *testing.T) {
	t.Parallel()
	_, nobodyThere := pgconn.Connect(t.Context(), "postgres://127.0.0.1:1/")
	for _, test := range []struct {
		err  error
		away bool
	}{
		{nobodyThere, true},
		{&pgconn.PgError{Code: "57P01"}, true}, // it is being stopped
		{&pgconn.PgError{Code: "57P03"}, true}, // it is starting
		{&pgconn.PgError{Code: "53300"}, true}, // too many connections
		{&pgconn.PgError{Code: "40P01"}, true}, // a deadlock: ours was rolled back
		{&net.OpError{Op: "read", Err: errors.New("connection reset by peer")}, true},
		{io.ErrUnexpectedEOF, true},
		{context.DeadlineExceeded, true},
		{&pgconn.PgError{Code: "23505"}, false},
		{errors.New("anything else"), false},
	} {
		for _, method := range []string{http.MethodGet, http.MethodPost} {
			a := answerTo(t, method, func(*gin.Context) error { return fmt.Errorf("read case: %w", test.err) })
			words := a.Body.String()
			if away := a.Code == http.StatusServiceUnavailable && a.Header().Get("Retry-After") == "5"; away != test.away {
				t.Errorf("%v: %d %s", test.err, a.Code, words)
			}
			if again := strings.Contains(words, "stessa chiave"); test.away && again != (method == http.MethodPost) {
				t.Errorf("%s: %s", method, words)
			}
		}
	}
}

func TestNobodyWaitsWithoutEnd(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		a := answerTo(t, http.MethodGet, func(c *gin.Context) error {
			<-c.Done()
			return c.Err()
		})
		if took := time.Since(began); took != answerPatience || a.Code != http.StatusServiceUnavailable {
			t.Errorf("%d after %s", a.Code, took)
		}
	})
}

// answerTo is what a caller gets of a handler.
func answerTo(t *testing.T, method string, h func(*gin.Context) error) *httptest.ResponseRecorder {
	t.Helper()
	s := &server{log: slog.New(slog.DiscardHandler)}
	e := gin.New()
	e.ContextWithFallback = true
	e.Use(inTime)
	e.Handle(method, base+"/", s.handle(h))
	r, err := http.NewRequestWithContext(t.Context(), method, base+"/", nil)
	if err != nil {
		t.Fatal(err)
	}
	w := httptest.NewRecorder()
	e.ServeHTTP(w, r)
	return w
}

func TestTheCauseOfAnErrorHoldsNoData(t *testing.T) {
	t.Parallel()
	_, leaf := strconv.Atoi("segretissimo")
	for _, test := range []struct {
		err  error
		want string
	}{
		{fmt.Errorf("read case: %w", fmt.Errorf("find place: %w", leaf)), "read case: find place: *strconv.NumError"},
		{fmt.Errorf("wait: %w", context.DeadlineExceeded), "wait: context deadline exceeded"},
		{fmt.Errorf("save: %w", state("23505")), "save: SQLSTATE 23505"},
	} {
		if got := cause(test.err); !strings.HasPrefix(got, test.want) || strings.Contains(got, "segretissimo") {
			t.Errorf("cause %q, want %q", got, test.want)
		}
	}
}

type state string

func (s state) Error() string    { return "duplicate key (segretissimo)" }
func (s state) SQLState() string { return string(s) }

func TestEveryKindHasItsStatus(t *testing.T) {
	t.Parallel()
	for _, kind := range []discharge.ErrorKind{
		discharge.KindMalformed, discharge.KindUnauthenticated, discharge.KindNotFound, discharge.KindForbidden,
		discharge.KindNotAllowed, discharge.KindBudgetExhausted, discharge.KindDuplicateCase, discharge.KindTooLarge,
		discharge.KindUnsupportedMedia, discharge.KindInvalid, discharge.KindKeyReused, discharge.KindRateLimited,
		discharge.KindInternal, discharge.KindUnavailable, kindMethodNotAllowed, kindSecondFactor,
	} {
		if _, ok := problems[kind]; !ok {
			t.Errorf("%s has no status", kind)
		}
	}
	if len(problems) != 16 {
		t.Errorf("%d problems in the table", len(problems))
	}
}

package api

import (
	"crypto/sha256"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"time"

	"dimissioni/api/html"
	"dimissioni/api/html/htmltest"
	"dimissioni/internal/discharge"
	"dimissioni/internal/postgres"
)

var (
	testLinkKeys = postgres.LinkKeys{Current: "k1", Derive: func(keyID, purpose string) ([]byte, error) {
		sum := sha256.Sum256([]byte(keyID + purpose))
		return sum[:], nil
	}}
	testLinks = Links{
		Office:     html.Office{Name: "Dimissioni protette", Phone: "0373 000200", Hours: "dal lunedì al venerdì, 8-18"},
		PublicName: "Ufficio di piano",
	}
)

// link is the newest link of a moment to a role.
func (d *desk) link(caseID string, moment discharge.Moment, role string) postgres.Link {
	d.Helper()
	list, err := d.store.Links(d.Context(), caseID)
	if err != nil {
		d.Fatal(err)
	}
	i := slices.IndexFunc(list, func(l postgres.Link) bool { return l.Subject.Moment == moment && l.Role == role })
	if i < 0 {
		d.Fatalf("no link of %s to %s", moment, role)
	}
	return list[i]
}

// token is what the mail of a link says.
func (d *desk) token(l postgres.Link) string {
	d.Helper()
	token, _, err := d.store.OpenLink(d.Context(), l.NotificationID, d.clock.Now())
	if err != nil || token == "" {
		d.Fatalf("no token: %v", err)
	}
	return token
}

// browser is somebody on a telephone with a link.
type browser struct {
	*desk
	path    string
	cookies []*http.Cookie
}

func (d *desk) holder(l postgres.Link) *browser {
	d.Helper()
	return &browser{desk: d, path: "/answers/" + d.token(l)}
}

// look opens a page.
func (b *browser) look() answer {
	b.Helper()
	return b.visit(http.MethodGet, b.path, "")
}

// fill sends a form: key, value, key, value.
func (b *browser) fill(fields ...string) answer {
	b.Helper()
	form := url.Values{}
	for i := 0; i < len(fields); i += 2 {
		form.Set(fields[i], fields[i+1])
	}
	return b.visit(http.MethodPost, b.path, form.Encode(), header{"Content-Type", "application/x-www-form-urlencoded"})
}

func (b *browser) visit(method, path, body string, headers ...header) answer {
	b.Helper()
	r := httptest.NewRequestWithContext(b.Context(), method, path, strings.NewReader(body))
	for _, h := range headers {
		r.Header.Set(h.name, h.value)
	}
	for _, c := range b.cookies {
		if strings.HasPrefix(path, c.Path) {
			r.AddCookie(c)
		}
	}
	w := httptest.NewRecorder()
	b.handler.ServeHTTP(w, r)
	b.cookies = append(b.cookies, w.Result().Cookies()...)
	a := answer{b.T, w.Code, w.Header(), w.Body.Bytes()}
	b.hold(r, nil, a)
	if strings.HasPrefix(a.header.Get("Content-Type"), "text/html") {
		htmltest.Read(b, a.raw).Check()
	}
	return a
}

// shown is what people read on the page of an answer.
func (a answer) shown() string {
	a.Helper()
	return htmltest.Read(a, a.raw).Text()
}

// thanked checks that an answer went through and reads its thanks.
func (b *browser) thanked(a answer, what string) {
	b.Helper()
	a.wants(http.StatusSeeOther)
	if to := a.header.Get("Location"); to != "/answers/done/"+what {
		b.Fatalf("sent to %s, want the thanks for %s", to, what)
	}
	b.visit(http.MethodGet, a.header.Get("Location"), "").wants(http.StatusOK)
}

// code is what the coordinator reads out.
func (b *browser) code(l postgres.Link) string {
	b.Helper()
	for _, item := range b.as("coordinator").get("/discharges/" + l.CaseID + "/links").wants(http.StatusOK).items() {
		if item["id"] == l.ID {
			code, _ := item["code"].(string)
			return code
		}
	}
	b.Fatal("the coordinator does not find the link")
	return ""
}

// opened gives the code that the coordinator reads out.
func (b *browser) opened(l postgres.Link) *browser {
	b.Helper()
	a := b.fill("code", b.code(l)).wants(http.StatusSeeOther)
	if a.header.Get("Location") != b.path {
		b.Fatalf("the code leads to %s", a.header.Get("Location"))
	}
	return b
}

// signing is a case whose plan waits for the patient's and the caregiver's signatures.
func (d *desk) signing() string {
	d.Helper()
	id := d.submitted(referralOfBianchi())
	for _, s := range theWalk()[:6] {
		d.give(id, s)
	}
	plan := theWalk()[6]
	body := obj{"caregiver_part": "la sera"}
	for key, value := range plan.body {
		body[key] = value
	}
	d.as(plan.who).post("/discharges/"+id+"/"+plan.command, body).wants(http.StatusOK)
	return id
}

// events counts the events of a kind on the timeline.
func (d *desk) events(caseID string, kind discharge.EventKind) int {
	d.Helper()
	n := 0
	for _, item := range d.as("coordinator").get("/discharges/" + caseID + "/timeline?limit=200").wants(http.StatusOK).items() {
		if item["kind"] == string(kind) {
			n++
		}
	}
	return n
}

// convened is a case in care with an équipe in two days, to which the GP and the caregiver are invited.
func (d *desk) convened() string {
	d.Helper()
	id := d.walkToStart()
	d.as("casemanager").post("/discharges/"+id+"/convene-meeting", obj{
		"at": monday.Add(48 * time.Hour), "place": "Sala blu", "invited": []string{"coordinator", "gp", "person"},
	}).wants(http.StatusOK)
	return id
}

// walkToStart is a case whose care has just begun.
func (d *desk) walkToStart() string {
	d.Helper()
	id := d.submitted(referralOfBianchi())
	for _, s := range theWalk()[:11] {
		d.give(id, s)
	}
	return id
}

package api

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"dimissioni/internal/discharge"
	"dimissioni/internal/postgres"
)

// TestEveryBadLinkAnswersTheSame: same status, page, headers and least time, whatever is wrong and whatever is asked.
func TestEveryBadLinkAnswersTheSame(t *testing.T) {
	d := newDesk(t)
	proposed := func(family string) (string, *browser) {
		id := d.submitted(somebody(family, "1941-01-01"))
		for _, s := range theWalk()[:3] {
			d.give(id, s)
		}
		return id, d.holder(d.link(id, discharge.MomentProposal, "partner_manager"))
	}
	bad := map[string]*browser{"malformed": {desk: d, path: "/answers/nothing"}}
	bad["foreign"] = &browser{desk: d, path: "/answers/" + strings.Repeat("a", 32)}
	bad["very long"] = &browser{desk: d, path: "/answers/" + strings.Repeat("a", 5000)}

	_, used := proposed("Usato")
	used.thanked(used.fill("answer", "accept"), "accept")
	bad["used"] = used

	id, moot := proposed("Superato")
	d.as("coordinator").post("/discharges/"+id+"/propose", obj{"partner_id": postgres.DemoID("meraki")}).wants(http.StatusOK)
	bad["moot"] = moot

	id, revoked := proposed("Revocato")
	l := d.link(id, discharge.MomentProposal, "partner_manager")
	d.as("coordinator").post("/discharges/"+id+"/notifications/"+l.NotificationID+"/wrong-recipient", nil).wants(http.StatusOK)
	bad["revoked"] = revoked

	id = d.signing()
	locked := d.link(id, discharge.MomentSignatureRequested, "patient")
	bad["locked"] = d.holder(locked)
	wrong := "000000"
	if d.currentCode(locked) == wrong {
		wrong = "111111"
	}
	for left := 4; left > 0; left-- {
		if a := bad["locked"].fill("code", wrong).wants(http.StatusUnprocessableEntity); !strings.Contains(a.shown(), "non è giusto") {
			t.Errorf("after a wrong code: %s", a.shown())
		}
	}
	bad["locked"].fill("code", wrong).wants(http.StatusNotFound)
	if code := bad["locked"].code(locked); code != "" {
		t.Error("the coordinator reads out the code of a locked link")
	}

	avoided := d.link(id, discharge.MomentSignatureRequested, "caregiver")
	bad["not to be contacted"] = d.holder(avoided)
	bad["not to be contacted"].look().wants(http.StatusOK)
	if err := d.store.SetPersonFlags(d.Context(), id, postgres.PersonFlags{DoNotContact: []string{"caregiver"}}); err != nil {
		t.Fatal(err)
	}

	_, expired := proposed("Scaduto")
	expired.look().wants(http.StatusOK)
	d.clock.pass(4 * 24 * time.Hour)
	bad["expired"] = expired

	var first answer
	for name, b := range bad {
		for method, act := range map[string]func() answer{
			"GET": func() answer { return b.look() }, "POST": func() answer { return b.fill("answer", "decline", "code", "123456") },
		} {
			d.clock.pass(time.Minute) // for the limits
			start := time.Now()
			a := act()
			if took := time.Since(start); took < deadTakes {
				t.Errorf("%s %s took %s, less than %s", method, name, took, deadTakes)
			}
			a.header.Del("X-Request-Id")
			if first.raw == nil {
				first = a.wants(http.StatusNotFound)
				continue
			}
			if a.code != first.code || !bytes.Equal(a.raw, first.raw) {
				t.Errorf("%s %s answers otherwise: %d\n%s", method, name, a.code, cmp.Diff(string(first.raw), string(a.raw)))
			}
			if diff := cmp.Diff(first.header, a.header); diff != "" {
				t.Errorf("%s %s has other headers:\n%s", method, name, diff)
			}
		}
	}
	if !strings.Contains(first.shown(), "0373 000200") || strings.Contains(first.shown(), "DP-") {
		t.Errorf("the page of a bad link: %s", first.shown())
	}
}

func TestSentToTheWrongPerson(t *testing.T) {
	d := newDesk(t)
	id := d.signing()
	l := d.link(id, discharge.MomentSignatureRequested, "caregiver")
	path := "/discharges/" + id + "/notifications/" + l.NotificationID
	d.as("casemanager").post(path+"/wrong-recipient", nil).refuses(http.StatusForbidden, "forbidden")
	d.as("meraki").post(path+"/wrong-recipient", nil).refuses(http.StatusNotFound, "not_found")
	d.as("coordinator").post("/discharges/"+id+"/notifications/"+postgres.NewID()+"/wrong-recipient", nil).refuses(http.StatusNotFound, "not_found")
	d.as("coordinator").post(path+"/wrong-recipient", obj{"who": "x"}).refuses(http.StatusUnprocessableEntity, "invalid")

	key := header{"Idempotency-Key", "wrong"}
	for range 2 {
		a := d.as("coordinator").post(path+"/wrong-recipient", obj{"note": "omonimo segretissimo"}, key).wants(http.StatusOK)
		if a.text("wrong_recipient_at") == "" {
			t.Errorf("the message: %s", a.raw)
		}
	}
	d.as("coordinator").post(path+"/wrong-recipient", nil).wants(http.StatusOK) // said again
	if n := d.events(id, discharge.WrongDelivery); n != 1 {
		t.Errorf("on the timeline %d times", n)
	}
	if got := d.link(id, discharge.MomentSignatureRequested, "caregiver").State(discharge.Case{}, monday, monday); got != postgres.LinkRevoked {
		t.Errorf("the link is %s", got)
	}
	register := d.as("dpo").get("/wrong-deliveries").wants(http.StatusOK).items()
	if len(register) != 1 || register[0]["note"] != "omonimo segretissimo" || register[0]["reported_by"] != "Carla Coordina" {
		t.Errorf("the register: %v", register)
	}
	d.as("coordinator").get("/wrong-deliveries").refuses(http.StatusForbidden, "forbidden")
	told := 0
	for _, item := range d.as("coordinator").get("/discharges/" + id + "/notifications").items() {
		if item["moment"] == "wrong_delivery" && item["recipient_role"] == "dpo" {
			told++
		}
	}
	if told != 1 {
		t.Errorf("the DPO is told %d times", told)
	}
}

func TestAFailedMessageIsToldByTelephoneOrSentAgain(t *testing.T) {
	d := newDesk(t)
	id := d.walkTo("proposed")
	messages := d.as("coordinator").get("/discharges/" + id + "/notifications").items()
	first, second := messages[0]["id"].(string), messages[1]["id"].(string)
	path := func(n, what string) string { return "/discharges/" + id + "/notifications/" + n + "/" + what }
	d.as("coordinator").post(path(first, "settle"), nil).refuses(http.StatusConflict, "not_allowed_in_state")
	for _, n := range []string{first, second} {
		if err := d.store.MarkFailed(d.Context(), n, "permanent", true); err != nil {
			t.Fatal(err)
		}
	}
	d.as("casemanager").post(path(first, "settle"), nil).wants(http.StatusNotFound)
	d.as("sender").post(path(first, "settle"), nil).refuses(http.StatusForbidden, "forbidden")
	key := header{"Idempotency-Key", "k"}
	for range 2 {
		a := d.as("coordinator").post(path(first, "settle"), obj{"by_telephone_with": "Ida"}, key).wants(http.StatusOK)
		if a.text("status") != "settled" {
			t.Errorf("settled: %s", a.raw)
		}
		if a := d.as("coordinator").post(path(second, "retry"), nil, key).wants(http.StatusOK); a.text("status") != "queued" {
			t.Errorf("sent again: %s", a.raw)
		}
	}
	d.as("coordinator").post(path(first, "retry"), nil).refuses(http.StatusConflict, "not_allowed_in_state")
}

// gateway is an SMS gateway that keeps what it is given.
type gateway struct {
	*httptest.Server
	mu    sync.Mutex
	texts []map[string]string
	down  bool
}

func newGateway(t *testing.T) *gateway {
	g := &gateway{}
	g.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		var text map[string]string
		g.mu.Lock()
		defer g.mu.Unlock()
		if g.down || r.Header.Get("Content-Type") != "application/json" || json.Unmarshal(body, &text) != nil {
			w.WriteHeader(http.StatusBadGateway)
			return
		}
		g.texts = append(g.texts, text)
	}))
	t.Cleanup(g.Close)
	return g
}

func (g *gateway) stop(down bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.down = down
}

func (g *gateway) sent() []map[string]string {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.texts
}

func TestTheCodeComesByTelephone(t *testing.T) {
	d := newDesk(t)
	g := newGateway(t)
	d.server.answers.sms = newSMSGateway(g.URL)
	r := referralOfBianchi()
	r["patient"].(obj)["phone"] = "333 123 4567"
	id := d.submitted(r)
	for _, s := range theWalk()[:6] {
		d.give(id, s)
	}
	plan := theWalk()[6]
	plan.body["caregiver_part"] = "la sera"
	d.give(id, plan)
	l := d.link(id, discharge.MomentSignatureRequested, "patient")
	b := d.holder(l)

	g.stop(true)
	if a := b.fill("send", "sms").wants(http.StatusOK); !strings.Contains(a.shown(), "glielo diciamo a voce") {
		t.Errorf("with the gateway away: %s", a.shown())
	}
	if strings.Contains(d.log.String(), "3331234567") || strings.Contains(d.log.String(), "333 123") || !strings.Contains(d.log.String(), "code not sent") {
		t.Error("the log holds the number, or nothing")
	}
	g.stop(false)
	b.fill("send", "sms").wants(http.StatusTooManyRequests)
	d.clock.pass(time.Minute)
	sent := b.fill("send", "sms").wants(http.StatusOK)
	if len(g.sent()) != 1 || g.sent()[0]["to"] != "+393331234567" || !strings.Contains(sent.shown(), "arriva tra poco") {
		t.Fatalf("sent %v: %s", g.sent(), sent.shown())
	}
	text := g.sent()[0]["text"]
	code := d.currentCode(d.link(id, discharge.MomentSignatureRequested, "patient"))
	if !strings.Contains(text, code) || strings.Contains(text, "Bianchi") || strings.Contains(text, "DP-") {
		t.Errorf("text %q, code %s", text, code)
	}
	b.fill("code", code[:3]+" "+code[3:]).wants(http.StatusSeeOther)
	b.thanked(b.fill("answer", "sign", "agree", "yes"), "sign")

	// Whether there is a number to send to is nobody's business.
	other := d.holder(d.link(id, discharge.MomentSignatureRequested, "caregiver"))
	if nobody := other.fill("send", "sms").wants(http.StatusOK); !strings.Contains(nobody.shown(), "arriva tra poco") || len(g.sent()) != 1 {
		t.Errorf("without a mobile number: %s; sent %v", nobody.shown(), g.sent())
	}
}

func TestMobileNumbers(t *testing.T) {
	t.Parallel()
	for number, want := range map[string]string{
		"333 123 4567": "+393331234567", "+39 333/1234567": "+393331234567", "0039 3331234567": "+393331234567",
		"347.123456": "+39347123456", "0373 999111": "", "+39 0373 999111": "", "+40 721 234 567": "+40721234567",
		"333": "", "": "", "interno 3": "", "+39333123456789": "", "3331234567 figlia": "",
	} {
		if got := mobile(number); got != want {
			t.Errorf("%q: %q, want %q", number, got, want)
		}
	}
}

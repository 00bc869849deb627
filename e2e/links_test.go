package e2e

import (
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"dimissioni/internal/standalone/client"
	"dimissioni/internal/standalone/mailcatcher"
)

// holder is somebody on a telephone with the link of a mail and nothing else.
type holder struct {
	*world
	link string
	http http.Client
}

var linkInMail = regexp.MustCompile(`http://[^\s]+/answers/[a-z2-7]{32}`)

// opens takes the link out of the newest mail of a moment to an address.
func (w *world) opens(code, moment, address string) *holder {
	w.t.Helper()
	for _, m := range slices.Backward(w.mails(code, moment)) {
		if link := linkInMail.FindString(m.Text); slices.Contains(m.To, address) && link != "" {
			jar, err := cookiejar.New(nil)
			if err != nil {
				w.t.Fatal(err)
			}
			return &holder{world: w, link: link, http: http.Client{Jar: jar}}
		}
	}
	w.t.Fatalf("no mail of %s to %s holds a link", moment, address)
	return nil
}

// reads opens the page.
func (h *holder) reads() (status int, page string) {
	h.t.Helper()
	r, err := http.NewRequestWithContext(h.ctx(), http.MethodGet, h.link, nil)
	if err != nil {
		h.t.Fatal(err)
	}
	return h.ask(r)
}

// sends a form: key, value, key, value; and follows to where it leads.
func (h *holder) sends(fields ...string) (status int, page string) {
	h.t.Helper()
	form := url.Values{}
	for i := 0; i < len(fields); i += 2 {
		form.Set(fields[i], fields[i+1])
	}
	r, err := http.NewRequestWithContext(h.ctx(), http.MethodPost, h.link, strings.NewReader(form.Encode()))
	if err != nil {
		h.t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return h.ask(r)
}

func (h *holder) ask(r *http.Request) (status int, page string) {
	h.t.Helper()
	res, err := h.http.Do(r)
	if err != nil {
		h.t.Fatal(err)
	}
	defer res.Body.Close()
	content, err := io.ReadAll(res.Body)
	if err != nil {
		h.t.Fatal(err)
	}
	return res.StatusCode, string(content)
}

// TestAnswersFromTheMails: the partner accepts from the mail's link without signing in, and the patient signs with the
// code that the coordinator reads out.
func TestAnswersFromTheMails(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "DIMISSIONI_PHONE=0373 000200", "DIMISSIONI_PUBLIC_NAME=Ufficio di piano")
	id, code := w.submit()
	w.do("coordinator", id, "screen", admission())
	w.do("coordinator", id, "propose", client.Object{"partner_id": w.id("igea", "organisation")})
	w.forwardUntil(id, "the proposal is mailed", func() bool { return len(w.mails(code, "proposal")) > 0 })

	partner := w.opens(code, "proposal", "igea@demo.test")
	if status, page := partner.reads(); status != http.StatusOK || !strings.Contains(page, code) || strings.Contains(page, "Esempio") {
		t.Fatalf("the proposal's page, %d:\n%s", status, page)
	}
	for range 2 { // a double click
		if status, page := partner.sends("answer", "accept"); status != http.StatusOK || !strings.Contains(page, "Proposta accettata") {
			t.Fatalf("accepting, %d:\n%s", status, page)
		}
	}
	if state := w.state(id); state != "planning" {
		t.Fatalf("after accepting from the mail the case is %s", state)
	}
	if status, page := partner.reads(); status != http.StatusNotFound || !strings.Contains(page, "0373 000200") || strings.Contains(page, code) {
		t.Errorf("a used link, %d:\n%s", status, page)
	}

	w.do("igea", id, "appoint-case-manager", client.Object{"user_id": w.id("casemanager", "user")})
	w.do("casemanager", id, "submit-plan", client.Object{
		"level": "moderate", "days": 21,
		"interventions": []client.Object{{"figure": "oss", "service": "igiene", "times_per_week": 3, "minutes": 60}},
	})
	w.forwardUntil(id, "the signature is asked for", func() bool {
		return slices.ContainsFunc(w.mails(code, "signature_requested"), func(m mailcatcher.Message) bool {
			return slices.Contains(m.To, "caregiver@demo.test")
		})
	})
	patient := w.opens(code, "signature_requested", "caregiver@demo.test")
	if status, page := patient.reads(); status != http.StatusOK || strings.Contains(page, "igiene") || strings.Contains(page, "Esempio") {
		t.Fatalf("before the code, %d:\n%s", status, page)
	}
	if status, page := patient.sends("code", w.readOut(id)); status != http.StatusOK || !strings.Contains(page, "igiene") {
		t.Fatalf("after the code, %d:\n%s", status, page)
	}
	for range 2 {
		if status, page := patient.sends("answer", "sign", "agree", "yes"); status != http.StatusOK || !strings.Contains(page, "Firma registrata") {
			t.Fatalf("signing, %d:\n%s", status, page)
		}
	}
	for _, what := range []string{"accepted", "signed"} {
		if n := len(slices.DeleteFunc(w.events(id), func(kind string) bool { return kind != what })); n != 1 {
			t.Errorf("%d times %s", n, what)
		}
	}
	answer, err := w.as("coordinator").Get(w.ctx(), "/discharges/"+id)
	if err != nil {
		t.Fatal(err)
	}
	if missing, _ := answer["missing_signers"].([]any); len(missing) != 2 || slices.Contains(missing, any("patient")) {
		t.Errorf("still to sign: %v", missing)
	}
	for _, secret := range []string{strings.TrimPrefix(partner.link, w.address+"/answers/"), strings.TrimPrefix(patient.link, w.address+"/answers/")} {
		if strings.Contains(w.service.output.String(), secret) {
			t.Error("a link's secret is in the log")
		}
	}
}

// readOut is the code that the coordinator reads out to the patient.
func (w *world) readOut(id string) string {
	w.t.Helper()
	links, err := w.as("coordinator").Items(w.ctx(), "/discharges/"+id+"/links")
	if err != nil {
		w.t.Fatal(err)
	}
	for _, l := range links {
		if client.Text(l, "action") == "sign" && client.Text(l, "recipient_role") == "patient" && client.Text(l, "status") == "open" {
			return client.Text(l, "code")
		}
	}
	w.t.Fatalf("no code to read out among %v", links)
	return ""
}

// TestAFailedMailIsSentAgain: the coordinator mends what the mail server refused, and sends the message again.
func TestAFailedMailIsSentAgain(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	address := w.catcher.Addr()
	if err := w.catcher.Stop(); err != nil {
		t.Fatal(err)
	}
	w.openMail(address, func(recipient string) error {
		if strings.HasPrefix(recipient, "igea@") {
			return errRefused
		}
		return nil
	})
	id, code := w.submit()
	w.do("coordinator", id, "screen", admission())
	w.do("coordinator", id, "propose", client.Object{"partner_id": w.id("igea", "organisation")})
	w.forwardUntil(id, "the coordinator is told to call", func() bool { return len(w.mails(code, "delivery_failed")) > 0 })
	if err := w.catcher.Stop(); err != nil {
		t.Fatal(err)
	}
	w.openMail(address, nil)
	messages, err := w.as("coordinator").Items(w.ctx(), "/discharges/"+id+"/notifications")
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range messages {
		if client.Text(m, "moment") != "proposal" {
			continue
		}
		if _, err := w.as("coordinator").Post(w.ctx(), "/discharges/"+id+"/notifications/"+client.Text(m, "id")+"/retry", nil); err != nil {
			t.Fatal(err)
		}
	}
	w.eventually("the proposal arrives", func() bool { return len(w.mails(code, "proposal")) > 0 })
	if status, page := w.opens(code, "proposal", "igea@demo.test").sends("answer", "decline", "reason_code", "no_capacity"); status != http.StatusOK {
		t.Errorf("declining, %d:\n%s", status, page)
	}
	if state := w.state(id); state != "matching" {
		t.Errorf("after declining from the mail the case is %s", state)
	}
}

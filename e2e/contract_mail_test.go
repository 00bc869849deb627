package e2e

import (
	"encoding/base64"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/mail"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"dimissioni/internal/calendar"
	"dimissioni/internal/standalone/client"
	"dimissioni/internal/standalone/mailcatcher"
)

// told waits until a moment of a case has been told, and checks to whom: the addresses before the @.
func (d desk) told(id, code, moment string, want ...string) {
	d.t.Helper()
	addresses := func() (to []string) {
		for _, m := range d.mails(code, moment) {
			to = append(to, strings.TrimSuffix(m.To[0], "@demo.test"))
		}
		slices.Sort(to)
		return slices.Compact(to)
	}
	slices.Sort(want)
	d.forwardUntil(id, moment+" is told", func() bool { return len(addresses()) >= len(want) })
	if got := addresses(); !slices.Equal(got, want) {
		d.t.Errorf("%s is told to %v, want %v", moment, got, want)
	}
}

// known has a GP who is verified, a caregiver with an address, and shares with everybody.
func (d desk) known(r client.Object) {
	gp := client.Text(d.get("sender", "/physicians?name=Demo").items()[0], "id")
	r["network"] = client.Object{
		"gp":        client.Object{"physician_id": gp},
		"caregiver": client.Object{"name": "Marco Esempio", "phone": "0373 000002", "email": "caregiver@demo.test", "channel": "email"},
	}
	r["consent"] = client.Object{
		"informed": client.Object{"given": true}, "willing": "yes", "share_with": []string{"gp", "municipality", "territorial"},
	}
	r["early_notice"] = []string{"gp", "municipality", "territorial"}
}

// holdMails follows DOMAIN, Notifications, through one case.
func (d desk) holdMails() {
	sent := d.post("sender", "/discharges", d.referral(d.known)).wants(http.StatusCreated)
	id, code := sent.text("id"), sent.text("code")
	d.told(id, code, "referral_received", "coordinator")
	d.told(id, code, "early_notice", "mmg", "municipality", "cdom")
	d.give("coordinator", id, "screen", admission(), "matching")
	d.give("coordinator", id, "propose", client.Object{"partner_id": d.igea()}, "proposed")
	d.told(id, code, "admitted", "sender")
	d.told(id, code, "proposal", "igea")
	d.give("igea", id, "accept", nil, "planning")
	d.give("igea", id, "appoint-case-manager", client.Object{"user_id": d.manager()}, "planning")
	d.give("casemanager", id, "submit-plan", aPlan(), "signing")
	d.told(id, code, "proposal_accepted", "coordinator")
	d.told(id, code, "case_manager_appointed", "casemanager")
	d.told(id, code, "signature_requested", "coordinator", "casemanager", "caregiver") // who reads the patient's mail
	for _, signer := range []string{"coordinator", "case_manager", "patient"} {
		d.do("casemanager", id, "sign", client.Object{"signer": signer, "method": "in_person"})
	}
	start := d.give("casemanager", id, "confirm-start", nil, "active")
	d.told(id, code, "activated", "mmg", "municipality", "igea", "hospital")
	d.told(id, code, "start_confirmed", "sender")
	d.told(id, code, "started", "caregiver")
	d.holdInvitations(id, code, start.text("start_on"))
	d.give("coordinator", id, "renew", client.Object{"days": 7, "reason": "serve ancora"}, "active")
	d.give("casemanager", id, "suspend", client.Object{"reason_code": "hospital"}, "suspended")
	d.give("casemanager", id, "resume", nil, "active")
	for _, moment := range []string{"renewed", "suspended", "resumed"} {
		d.told(id, code, moment, "mmg", "municipality", "igea")
	}
	d.told(id, code, "changed", "caregiver")
	d.give("hospital", id, "readmission-notice", client.Object{"ward": "Chirurgia", "phone": "0373 000009"}, "active")
	d.told(id, code, "readmission", "casemanager", "coordinator")
	d.give("coordinator", id, "close", client.Object{"outcome": "completed", "what_follows": []string{"sad"}}, "closed")
	d.told(id, code, "ended", "caregiver")
	d.told(id, code, "closed", "mmg", "municipality", "igea", "hospital", "casemanager")

	seen := map[string]bool{}
	for _, m := range d.mails(code, "") {
		letter := d.letter(m)
		if seen[m.MessageID] || len(m.To) != 1 || strings.Count(letter.Header.Get("To"), "@") != 1 ||
			letter.Header.Get("Auto-Submitted") != "auto-generated" || !strings.Contains(m.Subject, code) {
			d.t.Errorf("%s: %v", m.Moment, letter.Header)
		}
		seen[m.MessageID] = true
	}
	for _, n := range d.get("coordinator", "/discharges/"+id+"/notifications").wants(http.StatusOK).items() {
		if client.Text(n, "status") == "sent" && !seen[strings.Trim(client.Text(n, "message_id"), "<>")] {
			d.t.Errorf("not in the mail catcher: %v", n)
		}
	}
}

// holdInvitations convenes, moves and calls off an équipe: one event in the readers' calendars.
func (d desk) holdInvitations(id, code, startOn string) {
	start, err := calendar.ParseDate(startOn)
	if err != nil {
		d.t.Fatal(err)
	}
	at := start.AddDays(20).At(10, 0).UTC()
	everybody := []string{"coordinator", "casemanager", "hospital", "municipality", "mmg", "caregiver"}
	d.give("casemanager", id, "convene-meeting", client.Object{"at": at.Format(time.RFC3339), "place": "sede"}, "active")
	d.told(id, code, "meeting_convened", everybody...)
	d.give("casemanager", id, "convene-meeting", client.Object{"at": at.Add(time.Hour).Format(time.RFC3339)}, "active")
	d.told(id, code, "meeting_moved", everybody...)
	d.give("casemanager", id, "convene-meeting", client.Object{"called_off": true}, "active")
	d.told(id, code, "meeting_cancelled", everybody...)

	uid := ""
	for sequence, moment := range []string{"meeting_convened", "meeting_moved", "meeting_cancelled"} {
		method := map[bool]string{false: "REQUEST", true: "CANCEL"}[moment == "meeting_cancelled"]
		for _, m := range d.mails(code, moment) {
			event := d.event(m)
			uid = max(uid, event["UID"])
			if event["METHOD"] != method || event["SEQUENCE"] != []string{"0", "1", "2"}[sequence] || event["UID"] != uid ||
				event["SUMMARY"] != "Équipe "+code || event["LOCATION"] != "" || event["ATTENDEE"] != "mailto:"+m.To[0] {
				d.t.Errorf("%s to %v: %v", moment, m.To, event)
			}
		}
	}
}

// letter is a caught message as it was sent.
func (d desk) letter(m mailcatcher.Message) *mail.Message {
	d.t.Helper()
	file, err := os.Open(filepath.Join(d.mailDir, filepath.Base(m.ID)+".eml"))
	if err != nil {
		d.t.Fatal(err)
	}
	d.t.Cleanup(func() { _ = file.Close() })
	letter, err := mail.ReadMessage(file)
	if err != nil {
		d.t.Fatal(err)
	}
	return letter
}

// event is the calendar part of a message, its lines by name; the attendee without parameters.
func (d desk) event(m mailcatcher.Message) map[string]string {
	d.t.Helper()
	letter := d.letter(m)
	_, params, err := mime.ParseMediaType(letter.Header.Get("Content-Type"))
	if err != nil {
		d.t.Fatal(err)
	}
	parts := multipart.NewReader(letter.Body, params["boundary"])
	for {
		part, err := parts.NextPart()
		if err != nil {
			d.t.Fatalf("%s has no calendar part: %v", m.Moment, err)
		}
		if !strings.HasPrefix(part.Header.Get("Content-Type"), "text/calendar") {
			continue
		}
		content, err := io.ReadAll(base64.NewDecoder(base64.StdEncoding, part))
		if err != nil {
			d.t.Fatal(err)
		}
		lines := map[string]string{}
		unfolded := regexp.MustCompile(`\r\n[ \t]`).ReplaceAllString(string(content), "")
		for line := range strings.SplitSeq(unfolded, "\r\n") {
			name, value, _ := strings.Cut(line, ":")
			name, _, _ = strings.Cut(name, ";")
			lines[name] = value
		}
		return lines
	}
}

// holdSilence: not shared, not verified, not informed, dead: nobody is told.
func (d desk) holdSilence() {
	alone := d.post("sender", "/discharges", d.referral(d.known, func(r client.Object) {
		r["consent"] = client.Object{"informed": client.Object{"given": true}, "willing": "yes", "share_with": []string{}}
		delete(r, "early_notice")
	})).wants(http.StatusCreated)
	stranger := d.post("sender", "/discharges", d.referral(d.known, func(r client.Object) {
		r["network"] = client.Object{"gp": client.Object{"name": "Dott. Nuovo", "email": "nuovo@demo.test"}}
		r["consent"] = client.Object{"informed": client.Object{"given": false, "why_not": "dorme"}, "willing": "not_yet", "share_with": []string{"gp"}}
	})).wants(http.StatusCreated)
	for _, sent := range []reply{alone, stranger} {
		id, code := sent.text("id"), sent.text("code")
		d.give("coordinator", id, "urgent-start", d.urgently(0), "active")
		d.told(id, code, "activated", "igea", "hospital")
		if early := d.mails(code, "early_notice"); len(early) > 0 {
			d.t.Errorf("early notice: %v", early)
		}
	}
	id, code := alone.text("id"), alone.text("code")
	today := d.get("coordinator", "/discharges/"+id).text("today")
	on, err := calendar.ParseDate(today)
	if err != nil {
		d.t.Fatal(err)
	}
	d.told(id, code, "started", "caregiver")
	d.give("casemanager", id, "convene-meeting", client.Object{
		"at": on.AddDays(9).At(10, 0).UTC().Format(time.RFC3339), "invited": []string{"coordinator", "caregiver"},
	}, "active")
	d.told(id, code, "meeting_convened", "coordinator", "caregiver")
	heard := len(d.toFamily(code))
	d.give("casemanager", id, "report-death", client.Object{"place": "home"}, "closed")
	d.told(id, code, "meeting_cancelled", "coordinator")
	d.told(id, code, "closed", "igea", "hospital", "casemanager")
	d.forward(id, 7)
	if now := d.toFamily(code); len(now) != heard {
		d.t.Errorf("after the death the family hears %v", now[heard:])
	}
}

// toFamily are the moments that the caregiver has been told.
func (d desk) toFamily(code string) (moments []string) {
	for _, m := range d.mails(code, "") {
		if m.To[0] == "caregiver@demo.test" {
			moments = append(moments, m.Moment)
		}
	}
	return moments
}

// holdPrivacy reads every mail of this world.
func (d desk) holdPrivacy() {
	all, err := d.catcher.Messages()
	if err != nil {
		d.t.Fatal(err)
	}
	for _, m := range all {
		for _, private := range []string{family, "Rossi", diagnosis, "rattura", address, "0373 00000", "igiene", "RSSMRA", "Marco", "deambulatore"} {
			if strings.Contains(m.Subject+"\n"+m.Text, private) {
				d.t.Errorf("%s to %v holds %q", m.Moment, m.To, private)
			}
		}
	}
	if len(all) < 50 {
		d.t.Errorf("only %d mails were read", len(all))
	}
}

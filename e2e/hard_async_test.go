package e2e

import (
	"net/http"
	"slices"
	"strings"
	"syscall"
	"testing"

	"dimissioni/internal/standalone/client"
)

// TestHardDaysWithoutWorkers: every worker is down while people work without waiting. What they sent is stored, carried
// out exactly once and in order when a worker comes back, and whoever was refused reads why.
func TestHardDaysWithoutWorkers(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.service.signal(syscall.SIGTERM)
	w.service.wait(t)
	api := start(t, "dimissioni-race", w.environment, "api")
	w.address = api.line(t, "listening on ")
	s := everybody(w, "sender", "coordinator", "igea").scene(t, 0)
	id, code := s.refer()

	var sent []reply
	later := func(who, command string, body client.Object) reply {
		t.Helper()
		r := s.post(who, "/discharges/"+id+"/"+command, body, "Prefer", "respond-async", "Idempotency-Key", command).wants(http.StatusAccepted)
		sent = append(sent, r)
		return r
	}
	admit := later("coordinator", "screen", admission())
	later("coordinator", "propose", client.Object{"partner_id": s.igea()})
	later("coordinator", "renew", client.Object{"days": 7, "reason": "di fretta"})
	later("coordinator", "take", client.Object{})
	if again := later("coordinator", "screen", admission()); again.text("id") != admit.text("id") {
		t.Errorf("the same key is another command: %s, %s", admit.raw, again.raw)
	}
	for _, r := range sent {
		if r.text("status") != "pending" || s.get("coordinator", r.header.Get("Location")).wants(http.StatusOK).text("status") != "pending" {
			t.Errorf("with no worker: %s", r.raw)
		}
	}
	if state := s.state(id); state != "submitted" {
		t.Errorf("with no worker the case is %s", state)
	}

	worker := start(t, "dimissioni-race", w.environment, "worker")
	worker.line(t, "admin on ")
	for i, want := range []string{"done", "done", "refused", "done", "done"} {
		var now reply
		s.eventually("a command is settled", func() bool {
			now = s.get("coordinator", sent[i].header.Get("Location")).wants(http.StatusOK)
			return now.text("status") != "pending"
		})
		if now.text("status") != want {
			t.Errorf("command %d: %s, want %s", i, now.raw, want)
		}
		if want == "refused" && (now.text("problem", "code") != "not_allowed_in_state" ||
			!strings.Contains(now.text("problem", "detail"), "«Rinnovare» non è possibile: la pratica è")) {
			t.Errorf("the refusal says %s", now.raw)
		}
	}
	want := []string{"submitted", "admitted", "proposed", "command_refused", "taken"}
	if got := slices.DeleteFunc(s.events(id), isTime); !slices.Equal(got, want) {
		t.Errorf("timeline %v, want %v", got, want)
	}
	s.forwardUntil(id, "its sender hears of the refusal", func() bool { return len(s.mails(code, "command_refused")) > 0 })
	s.hears(code, "command_refused", "coordinator")

	// The worker dies with a command on its way; another one goes on.
	worker.signal(syscall.SIGKILL)
	worker.wait(t)
	sent = nil
	later("igea", "accept", client.Object{})
	later("coordinator", "end-before-start", client.Object{"reason_code": "person_refused"})
	start(t, "dimissioni-race", w.environment, "worker").line(t, "admin on ")
	s.eventually("the case has ended", func() bool { return s.state(id) == "not_started" })
	if got := slices.DeleteFunc(s.events(id), isTime); !slices.Equal(got, append(want, "accepted", "not_started")) {
		t.Errorf("timeline %v", got)
	}
	s.money(id, 0, whole)
}

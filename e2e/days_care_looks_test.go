package e2e

import (
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"dimissioni/internal/calendar"
	"dimissioni/internal/standalone/client"
	"dimissioni/internal/standalone/mailcatcher"
)

// What people of a tale notice: the case, its clocks and flags, the timeline, the post.

// file is the case as its coordinator reads it.
func (s *tale) file() client.Object {
	s.t.Helper()
	answer, err := s.as(s.desk).Get(s.ctx(), "/discharges/"+s.id)
	if err != nil {
		s.t.Fatal(err)
	}
	return answer
}

func (s *tale) today() calendar.Date { s.t.Helper(); return date(s.t, s.file(), "today") }

// now is the case's clock: its day, at the hour that it is.
func (s *tale) now() time.Time {
	s.t.Helper()
	local := time.Now().In(calendar.Rome)
	return s.today().At(local.Hour(), local.Minute())
}

// has checks which of these flags the case has.
func (s *tale) has(want bool, flags ...string) {
	s.t.Helper()
	file := s.file()
	for _, flag := range flags {
		if got := texts(file["flags"]); slices.Contains(got, flag) != want {
			s.t.Errorf("%s: flags %v, want %s: %t", client.Text(file, "today"), got, flag, want)
		}
	}
}

// clocks are the case's clocks by kind; of two of a kind, the last.
func (s *tale) clocks() map[string]client.Object {
	s.t.Helper()
	items, err := s.as(s.desk).Items(s.ctx(), "/discharges/"+s.id+"/deadlines")
	if err != nil {
		s.t.Fatal(err)
	}
	byKind := map[string]client.Object{}
	for _, d := range items {
		byKind[client.Text(d, "kind")] = d
	}
	return byKind
}

// clock checks a clock's day and whether it is met.
func (s *tale) clock(kind string, due calendar.Date, status string) {
	s.t.Helper()
	got := s.clocks()[kind]
	if client.Text(got, "due_on") != due.String() || client.Text(got, "status") != status {
		s.t.Errorf("the clock %s is %v, want %s on %s", kind, got, status, due)
	}
}

// tells are the summaries of the timeline's events of a kind, oldest first, and their days.
func (s *tale) tells(kind string) (summaries, days []string) {
	s.t.Helper()
	items, err := s.as(s.desk).Items(s.ctx(), "/discharges/"+s.id+"/timeline")
	if err != nil {
		s.t.Fatal(err)
	}
	slices.SortFunc(items, func(a, b client.Object) int { return client.Number(a, "seq") - client.Number(b, "seq") })
	for _, e := range items {
		if client.Text(e, "kind") == kind {
			summaries, days = append(summaries, client.Text(e, "summary")), append(days, client.Text(e, "on"))
		}
	}
	return summaries, days
}

// remembered checks on which days a clock has spoken: those, or the working days before them.
func (s *tale) remembered(clock string, want ...calendar.Date) {
	s.t.Helper()
	summaries, days := s.tells("reminded")
	var got, on []string
	for i, summary := range summaries {
		if strings.Contains(summary, clock) {
			got = append(got, days[i])
		}
	}
	for _, day := range want {
		on = append(on, crema.OnOrBefore(day).String())
	}
	if on = slices.Compact(on); !slices.Equal(got, on) {
		s.t.Errorf("%s is remembered on %v, want %v", clock, got, on)
	}
}

// post lets time pass until the messages of now have gone: at once in working hours, otherwise after the next opening.
func (s *tale) post() {
	s.t.Helper()
	now, days := s.now(), 0
	for opening := crema.NextOpening(now); !crema.Open(now) && !now.AddDate(0, 0, days).After(opening); {
		days++
	}
	if days > 0 {
		s.forward(s.id, days)
	}
	s.settled()
}

// settled waits until no message that may go by now is queued.
func (s *tale) settled() {
	s.t.Helper()
	now := s.now()
	s.eventually("what may have gone has gone", func() bool {
		items, err := s.as(s.desk).Items(s.ctx(), "/discharges/"+s.id+"/notifications")
		return err == nil && !slices.ContainsFunc(items, func(n client.Object) bool {
			at, err := time.Parse(time.RFC3339, client.Text(n, "not_before"))
			return client.Text(n, "status") == "queued" && err == nil && !at.After(now)
		})
	})
}

// mailed checks to whom a moment has gone so far, each message once: the addresses before the @. It gives the messages.
func (s *tale) mailed(moment string, want ...string) []mailcatcher.Message {
	s.t.Helper()
	s.settled()
	found := s.mails(s.code, moment)
	var got []string
	for _, m := range found {
		got = append(got, strings.TrimSuffix(m.To[0], "@demo.test"))
	}
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		s.t.Errorf("%s has gone to %v, want %v", moment, got, want)
	}
	return found
}

// digested lets time pass until the next working day and checks whether its digest tells the coordinator of the case,
// in these words.
func (s *tale) digested(want bool, words string) {
	s.t.Helper()
	today := s.today()
	s.forward(s.id, crema.AddWorkdays(today, 1).DaysSince(today))
	day := s.today().Italian()
	digest := func() string {
		for _, m := range s.mails("", "digest") {
			if m.To[0] == s.desk+"@demo.test" && strings.Contains(m.Subject, day) {
				return m.Text
			}
		}
		return ""
	}
	if !want {
		if text := digest(); text != "" {
			s.t.Errorf("the digest of %s still speaks:\n%s", day, text)
		}
		return
	}
	s.eventually("the digest of "+day, func() bool { return digest() != "" })
	if text := digest(); !strings.Contains(text, s.code) || !strings.Contains(text, words) {
		s.t.Errorf("the digest does not tell of %s in the words %q:\n%s", s.code, words, text)
	}
}

// unseen checks that a partner neither sees the case nor may answer.
func (s *tale) unseen(partner string) {
	s.t.Helper()
	var problem *client.ProblemError
	if _, err := s.as(partner).Get(s.ctx(), "/discharges/"+s.id); !errors.As(err, &problem) || problem.Status != http.StatusNotFound {
		s.t.Errorf("%s still sees the case: %v", partner, err)
	}
	s.mayNot(partner, "accept", client.Object{}, http.StatusNotFound, "", "")
}

func date(t testing.TB, o client.Object, key string) calendar.Date {
	t.Helper()
	on, err := calendar.ParseDate(client.Text(o, key))
	if err != nil {
		t.Fatalf("%s: %v", key, err)
	}
	return on
}

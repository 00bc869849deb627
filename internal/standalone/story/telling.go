package story

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"dimissioni/internal/calendar"
	"dimissioni/internal/standalone/client"
)

// telling is the story so far.
type telling struct {
	cast  cast
	out   io.Writer
	mails string
	id    string
	code  string

	days    days
	now     time.Time // by the case's clock, as far as is known
	started bool
	ended   calendar.Date

	chapters int
	lastDay  calendar.Date   // the last day told in this chapter
	seq      int             // the last event told
	told     map[string]bool // by Message-ID
}

func (t *telling) say(format string, values ...any) { _, _ = fmt.Fprintf(t.out, format, values...) }

func (t *telling) chapter(text string) {
	t.chapters++
	t.lastDay = calendar.Date{}
	t.say("\n%d. %s\n", t.chapters, text)
}

// line is one thing to tell: an event, or a mail that went out.
type line struct {
	at             time.Time // by the case's clock
	mark, who, say string
}

// catchUp tells the events and the mails that are new, in the order in which they happened.
func (t *telling) catchUp(ctx context.Context) error {
	lines, err := t.newEvents(ctx)
	if err != nil {
		return err
	}
	mails, err := t.newMails(ctx)
	if err != nil {
		return err
	}
	lines = append(lines, mails...)
	slices.SortStableFunc(lines, func(a, b line) int {
		if a.mark == b.mark && a.mark != "" { // mails of one moment have no order
			return cmp.Or(a.at.Compare(b.at), cmp.Compare(a.who, b.who))
		}
		return a.at.Compare(b.at)
	})
	for _, l := range lines {
		t.dayHeading(calendar.DateOf(l.at))
		t.say("   %1s %-15s %s\n", l.mark, l.who, l.say)
	}
	return nil
}

// dayHeading prints a day once in a chapter.
func (t *telling) dayHeading(day calendar.Date) {
	if day == t.lastDay {
		return
	}
	t.lastDay = day
	t.say("\n   %s %s", weekdays[day.Weekday()], day.Italian())
	if t.started && (t.ended.IsZero() || !day.After(t.ended)) {
		t.say(", giorno %d di 42", day.DaysSince(t.days.start))
	}
	t.say("\n")
}

// newEvents are the events since the last time. Reminders are told by their mails.
func (t *telling) newEvents(ctx context.Context) ([]line, error) {
	events, err := t.cast.coordinator.Items(ctx, "/discharges/"+t.id+"/timeline")
	if err != nil {
		return nil, fmt.Errorf("timeline: %w", err)
	}
	slices.SortFunc(events, func(a, b client.Object) int { return cmp.Compare(client.Number(a, "seq"), client.Number(b, "seq")) })
	var lines []line
	for _, e := range events {
		if client.Number(e, "seq") <= t.seq {
			continue
		}
		t.seq = client.Number(e, "seq")
		at := instant(e, "recorded_at")
		if at.After(t.now) {
			t.now = at
		}
		switch client.Text(e, "kind") {
		case "reminded":
			continue
		case "started":
			t.started = true
		case "closed":
			t.ended = calendar.DateOf(at)
		}
		actor, _ := e["actor"].(client.Object)
		lines = append(lines, line{at: at, who: t.label(client.Text(actor, "role"), client.Text(actor, "name")), say: client.Text(e, "summary")})
	}
	return lines, nil
}

// label is who a person is for the story: the part that is played, and of partners the name.
func (t *telling) label(role, name string) string {
	person, _, _ := strings.Cut(name, " (") // the timeline adds the organisation
	if partner, ok := t.cast.partners[person]; ok {
		return "ente " + partner
	}
	return cmp.Or(labels[role], role)
}

var labels = map[string]string{
	"sender": "reparto", "hospital_contact": "ospedale", "coordinator": "coordinatore", "partner_manager": "ente",
	"case_manager": "case manager", "system": "il sistema", "gp": "medico", "municipality": "Comune",
	"territorial": "C-DOM", "patient": "persona", "caregiver": "famiglia", "representative": "rappresentante",
}

var weekdays = [...]string{"domenica", "lunedì", "martedì", "mercoledì", "giovedì", "venerdì", "sabato"}

// ending says how it ended, in figures.
func (t *telling) ending(ctx context.Context) error {
	c, err := t.cast.coordinator.Get(ctx, "/discharges/"+t.id)
	if err != nil {
		return fmt.Errorf("read case: %w", err)
	}
	budget, _ := c["budget"].(client.Object)
	t.say("\nLa pratica %s è conclusa al giorno %d di 42.\nPer i giorni serviti restano impegnati %s euro; %s euro sono tornati disponibili.\n",
		t.code, client.Number(c, "day"), euro(client.Number(budget, "reserved_cents")), euro(client.Number(budget, "released_cents")))
	t.say("%d fatti, %d messaggi, nessuna persona perduta.\n", t.seq, len(t.told))
	return nil
}

// euro writes cents as 1.234,56.
func euro(cents int) string {
	whole := fmt.Sprint(cents / 100)
	for i := len(whole) - 3; i > 0; i -= 3 {
		whole = whole[:i] + "." + whole[i:]
	}
	return fmt.Sprintf("%s,%02d", whole, cents%100)
}

// instant reads a time of the contract; the zero time when it is not there.
func instant(o client.Object, key string) time.Time {
	at, err := time.Parse(time.RFC3339, client.Text(o, key))
	if err != nil {
		return time.Time{}
	}
	return at
}

package story

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"
	_ "time/tzdata" // days are told as people in Crema count them

	"dimissioni/internal/standalone/client"
)

var rome, _ = time.LoadLocation("Europe/Rome")

// telling is the story so far.
type telling struct {
	cast  cast
	out   io.Writer
	mails string
	id    string
	code  string
	first time.Time

	seq      int    // the last event told
	lastDay  string // the last day told
	told     map[string]bool
	subjects map[string]string // Message-ID -> subject of the caught mail
}

// step is one command of one person.
type step struct {
	who     *client.Client
	command string
	body    client.Object
}

func (t *telling) all(ctx context.Context, steps ...step) error {
	for _, s := range steps {
		if err := t.do(ctx, s.who, s.command, s.body); err != nil {
			return err
		}
	}
	return nil
}

func (t *telling) chapter(text string) {
	_, _ = fmt.Fprintf(t.out, "\n%s\n", text)
}

// line is one thing to tell: an event, or a mail that went out.
type line struct {
	at   time.Time // by the case's clock
	text string
}

// catchUp tells the events and the mails that are new, in the order in which they happened.
func (t *telling) catchUp(ctx context.Context) error {
	events, err := t.newEvents(ctx)
	if err != nil {
		return err
	}
	mails, err := t.newMails(ctx)
	if err != nil {
		return err
	}
	lines := append(events, mails...)
	slices.SortStableFunc(lines, func(a, b line) int { return a.at.Compare(b.at) })
	for _, l := range lines {
		t.dayHeading(l.at.In(rome))
		_, _ = fmt.Fprintln(t.out, l.text)
	}
	return nil
}

func (t *telling) newEvents(ctx context.Context) ([]line, error) {
	events, err := t.cast.coordinator.Items(ctx, "/discharges/"+t.id+"/timeline")
	if err != nil {
		return nil, fmt.Errorf("timeline: %w", err)
	}
	slices.SortFunc(events, func(a, b client.Object) int { return client.Number(a, "seq") - client.Number(b, "seq") })
	var lines []line
	for _, e := range events {
		if client.Number(e, "seq") <= t.seq {
			continue
		}
		t.seq = client.Number(e, "seq")
		lines = append(lines, line{instant(e, "recorded_at"), "      " + client.Text(e, "summary")})
	}
	return lines, nil
}

// newMails are the messages that have gone since the last time.
func (t *telling) newMails(ctx context.Context) ([]line, error) {
	sent, err := t.cast.coordinator.Items(ctx, "/discharges/"+t.id+"/notifications")
	if err != nil {
		return nil, fmt.Errorf("notifications: %w", err)
	}
	if err := t.readSubjects(ctx); err != nil {
		return nil, err
	}
	var lines []line
	for _, n := range sent {
		id := client.Text(n, "message_id")
		if client.Text(n, "status") != "sent" || t.told[id] {
			continue
		}
		t.told[id] = true
		lines = append(lines, line{instant(n, "sent_at"), fmt.Sprintf("        ✉ %-16s %s",
			readers[client.Text(n, "recipient_role")], t.subjects[strings.Trim(id, "<>")])})
	}
	return lines, nil
}

// instant reads a time of the contract; the zero time when it is not there.
func instant(o client.Object, key string) time.Time {
	at, err := time.Parse(time.RFC3339, client.Text(o, key))
	if err != nil {
		return time.Time{}
	}
	return at
}

// dayHeading prints a day once.
func (t *telling) dayHeading(day time.Time) {
	if heading := day.Format(time.DateOnly); heading != t.lastDay {
		t.lastDay = heading
		_, _ = fmt.Fprintf(t.out, "\n  %s %s\n", weekdays[day.Weekday()], day.Format("02/01/2006"))
	}
}

var weekdays = [...]string{"domenica", "lunedì", "martedì", "mercoledì", "giovedì", "venerdì", "sabato"}

var readers = map[string]string{
	"coordinator": "coordinatore", "coordinators": "coordinatore", "sender": "reparto",
	"hospital_contact": "ospedale", "partner_manager": "ente", "case_manager": "case manager", "gp": "medico",
	"municipality": "Comune", "territorial": "C-DOM", "person": "famiglia", "patient": "persona assistita",
	"caregiver": "famiglia", "representative": "rappresentante", "user": "chi ha chiesto",
}

// readSubjects looks into the mail catcher, as anybody can in the demo.
func (t *telling) readSubjects(ctx context.Context) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, t.mails, nil)
	if err != nil {
		return fmt.Errorf("make request: %w", err)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return fmt.Errorf("read caught mails: %w", err)
	}
	defer func() { _ = res.Body.Close() }()
	var caught []struct {
		MessageID string `json:"message_id"`
		Subject   string `json:"subject"`
	}
	if err := json.NewDecoder(res.Body).Decode(&caught); err != nil {
		return fmt.Errorf("decode caught mails: %w", err)
	}
	t.subjects = map[string]string{}
	for _, m := range caught {
		t.subjects[strings.Trim(m.MessageID, "<>")] = m.Subject
	}
	return nil
}

// ending says how it ended, in figures.
func (t *telling) ending(ctx context.Context) error {
	c, err := t.cast.coordinator.Get(ctx, "/discharges/"+t.id)
	if err != nil {
		return fmt.Errorf("read case: %w", err)
	}
	budget, _ := c["budget"].(client.Object)
	_, err = fmt.Fprintf(t.out, "\nLa pratica %s è conclusa al giorno %d di 42. Restano impegnati %s euro per i giorni serviti, %s euro sono tornati disponibili.\n"+
		"%d eventi, %d messaggi, nessuna persona perduta.\n",
		t.code, client.Number(c, "day"), euro(client.Number(budget, "reserved_cents")), euro(client.Number(budget, "released_cents")),
		t.seq, len(t.told))
	return err
}

// euro writes cents as 1.234,56.
func euro(cents int) string {
	whole := fmt.Sprint(cents / 100)
	for i := len(whole) - 3; i > 0; i -= 3 {
		whole = whole[:i] + "." + whole[i:]
	}
	return fmt.Sprintf("%s,%02d", whole, cents%100)
}

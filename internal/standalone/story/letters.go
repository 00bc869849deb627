package story

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"dimissioni/internal/standalone/client"
)

// postPatience is how long the mails that may go by now are waited for; what is late is told later.
const postPatience = 20 * time.Second

// newMails are the messages that have gone since the last time, all those that may have gone by now.
func (t *telling) newMails(ctx context.Context) ([]line, error) {
	sent, err := t.delivered(ctx)
	if err != nil {
		return nil, fmt.Errorf("notifications: %w", err)
	}
	subjects, err := t.subjects(ctx)
	if err != nil {
		return nil, err
	}
	var lines []line
	for _, n := range sent {
		id := client.Text(n, "message_id")
		if client.Text(n, "status") != "sent" || t.told[id] {
			continue
		}
		t.told[id] = true
		lines = append(lines, line{
			at: instant(n, "sent_at"), mark: "✉",
			who: t.label(client.Text(n, "recipient_role"), client.Text(n, "recipient_name")),
			say: t.short(subjects[strings.Trim(id, "<>")]),
		})
	}
	return lines, nil
}

// delivered lists the case's messages once none of those that may go by the case's clock is queued.
func (t *telling) delivered(ctx context.Context) ([]client.Object, error) {
	ctx, cancel := context.WithTimeout(ctx, postPatience)
	defer cancel()
	var all []client.Object
	for {
		some, err := t.cast.coordinator.Items(ctx, "/discharges/"+t.id+"/notifications")
		if err != nil && (all == nil || !errors.Is(err, context.DeadlineExceeded)) {
			return nil, err
		}
		if err == nil {
			all = some
		}
		due := func(n client.Object) bool {
			return client.Text(n, "status") == "queued" && !instant(n, "not_before").After(t.now)
		}
		if ctx.Err() != nil || !slices.ContainsFunc(all, due) {
			return all, nil
		}
		select {
		case <-ctx.Done():
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// subjects looks into the mail catcher, as anybody can in the demo: Message-ID -> subject.
func (t *telling) subjects(ctx context.Context) (map[string]string, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, t.mails, nil)
	if err != nil {
		return nil, fmt.Errorf("make request: %w", err)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, fmt.Errorf("read caught mails: %w", err)
	}
	defer func() { _ = res.Body.Close() }()
	var caught []struct {
		MessageID string `json:"message_id"`
		Subject   string `json:"subject"`
	}
	if err := json.NewDecoder(res.Body).Decode(&caught); err != nil {
		return nil, fmt.Errorf("decode caught mails: %w", err)
	}
	subjects := map[string]string{}
	for _, m := range caught {
		subjects[strings.Trim(m.MessageID, "<>")] = m.Subject
	}
	return subjects, nil
}

// short is a subject without what is the same in all of them: who writes, and the number of the case.
func (t *telling) short(subject string) string {
	if strings.HasPrefix(subject, "[") {
		_, subject, _ = strings.Cut(subject, "] ")
	}
	subject = strings.TrimPrefix(subject, "Pratica "+t.code)
	return strings.TrimLeft(subject, ":, ")
}

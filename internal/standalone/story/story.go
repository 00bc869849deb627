// Package story plays one discharge of six weeks on a running training service, with fast-forward, and tells it:
// what happened on which day, who did it, and which mail went to whom.
//
// It comes out on any day and at any hour: people act on working days, and always after the mail that asks them to has
// gone, which out of hours is the next working morning.
package story

import (
	"context"
	"fmt"
	"io"
	"time"

	"dimissioni/internal/calendar"
	"dimissioni/internal/standalone/client"
)

// Options say where the service listens, where its caught mails are listed, and the demo password.
type Options struct {
	Address  string // http://127.0.0.1:8080
	Mails    string // URL of the mail catcher's messages.json
	Password string // of the demo accounts
	Out      io.Writer
}

// Play plays the story and returns the id of its case.
func Play(ctx context.Context, o Options) (string, error) {
	cast, err := assemble(ctx, o)
	if err != nil {
		return "", err
	}
	t := &telling{cast: cast, out: o.Out, mails: o.Mails, days: daysFrom(time.Now()), told: map[string]bool{}}
	t.say("Sei settimane di una dimissione protetta. Teresa Esempio non esiste: il motore, le scadenze e i messaggi sì.\n")
	for _, chapter := range []func(context.Context, *telling) error{
		referral, assignment, preparation, start, meeting, interruption, renewal, conclusion,
	} {
		if err := chapter(ctx, t); err != nil {
			return t.id, err
		}
	}
	return t.id, t.ending(ctx)
}

// cast are the people of the story, signed in, and whom they name.
type cast struct {
	sender, coordinator, igea, meraki, caseManager *client.Client

	igeaID, merakiID, caseManagerID, physicianID string

	partners map[string]string // name of a partner's manager -> name of the partner
}

func assemble(ctx context.Context, o Options) (cast, error) {
	c := cast{partners: map[string]string{}}
	for _, person := range []struct {
		email string
		who   **client.Client
		id    *string // of the user, or of a partner's organisation
		part  string
	}{
		{"sender@demo.test", &c.sender, new(string), "user"},
		{"coordinator@demo.test", &c.coordinator, new(string), "user"},
		{"igea@demo.test", &c.igea, &c.igeaID, "organisation"},
		{"meraki@demo.test", &c.meraki, &c.merakiID, "organisation"},
		{"casemanager@demo.test", &c.caseManager, &c.caseManagerID, "user"},
	} {
		signed, err := client.SignIn(ctx, o.Address, person.email, o.Password)
		if err != nil {
			return c, fmt.Errorf("%s: %w", person.email, err)
		}
		me, err := signed.Get(ctx, "/me")
		if err != nil {
			return c, fmt.Errorf("%s: %w", person.email, err)
		}
		user, _ := me["user"].(client.Object)
		organisation, _ := me["organisation"].(client.Object)
		*person.who, *person.id = signed, client.Text(map[string]client.Object{"user": user, "organisation": organisation}[person.part], "id")
		if person.part == "organisation" {
			c.partners[client.Text(user, "name")] = client.Text(organisation, "name")
		}
	}
	physicians, err := c.sender.Items(ctx, "/physicians?name=Demo")
	if err != nil {
		return c, fmt.Errorf("physicians: %w", err)
	}
	if len(physicians) > 0 {
		c.physicianID = client.Text(physicians[0], "id")
	}
	return c, nil
}

// step is one thing that happens.
type step func(context.Context) error

// play takes steps one after the other and tells what comes of them.
func (t *telling) play(ctx context.Context, steps ...step) error {
	for _, s := range steps {
		if err := s(ctx); err != nil {
			return err
		}
		if err := t.catchUp(ctx); err != nil {
			return err
		}
	}
	return nil
}

// does is a command of a person.
func (t *telling) does(who *client.Client, command string, body client.Object) step {
	return func(ctx context.Context) error {
		_, err := who.Command(ctx, t.id, command, body)
		return err
	}
}

// wait lets the case's time pass until a day, unless it has come.
func (t *telling) wait(day calendar.Date) step {
	return func(ctx context.Context) error {
		days := day.DaysSince(calendar.DateOf(t.now))
		if days <= 0 {
			return nil
		}
		_, err := t.cast.coordinator.Command(ctx, t.id, "fast-forward", client.Object{"days": days})
		t.now = t.now.In(calendar.Rome).AddDate(0, 0, days)
		return err
	}
}

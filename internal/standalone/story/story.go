// Package story plays one discharge of six weeks on a running training service, with fast-forward, and tells it:
// what happened on which day, and which mail went to whom.
package story

import (
	"context"
	"fmt"
	"io"
	"time"

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
	t := &telling{cast: cast, out: o.Out, mails: o.Mails, told: map[string]bool{}}
	for _, chapter := range []func(context.Context, *telling) error{
		referral, assignment, preparation, start, meeting, interruption, renewal, conclusion,
	} {
		if err := chapter(ctx, t); err != nil {
			return t.id, err
		}
	}
	return t.id, t.ending(ctx)
}

// cast are the people of the story, signed in.
type cast struct {
	sender, coordinator, igea, meraki, caseManager *client.Client
	igeaID, merakiID, caseManagerID                string
}

func assemble(ctx context.Context, o Options) (cast, error) {
	var c cast
	for email, who := range map[string]**client.Client{
		"sender@demo.test": &c.sender, "coordinator@demo.test": &c.coordinator, "igea@demo.test": &c.igea,
		"meraki@demo.test": &c.meraki, "casemanager@demo.test": &c.caseManager,
	} {
		signed, err := client.SignIn(ctx, o.Address, email, o.Password)
		if err != nil {
			return c, fmt.Errorf("%s: %w", email, err)
		}
		*who = signed
	}
	for who, id := range map[*client.Client]*string{c.igea: &c.igeaID, c.meraki: &c.merakiID} {
		me, err := who.Get(ctx, "/me")
		if err != nil {
			return c, err
		}
		organisation, _ := me["organisation"].(client.Object)
		*id = client.Text(organisation, "id")
	}
	me, err := c.caseManager.Get(ctx, "/me")
	if err != nil {
		return c, err
	}
	user, _ := me["user"].(client.Object)
	c.caseManagerID = client.Text(user, "id")
	return c, nil
}

// do gives a command and keeps the case as it then is.
func (t *telling) do(ctx context.Context, who *client.Client, command string, body client.Object) error {
	answer, err := who.Command(ctx, t.id, command, body)
	if err != nil {
		return err
	}
	_ = answer
	return t.catchUp(ctx)
}

// forward lets days of the case's time pass.
func (t *telling) forward(ctx context.Context, days int) error {
	if _, err := t.cast.coordinator.Command(ctx, t.id, "fast-forward", client.Object{"days": days}); err != nil {
		return err
	}
	return t.catchUp(ctx)
}

// day is a date counted from the story's first day, as the contract writes it.
func (t *telling) day(n int) string { return t.first.AddDate(0, 0, n).Format(time.DateOnly) }

package workflows_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"dimissioni/internal/discharge"
	"dimissioni/internal/engine"
)

// desk is Postgres and the mail server in memory: the activities, with the contract of postgres.Store.
type desk struct {
	mu sync.Mutex // activities run beside the stage

	events  []discharge.Event
	mails   []*letter
	refused map[string]*discharge.Error

	budget  int64 // of the line, cents
	records int   // calls of Record

	// What a test breaks.
	losesAnswer func(cmd discharge.Command) bool // Record commits, and its answer is lost
	interferes  func(cmd discharge.Command)      // happens before Record looks
	mailServer  func(m *letter) verdict          // nil: it takes everything
	storeFails  int                              // how many calls of Postgres still fail
	clock       time.Time                        // the case's, in training; zero: the workflow's
}

// verdict is what the mail server says to a mail.
type verdict int

const (
	taken verdict = iota
	later
	never
)

// letter is a queued mail.
type letter struct {
	id       string
	moment   discharge.Moment
	to       discharge.RecipientKind
	at       time.Time
	status   string
	attempts int
}

var (
	errAway = errors.New("postgres is away")
	errMail = errors.New("the mail server is away")
)

func (d *desk) caseNow() discharge.Case {
	c := discharge.Case{ID: caseID}
	for _, e := range d.events {
		c = c.Apply(e)
	}
	return c
}

func (d *desk) fails() error {
	if d.storeFails == 0 {
		return nil
	}
	d.storeFails--
	return errAway
}

func (d *desk) Load(_ context.Context, in engine.LoadRequest) (engine.Loaded, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if err := d.fails(); err != nil {
		return engine.Loaded{}, err
	}
	return engine.Loaded{Events: d.past(in.After), NextMailAt: d.nextMailAt(), Now: d.clock}, nil
}

func (d *desk) Record(_ context.Context, in engine.RecordRequest) (engine.Recorded, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.records++
	if err := d.fails(); err != nil {
		return engine.Recorded{}, err
	}
	if d.interferes != nil {
		d.interferes(in.Command)
	}
	known := in.Command.ID != "" && slices.ContainsFunc(d.events, func(e discharge.Event) bool {
		return e.CommandID == in.Command.ID
	})
	if known || d.version() > in.After {
		return engine.Recorded{Events: d.past(in.After), Applied: known, NextMailAt: d.nextMailAt()}, nil
	}
	refusal := d.store(in.Now, in.Decision)
	if d.losesAnswer != nil && d.losesAnswer(in.Command) {
		return engine.Recorded{}, errAway
	}
	return engine.Recorded{
		Events: d.past(in.After), Applied: true, Refusal: refusal, NextMailAt: d.nextMailAt(),
	}, nil
}

// store makes a decision part of the case, with its money and its mails.
func (d *desk) store(now time.Time, decision discharge.Decision) *discharge.Error {
	events, refusal := decision.Events, (*discharge.Error)(nil)
	if cost := d.costs(events); cost > d.budget {
		events, refusal = decision.Alternative, decision.NoMoney
	} else {
		d.budget -= cost
	}
	before := d.caseNow()
	stamped := slices.Clone(events)
	for i := range stamped {
		stamped[i].Seq, stamped[i].At = d.version()+i+1, now
	}
	for _, n := range discharge.Notices(before, stamped) {
		for _, r := range n.To {
			id := fmt.Sprintf("%s/%d/%s", n.Moment, n.Round, r.Kind)
			d.mails = append(d.mails, &letter{id: id, moment: n.Moment, to: r.Kind, at: n.At, status: "queued"})
		}
	}
	d.events = append(d.events, stamped...)
	return refusal
}

// costs fills in the amounts, as Record does under the line's lock: 2.000 euro for a path, whatever the level.
func (d *desk) costs(events []discharge.Event) int64 {
	cost := int64(0)
	for _, e := range events {
		m := e.Facts.Money
		if m == nil {
			continue
		}
		if m.Entry == discharge.EntryReserve && m.AmountCents == 0 {
			m.AmountCents = pathCents
		}
		if m.Entry == discharge.EntryRelease {
			cost -= m.AmountCents
		} else {
			cost += m.AmountCents
		}
	}
	return cost
}

func (d *desk) Refuse(_ context.Context, in engine.RefuseRequest) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.refused[in.CommandID] = in.Refusal
	return nil
}

func (d *desk) Deliver(_ context.Context, in engine.DeliverRequest) (engine.Delivered, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	left := false
	for _, m := range d.mails {
		if m.status != "queued" || m.at.After(in.Now) {
			continue
		}
		m.attempts++
		said := taken
		if d.mailServer != nil {
			said = d.mailServer(m)
		}
		switch said {
		case taken:
			m.status = "sent"
		case never:
			m.status = "failed"
		case later:
			left = true
		}
	}
	if left {
		return engine.Delivered{}, errMail
	}
	return d.delivered(), nil
}

func (d *desk) GiveUp(_ context.Context, in engine.GiveUpRequest) (engine.Delivered, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, m := range d.mails {
		if m.status == "queued" && !m.at.After(in.Before) {
			m.status = "failed"
		}
	}
	return d.delivered(), nil
}

func (d *desk) Digest(_ context.Context, in engine.DigestRequest) (engine.Digested, error) {
	return engine.Digested{Sent: in.Now.Day()}, nil
}

func (d *desk) Reconcile(context.Context) (engine.Reconciled, error) {
	return engine.Reconciled{Woken: len(d.events)}, nil
}

func (d *desk) delivered() engine.Delivered {
	out := engine.Delivered{NextMailAt: d.nextMailAt()}
	for _, m := range d.mails {
		if m.status == "failed" && m.moment != discharge.MomentDeliveryFailed {
			out.Failed = append(out.Failed, m.id)
		}
	}
	return out
}

func (d *desk) nextMailAt() time.Time {
	var next time.Time
	for _, m := range d.mails {
		if m.status == "queued" && (next.IsZero() || m.at.Before(next)) {
			next = m.at
		}
	}
	return next
}

func (d *desk) version() int { return len(d.events) }

func (d *desk) past(version int) []discharge.Event {
	if version >= len(d.events) {
		return nil
	}
	return slices.Clone(d.events[version:])
}

// sent lists the moments of the mails with a status.
func (d *desk) moments(status string) []discharge.Moment {
	var list []discharge.Moment
	for _, m := range d.mails {
		if m.status == status {
			list = append(list, m.moment)
		}
	}
	return list
}

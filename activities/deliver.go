package activities

import (
	"context"
	"errors"
	"time"

	"go.temporal.io/sdk/activity"

	"dimissioni/internal/discharge"
	"dimissioni/internal/engine"
	"dimissioni/internal/mail"
	"dimissioni/internal/postgres"
)

const (
	batch     = 50               // mails of a case in one delivery
	digests   = 1000             // in one attempt
	patience  = 3                // failures in a row after which the mail server is left in peace
	afterwork = 10 * time.Second // to record a mail that has gone, even when the worker is being stopped
	pulse     = 5 * time.Second  // between two signs of life
)

// The kinds of failure that are stored with a mail.
const (
	failedForNow  = "temporary"
	failedForGood = "permanent"
	failedInTime  = "gave_up"
)

var errMailsLeft = errors.New("mails are left for the next attempt")

// Deliver sends the queued mails of a case that are due by its clock and records each one's fate, so that a repetition
// sends what is left. A mail refused for good leaves the queue; when any is left that may go later, Deliver fails, to
// be tried again.
func (a *Activities) Deliver(ctx context.Context, in engine.DeliverRequest) (engine.Delivered, error) {
	defer alive(ctx)()
	if err := a.Store.Acknowledge(ctx, in.CaseID, in.Version); err != nil {
		return engine.Delivered{}, stumble(ctx, "acknowledge case", err)
	}
	now := in.Now
	// Temporal's clock, which training moves: an attempt days later knows what is due by then.
	if at := activity.GetInfo(ctx).StartedTime.Add(in.Ahead); at.After(now) {
		now = at.UTC()
	}
	mails, err := a.Store.NextMails(ctx, in.CaseID, now, batch)
	if err != nil {
		return engine.Delivered{}, stumble(ctx, "find mails", err)
	}
	if len(mails) > 0 {
		if err := a.send(ctx, mails, now); err != nil {
			return engine.Delivered{}, stumble(ctx, "deliver mails", err)
		}
	}
	return a.delivered(ctx, in.CaseID)
}

// alive tells Temporal again and again that this worker lives, until it is stopped: a mail server may be slow, a killed
// worker must not keep mails from going.
func alive(ctx context.Context) (stop func()) {
	done := make(chan struct{})
	go func() {
		for {
			select {
			case <-done:
				return
			case <-time.After(pulse):
				activity.RecordHeartbeat(ctx)
			}
		}
	}()
	return func() { close(done) }
}

func (a *Activities) send(ctx context.Context, mails []postgres.Mail, now time.Time) error {
	about, err := a.Store.Summary(ctx, mails[0].CaseID)
	if err != nil {
		return err
	}
	session := a.Mail.Session()
	defer session.Close()
	left, inARow := 0, 0
	for _, m := range mails {
		letter, err := a.withLink(ctx, m, a.letter(m, about.Snapshot, now))
		if err != nil {
			return err
		}
		err = session.Send(ctx, letter)
		if err == nil || mail.Permanent(err) {
			inARow = 0
		} else {
			left++
			inARow++
		}
		if err := a.mark(ctx, m, now, err); err != nil {
			return err
		}
		if inARow == patience {
			break
		}
	}
	if left > 0 {
		return errMailsLeft
	}
	return nil
}

// mark records what became of a mail. It outlives the worker's stop: what the server has taken must not go twice.
func (a *Activities) mark(ctx context.Context, m postgres.Mail, now time.Time, failure error) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), afterwork)
	defer cancel()
	if failure == nil {
		return a.Store.MarkSent(ctx, m.ID, now)
	}
	kind := kindOf(failure)
	activity.GetLogger(ctx).Warn("mail not sent", "notification_id", m.ID, "kind", kind, "cause", failure.Error())
	return a.Store.MarkFailed(ctx, m.ID, kind, kind == failedForGood)
}

func kindOf(failure error) string {
	if mail.Permanent(failure) {
		return failedForGood
	}
	return failedForNow
}

// GiveUp fails the mails of a case that have been due since before an instant: somebody must call.
func (a *Activities) GiveUp(ctx context.Context, in engine.GiveUpRequest) (engine.Delivered, error) {
	mails, err := a.Store.NextMails(ctx, in.CaseID, in.Before, batch)
	if err != nil {
		return engine.Delivered{}, stumble(ctx, "find mails", err)
	}
	for _, m := range mails {
		if err := a.Store.MarkFailed(ctx, m.ID, failedInTime, true); err != nil {
			return engine.Delivered{}, stumble(ctx, "give up mail", err)
		}
	}
	return a.delivered(ctx, in.CaseID)
}

// delivered is where the case's mails stand. A failed word about failed mails is not told of: nobody would hear it.
func (a *Activities) delivered(ctx context.Context, caseID string) (engine.Delivered, error) {
	all, err := a.Store.Notifications(ctx, caseID)
	if err != nil {
		return engine.Delivered{}, stumble(ctx, "read mails", err)
	}
	next, err := a.Store.NextMailAt(ctx, caseID)
	if err != nil {
		return engine.Delivered{}, stumble(ctx, "find next mail", err)
	}
	out := engine.Delivered{NextMailAt: next}
	for _, n := range all {
		if n.Status == "failed" && n.Moment != discharge.MomentDeliveryFailed {
			out.Failed = append(out.Failed, n.ID)
		}
	}
	return out, nil
}

package activities

import (
	"context"
	"time"

	"go.temporal.io/sdk/activity"

	"dimissioni/internal/calendar"
	"dimissioni/internal/discharge"
	"dimissioni/internal/engine"
	"dimissioni/internal/mail"
	"dimissioni/internal/postgres"
)

// Digest tells everybody who must hear of it what has been missed, on a working day, each once a day. It fails, to be
// tried again, when some are left.
func (a *Activities) Digest(ctx context.Context, in engine.DigestRequest) (engine.Digested, error) {
	defer alive(ctx)()
	var out engine.Digested
	if !discharge.DefaultRules().Calendar.Workday(calendar.DateOf(in.Now)) {
		return out, nil
	}
	if _, err := a.Store.QueueDigests(ctx, in.Now, in.OnlyCase); err != nil {
		return out, stumble(ctx, "queue digests", err)
	}
	queued, err := a.Store.NextDigests(ctx, digests)
	if err != nil {
		return out, stumble(ctx, "find digests", err)
	}
	session := a.Mail.Session()
	defer session.Close()
	left, inARow := 0, 0
	for _, d := range queued {
		err := session.Send(ctx, a.digest(d))
		switch {
		case err == nil:
			out.Sent, inARow = out.Sent+1, 0
		case mail.Permanent(err):
			out.Failed, inARow = out.Failed+1, 0
		default:
			left, inARow = left+1, inARow+1
		}
		if err := a.markDigest(ctx, d, err); err != nil {
			return out, stumble(ctx, "mark digest", err)
		}
		if inARow == patience {
			break
		}
	}
	if left > 0 {
		return out, stumble(ctx, "send digests", errMailsLeft)
	}
	return out, nil
}

func (a *Activities) markDigest(ctx context.Context, d postgres.Digest, failure error) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), afterwork)
	defer cancel()
	if failure == nil {
		return a.Store.MarkDigestSent(ctx, d.ID, time.Now())
	}
	kind := kindOf(failure)
	activity.GetLogger(ctx).Warn("digest not sent", "digest_id", d.ID, "kind", kind, "cause", failure.Error())
	return a.Store.MarkDigestFailed(ctx, d.ID, kind, kind == failedForGood)
}

// digest is a queued digest as package mail writes it.
func (a *Activities) digest(d postgres.Digest) mail.Message {
	letter := mail.Message{
		ID:            d.ID,
		MessageID:     d.MessageID,
		Moment:        discharge.MomentDigest,
		RecipientKind: discharge.ToUser,
		To:            d.Address,
		ToName:        d.Name,
		On:            d.Day,
	}
	for _, c := range d.Payload {
		for _, line := range c.Lines {
			letter.Items = append(letter.Items, mail.DigestItem{
				CaseCode: c.Code, Clock: line.Clock, DueOn: line.DueOn, Signers: line.Signers, Link: a.page(c.CaseID),
			})
		}
	}
	return letter
}

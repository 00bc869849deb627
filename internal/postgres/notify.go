package postgres

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"dimissioni/internal/calendar"
	"dimissioni/internal/discharge"
)

// notify cancels the queued mails that the events make moot, then queues the notices of the events, one message for
// each recipient.
func (r *recording) notify(ctx context.Context, after discharge.Case, events []discharge.Event) error {
	if len(events) == 0 {
		return nil
	}
	if err := r.cancelMails(ctx, discharge.MailsToCancel(r.before, events)); err != nil {
		return err
	}
	people, err := peopleOf(ctx, r.tx, after)
	if err != nil {
		return err
	}
	base := payloadOf(after)
	r.after = after
	for _, n := range discharge.Notices(r.before, events) {
		payload := base
		payload.Urgent = after.SaysUrgent(n.Moment, r.now)
		payload.Clocks, payload.Meeting, payload.Notifications = n.Clocks, n.Meeting, n.Notifications
		l := letter{Moment: n.Moment, Round: n.Round, At: n.At, Payload: payload}
		if err := r.write(ctx, people, l, n.To); err != nil {
			return err
		}
	}
	return r.offerReleased(ctx, after, events, base)
}

// letter is what every recipient of a notice gets.
type letter struct {
	Moment  discharge.Moment
	Round   int
	At      time.Time
	About   string // case id
	Payload MailPayload
}

// payloadOf holds the dates that a message may name.
func payloadOf(c discharge.Case) MailPayload {
	p := MailPayload{
		ExpectedOn: c.DischargeOn(), StartPlannedOn: c.StartPlannedOn, StartOn: c.StartOn,
		PeriodEndOn: c.PeriodEndOn(), CapOn: c.CapOn(),
	}
	if c.Exit != nil {
		p.EndedOn = c.Exit.On
	}
	return p
}

// cancelMails takes moot messages out of the queue.
func (r *recording) cancelMails(ctx context.Context, moot discharge.MailCancel) error {
	if !moot.All && !moot.Family && len(moot.Moments) == 0 {
		return nil
	}
	family := []discharge.RecipientKind{
		discharge.ToPerson, discharge.ToPatient, discharge.ToCaregiver, discharge.ToRepresentative,
	}
	_, err := r.tx.Exec(ctx, `
		UPDATE notifications SET status = 'cancelled'
		WHERE case_id = @case AND status = 'queued'
		  AND (CASE WHEN @all THEN moment <> ALL (@except::text[]) ELSE moment = ANY (@moments::text[]) END
		       OR @family AND recipient_kind = ANY (@relatives::text[]))`,
		pgx.NamedArgs{
			"case": r.before.ID, "all": moot.All, "except": orEmpty(moot.Except), "moments": orEmpty(moot.Moments),
			"family": moot.Family, "relatives": family,
		})
	if err != nil {
		return fmt.Errorf("cancel mails: %w", err)
	}
	return nil
}

func orEmpty[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}

// write queues a letter for everybody that the recipients stand for.
func (r *recording) write(ctx context.Context, people *people, l letter, to []discharge.Recipient) error {
	for _, recipient := range to {
		addressees, err := people.find(ctx, recipient)
		if err != nil {
			return err
		}
		for _, a := range addressees {
			if strings.HasPrefix(string(l.Moment), "reminder:") {
				joined, err := r.joinReminder(ctx, l, a)
				if err != nil {
					return err
				}
				if joined {
					continue
				}
			}
			if err := r.queue(ctx, l, recipient, a); err != nil {
				return err
			}
		}
	}
	return nil
}

// queue stores one message, once for case, moment, round and recipient.
func (r *recording) queue(ctx context.Context, l letter, to discharge.Recipient, a addressee) error {
	var id string
	err := r.tx.QueryRow(ctx, `
		INSERT INTO notifications (case_id, about_case_id, moment, round, recipient_kind, recipient_role, recipient_key,
		                           name, address, payload, not_before, created_at, message_id)
		VALUES (@case, @about, @moment, @round, @kind, @role, @key, @name, @address, @payload, @at, @now, @message)
		ON CONFLICT (case_id, moment, round, recipient_key) DO NOTHING RETURNING id`,
		pgx.NamedArgs{
			"case": r.before.ID, "about": null(l.About), "moment": l.Moment, "round": l.Round, "kind": to.Kind,
			"role": a.Role, "key": a.Key, "name": a.Name, "address": a.Address, "payload": asJSON(l.Payload), "at": l.At,
			"now": r.now, "message": messageID(r.before.ID, l.Moment, l.Round, a.Key, r.messageHost),
		}).Scan(&id)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil // queued before
	}
	if err != nil {
		return fmt.Errorf("queue mail: %w", err)
	}
	return r.addLink(ctx, id, l, to, a)
}

// joinReminder puts a reminder into the one that the same person is already getting that day about this case.
func (r *recording) joinReminder(ctx context.Context, l letter, a addressee) (bool, error) {
	type queued struct {
		ID        string
		NotBefore time.Time
		Payload   MailPayload
	}
	waiting, err := rows[queued](ctx, r.tx, `
		SELECT id, not_before, payload FROM notifications
		WHERE case_id = @case AND recipient_key = @key AND status = 'queued' AND moment LIKE 'reminder:%'`,
		pgx.NamedArgs{"case": r.before.ID, "key": a.Key})
	if err != nil {
		return false, fmt.Errorf("find queued reminders: %w", err)
	}
	day := calendar.DateOf(l.At)
	i := slices.IndexFunc(waiting, func(q queued) bool { return calendar.DateOf(q.NotBefore) == day })
	if i < 0 {
		return false, nil
	}
	mail := waiting[i]
	for _, clock := range l.Payload.Clocks {
		if !slices.Contains(mail.Payload.Clocks, clock) {
			mail.Payload.Clocks = append(mail.Payload.Clocks, clock)
		}
	}
	_, err = r.tx.Exec(ctx, `UPDATE notifications SET payload = $2 WHERE id = $1`, mail.ID, asJSON(mail.Payload))
	if err != nil {
		return false, fmt.Errorf("join reminders: %w", err)
	}
	return true, nil
}

// offerReleased tells, when money has come back, which waitlisted case it would be enough for: to the coordinators of
// that case, with a message of this one.
func (r *recording) offerReleased(
	ctx context.Context, after discharge.Case, events []discharge.Event, base MailPayload,
) error {
	var back int64
	round := 0
	for _, e := range events {
		if e.Facts.Money != nil {
			back -= effect(*e.Facts.Money)
			round = e.Seq
		}
	}
	if back <= 0 {
		return nil
	}
	next, err := r.firstWaiting(ctx, after.Today(r.now), "")
	if err != nil || next == nil {
		return err
	}
	var about discharge.Case
	if err := r.tx.QueryRow(ctx, `SELECT snapshot FROM cases WHERE id = $1`, next.ID).Scan(&about); err != nil {
		return fmt.Errorf("read next case: %w", err)
	}
	people, err := peopleOf(ctx, r.tx, about)
	if err != nil {
		return err
	}
	base.AboutCode = next.Code
	return r.write(ctx, people, letter{
		Moment: discharge.MomentFundsReleased, Round: round, At: after.Rules.Calendar.NextOpening(r.now),
		About: next.ID, Payload: base,
	}, []discharge.Recipient{{Kind: discharge.ToCoordinators}})
}

// messageID is the same for the same message, whenever it is made, and tells nothing.
func messageID(caseID string, moment discharge.Moment, round int, key, host string) string {
	sum := sha256.Sum256([]byte(caseID + "\n" + string(moment) + "\n" + strconv.Itoa(round) + "\n" + key))
	return fmt.Sprintf("<%x@%s>", sum[:16], host)
}

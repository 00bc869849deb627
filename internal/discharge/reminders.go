package discharge

import (
	"slices"

	"dimissioni/internal/calendar"
)

// reminderNotices makes one mail a person out of the reminders of a day, the most pressing clock first.
func reminderNotices(c Case, reminders []Event) []Notice {
	var notices []Notice
	for _, e := range reminders {
		line := Reminder{Clock: e.Facts.Clock, DueOn: e.Facts.DueOn.String(), Why: c.whyOf(e)}
		moment := ReminderOf(e.Facts.Clock)
		for _, to := range c.mayHear(Notice{Moment: moment, To: c.reminded(e)}) {
			i := slices.IndexFunc(notices, func(n Notice) bool { return n.To[0] == to })
			if i >= 0 {
				notices[i].Clocks = append(notices[i].Clocks, line)
				continue
			}
			notices = append(notices, Notice{
				Moment: moment, To: []Recipient{to}, Round: e.Seq, At: e.At, Clocks: []Reminder{line},
			})
		}
	}
	return notices
}

// whyOf is the reason of the date that a reminder speaks of.
func (c Case) whyOf(e Event) string {
	for _, d := range c.Deadlines(e.At) {
		if d.Kind == e.Facts.Clock && d.DueOn == e.Facts.DueOn {
			return d.Why
		}
	}
	return ""
}

// reminded is who a clock's reminder goes to. DOMAIN, Clocks.
func (c Case) reminded(e Event) []Recipient {
	manager := c.inChargeOn(calendar.DateOf(e.At))
	switch e.Facts.Clock {
	case ClockScreening, ClockAssignment:
		return []Recipient{coordinators}
	case ClockCompletion, ClockWaitlistCheck:
		return []Recipient{c.sender(e)}
	case ClockAcceptance:
		if c.Proposal == nil {
			return nil
		}
		return []Recipient{{Kind: ToPartner, ID: c.Proposal.PartnerID}}
	case ClockReview, ClockCap:
		return []Recipient{manager, coordinators}
	case ClockEquipe:
		if e.On.Before(c.Rules.Calendar.OnOrBefore(c.equipeCopyOn())) {
			return []Recipient{manager}
		}
		return []Recipient{manager, c.partner()}
	default:
		return []Recipient{manager}
	}
}

// MailCancel says which queued messages a batch of events makes moot.
type MailCancel struct {
	All     bool     // every queued message but those of Except
	Moments []Moment // otherwise only these
	Except  []Moment
	// Family: also every queued message to the person and the family, whatever its moment: after a death.
	Family bool
}

// MailsToCancel says which of the messages queued before the batch must not go out any more. The batch's own
// notices are not meant. When a case ends everything stops but what others must still hear.
func MailsToCancel(before Case, events []Event) MailCancel {
	var cancel MailCancel
	c := before
	for _, e := range events {
		after := c.Apply(e)
		if after.State.Final() && !c.State.Final() {
			return MailCancel{
				All: true, Family: after.Died(),
				Except: []Moment{
					MomentDeliveryFailed, MomentCommandRefused, MomentFundsReleased, MomentMeetingCancelled,
					MomentProposalRevoked, MomentWrongDelivery,
				},
			}
		}
		cancel.Family = cancel.Family || after.Died() && !c.Died()
		cancel.Moments = append(cancel.Moments, mootBy(c, e)...)
		c = after
	}
	return cancel
}

// mootBy is the moments that an event makes moot.
func mootBy(before Case, e Event) []Moment {
	sinceStart := []Moment{
		ReminderOf(ClockStart), ReminderOf(ClockSignatures), ReminderOf(ClockEquipe), ReminderOf(ClockReview),
		ReminderOf(ClockHandover), ReminderOf(ClockCap), ReminderOf(ClockMonitoring),
	}
	switch e.Kind {
	case Admitted, Waitlisted:
		return []Moment{ReminderOf(ClockScreening), ReminderOf(ClockWaitlistCheck)}
	case Completed:
		return []Moment{ReminderOf(ClockCompletion)}
	case Proposed, Accepted, Declined:
		return []Moment{MomentProposal, ReminderOf(ClockAcceptance), ReminderOf(ClockAssignment)}
	case PlanSubmitted:
		return []Moment{ReminderOf(ClockPlan), MomentSignatureRequested}
	case PlanInForce:
		return []Moment{ReminderOf(ClockSignatures), MomentSignatureRequested}
	case Started:
		return []Moment{ReminderOf(ClockStart)}
	case StartMoved: // and what was still to be told of the start that was, confirmed by mistake or planned
		return append(sinceStart, MomentStartConfirmed, MomentActivated, MomentStarted, MomentChanged)
	case MeetingRecorded:
		return []Moment{ReminderOf(ClockEquipe)}
	case Renewed:
		return []Moment{ReminderOf(ClockReview)}
	case Corrected:
		if e.Facts.EventSeq == before.StartSeq {
			return sinceStart
		}
	case OutcomeCompletedLate:
		return []Moment{ReminderOf(ClockOutcome)}
	}
	return nil
}

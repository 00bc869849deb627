package discharge

import (
	"slices"

	"dimissioni/internal/calendar"
)

func careNotices(before, after Case, e Event) []Notice {
	person := Recipient{Kind: ToPerson}
	switch e.Kind {
	case Started:
		return []Notice{
			{Moment: MomentStartConfirmed, To: []Recipient{after.sender(e)}},
			{Moment: MomentActivated, To: after.network(Recipient{Kind: ToHospital})},
			{Moment: MomentStarted, To: []Recipient{person}},
		}
	case StartMoved:
		if before.StartPlannedOn.IsZero() {
			return nil // planned for the first time, by an urgent start
		}
		return tell(MomentChanged, person, after.partner())
	case Corrected:
		if e.Facts.EventSeq != before.StartSeq {
			return nil
		}
		return tell(MomentChanged, person, after.partner(), after.caseManager(e))
	case Renewed:
		return []Notice{{Moment: MomentRenewed, To: after.network()}, {Moment: MomentChanged, To: []Recipient{person}}}
	case Suspended:
		return []Notice{{Moment: MomentSuspended, To: after.network()}}
	case Resumed:
		return []Notice{{Moment: MomentResumed, To: after.network()}}
	case Missed:
		if e.Facts.Clock == ClockReview {
			return tell(MomentTechnicalExtension, after.partner(), after.caseManager(e))
		}
	case ReadmissionNoticed:
		return []Notice{{Moment: MomentReadmission, To: []Recipient{coordinators, after.caseManager(e)}, At: e.At}}
	case Reminded:
		if week := after.Rules.Calendar.OnOrBefore(after.CapOn().AddDays(-7)); e.Facts.Clock == ClockCap && e.On == week {
			return tell(MomentEndsIn7Days, person)
		}
	}
	return nil
}

func meetingNotices(before, after Case, e Event) []Notice {
	switch e.Kind {
	case MeetingConvened:
		return after.invitation(MomentMeetingConvened, *after.Convened, e)
	case MeetingMoved:
		return after.invitation(MomentMeetingMoved, *after.Convened, e)
	case MeetingCalledOff:
		return before.cancelledInvitation(e)
	case MeetingRecorded:
		if e.Facts.Decision != "continue" {
			return tell(MomentMeetingDecision, coordinators)
		}
	}
	return nil
}

// invitation writes to everyone invited.
func (c Case) invitation(moment Moment, m Meeting, e Event) []Notice {
	var to []Recipient
	for _, who := range m.Invited {
		to = append(to, c.invited(who, e)...)
	}
	return []Notice{{Moment: moment, To: to, Meeting: &m}}
}

func (c Case) invited(who string, e Event) []Recipient {
	switch who {
	case "coordinator":
		return []Recipient{coordinators}
	case "case_manager":
		return []Recipient{c.caseManager(e)}
	case "hospital_contact":
		return []Recipient{{Kind: ToHospital}}
	case "partner_manager":
		return []Recipient{c.partner()}
	case "municipality":
		return []Recipient{{Kind: ToMunicipality}}
	case "gp":
		return []Recipient{{Kind: ToGP}}
	case "territorial":
		return []Recipient{{Kind: ToTerritorial}}
	case "patient":
		return []Recipient{{Kind: ToPatient}}
	case "caregiver":
		return []Recipient{{Kind: ToCaregiver}}
	default:
		return []Recipient{{Kind: ToPerson}}
	}
}

// cancelledInvitation calls off the open invitation, with the next sequence, as iCalendar wants.
func (c Case) cancelledInvitation(e Event) []Notice {
	if c.Convened == nil || !c.Convened.At.After(e.At) {
		return nil
	}
	m := *c.Convened
	m.Sequence++
	notices := c.invitation(MomentMeetingCancelled, m, e)
	if e.Facts.Cause == CauseDeath {
		notices[0].To = slices.DeleteFunc(notices[0].To, Recipient.family)
	}
	return notices
}

// family reports whether the recipient is the person or somebody of the family, who hear nothing after a death.
func (r Recipient) family() bool {
	switch r.Kind {
	case ToPerson, ToPatient, ToCaregiver, ToRepresentative:
		return true
	default:
		return false
	}
}

func endNotices(before, after Case, e Event) []Notice {
	death := e.Facts.Cause == CauseDeath
	switch e.Kind {
	case Closed:
		notices := before.cancelledInvitation(e)
		if death {
			return append(notices, Notice{Moment: MomentClosed, To: after.network()})
		}
		return append(notices,
			Notice{Moment: MomentClosed, To: after.network(Recipient{Kind: ToHospital}, after.caseManager(e))},
			Notice{Moment: MomentEnded, To: []Recipient{{Kind: ToPerson}}})
	case NotStarted:
		notices := append(before.cancelledInvitation(e), before.revoked()...)
		to := []Recipient{coordinators, after.sender(e), after.partner(), after.caseManager(e)}
		if death && after.State == StateNotStarted && !after.PartnerSince.IsZero() {
			to = append(to, after.network()[1:]...)
		}
		return append(append(notices, Notice{Moment: MomentNotStarted, To: to}), after.noFollowUp()...)
	case Cancelled:
		notices := append(before.cancelledInvitation(e), before.revoked()...)
		to := []Recipient{after.sender(e), after.partner(), after.caseManager(e)}
		return append(append(notices, Notice{Moment: MomentCancelled, To: to}), after.noFollowUp()...)
	case Reopened:
		return []Notice{{Moment: MomentReopened, To: after.network(after.caseManager(e))}}
	}
	return nil
}

// revoked tells a partner that was asked that there is nothing to answer any more.
func (c Case) revoked() []Notice {
	if c.Proposal == nil {
		return nil
	}
	return tell(MomentProposalRevoked, Recipient{Kind: ToPartner, ID: c.Proposal.PartnerID})
}

// reminderNotices makes one mail a person out of the reminders of a day, the most pressing clock first.
func reminderNotices(c Case, reminders []Event) []Notice {
	var notices []Notice
	for _, e := range reminders {
		line := Reminder{Clock: e.Facts.Clock, DueOn: e.Facts.DueOn.String(), Why: c.whyOf(e)}
		for _, to := range present(c.reminded(e)) {
			i := slices.IndexFunc(notices, func(n Notice) bool { return n.To[0] == to })
			if i < 0 {
				notices = append(notices, Notice{
					Moment: ReminderOf(e.Facts.Clock), To: []Recipient{to}, Round: e.Seq, At: e.At,
					Clocks: []Reminder{line},
				})
				continue
			}
			notices[i].Clocks = append(notices[i].Clocks, line)
		}
	}
	return notices
}

func (c Case) whyOf(e Event) string {
	for _, d := range c.Deadlines(e.At) {
		if d.Kind == e.Facts.Clock && d.DueOn == e.Facts.DueOn {
			return d.Why
		}
	}
	return ""
}

// reminded is who a clock's reminder goes to.
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
		if e.On.Before(c.Rules.Calendar.OnOrBefore(c.StartOn.AddDays(8))) {
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
}

// MailsToCancel says which of the messages queued before the batch must not go out any more. The batch's own
// notices are not meant. When a case ends everything stops but what others must still hear.
func MailsToCancel(before Case, events []Event) MailCancel {
	var cancel MailCancel
	c := before
	for _, e := range events {
		after := c.Apply(e)
		if after.State.Final() && !c.State.Final() {
			return MailCancel{All: true, Except: []Moment{
				MomentDeliveryFailed, MomentCommandRefused, MomentFundsReleased, MomentMeetingCancelled, MomentProposalRevoked,
			}}
		}
		cancel.Moments = append(cancel.Moments, mootBy(e)...)
		c = after
	}
	return cancel
}

func mootBy(e Event) []Moment {
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
	case Started, StartMoved:
		return []Moment{ReminderOf(ClockStart)}
	case MeetingRecorded:
		return []Moment{ReminderOf(ClockEquipe)}
	case Renewed:
		return []Moment{ReminderOf(ClockReview)}
	default:
		return nil
	}
}

package discharge

import (
	"slices"
	"time"

	"dimissioni/internal/calendar"
)

// Notices says who must hear of a batch of events that were recorded together, in the order of the events. before
// is the case as it was. DOMAIN, Notifications.
func Notices(before Case, events []Event) []Notice {
	var notices []Notice
	var reminders []Event
	c := before
	for _, e := range events {
		after := c.Apply(e)
		if e.Kind == Reminded {
			reminders = append(reminders, e)
		}
		for _, n := range noticesOf(c, after, e) {
			n.Round = e.Seq
			n.To = after.mayHear(n)
			notices = append(notices, after.timed(n, e.At)...)
		}
		c = after
	}
	return append(notices, reminderNotices(c, reminders)...)
}

// mayHear keeps those of a notice's recipients who may be written to: once each, never a partner or case manager not
// yet known, never whom the person does not share the case with, and nobody of the family after the end, but for the
// notice of the end itself and, unless the person died, for what calls off a meeting.
func (c Case) mayHear(n Notice) []Recipient {
	var to []Recipient
	for _, r := range n.To {
		unknown := r.ID == "" && (r.Kind == ToPartner || r.Kind == ToCaseManager || r.Kind == ToUser)
		ending := n.Moment == MomentEnded || n.Moment == MomentMeetingCancelled
		silent := r.family() && (c.Died() || c.State.Final() && !ending)
		if !unknown && !silent && !c.unshared(r) && !slices.Contains(to, r) {
			to = append(to, r)
		}
	}
	return to
}

// unshared reports whether the person has not agreed that a recipient be told.
func (c Case) unshared(r Recipient) bool {
	switch r.Kind {
	case ToGP, ToMunicipality, ToTerritorial:
		return !c.SharesWith(string(r.Kind))
	default:
		return false
	}
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

// timed gives a notice the first instant at which it may go out: in working hours, but at once what is urgent and
// meant for the coordinators, or a proposal. A notice for both becomes two.
func (c Case) timed(n Notice, now time.Time) []Notice {
	var at, later []Recipient
	for _, r := range n.To {
		if !n.At.IsZero() || c.UrgentAt(now) && (r.Kind == ToCoordinators || n.Moment == MomentProposal) {
			at = append(at, r)
		} else {
			later = append(later, r)
		}
	}
	var notices []Notice
	for _, part := range []struct {
		to []Recipient
		at time.Time
	}{{at, now}, {later, c.Rules.Calendar.NextOpening(now)}} {
		if len(part.to) > 0 {
			n.To, n.At = part.to, part.at
			notices = append(notices, n)
		}
	}
	return notices
}

// noticesOf dispatches on what happened.
func noticesOf(before, after Case, e Event) []Notice {
	switch e.Kind {
	case Submitted, Completed, DetailsUpdated:
		return receivedNotices(before, after, e)
	case InformationRequested:
		return tell(MomentInformationRequested, after.sender(e))
	case Admitted:
		return tell(MomentAdmitted, after.sender(e))
	case Waitlisted:
		return tell(MomentWaitlisted, after.sender(e))
	case Rejected:
		return append(tell(MomentRejected, after.sender(e)), after.noFollowUp()...)
	case Proposed, Accepted, Declined, Returned, CaseManagerAppointed:
		return assignmentNotices(before, after, e)
	case DischargeUpdated:
		return tell(MomentDischargeMoved, coordinators, after.partner(), after.caseManager(e))
	case PlanSubmitted, PlanInForce:
		return planNotices(before, after, e)
	case Started, StartMoved, Renewed, Suspended, Resumed, Missed, ReadmissionNoticed, Reminded, Corrected:
		return careNotices(before, after, e)
	case MeetingConvened, MeetingMoved, MeetingCalledOff, MeetingRecorded:
		return meetingNotices(before, after, e)
	case NotStarted, Closed, Cancelled, Reopened:
		return endNotices(before, after, e)
	case DeliveryFailed:
		return []Notice{{Moment: MomentDeliveryFailed, To: []Recipient{coordinators}, Notifications: e.Facts.Notifications}}
	case WrongDelivery:
		return []Notice{{
			Moment: MomentWrongDelivery, To: []Recipient{{Kind: ToDPO}}, At: e.At, Notifications: e.Facts.Notifications,
		}}
	case CommandRefused:
		return tell(MomentCommandRefused, Recipient{Kind: ToUser, ID: e.Facts.RefusedUserID})
	default:
		return nil
	}
}

var (
	coordinators = Recipient{Kind: ToCoordinators}
	person       = Recipient{Kind: ToPerson}
)

func tell(m Moment, to ...Recipient) []Notice { return []Notice{{Moment: m, To: to}} }

// sender is who sent the referral, or after the discharge the hospital's contacts.
func (c Case) sender(e Event) Recipient {
	if c.Rules.ScreenedBy == RoleMunicipality {
		return Recipient{Kind: ToUser, ID: c.SenderID}
	}
	if on := c.DischargedOn; !on.IsZero() && !on.After(calendar.DateOf(e.At)) {
		return Recipient{Kind: ToHospital}
	}
	return Recipient{Kind: ToSender}
}

func (c Case) partner() Recipient { return Recipient{Kind: ToPartner, ID: c.PartnerID} }

func (c Case) caseManager(e Event) Recipient {
	return Recipient{Kind: ToCaseManager, ID: c.CaseManagerOn(calendar.DateOf(e.At))}
}

// network is who cares around the person, and whoever else is named.
func (c Case) network(more ...Recipient) []Recipient {
	return append([]Recipient{c.partner(), {Kind: ToGP}, {Kind: ToMunicipality}}, more...)
}

func receivedNotices(before, after Case, e Event) []Notice {
	var notices []Notice
	if e.Kind == Submitted && after.Rules.ScreenedBy == RoleCoordinator {
		notices = tell(MomentReferralReceived, coordinators)
	}
	if e.Kind == Completed && before.asked() {
		notices = tell(MomentInformationGiven, coordinators)
	}
	if before.EarlyNoticeAt.IsZero() && !after.EarlyNoticeAt.IsZero() {
		notices = append(notices, tell(MomentEarlyNotice, after.earlyNoticed()...)...)
	}
	return notices
}

// earlyNoticed is who was ticked for the early notice.
func (c Case) earlyNoticed() []Recipient {
	var to []Recipient
	for _, who := range c.EarlyNotice {
		to = append(to, Recipient{Kind: RecipientKind(who)}) // gp, municipality, territorial
	}
	return to
}

// noFollowUp tells whoever had the early notice that nothing follows.
func (c Case) noFollowUp() []Notice {
	if c.EarlyNoticeAt.IsZero() {
		return nil
	}
	return tell(MomentNoFollowUp, c.earlyNoticed()...)
}

func assignmentNotices(before, after Case, e Event) []Notice {
	var notices []Notice
	switch e.Kind {
	case Proposed:
		notices = append(tell(MomentProposal, Recipient{Kind: ToPartner, ID: e.Facts.PartnerID}), before.revoked("")...)
	case Accepted:
		notices = before.revoked(e.Facts.PartnerID)
		if !e.Telephone {
			notices = append(notices, tell(MomentProposalAccepted, coordinators)...)
		}
		if before.PartnerID != "" {
			notices = append(notices, tell(MomentPartnerChanged, before.partner(), before.caseManager(e))...)
		}
		if after.State.InCare() {
			notices = append(notices, tell(MomentChanged, person)...)
		}
	case Declined:
		notices = tell(MomentProposalDeclined, coordinators)
	case Returned:
		notices = tell(MomentCaseReturned, coordinators)
	case CaseManagerAppointed:
		notices = tell(MomentCaseManagerAppointed, Recipient{Kind: ToCaseManager, ID: e.Facts.UserID})
	}
	return notices
}

// revoked tells a partner that was asked that there is nothing to answer any more, unless it is the one that accepts.
func (c Case) revoked(accepts string) []Notice {
	if c.Proposal == nil || c.Proposal.PartnerID == accepts {
		return nil
	}
	return tell(MomentProposalRevoked, Recipient{Kind: ToPartner, ID: c.Proposal.PartnerID})
}

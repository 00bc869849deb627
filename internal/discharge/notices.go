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
			if n.At.IsZero() {
				n.At = after.speakAt(e.At, n)
			}
			if n.To = present(n.To); len(n.To) > 0 {
				notices = append(notices, n)
			}
		}
		c = after
	}
	return append(notices, reminderNotices(c, reminders)...)
}

// present drops recipients that nobody stands behind: a partner or case manager not yet known.
func present(to []Recipient) []Recipient {
	return slices.DeleteFunc(to, func(r Recipient) bool {
		return r.ID == "" && (r.Kind == ToPartner || r.Kind == ToCaseManager || r.Kind == ToUser)
	})
}

// speakAt is the first instant at which a notice may go out: at once when urgent and meant for the coordinators
// or a proposal, otherwise in working hours.
func (c Case) speakAt(now time.Time, n Notice) time.Time {
	toCoordinators := slices.ContainsFunc(n.To, func(r Recipient) bool { return r.Kind == ToCoordinators })
	if c.UrgentAt(now) && (n.Moment == MomentProposal || toCoordinators) {
		return now
	}
	return c.Rules.Calendar.NextOpening(now)
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
	case CommandRefused:
		return tell(MomentCommandRefused, Recipient{Kind: ToUser, ID: e.Facts.RefusedUserID})
	default:
		return nil
	}
}

var coordinators = Recipient{Kind: ToCoordinators}

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

// network is who cares around the partner and may be told.
func (c Case) network(more ...Recipient) []Recipient {
	to := []Recipient{c.partner()}
	if c.SharesWith("gp") {
		to = append(to, Recipient{Kind: ToGP})
	}
	if c.SharesWith("municipality") {
		to = append(to, Recipient{Kind: ToMunicipality})
	}
	return append(to, more...)
}

func receivedNotices(before, after Case, e Event) []Notice {
	var notices []Notice
	if e.Kind == Submitted && after.Rules.ScreenedBy == RoleCoordinator {
		notices = tell(MomentReferralReceived, coordinators)
	}
	if e.Kind == Completed && slices.ContainsFunc(before.Questions, func(q Question) bool { return q.AnsweredAt.IsZero() }) {
		notices = tell(MomentInformationGiven, coordinators)
	}
	if before.EarlyNoticeAt.IsZero() && !after.EarlyNoticeAt.IsZero() {
		notices = append(notices, Notice{Moment: MomentEarlyNotice, To: after.earlyNoticed()})
	}
	return notices
}

// earlyNoticed is who was ticked for the early notice.
func (c Case) earlyNoticed() []Recipient {
	var to []Recipient
	for _, who := range c.EarlyNotice {
		switch who {
		case "gp":
			to = append(to, Recipient{Kind: ToGP})
		case "municipality":
			to = append(to, Recipient{Kind: ToMunicipality})
		case "territorial":
			to = append(to, Recipient{Kind: ToTerritorial})
		}
	}
	return to
}

// noFollowUp tells whoever had the early notice that nothing follows.
func (c Case) noFollowUp() []Notice {
	if c.EarlyNoticeAt.IsZero() {
		return nil
	}
	return []Notice{{Moment: MomentNoFollowUp, To: c.earlyNoticed()}}
}

func assignmentNotices(before, after Case, e Event) []Notice {
	var notices []Notice
	switch e.Kind {
	case Proposed:
		if !e.Telephone {
			notices = tell(MomentProposal, Recipient{Kind: ToPartner, ID: e.Facts.PartnerID})
		}
		if p := before.Proposal; p != nil && p.PartnerID != e.Facts.PartnerID {
			notices = append(notices, tell(MomentProposalRevoked, Recipient{Kind: ToPartner, ID: p.PartnerID})...)
		}
	case Accepted:
		if !e.Telephone {
			notices = tell(MomentProposalAccepted, coordinators)
		}
		if before.PartnerID != "" {
			old := []Recipient{before.partner(), before.caseManager(e)}
			notices = append(notices, Notice{Moment: MomentPartnerChanged, To: old})
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

func planNotices(before, after Case, e Event) []Notice {
	if e.Kind == PlanInForce {
		if before.PlanInForce == 0 || !after.State.InCare() {
			return nil
		}
		return append([]Notice{{Moment: MomentReplanned, To: after.network()}},
			tell(MomentChanged, Recipient{Kind: ToPerson})...)
	}
	var to []Recipient
	for _, signer := range after.MissingSigners() {
		switch signer {
		case "coordinator":
			to = append(to, coordinators)
		case "case_manager":
			to = append(to, after.caseManager(e))
		case "patient":
			to = append(to, Recipient{Kind: ToPatient}, Recipient{Kind: ToRepresentative})
		case "caregiver":
			to = append(to, Recipient{Kind: ToCaregiver})
		}
	}
	return []Notice{{Moment: MomentSignatureRequested, To: to}}
}

package discharge

import "slices"

func planNotices(before, after Case, e Event) []Notice {
	if e.Kind == PlanInForce {
		if before.PlanInForce == 0 || !after.State.InCare() {
			return nil
		}
		return append(tell(MomentReplanned, after.network()...), tell(MomentChanged, person)...)
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
	return tell(MomentSignatureRequested, to...)
}

func careNotices(before, after Case, e Event) []Notice {
	switch e.Kind {
	case Started:
		return slices.Concat(
			tell(MomentStartConfirmed, after.sender(e)),
			tell(MomentActivated, after.network(Recipient{Kind: ToHospital})...),
			tell(MomentStarted, person))
	case StartMoved:
		if before.StartPlannedOn.IsZero() {
			return nil // planned for the first time, by an urgent start
		}
		return tell(MomentChanged, person, after.partner())
	case Corrected:
		if after.State.Final() || e.Facts.EventSeq != before.StartSeq {
			return nil
		}
		return tell(MomentChanged, person, after.partner(), after.caseManager(e))
	case Renewed:
		return append(tell(MomentRenewed, after.network()...), tell(MomentChanged, person)...)
	case Suspended:
		return tell(MomentSuspended, after.network()...)
	case Resumed:
		return tell(MomentResumed, after.network()...)
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
		return movedInvitation(before, after, e)
	case MeetingCalledOff:
		return before.cancelledInvitation(e)
	case MeetingRecorded:
		if e.Facts.Decision != "continue" {
			return tell(MomentMeetingDecision, coordinators)
		}
	}
	return nil
}

// movedInvitation tells the new date to whoever was invited, invites the others, and calls it off for whoever is not
// invited any more.
func movedInvitation(before, after Case, e Event) []Notice {
	m := *after.Convened
	stay, come, leave := m, m, m
	stay.Invited, come.Invited, leave.Invited = nil, nil, nil
	for _, who := range m.Invited {
		if slices.Contains(before.Convened.Invited, who) {
			stay.Invited = append(stay.Invited, who)
		} else {
			come.Invited = append(come.Invited, who)
		}
	}
	for _, who := range before.Convened.Invited {
		if !slices.Contains(m.Invited, who) {
			leave.Invited = append(leave.Invited, who)
		}
	}
	leave.At = before.Convened.At
	return slices.Concat(
		after.invitation(MomentMeetingMoved, stay, e),
		after.invitation(MomentMeetingConvened, come, e),
		after.invitation(MomentMeetingCancelled, leave, e))
}

// invitation writes to everyone invited.
func (c Case) invitation(moment Moment, m Meeting, e Event) []Notice {
	var to []Recipient
	for _, who := range m.Invited {
		to = append(to, c.invited(who, e))
	}
	return []Notice{{Moment: moment, To: to, Meeting: &m}}
}

func (c Case) invited(who string, e Event) Recipient {
	switch who {
	case "coordinator":
		return coordinators
	case "case_manager":
		return c.caseManager(e)
	case "partner_manager":
		return c.partner()
	default: // the others are called as the recipients are
		return Recipient{Kind: RecipientKind(who)}
	}
}

// cancelledInvitation calls off the open invitation, with the next sequence, as iCalendar wants; after a meeting's
// hour there is nothing to call off.
func (c Case) cancelledInvitation(e Event) []Notice {
	if c.Convened == nil || !c.Convened.At.After(e.At) {
		return nil
	}
	m := *c.Convened
	m.Sequence++
	return c.invitation(MomentMeetingCancelled, m, e)
}

// endNotices: whoever cares is told, the person and the family too unless the person died (see mayHear), and whatever
// was still to come is called off.
func endNotices(before, after Case, e Event) []Notice {
	calledOff := append(before.cancelledInvitation(e), before.revoked("")...)
	switch e.Kind {
	case Closed:
		return slices.Concat(calledOff,
			tell(MomentClosed, after.network(Recipient{Kind: ToHospital}, after.caseManager(e))...),
			tell(MomentEnded, person))
	case NotStarted:
		to := []Recipient{coordinators, after.sender(e), after.partner(), after.caseManager(e)}
		if after.Died() {
			to = append(to, slices.DeleteFunc(after.network(), func(r Recipient) bool {
				return !after.EarlyNoticeAt.IsZero() && slices.Contains(after.earlyNoticed(), r) // they get no_follow_up
			})...)
		}
		return slices.Concat(calledOff, tell(MomentNotStarted, to...), after.noFollowUp())
	case Cancelled:
		return slices.Concat(calledOff,
			tell(MomentCancelled, after.sender(e), after.partner(), after.caseManager(e)), after.noFollowUp())
	case Reopened:
		told := tell(MomentReopened, after.network(after.caseManager(e))...)
		if before.Died() {
			return told // by mistake: the family has heard of no end
		}
		return append(told, tell(MomentChanged, person)...)
	}
	return nil
}

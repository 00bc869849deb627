package discharge

import (
	"slices"
	"time"

	"dimissioni/internal/calendar"
)

// Apply makes an event part of the case and returns the case as it is then. It never refuses: what has happened
// has happened. The receiver is not changed, nor is anything that it shares with other copies.
func (c Case) Apply(e Event) Case {
	c.Version = e.Seq
	c = c.applyMoney(e.Facts.Money)
	switch e.Kind {
	case Submitted:
		return c.applySubmitted(e)
	case Completed, InformationRequested, DetailsUpdated, DischargeUpdated:
		return c.applyInformation(e)
	case Taken:
		c.OwnerID = e.Actor.UserID
	case Admitted, Waitlisted, Proposed, Accepted, Declined, Returned, CaseManagerAppointed:
		return c.applyAssignment(e)
	case HomeVisitRecorded:
		c.HomeVisits = append(slices.Clone(c.HomeVisits), Dated{Seq: e.Seq, On: e.Facts.HeldOn})
	case PlanSubmitted, PlanDrafted, PlanInForce, Signed:
		return c.applyPlan(e)
	case StartMoved, Started, FirstVisitLogged, Renewed, Suspended, Resumed, ReadmissionNoticed:
		return c.applyCare(e)
	case MeetingConvened, MeetingMoved, MeetingCalledOff, MeetingRecorded:
		return c.applyMeeting(e)
	case Rejected, NotStarted, Closed, OutcomeCompletedLate, Reopened, Cancelled:
		return c.applyEnd(e)
	case Corrected:
		return c.applyCorrection(e)
	case Reminded:
		c.Fired = append(slices.Clone(c.Fired), Fired{Clock: e.Facts.Clock, DueOn: e.Facts.DueOn, On: e.On})
	case Missed:
		c.Fired = append(slices.Clone(c.Fired), Fired{Clock: e.Facts.Clock, DueOn: e.Facts.DueOn})
		if e.Facts.Clock == ClockReview {
			c.ReviewMissedOn = e.Facts.DueOn
		}
	case DeliveryFailed, CommandRefused, WrongDelivery:
		// On the timeline; the case itself stays as it is.
	}
	return c
}

// firstDate is the first of the dates that is given.
func firstDate(dates ...calendar.Date) calendar.Date {
	for _, d := range dates {
		if !d.IsZero() {
			return d
		}
	}
	return calendar.Date{}
}

func (c Case) applyMoney(m *Money) Case {
	if m == nil {
		return c
	}
	switch m.Entry {
	case EntryReserve, EntryAdjust:
		c.ReservedCents += m.AmountCents
		if m.Level == "" {
			c.ReleasedCents -= m.AmountCents // a reopening or a correction takes back what had been released
		}
	case EntryRelease:
		c.ReservedCents -= m.AmountCents
		c.ReleasedCents += m.AmountCents
	case EntrySpend:
		// Expenses are not events of the case.
	}
	return c
}

func (c Case) applySubmitted(e Event) Case {
	f := e.Facts
	c.State = StateSubmitted
	c.Code, c.Rules = f.Code, *f.Rules
	c.HospitalID, c.WardID, c.SenderID = f.HospitalID, f.WardID, e.Actor.UserID
	c.SubmittedAt, c.SubmittedOn = e.At, e.On
	c.Missing, c.Informed, c.ShareWith, c.EarlyNotice = f.Missing, f.Informed, f.ShareWith, f.EarlyNotice
	c.Marked, c.ExpectedOn, c.DischargedOn, c.AlreadyHome = f.Marked, f.ExpectedOn, f.DischargedOn, f.AlreadyHome
	c.Level = f.Level
	return c.learned(e).noticedEarly(e)
}

// applyInformation is what becomes known of the person and of the stay; it moves no state.
func (c Case) applyInformation(e Event) Case {
	f := e.Facts
	switch e.Kind {
	case InformationRequested:
		c.Questions = append(slices.Clone(c.Questions), Question{Seq: e.Seq, AskedAt: e.At})
	case Completed:
		c.Missing = f.Missing
		c.Questions = slices.Clone(c.Questions)
		for i := range c.Questions {
			if c.Questions[i].AnsweredAt.IsZero() {
				c.Questions[i].AnsweredAt = e.At
			}
		}
	case DetailsUpdated:
		switch {
		case len(f.WhatFollows) == 0:
		case c.Exit != nil:
			c.Exit = c.Exit.followedBy(f.WhatFollows, f.From, e.At)
		default:
			c.HandoverAt, c.WhatFollows, c.FollowsFrom = e.At, f.WhatFollows, f.From
		}
	case DischargeUpdated:
		c.DischargedOn = f.DischargedOn
		if f.DischargedOn.IsZero() {
			c.ExpectedOn, c.AlreadyHome = f.ExpectedOn, false // not discharged yet, whatever was said before
		}
		return c.learned(e)
	}
	if f.Sharing {
		c.ShareWith, c.Informed = f.ShareWith, f.Informed
	}
	return c.noticedEarly(e)
}

// learned remembers what is known of the discharge's day from the event on.
func (c Case) learned(e Event) Case {
	c.Discharges = append(slices.Clone(c.Discharges), Known{At: e.At, On: c.DischargeOn()})
	return c
}

// noticedEarly remembers that the early notices went out: asked for, and the person informed.
func (c Case) noticedEarly(e Event) Case {
	if c.EarlyNoticeAt.IsZero() && len(c.EarlyNotice) > 0 && c.Informed && c.State.BeforeStart() {
		c.EarlyNoticeAt = e.At
	}
	return c
}

func (c Case) applyAssignment(e Event) Case {
	f := e.Facts
	switch e.Kind {
	case Admitted:
		c.State, c.Level, c.Derogation = StateMatching, f.Level, f.Derogation
		c.AdmittedAt, c.UnassignedAt = e.At, e.At
		return c.screened(e)
	case Waitlisted:
		c.State, c.WaitlistedAt = StateWaitlisted, e.At
		if f.Level != "" {
			c.Level = f.Level
		}
		return c.screened(e)
	case Proposed:
		c.Proposal = &Proposal{Seq: e.Seq, PartnerID: f.PartnerID, At: e.At, Reassign: c.State.HasPartner()}
		c.UnassignedAt = time.Time{}
		if !c.State.HasPartner() {
			c.State = StateProposed
		}
	case Declined:
		c.Proposal = nil
		if c.State == StateProposed {
			c.State = StateMatching
		}
		if c.State == StateMatching || !c.ReturnedAt.IsZero() {
			c.UnassignedAt = e.At
		}
	case Returned:
		c.ReturnedAt, c.UnassignedAt = e.At, e.At
	case Accepted:
		return c.applyAccepted(e)
	case CaseManagerAppointed:
		c.CaseManagers = append(slices.Clone(c.CaseManagers), Appointment{
			Seq: e.Seq, UserID: f.UserID, From: f.From, To: f.To, SubstituteFor: f.SubstituteFor,
		})
	}
	return c
}

// screened remembers when the coordinator first looked at the referral.
func (c Case) screened(e Event) Case {
	if c.ScreenedAt.IsZero() {
		c.ScreenedAt = e.At
	}
	return c
}

// applyAccepted gives the case to a partner. The one that served until then becomes a former one, and its case
// managers are in charge until the day before.
func (c Case) applyAccepted(e Event) Case {
	if c.State.HasPartner() {
		c.FormerPartners = append(slices.Clone(c.FormerPartners), Former{PartnerID: c.PartnerID, Until: e.On})
		c.CaseManagers = endedBefore(e.On, c.CaseManagers)
	} else {
		c.State = StatePlanning
	}
	c.PartnerID, c.PartnerSince = e.Facts.PartnerID, e.At
	c.Proposal = nil
	c.ReturnedAt, c.UnassignedAt = time.Time{}, time.Time{}
	return c
}

// endedBefore is the appointments that are or were in charge before a day, none of them later.
func endedBefore(day calendar.Date, appointments []Appointment) []Appointment {
	var ended []Appointment
	for _, a := range appointments {
		if !a.From.Before(day) {
			continue
		}
		if last := day.AddDays(-1); a.To.IsZero() || a.To.After(last) {
			a.To = last
		}
		ended = append(ended, a)
	}
	return ended
}

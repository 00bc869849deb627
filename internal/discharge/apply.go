package discharge

import (
	"slices"
	"time"

	"dimissioni/internal/calendar"
)

// Apply makes an event part of the case and returns the case as it is then. It never refuses: what has happened
// has happened. The receiver is not changed.
func (c Case) Apply(e Event) Case {
	c.Version = e.Seq
	c = c.applyMoney(e.Facts.Money)
	f := e.Facts
	switch e.Kind {
	case Submitted:
		return c.applySubmitted(e)
	case Completed:
		c.Missing = f.Missing
		c.Questions = slices.Clone(c.Questions)
		for i := range c.Questions {
			if c.Questions[i].AnsweredAt.IsZero() {
				c.Questions[i].AnsweredAt = e.At
			}
		}
		return c.applySharing(e)
	case InformationRequested:
		c.Questions = append(slices.Clone(c.Questions), Question{Seq: e.Seq, AskedAt: e.At})
	case DetailsUpdated:
		if len(f.WhatFollows) > 0 && c.Exit != nil {
			c.Exit = c.Exit.followedBy(f, e)
		} else if len(f.WhatFollows) > 0 {
			c.HandoverAt = e.At
		}
		return c.applySharing(e)
	case DischargeUpdated:
		c.ExpectedOn = firstDate(f.ExpectedOn, c.ExpectedOn)
		c.DischargedOn = firstDate(f.DischargedOn, c.DischargedOn)
	case Taken:
		c.OwnerID = e.Actor.UserID
	case Admitted, Waitlisted, Proposed, Accepted, Declined, Returned, CaseManagerAppointed:
		return c.applyAssignment(e)
	case HomeVisitRecorded:
		c.HomeVisits = append(slices.Clone(c.HomeVisits), Dated{Seq: e.Seq, On: f.HeldOn})
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
		c.Fired = append(slices.Clone(c.Fired), Fired{Clock: f.Clock, DueOn: f.DueOn, On: e.On})
	case Missed:
		c.Fired = append(slices.Clone(c.Fired), Fired{Clock: f.Clock, DueOn: f.DueOn})
		if f.Clock == ClockReview {
			c.ReviewMissedOn = f.DueOn
		}
	case DeliveryFailed, CommandRefused:
		// On the timeline; the case itself stays as it is.
	}
	return c
}

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
	c.SubmittedAt = e.At
	c.Missing, c.Informed, c.ShareWith, c.EarlyNotice = f.Missing, f.Informed, f.ShareWith, f.EarlyNotice
	c.Marked, c.ExpectedOn, c.DischargedOn, c.AlreadyHome = f.Marked, f.ExpectedOn, f.DischargedOn, f.AlreadyHome
	c.Level = f.Level
	return c.noticedEarly(e)
}

func (c Case) applySharing(e Event) Case {
	if !e.Facts.Sharing {
		return c
	}
	c.ShareWith, c.Informed = e.Facts.ShareWith, e.Facts.Informed
	return c.noticedEarly(e)
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
		if c.ScreenedAt.IsZero() {
			c.ScreenedAt = e.At
		}
	case Waitlisted:
		c.State, c.WaitlistedAt = StateWaitlisted, e.At
		if f.Level != "" {
			c.Level = f.Level
		}
		if c.ScreenedAt.IsZero() {
			c.ScreenedAt = e.At
		}
	case Proposed:
		c.Proposal = &Proposal{Seq: e.Seq, PartnerID: f.PartnerID, At: e.At, Reassign: c.State.HasPartner()}
		if !c.State.HasPartner() {
			c.State = StateProposed
		}
	case Declined:
		c.Proposal = nil
		if c.State == StateProposed {
			c.State, c.UnassignedAt = StateMatching, e.At
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

func (c Case) applyAccepted(e Event) Case {
	if c.State == StateProposed {
		c.State = StatePlanning
	} else if c.PartnerID != "" {
		c.FormerPartners = append(slices.Clone(c.FormerPartners), Former{PartnerID: c.PartnerID, Until: e.On})
		c.CaseManagers = nil
	}
	c.PartnerID, c.PartnerSince = e.Facts.PartnerID, e.At
	c.Proposal = nil
	c.ReturnedAt, c.UnassignedAt = time.Time{}, time.Time{}
	return c
}

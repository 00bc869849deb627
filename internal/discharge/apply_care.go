package discharge

import (
	"slices"
	"time"

	"dimissioni/internal/calendar"
)

func (c Case) applyPlan(e Event) Case {
	f := e.Facts
	switch e.Kind {
	case PlanDrafted:
		c.PlanDraft = true
	case PlanInForce:
		c.PlanInForce, c.PlanPending = f.Version, 0
		c.PeriodAt = e.At
		if c.State == StateSigning {
			c.State = StateReady
		}
	case Signed:
		c.Signatures = append(slices.Clone(c.Signatures), Signature{
			Seq: e.Seq, Version: f.Version, Signer: f.Signer, Method: f.Method, SignedOn: f.SignedOn,
		})
	case PlanSubmitted:
		return c.applyPlanSubmitted(e)
	}
	return c
}

func (c Case) applyPlanSubmitted(e Event) Case {
	f := e.Facts
	previous, has := c.latestPlan()
	c.Plans = append(slices.Clone(c.Plans), Plan{
		Version: f.Version, Seq: e.Seq, At: e.At, Level: f.Level, StartPlannedOn: f.StartPlannedOn, Days: f.Days,
		Interventions: f.Interventions, MonitoringOn: f.MonitoringOn, CaregiverPart: f.CaregiverPart,
	})
	c.Level, c.PlanDraft = f.Level, false
	c.PlanPending = f.Version
	if !f.SignaturesVoid && has {
		c.Signatures = slices.Clone(c.Signatures)
		for i := range c.Signatures {
			if c.Signatures[i].Version == previous.Version {
				c.Signatures[i].Version = f.Version
			}
		}
	}
	if !c.State.BeforeStart() {
		return c
	}
	c.State = StateSigning
	c.PlanInForce = 0
	if f.StartPlannedOn != c.StartPlannedOn {
		c.StartPlannedOn, c.StartPlannedAt = f.StartPlannedOn, e.At
	}
	return c
}

func (c Case) applyCare(e Event) Case {
	f := e.Facts
	switch e.Kind {
	case StartMoved:
		c.StartPlannedOn, c.StartPlannedAt = f.StartPlannedOn, e.At
		c.State = f.State
		c = c.unstarted()
	case Started:
		c.State = StateActive
		c.StartOn, c.StartSeq, c.StartedAt, c.PeriodAt = f.StartOn, e.Seq, e.At, e.At
		if c.StartPlannedOn.IsZero() {
			c.StartPlannedOn, c.StartPlannedAt = f.StartOn, e.At
		}
		_, planned := c.latestPlan()
		c.StartUnsigned = !planned || len(c.MissingSigners()) > 0
		if c.PlanPending != 0 {
			c.PlanInForce, c.PlanPending = c.PlanPending, 0
		}
	case FirstVisitLogged:
		c.VisitLogged = true
	case Renewed:
		c.RenewedDays += f.Days
		c.PeriodAt = e.At
	case Suspended:
		c.State, c.Readmission = StateSuspended, false
		c.Suspensions = append(slices.Clone(c.Suspensions), Suspension{Seq: e.Seq, From: e.On, ReasonCode: f.ReasonCode})
	case Resumed:
		c.State, c.Readmission = StateActive, false
		c.Suspensions = slices.Clone(c.Suspensions)
		c.Suspensions[len(c.Suspensions)-1].To = e.On
	case ReadmissionNoticed:
		c.Readmission = true
	}
	return c
}

// unstarted takes back a start that was confirmed and then moved: its plan waits again as it did before.
func (c Case) unstarted() Case {
	if c.StartOn.IsZero() {
		return c
	}
	c.StartOn, c.StartSeq, c.StartedAt = calendar.Date{}, 0, time.Time{}
	c.StartUnsigned, c.ReviewMissedOn = false, calendar.Date{}
	if c.State == StateSigning {
		if c.PlanPending == 0 {
			c.PlanPending = c.PlanInForce
		}
		c.PlanInForce = 0
	}
	return c
}

func (c Case) applyMeeting(e Event) Case {
	f := e.Facts
	switch e.Kind {
	case MeetingConvened:
		c.MeetingSeq++
		c.Convened = &Meeting{UID: c.MeetingSeq, At: f.At, Invited: f.Invited}
	case MeetingMoved:
		c.Convened = &Meeting{UID: c.Convened.UID, Sequence: c.Convened.Sequence + 1, At: f.At, Invited: f.Invited}
	case MeetingCalledOff:
		c.Convened = nil
	case MeetingRecorded:
		c.Meetings = append(slices.Clone(c.Meetings), HeldMeeting{
			Seq: e.Seq, HeldOn: f.HeldOn, Decision: f.Decision, Attendees: f.Attendees,
		})
		c.Convened = nil
	}
	return c
}

func (c Case) applyEnd(e Event) Case {
	f := e.Facts
	switch e.Kind {
	case OutcomeCompletedLate:
		exit := *c.Exit
		exit.Outcome, exit.On = Outcome(f.Outcome), f.EndedOn
		if f.Money != nil {
			exit.ReleasedCents += f.Money.AmountCents
		}
		c.Exit = exit.followedBy(f, e)
		return c
	case Reopened:
		c.State, c.Exit = StateActive, nil
		if n := len(c.Suspensions); n > 0 && c.Suspensions[n-1].To.IsZero() {
			c.State = StateSuspended
		}
		return c
	case Rejected:
		c.State = StateRejected
		c.ScreenedAt = e.At
	case NotStarted:
		c.State = StateNotStarted
	case Cancelled:
		c.State = StateCancelled
	case Closed:
		c.State = StateClosed
	}
	exit := Exit{
		Seq: e.Seq, At: e.At, On: f.EndedOn, Cause: f.Cause, Outcome: Outcome(f.Outcome), ReasonCode: f.ReasonCode,
	}
	if f.Money != nil {
		exit.ReleasedCents = f.Money.AmountCents
	}
	c.Exit = exit.followedBy(f, e)
	c.Proposal, c.Convened = nil, nil
	return c
}

// followedBy records what follows the end, when the event says so.
func (x Exit) followedBy(f Facts, e Event) *Exit {
	if len(f.WhatFollows) > 0 {
		x.WhatFollows, x.From, x.HandoverAt = f.WhatFollows, f.From, e.At
	}
	return &x
}

func (c Case) applyCorrection(e Event) Case {
	seq, to := e.Facts.EventSeq, e.Facts.Date
	if c.Exit != nil {
		exit := *c.Exit
		if seq == exit.Seq {
			exit.On = to
		}
		if m := e.Facts.Money; m != nil && m.Entry == EntryRelease {
			exit.ReleasedCents += m.AmountCents
		} else if m != nil {
			exit.ReleasedCents -= m.AmountCents
		}
		c.Exit = &exit
	}
	if seq == c.StartSeq {
		c.StartOn = to
		c.StartedAt, c.PeriodAt = e.At, e.At
	}
	c.HomeVisits = slices.Clone(c.HomeVisits)
	for i := range c.HomeVisits {
		if c.HomeVisits[i].Seq == seq {
			c.HomeVisits[i].On = to
		}
	}
	c.Meetings = slices.Clone(c.Meetings)
	for i := range c.Meetings {
		if c.Meetings[i].Seq == seq {
			c.Meetings[i].HeldOn = to
		}
	}
	c.Signatures = slices.Clone(c.Signatures)
	for i := range c.Signatures {
		if c.Signatures[i].Seq == seq {
			c.Signatures[i].SignedOn = to
		}
	}
	return c
}

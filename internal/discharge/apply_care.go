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
		c.Signatures = signaturesOf(c.Signatures, f.Version)
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

// applyPlanSubmitted makes a version wait for its signatures. Those of the version before it are carried over, unless
// what was signed has changed; those of the plan in force stay with it.
func (c Case) applyPlanSubmitted(e Event) Case {
	f := e.Facts
	previous := len(c.Plans)
	c.Plans = append(slices.Clone(c.Plans), Plan{
		Version: f.Version, Seq: e.Seq, At: e.At, Level: f.Level, StartPlannedOn: f.StartPlannedOn, Days: f.Days,
		Interventions: f.Interventions, MonitoringOn: f.MonitoringOn, CaregiverPart: f.CaregiverPart,
	})
	c.Level, c.PlanDraft = f.Level, false
	c.PlanPending = f.Version
	if c.State.BeforeStart() {
		c.State, c.PlanInForce = StateSigning, 0
		if f.StartPlannedOn != c.StartPlannedOn {
			c.StartPlannedOn, c.StartPlannedAt = f.StartPlannedOn, e.At
		}
	}
	carried := signaturesOf(c.Signatures, previous)
	c.Signatures = signaturesOf(c.Signatures, c.PlanInForce)
	if !f.SignaturesVoid {
		for _, s := range carried {
			s.Version = f.Version
			c.Signatures = append(c.Signatures, s)
		}
	}
	return c
}

// signaturesOf is a copy of the signatures of one version.
func signaturesOf(all []Signature, version int) []Signature {
	var of []Signature
	for _, s := range all {
		if s.Version == version {
			of = append(of, s)
		}
	}
	return of
}

func (c Case) applyCare(e Event) Case {
	f := e.Facts
	switch e.Kind {
	case StartMoved:
		c = c.unstarted(f.State)
		c.StartPlannedOn, c.StartPlannedAt = f.StartPlannedOn, e.At
		c.State = f.State
	case Started:
		return c.applyStarted(e)
	case FirstVisitLogged:
		c.VisitLogged = true
	case Renewed:
		c.RenewedDays += f.Days
		c.RenewedSeq, c.PeriodAt = e.Seq, e.At
		c.ReviewMissedOn = calendar.Date{}
	case Suspended:
		c.State, c.Readmission = StateSuspended, false
		c.Suspensions = append(slices.Clone(c.Suspensions), Suspension{Seq: e.Seq, From: e.On, ReasonCode: f.ReasonCode})
	case Resumed:
		c.State, c.Readmission = StateActive, false
		c.Suspensions = slices.Clone(c.Suspensions)
		c.Suspensions[len(c.Suspensions)-1].To = e.On
	case ReadmissionNoticed:
		c.Readmission = true
		if ward := e.Actor.OrgID; e.Actor.Role == RoleSender && !slices.Contains(c.NoticeWards, ward) {
			c.NoticeWards = append(slices.Clone(c.NoticeWards), ward)
		}
	}
	return c
}

// applyStarted lets care begin, under the plan that there is: signatures that are missing become a visible task.
func (c Case) applyStarted(e Event) Case {
	c.State = StateActive
	c.StartOn, c.StartSeq = e.Facts.StartOn, e.Seq
	c.StartedAt, c.StartSetAt, c.PeriodAt = e.At, e.At, e.At
	if c.StartPlannedOn.IsZero() {
		c.StartPlannedOn, c.StartPlannedAt = e.Facts.StartOn, e.At
	}
	c.StartUnsigned = len(c.Plans) == 0 || len(c.MissingSigners()) > 0
	if c.PlanPending != 0 {
		c.PlanInForce, c.PlanPending = c.PlanPending, 0
	}
	return c
}

// unstarted takes back a start that was confirmed and then moved, with all that counted from it. Its plan waits again
// for the signatures that it lacks.
func (c Case) unstarted(to State) Case {
	if c.StartOn.IsZero() {
		return c
	}
	c.StartOn, c.StartSeq = calendar.Date{}, 0
	c.StartedAt, c.StartSetAt, c.PeriodAt = time.Time{}, time.Time{}, time.Time{}
	c.StartUnsigned, c.Readmission = false, false
	c.RenewedDays, c.RenewedSeq, c.ReviewMissedOn = 0, 0, calendar.Date{}
	c.Suspensions = nil
	if to == StateSigning {
		c.PlanPending, c.PlanInForce = c.planToSign(), 0
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
		if c.Convened != nil && !calendar.DateOf(c.Convened.At).After(f.HeldOn) {
			c.Convened = nil // this is the one that was convened; a later one still stands
		}
	}
	return c
}

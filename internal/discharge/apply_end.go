package discharge

import (
	"slices"
	"time"

	"dimissioni/internal/calendar"
)

var finalState = map[EventKind]State{
	Rejected: StateRejected, NotStarted: StateNotStarted, Cancelled: StateCancelled, Closed: StateClosed,
}

func (c Case) applyEnd(e Event) Case {
	f := e.Facts
	switch e.Kind {
	case OutcomeCompletedLate:
		return c.applyOutcome(e)
	case Reopened:
		c.State, c.Exit = StateActive, nil
		if n := len(c.Suspensions); n > 0 && c.Suspensions[n-1].To.IsZero() {
			c.State = StateSuspended
		}
		return c
	case Rejected:
		c = c.screened(e)
	}
	c.State = finalState[e.Kind]
	exit := Exit{
		Seq: e.Seq, At: e.At, On: f.EndedOn, Cause: f.Cause, Outcome: Outcome(f.Outcome), ReasonCode: f.ReasonCode,
		WhatFollows: c.WhatFollows, From: c.FollowsFrom, HandoverAt: c.HandoverAt,
	}
	if f.Money != nil {
		exit.ReleasedCents = f.Money.AmountCents
	}
	c.Exit = exit.followedBy(f.WhatFollows, f.From, e.At)
	c.Proposal, c.Convened, c.Readmission, c.PlanDraft = nil, nil, false, false
	return c
}

// applyOutcome says how a case ended that the cap had closed, perhaps on an earlier day. A death ended it then.
func (c Case) applyOutcome(e Event) Case {
	f := e.Facts
	exit := *c.Exit
	exit.Outcome, exit.On, exit.OutcomeAt = Outcome(f.Outcome), f.EndedOn, e.At
	if exit.Outcome.death() {
		exit.Cause = CauseDeath
	}
	if f.Money != nil {
		exit.ReleasedCents += f.Money.AmountCents
	}
	c.Exit = exit.followedBy(f.WhatFollows, f.From, e.At)
	return c
}

// followedBy records what follows the end, when it is said.
func (x Exit) followedBy(what []string, from calendar.Date, at time.Time) *Exit {
	if len(what) > 0 {
		x.WhatFollows, x.From, x.HandoverAt = what, from, at
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
		c.StartSetAt, c.PeriodAt = e.At, e.At
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

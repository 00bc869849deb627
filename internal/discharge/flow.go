package discharge

import (
	"fmt"
	"slices"
	"time"

	"dimissioni/internal/calendar"
)

// Arrow is a way from one state to another.
type Arrow struct {
	From State // empty: there is no case yet
	By   CommandKind
	To   State
}

// Arrows derives every way from state to state from the rules themselves: it walks through them with an example of
// each command, from nothing on, and with time. What a case of dp-cremasco cannot do is not among them. In the order of
// the path.
func Arrows() []Arrow {
	var arrows []Arrow
	seen := map[string]bool{}
	ahead := []Case{{ID: "example"}}
	for len(ahead) > 0 {
		c := ahead[0]
		ahead = ahead[1:]
		for _, cmd := range examples(c) {
			next, ok := c.follow(cmd, exampleNow(c, cmd.Kind))
			if !ok {
				continue
			}
			if a := (Arrow{c.State, cmd.Kind, next.State}); a.From != a.To && !slices.Contains(arrows, a) {
				arrows = append(arrows, a)
			}
			if key := next.situation(); !seen[key] {
				seen[key] = true
				ahead = append(ahead, next)
			}
		}
	}
	order := append([]State{""}, States()...)
	slices.SortStableFunc(arrows, func(a, b Arrow) int {
		from := slices.Index(order, a.From) - slices.Index(order, b.From)
		if from != 0 {
			return from
		}
		return slices.Index(order, a.To) - slices.Index(order, b.To)
	})
	return arrows
}

// situation tells apart the cases from which other arrows may leave.
func (c Case) situation() string {
	open := slices.ContainsFunc(c.Suspensions, func(s Suspension) bool { return s.To.IsZero() })
	cause := Cause("")
	if c.Exit != nil {
		cause = c.Exit.Cause
	}
	return fmt.Sprint(c.State, c.VisitLogged, c.Proposal != nil, len(c.Plans) > 0, c.MissingSigners(), open, cause)
}

// follow is the case after a command, when it may be given.
func (c Case) follow(cmd Command, now time.Time) (Case, bool) {
	d, err := Decide(c, cmd, now)
	if err != nil || len(d.Events) == 0 {
		return c, false
	}
	for i, e := range d.Events {
		e.Seq = c.Version + i + 1
		d.Events[i] = e
	}
	for _, e := range d.Events {
		c = c.Apply(e)
	}
	return c, true
}

// The example: a referral of Monday 2 March 2026 for a discharge a week later, care from the same Monday.
var (
	exampleDay = calendar.NewDate(2026, 3, 2)
	exampleCap = exampleDay.AddDays(DefaultRules().CapDays)
)

// exampleNow is when an example is given: on the first morning, and a tick when the cap is over.
func exampleNow(c Case, kind CommandKind) time.Time {
	if kind == Tick && c.State.InCare() {
		return exampleCap.End()
	}
	return exampleDay.At(10, 0)
}

// examples is a well-formed command of every kind for a case, several where the outcome depends on what is said.
func examples(c Case) []Command {
	var all []Command
	for _, kind := range append(Commands(), LogVisit, Tick) {
		for _, f := range exampleFacts(kind, c) {
			all = append(all, Command{Kind: kind, Actor: exampleActor(kind, c), ByTelephone: true, Facts: f})
		}
	}
	return all
}

// exampleActor is somebody of the case who may give a command.
func exampleActor(kind CommandKind, c Case) Actor {
	role := table[kind].by[0]
	actor := Actor{UserID: "user", OrgID: "partner", Role: role}
	if role == RoleSender {
		actor.OrgID = "ward"
	}
	if proposal := c.Proposal; proposal != nil && (kind == Accept || kind == Decline) {
		actor.OrgID = proposal.PartnerID
	}
	return actor
}

// exampleFacts is what an example says. A command that needs nothing said has one empty example.
func exampleFacts(kind CommandKind, c Case) []Facts {
	rules := DefaultRules()
	reason := func(code string) []Facts { return []Facts{{ReasonCode: code, HasReason: true}} }
	switch kind {
	case Submit:
		return []Facts{{Rules: &rules, Code: "DP-2026-00001", WardID: "ward", ExpectedOn: exampleDay.AddDays(7)}}
	case RequestInformation, Reopen, Cancel:
		return []Facts{{HasReason: true}}
	case Screen:
		return []Facts{
			{Outcome: "admit", Level: LevelModerate},
			{Outcome: "waitlist", Level: LevelModerate},
			{Outcome: "reject", ReasonCode: "episode"},
		}
	case Propose, Reassign:
		return []Facts{{PartnerID: "partner"}, {PartnerID: "other partner"}}
	case Decline, ReturnCase:
		return reason("no_capacity")
	case UrgentStart:
		f := Facts{Level: LevelModerate, PartnerID: "partner", UserID: "user"}
		ahead := f
		ahead.StartOn = exampleDay.AddDays(7)
		return []Facts{f, ahead}
	case AppointCaseManager:
		return []Facts{{UserID: "user"}}
	case SubmitPlan:
		return []Facts{{Level: c.Level, StartPlannedOn: exampleDay}, {Level: c.Level, StartPlannedOn: exampleDay, Days: 14}}
	case Sign:
		all := make([]Facts, 0, len(Signers))
		for _, signer := range Signers {
			all = append(all, Facts{Signer: signer, Method: "in_person", HasTitle: true})
		}
		return all
	case UpdateDischarge:
		return []Facts{{ExpectedOn: exampleDay.AddDays(8)}}
	case MoveStart:
		return []Facts{{StartPlannedOn: exampleDay.AddDays(1)}}
	case ConveneMeeting:
		return []Facts{{At: exampleDay.AddDays(2).At(15, 0)}}
	case RecordMeeting:
		return []Facts{{Decision: "continue"}}
	case Renew:
		return []Facts{{Days: 7, HasReason: true}}
	case Suspend:
		return reason("hospital")
	case EndBeforeStart:
		return reason("no_partner")
	case Close, CompleteOutcome:
		return []Facts{{Outcome: string(OutcomeCompleted), WhatFollows: []string{"sad"}}}
	case Correct:
		return []Facts{{EventSeq: c.StartSeq, Date: exampleDay, HasReason: true, OwnEvent: true}}
	case Complete, UpdateDetails:
		return []Facts{{Groups: []string{"network"}}}
	default:
		return []Facts{{}}
	}
}

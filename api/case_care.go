package api

import (
	"context"
	"time"

	"dimissioni/internal/calendar"
	"dimissioni/internal/discharge"
)

// carePart is the work on the case: who cares and the coordinator.
type carePart struct {
	OwnerID           *string            `json:"owner_id"`
	ProposedPartnerID *string            `json:"proposed_partner_id"`
	RenewedDays       int                `json:"renewed_days"`
	PlanVersion       *int               `json:"plan_version"`
	Plan              *planAnswer        `json:"plan,omitempty"`
	PlanPending       *planAnswer        `json:"plan_pending,omitempty"`
	Signatures        []signatureAnswer  `json:"signatures"`
	MissingSigners    []string           `json:"missing_signers"`
	Convened          *convenedAnswer    `json:"convened"`
	Meetings          []meetingAnswer    `json:"meetings"`
	HomeVisits        []homeVisitAnswer  `json:"home_visits"`
	Suspensions       []suspensionAnswer `json:"suspensions"`
	Readmission       bool               `json:"readmission"`
	Flags             []discharge.Flag   `json:"flags"`
}

type planAnswer struct {
	Version int `json:"version"`
	planBody
}

type signatureAnswer struct {
	EventSeq    int           `json:"event_seq"`
	Signer      string        `json:"signer"`
	SignedOn    calendar.Date `json:"signed_on"`
	Method      string        `json:"method"`
	PlanVersion int           `json:"plan_version"`
}

type convenedAnswer struct {
	At      time.Time `json:"at"`
	Place   string    `json:"place,omitempty"`
	Invited []string  `json:"invited"`
}

type meetingAnswer struct {
	EventSeq  int           `json:"event_seq"`
	HeldOn    calendar.Date `json:"held_on"`
	Decision  string        `json:"decision"`
	Timing    string        `json:"timing,omitempty"` // before the start, or after the ten days: in Italian
	Complete  bool          `json:"complete"`
	Attendees []attendee    `json:"attendees"`
	Minutes   string        `json:"minutes,omitempty"`
}

type homeVisitAnswer struct {
	EventSeq int           `json:"event_seq"`
	HeldOn   calendar.Date `json:"held_on"`
	Present  []presence    `json:"present,omitempty"`
}

type suspensionAnswer struct {
	EventSeq   int            `json:"event_seq"`
	From       calendar.Date  `json:"from"`
	To         *calendar.Date `json:"to"`
	ReasonCode string         `json:"reason_code"`
}

func (s *server) careOf(ctx context.Context, v seen, said words) (*carePart, error) {
	c := v.Snapshot
	part := &carePart{
		OwnerID: text(c.OwnerID), RenewedDays: c.RenewedDays, MissingSigners: orEmpty(c.MissingSigners()),
		Readmission: c.Readmission, Flags: orEmpty(c.Flags(v.now)),
		Signatures: each(c.Signatures, func(g discharge.Signature) signatureAnswer {
			return signatureAnswer{g.Seq, g.Signer, g.SignedOn, g.Method, g.Version}
		}),
		Meetings: each(c.Meetings, func(m discharge.HeldMeeting) meetingAnswer {
			return meetingAnswer{
				m.Seq, m.HeldOn, m.Decision, c.MeetingTiming(m.HeldOn), m.Complete(), said.attendees(m),
				said.meetings[m.Seq].Minutes,
			}
		}),
		HomeVisits: each(c.HomeVisits, func(d discharge.Dated) homeVisitAnswer {
			return homeVisitAnswer{d.Seq, d.On, said.visits[d.Seq].Present}
		}),
		Suspensions: each(c.Suspensions, func(p discharge.Suspension) suspensionAnswer {
			return suspensionAnswer{p.Seq, p.From, date(p.To), p.ReasonCode}
		}),
	}
	if c.Proposal != nil {
		part.ProposedPartnerID = text(c.Proposal.PartnerID)
	}
	if c.PlanInForce > 0 {
		part.PlanVersion = &c.PlanInForce
	}
	if c.Convened != nil {
		part.Convened = &convenedAnswer{c.Convened.At, said.place, orEmpty(c.Convened.Invited)}
	}
	return part, s.addPlans(ctx, v, part)
}

// addPlans fills in the words of the plan in force and of the one that waits for signatures.
func (s *server) addPlans(ctx context.Context, v seen, part *carePart) error {
	if len(v.Snapshot.Plans) == 0 {
		return nil
	}
	plans, err := s.store.Plans(ctx, v.ID)
	if err != nil {
		return err
	}
	for _, p := range plans {
		if p.Version != v.Snapshot.PlanInForce && p.Version != v.Snapshot.PlanPending {
			continue
		}
		plan, err := planOf(p)
		if err != nil {
			return err
		}
		if p.Version == v.Snapshot.PlanInForce {
			part.Plan = &plan
		} else {
			part.PlanPending = &plan
		}
	}
	return nil
}

// orEmpty keeps null out of lists.
func orEmpty[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}

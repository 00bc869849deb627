package discharge

import (
	"slices"
	"time"

	"dimissioni/internal/calendar"
)

// Flags are what a case's page shows in red or amber at now, as stable codes. [Flag.Italian] gives the words.
func (c Case) Flags(now time.Time) []Flag {
	var flags []Flag
	add := func(on bool, f Flag) {
		if on && !slices.Contains(flags, f) {
			flags = append(flags, f)
		}
	}
	for _, d := range c.Deadlines(now) {
		add(d.Status == ClockMissed && !d.Late && d.Kind != ClockCap, clockFlag(d.Kind))
		add(d.Kind == ClockEquipe && d.Late && c.FirstMeetingInCare() != calendar.Date{}, FlagEquipeLate)
	}
	add(c.StartUnsigned && c.State.InCare() && (len(c.Plans) == 0 || len(c.MissingSigners()) > 0), FlagPlanUnsigned)
	add(c.State == StateClosed && c.Exit.Cause == CauseCap && c.Exit.Outcome == "", FlagOutcomePending)
	add(c.State == StateClosed && c.Exit.Cause != CauseDeath && c.Exit.HandoverAt.IsZero() && c.HandoverAt.IsZero(), FlagNoHandover)
	add(c.PlanDraft, FlagPlanDraft)
	add(!c.ReturnedAt.IsZero(), FlagReturned)
	add(c.Readmission, FlagReadmission)
	add(c.Derogation, FlagDerogation)
	add(c.signatureRefused(), FlagSignatureRefused)
	if n := len(c.Meetings); n > 0 {
		last := c.Meetings[n-1]
		add(!last.Complete(), FlagMeetingIncomplete)
		add(c.State.InCare() && last.Decision == "replan" && !c.plannedSince(last.Seq), FlagReplanAsked)
		add(c.State.InCare() && last.Decision == "close", FlagCloseAsked)
	}
	return flags
}

func (c Case) signatureRefused() bool {
	for _, s := range c.Signatures {
		if s.Method == "refused" && !c.State.Final() && slices.Contains(c.MissingSigners(), s.Signer) {
			return true
		}
	}
	return false
}

func (c Case) plannedSince(seq int) bool {
	last, ok := c.latestPlan()
	return ok && last.Seq > seq
}

// Flag is something that a person should see on a case.
type Flag string

// The flags. Those of a missed clock are clockFlag's.
const (
	FlagPlanUnsigned      Flag = "plan_unsigned"
	FlagEquipeMissed      Flag = "equipe_missed"
	FlagEquipeLate        Flag = "equipe_late"
	FlagReviewMissed      Flag = "review_missed" // proroga tecnica
	FlagNoHandover        Flag = "no_handover"
	FlagOutcomePending    Flag = "outcome_pending"
	FlagPlanDraft         Flag = "plan_draft"
	FlagReturned          Flag = "returned"
	FlagReadmission       Flag = "readmission"
	FlagDerogation        Flag = "derogation"
	FlagSignatureRefused  Flag = "signature_refused"
	FlagMeetingIncomplete Flag = "meeting_incomplete"
	FlagReplanAsked       Flag = "replan_asked"
	FlagCloseAsked        Flag = "close_asked"
)

func clockFlag(k ClockKind) Flag {
	switch k {
	case ClockHandover:
		return FlagNoHandover
	case ClockStart:
		return "start_unconfirmed"
	case ClockOutcome:
		return FlagOutcomePending
	default:
		return Flag(k) + "_missed"
	}
}

// DigestItem is a missed clock in somebody's daily digest. DOMAIN, Clocks, last column.
type DigestItem struct {
	Clock ClockKind
	DueOn calendar.Date
	Why   string
	To    []Recipient
}

// DigestItems lists the clocks that are missed at now and whose fact is still awaited, with who reads of them.
func (c Case) DigestItems(now time.Time) []DigestItem {
	var items []DigestItem
	for _, d := range c.Deadlines(now) {
		if d.Status != ClockMissed || d.Late || d.Kind == ClockCap {
			continue
		}
		items = append(items, DigestItem{Clock: d.Kind, DueOn: d.DueOn, Why: d.Why, To: c.digestReaders(d.Kind, now)})
	}
	return items
}

func (c Case) digestReaders(k ClockKind, now time.Time) []Recipient {
	coordinators := Recipient{Kind: ToCoordinators}
	switch k {
	case ClockCompletion:
		return []Recipient{{Kind: ToSender}, coordinators}
	case ClockStart, ClockMonitoring:
		return []Recipient{c.inChargeOn(c.Today(now))}
	case ClockPlan, ClockSignatures, ClockOutcome:
		return []Recipient{c.inChargeOn(c.Today(now)), coordinators}
	default:
		return []Recipient{coordinators}
	}
}

// inChargeOn is the case manager of a day, or the partner's managers while nobody is appointed.
func (c Case) inChargeOn(day calendar.Date) Recipient {
	if user := c.CaseManagerOn(day); user != "" {
		return Recipient{Kind: ToCaseManager, ID: user}
	}
	return Recipient{Kind: ToPartner, ID: c.PartnerID}
}

package discharge

import (
	"slices"
	"time"

	"dimissioni/internal/calendar"
)

// Flag is something that a person should see on a case.
type Flag string

// The flags that are not just a missed clock, then those of missed clocks that have a name of their own; the others
// are the clock's kind and "_missed".
const (
	FlagPlanUnsigned      Flag = "plan_unsigned"      // care goes on, signatures are missing
	FlagEquipeLate        Flag = "equipe_late"        // held after day 10
	FlagOutcomePending    Flag = "outcome_pending"    // closed by the cap, nobody has said how it ended
	FlagNoHandover        Flag = "no_handover"        // nobody knows what follows
	FlagPlanDraft         Flag = "plan_draft"         // a plan waits for money
	FlagReturned          Flag = "returned"           // the partner has handed the case back
	FlagReadmission       Flag = "readmission"        // announced, to be decided
	FlagDerogation        Flag = "derogation"         // admitted beyond the programme's last day
	FlagSignatureRefused  Flag = "signature_refused"  // the coordinator decides
	FlagMeetingIncomplete Flag = "meeting_incomplete" // composizione incompleta
	FlagReplanAsked       Flag = "replan_asked"       // by the équipe
	FlagCloseAsked        Flag = "close_asked"        // by the équipe
	FlagNoCaseManager     Flag = "no_case_manager"    // nobody is in charge today

	FlagEquipeMissed     Flag = "equipe_missed"
	FlagReviewMissed     Flag = "review_missed" // proroga tecnica
	FlagStartUnconfirmed Flag = "start_unconfirmed"
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
		add(d.Status == ClockMissed && !d.Late, clockFlag(d.Kind))
		add(d.Kind == ClockEquipe && d.Late && !c.FirstMeetingInCare().IsZero(), FlagEquipeLate)
	}
	live := !c.State.Final()
	add(c.StartUnsigned && c.State.InCare() && (len(c.Plans) == 0 || len(c.MissingSigners()) > 0), FlagPlanUnsigned)
	add(c.State == StateClosed && c.Exit.Cause == CauseCap && c.Exit.Outcome == "", FlagOutcomePending)
	add(c.State == StateClosed && !c.Died() && c.Exit.HandoverAt.IsZero(), FlagNoHandover)
	add(c.PlanDraft, FlagPlanDraft)
	add(live && !c.ReturnedAt.IsZero(), FlagReturned)
	add(c.Readmission, FlagReadmission)
	add(c.Derogation, FlagDerogation)
	add(live && c.signatureRefused(), FlagSignatureRefused)
	add(c.State.HasPartner() && c.CaseManagerOn(c.Today(now)) == "", FlagNoCaseManager)
	if n := len(c.Meetings); n > 0 {
		last := c.Meetings[n-1]
		plan, _ := c.latestPlan()
		add(!last.Complete(), FlagMeetingIncomplete)
		add(live && last.Decision == "replan" && plan.Seq < last.Seq, FlagReplanAsked)
		add(live && last.Decision == "close" && c.RenewedSeq < last.Seq, FlagCloseAsked)
	}
	return flags
}

// signatureRefused reports whether somebody has refused a signature that is still awaited.
func (c Case) signatureRefused() bool {
	missing := c.MissingSigners()
	return slices.ContainsFunc(c.Signatures, func(s Signature) bool {
		signer := s.Signer
		if signer == "representative" {
			signer = "patient"
		}
		return s.Method == "refused" && s.Version == c.planToSign() && slices.Contains(missing, signer)
	})
}

// clockFlag is the flag that a missed clock raises.
func clockFlag(k ClockKind) Flag {
	switch k {
	case ClockHandover:
		return FlagNoHandover
	case ClockStart:
		return FlagStartUnconfirmed
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
	// Signers are, of missing signatures, those of whom.
	Signers []string
}

// DigestItems lists the clocks that are missed at now and whose fact is still awaited, with who reads of them.
func (c Case) DigestItems(now time.Time) []DigestItem {
	var items []DigestItem
	for _, d := range c.Deadlines(now) {
		if d.Status == ClockMissed && !d.Late && d.Kind != ClockCap { // the cap needs nobody
			item := DigestItem{Clock: d.Kind, DueOn: d.DueOn, Why: d.Why, To: c.digestReaders(d.Kind, now)}
			if d.Kind == ClockSignatures {
				item.Signers = c.MissingSigners()
			}
			items = append(items, item)
		}
	}
	return items
}

func (c Case) digestReaders(k ClockKind, now time.Time) []Recipient {
	today := c.Today(now)
	if !c.readableOn(today, forever) { // who cared reads the case no more: it would be told of nothing
		return []Recipient{coordinators}
	}
	manager := c.inChargeOn(today)
	switch k {
	case ClockCompletion:
		return []Recipient{{Kind: ToSender}, coordinators}
	case ClockStart, ClockMonitoring:
		return []Recipient{manager}
	case ClockPlan, ClockSignatures, ClockOutcome:
		return []Recipient{manager, coordinators}
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

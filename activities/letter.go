package activities

import (
	"time"

	"dimissioni/internal/calendar"
	"dimissioni/internal/discharge"
	"dimissioni/internal/mail"
	"dimissioni/internal/postgres"
)

// letter is a queued mail as package mail writes it: with the deadline that its reader must meet, as the case stands
// now.
func (a *Activities) letter(m postgres.Mail, c discharge.Case, now time.Time) mail.Message {
	p := m.Payload
	letter := mail.Message{
		ID:            m.ID,
		MessageID:     m.MessageID,
		Moment:        m.Moment,
		RecipientKind: m.RecipientKind,
		To:            m.Address,
		ToName:        m.Name,
		QueuedAt:      m.NotBefore,
		CaseID:        m.CaseID,
		CaseCode:      m.CaseCode,
		AboutCode:     p.AboutCode,
		Urgent:        p.Urgent,
		On:            dayOf(m, c),
		Clocks:        p.Clocks,
		Meeting:       p.Meeting,
		Failed:        len(p.Notifications),
	}
	if hasAccount(m.RecipientKind) && m.Moment != discharge.MomentFundsReleased { // which is about another case
		letter.Link = a.page(m.CaseID)
	}
	if d, ok := deadlineOf(m, c, now); ok {
		letter.DueOn, letter.DueAt, letter.Why = d.DueOn, d.DueAt, d.Why
	}
	return letter
}

// page is the address of a case's page; empty when there are no pages.
func (a *Activities) page(caseID string) string {
	if a.CasePage == nil {
		return ""
	}
	return a.CasePage(caseID)
}

// hasAccount reports whether a reader can open the case's page.
func hasAccount(kind discharge.RecipientKind) bool {
	switch kind {
	case discharge.ToUser, discharge.ToCoordinators, discharge.ToSender, discharge.ToHospital, discharge.ToPartner,
		discharge.ToCaseManager, discharge.ToDPO:
		return true
	default:
		return false
	}
}

// dayOf is the day that a moment is about.
func dayOf(m postgres.Mail, c discharge.Case) calendar.Date {
	p := m.Payload
	switch m.Moment {
	case discharge.MomentStarted, discharge.MomentStartConfirmed, discharge.MomentActivated:
		return p.StartOn
	case discharge.MomentChanged:
		if m.RecipientKind == discharge.ToPartner || m.RecipientKind == discharge.ToCaseManager {
			return firstOf(p.StartOn, p.StartPlannedOn) // the family hears of other changes too, in neutral words
		}
	case discharge.MomentDischargeMoved:
		return p.ExpectedOn
	case discharge.MomentRenewed, discharge.MomentTechnicalExtension:
		return p.PeriodEndOn
	case discharge.MomentEndsIn7Days:
		return calendar.Min(firstOf(p.PeriodEndOn, p.CapOn), firstOf(p.CapOn, p.PeriodEndOn))
	case discharge.MomentClosed, discharge.MomentEnded, discharge.MomentNotStarted:
		return p.EndedOn
	case discharge.MomentSuspended, discharge.MomentResumed:
		if n := len(c.Suspensions); n > 0 && m.Moment == discharge.MomentSuspended {
			return c.Suspensions[n-1].From
		} else if n > 0 {
			return c.Suspensions[n-1].To
		}
	}
	return calendar.Date{}
}

func firstOf(a, b calendar.Date) calendar.Date {
	if a.IsZero() {
		return b
	}
	return a
}

// deadlineOf is the clock that a mail's reader must meet: a reminder's most pressing one, or the one that the moment
// started. There is none when it is over.
func deadlineOf(m postgres.Mail, c discharge.Case, now time.Time) (discharge.Deadline, bool) {
	kind, on := clockOf(m.Moment), ""
	if len(m.Payload.Clocks) > 0 {
		kind, on = m.Payload.Clocks[0].Clock, m.Payload.Clocks[0].DueOn
	}
	for _, d := range c.Deadlines(now) {
		if d.Kind == kind && d.Status == discharge.ClockPending && (on == "" || on == d.DueOn.String()) {
			return d, true
		}
	}
	return discharge.Deadline{}, false
}

// clockOf is the clock that a moment starts for its reader; empty when it asks for nothing by a date.
func clockOf(moment discharge.Moment) discharge.ClockKind {
	switch moment {
	case discharge.MomentReferralReceived:
		return discharge.ClockScreening
	case discharge.MomentInformationRequested:
		return discharge.ClockCompletion
	case discharge.MomentProposal:
		return discharge.ClockAcceptance
	case discharge.MomentProposalDeclined, discharge.MomentCaseReturned:
		return discharge.ClockAssignment
	case discharge.MomentCaseManagerAppointed:
		return discharge.ClockPlan
	case discharge.MomentSignatureRequested:
		return discharge.ClockSignatures
	default:
		return ""
	}
}

package api

import (
	"time"

	"dimissioni/internal/calendar"
	"dimissioni/internal/discharge"
	"dimissioni/internal/postgres"
)

type deadlineShort struct {
	Kind  discharge.ClockKind `json:"kind"`
	DueOn calendar.Date       `json:"due_on"`
}

type nameAnswer struct {
	FamilyName string `json:"family_name"`
	GivenName  string `json:"given_name"`
}

// summaryAnswer is a case in a list. The parts that a reader may not see are nil, and so left out.
type summaryAnswer struct {
	ID          string `json:"id"`
	Code        string `json:"code"`
	ProgrammeID string `json:"programme_id"`
	*summaryState
	*summaryProfile
	Patient *nameAnswer `json:"patient,omitempty"`
	*summaryPath
	*summaryCare
}

type summaryState struct {
	State        discharge.State `json:"state"`
	Version      int             `json:"version"`
	Urgent       bool            `json:"urgent"`
	ExpectedOn   *calendar.Date  `json:"expected_discharge_on"`
	NextDeadline *deadlineShort  `json:"next_deadline"`
}

type summaryProfile struct {
	Level             *discharge.Level `json:"level"`
	Housing           string           `json:"housing,omitempty"`
	MunicipalityISTAT *string          `json:"municipality_istat"`
}

type summaryPath struct {
	PartnerID     *string        `json:"partner_id"`
	CaseManagerID *string        `json:"case_manager_id"`
	StartOn       *calendar.Date `json:"start_on"`
	PeriodEndOn   *calendar.Date `json:"period_end_on"`
	CapOn         *calendar.Date `json:"cap_on"`
	EndedOn       *calendar.Date `json:"ended_on"`
	Day           *int           `json:"day"`
}

type summaryCare struct {
	Overdue           bool             `json:"overdue"`
	Flags             []discharge.Flag `json:"flags"`
	OwnerID           *string          `json:"owner_id"`
	ProposedPartnerID *string          `json:"proposed_partner_id"`
	SubmittedAt       time.Time        `json:"submitted_at"`
}

// summaryOf is the case as a view shows it in a list.
func summaryOf(c postgres.CaseSummary, view discharge.View, now time.Time) summaryAnswer {
	a := summaryAnswer{ID: c.ID, Code: c.Code, ProgrammeID: c.ProgrammeID}
	if view == discharge.ViewAudit {
		return a
	}
	a.summaryState = &summaryState{
		State: c.State, Version: c.Version, Urgent: c.Snapshot.UrgentAt(now), ExpectedOn: date(c.ExpectedOn),
	}
	if deadlineShown(view, c.NextDueKind) && !c.NextDueOn.IsZero() {
		a.NextDeadline = &deadlineShort{c.NextDueKind, c.NextDueOn}
	}
	if namesPerson(view) {
		a.Patient = &nameAnswer{c.FamilyName, c.GivenName}
		a.summaryPath = &summaryPath{
			PartnerID: text(c.PartnerID), CaseManagerID: text(c.CaseManagerID), StartOn: date(c.StartOn),
			PeriodEndOn: date(c.PeriodEndOn), CapOn: date(c.CapOn), EndedOn: date(c.EndedOn), Day: dayOf(c.Snapshot, now),
		}
	}
	if view == discharge.ViewProposal || view == discharge.ViewCare || view == discharge.ViewFull {
		a.summaryProfile = &summaryProfile{text(c.Level), c.Housing, text(c.MunicipalityISTAT)}
	}
	if view == discharge.ViewCare || view == discharge.ViewFull {
		a.summaryCare = &summaryCare{
			Overdue: c.Overdue, Flags: orEmpty(c.Flags), OwnerID: text(c.OwnerID),
			ProposedPartnerID: text(c.ProposedPartnerID), SubmittedAt: c.SubmittedAt,
		}
	}
	return a
}

// dayOf is the day of care, nil before the start.
func dayOf(c discharge.Case, now time.Time) *int {
	if day := c.Day(now); day >= 0 {
		return &day
	}
	return nil
}

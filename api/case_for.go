package api

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/gin-gonic/gin"

	"dimissioni/internal/discharge"
	"dimissioni/internal/postgres"
	"dimissioni/internal/referral"
)

// sendCase answers with the case as the reader sees it.
func (s *server) sendCase(c *gin.Context, status int, v seen) error {
	answer, err := s.caseFor(c, v)
	if err != nil {
		return err
	}
	c.JSON(status, answer)
	return nil
}

// caseFor puts together the parts that the reader's view shows.
func (s *server) caseFor(ctx context.Context, v seen) (caseAnswer, error) {
	a := caseAnswer{ID: v.ID, Code: v.Code, ProgrammeID: v.ProgrammeID, AllowedCommands: v.allowedCommands()}
	view := v.view()
	if view == discharge.ViewAudit {
		return a, nil
	}
	a.statePart = stateOf(v)
	a.Patient = patientFor(view, v.Referral, v.Snapshot.Today(v.now))
	if view == discharge.ViewProposal {
		a.levelPart, a.proposalPart = levelOf(v), proposalOf(v)
		return a, nil
	}
	var err error
	if a.contactPart, err = s.contactsOf(ctx, v); err != nil || view == discharge.ViewNotice {
		return a, err
	}
	a.pathPart = pathOf(v)
	a.exitPart = exitOf(view, v.Snapshot.Exit)
	if view != discharge.ViewOperator {
		a.wardPart = &wardPart{text(v.Snapshot.HospitalID), text(v.Snapshot.WardID)}
	}
	switch view {
	case discharge.ViewOperator:
		a.taskPart, err = s.tasksOf(ctx, v)
	case discharge.ViewSender:
		a.referralPart = referralOf(v)
	default: // care and full
		a.referralPart, a.levelPart = referralOf(v), levelOf(v)
		if view == discharge.ViewFull {
			a.personFlagsPart = &personFlagsPart{v.ConfidentialAddress, orEmpty(v.DoNotContact)}
		}
		err = s.addCare(ctx, v, &a)
	}
	return a, err
}

// addCare is the work, the words that came with it, and the money.
func (s *server) addCare(ctx context.Context, v seen, a *caseAnswer) error {
	words, err := s.wordsOf(ctx, v)
	if err != nil {
		return err
	}
	if exit := v.Snapshot.Exit; exit != nil {
		a.Exit.followPart = &followPart{orEmpty(exit.WhatFollows), date(exit.From), words.goals}
	}
	if a.carePart, err = s.careOf(ctx, v, words); err != nil {
		return err
	}
	a.Budget, err = s.moneyOf(ctx, v)
	return err
}

func stateOf(v seen) *statePart {
	c := v.Snapshot
	part := &statePart{
		State: c.State, Version: c.Version, Urgent: c.UrgentAt(v.now), Today: c.Today(v.now),
		ExpectedOn: date(c.ExpectedOn), DischargedOn: date(c.DischargedOn), StartPlannedOn: date(c.StartPlannedOn),
	}
	var next discharge.Deadline
	for _, d := range c.Deadlines(v.now) {
		if d.Status == discharge.ClockPending && deadlineShown(v.view(), d.Kind) &&
			(next.Kind == "" || d.DueAt.Before(next.DueAt)) {
			next = d
		}
	}
	if next.Kind != "" {
		part.NextDeadline = &deadlineShort{next.Kind, next.DueOn}
	}
	return part
}

func levelOf(v seen) *levelPart {
	return &levelPart{Level: text(v.Snapshot.Level), LevelProposed: text(v.Referral.Needs.Level)}
}

func pathOf(v seen) *pathPart {
	c := v.Snapshot
	return &pathPart{
		SubmittedAt: c.SubmittedAt, StartOn: date(c.StartOn), PeriodEndOn: date(c.PeriodEndOn()), CapOn: date(c.CapOn()),
		Day: dayOf(c, v.now),
	}
}

// proposalOf is the figures and the hours: of the plan when there is one (another partner takes over), otherwise of
// the referral.
func proposalOf(v seen) *proposalPart {
	part := &proposalPart{Figures: []discharge.Figure{}}
	add := func(f discharge.Figure, times, minutes int) {
		if f != "" && !slices.Contains(part.Figures, f) {
			part.Figures = append(part.Figures, f)
		}
		part.WeeklyMinutes += times * minutes
	}
	if plan, ok := v.Snapshot.CurrentPlan(); ok && len(plan.Interventions) > 0 {
		for _, i := range plan.Interventions {
			add(i.Figure, i.TimesPerWeek, i.Minutes)
		}
		return part
	}
	for _, f := range v.Referral.Needs.Figures {
		add(f, 0, 0)
	}
	for _, i := range v.Referral.Plan.Interventions {
		add(i.Figure, i.TimesPerWeek, i.Minutes)
	}
	return part
}

// referralOf: the warnings are for whoever may still do something about them.
func referralOf(v seen) *referralPart {
	part := &referralPart{Referral: v.Referral, Missing: orEmpty(v.Missing), Warnings: []discharge.FieldError{}}
	if v.Snapshot.State.BeforeStart() {
		part.Warnings = orEmpty(v.Referral.Warnings(v.now))
	}
	return part
}

func (s *server) moneyOf(ctx context.Context, v seen) (*moneyPart, error) {
	spent, err := s.store.SpentCents(ctx, v.ID)
	if err != nil {
		return nil, err
	}
	return &moneyPart{v.Snapshot.ReservedCents, v.Snapshot.ReleasedCents, spent}, nil
}

// tasksOf is what the plan asks of operators: the one in force or, before a signed one, the pending one.
func (s *server) tasksOf(ctx context.Context, v seen) (*taskPart, error) {
	plans, err := s.store.Plans(ctx, v.ID)
	if err != nil {
		return nil, err
	}
	current, _ := v.Snapshot.CurrentPlan()
	for _, p := range plans {
		if p.Version == current.Version {
			body, err := planOf(p)
			return &taskPart{orEmpty(body.Interventions)}, err
		}
	}
	return &taskPart{[]intervention{}}, nil
}

// planOf reads a stored version of the plan.
func planOf(p postgres.PlanVersion) (planAnswer, error) {
	a := planAnswer{Version: p.Version}
	if err := json.Unmarshal(p.Content, &a.planBody); err != nil {
		return a, fmt.Errorf("read plan: %w", err)
	}
	return a, nil
}

// contactsOf is whom to call about the case: the coordinator, the partner, the case manager; for who goes to the
// home, the caregiver too; for who cares, the ward.
func (s *server) contactsOf(ctx context.Context, v seen) (*contactPart, error) {
	c := v.Snapshot
	manager := c.CaseManagerOn(c.Today(v.now))
	part := &contactPart{
		PartnerID: text(c.PartnerID), CaseManagerID: text(manager), Contacts: []contactAnswer{},
	}
	add := func(contact contactAnswer, err error) error {
		if err == nil && strings.TrimSpace(contact.Name) != "" {
			part.Contacts = append(part.Contacts, contact)
		}
		return err
	}
	if err := add(s.coordinatorOf(ctx, v)); err != nil {
		return nil, err
	}
	if c.PartnerID != "" {
		org, err := s.store.Organisation(ctx, c.PartnerID)
		if err := add(contactAnswer{Role: "partner", Name: org.Name, Phone: org.Phone, Email: org.Email}, err); err != nil {
			return nil, err
		}
	}
	if manager != "" {
		u, err := s.store.User(ctx, manager)
		if err := add(colleague(discharge.RoleCaseManager, u), err); err != nil {
			return nil, err
		}
	}
	if c.Exit != nil && c.Exit.ReasonCode == otherDistrict {
		if err := add(s.otherDistrictOf(ctx, v)); err != nil {
			return nil, err
		}
	}
	return part, add(nearPerson(v), nil)
}

func colleague(role discharge.Role, u postgres.User) contactAnswer {
	return contactAnswer{Role: string(role), Name: u.Name, Phone: u.Phone, Email: u.Email}
}

// otherDistrict is the reason of a rejection that says who is competent instead.
const otherDistrict = "other_district"

func (s *server) otherDistrictOf(ctx context.Context, v seen) (contactAnswer, error) {
	p, err := s.store.Programme(ctx, v.ProgrammeID)
	return contactAnswer{Role: otherDistrict, Name: p.OtherDistrictName, Phone: p.OtherDistrictPhone, Email: p.OtherDistrictEmail}, err
}

// coordinatorOf is the case's owner or, when nobody has taken it, the programme's number with its hours, or the service's.
func (s *server) coordinatorOf(ctx context.Context, v seen) (contactAnswer, error) {
	if v.Snapshot.OwnerID != "" {
		u, err := s.store.User(ctx, v.Snapshot.OwnerID)
		return colleague(discharge.RoleCoordinator, u), err
	}
	p, err := s.store.Programme(ctx, v.ProgrammeID)
	phone, hours := p.CoordinatorPhone, p.CoordinatorHours
	if phone == "" {
		phone, hours = s.answers.Office.Phone, s.answers.Office.Hours
	}
	if phone == "" {
		return contactAnswer{}, err
	}
	return contactAnswer{Role: string(discharge.RoleCoordinator), Name: "Coordinamento", Phone: phone, Hours: hours}, err
}

// nearPerson is the caregiver for who goes to the home, the ward for who cares.
func nearPerson(v seen) contactAnswer {
	switch v.view() {
	case discharge.ViewOperator:
		if g := v.Referral.Network.Caregiver; g != nil {
			return contactAnswer{Role: "caregiver", Name: g.Name, Phone: g.Phone}
		}
	case discharge.ViewCare, discharge.ViewFull:
		from := v.Referral.Sender
		return contactAnswer{Role: string(discharge.RoleSender), Name: nameOf(from), Phone: from.Phone}
	default:
	}
	return contactAnswer{}
}

func nameOf(from referral.Sender) string {
	return strings.TrimSuffix(strings.TrimPrefix(from.Person+", "+from.Ward, ", "), ", ")
}

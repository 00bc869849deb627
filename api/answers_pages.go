package api

import (
	"cmp"
	"context"
	"errors"
	"slices"

	"dimissioni/api/html"
	"dimissioni/internal/discharge"
	"dimissioni/internal/postgres"
)

// pageOf is what an open link is about.
func (s *server) pageOf(ctx context.Context, v visit, back said) ([]byte, error) {
	head, err := s.request(ctx, v, back)
	if err != nil {
		return nil, err
	}
	switch v.link.Subject.Action {
	case discharge.LinkAnswerProposal:
		page, err := s.proposalPage(ctx, v, head, back)
		return rendered(html.Proposal, page, err)
	case discharge.LinkSign:
		page, err := s.signPage(ctx, v, head, back)
		return rendered(html.Sign, page, err)
	case discharge.LinkAcknowledge:
		page, err := s.acknowledgePage(ctx, v, head, back)
		return rendered(html.Acknowledge, page, err)
	case discharge.LinkAttend:
		page, err := s.attendPage(ctx, v, head, back)
		return rendered(html.Attend, page, err)
	default:
		return nil, errors.New("show link: unknown action")
	}
}

func rendered[T any](view html.View[T], page T, err error) ([]byte, error) {
	if err != nil {
		return nil, err
	}
	return view.Render(page)
}

// proposalPage shows what a partner may see before it accepts, made of the parts of the case that show it elsewhere.
func (s *server) proposalPage(ctx context.Context, v visit, head html.Request, back said) (html.ProposalPage, error) {
	c, today := v.Snapshot, v.Snapshot.Today(v.now)
	person, asked := patientFor(discharge.ViewProposal, v.Referral, today), proposalOf(v.seen)
	page := html.ProposalPage{
		Request: head, Urgent: c.UrgentAt(v.now), Level: c.Level, AgeBand: person.AgeBand, Housing: person.Housing,
		Infectious: person.Infectious, Figures: asked.Figures, WeeklyMinutes: asked.WeeklyMinutes,
		Reassign: c.Proposal.Reassign, Reason: back.form.Get("reason_code"), Note: back.form.Get("note"),
	}
	for _, d := range c.Deadlines(v.now) {
		if d.Kind == discharge.ClockAcceptance && d.Status == discharge.ClockPending {
			page.AnswerBy = d.DueOn
		}
	}
	if c.State.BeforeStart() {
		page.StartOn, page.DischargeOn = c.StartPlannedOn, c.DischargeOn()
	}
	var err error
	page.Municipality, err = s.municipalityName(ctx, person.MunicipalityISTAT)
	return page, err
}

// municipalityName is empty when nobody knows where the person goes.
func (s *server) municipalityName(ctx context.Context, istat string) (string, error) {
	if istat == "" {
		return "", nil
	}
	list, err := s.store.Municipalities(ctx)
	if err != nil {
		return "", err
	}
	i := slices.IndexFunc(list, func(m postgres.Municipality) bool { return m.ISTAT == istat })
	if i < 0 {
		return "fuori dal distretto", nil
	}
	return list[i].Name, nil
}

func shownPerson(v visit) html.Person {
	p := v.Referral.Patient
	return html.Person{Name: p.GivenName + " " + p.FamilyName, Birth: p.BirthDate}
}

func (s *server) signPage(ctx context.Context, v visit, head html.Request, back said) (html.SignPage, error) {
	page := html.SignPage{Request: head, Person: shownPerson(v), Signer: v.link.Subject.Signer}
	if r := v.Referral.Network.Representative; r != nil {
		page.Title, page.Act = r.Title, r.Act
	}
	page.Title = cmp.Or(back.form.Get("title"), page.Title)
	page.Act = cmp.Or(back.form.Get("act"), page.Act)
	plans, err := s.store.Plans(ctx, v.ID)
	if err != nil {
		return page, err
	}
	i := slices.IndexFunc(plans, func(p postgres.PlanVersion) bool { return p.Version == v.link.Subject.Version })
	if i < 0 {
		return page, errors.New("find plan to sign: gone")
	}
	plan, err := planOf(plans[i])
	if err != nil {
		return page, err
	}
	page.Plan = shownPlan(plan, v.Snapshot)
	org, err := s.store.Organisation(ctx, v.Snapshot.PartnerID)
	page.Partner = org.Name
	return page, err
}

// shownPlan is a plan as people read it; what its form left open is as the case has it.
func shownPlan(p planAnswer, c discharge.Case) html.Plan {
	shown := html.Plan{
		Version: p.Version, Level: cmp.Or(p.Level, c.Level), StartOn: p.StartPlannedOn, Days: cmp.Or(p.Days, c.Rules.PeriodDays),
		PlaceOfCare: p.PlaceOfCare, Preferences: p.Preferences, CaregiverPart: p.CaregiverPart,
		Goals: each(p.Goals, func(g goal) html.Goal { return html.Goal{Area: g.Area, Text: g.Text} }),
		Interventions: each(p.Interventions, func(i intervention) html.Intervention {
			return html.Intervention{Figure: i.Figure, Service: i.Service, TimesPerWeek: i.TimesPerWeek, Minutes: i.Minutes}
		}),
		NetworkServices: each(p.NetworkServices, func(n networkService) html.NetworkService {
			return html.NetworkService{Service: n.Service, Owner: n.Owner, From: n.From, To: n.To}
		}),
		Monitoring: each(p.MonitoringSteps, func(m monitoringStep) html.Step { return html.Step{On: m.On, What: m.What} }),
	}
	if shown.StartOn.IsZero() {
		shown.StartOn = c.StartPlannedOn
	}
	return shown
}

// acknowledgePage tells what happened and where the case stands today.
func (s *server) acknowledgePage(ctx context.Context, v visit, head html.Request, back said) (html.AcknowledgePage, error) {
	c := v.Snapshot
	page := html.AcknowledgePage{
		Request: head, Person: shownPerson(v), Moment: v.link.Subject.Moment, State: c.State, DischargeOn: c.DischargeOn(),
		StartOn: c.StartOn, PeriodEndOn: c.PeriodEndOn(), Follows: c.WhatFollows, FollowsFrom: c.FollowsFrom,
		Note: back.form.Get("note"),
	}
	if c.Exit != nil {
		page.EndedOn, page.Follows, page.FollowsFrom = c.Exit.On, c.Exit.WhatFollows, c.Exit.From
	}
	contacts, err := s.contactsOf(ctx, v.seen)
	if err != nil {
		return page, err
	}
	for _, who := range contacts.Contacts {
		if who.Role != string(discharge.RoleSender) {
			page.Contacts = append(page.Contacts, html.Contact{Role: who.Role, Name: who.Name, Phone: who.Phone})
		}
	}
	return page, nil
}

func (s *server) attendPage(ctx context.Context, v visit, head html.Request, back said) (html.AttendPage, error) {
	words, err := s.wordsOf(ctx, v.seen)
	return html.AttendPage{
		Request: head, Person: shownPerson(v), At: v.Snapshot.Convened.At, Place: words.place,
		Family: family(v.link.Subject.To), Note: back.form.Get("note"),
	}, err
}

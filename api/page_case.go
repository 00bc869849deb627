package api

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"github.com/gin-gonic/gin"

	"dimissioni/api/html"
	"dimissioni/internal/calendar"
	"dimissioni/internal/discharge"
)

// showCase is the page of a case: the parts of [server.caseFor], which the API answers with, in words. What a reader may
// see is decided there.
func (s *server) showCase(c *gin.Context) error {
	v, err := s.see(c, "page", nil)
	if err != nil {
		return err
	}
	page, err := s.casePage(c, v)
	if err != nil {
		return err
	}
	at := place{section: "/casi", trail: []html.Crumb{{Label: "Casi", Path: "/casi"}}}
	return show(s, c, http.StatusOK, html.Case, at, page)
}

func (s *server) casePage(ctx context.Context, v seen) (html.CasePage, error) {
	a, err := s.caseFor(ctx, v)
	if err != nil {
		return html.CasePage{}, err
	}
	page := html.CasePage{
		Code: a.Code, Path: casePath(a.ID), Proposed: v.view() == discharge.ViewProposal, Audit: v.view() == discharge.ViewAudit,
		Actions: each(a.AllowedCommands, func(kind discharge.CommandKind) html.Action {
			return html.Action{Kind: kind, Path: actionPath(a.ID, kind)}
		}),
	}
	if a.statePart != nil {
		page.State, page.Urgent = html.StateBadge(a.State, v.view() == discharge.ViewSender), a.Urgent
		page.Phases, page.Dates = phasesOf(a.State), knownDates(a)
		page.Clocks, page.Next = clocksOf(v)
	}
	if a.pathPart != nil && a.Day != nil {
		page.Day, page.Of = *a.Day, v.Snapshot.Rules.CapDays
	}
	if page.Patient, err = s.shownPatient(ctx, a); err != nil {
		return page, err
	}
	if a.levelPart != nil {
		page.Asked = askedOf(a)
	}
	if a.taskPart != nil {
		page.Tasks = interventionsOf(a.Tasks)
	}
	if a.referralPart != nil {
		page.Referral, page.Missing = &a.Referral, a.Missing
		page.Warnings = each(a.Warnings, func(e discharge.FieldError) string { return e.Message })
	}
	if a.contactPart != nil {
		page.Contacts = each(a.Contacts, func(who contactAnswer) html.Contact {
			return html.Contact{Role: who.Role, Name: who.Name, Phone: who.Phone}
		})
	}
	if a.carePart != nil {
		page.Flags, page.Care = a.Flags, careShown(a, v)
	}
	if a.Budget != nil {
		page.Money = &html.Money{Reserved: a.Budget.ReservedCents, Released: a.Budget.ReleasedCents, Spent: a.Budget.SpentCents}
	}
	page.Exit = exitShown(a)
	return page, s.addTrace(ctx, v, &page)
}

// phases are the five that head the page. DOMAIN, States.
var phases = []string{"accesso", "valutazione", "progetto", "erogazione", "conclusione"}

func phasesOf(state discharge.State) []html.Phase {
	now := slices.Index(phases, state.Phase())
	list := make([]html.Phase, len(phases))
	for i, name := range phases {
		list[i] = html.Phase{Name: name, Status: "ahead"}
		switch {
		case i < now:
			list[i].Status = "done"
		case i == now:
			list[i].Status = "current"
		}
	}
	return list
}

// knownDates are the days of the path that are known.
func knownDates(a caseAnswer) []html.DatedFact {
	var dates []html.DatedFact
	add := func(label string, on *calendar.Date) {
		if on != nil && !on.IsZero() {
			dates = append(dates, html.DatedFact{Label: label, On: *on})
		}
	}
	if a.DischargedOn != nil {
		add("Dimissione", a.DischargedOn)
	} else {
		add("Dimissione prevista", a.ExpectedOn)
	}
	if a.pathPart == nil || a.StartOn == nil {
		add("Avvio previsto", a.StartPlannedOn)
	}
	if a.pathPart != nil {
		add("Avvio", a.StartOn)
		add("Fine del periodo", a.PeriodEndOn)
		add("Termine massimo (sei settimane)", a.CapOn)
	}
	return dates
}

// clocksOf are the clocks that the reader may see, those still awaited first, and the next of them.
func clocksOf(v seen) ([]html.Clock, *html.Clock) {
	list := v.deadlines()
	slices.SortStableFunc(list, func(a, b discharge.Deadline) int {
		if a.Open() != b.Open() {
			return zeroLast(!a.Open(), !b.Open())
		}
		return a.DueAt.Compare(b.DueAt)
	})
	clocks := each(list, func(d discharge.Deadline) html.Clock {
		return html.Clock{
			Kind: d.Kind, Why: d.Why, Status: d.Status, Late: d.Late,
			Due: html.Due{On: d.DueOn, At: d.DueAt, Overdue: d.Status == discharge.ClockMissed, Now: v.now},
		}
	})
	if len(list) == 0 || !list[0].Open() {
		return clocks, nil
	}
	return clocks, &clocks[0]
}

func (s *server) shownPatient(ctx context.Context, a caseAnswer) (*html.Patient, error) {
	if a.Patient == nil {
		return nil, nil //nolint:nilnil // the reader may know nothing of the person
	}
	p := a.Patient
	shown := &html.Patient{
		Name: strings.TrimSpace(p.GivenName + " " + p.FamilyName), Sex: p.Sex, AgeBand: p.AgeBand, TaxCode: p.TaxCode, STPCode: p.STPCode,
		NoCodeReason: p.NoCodeReason, Birth: p.BirthDate, Phone: p.Phone, Citizenship: p.Citizenship, Language: p.Language,
		Shelter: p.Shelter, Address: p.Address, Housing: p.Housing, AccessNotes: p.AccessNotes, Infectious: p.Infectious,
		InfectiousNote: p.InfectiousNote, Allergies: p.Allergies, OperatorRisks: p.OperatorRisks,
	}
	if a.personFlagsPart != nil {
		shown.Confidential, shown.DoNotContact = a.ConfidentialAddress, a.DoNotContact
	}
	var err error
	shown.Municipality, err = s.municipalityName(ctx, p.MunicipalityISTAT)
	return shown, err
}

func askedOf(a caseAnswer) *html.Asked {
	asked := &html.Asked{}
	if a.Level != nil {
		asked.Level = *a.Level
	}
	if a.LevelProposed != nil {
		asked.Proposed = *a.LevelProposed
	}
	if a.proposalPart != nil {
		asked.Figures, asked.WeeklyMinutes = a.Figures, a.WeeklyMinutes
	}
	return asked
}

func exitShown(a caseAnswer) *html.Exit {
	if a.exitPart == nil || a.Exit == nil {
		return nil
	}
	shown := &html.Exit{On: a.Exit.On}
	switch {
	case a.Exit.Outcome != nil:
		shown.Outcome = word(outcomeWords, *a.Exit.Outcome)
	case a.Exit.ReasonCode != nil:
		shown.Outcome = word(notStartedWords, word(rejectWords, *a.Exit.ReasonCode))
	}
	if a.Exit.followPart != nil {
		shown.Follows = a.Exit.WhatFollows
		if a.Exit.From != nil {
			shown.From = *a.Exit.From
		}
	}
	return shown
}

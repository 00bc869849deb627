package api

import (
	"context"
	"strings"
	"time"

	"dimissioni/api/html"
	"dimissioni/internal/discharge"
	"dimissioni/internal/postgres"
)

// names are what people read for ids.
type names struct {
	organisations  map[string]string
	users          map[string]string
	municipalities map[string]string
}

// namesOf reads the names of partners, case managers and municipalities.
func (s *server) namesOf(ctx context.Context) (names, error) {
	n := names{map[string]string{}, map[string]string{}, map[string]string{}}
	partners, err := s.store.Organisations(ctx, "partner", "")
	if err != nil {
		return n, err
	}
	for _, o := range partners {
		n.organisations[o.ID] = o.Name
	}
	managers, err := s.store.Users(ctx, "", discharge.RoleCaseManager, "")
	if err != nil {
		return n, err
	}
	for _, u := range managers {
		n.users[u.ID] = u.Name
	}
	towns, err := s.store.Municipalities(ctx)
	for _, m := range towns {
		n.municipalities[m.ISTAT] = m.Name
	}
	return n, err
}

// lineOf is a case in a list of pages: what the API's list shows the same reader, in words.
func lineOf(c postgres.CaseSummary, view discharge.View, n names, now time.Time) html.CaseLine {
	a := summaryOf(c, view, now)
	line := html.CaseLine{Path: casePath(a.ID), Code: a.Code}
	if a.summaryState != nil {
		line.State, line.Urgent = html.StateBadge(a.State, view == discharge.ViewSender), a.Urgent
		if a.ExpectedOn != nil {
			line.Expected = *a.ExpectedOn
		}
		if a.NextDeadline != nil {
			line.Next = a.NextDeadline.Kind
			line.Due = html.Due{On: a.NextDeadline.DueOn, At: a.NextDeadline.DueOn.End(), Now: now}
		}
	}
	if a.Patient != nil {
		line.Person = strings.TrimSpace(a.Patient.FamilyName + " " + a.Patient.GivenName)
	}
	if a.summaryPath != nil {
		if a.Day != nil {
			line.Day, line.Of = *a.Day, c.Snapshot.Rules.CapDays
		}
		line.Partner, line.CaseManager = n.organisations[value(a.PartnerID)], n.users[value(a.CaseManagerID)]
	}
	if a.summaryProfile != nil {
		line.Municipality = n.municipalities[value(a.MunicipalityISTAT)]
	}
	if a.summaryCare != nil {
		line.Overdue = a.Overdue
	}
	return line
}

// value is what a pointer points to; empty for none.
func value(text *string) string {
	if text == nil {
		return ""
	}
	return *text
}

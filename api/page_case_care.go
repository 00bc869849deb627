package api

import (
	"context"

	"dimissioni/api/html"
	"dimissioni/internal/postgres"
)

// careShown is the work on the case, in words.
func careShown(a caseAnswer, v seen) *html.Care {
	care := &html.Care{
		RenewedDays: a.RenewedDays, MissingSigners: a.MissingSigners, ReadmissionAhead: a.Readmission,
		Signatures: each(a.Signatures, func(g signatureAnswer) html.Signature {
			return html.Signature{Signer: g.Signer, Method: g.Method, On: g.SignedOn, Version: g.PlanVersion}
		}),
		Meetings: each(a.Meetings, func(m meetingAnswer) html.Meeting {
			return html.Meeting{
				On: m.HeldOn, Decision: m.Decision, Complete: m.Complete, Minutes: m.Minutes,
				Attendees: each(m.Attendees, func(who attendee) html.Attendee {
					return html.Attendee{Role: who.Role, Name: who.Name, Mode: who.Mode}
				}),
			}
		}),
		Visits: each(a.HomeVisits, func(visit homeVisitAnswer) html.HomeVisit {
			return html.HomeVisit{On: visit.HeldOn, Present: each(visit.Present, func(p presence) string { return string(p) })}
		}),
		Suspensions: each(a.Suspensions, func(p suspensionAnswer) html.Suspension {
			shown := html.Suspension{From: p.From, Reason: p.ReasonCode}
			if p.To != nil {
				shown.To = *p.To
			}
			return shown
		}),
	}
	if a.Plan != nil {
		plan := shownPlan(*a.Plan, v.Snapshot)
		care.Plan = &plan
	}
	if a.PlanPending != nil {
		plan := shownPlan(*a.PlanPending, v.Snapshot)
		care.Pending = &plan
	}
	if a.Convened != nil {
		care.ConvenedAt, care.ConvenedPlace, care.ConvenedInvited = a.Convened.At, a.Convened.Place, a.Convened.Invited
	}
	return care
}

func interventionsOf(list []intervention) []html.Intervention {
	return each(list, func(i intervention) html.Intervention {
		return html.Intervention{Figure: i.Figure, Service: i.Service, TimesPerWeek: i.TimesPerWeek, Minutes: i.Minutes}
	})
}

// addTrace is what happened, what was sent and who has looked, for whoever may know.
func (s *server) addTrace(ctx context.Context, v seen, page *html.CasePage) error {
	if readsTimeline(v) == nil {
		items, err := s.timelineOf(ctx, v)
		if err != nil {
			return err
		}
		page.Timeline = each(items, func(i timelineItem) html.Happened {
			return html.Happened{On: i.On, RecordedAt: i.RecordedAt, Who: i.Actor.Name, What: i.Summary, Telephone: i.Actor.Telephone}
		})
	}
	if page.MailSeen = readsMessages(v) == nil; page.MailSeen {
		list, err := s.store.Notifications(ctx, v.ID)
		if err != nil {
			return err
		}
		page.Mails = each(list, mailOf)
	}
	if readsAccesses(v) == nil {
		looks, err := s.store.Accesses(ctx, v.ID, 0, looksShown)
		if err != nil {
			return err
		}
		page.Accesses = each(looks, func(a postgres.Access) html.Access {
			return html.Access{At: a.At, Name: a.UserName, Organisation: a.OrganisationName, Role: a.Role, What: accessWords(a.What)}
		})
	}
	return nil
}

// looksShown is how many looks the page lists; the API has them all.
const looksShown = 100

// mailOf is a message and what became of it.
func mailOf(n postgres.Notification) html.Mail {
	m := html.Mail{Moment: n.Moment, To: n.Name, At: n.NotBefore}
	if n.SentAt != nil {
		m.At = *n.SentAt
	}
	switch {
	case n.WrongAt != nil:
		m.Status = html.Badge{Tone: "danger", Text: "alla persona sbagliata"}
	case n.Status == "sent":
		m.Status = html.Badge{Tone: "success", Text: "inviato"}
	case n.Status == "failed":
		m.Status = html.Badge{Tone: "danger", Text: "non consegnato"}
	case n.Status == "settled":
		m.Status = html.Badge{Tone: "success", Text: "avvisato per telefono"}
	case n.Status == "cancelled":
		m.Status = html.Badge{Tone: "secondary", Text: "non serve più"}
	default:
		m.Status = html.Badge{Tone: "primary", Text: "in partenza"}
	}
	return m
}

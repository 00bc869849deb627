package discharge

import (
	"time"

	"dimissioni/internal/calendar"
)

// screeningClock is due at the earlier of one working day and 12:00 of the day before the expected discharge,
// never before two working hours. DOMAIN, Clocks [D].
func (c Case) screeningClock() []clock {
	if c.SubmittedAt.IsZero() || c.Rules.ScreenedBy != RoleCoordinator && c.State != StateSubmitted {
		return nil
	}
	cal, day := c.Rules.Calendar, calendar.DateOf(c.SubmittedAt)
	workday := cal.AddWorkdays(day, c.Rules.ScreeningWorkdays)
	k := dueOn(ClockScreening, workday, c.SubmittedAt,
		"Un giorno lavorativo dalla segnalazione del "+day.Italian()+".")
	if on := c.DischargeOn(); !on.IsZero() {
		if noon := on.AddDays(-1).At(12, 0); noon.Before(k.DueAt) {
			k = dueAt(ClockScreening, noon, c.SubmittedAt,
				"Le 12 del giorno prima della dimissione prevista il "+on.Italian()+".")
		}
	}
	if least := cal.AddHours(c.SubmittedAt, c.Rules.ScreeningMinHours); k.DueAt.Before(least) {
		k = dueAt(ClockScreening, least, c.SubmittedAt, "Due ore lavorative dalla segnalazione: la dimissione è vicina.")
	}
	k.metAt = c.ScreenedAt
	return []clock{k.remind(cal, k.DueOn)}
}

// completionClocks run from each question to the sender, two working days. [D]
func (c Case) completionClocks() []clock {
	var all []clock
	for _, q := range c.Questions {
		asked := calendar.DateOf(q.AskedAt)
		k := dueOn(ClockCompletion, c.Rules.Calendar.AddWorkdays(asked, c.Rules.CompletionWorkdays), q.AskedAt,
			"Due giorni lavorativi dalla richiesta del "+asked.Italian()+".")
		k.metAt, k.endedAt = q.AnsweredAt, c.StartedAt
		all = append(all, k.remind(c.Rules.Calendar, k.DueOn))
	}
	return all
}

// waitlistClock asks on the day of the expected discharge whether care is still needed; when that day is past, on
// the next working day. [D]
func (c Case) waitlistClock() []clock {
	if c.WaitlistedAt.IsZero() {
		return nil
	}
	since := calendar.DateOf(c.WaitlistedAt)
	day, why := c.DischargeOn(), "Il giorno della dimissione prevista: serve ancora?"
	if !day.After(since) {
		day = c.Rules.Calendar.AddWorkdays(since, 1)
		why = "Il primo giorno lavorativo dopo l'ingresso in lista: serve ancora?"
	}
	k := dueOn(ClockWaitlistCheck, day, c.WaitlistedAt, why)
	k.endedAt = c.AdmittedAt
	return []clock{k.remind(c.Rules.Calendar, day)}
}

// quick is the clock of who must act within a working day, or within four working hours when urgent.
func (c Case) quick(kind ClockKind, since time.Time, from string) clock {
	cal, day := c.Rules.Calendar, calendar.DateOf(since)
	if c.UrgentAt(since) {
		at := cal.AddHours(since, c.Rules.AcceptanceUrgentHours)
		return dueAt(kind, at, since, "Quattro ore lavorative "+from+": la dimissione è entro 48 ore.").remind(cal, calendar.DateOf(at))
	}
	due := cal.AddWorkdays(day, c.Rules.AcceptanceWorkdays)
	return dueOn(kind, due, since, "Un giorno lavorativo "+from+" del "+day.Italian()+".").remind(cal, due)
}

// assignmentClock runs while the coordinator must find a partner: after the admission, a decline, a hand back.
func (c Case) assignmentClock() []clock {
	if c.UnassignedAt.IsZero() || c.Proposal != nil {
		return nil
	}
	if c.State != StateMatching && c.ReturnedAt.IsZero() {
		return nil
	}
	return []clock{c.quick(ClockAssignment, c.UnassignedAt, "da quando il caso è senza ente, dal giorno")}
}

// acceptanceClock runs on the open proposal. [D]
func (c Case) acceptanceClock() []clock {
	if c.Proposal == nil {
		return nil
	}
	return []clock{c.quick(ClockAcceptance, c.Proposal.At, "dalla proposta all'ente")}
}

// planClock is due at the planned or expected start, at the earliest one working day after the acceptance. [D]
func (c Case) planClock() []clock {
	if c.PartnerSince.IsZero() {
		return nil
	}
	cal := c.Rules.Calendar
	accepted := calendar.DateOf(c.PartnerSince)
	due, why := c.StartPlannedOn, "Il PAI serve per l'avvio previsto."
	if due.IsZero() || len(c.Plans) > 0 {
		due = c.DischargeOn()
	}
	if least := cal.AddWorkdays(accepted, c.Rules.PlanMinWorkdays); due.Before(least) {
		due, why = least, "Un giorno lavorativo dall'accettazione del "+accepted.Italian()+"."
	}
	k := dueOn(ClockPlan, due, c.PartnerSince, why)
	if len(c.Plans) > 0 {
		k.metAt = c.Plans[0].At
	}
	return []clock{k.remind(cal, cal.AddWorkdays(due, -1), due)}
}

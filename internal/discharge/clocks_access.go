package discharge

import (
	"time"

	"dimissioni/internal/calendar"
)

// screeningClock is due at the earlier of one working day and 12:00 of the day before the expected discharge,
// never before two working hours. DOMAIN, Clocks [D].
func (c Case) screeningClock() []clock {
	if c.SubmittedAt.IsZero() {
		return nil
	}
	cal, day := c.Rules.Calendar, calendar.DateOf(c.SubmittedAt)
	k := dueOn(ClockScreening, cal.AddWorkdays(day, c.Rules.ScreeningWorkdays), c.SubmittedAt,
		workdays(c.Rules.ScreeningWorkdays)+" dalla segnalazione, arrivata il "+day.Italian()+".")
	if on := c.dischargeKnownAt(c.ScreenedAt); !on.IsZero() {
		if noon := on.AddDays(-1).At(12, 0); noon.Before(k.DueAt) {
			k = dueAt(ClockScreening, noon, c.SubmittedAt,
				"Le 12 del giorno prima della dimissione, prevista il "+on.Italian()+".")
		}
	}
	if least := cal.AddHours(c.SubmittedAt, c.Rules.ScreeningMinHours); k.DueAt.Before(least) {
		why := "la dimissione è vicina."
		if c.AlreadyHome || !c.DischargedOn.IsZero() && !c.DischargedOn.After(day) {
			why = "la persona è già a casa."
		}
		k = dueAt(ClockScreening, least, c.SubmittedAt, workhours(c.Rules.ScreeningMinHours)+" dalla segnalazione: "+why)
	}
	k.metAt, k.toldOn = c.ScreenedAt, c.toldOn(c.SubmittedAt, true)
	return []clock{k.remind(cal, k.DueOn)}
}

// completionClocks run from each question to the sender, two working days, until it is answered or care starts. [D]
func (c Case) completionClocks() []clock {
	var all []clock
	for _, q := range c.Questions {
		asked := calendar.DateOf(q.AskedAt)
		k := dueOn(ClockCompletion, c.Rules.Calendar.AddWorkdays(asked, c.Rules.CompletionWorkdays), q.AskedAt,
			workdays(c.Rules.CompletionWorkdays)+" dalla richiesta di informazioni del "+asked.Italian()+".")
		k.metAt, k.endedAt, k.toldOn = q.AnsweredAt, c.StartedAt, c.toldOn(q.AskedAt, false)
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
	day, why := c.dischargeKnownAt(c.AdmittedAt), "È il giorno della dimissione prevista: serve ancora?"
	if !day.After(since) {
		day = c.Rules.Calendar.AddWorkdays(since, 1)
		why = "È il primo giorno lavorativo dopo l'ingresso in lista d'attesa: serve ancora?"
	}
	k := dueOn(ClockWaitlistCheck, day, c.WaitlistedAt, why)
	k.endedAt = c.AdmittedAt
	return []clock{k.remind(c.Rules.Calendar, day)}
}

// quick is the clock of who must act within a working day, or within four working hours when urgent. from says since
// when, after a preposition. [D]
func (c Case) quick(kind ClockKind, since time.Time, from string) clock {
	cal, day := c.Rules.Calendar, calendar.DateOf(since)
	if c.UrgentAt(since) {
		at := cal.AddHours(since, c.Rules.AcceptanceUrgentHours)
		k := dueAt(kind, at, since, workhours(c.Rules.AcceptanceUrgentHours)+" "+from+": la pratica è urgente.")
		return k.remind(cal, k.DueOn)
	}
	k := dueOn(kind, cal.AddWorkdays(day, c.Rules.AcceptanceWorkdays), since,
		workdays(c.Rules.AcceptanceWorkdays)+" "+from+" del "+day.Italian()+".")
	return k.remind(cal, k.DueOn)
}

// assignmentClock runs while the coordinator must find a partner: after the admission, a decline, a hand back.
func (c Case) assignmentClock() []clock {
	switch {
	case c.UnassignedAt.IsZero():
		return nil
	case c.UnassignedAt.Equal(c.AdmittedAt): // by the coordinators themselves: nobody tells them
		return []clock{c.quick(ClockAssignment, c.UnassignedAt, "dall'ammissione")}
	}
	from := "dal rifiuto"
	if c.UnassignedAt.Equal(c.ReturnedAt) {
		from = "dalla riconsegna"
	}
	k := c.quick(ClockAssignment, c.UnassignedAt, from)
	k.toldOn = c.toldOn(c.UnassignedAt, true)
	return []clock{k}
}

// acceptanceClock runs on the open proposal. [D]
func (c Case) acceptanceClock() []clock {
	if c.Proposal == nil {
		return nil
	}
	k := c.quick(ClockAcceptance, c.Proposal.At, "dalla proposta all'ente")
	k.toldOn = c.toldOn(c.Proposal.At, true)
	return []clock{k}
}

// planClock is due at the planned or expected start, at the earliest one working day after the acceptance. Only the
// first plan is awaited. [D]
func (c Case) planClock() []clock {
	if c.PartnerSince.IsZero() {
		return nil
	}
	cal, accepted := c.Rules.Calendar, calendar.DateOf(c.PartnerSince)
	due, why := c.StartPlannedOn, "Il PAI serve per l'avvio previsto."
	var metAt time.Time
	if len(c.Plans) > 0 {
		metAt = c.Plans[0].At
	}
	if due.IsZero() || !metAt.IsZero() {
		due = c.dischargeKnownAt(metAt)
	}
	if least := cal.AddWorkdays(accepted, c.Rules.PlanMinWorkdays); due.Before(least) {
		due, why = least, workdays(c.Rules.PlanMinWorkdays)+" dall'accettazione dell'ente, il "+accepted.Italian()+"."
	}
	k := dueOn(ClockPlan, due, c.PartnerSince, why)
	k.metAt = metAt
	return []clock{k.remind(cal, cal.AddWorkdays(due, -1), due)}
}

package discharge

import (
	"strconv"

	"dimissioni/internal/calendar"
)

// startClock is due on the planned start, until the start is confirmed or moved.
func (c Case) startClock() []clock {
	if c.StartPlannedOn.IsZero() {
		return nil
	}
	k := dueOn(ClockStart, c.StartPlannedOn, c.StartPlannedAt, "L'avvio è previsto in questo giorno: va confermato o spostato.")
	k.metAt, k.metOn = c.StartedAt, c.StartOn
	return []clock{k.remind(c.Rules.Calendar, c.StartPlannedOn)}
}

// signaturesClock is due at the start; started unsigned, three working days after; a plan rewritten in care, three
// working days after it was written. [D]
func (c Case) signaturesClock() []clock {
	plan, ok := c.latestPlan()
	if !ok && !c.StartUnsigned {
		return nil
	}
	cal := c.Rules.Calendar
	var k clock
	switch {
	case c.StartOn.IsZero():
		k = dueOn(ClockSignatures, c.StartPlannedOn, plan.At, "Le firme servono per l'avvio previsto.")
	case ok && plan.Version == c.PlanPending && plan.Version > 1:
		k = dueOn(ClockSignatures, cal.AddWorkdays(calendar.DateOf(plan.At), c.Rules.SignatureWorkdays), plan.At,
			"Tre giorni lavorativi dal nuovo PAI: l'assistenza prosegue con quello in vigore.")
	case c.StartUnsigned:
		k = dueOn(ClockSignatures, cal.AddWorkdays(c.StartOn, c.Rules.SignatureWorkdays), c.StartedAt,
			"L'assistenza è partita senza firme: tre giorni lavorativi dall'avvio.")
	default:
		k = dueOn(ClockSignatures, c.StartOn, plan.At, "Le firme servono per l'avvio.")
	}
	if ok && len(c.MissingSigners()) == 0 {
		k.metOn = c.lastSignedOn()
	}
	return []clock{k.remind(cal, cal.AddWorkdays(k.DueOn, -1), k.DueOn)}
}

func (c Case) lastSignedOn() calendar.Date {
	var last calendar.Date
	for _, s := range c.Signatures {
		last = calendar.Max(last, s.SignedOn)
	}
	return last
}

// equipeClock is due ten days after the start, whatever those days are. [S] A meeting before the start does not
// count.
func (c Case) equipeClock() []clock {
	if c.StartOn.IsZero() || !c.Rules.Equipe {
		return nil
	}
	due := c.StartOn.AddDays(c.Rules.EquipeDays)
	k := dueOn(ClockEquipe, due, c.StartedAt, c.fromStart(c.Rules.EquipeDays, "l'équipe si riunisce entro 10 giorni dall'avvio"))
	k.metOn = c.FirstMeetingInCare()
	return []clock{k.remind(c.Rules.Calendar, c.StartOn.AddDays(5), c.StartOn.AddDays(8), due)}
}

// reviewClock is due at the end of the period in force; at the cap, only the cap speaks. [S]
func (c Case) reviewClock() []clock {
	if c.StartOn.IsZero() || !c.Rules.Review {
		return nil
	}
	end := c.PeriodEndOn()
	if end == c.CapOn() {
		return nil
	}
	why := c.fromStart(end.DaysSince(c.StartOn), "finisce il periodo in corso: si rinnova o si conclude")
	k := dueOn(ClockReview, end, c.PeriodAt, why)
	return []clock{k.remind(c.Rules.Calendar, end.AddDays(-7), end.AddDays(-3), end.AddDays(-1), end)}
}

// handoverClock asks, from day 28, what follows and from when; after the end too, until it is known. [D]
func (c Case) handoverClock() []clock {
	if c.StartOn.IsZero() {
		return nil
	}
	day := func(n int) calendar.Date { return c.StartOn.AddDays(c.Rules.HandoverDays + n) }
	k := dueOn(ClockHandover, day(0), c.StartedAt,
		c.fromStart(c.Rules.HandoverDays, "si sa che cosa segue, da quando e chi è stato chiamato"))
	k.metAt = c.HandoverAt
	if c.Exit != nil {
		if k.metAt.IsZero() {
			k.metAt = c.Exit.HandoverAt
		}
		if c.State != StateClosed || c.Exit.Cause == CauseDeath {
			k.endedAt = c.Exit.At
		} else if c.Exit.On.Before(k.DueOn) {
			k.DueOn, k.DueAt = c.Exit.On, calendar.Max(c.Exit.On, calendar.DateOf(c.Exit.At)).End()
			k.Why = "La pratica è conclusa: si deve sapere che cosa segue."
		}
	}
	return []clock{k.remind(c.Rules.Calendar, day(0), day(4), day(7))}
}

// capClock is the hard end, six weeks after the start. [S]
func (c Case) capClock() []clock {
	end := c.CapOn()
	if end.IsZero() {
		return nil
	}
	k := dueOn(ClockCap, end, c.StartedAt, c.fromStart(c.Rules.CapDays, "le sei settimane sono il massimo: la pratica si chiude da sola"))
	return []clock{k.remind(c.Rules.Calendar, end.AddDays(-7), end.AddDays(-3), end.AddDays(-1))}
}

// monitoringClocks are the steps of the plan in force. A home visit or an équipe on that day or later meets a step.
func (c Case) monitoringClocks() []clock {
	plan, ok := c.CurrentPlan()
	if !ok || c.StartOn.IsZero() {
		return nil
	}
	var all []clock
	for _, day := range plan.MonitoringOn {
		k := dueOn(ClockMonitoring, day, plan.At, "È un passo di monitoraggio del PAI.")
		if c.seenOnOrAfter(day) {
			k.metOn = day
		}
		all = append(all, k.remind(c.Rules.Calendar, day))
	}
	return all
}

func (c Case) seenOnOrAfter(day calendar.Date) bool {
	for _, v := range c.HomeVisits {
		if !v.On.Before(day) {
			return true
		}
	}
	for _, m := range c.Meetings {
		if !m.HeldOn.Before(day) {
			return true
		}
	}
	return false
}

// outcomeClock runs when the cap closed the case, until somebody says how it ended. [D]
func (c Case) outcomeClock() []clock {
	if c.Exit == nil || c.Exit.Cause != CauseCap {
		return nil
	}
	due := c.Rules.Calendar.AddWorkdays(c.CapOn(), c.Rules.OutcomeWorkdays)
	k := dueOn(ClockOutcome, due, c.Exit.At, "Cinque giorni lavorativi dalla chiusura automatica alle sei settimane.")
	if c.Exit.Outcome != "" {
		k.metOn = due
	}
	return []clock{k.remind(c.Rules.Calendar, due)}
}

func (c Case) fromStart(days int, what string) string {
	return strconv.Itoa(days) + " giorni dall'avvio del " + c.StartOn.Italian() + ": " + what + "."
}

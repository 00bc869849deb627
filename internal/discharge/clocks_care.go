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
	k.metOn = c.StartOn
	return []clock{k.remind(c.Rules.Calendar, c.StartPlannedOn)}
}

// signaturesClock is due at the start; started unsigned, three working days after; a plan rewritten in care, three
// working days after it was written. [D]
func (c Case) signaturesClock() []clock {
	plan, ok := c.latestPlan()
	if !ok && !c.StartUnsigned {
		return nil
	}
	cal, days := c.Rules.Calendar, c.Rules.SignatureWorkdays
	rewritten := ok && len(c.Plans) > 1 && !c.StartedAt.IsZero() && plan.At.After(c.StartedAt)
	var k clock
	switch {
	case c.StartOn.IsZero():
		k = dueOn(ClockSignatures, c.StartPlannedOn, plan.At, "Le firme servono per l'avvio previsto.")
	case rewritten:
		k = dueOn(ClockSignatures, cal.AddWorkdays(calendar.DateOf(plan.At), days), plan.At,
			workdays(days)+" dal nuovo PAI: intanto l'assistenza prosegue.")
	case c.StartUnsigned:
		k = dueOn(ClockSignatures, cal.AddWorkdays(c.StartOn, days), c.StartSetAt,
			workdays(days)+" dall'avvio: l'assistenza è partita senza tutte le firme.")
	default:
		k = dueOn(ClockSignatures, c.StartOn, plan.At, "Le firme servono per l'avvio.")
	}
	if ok && len(c.MissingSigners()) == 0 {
		for _, s := range c.Signatures {
			k.metOn = calendar.Max(k.metOn, s.SignedOn)
		}
	}
	return []clock{k.remind(cal, cal.AddWorkdays(k.DueOn, -1), k.DueOn)}
}

// equipeClock is due ten days after the start, whatever those days are. [S] A meeting before the start does not
// count.
func (c Case) equipeClock() []clock {
	if c.StartOn.IsZero() || !c.Rules.Equipe {
		return nil
	}
	due := c.StartOn.AddDays(c.Rules.EquipeDays)
	k := dueOn(ClockEquipe, due, c.StartSetAt,
		c.fromStart(c.Rules.EquipeDays, "entro questo giorno si riunisce l'équipe multidisciplinare"))
	k.metOn = c.FirstMeetingInCare()
	return []clock{k.remind(c.Rules.Calendar, c.StartOn.AddDays(5), c.equipeCopyOn(), due)}
}

// equipeCopyOn is the day from which the partner's managers get the équipe's reminders in copy.
func (c Case) equipeCopyOn() calendar.Date { return c.StartOn.AddDays(8) }

// reviewClock is due at the end of the period in force; at the cap, only the cap speaks. [S]
func (c Case) reviewClock() []clock {
	end := c.PeriodEndOn()
	if end.IsZero() || !c.Rules.Review || end == c.CapOn() {
		return nil
	}
	k := dueOn(ClockReview, end, c.PeriodAt,
		c.fromStart(end.DaysSince(c.StartOn), "finisce il periodo in corso, si rinnova o si conclude"))
	return []clock{k.remind(c.Rules.Calendar, end.AddDays(-7), end.AddDays(-3), end.AddDays(-1), end)}
}

// handoverClock asks, from day 28, what follows and from when; after the end too, until it is known. [D]
func (c Case) handoverClock() []clock {
	if c.StartOn.IsZero() {
		return nil
	}
	day := func(n int) calendar.Date { return c.StartOn.AddDays(c.Rules.HandoverDays + n) }
	k := dueOn(ClockHandover, day(0), c.StartSetAt,
		c.fromStart(c.Rules.HandoverDays, "si deve sapere che cosa segue, da quando e chi è stato chiamato"))
	k.metAt = c.HandoverAt
	if c.Exit != nil {
		k.metAt = c.Exit.HandoverAt
		if closed := calendar.DateOf(c.Exit.At); c.State != StateClosed || c.Died() {
			k.endedAt = c.Exit.At
		} else if closed.Before(k.DueOn) {
			k = dueOn(ClockHandover, closed, k.since, "La pratica è conclusa: si deve sapere che cosa segue.")
			k.metAt = c.Exit.HandoverAt
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
	why := c.fromStart(end.DaysSince(c.StartOn), "è il termine massimo, la pratica si chiude da sola")
	if c.Rules.SuspensionStopsClock && c.State == StateSuspended {
		why = "Al più tardi, se la sospensione non finisce prima: poi la pratica si chiude da sola."
	}
	k := dueOn(ClockCap, end, c.StartSetAt, why)
	if c.Exit != nil && c.Exit.Cause == CauseCap {
		k.metOn = c.Exit.On
	}
	return []clock{k.remind(c.Rules.Calendar, end.AddDays(-7), end.AddDays(-3), end.AddDays(-1))}
}

// earlyVisit is how many days before a monitoring step somebody may see the person and the step is done. [D]
const earlyVisit = 2

// monitoringClocks are the steps of the plan from the start on. A home visit or an équipe on that day, at most two
// days before, or later, meets a step.
func (c Case) monitoringClocks() []clock {
	plan, ok := c.CurrentPlan()
	if !ok || c.StartOn.IsZero() {
		return nil
	}
	var all []clock
	for _, day := range plan.MonitoringOn {
		if day.Before(c.StartOn) {
			continue // the start has moved past it
		}
		k := dueOn(ClockMonitoring, day, plan.At, "È un passo di monitoraggio del PAI.")
		k.metOn = c.seenFrom(day.AddDays(-earlyVisit))
		all = append(all, k.remind(c.Rules.Calendar, day))
	}
	return all
}

// seenFrom is the first day from a day on when a home visit or an équipe took place; zero when there is none.
func (c Case) seenFrom(day calendar.Date) calendar.Date {
	var first calendar.Date
	consider := func(on calendar.Date) {
		if !on.Before(day) && (first.IsZero() || on.Before(first)) {
			first = on
		}
	}
	for _, v := range c.HomeVisits {
		consider(v.On)
	}
	for _, m := range c.Meetings {
		consider(m.HeldOn)
	}
	return first
}

// outcomeClock runs when the cap closed the case, until somebody says how it ended. [D]
func (c Case) outcomeClock() []clock {
	if c.Exit == nil || c.Exit.Cause != CauseCap && c.Exit.OutcomeAt.IsZero() {
		return nil
	}
	due := c.Rules.Calendar.AddWorkdays(c.CapOn(), c.Rules.OutcomeWorkdays)
	k := dueOn(ClockOutcome, due, c.Exit.At, workdays(c.Rules.OutcomeWorkdays)+" dalla chiusura automatica alle sei settimane.")
	k.metAt = c.Exit.OutcomeAt
	return []clock{k.remind(c.Rules.Calendar, due)}
}

// fromStart is a reason that counts from the start.
func (c Case) fromStart(days int, what string) string {
	return strconv.Itoa(days) + " giorni dall'avvio del " + c.StartOn.Italian() + ": " + what + "."
}

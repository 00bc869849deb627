package discharge

import (
	"cmp"
	"slices"

	"dimissioni/internal/calendar"
)

// releaseAll gives back everything that the case reserved.
func (c Case) releaseAll() *Money {
	if c.ReservedCents <= 0 {
		return nil
	}
	return &Money{Entry: EntryRelease, AmountCents: c.ReservedCents}
}

// releaseUnserved gives back the share not served on an end day: amount x (42 - days served) / 42, rounded down.
// DOMAIN, Money.
func (c Case) releaseUnserved(end calendar.Date) *Money {
	amount := unserved(c.ReservedCents, c.ServedDays(end), c.Rules.CapDays)
	if amount <= 0 {
		return nil
	}
	return &Money{Entry: EntryRelease, AmountCents: amount}
}

func unserved(cents int64, served, capDays int) int64 {
	return cents * int64(capDays-served) / int64(capDays)
}

func decideEndBeforeStart(t turn) (Decision, error) {
	f := t.cmd.Facts
	if err := checkReason(f.ReasonCode, NotStartedReasons); err != nil {
		return Decision{}, err
	}
	ended := firstDate(f.EndedOn, t.cmd.On)
	if err := t.happened("ended_on", ended); err != nil {
		return Decision{}, err
	}
	cause := CausePerson
	if f.ReasonCode == "deceased" {
		cause = CauseDeath
	}
	return t.one(NotStarted, Facts{
		ReasonCode: f.ReasonCode, EndedOn: ended, HasReason: f.HasReason, Cause: cause, Money: t.c.releaseAll(),
	})
}

// decideDeath ends the case at once, wherever it is: a date, and after a start the place, nothing else is asked.
func decideDeath(t turn) (Decision, error) {
	died := firstDate(t.cmd.Facts.EndedOn, t.cmd.On)
	if err := t.happened("died_on", died); err != nil {
		return Decision{}, err
	}
	if t.c.State.BeforeStart() {
		return t.one(NotStarted, Facts{
			ReasonCode: "deceased", EndedOn: died, Cause: CauseDeath, Money: t.c.releaseAll(),
		})
	}
	place := cmp.Or(t.cmd.Facts.Outcome, "elsewhere")
	if !slices.Contains(DeathPlaces, place) {
		return Decision{}, Invalid("place", "unknown", "Il luogo può essere casa, ospedale, hospice o altrove.")
	}
	return t.one(Closed, Facts{
		Outcome: "died_" + place, EndedOn: died, Cause: CauseDeath, Money: t.c.releaseUnserved(died),
	})
}

func decideClose(t turn) (Decision, error) {
	f, err := t.checkOutcome(t.cmd.On, Outcomes())
	if err != nil {
		return Decision{}, err
	}
	f.Cause = CausePerson
	f.Money = t.c.releaseUnserved(f.EndedOn)
	return t.one(Closed, f)
}

// decideCompleteOutcome gives the outcome to a case that the cap closed. It may bear an earlier date, which gives
// more money back; and it may turn out that the person had died, which close leaves to report_death.
func decideCompleteOutcome(t turn) (Decision, error) {
	deaths := []Outcome{OutcomeDiedAtHome, OutcomeDiedInHospital, OutcomeDiedInHospice, OutcomeDiedElsewhere}
	f, err := t.checkOutcome(t.c.Exit.On, append(Outcomes(), deaths...))
	if err != nil {
		return Decision{}, err
	}
	if f.EndedOn.After(t.c.Exit.On) {
		return Decision{}, Invalid("closed_on", "too_late", "La data non può essere dopo le sei settimane.")
	}
	f.Money = t.c.releaseMore(t.c.StartOn, f.EndedOn)
	return t.one(OutcomeCompletedLate, f)
}

// checkOutcome fills in and checks what close and complete_outcome share.
func (t turn) checkOutcome(end calendar.Date, outcomes []Outcome) (Facts, error) {
	in := t.cmd.Facts
	f := Facts{
		Outcome: in.Outcome, EndedOn: firstDate(in.EndedOn, end), WhatFollows: in.WhatFollows, From: in.From,
		HasReason: in.HasReason,
	}
	switch {
	case !slices.Contains(outcomes, Outcome(f.Outcome)):
		return f, Invalid("outcome", "unknown", "Scelga dall'elenco perché il percorso si conclude.")
	case Outcome(f.Outcome) == OutcomeOther && !f.HasReason:
		return f, Invalid("note", "required", "Con «altro» scriva una nota.")
	case f.EndedOn.After(t.today):
		return f, Invalid("closed_on", "too_late", "La data della conclusione è nel futuro.")
	case f.EndedOn.Before(t.c.StartOn):
		return f, Invalid("closed_on", "too_early", "La conclusione non può precedere l'avvio.")
	default:
		return f, checkFollowUps(f.WhatFollows)
	}
}

// releaseMore is the ledger's difference when an ended case turns out to have started or ended on other days:
// more money back, or, when the days served grow, an adjustment that the line must bear.
func (c Case) releaseMore(start, end calendar.Date) *Money {
	if c.State != StateClosed {
		return nil // everything was given back
	}
	whole := c.ReservedCents + c.Exit.ReleasedCents
	c.StartOn = start
	diff := unserved(whole, c.ServedDays(end), c.Rules.CapDays) - c.Exit.ReleasedCents
	switch {
	case diff > 0:
		return &Money{Entry: EntryRelease, AmountCents: diff}
	case diff < 0:
		return &Money{Entry: EntryAdjust, AmountCents: -diff}
	default:
		return nil
	}
}

func decideReopen(t turn) (Decision, error) {
	if !t.cmd.Facts.HasReason {
		return Decision{}, Invalid("reason", "required", "Scriva perché la pratica si riapre.")
	}
	f := Facts{HasReason: true}
	if t.c.Exit.ReleasedCents > 0 {
		f.Money = &Money{Entry: EntryReserve, AmountCents: t.c.Exit.ReleasedCents}
	}
	return Decision{
		Events:  []Event{t.event(Reopened, f)},
		NoMoney: noMoney("I fondi liberati alla chiusura non ci sono più: la pratica non si può riaprire."),
	}, nil
}

func decideCancel(t turn) (Decision, error) {
	if !t.cmd.Facts.HasReason {
		return Decision{}, Invalid("reason", "required", "Scriva perché la pratica è stata inserita per errore.")
	}
	return t.one(Cancelled, Facts{HasReason: true, EndedOn: t.cmd.On, Cause: CausePerson, Money: t.c.releaseAll()})
}

package discharge

import (
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
	if err := checkCode("reason_code", t.cmd.Facts.ReasonCode, NotStartedReasons); err != nil {
		return Decision{}, err
	}
	return t.one(NotStarted, Facts{
		ReasonCode: t.cmd.Facts.ReasonCode, EndedOn: t.cmd.On, HasReason: t.cmd.Facts.HasReason, Cause: CausePerson,
		Money: t.c.releaseAll(),
	})
}

func decideDeath(t turn) (Decision, error) {
	died := t.cmd.Facts.EndedOn
	if died.IsZero() {
		died = t.cmd.On
	}
	if died.After(t.today) {
		return Decision{}, Invalid("died_on", "too_late", "La data è nel futuro.")
	}
	if t.c.State.BeforeStart() {
		return t.one(NotStarted, Facts{
			ReasonCode: "deceased", EndedOn: died, Cause: CauseDeath, Money: t.c.releaseAll(),
		})
	}
	place := t.cmd.Facts.Outcome
	if place == "" {
		place = "elsewhere"
	}
	if !slices.Contains(DeathPlaces, place) {
		return Decision{}, Invalid("place", "unknown", "Il luogo può essere casa, ospedale, hospice o altrove.")
	}
	return t.one(Closed, Facts{
		Outcome: "died_" + place, EndedOn: died, Cause: CauseDeath, Money: t.c.releaseUnserved(died),
	})
}

func decideClose(t turn) (Decision, error) {
	f, err := t.checkOutcome()
	if err != nil {
		return Decision{}, err
	}
	f.Cause = CausePerson
	f.Money = t.c.releaseUnserved(f.EndedOn)
	return t.one(Closed, f)
}

// decideCompleteOutcome gives the outcome to a case that the cap closed. It may bear an earlier date, which gives
// more money back.
func decideCompleteOutcome(t turn) (Decision, error) {
	if t.cmd.Facts.EndedOn.IsZero() {
		t.cmd.Facts.EndedOn = t.c.Exit.On
	}
	f, err := t.checkOutcome()
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
func (t turn) checkOutcome() (Facts, error) {
	in := t.cmd.Facts
	f := Facts{Outcome: in.Outcome, EndedOn: in.EndedOn, WhatFollows: in.WhatFollows, From: in.From, HasReason: in.HasReason}
	if f.EndedOn.IsZero() {
		f.EndedOn = t.cmd.On
	}
	if err := checkFollowUps(f.WhatFollows); err != nil {
		return f, err
	}
	switch {
	case !slices.Contains(Outcomes(), Outcome(f.Outcome)):
		return f, Invalid("outcome", "unknown", "Scelga dall'elenco perché il percorso si conclude.")
	case Outcome(f.Outcome) == OutcomeOther && !f.HasReason:
		return f, Invalid("note", "required", "Con «altro» scriva una nota.")
	case f.EndedOn.After(t.today):
		return f, Invalid("closed_on", "too_late", "La data della conclusione è nel futuro.")
	case f.EndedOn.Before(t.c.StartOn):
		return f, Invalid("closed_on", "too_early", "La conclusione non può precedere l'avvio.")
	default:
		return f, nil
	}
}

// releaseMore is the ledger's difference when an ended case turns out to have started or ended on other days:
// more money back, or, when the days served grow, an adjustment that the line must bear.
func (c Case) releaseMore(start, end calendar.Date) *Money {
	if c.Exit == nil || c.StartOn.IsZero() {
		return nil
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

// decideCorrect gives a dated fact its true date: the start, a home visit, a meeting, a signature or the end. Old
// and new stay on the timeline; clocks and money are derived again.
func decideCorrect(t turn) (Decision, error) {
	f := t.cmd.Facts
	switch {
	case t.cmd.Actor.Role != RoleCoordinator && !f.OwnEvent:
		return Decision{}, Refuse(KindForbidden, "Corregge chi ha registrato il fatto, o il coordinatore.")
	case !f.HasReason:
		return Decision{}, Invalid("reason", "required", "Scriva il motivo della correzione.")
	case f.Date.IsZero():
		return Decision{}, Invalid("on", "required", "Indichi la data giusta.")
	case f.Date.After(t.today):
		return Decision{}, Invalid("on", "too_late", "La data giusta non può essere nel futuro.")
	}
	money, err := t.correction(f.EventSeq, f.Date)
	if err != nil {
		return Decision{}, err
	}
	return Decision{
		Events:  []Event{t.event(Corrected, Facts{EventSeq: f.EventSeq, Date: f.Date, HasReason: true, Money: money})},
		NoMoney: noMoney("I fondi non bastano per i giorni in più che la correzione comporta."),
	}, nil
}

// correction checks that the event can bear the date and gives the effect on the money of an ended case.
func (t turn) correction(seq int, to calendar.Date) (*Money, error) {
	c := t.c
	has := func(d Dated) bool { return d.Seq == seq }
	switch {
	case seq > 0 && seq == c.StartSeq && !c.StartOn.IsZero():
		if c.Exit != nil && to.After(c.Exit.On) {
			return nil, Invalid("on", "too_late", "L'avvio non può essere dopo la conclusione.")
		}
		if c.Exit != nil && c.Rules.Cap && c.Exit.On.After(to.AddDays(c.Rules.CapDays)) {
			return nil, Invalid("on", "too_early", "Con questo avvio la conclusione cadrebbe oltre le sei settimane: corregga prima quella.")
		}
		if len(c.Suspensions) > 0 && to.After(c.Suspensions[0].From) {
			return nil, Invalid("on", "too_late", "L'avvio non può essere dopo la sospensione.")
		}
		return c.releaseMore(to, c.exitOn()), nil
	case c.Exit != nil && seq == c.Exit.Seq && c.State == StateClosed:
		if to.Before(c.StartOn) {
			return nil, Invalid("on", "too_early", "La conclusione non può precedere l'avvio.")
		}
		if c.Rules.Cap && to.After(c.CapOn()) {
			return nil, Invalid("on", "too_late", "La conclusione non può essere dopo le sei settimane.")
		}
		return c.releaseMore(c.StartOn, to), nil
	case slices.ContainsFunc(c.HomeVisits, has),
		slices.ContainsFunc(c.Meetings, func(m HeldMeeting) bool { return m.Seq == seq }),
		slices.ContainsFunc(c.Signatures, func(s Signature) bool { return s.Seq == seq }):
		return nil, nil
	default:
		return nil, Invalid("event_seq", "not_applicable",
			"Si correggono le date di avvio, visita domiciliare, équipe, firma e conclusione.")
	}
}

func (c Case) exitOn() calendar.Date {
	if c.Exit == nil {
		return calendar.Date{}
	}
	return c.Exit.On
}

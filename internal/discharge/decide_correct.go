package discharge

import (
	"slices"

	"dimissioni/internal/calendar"
)

// decideCorrect gives a dated fact its true date: the start, a home visit, a meeting, a signature or the end. Old
// and new stay on the timeline; clocks and money are derived again. DOMAIN, Commands.
func decideCorrect(t turn) (Decision, error) {
	f := t.cmd.Facts
	switch {
	case t.cmd.Actor.Role != RoleCoordinator && !f.OwnEvent:
		return Decision{}, Refuse(KindForbidden, "Corregge chi ha registrato il fatto, o il coordinatore.")
	case !f.HasReason:
		return Decision{}, Invalid("reason", "required", "Scriva il motivo della correzione.")
	case f.Date.IsZero():
		return Decision{}, Invalid("on", "required", "Indichi la data giusta.")
	}
	if err := t.happened("on", f.Date); err != nil {
		return Decision{}, err
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

// correction checks that an event can bear another date and gives the effect on the money of an ended case.
func (t turn) correction(seq int, to calendar.Date) (*Money, error) {
	c := t.c
	held := slices.ContainsFunc(c.Meetings, func(m HeldMeeting) bool { return m.Seq == seq })
	switch {
	case seq > 0 && seq == c.StartSeq:
		return c.correctStart(to)
	case c.Exit != nil && seq == c.Exit.Seq:
		return c.correctEnd(to)
	case held && c.Exit != nil && to.After(c.Exit.On):
		return nil, Invalid("on", "too_late", "L'équipe multidisciplinare non può essersi tenuta dopo la conclusione.")
	case held,
		slices.ContainsFunc(c.HomeVisits, func(v Dated) bool { return v.Seq == seq }),
		slices.ContainsFunc(c.Signatures, func(s Signature) bool { return s.Seq == seq }):
		return nil, nil //nolint:nilnil // nothing to pay and nothing wrong
	default:
		return nil, Invalid("event_seq", "not_applicable",
			"Si correggono le date di avvio, visita domiciliare, équipe multidisciplinare, firma e conclusione.")
	}
}

func (c Case) correctStart(to calendar.Date) (*Money, error) {
	switch {
	case to.Before(c.SubmittedOn):
		return nil, Invalid("on", "too_early", "L'avvio non può precedere la segnalazione.")
	case len(c.Suspensions) > 0 && to.After(c.Suspensions[0].From):
		return nil, Invalid("on", "too_late", "L'avvio non può essere dopo la sospensione.")
	case c.Exit == nil:
		return nil, nil //nolint:nilnil // the whole path stays reserved
	case to.After(c.Exit.On):
		return nil, Invalid("on", "too_late", "L'avvio non può essere dopo la conclusione.")
	}
	money := c.releaseMore(to, c.Exit.On)
	c.StartOn = to
	if limit := c.CapOn(); !limit.IsZero() && c.Exit.On.After(limit) {
		return nil, Invalid("on", "too_early", "Con questo avvio la conclusione cadrebbe oltre le sei settimane: corregga prima quella.")
	}
	return money, nil
}

func (c Case) correctEnd(to calendar.Date) (*Money, error) {
	switch {
	case c.State == StateClosed && to.Before(c.StartOn):
		return nil, Invalid("on", "too_early", "La conclusione non può precedere l'avvio.")
	case !c.CapOn().IsZero() && to.After(c.CapOn()):
		return nil, Invalid("on", "too_late", "La conclusione non può essere dopo le sei settimane.")
	default:
		return c.releaseMore(c.StartOn, to), nil
	}
}

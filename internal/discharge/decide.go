package discharge

import (
	"slices"
	"time"
)

// Decide judges a command on a case at now (UTC, by the case's clock). It answers with the events to record, or
// with an *[Error] that says why not, in Italian; a refusal changes nothing. The zero Case accepts only Submit.
// Decide is pure: the same arguments always give the same answer.
func Decide(c Case, cmd Command, now time.Time) (Decision, error) {
	r, ok := ruleOf(cmd.Kind)
	if !ok {
		return Decision{}, Refuse(KindNotFound, "Comando sconosciuto.")
	}
	rules := c.Rules
	if cmd.Kind == Submit && cmd.Facts.Rules != nil {
		rules = *cmd.Facts.Rules
	}
	if !Allowed(cmd.Actor.Role, cmd.Kind, rules) {
		return Decision{}, Refuse(KindForbidden, "Il suo ruolo non permette «"+cmd.Kind.Italian()+"».")
	}
	if err := c.admits(cmd.Kind, now); err != nil {
		return Decision{}, err
	}
	t := turn{c: c, cmd: cmd, now: now, today: c.Today(now)}
	if t.cmd.On.IsZero() {
		t.cmd.On = t.today
	}
	if t.cmd.On.After(t.today) {
		return Decision{}, Invalid("on", "too_late", "La data del fatto non può essere nel futuro.")
	}
	return r.decide(t)
}

// event makes an event of this turn.
func (t turn) event(kind EventKind, f Facts) Event {
	return Event{
		Kind:      kind,
		CommandID: t.cmd.ID,
		Actor:     t.cmd.Actor,
		On:        t.cmd.On,
		At:        t.now,
		Telephone: t.cmd.ByTelephone,
		Facts:     f,
	}
}

// one is the decision that records a single event.
func (t turn) one(kind EventKind, f Facts) (Decision, error) {
	return Decision{Events: []Event{t.event(kind, f)}}, nil
}

// after is the case as the events would leave it.
func (t turn) after(events ...Event) Case {
	c := t.c
	for i, e := range events {
		e.Seq = t.c.Version + i + 1
		c = c.Apply(e)
	}
	return c
}

func decideNothing(turn) (Decision, error) { return Decision{}, nil }

func decideMailFailed(t turn) (Decision, error) {
	return t.one(DeliveryFailed, Facts{Notifications: t.cmd.Facts.Notifications})
}

func decideReportRefusal(t turn) (Decision, error) {
	f := t.cmd.Facts
	return t.one(CommandRefused, Facts{Refused: f.Refused, ErrorKind: f.ErrorKind, RefusedUserID: f.RefusedUserID})
}

func decideTake(t turn) (Decision, error) { return t.one(Taken, Facts{}) }

func decideUpdateDetails(t turn) (Decision, error) {
	f := t.cmd.Facts
	if len(f.Groups) == 0 {
		return Decision{}, Invalid("", "required", "Indichi almeno un gruppo di dati da aggiornare.")
	}
	if err := checkFollowUps(f.WhatFollows); err != nil {
		return Decision{}, err
	}
	return t.one(DetailsUpdated, Facts{
		Groups: f.Groups, Sharing: f.Sharing, ShareWith: f.ShareWith, Informed: f.Informed,
		WhatFollows: f.WhatFollows, From: f.From,
	})
}

// checkFollowUps refuses a follow-up that is not in the list of DOMAIN, Outcomes.
func checkFollowUps(codes []string) error {
	for _, code := range codes {
		if !slices.Contains(FollowUps, code) {
			return Invalid("what_follows", "unknown", "Scelga dall'elenco che cosa segue alla conclusione.")
		}
	}
	return nil
}

// checkCode refuses a coded reason that is not in its list.
func checkCode(field, code string, codes []string) error {
	switch {
	case code == "":
		return Invalid(field, "required", "Scelga un motivo dall'elenco.")
	case !slices.Contains(codes, code):
		return Invalid(field, "unknown", "Il motivo non è nell'elenco.")
	default:
		return nil
	}
}

package discharge

import (
	"cmp"
	"slices"
	"time"

	"dimissioni/internal/calendar"
)

// Decide judges a command on a case at now (UTC, by the case's clock). It answers with the events to record, or
// with an *[Error] that says why not, in Italian; a refusal changes nothing. The zero Case accepts only Submit.
// Decide is pure: the same arguments always give the same answer, and no argument is changed.
func Decide(c Case, cmd Command, now time.Time) (Decision, error) {
	r, ok := table[cmd.Kind]
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
	if err := c.belongs(cmd.Actor, cmd.Kind, t.today); err != nil {
		return Decision{}, err
	}
	if t.cmd.On.IsZero() {
		t.cmd.On = t.today
	}
	if err := t.happened("on", t.cmd.On); err != nil {
		return Decision{}, err
	}
	return r.decide(t)
}

// Slips of the fingers: how far before the referral and after today a typed date may lie, in days.
const (
	longBefore = 60
	longAfter  = 366
)

// happened refuses a day on which a fact cannot have happened: in the future, or long before the referral.
func (t turn) happened(field string, on calendar.Date) error {
	sent := t.c.SubmittedOn
	if sent.IsZero() {
		sent = t.today
	}
	switch {
	case on.After(t.today):
		return Invalid(field, "too_late", "Si registra ciò che è già avvenuto: la data è nel futuro.")
	case on.Before(sent.AddDays(-longBefore)):
		return Invalid(field, "too_early", "La data è molto prima della segnalazione: la controlli.")
	default:
		return nil
	}
}

// foreseen refuses a day that nobody plans for: long after today. The zero day is none.
func (t turn) foreseen(field string, on calendar.Date) error {
	if on.After(t.today.AddDays(longAfter)) {
		return Invalid(field, "too_late", "La data è a più di un anno da oggi: la controlli.")
	}
	return nil
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

// decideTake makes the coordinator the case's owner.
func decideTake(t turn) (Decision, error) {
	if t.c.OwnerID == t.cmd.Actor.UserID {
		return Decision{}, nil
	}
	return t.one(Taken, Facts{})
}

// GroupHandover is the group of update_details that tells what follows the end, and so meets the handover clock.
const GroupHandover = "what_follows"

// anyGroup is the field that a command lacks when any of the referral's groups would do.
const anyGroup = "groups"

func decideUpdateDetails(t turn) (Decision, error) {
	f := t.cmd.Facts
	switch {
	case slices.Contains(f.Groups, GroupHandover) && len(f.WhatFollows) == 0:
		return Decision{}, Invalid("what_follows", "required", "Indichi che cosa segue alla conclusione, anche «niente».")
	case len(f.Groups) == 0 && len(f.WhatFollows) == 0 && !f.Sharing:
		return Decision{}, Invalid(anyGroup, "required", "Indichi almeno un gruppo di dati da aggiornare.")
	}
	if err := cmp.Or(checkFollowUps(f.WhatFollows), checkShared("share_with", f.ShareWith)); err != nil {
		return Decision{}, err
	}
	return t.one(DetailsUpdated, Facts{
		Groups: f.Groups, Sharing: f.Sharing, ShareWith: f.ShareWith, Informed: f.Informed,
		WhatFollows: f.WhatFollows, From: f.From,
	})
}

// checkFollowUps refuses a follow-up that is not in the list of DOMAIN, Outcomes.
func checkFollowUps(codes []string) error {
	if !among(codes, FollowUps) {
		return Invalid("what_follows", "unknown", "Scelga dall'elenco che cosa segue alla conclusione.")
	}
	return nil
}

// checkShared refuses whom the case cannot be shared with.
func checkShared(field string, codes []string) error {
	if !among(codes, ShareWith) {
		return Invalid(field, "unknown", "Si può condividere con il medico, il Comune e i servizi territoriali.")
	}
	return nil
}

// among reports whether every code is in the list.
func among(codes, list []string) bool {
	return !slices.ContainsFunc(codes, func(code string) bool { return !slices.Contains(list, code) })
}

// checkReason refuses a coded reason that is not in its list.
func checkReason(code string, codes []string) error {
	switch {
	case code == "":
		return Invalid("reason_code", "required", "Scelga un motivo dall'elenco.")
	case !slices.Contains(codes, code):
		return Invalid("reason_code", "unknown", "Il motivo non è nell'elenco.")
	default:
		return nil
	}
}

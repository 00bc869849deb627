package discharge

import (
	"slices"
	"strconv"

	"dimissioni/internal/calendar"
)

// invitable is who can be invited to an équipe.
var invitable = []string{
	"coordinator", "case_manager", "hospital_contact", "partner_manager", "municipality", "gp", "territorial",
	"person", "patient", "caregiver",
}

// DefaultInvited is who takes part in an équipe unless the convener says otherwise: coordinator, case manager and
// hospital, and where useful the municipality, the GP and the person. DOMAIN, Équipe.
func (c Case) DefaultInvited() []string {
	invited := []string{"coordinator", "case_manager", "hospital_contact"}
	for _, who := range []string{"municipality", "gp"} {
		if c.SharesWith(who) {
			invited = append(invited, who)
		}
	}
	return append(invited, "person")
}

func decideConvene(t turn) (Decision, error) {
	f := t.cmd.Facts
	if f.CalledOff {
		if t.c.Convened == nil {
			return Decision{}, Refuse(KindNotAllowed, "Non c'è un'équipe convocata da disdire.")
		}
		return t.one(MeetingCalledOff, Facts{HasReason: f.HasReason})
	}
	if f.At.IsZero() {
		return Decision{}, Invalid("at", "required", "Indichi giorno e ora dell'équipe.")
	}
	if !f.At.After(t.now) {
		return Decision{}, Invalid("at", "too_early", "L'équipe si convoca per un momento futuro.")
	}
	for _, who := range f.Invited {
		if !slices.Contains(invitable, who) {
			return Decision{}, Invalid("invited", "unknown", "Uno degli invitati non è tra quelli possibili.")
		}
	}
	kind := MeetingConvened
	if t.c.Convened != nil {
		kind = MeetingMoved
		if len(f.Invited) == 0 {
			f.Invited = t.c.Convened.Invited
		}
	}
	if len(f.Invited) == 0 {
		f.Invited = t.c.DefaultInvited()
	}
	return t.one(kind, Facts{At: f.At.UTC(), Invited: f.Invited})
}

func decideRecordMeeting(t turn) (Decision, error) {
	f := t.cmd.Facts
	if f.HeldOn.IsZero() {
		f.HeldOn = t.cmd.On
	}
	if f.HeldOn.After(t.today) {
		return Decision{}, Invalid("held_on", "too_late", "Il verbale si registra a équipe tenuta: la data è nel futuro.")
	}
	if t.c.Exit != nil && f.HeldOn.After(t.c.Exit.On) {
		return Decision{}, Invalid("held_on", "too_late", "L'équipe non può essersi tenuta dopo la conclusione.")
	}
	if !slices.Contains(MeetingDecisions, f.Decision) {
		return Decision{}, Invalid("decision", "unknown", "Indichi la decisione: proseguire, riprogettare o chiudere.")
	}
	for _, a := range f.Attendees {
		if !slices.Contains(AttendanceModes, a.Mode) || a.Role == "" {
			return Decision{}, Invalid("attendees", "unknown", "Per ogni partecipante indichi il ruolo e come ha partecipato.")
		}
	}
	return t.one(MeetingRecorded, Facts{HeldOn: f.HeldOn, Decision: f.Decision, Attendees: f.Attendees})
}

// Complete reports whether coordinator, case manager and hospital took part, the hospital also by its written
// opinion. DOMAIN, Équipe.
func (m HeldMeeting) Complete() bool {
	took := func(role string, modes ...string) bool {
		return slices.ContainsFunc(m.Attendees, func(a Attendee) bool {
			return a.Role == role && slices.Contains(modes, a.Mode)
		})
	}
	return took("coordinator", "present", "remote") && took("case_manager", "present", "remote") &&
		(took("hospital_contact", "present", "remote", "written") || took("sender", "present", "remote", "written") ||
			took("hospital", "present", "remote", "written"))
}

func decideRenew(t turn) (Decision, error) {
	days := t.cmd.Facts.Days
	end := t.c.PeriodEndOn()
	most := 366
	if limit := t.c.CapOn(); !limit.IsZero() {
		most = limit.DaysSince(end)
	}
	switch {
	case most <= 0:
		return Decision{}, Refuse(KindNotAllowed, "Le sei settimane sono già tutte assegnate: non si può rinnovare oltre.")
	case days < 1 || days > most:
		return Decision{}, Invalid("days", "out_of_range",
			"Il rinnovo può durare da 1 a "+strconv.Itoa(most)+" giorni: le sei settimane sono il massimo.")
	case end.AddDays(days).Before(t.today):
		return Decision{}, Invalid("days", "out_of_range", "Con questi giorni il periodo finirebbe nel passato.")
	case !t.c.advisesToGoOn() && !t.cmd.Facts.HasReason:
		return Decision{}, Invalid("reason", "required",
			"L'équipe non ha consigliato di proseguire, o non si è tenuta: per rinnovare scriva il motivo.")
	}
	return t.one(Renewed, Facts{Days: days, HasReason: t.cmd.Facts.HasReason})
}

// advisesToGoOn reports whether the last équipe held since the start advised to go on or to re-plan.
func (c Case) advisesToGoOn() bool {
	advice := ""
	var last calendar.Date
	for _, m := range c.Meetings {
		if !m.HeldOn.Before(c.StartOn) && !m.HeldOn.Before(last) {
			advice, last = m.Decision, m.HeldOn
		}
	}
	return advice == "continue" || advice == "replan"
}

func decideSuspend(t turn) (Decision, error) {
	if err := checkCode("reason_code", t.cmd.Facts.ReasonCode, SuspensionReasons); err != nil {
		return Decision{}, err
	}
	from := t.c.StartOn
	if n := len(t.c.Suspensions); n > 0 {
		from = calendar.Max(from, t.c.Suspensions[n-1].To)
	}
	if t.cmd.On.Before(from) {
		return Decision{}, Invalid("on", "too_early", "La sospensione non può precedere l'avvio o la ripresa.")
	}
	return t.one(Suspended, Facts{ReasonCode: t.cmd.Facts.ReasonCode})
}

func decideResume(t turn) (Decision, error) {
	if t.cmd.On.Before(t.c.Suspensions[len(t.c.Suspensions)-1].From) {
		return Decision{}, Invalid("on", "too_early", "La ripresa non può precedere la sospensione.")
	}
	return t.one(Resumed, Facts{})
}

func decideReadmission(t turn) (Decision, error) {
	return t.one(ReadmissionNoticed, Facts{ExpectedOn: t.cmd.Facts.ExpectedOn, From: t.cmd.Facts.From})
}

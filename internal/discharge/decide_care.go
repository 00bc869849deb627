package discharge

import (
	"cmp"
	"slices"
	"strconv"

	"dimissioni/internal/calendar"
)

// invitable is who can be invited to an équipe.
var invitable = []string{
	"coordinator", "case_manager", "hospital_contact", "partner_manager", "municipality", "gp", "territorial",
	"person", "patient", "caregiver",
}

// took is who can have taken part in an équipe: who can be invited, and others by what they are.
var took = append([]string{
	"hospital", "sender", "operator", "representative", "social_worker", "asa", "oss", "family_assistant", "auxiliary",
	"educator", "nurse", "physician", "psychologist", "other",
}, invitable...)

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
	open := t.c.Convened
	switch {
	case f.CalledOff && open == nil:
		return Decision{}, Refuse(KindNotAllowed, "Non c'è un'équipe multidisciplinare convocata da disdire.")
	case f.CalledOff:
		return t.one(MeetingCalledOff, Facts{HasReason: f.HasReason})
	case f.At.IsZero():
		return Decision{}, Invalid("at", "required", "Indichi giorno e ora dell'équipe multidisciplinare.")
	case !f.At.After(t.now):
		return Decision{}, Invalid("at", "too_early", "L'équipe multidisciplinare si convoca per un momento futuro.")
	case !among(f.Invited, invitable):
		return Decision{}, Invalid("invited", "unknown", "Uno degli invitati non è tra quelli possibili.")
	}
	if err := t.foreseen("at", calendar.DateOf(f.At)); err != nil {
		return Decision{}, err
	}
	kind := MeetingConvened
	if open != nil {
		kind = MeetingMoved
	}
	invited := f.Invited
	if len(invited) == 0 && open != nil {
		invited = open.Invited
	} else if len(invited) == 0 {
		invited = t.c.DefaultInvited()
	}
	return t.one(kind, Facts{At: f.At.UTC(), Invited: invited})
}

func decideRecordMeeting(t turn) (Decision, error) {
	f := t.cmd.Facts
	f.HeldOn = firstDate(f.HeldOn, t.cmd.On)
	if err := t.happened("held_on", f.HeldOn); err != nil {
		return Decision{}, err
	}
	if t.c.Exit != nil && f.HeldOn.After(t.c.Exit.On) {
		return Decision{}, Invalid("held_on", "too_late", "L'équipe multidisciplinare non può essersi tenuta dopo la conclusione.")
	}
	if !slices.Contains(MeetingDecisions, f.Decision) {
		return Decision{}, Invalid("decision", "unknown", "Indichi la decisione: proseguire, riprogettare o chiudere.")
	}
	for _, a := range f.Attendees {
		if !slices.Contains(AttendanceModes, a.Mode) || !slices.Contains(took, a.Role) {
			return Decision{}, Invalid("attendees", "unknown", "Per ogni partecipante indichi il ruolo e come ha partecipato.")
		}
	}
	return t.one(MeetingRecorded, Facts{HeldOn: f.HeldOn, Decision: f.Decision, Attendees: f.Attendees})
}

// Complete reports whether coordinator, case manager and hospital took part, the hospital also by its written
// opinion. DOMAIN, Équipe.
func (m HeldMeeting) Complete() bool {
	by := func(role string, modes ...string) bool {
		return slices.ContainsFunc(m.Attendees, func(a Attendee) bool {
			return a.Role == role && slices.Contains(modes, a.Mode)
		})
	}
	hospital := false
	for _, role := range []string{"hospital_contact", "hospital", "sender"} {
		hospital = hospital || by(role, "present", "remote", "written")
	}
	return hospital && by("coordinator", "present", "remote") && by("case_manager", "present", "remote")
}

// MeetingTiming says in Italian where a day of meeting stands with the ten days, when that is to be said: before the start
// it does not count, the first one after them was late. DOMAIN, Équipe.
func (c Case) MeetingTiming(on calendar.Date) string {
	due := c.StartOn.AddDays(c.Rules.EquipeDays)
	switch {
	case !c.Rules.Equipe:
		return ""
	case !c.inCareOn(on):
		return "pre-dimissione"
	case on == c.FirstMeetingInCare() && on.After(due):
		return "tenuta in ritardo (giorno " + strconv.Itoa(on.DaysSince(c.StartOn)) + ")"
	default:
		return ""
	}
}

// decideRenew lengthens the period. The équipe advises, the coordinator decides: against the advice, or without an
// équipe, a reason is compulsory. DOMAIN, Équipe.
func decideRenew(t turn) (Decision, error) {
	days, most := t.cmd.Facts.Days, t.c.renewable()
	switch {
	case days < 1 || days > most:
		return Decision{}, Invalid("days", "out_of_range", "Il rinnovo può durare da 1 a "+strconv.Itoa(most)+" giorni.")
	case t.c.PeriodEndOn().AddDays(days).Before(t.today):
		return Decision{}, Invalid("days", "out_of_range", "Con questi giorni il periodo sarebbe già finito.")
	case t.c.Rules.Equipe && !t.c.advisesToGoOn() && !t.cmd.Facts.HasReason:
		return Decision{}, Invalid("reason", "required",
			"L'équipe multidisciplinare non ha consigliato di proseguire, o non si è tenuta: per rinnovare scriva il motivo.")
	}
	return t.one(Renewed, Facts{Days: days, HasReason: t.cmd.Facts.HasReason})
}

// advisesToGoOn reports whether the last équipe held since the start advised to go on or to re-plan.
func (c Case) advisesToGoOn() bool {
	advice := ""
	var last calendar.Date
	for _, m := range c.Meetings {
		if c.inCareOn(m.HeldOn) && !m.HeldOn.Before(last) {
			advice, last = m.Decision, m.HeldOn
		}
	}
	return advice == "continue" || advice == "replan"
}

func decideSuspend(t turn) (Decision, error) {
	if err := checkReason(t.cmd.Facts.ReasonCode, SuspensionReasons); err != nil {
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

// decideReadmission takes the notice of any ward of the hospital; to suspend is the case manager's to decide.
func decideReadmission(t turn) (Decision, error) {
	f := t.cmd.Facts
	if err := cmp.Or(t.happened("admitted_on", firstDate(f.From, t.cmd.On)), t.foreseen("expected_discharge_on", f.ExpectedOn)); err != nil {
		return Decision{}, err
	}
	return t.one(ReadmissionNoticed, Facts{ExpectedOn: f.ExpectedOn, From: f.From})
}

package discharge

import (
	"time"

	"pgregory.net/rapid"

	"dimissioni/internal/calendar"
)

// dice are fair, where rapid by itself likes small numbers best; what it has found it still makes shorter.
type dice struct {
	*rapid.T
	rolls uint64
}

// between is a number from low to high, both included.
func between(t *dice, label string, low, high int) int {
	t.rolls++
	x := (rapid.Uint64().Draw(t.T, label) + t.rolls) * 0x9e3779b97f4a7c15 // splitmix64
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return low + int((x^x>>31)%uint64(high-low+1))
}

// pick is one of a list.
func pick[E any](t *dice, label string, list []E) E { return list[between(t, label, 0, len(list)-1)] }

// anyCommand is a command of any kind: as it should be, with some things said otherwise, some of them garbage,
// and now and then by somebody else or on another day.
func anyCommand(t *dice, p *path) Command {
	kinds := append(Commands(), LogVisit, Sync, MailFailed, ReportRefusal, "garbage")
	cmd := p.sensible(pick(t, "kind", kinds))
	if between(t, "who", 0, 3) == 0 {
		cmd.Actor = pick(t, "actor", everyActor)
	}
	if between(t, "when", 0, 3) == 0 {
		cmd.On = anyDay(t, p, "on")
	}
	cmd.ByTelephone = between(t, "by telephone", 0, 1) == 1
	for range between(t, "changes", 0, 6) {
		pick(t, "change", changes)(t, p, &cmd.Facts)
	}
	return cmd
}

// anyDay is near today or near the start, sometimes anywhere or nowhere.
func anyDay(t *dice, p *path, label string) calendar.Date {
	near := between(t, label, -12, 6)
	switch between(t, label+" from", 0, 9) {
	case 9:
		return calendar.Date{}
	case 8:
		return calendar.NewDate(between(t, label+" year", 1800, 2199), 2, 29)
	case 5, 6, 7:
		return p.c.StartOn.AddDays(near + 10)
	default:
		return p.today().AddDays(near)
	}
}

// anyCode is one of the codes, seldom garbage.
func anyCode(t *dice, label string, codes ...string) string {
	return pick(t, label, append([]string{"", "garbage"}, append(codes, codes...)...))
}

func someCodes(t *dice, label string, codes ...string) []string {
	var some []string
	for range between(t, label+", how many", 0, 3) {
		some = append(some, pick(t, label, codes))
	}
	return some
}

// changes are the ways to say something otherwise.
var changes = []func(*dice, *path, *Facts){
	func(t *dice, _ *path, f *Facts) { f.HasReason = !f.HasReason },
	func(t *dice, _ *path, f *Facts) { f.OwnEvent = !f.OwnEvent },
	func(t *dice, _ *path, f *Facts) { f.CaregiverPart = !f.CaregiverPart },
	func(t *dice, _ *path, f *Facts) { f.CalledOff = true },
	func(t *dice, _ *path, f *Facts) {
		f.Outcome = anyCode(t, "outcome", "admit", "waitlist", "reject", "completed", "hospital", "other", "home", "died_home")
	},
	func(t *dice, _ *path, f *Facts) { f.Level = Level(anyCode(t, "level", "light", "moderate", "high")) },
	func(t *dice, _ *path, f *Facts) {
		f.ReasonCode = anyCode(t, "reason code", "no_capacity", "deceased", "other_facility", "away", "other", "episode")
	},
	func(t *dice, _ *path, f *Facts) {
		f.Sharing, f.Informed = true, between(t, "informed", 0, 1) == 1
		f.ShareWith = someCodes(t, "share with", "gp", "municipality", "territorial")
	},
	func(t *dice, _ *path, f *Facts) { f.PartnerID = anyCode(t, "partner", "igea", "meraki") },
	func(t *dice, _ *path, f *Facts) { f.UserID = anyCode(t, "user", "anna", "bruno", "carla") },
	func(t *dice, _ *path, f *Facts) { f.Days = between(t, "days", -1, 45) },
	func(t *dice, _ *path, f *Facts) {
		f.Signer, f.HasTitle = anyCode(t, "signer", Signers...), between(t, "title", 0, 1) == 1
	},
	func(t *dice, _ *path, f *Facts) {
		f.Method, f.Witnesses = anyCode(t, "method", SignatureMethods...), between(t, "witnesses", 0, 2)
	},
	func(t *dice, _ *path, f *Facts) { f.Decision = anyCode(t, "decision", MeetingDecisions...) },
	func(t *dice, _ *path, f *Facts) { f.Invited = someCodes(t, "invited", append(invitable, "garbage")...) },
	func(t *dice, _ *path, f *Facts) {
		f.WhatFollows = someCodes(t, "follows", "sad", "meals", "nothing")
		f.Groups = someCodes(t, "groups", "network", GroupHandover)
	},
	func(t *dice, _ *path, f *Facts) { f.Missing = someCodes(t, "missing", "stay.therapy_note") },
	func(t *dice, p *path, f *Facts) { f.StartOn = anyDay(t, p, "start") },
	func(t *dice, p *path, f *Facts) { f.StartPlannedOn = anyDay(t, p, "planned start") },
	func(t *dice, p *path, f *Facts) { f.ExpectedOn = anyDay(t, p, "expected") },
	func(t *dice, p *path, f *Facts) { f.DischargedOn = anyDay(t, p, "discharged") },
	func(t *dice, p *path, f *Facts) { f.HeldOn = anyDay(t, p, "held") },
	func(t *dice, p *path, f *Facts) { f.EndedOn = anyDay(t, p, "ended") },
	func(t *dice, p *path, f *Facts) { f.SignedOn = anyDay(t, p, "signed") },
	func(t *dice, p *path, f *Facts) { f.Date = anyDay(t, p, "date") },
	func(t *dice, p *path, f *Facts) { f.From, f.To = anyDay(t, p, "from"), anyDay(t, p, "to") },
	func(t *dice, p *path, f *Facts) { f.EventSeq = between(t, "event", -1, p.c.Version+1) },
	func(t *dice, p *path, f *Facts) {
		f.At = p.now.Add(time.Duration(between(t, "at", -48, 24*30)) * time.Hour)
	},
	func(t *dice, _ *path, f *Facts) {
		f.Interventions = append(f.Interventions, Intervention{
			Figure:       Figure(anyCode(t, "figure", "oss", "nurse", "asa")),
			TimesPerWeek: between(t, "times", 0, 43), Minutes: between(t, "minutes", 0, 90),
		})
	},
	func(t *dice, p *path, f *Facts) { f.MonitoringOn = append(f.MonitoringOn, anyDay(t, p, "step")) },
	func(t *dice, _ *path, f *Facts) {
		f.Attendees = append(f.Attendees, Attendee{anyCode(t, "role", took...), anyCode(t, "mode", AttendanceModes...)})
	},
	func(t *dice, _ *path, f *Facts) {
		f.Criteria = append(f.Criteria, Criterion{"age_or_network", between(t, "met", 0, 1) == 1})
	},
	func(_ *dice, _ *path, f *Facts) { f.Rules = &Rules{} },
}

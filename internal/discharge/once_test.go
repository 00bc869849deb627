package discharge

import (
	"slices"
	"strings"
	"testing"
	"time"
)

// TestNobodyIsToldTwiceOnOneMorning: what is told at eight, because it happened by night, is not also remembered at
// nine; what was told on another day is.
func TestNobodyIsToldTwiceOnOneMorning(t *testing.T) {
	t.Parallel()
	tuesday := monday.AddDays(1)
	marked := func(f *Facts) { f.Marked = true }
	before := func(f *Facts) { f.Rules.Revision = 1 }
	refer := func(*path) {}
	propose := func(p *path) { p.proposed() }
	decline := func(p *path) {
		p.proposed().now = p.now.Add(time.Minute)
		p.do(igea, Decline, Facts{ReasonCode: "no_capacity"})
	}
	admit := func(p *path) { p.admitted() }
	for _, tc := range []struct {
		name   string
		clock  ClockKind
		at     time.Time
		change func(*Facts)
		do     func(*path)
		want   string // the reminder's day; empty: none
	}{
		{"a referral by day", ClockScreening, monday.At(10, 0), unchanged, refer, "2026-03-03"},
		{"a referral by night, for the next day", ClockScreening, monday.At(22, 0), unchanged, refer, ""},
		{"an urgent one by night is told at once", ClockScreening, monday.At(22, 0), marked, refer, "2026-03-03"},
		{"a referral on Sunday", ClockScreening, monday.AddDays(-1).At(15, 0), unchanged, refer, ""},
		{"a proposal by day", ClockAcceptance, monday.At(10, 0), unchanged, propose, "2026-03-03"},
		{"a proposal by night", ClockAcceptance, monday.At(22, 0), unchanged, propose, ""},
		{"an urgent proposal by night", ClockAcceptance, monday.At(22, 0), marked, propose, "2026-03-03"},
		{"an urgent proposal before nine", ClockAcceptance, tuesday.At(8, 30), marked, propose, ""},
		{"a decline by day", ClockAssignment, monday.At(10, 0), unchanged, decline, "2026-03-03"},
		{"a decline by night", ClockAssignment, monday.At(22, 0), unchanged, decline, ""},
		{"an admission by night, which tells the coordinators nothing", ClockAssignment, monday.At(22, 0), unchanged, admit, "2026-03-03"},
		{"a proposal by night, of a case that lives by the rules before", ClockAcceptance, monday.At(22, 0), before, propose, "2026-03-03"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			p := newPath(t)
			p.now = tc.at
			p.send(tc.change)
			tc.do(p)
			got := slices.DeleteFunc(sent(p.until(tuesday.At(12, 0))), func(line string) bool {
				return !strings.Contains(line, " "+string(tc.clock))
			})
			if tc.want == "" && len(got) > 0 || tc.want != "" && (len(got) != 1 || !strings.HasPrefix(got[0], tc.want+" 09:00")) {
				t.Errorf("reminders %q, want one on %q", got, tc.want)
			}
		})
	}
}

func unchanged(*Facts) {}

// TestUrgentInWords: what is due at the start is always near the discharge, which says nothing new.
func TestUrgentInWords(t *testing.T) {
	t.Parallel()
	soon := referred(t, func(f *Facts) { f.ExpectedOn = monday }).ready()
	marked := referred(t, func(f *Facts) { f.Marked = true }).ready()
	for _, tc := range []struct {
		name   string
		c      Case
		moment Moment
		want   bool
	}{
		{"the start is asked about on its day", soon.c, ReminderOf(ClockStart), false},
		{"signatures for the start", soon.c, ReminderOf(ClockSignatures), false},
		{"the plan for the start", soon.c, ReminderOf(ClockPlan), false},
		{"a proposal for a near discharge", soon.c, MomentProposal, true},
		{"an answer to it", soon.c, ReminderOf(ClockAcceptance), true},
		{"the start of a case marked urgent", marked.c, ReminderOf(ClockStart), true},
		{"a proposal for a discharge in a week", referred(t).c, MomentProposal, false},
	} {
		want(t, tc.name, tc.c.SaysUrgent(tc.moment, monday.At(10, 0)), tc.want)
	}
}

// TestScreeningSaysWhyItIsSoSoon: the person waits at home, or is about to leave the ward.
func TestScreeningSaysWhyItIsSoSoon(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name   string
		change func(*Facts)
		want   string
	}{
		{"already home", func(f *Facts) { f.ExpectedOn, f.AlreadyHome = f.DischargedOn, true }, "la persona è già a casa"},
		{"home since Friday", func(f *Facts) { f.ExpectedOn, f.DischargedOn = f.DischargedOn, monday.AddDays(-3) }, "la persona è già a casa"},
		{"to be discharged today", func(f *Facts) { f.ExpectedOn = monday }, "la dimissione è vicina"},
		{"to be discharged in a week", unchanged, "1 giorno lavorativo dalla segnalazione"},
	} {
		if why := referred(t, tc.change).clock(ClockScreening).Why; !strings.Contains(why, tc.want) {
			t.Errorf("%s: %q, want %q", tc.name, why, tc.want)
		}
	}
}

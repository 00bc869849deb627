package discharge

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"dimissioni/internal/calendar"
)

// readerOf is an actor as a reader who sees what the role may see.
func readerOf(a Actor) Reader {
	return Reader{UserID: a.UserID, OrgID: a.OrgID, HospitalID: "hospital", Role: a.Role, Resident: true, Assigned: true}
}

// tasks is what the case asks of somebody now, in words: "kind", "kind!" overdue, "kind?" awaited, then what settles it.
func (p *path) tasks(by Actor, aside ...Aside) []string {
	var said []string
	for _, t := range p.c.Tasks(readerOf(by), append(aside, Aside{})[0], p.now) {
		line := string(t.Kind)
		switch {
		case t.Overdue:
			line += "!"
		case t.Awaited:
			line += "?"
		}
		if t.Why == "" || t.Kind.Italian() == "" || t.Kind.Italian() == string(t.Kind) {
			p.Errorf("%s has no words", t.Kind)
		}
		said = append(said, strings.TrimSpace(line+" "+string(t.Settles)))
	}
	return said
}

func TestWhatNeedsWhom(t *testing.T) {
	t.Parallel()
	active := func() *path { return referred(t).active() }
	met := func(decision string) *path {
		p := active()
		p.onDay(5)
		p.do(anna, RecordMeeting, Facts{HeldOn: p.today(), Decision: decision, Attendees: []Attendee{
			{"coordinator", "present"}, {"case_manager", "present"}, {"hospital_contact", "present"},
		}})
		return p
	}
	for name, tc := range map[string]struct {
		path *path
		want map[string][]string // who: what
	}{
		"just sent": {referred(t, func(f *Facts) { f.Missing = []string{"autonomy.triage"} }), map[string][]string{
			"desk": {"screening screen"}, "ward": {"referral_incomplete complete"},
		}},
		"a question is open": {referred(t).asked(), map[string][]string{
			"ward": {"completion complete"}, "desk": {"screening screen"},
		}},
		"admitted": {referred(t).admitted(), map[string][]string{"desk": {"assignment propose"}}},
		"proposed": {referred(t).proposed(), map[string][]string{
			"igea": {"acceptance accept"}, "desk": {"acceptance?"},
		}},
		"accepted, nobody appointed": {withoutManager(t), map[string][]string{
			"igea": {"plan", "no_case_manager appoint_case_manager"}, "desk": {"no_case_manager appoint_case_manager"},
		}},
		"in preparation": {referred(t).planning(), map[string][]string{"anna": {"plan submit_plan"}}},
		"to be signed": {referred(t).signing(), map[string][]string{
			"anna": {"signatures sign"}, "desk": {"signatures sign"},
		}},
		"just started": {active(), map[string][]string{"anna": {"equipe convene_meeting"}}},
		"replan":       {met("replan"), map[string][]string{"anna": {"replan_asked submit_plan"}, "desk": {"replan_asked submit_plan"}}},
		"close":        {met("close"), map[string][]string{"desk": {"close_asked close"}}},
		"closed by the cap": {referred(t).capped(), map[string][]string{
			"anna": {"handover! update_details", "outcome complete_outcome"}, "desk": {"handover! update_details"},
		}},
		"never begun": {inState(t, StateNotStarted), nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			people := map[string]Actor{"ward": ward, "desk": desk, "igea": igea, "anna": anna}
			for who, actor := range people {
				if diff := cmp.Diff(tc.want[who], tc.path.tasks(actor)); diff != "" {
					t.Errorf("%s (-want +got):\n%s", who, diff)
				}
			}
			for _, other := range []Actor{otherWard, meraki, bruno, carla, oss, townHall, {UserID: "dpo", Role: RoleDPO}} {
				if got := tc.path.tasks(other); len(got) != 0 {
					t.Errorf("%s has %v", other.Role, got)
				}
			}
		})
	}
}

// withoutManager is a case whose partner has accepted and appointed nobody.
func withoutManager(t *testing.T) *path {
	p := referred(t).proposed()
	p.do(igea, Accept, Facts{})
	return p
}

func TestTasksFollowTheClocks(t *testing.T) {
	t.Parallel()
	p := referred(t).active()
	has := func(by Actor, task string) bool { return slices.Contains(p.tasks(by), task) }
	start := p.c.StartOn
	for _, tc := range []struct {
		day   int
		by    Actor
		task  string
		shown bool
	}{
		{13, desk, "review renew", false},
		{14, desk, "review renew", true},
		{14, anna, "review", true},
		{10, desk, "equipe! convene_meeting", false},
		{11, desk, "equipe! convene_meeting", true},
		{27, anna, "handover update_details", false},
		{28, anna, "handover update_details", true},
		{28, desk, "handover! update_details", false},
		{29, desk, "handover! update_details", true},
		{34, desk, "cap close", false},
		{35, desk, "cap close", true},
	} {
		p.now = start.AddDays(tc.day).At(10, 0)
		if has(tc.by, tc.task) != tc.shown {
			t.Errorf("day %d, %s: %v, want %q shown: %v", tc.day, tc.by.Role, p.tasks(tc.by), tc.task, tc.shown)
		}
	}
}

func TestAConvenedMeetingAsksOnlyHowItWent(t *testing.T) {
	t.Parallel()
	p := referred(t).active()
	at := p.now.Add(48 * time.Hour)
	p.do(anna, ConveneMeeting, Facts{At: at, Invited: []string{"coordinator"}})
	want(t, "before", len(p.tasks(anna)), 0)
	p.now = at
	if got := p.tasks(anna); !slices.Equal(got, []string{"meeting_unrecorded record_meeting"}) {
		t.Errorf("after: %v", got)
	}
}

func TestTasksThatOthersKnowOf(t *testing.T) {
	t.Parallel()
	p := inState(t, StateWaitlisted)
	if got := p.tasks(desk, Aside{FailedMails: 2, FundsFree: true}); !slices.Equal(got, []string{"mail_failed", "funds_free screen"}) {
		t.Errorf("%v", got)
	}
	p.do(desk, Take, Facts{})
	colleague := Actor{UserID: "other coordinator", OrgID: "lead", Role: RoleCoordinator}
	if got := p.tasks(colleague, Aside{FundsFree: true}); len(got) != 0 {
		t.Errorf("a case that a colleague owns asks %v", got)
	}
}

func TestTheMostUrgentComesFirst(t *testing.T) {
	t.Parallel()
	at := monday.At(10, 0)
	list := []Task{
		{Kind: "awaited", Awaited: true, DueAt: at},
		{Kind: "undated"},
		{Kind: "later", DueAt: at.Add(time.Hour)},
		{Kind: "overdue", Overdue: true, DueAt: at},
		{Kind: "soon", DueAt: at},
		{Kind: "long overdue", Overdue: true, DueAt: at.Add(-time.Hour)},
	}
	SortTasks(list, func(t Task) Task { return t })
	var order []string
	for _, t := range list {
		order = append(order, string(t.Kind))
	}
	if got := strings.Join(order, ", "); got != "long overdue, overdue, soon, later, undated, awaited" {
		t.Error(got)
	}
}

// TestWhateverTheDigestSaysIsATask, on every day of a path that nobody tends.
func TestWhateverTheDigestSaysIsATask(t *testing.T) {
	t.Parallel()
	for name, make := range map[string]func() *path{
		"sent": func() *path { return referred(t).asked() }, "waitlisted": func() *path { return inState(t, StateWaitlisted) },
		"admitted": func() *path { return referred(t).admitted() }, "proposed": func() *path { return referred(t).proposed() },
		"nobody appointed": func() *path { return withoutManager(t) }, "planning": func() *path { return referred(t).planning() },
		"signing": func() *path { return referred(t).signing() },
		"active": func() *path {
			return referred(t).planning().planned(plan(func(f *Facts) { f.MonitoringOn = []calendar.Date{monday.AddDays(14)} })).started()
		},
		"capped": func() *path { return referred(t).capped() },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := make()
			spoke := false
			for range 60 {
				p.later(1)
				for _, item := range p.c.DigestItems(p.now) {
					spoke = true
					for _, to := range item.To {
						reader, ok := map[RecipientKind]Actor{
							ToCoordinators: desk, ToSender: ward, ToCaseManager: anna, ToPartner: igea,
						}[to.Kind]
						if !ok {
							t.Fatalf("the digest goes to %s", to.Kind)
						}
						if !slices.ContainsFunc(p.c.Tasks(readerOf(reader), Aside{}, p.now), func(t Task) bool {
							return t.Kind == TaskKind(item.Clock) && t.DueOn == item.DueOn && t.Overdue
						}) {
							t.Errorf("on %s the digest tells %s of %s, and it is no task", p.today(), to.Kind, item.Clock)
						}
					}
				}
			}
			if !spoke {
				t.Error("the digest has said nothing in two months")
			}
		})
	}
}

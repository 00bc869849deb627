package discharge

import (
	"strings"
	"testing"

	"dimissioni/internal/calendar"
)

// The table of DOMAIN, Commands: in which states a well-formed command is allowed (yes) or refused (-).
//
// Accept and decline want an open proposal, which only proposed has here. Sign finds nothing to sign once the plan is
// in force. Return_case is the partner's. Complete_outcome wants a case that the cap has closed: see the tests of the end.
const commandTable = `
                     -   submitted waitlisted matching proposed planning signing ready active suspended closed not_started rejected cancelled
submit               yes -         -          -        -        -        -       -     -      -         -      -           -        -
complete             -   yes       yes        yes      yes      yes      yes     yes   -      -         -      -           -        -
request_information  -   yes       yes        yes      yes      yes      yes     yes   -      -         -      -           -        -
screen               -   yes       yes        -        -        -        -       -     -      -         -      -           -        -
propose              -   -         -          yes      yes      -        -       -     -      -         -      -           -        -
accept               -   -         -          -        yes      -        -       -     -      -         -      -           -        -
decline              -   -         -          -        yes      -        -       -     -      -         -      -           -        -
urgent_start         -   yes       yes        yes      yes      -        -       -     -      -         -      -           -        -
appoint_case_manager -   -         -          -        -        yes      yes     yes   yes    yes       -      -           -        -
record_home_visit    -   -         -          -        -        yes      yes     yes   yes    -         -      -           -        -
submit_plan          -   -         -          -        -        yes      yes     yes   yes    yes       -      -           -        -
sign                 -   -         -          -        -        -        yes     -     -      -         -      -           -        -
update_discharge     -   yes       yes        yes      yes      yes      yes     yes   -      -         -      -           -        -
move_start           -   -         -          -        -        -        yes     yes   yes    -         -      -           -        -
confirm_start        -   -         -          -        -        yes      yes     yes   -      -         -      -           -        -
convene_meeting      -   -         -          -        -        yes      yes     yes   yes    yes       -      -           -        -
record_meeting       -   -         -          -        -        yes      yes     yes   yes    yes       yes    -           -        -
renew                -   -         -          -        -        -        -       -     yes    yes       -      -           -        -
suspend              -   -         -          -        -        -        -       -     yes    -         -      -           -        -
resume               -   -         -          -        -        -        -       -     -      yes       -      -           -        -
return_case          -   -         -          -        -        yes      yes     yes   yes    yes       -      -           -        -
reassign             -   -         -          -        -        yes      yes     yes   yes    yes       -      -           -        -
readmission_notice   -   -         -          -        -        -        -       -     yes    yes       -      -           -        -
end_before_start     -   yes       yes        yes      yes      yes      yes     yes   -      -         -      -           -        -
report_death         -   yes       yes        yes      yes      yes      yes     yes   yes    yes       -      -           -        -
close                -   -         -          -        -        -        -       -     yes    yes       -      -           -        -
complete_outcome     -   -         -          -        -        -        -       -     -      -         -      -           -        -
reopen               -   -         -          -        -        -        -       -     -      -         yes    -           -        -
cancel               -   yes       yes        yes      yes      yes      yes     yes   yes    yes       -      -           -        -
correct              -   -         -          -        -        -        -       -     yes    yes       yes    -           -        -
update_details       -   yes       yes        yes      yes      yes      yes     yes   yes    yes       yes    yes         yes      yes
take                 -   yes       yes        yes      yes      yes      yes     yes   yes    yes       yes    yes         yes      yes
log_visit            -   -         -          -        -        yes      yes     yes   yes    yes       yes    -           -        -
`

// wellFormed is a command that nobody could find fault with, were the case in the right state.
func wellFormed(kind CommandKind, c Case) Command {
	cmd := Command{Kind: kind, Actor: desk}
	switch kind {
	case Submit:
		rules := DefaultRules()
		cmd.Actor = ward
		cmd.Facts = Facts{Rules: &rules, Code: "DP-2026-00001", WardID: ward.OrgID, ExpectedOn: monday.AddDays(7)}
	case RequestInformation, Reopen, Cancel:
		cmd.Facts = Facts{HasReason: true}
	case Screen:
		cmd.Facts = Facts{Outcome: "admit", Level: LevelModerate}
	case Propose, Reassign:
		cmd.Facts = Facts{PartnerID: meraki.OrgID}
	case Accept:
		cmd.Actor = igea
	case Decline, ReturnCase:
		cmd.Actor, cmd.Facts = igea, Facts{ReasonCode: "no_capacity"}
	case UrgentStart:
		cmd.Facts = Facts{Level: LevelModerate, PartnerID: igea.OrgID, UserID: anna.UserID}
	case AppointCaseManager:
		cmd.Actor, cmd.Facts = desk, Facts{UserID: bruno.UserID}
	case SubmitPlan:
		cmd.Facts = plan()
	case Sign:
		cmd.Facts = Facts{Signer: "patient", Method: "in_person"}
	case UpdateDischarge:
		cmd.Facts = Facts{ExpectedOn: monday.AddDays(8)}
	case MoveStart:
		cmd.Facts = Facts{StartPlannedOn: monday.AddDays(9)}
	case ConveneMeeting:
		cmd.Facts = Facts{At: monday.AddDays(3).At(15, 0)}
	case RecordMeeting:
		cmd.Facts = Facts{Decision: "continue"}
	case Renew:
		cmd.Facts = Facts{Days: 7, HasReason: true}
	case Suspend:
		cmd.Facts = Facts{ReasonCode: "hospital"}
	case EndBeforeStart:
		cmd.Facts = Facts{ReasonCode: "no_partner"}
	case Close, CompleteOutcome:
		cmd.Facts = Facts{Outcome: "completed"}
	case Correct:
		cmd.Facts = Facts{EventSeq: c.StartSeq, Date: monday, HasReason: true}
	case Complete, UpdateDetails:
		cmd.Facts = Facts{Groups: []string{"network"}}
	default: // nothing needs to be said
	}
	return cmd
}

func TestEveryCommandInEveryState(t *testing.T) {
	t.Parallel()
	lines := strings.Split(strings.TrimSpace(commandTable), "\n")
	states := append([]State{""}, States()...)
	if got := strings.Fields(lines[0]); len(got) != len(states) {
		t.Fatalf("the table has %d columns, want one for each state", len(got))
	}
	rows := append(Commands(), LogVisit)
	if len(lines)-1 != len(rows) {
		t.Fatalf("the table has %d rows, want %d commands", len(lines)-1, len(rows))
	}
	for i, kind := range rows {
		cells := strings.Fields(lines[i+1])
		if cells[0] != string(kind) {
			t.Fatalf("row %d is %s, want %s", i, cells[0], kind)
		}
		for j, s := range states {
			t.Run(string(kind)+"/"+string(s), func(t *testing.T) {
				t.Parallel()
				p := inState(t, s)
				cmd := wellFormed(kind, p.c)
				if cells[j+1] == "yes" {
					p.give(cmd)
					return
				}
				if said := p.refusedCommand(refusedAs(kind, s), cmd); said.message == "" {
					t.Error("a refusal says why, in Italian")
				}
			})
		}
	}
}

// refusedAs is how a well-formed command is refused where the table has "-": by the state, but for a correction, which
// any state takes and which finds no start to correct, and for the partner that does not yet serve the case.
func refusedAs(kind CommandKind, s State) ErrorKind {
	if kind == Correct && s != "" {
		return KindInvalid
	}
	return KindNotAllowed
}

// TestTheFormOffersWhatDecideAllows: what AllowedCommands offers in a state is what the table allows there.
func TestTheFormOffersWhatDecideAllows(t *testing.T) {
	t.Parallel()
	for _, s := range States() {
		p := inState(t, s)
		for _, kind := range Commands() {
			cmd := wellFormed(kind, p.c)
			_, err := Decide(p.c, cmd, p.now)
			offered := false
			for _, k := range p.c.AllowedTo(cmd.Actor, p.now) {
				offered = offered || k == kind
			}
			if allowed := err == nil; allowed && !offered {
				t.Errorf("%s in %s is allowed and not offered", kind, s)
			} else if offered && !allowed && kind != Correct {
				t.Errorf("%s in %s is offered and refused: %v", kind, s, err)
			}
		}
	}
}

func TestUnknownCommandIsNotFound(t *testing.T) {
	t.Parallel()
	referred(t).refused(KindNotFound, desk, "dance", Facts{})
}

// TestWhenItHappened: never after the case's now, never long before the referral.
func TestWhenItHappened(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name string
		on   calendar.Date
		code string
	}{
		{"today", monday, ""},
		{"yesterday, on paper", monday.AddDays(-1), ""},
		{"tomorrow", monday.AddDays(1), "too_late"},
		{"a slip of the fingers", monday.AddDays(-366), "too_early"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			p := referred(t)
			cmd := Command{Kind: Take, Actor: desk, On: tc.on}
			if tc.code == "" {
				want(t, "the event's day", p.give(cmd)[0].On, tc.on)
				return
			}
			want(t, "the refusal", p.refusedCommand(KindInvalid, cmd).code, tc.code)
		})
	}
}

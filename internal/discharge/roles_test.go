package discharge

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"dimissioni/internal/calendar"
)

// The table of DOMAIN, Commands: who may. se sender, ho hospital_contact, co coordinator, pa partner_manager,
// cm case_manager, op operator, mu municipality; the last two columns are sender and municipality in domicilio-anziani,
// where the others are the same. Steering, public body, administrative, dpo and admin may nothing.
const roleTable = `
                     se  ho  co  pa  cm  op  mu   DA:se DA:mu
submit               yes yes -   -   -   -   -    -     yes
complete             yes yes yes -   -   -   -    yes   yes
request_information  -   -   yes -   -   -   -    -     -
screen               -   -   yes -   -   -   -    -     yes
propose              -   -   yes -   -   -   -    -     yes
accept               -   -   yes yes -   -   -    -     -
decline              -   -   yes yes -   -   -    -     -
urgent_start         -   -   yes -   -   -   -    -     -
appoint_case_manager -   -   yes yes -   -   -    -     -
record_home_visit    -   -   yes -   yes -   -    -     -
submit_plan          -   -   yes -   yes -   -    -     yes
sign                 -   -   yes -   yes -   -    -     yes
update_discharge     yes yes yes -   -   -   -    yes   yes
move_start           -   -   yes -   yes -   -    -     -
confirm_start        -   -   yes -   yes -   -    -     -
convene_meeting      -   -   yes -   yes -   -    -     yes
record_meeting       -   -   yes -   yes -   -    -     yes
renew                -   -   yes -   -   -   -    -     yes
suspend              -   -   yes -   yes -   -    -     -
resume               -   -   yes -   yes -   -    -     -
return_case          -   -   -   yes -   -   -    -     -
reassign             -   -   yes -   -   -   -    -     yes
readmission_notice   yes yes yes -   -   -   -    yes   -
end_before_start     yes yes yes yes yes -   -    yes   yes
report_death         yes yes yes yes yes -   -    yes   yes
close                -   -   yes -   -   -   -    -     yes
complete_outcome     -   -   yes -   yes -   -    -     -
reopen               -   -   yes -   -   -   -    -     -
cancel               -   -   yes -   -   -   -    -     -
correct              yes yes yes yes yes -   -    yes   yes
update_details       yes yes yes yes yes -   -    yes   yes
take                 -   -   yes -   -   -   -    -     -
log_visit            -   -   yes yes yes yes -    -     -
tick                 -   -   -   -   -   -   -    -     -
sync                 -   -   -   -   -   -   -    -     -
mail_failed          -   -   -   -   -   -   -    -     -
report_refusal       -   -   -   -   -   -   -    -     -
report_wrong_delivery -  -   yes -   -   -   -    -     -
`

func TestEveryRoleAndCommand(t *testing.T) {
	t.Parallel()
	columns := []struct {
		role  Role
		rules Rules
	}{
		{RoleSender, DefaultRules()},
		{RoleHospitalContact, DefaultRules()},
		{RoleCoordinator, DefaultRules()},
		{RolePartnerManager, DefaultRules()},
		{RoleCaseManager, DefaultRules()},
		{RoleOperator, DefaultRules()},
		{RoleMunicipality, DefaultRules()},
		{RoleSender, HomeServicesRules()},
		{RoleMunicipality, HomeServicesRules()},
	}
	kinds := append(Commands(), LogVisit, Tick, Sync, MailFailed, ReportRefusal, ReportWrongDelivery)
	lines := strings.Split(strings.TrimSpace(roleTable), "\n")
	if len(lines)-1 != len(kinds) {
		t.Fatalf("the table has %d rows, want %d commands", len(lines)-1, len(kinds))
	}
	for i, kind := range kinds {
		cells := strings.Fields(lines[i+1])
		if cells[0] != string(kind) || len(cells)-1 != len(columns) {
			t.Fatalf("row %d is %v, want %s", i, cells, kind)
		}
		for j, column := range columns {
			if got, want := Allowed(column.role, kind, column.rules), cells[j+1] == "yes"; got != want {
				t.Errorf("%s by %s in %s: got %t, want %t", kind, column.role, column.rules.Programme, got, want)
			}
		}
		for _, role := range []Role{RoleSteering, RolePublicBody, RoleAdministrative, RoleDPO, RoleAdmin} {
			if Allowed(role, kind, DefaultRules()) || Allowed(role, kind, HomeServicesRules()) {
				t.Errorf("%s by %s is allowed", kind, role)
			}
		}
		if own := kind == Tick || kind == Sync || kind == MailFailed || kind == ReportRefusal; own != Allowed(RoleSystem, kind, DefaultRules()) {
			t.Errorf("%s by the product itself: want %t", kind, own)
		}
		if Allowed(RoleSignatory, kind, DefaultRules()) != (kind == Sign) {
			t.Errorf("%s from a link: whoever holds one only signs", kind)
		}
		sameElsewhere := []Role{RoleCoordinator, RolePartnerManager, RoleCaseManager, RoleOperator}
		for _, role := range sameElsewhere {
			if Allowed(role, kind, DefaultRules()) != Allowed(role, kind, HomeServicesRules()) {
				t.Errorf("%s by %s differs between the programmes", kind, role)
			}
		}
	}
}

// TestARoleThatMayNotIsRefusedWhateverTheState: forbidden comes before everything else.
func TestARoleThatMayNotIsRefusedWhateverTheState(t *testing.T) {
	t.Parallel()
	for _, kind := range Commands() {
		for _, actor := range everyActor {
			if Allowed(actor.Role, kind, DefaultRules()) {
				continue
			}
			p := inState(t, StateActive)
			cmd := wellFormed(kind, p.c)
			cmd.Actor = actor
			p.refusedCommand(KindForbidden, cmd)
		}
	}
}

// TestOnlyTheCasesOwnPeople: the role alone is not enough.
func TestOnlyTheCasesOwnPeople(t *testing.T) {
	t.Parallel()
	details := Facts{Groups: []string{"network"}}
	for _, tc := range []struct {
		name  string
		state State
		by    Actor
		kind  CommandKind
		facts Facts
		ok    bool
	}{
		{"the partner that serves it", StateActive, igea, UpdateDetails, details, true},
		{"another partner", StateActive, meraki, UpdateDetails, details, false},
		{"a partner that has only been asked", StateProposed, igea, UpdateDetails, details, false},
		{"a partner that has only been asked may end nothing", StateProposed, igea, EndBeforeStart, Facts{ReasonCode: "other"}, false},
		{"a partner that has only been asked answers", StateProposed, igea, Accept, Facts{}, true},
		{"another partner does not answer", StateProposed, meraki, Accept, Facts{}, false},
		{"another partner does not decline", StateProposed, meraki, Decline, Facts{ReasonCode: "other"}, false},
		{"another partner hands nothing back", StateActive, meraki, ReturnCase, Facts{ReasonCode: "other"}, false},
		{"another partner appoints nobody", StateActive, meraki, AppointCaseManager, Facts{UserID: "x"}, false},
		{"the case manager", StateActive, anna, Suspend, Facts{ReasonCode: "away"}, true},
		{"another case manager", StateActive, bruno, Suspend, Facts{ReasonCode: "away"}, false},
		{"the ward that sent it", StatePlanning, ward, UpdateDetails, details, true},
		{"another ward", StatePlanning, otherWard, UpdateDetails, details, false},
		{"another ward gives notice of a readmission", StateActive, otherWard, ReadmissionNotice, Facts{}, true},
		{"an operator of the partner", StateActive, oss, LogVisit, Facts{}, true},
		{"an operator of another partner", StateActive, Actor{UserID: "x", OrgID: "meraki", Role: RoleOperator}, LogVisit, Facts{}, false},
		{"nobody in particular", StateActive, Actor{Role: RolePartnerManager}, UpdateDetails, details, false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			p := inState(t, tc.state)
			if tc.ok {
				p.do(tc.by, tc.kind, tc.facts)
				return
			}
			p.refused(KindForbidden, tc.by, tc.kind, tc.facts)
			for _, offered := range p.c.AllowedTo(tc.by, p.now) {
				if offered == tc.kind {
					t.Errorf("%s is offered", tc.kind)
				}
			}
		})
	}
}

// TestWhoIsWithTheCase: whoever only reads for a while records nothing.
func TestWhoIsWithTheCase(t *testing.T) {
	t.Parallel()
	otherOSS := Actor{UserID: "x", OrgID: "meraki", Role: RoleOperator}
	for _, tc := range []struct {
		name string
		path *path
		by   Actor
		with bool
	}{
		{"the partner that serves", referred(t).active(), igea, true},
		{"the partner that serves, after the end", referred(t).capped(), igea, true},
		{"a partner that was asked", referred(t).active().reassignedTo(meraki), meraki, false},
		{"the partner that handed over", referred(t).active().handedTo(meraki), igea, false},
		{"the partner that took over", referred(t).active().handedTo(meraki), meraki, true},
		{"an operator of the partner that handed over", referred(t).active().handedTo(meraki), oss, false},
		{"an operator of the partner that took over", referred(t).active().handedTo(meraki), otherOSS, true},
		{"the case manager", referred(t).active(), anna, true},
		{"the case manager, after the end", referred(t).capped(), anna, true},
		{"the case manager, replaced", referred(t).active().later(1).appointed(bruno), anna, false},
		{"the new case manager", referred(t).active().later(1).appointed(bruno), bruno, true},
		{"the coordinator", referred(t).active(), desk, true},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			want(t, "with the case", tc.path.c.Belongs(tc.by, LogVisit, tc.path.now) == nil, tc.with)
		})
	}
}

func TestDetailsOfThePartnerThatWasAskedInCare(t *testing.T) {
	t.Parallel()
	p := referred(t).active()
	p.do(desk, Reassign, Facts{PartnerID: meraki.OrgID})
	got := p.c.AllowedTo(meraki, p.now)
	if diff := cmp.Diff([]CommandKind{Accept, Decline}, got); diff != "" {
		t.Errorf("a partner that was asked may answer, nothing else:\n%s", diff)
	}
}

// TestView is DOMAIN, Roles: who sees how much, in every relation to the case.
func TestView(t *testing.T) {
	t.Parallel()
	reader := func(a Actor) Reader { return Reader{UserID: a.UserID, OrgID: a.OrgID, Role: a.Role} }
	assigned, resident := reader(oss), Reader{OrgID: "crema", Role: RoleMunicipality, Resident: true}
	assigned.Assigned = true
	inHospital := Reader{UserID: "x", OrgID: "hospital", HospitalID: "hospital", Role: RoleHospitalContact}
	elsewhere := Reader{UserID: "x", OrgID: "far", HospitalID: "far", Role: RoleHospitalContact}
	notShared := func(f *Facts) { f.ShareWith = nil }
	for _, tc := range []struct {
		name   string
		path   *path
		reader Reader
		want   View
	}{
		{"coordinator", referred(t), reader(desk), ViewFull},
		{"coordinator, long after the end", referred(t).capped().later(400), reader(desk), ViewFull},
		{"the ward that sent it", referred(t), reader(ward), ViewSender},
		{"the ward that sent it, after the end", referred(t).capped().later(60), reader(ward), ViewSender},
		{"a colleague of the ward", referred(t), Reader{UserID: "x", OrgID: "medicine", Role: RoleSender}, ViewSender},
		{"the sender, who has moved to another ward", referred(t), Reader{UserID: "nurse", OrgID: "x", Role: RoleSender}, ViewSender},
		{"another ward", referred(t).active(), reader(otherWard), ViewNone},
		{"another ward that gave notice of a readmission", referred(t).active().noticedBy(otherWard), reader(otherWard), ViewNotice},
		{"that ward, 30 days after the end", referred(t).active().noticedBy(otherWard).ended().later(30), reader(otherWard), ViewNotice},
		{"that ward, 31 days after the end", referred(t).active().noticedBy(otherWard).ended().later(31), reader(otherWard), ViewNone},
		{"the ward that sent it and gave notice", referred(t).active().noticedBy(ward), reader(ward), ViewSender},
		{"a ward without a name", referred(t), Reader{Role: RoleSender}, ViewNone},
		{"the hospital's contact", referred(t), inHospital, ViewSender},
		{"another hospital's contact", referred(t), elsewhere, ViewNone},
		{"a contact of no hospital", referred(t), Reader{Role: RoleHospitalContact}, ViewNone},
		{"a partner, before it is asked", referred(t).admitted(), reader(igea), ViewNone},
		{"a partner that was asked", referred(t).proposed(), reader(igea), ViewProposal},
		{"another partner, while one is asked", referred(t).proposed(), reader(meraki), ViewNone},
		{"a partner that declined", referred(t).proposed().declined(), reader(igea), ViewNone},
		{"a partner whose proposal was revoked", referred(t).proposed().proposedTo(meraki), reader(igea), ViewNone},
		{"the partner that serves", referred(t).active(), reader(igea), ViewCare},
		{"the partner, 30 days after the end", referred(t).capped().later(29), reader(igea), ViewCare},
		{"the partner, 31 days after the end", referred(t).capped().later(30), reader(igea), ViewNone},
		{"a partner asked to take over", referred(t).active().reassignedTo(meraki), reader(meraki), ViewProposal},
		{"the partner while another is asked", referred(t).active().reassignedTo(meraki), reader(igea), ViewCare},
		{"the partner that took over", referred(t).active().handedTo(meraki), reader(meraki), ViewCare},
		{"the partner that handed over", referred(t).active().handedTo(meraki), reader(igea), ViewCare},
		{"the partner 30 days after handing over", referred(t).active().handedTo(meraki).later(30), reader(igea), ViewCare},
		{"the partner 31 days after handing over", referred(t).active().handedTo(meraki).later(31), reader(igea), ViewNone},
		{"a partner without a name", referred(t).active(), Reader{Role: RolePartnerManager}, ViewNone},
		{"the case manager", referred(t).planning(), reader(anna), ViewCare},
		{"the case manager, 30 days after the end", referred(t).capped().later(29), reader(anna), ViewCare},
		{"the case manager, 31 days after the end", referred(t).capped().later(30), reader(anna), ViewNone},
		{"a case manager not appointed", referred(t).planning(), reader(bruno), ViewNone},
		{"a case manager without a name", referred(t).planning(), Reader{Role: RoleCaseManager}, ViewNone},
		{"the case manager, replaced today", referred(t).active().appointed(bruno), reader(anna), ViewCare},
		{"the case manager, replaced a while ago", referred(t).active().appointed(bruno).later(31), reader(anna), ViewNone},
		{"the new case manager", referred(t).active().appointed(bruno), reader(bruno), ViewCare},
		{"the case manager of the partner that handed over", referred(t).active().later(1).handedTo(meraki), reader(anna), ViewCare},
		{"the same, a while later", referred(t).active().later(1).handedTo(meraki).later(31), reader(anna), ViewNone},
		{"an operator assigned", referred(t).active(), assigned, ViewOperator},
		{"an operator assigned, 31 days after the end", referred(t).capped().later(30), assigned, ViewNone},
		{"an operator of the partner, not assigned", referred(t).active(), reader(oss), ViewNone},
		{"an operator of another partner", referred(t).active(), Reader{OrgID: "meraki", Role: RoleOperator, Assigned: true}, ViewNone},
		{"the municipality", referred(t), resident, ViewCare},
		{"the municipality, 31 days after the end", referred(t).capped().later(30), resident, ViewNone},
		{"the municipality, not told", referred(t, notShared), resident, ViewNone},
		{"another municipality", referred(t), Reader{Role: RoleMunicipality}, ViewNone},
		{"the municipality in its own programme", referred(t, homeServices), resident, ViewFull},
		{"another municipality in that programme", referred(t, homeServices), Reader{Role: RoleMunicipality}, ViewNone},
		{"dpo", referred(t), Reader{Role: RoleDPO}, ViewAudit},
		{"steering", referred(t), Reader{Role: RoleSteering}, ViewNone},
		{"public body", referred(t), Reader{Role: RolePublicBody}, ViewNone},
		{"administrative", referred(t).active(), Reader{OrgID: "igea", Role: RoleAdministrative}, ViewNone},
		{"admin", referred(t), Reader{Role: RoleAdmin}, ViewNone},
		{"nobody", referred(t), Reader{}, ViewNone},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			want(t, "view", tc.path.c.View(tc.reader, tc.path.now), tc.want)
		})
	}
}

// TestWhoMayAnnounceAReadmission: any ward of the hospital, of a case that it may not see, while care goes on.
func TestWhoMayAnnounceAReadmission(t *testing.T) {
	t.Parallel()
	nurse := Reader{UserID: "other nurse", OrgID: "surgery", HospitalID: "hospital", Role: RoleSender}
	as := func(change func(*Reader)) Reader {
		r := nurse
		change(&r)
		return r
	}
	for _, tc := range []struct {
		name   string
		path   *path
		reader Reader
		want   bool
	}{
		{"a ward of the hospital", referred(t).active(), nurse, true},
		{"while care is suspended", referred(t).suspended(), nurse, true},
		{"before the start", referred(t).ready(), nurse, false},
		{"after the end", referred(t).capped(), nurse, false},
		{"a ward of another hospital", referred(t).active(), as(func(r *Reader) { r.HospitalID = "far" }), false},
		{"a ward of no hospital", referred(t).active(), as(func(r *Reader) { r.HospitalID = "" }), false},
		{"a reader of no ward", referred(t).active(), as(func(r *Reader) { r.OrgID = "" }), false},
		{"somebody else of the hospital", referred(t).active(), as(func(r *Reader) { r.Role = RoleAdministrative }), false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			want(t, "may announce", tc.path.c.MayAnnounce(tc.reader), tc.want)
		})
	}
	unknown := referred(t).active().c
	unknown.HospitalID = ""
	want(t, "a case of no hospital", unknown.MayAnnounce(as(func(r *Reader) { r.HospitalID = "" })), false)
}

// homeServices is a referral in domicilio-anziani.
func homeServices(f *Facts) {
	rules := HomeServicesRules()
	f.Rules, f.Code = &rules, "DA-2026-00001"
}

func (p *path) later(days int) *path {
	p.until(p.now.Add(time.Duration(days) * 24 * time.Hour))
	return p
}

func (p *path) noticedBy(by Actor) *path {
	p.do(by, ReadmissionNotice, Facts{})
	return p
}

// ended is a path that the coordinator closes today.
func (p *path) ended() *path {
	p.do(desk, Close, Facts{Outcome: "completed", WhatFollows: []string{"sad"}})
	return p
}

func (p *path) declined() *path {
	p.do(igea, Decline, Facts{ReasonCode: "no_capacity"})
	return p
}

func (p *path) proposedTo(partner Actor) *path {
	p.do(desk, Propose, Facts{PartnerID: partner.OrgID})
	return p
}

func (p *path) reassignedTo(partner Actor) *path {
	p.do(desk, Reassign, Facts{PartnerID: partner.OrgID})
	return p
}

func (p *path) handedTo(partner Actor) *path {
	p.reassignedTo(partner).do(partner, Accept, Facts{})
	return p
}

func (p *path) appointed(user Actor) *path {
	p.do(igea, AppointCaseManager, Facts{UserID: user.UserID})
	return p
}

// TestCaseManagerOfADay: tasks and reminders follow whoever is in charge that day.
func TestCaseManagerOfADay(t *testing.T) {
	t.Parallel()
	p := referred(t).planning()
	p.do(igea, AppointCaseManager, Facts{
		UserID: bruno.UserID, From: monday.AddDays(7), To: monday.AddDays(13), SubstituteFor: anna.UserID,
	})
	got := map[int]string{}
	for _, n := range []int{-1, 0, 6, 7, 13, 14} {
		got[n] = p.c.CaseManagerOn(monday.AddDays(n))
	}
	want := map[int]string{-1: "", 0: "anna", 6: "anna", 7: "bruno", 13: "bruno", 14: "anna"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("in charge by day:\n%s", diff)
	}
	p.until(monday.AddDays(20).At(10, 0))
	p.refused(KindForbidden, bruno, RecordHomeVisit, Facts{})
	p.do(anna, RecordHomeVisit, Facts{})
}

func TestReplacedCaseManagerActsNoMore(t *testing.T) {
	t.Parallel()
	p := referred(t).active().later(1).appointed(bruno)
	p.refused(KindForbidden, anna, Suspend, Facts{ReasonCode: "away"})
	p.do(bruno, Suspend, Facts{ReasonCode: "away"})
	p.wantTold(MomentSuspended, Recipient{Kind: ToPartner, ID: "igea"}, Recipient{Kind: ToGP}, Recipient{Kind: ToMunicipality})
}

func TestAppointmentMayNotEndBeforeItBegins(t *testing.T) {
	t.Parallel()
	p := referred(t).planning()
	p.refused(KindInvalid, igea, AppointCaseManager, Facts{UserID: "x", From: monday, To: monday.AddDays(-1)})
	p.refused(KindInvalid, igea, AppointCaseManager, Facts{})
}

// TestHomeServices: the second programme runs by settings, without screening by the coordinator, équipe, review or cap.
func TestHomeServices(t *testing.T) {
	t.Parallel()
	p := referred(t, homeServices)
	p.do(townHall, Screen, Facts{Outcome: "admit", Level: LevelModerate})
	p.do(townHall, Propose, Facts{PartnerID: igea.OrgID})
	p.do(igea, Accept, Facts{})
	p.do(igea, AppointCaseManager, Facts{UserID: anna.UserID})
	p.do(townHall, SubmitPlan, plan())
	p.sign()
	p.do(anna, ConfirmStart, Facts{})
	p.until(monday.AddDays(100).At(10, 0))
	p.wantState(StateActive)
	for _, kind := range []ClockKind{ClockEquipe, ClockReview, ClockCap} {
		if len(p.clocks(kind)) > 0 {
			t.Errorf("the clock %s runs", kind)
		}
	}
	want(t, "day", p.c.Day(p.now), 100)
	want(t, "cap", p.c.CapOn(), calendar.Date{})
	p.do(townHall, Renew, Facts{Days: 90}) // no équipe, so no reason
	p.do(townHall, Close, Facts{Outcome: "completed"})
	p.later(60).do(desk, Reopen, Facts{HasReason: true}) // no cap, so no limit
}

package postgres

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"dimissioni/internal/calendar"
	"dimissioni/internal/discharge"
)

func TestTheReferralFollowsTheDischarge(t *testing.T) {
	d := newDesk(t)
	id := d.submit(person(1))
	today := calendar.DateOf(d.now)
	d.do(id, bySender, discharge.UpdateDischarge, discharge.Facts{ExpectedOn: today.AddDays(9)})
	file, err := d.Case(d.ctx, id)
	d.must(err)
	if stay := file.Referral.Stay; stay.ExpectedDischargeOn != today.AddDays(9) || stay.AlreadyHome || stay.Reason != "frattura" {
		t.Errorf("moved: %+v", stay)
	}
	d.do(id, bySender, discharge.UpdateDischarge, discharge.Facts{DischargedOn: today})
	file, err = d.Case(d.ctx, id)
	d.must(err)
	if stay := file.Referral.Stay; stay.ExpectedDischargeOn != today || !stay.AlreadyHome {
		t.Errorf("discharged: %+v", stay)
	}
}

func TestWhatWasSaidStaysWithItsEvent(t *testing.T) {
	d := newDesk(t)
	id := d.submit(person(1))
	d.start(id)
	command := d.begin(id, byManager, discharge.RecordMeeting, map[string]string{"minutes": "tutto bene"})
	_, err := d.give(id, discharge.Command{
		ID: command, Kind: discharge.RecordMeeting, Actor: byManager, Facts: discharge.Facts{Decision: "continue"},
	})
	d.must(err)
	said, err := d.Said(d.ctx, id, discharge.MeetingRecorded)
	d.must(err)
	want := []Said{{d.fold(id).Version, discharge.MeetingRecorded, []byte(`{"minutes": "tutto bene"}`)}}
	if diff := cmp.Diff(want, said); diff != "" {
		t.Errorf("said (-want +got):\n%s", diff)
	}
}

func TestAPartnerThatHandedOverStillListsTheCase(t *testing.T) {
	d := newDesk(t)
	id := d.submit(person(1))
	d.start(id)
	d.do(id, byCoordinator, discharge.Reassign, discharge.Facts{PartnerID: DemoID("meraki")})
	d.do(id, actor("meraki@demo.test", "meraki", discharge.RolePartnerManager), discharge.Accept, discharge.Facts{})
	for partner, want := range map[string]int{"igea": 1, "meraki": 1, "sentiero": 0} {
		list, _, err := d.Cases(d.ctx, CaseFilter{Scopes: []Scope{
			{Programme: protected, Role: discharge.RolePartnerManager, OrgID: DemoID(partner)},
		}}, "", 10)
		d.must(err)
		if len(list) != want {
			t.Errorf("%s lists %d cases, want %d", partner, len(list), want)
		}
	}
}

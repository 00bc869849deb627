package postgres

import (
	"testing"
	"time"

	"dimissioni/internal/discharge"
	"dimissioni/internal/referral"
)

// TestThePatientIsAskedToSign: at the caregiver's address, unless a representative signs or the caregiver is left alone.
func TestThePatientIsAskedToSign(t *testing.T) {
	for name, tc := range map[string]struct {
		change func(*referral.Referral)
		want   []string
	}{
		"with a caregiver who reads e-mail": {func(*referral.Referral) {}, []string{"person:caregiver", "person:patient"}},
		"with a representative": {func(r *referral.Referral) {
			r.Network.Representative = &referral.Representative{Name: "Avv. Prova", Title: "tutore", Act: "decreto 1", Email: "tutore@demo.test"}
		}, []string{"person:caregiver", "person:representative"}},
		"without e-mail": {func(r *referral.Referral) { r.Network.Caregiver.Channel = "phone" }, []string{}},
	} {
		t.Run(name, func(t *testing.T) {
			d := newLinkDesk(t)
			r := person(1)
			tc.change(&r)
			id := d.signing(r)
			keys, err := column[string](d.ctx, d.pool, `
				SELECT n.recipient_key FROM links l JOIN notifications n ON n.id = l.notification_id
				WHERE l.case_id = $1 AND l.action = 'sign' ORDER BY 1`, id)
			d.must(err)
			d.check("asked to sign", keys, tc.want...)
		})
	}
}

func TestACodeGoesOutByTelephoneThreeTimesAtMost(t *testing.T) {
	d := newLinkDesk(t)
	l := d.link(d.signing(), discharge.MomentSignatureRequested, "patient")
	at := d.now
	for i, want := range []bool{true, false, true, true, false} {
		if i != 1 {
			at = at.Add(time.Minute)
		}
		if ok, err := d.TakeSend(d.ctx, l.ID, at); ok != want || err != nil {
			t.Errorf("time %d: %v, %v", i, ok, err)
		}
	}
}

func TestALinkGivesOneCommandInItsLife(t *testing.T) {
	d := newLinkDesk(t)
	id := d.signing()
	l := d.link(id, discharge.MomentSignatureRequested, "patient")
	signature := map[string]string{"signer": "patient", "method": "link"}
	first, err := d.BeginAnswer(d.ctx, l, discharge.Sign, asJSON(signature))
	d.must(err)
	second, err := d.BeginAnswer(d.ctx, l, discharge.Sign, asJSON(map[string]string{"signer": "caregiver"}))
	d.must(err)
	if second.ID != first.ID || string(second.Body) != string(first.Body) || second.Status != CommandPending || first.ActorID != "" {
		t.Errorf("first %+v, second %+v", first, second)
	}
	d.must(d.Refuse(d.ctx, first.ID, discharge.Refuse(discharge.KindNotAllowed, "No.")))
	if l := d.link(id, discharge.MomentSignatureRequested, "patient"); l.UsedAt != nil {
		t.Error("a refusal used the link up")
	}
	third, err := d.BeginAnswer(d.ctx, l, discharge.Sign, asJSON(signature))
	d.must(err)
	if third.ID == first.ID {
		t.Error("a refusal is remembered")
	}
	_, err = d.give(id, discharge.Command{
		ID: third.ID, Kind: discharge.Sign, Actor: discharge.Actor{Role: discharge.RoleSignatory},
		Facts: discharge.Facts{Signer: "patient", Method: "link"},
	})
	d.must(err)
	l = d.link(id, discharge.MomentSignatureRequested, "patient")
	if d.state(l) != LinkUsed || l.Answer != AnswerSign {
		t.Errorf("after the signature: %s, answer %q", d.state(l), l.Answer)
	}
	again, err := d.BeginAnswer(d.ctx, l, discharge.Sign, asJSON(signature))
	d.must(err)
	if again.ID != third.ID || again.Status != CommandDone {
		t.Errorf("again: %+v", again)
	}
	entries, err := d.Timeline(d.ctx, id)
	d.must(err)
	if last := entries[len(entries)-1]; last.Event.Kind != discharge.Signed || last.Event.Actor.Role != discharge.RoleSignatory {
		t.Errorf("on the timeline: %+v", last.Event)
	}
}

func TestFactsFromLinksAreKeptOnce(t *testing.T) {
	d := newLinkDesk(t)
	id := d.submit(person(1))
	d.start(id)
	d.do(id, byManager, discharge.ConveneMeeting, discharge.Facts{At: d.now.Add(72 * time.Hour)})
	news := d.link(id, discharge.MomentActivated, "gp")
	meeting := d.link(id, discharge.MomentMeetingConvened, "caregiver")
	for range 2 {
		d.must(d.KeepAcknowledgement(d.ctx, news, "passo domani", d.now))
		d.must(d.KeepAttendance(d.ctx, meeting, false, "sono al lavoro", d.now))
	}
	if l := d.link(id, discharge.MomentActivated, "gp"); l.Answer != AnswerAcknowledge || l.Note != "passo domani" || d.state(l) != LinkUsed {
		t.Errorf("acknowledged %+v", l)
	}
	if l := d.link(id, discharge.MomentMeetingConvened, "caregiver"); l.Answer != AnswerNotComing || l.Note != "sono al lavoro" {
		t.Errorf("attendance %+v", l)
	}
	d.must(d.KeepAttendance(d.ctx, meeting, true, "", d.now))
	if l := d.link(id, discharge.MomentMeetingConvened, "caregiver"); l.Answer != AnswerNotComing {
		t.Error("a used link answers again")
	}
	d.must(d.LogLinkAccess(d.ctx, meeting, "link attend"))
	list, err := d.Accesses(d.ctx, id, 0, 1)
	d.must(err)
	if a := list[0]; a.UserName != "Figlia" || a.Role != "caregiver" || a.UserID != "" || a.What != "link attend" {
		t.Errorf("access %+v", a)
	}
}

func TestAWrongDeliveryIsInTheRegisterAndItsLinkIsDead(t *testing.T) {
	d := newLinkDesk(t)
	id := d.signing()
	l := d.link(id, discharge.MomentSignatureRequested, "caregiver")
	version := d.fold(id).Version
	command := d.begin(id, byCoordinator, discharge.ReportWrongDelivery, map[string]string{"note": "omonimo"})
	_, err := d.give(id, discharge.Command{
		ID: command, Kind: discharge.ReportWrongDelivery, Actor: byCoordinator,
		Facts: discharge.Facts{Notifications: []string{l.NotificationID}, HasReason: true},
	})
	d.must(err)
	if l := d.link(id, discharge.MomentSignatureRequested, "caregiver"); d.state(l) != LinkRevoked {
		t.Errorf("the link is %s", d.state(l))
	}
	if l := d.link(id, discharge.MomentSignatureRequested, "patient"); d.state(l) != LinkOpen {
		t.Errorf("another message's link is %s", d.state(l))
	}
	d.check("told", d.told(id, version), "wrong_delivery dpo@demo.test")
	register, err := d.WrongDeliveries(d.ctx, []string{protected})
	d.must(err)
	if len(register) != 1 || register[0].NotificationID != l.NotificationID || register[0].Note != "omonimo" ||
		register[0].ReportedBy != "Carla Coordina" || register[0].RecipientRole != "caregiver" {
		t.Errorf("register %+v", register)
	}
	if other, err := d.WrongDeliveries(d.ctx, []string{elderly}); err != nil || len(other) != 0 {
		t.Errorf("of another programme: %v, %v", other, err)
	}
	notifications, err := d.Notifications(d.ctx, id)
	d.must(err)
	for _, n := range notifications {
		wrong := n.ID == l.NotificationID
		if wrong != (n.WrongAt != nil) || wrong && n.Status != "cancelled" {
			t.Errorf("%s to %s: %s, wrong at %v", n.Moment, n.RecipientRole, n.Status, n.WrongAt)
		}
	}
	if token, _, err := d.OpenLink(d.ctx, l.NotificationID, d.now); token != "" || err != nil {
		t.Errorf("a revoked link goes out again: %q, %v", token, err)
	}
}

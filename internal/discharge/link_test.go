package discharge

import (
	"slices"
	"testing"
	"time"
)

// link is the newest link that a notice of a moment brought to a kind of recipient.
func (p *path) link(moment Moment, kind RecipientKind) Link {
	p.Helper()
	for _, n := range slices.Backward(p.notices) {
		for _, to := range n.To {
			if n.Moment != moment || to.Kind != kind {
				continue
			}
			l, ok := p.c.LinkFor(n, to)
			if !ok {
				p.Fatalf("%s brings no link to %s", moment, kind)
			}
			return l
		}
	}
	p.Fatalf("nobody of kind %s was told of %s", kind, moment)
	return Link{}
}

func (p *path) convened() *path {
	p.active().do(anna, ConveneMeeting, Facts{At: p.now.Add(72 * time.Hour), Invited: []string{"coordinator", "gp", "person"}})
	return p
}

// withCaregiver is a plan that asks something of the caregiver, who signs too.
func withCaregiver(f *Facts) { f.CaregiverPart = true }

// TestALinkDiesWithWhatItAsksFor: what makes each link moot, and what does not.
func TestALinkDiesWithWhatItAsksFor(t *testing.T) {
	t.Parallel()
	type step func(*path)
	for _, tc := range []struct {
		name   string
		state  func(*path) *path
		moment Moment
		kind   RecipientKind
		then   step
		alive  bool
	}{
		{"a proposal", (*path).proposed, MomentProposal, ToPartner, nil, true},
		{"a proposal, accepted", (*path).proposed, MomentProposal, ToPartner, func(p *path) { p.do(igea, Accept, Facts{}) }, false},
		{"a proposal, declined", (*path).proposed, MomentProposal, ToPartner, func(p *path) { p.do(igea, Decline, Facts{ReasonCode: "other"}) }, false},
		{"a proposal, another partner asked", (*path).proposed, MomentProposal, ToPartner, func(p *path) { p.do(desk, Propose, Facts{PartnerID: "meraki"}) }, false},
		{"a proposal, asked again after all", (*path).proposed, MomentProposal, ToPartner, func(p *path) {
			p.do(desk, Propose, Facts{PartnerID: "meraki"})
			p.do(desk, Propose, Facts{PartnerID: igea.OrgID})
		}, true}, // the newest link: that of the second question
		{"a proposal, the case ended", (*path).proposed, MomentProposal, ToPartner, func(p *path) { p.do(ward, EndBeforeStart, Facts{ReasonCode: "person_refused"}) }, false},

		{"a signature", (*path).signing, MomentSignatureRequested, ToPatient, nil, true},
		{"a signature of the representative", (*path).signing, MomentSignatureRequested, ToRepresentative, nil, true},
		{"a signature, given", (*path).signing, MomentSignatureRequested, ToPatient, func(p *path) { p.do(anna, Sign, Facts{Signer: "patient", Method: "paper"}) }, false},
		{"a signature, given by another", (*path).signing, MomentSignatureRequested, ToPatient, func(p *path) { p.do(anna, Sign, Facts{Signer: "case_manager", Method: "paper"}) }, true},
		{"a signature, the representative signed", (*path).signing, MomentSignatureRequested, ToPatient, func(p *path) {
			p.do(anna, Sign, Facts{Signer: "representative", Method: "paper", HasTitle: true})
		}, false},
		{"a signature, care began without", (*path).signing, MomentSignatureRequested, ToPatient, func(p *path) { p.do(anna, ConfirmStart, Facts{}) }, true},
		{"a signature, the person died", (*path).signing, MomentSignatureRequested, ToPatient, func(p *path) { p.do(ward, ReportDeath, Facts{Outcome: "hospital"}) }, false},

		{"news for the GP", (*path).active, MomentActivated, ToGP, nil, true},
		{"news for the GP, care suspended since", (*path).active, MomentActivated, ToGP, func(p *path) { p.do(anna, Suspend, Facts{ReasonCode: "away"}) }, true},
		{"news for the GP, not shared any more", (*path).active, MomentActivated, ToGP, func(p *path) {
			p.do(desk, UpdateDetails, Facts{Groups: []string{"consent"}, Sharing: true, ShareWith: []string{"municipality"}})
		}, false},
		{"news of care that has ended", (*path).active, MomentActivated, ToGP, func(p *path) { p.do(desk, Close, Facts{Outcome: "completed"}) }, false},
		{"news of the end", (*path).closed, MomentClosed, ToGP, nil, true},
		{"news of the end, a month later", (*path).closed, MomentClosed, ToGP, func(p *path) { p.later(31) }, false},
		{"news of the end, reopened", (*path).closed, MomentClosed, ToGP, func(p *path) { p.do(desk, Reopen, Facts{HasReason: true}) }, false},

		{"an équipe", (*path).convened, MomentMeetingConvened, ToPerson, nil, true},
		{"an équipe, over", (*path).convened, MomentMeetingConvened, ToGP, func(p *path) { p.later(3) }, false},
		{"an équipe, moved", (*path).convened, MomentMeetingConvened, ToGP, func(p *path) { p.do(anna, ConveneMeeting, Facts{At: p.now.Add(96 * time.Hour)}) }, false},
		{"an équipe, the new date", (*path).moved, MomentMeetingMoved, ToGP, nil, true},
		{"an équipe, called off", (*path).convened, MomentMeetingConvened, ToGP, func(p *path) { p.do(anna, ConveneMeeting, Facts{CalledOff: true}) }, false},
		{"an équipe, the case closed", (*path).convened, MomentMeetingConvened, ToGP, func(p *path) { p.do(desk, Close, Facts{Outcome: "completed"}) }, false},
		{"an équipe, the person died", (*path).convened, MomentMeetingConvened, ToPerson, func(p *path) { p.do(anna, ReportDeath, Facts{Outcome: "home"}) }, false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			p := tc.state(referred(t))
			l := p.link(tc.moment, tc.kind)
			if !p.c.Awaits(l, p.now) {
				t.Fatal("not awaited from the start")
			}
			if tc.then == nil {
				return
			}
			tc.then(p)
			if tc.moment == MomentProposal && tc.alive {
				want(t, "the first question's link", p.c.Awaits(l, p.now), false)
				l = p.link(tc.moment, tc.kind)
			}
			want(t, "awaited", p.c.Awaits(l, p.now), tc.alive)
		})
	}
}

func (p *path) closed() *path {
	p.active().do(desk, Close, Facts{Outcome: "completed"})
	return p
}

func (p *path) moved() *path {
	p.convened().do(anna, ConveneMeeting, Facts{At: p.now.Add(96 * time.Hour)})
	return p
}

func TestAPlanThatTakesTheOldOnesPlaceHasLinksOfItsOwn(t *testing.T) {
	t.Parallel()
	p := referred(t).planning()
	p.do(anna, SubmitPlan, plan(withCaregiver))
	old := p.link(MomentSignatureRequested, ToCaregiver)
	want(t, "who signs", old.Signer, "caregiver")
	p.do(anna, SubmitPlan, plan(withCaregiver, func(f *Facts) { f.Days = 14 }))
	want(t, "the old plan's link", p.c.Awaits(old, p.now), false)
	want(t, "the new plan's link", p.c.Awaits(p.link(MomentSignatureRequested, ToCaregiver), p.now), true)
}

// TestLinksAreForThoseWithoutAnAccount: of all that is told on a path, these recipients have something to do.
func TestLinksAreForThoseWithoutAnAccount(t *testing.T) {
	t.Parallel()
	p := referred(t).convened()
	p.do(anna, Suspend, Facts{ReasonCode: "away"})
	found := map[string]LinkAction{}
	c := Case{ID: p.c.ID}
	for _, e := range p.events {
		notices := Notices(c, []Event{e})
		c = c.Apply(e)
		for _, n := range notices {
			for _, to := range n.To {
				if l, ok := c.LinkFor(n, to); ok {
					found[string(n.Moment)+" "+string(to.Kind)] = l.Action
				}
			}
		}
	}
	for who, action := range map[string]LinkAction{
		"proposal partner_manager":           LinkAnswerProposal,
		"signature_requested patient":        LinkSign,
		"signature_requested representative": LinkSign,
		"activated gp":                       LinkAcknowledge,
		"activated municipality":             LinkAcknowledge,
		"suspended gp":                       LinkAcknowledge,
		"suspended municipality":             LinkAcknowledge,
		"meeting_convened gp":                LinkAttend,
		"meeting_convened person":            LinkAttend,
	} {
		want(t, who, found[who], action)
		delete(found, who)
	}
	for who := range found {
		t.Errorf("%s has a link", who)
	}
}

func TestASignatorySignsFromTheLinkAlone(t *testing.T) {
	t.Parallel()
	signatory := Actor{Role: RoleSignatory}
	for _, tc := range []struct {
		signer, method string
		title          bool
		field          string // refused
	}{
		{"patient", "link", false, ""},
		{"representative", "link", true, ""},
		{"representative", "link", false, "title"},
		{"patient", "in_person", false, "method"},
		{"patient", "refused", false, "method"},
		{"coordinator", "link", false, "method"},
		{"case_manager", "link", false, "method"},
	} {
		t.Run(tc.signer+" "+tc.method, func(t *testing.T) {
			t.Parallel()
			p := referred(t).signing()
			cmd := Command{Kind: Sign, Actor: signatory, Facts: Facts{Signer: tc.signer, Method: tc.method, HasTitle: tc.title}}
			if tc.field != "" {
				want(t, "refused field", p.refusedCommand(KindInvalid, cmd).field, tc.field)
				return
			}
			p.give(cmd)
			want(t, "who recorded it", p.events[len(p.events)-1].Actor, signatory)
			if slices.Contains(p.c.MissingSigners(), "patient") {
				t.Error("the signature is still missing")
			}
		})
	}
	p := referred(t).signing()
	for _, kind := range Commands() {
		if kind != Sign && Allowed(RoleSignatory, kind, p.c.Rules) {
			t.Errorf("a signatory may %s", kind)
		}
	}
}

func TestAWrongDeliveryIsToldToTheDPOAtOnce(t *testing.T) {
	t.Parallel()
	p := referred(t).active()
	p.now = day(t, "2026-03-07").At(22, 0) // a Saturday night
	p.refused(KindInvalid, desk, ReportWrongDelivery, Facts{})
	p.refused(KindForbidden, anna, ReportWrongDelivery, Facts{Notifications: []string{"one"}})
	before := p.c
	p.do(desk, ReportWrongDelivery, Facts{Notifications: []string{"one"}, HasReason: true})
	last := p.notices[len(p.notices)-1]
	want(t, "moment", last.Moment, MomentWrongDelivery)
	want(t, "to", last.To[0].Kind, ToDPO)
	want(t, "at", last.At, p.now)
	before.Version++
	p.same(before)
	p.do(desk, Close, Facts{Outcome: "completed"})
	p.do(desk, ReportWrongDelivery, Facts{Notifications: []string{"two"}}) // also when the case has ended
}

package discharge

import (
	"slices"
	"time"
)

// LinkAction names what a link in a mail lets its holder do without an account. DOMAIN, Links.
type LinkAction string

// The actions of links.
const (
	LinkAnswerProposal LinkAction = "answer_proposal" // the partner accepts or declines
	LinkSign           LinkAction = "sign"            // the person, the caregiver or the representative signs the plan
	LinkAcknowledge    LinkAction = "acknowledge"     // who is told reads what it is about: presa visione
	LinkAttend         LinkAction = "attend"          // who is invited to an équipe says whether they come
)

// NeedsCode reports whether a one-time code, which comes by another channel, opens what the link is about: the
// identity and the content. A partner answers on what it may see before accepting.
func (a LinkAction) NeedsCode() bool { return a != LinkAnswerProposal }

// LinkLife is for how many days of real time a link lives, unless its state changes before.
func (a LinkAction) LinkLife() int {
	if a == LinkAnswerProposal {
		return 3
	}
	return 14
}

// Link is what a link is about: enough to tell, from the case alone, whether it is still awaited.
type Link struct {
	Action   LinkAction    `json:"action"`
	Moment   Moment        `json:"moment"`
	To       RecipientKind `json:"to"`
	Partner  string        `json:"partner,omitempty"`  // answer_proposal: who was asked
	Proposal int           `json:"proposal,omitempty"` // answer_proposal: its event's seq
	Signer   string        `json:"signer,omitempty"`   // sign: patient, caregiver, representative
	Version  int           `json:"version,omitempty"`  // sign: of the plan
	UID      int           `json:"uid,omitempty"`      // attend: of the meeting
	Sequence int           `json:"sequence,omitempty"` // attend: counts its moves
}

// LinkFor is the link that a notice of the case brings to a recipient; false when the recipient has nothing to do, or
// has an account to do it with.
func (c Case) LinkFor(n Notice, to Recipient) (Link, bool) {
	l := Link{Moment: n.Moment, To: to.Kind}
	switch {
	case n.Moment == MomentProposal && to.Kind == ToPartner:
		l.Action, l.Partner, l.Proposal = LinkAnswerProposal, to.ID, n.Round
	case n.Moment == MomentSignatureRequested && to.family():
		l.Action, l.Signer, l.Version = LinkSign, signerOf(to.Kind), c.planToSign()
	case n.Meeting != nil && (n.Moment == MomentMeetingConvened || n.Moment == MomentMeetingMoved) && to.withoutAccount():
		l.Action, l.UID, l.Sequence = LinkAttend, n.Meeting.UID, n.Meeting.Sequence
	case slices.Contains(acknowledged, n.Moment) && to.withoutAccount() && !to.family():
		l.Action = LinkAcknowledge
	default:
		return Link{}, false
	}
	return l, true
}

// acknowledged is the moments that the GP, the municipality and the territorial services read behind a link.
var acknowledged = []Moment{
	MomentEarlyNotice, MomentActivated, MomentReplanned, MomentRenewed, MomentSuspended, MomentResumed, MomentClosed,
	MomentNotStarted, MomentReopened,
}

// withoutAccount reports whether a recipient is told, and answers, without ever signing in.
func (r Recipient) withoutAccount() bool {
	return r.family() || r.Kind == ToGP || r.Kind == ToMunicipality || r.Kind == ToTerritorial
}

// signerOf is who signs among the family.
func signerOf(kind RecipientKind) string {
	if kind == ToCaregiver || kind == ToRepresentative {
		return string(kind)
	}
	return "patient"
}

// Awaits reports whether the case at now still wants what a link asks for: this proposal, a signature of this plan, an
// answer to this date, the reading of something that is still so. It is judged from the case alone, so that a link dies
// with the very event that makes it moot. DOMAIN, Links.
func (c Case) Awaits(l Link, now time.Time) bool {
	to := Recipient{Kind: l.To}
	if c.unshared(to) || to.family() && c.Died() {
		return false
	}
	switch l.Action {
	case LinkAnswerProposal:
		return c.Proposal != nil && c.Proposal.Seq == l.Proposal && c.Proposal.PartnerID == l.Partner
	case LinkSign:
		signer := l.Signer
		if signer == "representative" {
			signer = "patient" // in whose place it signs
		}
		return slices.Contains(table[Sign].in, c.State) && c.planToSign() == l.Version &&
			slices.Contains(c.MissingSigners(), signer)
	case LinkAcknowledge:
		ending := l.Moment == MomentClosed || l.Moment == MomentNotStarted
		return c.State.Final() == ending && c.readableOn(c.Today(now), forever)
	case LinkAttend:
		m := c.Convened
		return !c.State.Final() && m != nil && m.UID == l.UID && m.Sequence == l.Sequence && m.At.After(now)
	default:
		return false
	}
}

// decideWrongDelivery takes a message that reached the wrong person: its link is revoked, the register keeps it, the
// DPO is told.
func decideWrongDelivery(t turn) (Decision, error) {
	f := t.cmd.Facts
	if len(f.Notifications) == 0 {
		return Decision{}, Invalid("notification_id", "required", "Indichi quale messaggio è arrivato alla persona sbagliata.")
	}
	return t.one(WrongDelivery, Facts{Notifications: f.Notifications, HasReason: f.HasReason})
}

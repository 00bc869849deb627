package discharge

import "time"

// Moment names why somebody is written to. DOMAIN, Notifications.
type Moment string

// The moments. Reminders are "reminder:" and the clock's kind; see [ReminderOf].
const (
	MomentReferralReceived     Moment = "referral_received"
	MomentEarlyNotice          Moment = "early_notice"
	MomentNoFollowUp           Moment = "no_follow_up"
	MomentInformationRequested Moment = "information_requested"
	MomentInformationGiven     Moment = "information_given" // the sender completed what was asked
	MomentRejected             Moment = "rejected"
	MomentWaitlisted           Moment = "waitlisted"
	MomentAdmitted             Moment = "admitted"
	MomentFundsReleased        Moment = "funds_released" // who is next on the waitlist
	MomentProposal             Moment = "proposal"
	MomentProposalRevoked      Moment = "proposal_revoked"
	MomentProposalAccepted     Moment = "proposal_accepted"
	MomentProposalDeclined     Moment = "proposal_declined"
	MomentCaseReturned         Moment = "case_returned"
	MomentPartnerChanged       Moment = "partner_changed" // another partner took over: the old one stops
	MomentCaseManagerAppointed Moment = "case_manager_appointed"
	MomentDischargeMoved       Moment = "discharge_moved"
	MomentSignatureRequested   Moment = "signature_requested"
	MomentStartConfirmed       Moment = "start_confirmed"
	MomentActivated            Moment = "activated"
	MomentReplanned            Moment = "replanned"
	MomentRenewed              Moment = "renewed"
	MomentTechnicalExtension   Moment = "technical_extension" // proroga tecnica: the partner goes on
	MomentSuspended            Moment = "suspended"
	MomentResumed              Moment = "resumed"
	MomentClosed               Moment = "closed"
	MomentNotStarted           Moment = "not_started"
	MomentReopened             Moment = "reopened"
	MomentCancelled            Moment = "cancelled"
	MomentStarted              Moment = "started"
	MomentChanged              Moment = "changed"
	MomentEndsIn7Days          Moment = "ends_in_7_days"
	MomentEnded                Moment = "ended"
	MomentMeetingConvened      Moment = "meeting_convened"
	MomentMeetingMoved         Moment = "meeting_moved"
	MomentMeetingCancelled     Moment = "meeting_cancelled"
	MomentMeetingDecision      Moment = "meeting_decision" // the équipe asked for re-planning or closure
	MomentReadmission          Moment = "readmission"
	MomentDigest               Moment = "digest"
	MomentCommandRefused       Moment = "command_refused"
	MomentDeliveryFailed       Moment = "delivery_failed"
	MomentWrongDelivery        Moment = "wrong_delivery" // a message reached the wrong person: the DPO
	MomentPasswordLink         Moment = "password_link"  // about an account, not a case: the link to choose a password
)

// Moments lists every moment in the order of the path, reminders included.
func Moments() []Moment {
	moments := []Moment{
		MomentReferralReceived, MomentEarlyNotice, MomentNoFollowUp, MomentInformationRequested,
		MomentInformationGiven, MomentRejected, MomentWaitlisted, MomentAdmitted, MomentFundsReleased,
		MomentProposal, MomentProposalRevoked, MomentProposalAccepted, MomentProposalDeclined,
		MomentCaseReturned, MomentPartnerChanged, MomentCaseManagerAppointed, MomentDischargeMoved, MomentSignatureRequested,
		MomentStartConfirmed, MomentActivated, MomentReplanned, MomentRenewed, MomentTechnicalExtension,
		MomentSuspended, MomentResumed, MomentClosed, MomentNotStarted, MomentReopened, MomentCancelled,
		MomentStarted, MomentChanged, MomentEndsIn7Days, MomentEnded, MomentMeetingConvened,
		MomentMeetingMoved, MomentMeetingCancelled, MomentMeetingDecision, MomentReadmission, MomentDigest,
		MomentCommandRefused, MomentDeliveryFailed, MomentWrongDelivery, MomentPasswordLink,
	}
	for _, k := range Clocks() {
		moments = append(moments, ReminderOf(k))
	}
	return moments
}

// SaysUrgent reports whether a message of a moment calls the case urgent. What is due at the start is always near the
// discharge: there only a case that was marked so is.
func (c Case) SaysUrgent(m Moment, now time.Time) bool {
	switch m {
	case ReminderOf(ClockPlan), ReminderOf(ClockSignatures), ReminderOf(ClockStart):
		return c.Marked && c.UrgentAt(now)
	default:
		return c.UrgentAt(now)
	}
}

// ReminderOf is the moment of a clock's reminders.
func ReminderOf(k ClockKind) Moment { return Moment("reminder:" + string(k)) }

// RecipientKind says how Record finds who is meant.
type RecipientKind string

// The kinds of recipient. ID is a user for user, an organisation for partner, empty for the rest, which Record
// finds from the case: its owner or all coordinators, the ward, the hospital contacts, the GP and the
// municipality if shared with and verified, the territorial services, the patient or caregiver who chose a
// channel, the representative.
const (
	ToUser           RecipientKind = "user"
	ToCoordinators   RecipientKind = "coordinators"
	ToSender         RecipientKind = "sender"           // the user who sent it; after the discharge the hospital contacts
	ToHospital       RecipientKind = "hospital_contact" // of the case's hospital
	ToPartner        RecipientKind = "partner_manager"  // of the organisation ID
	ToCaseManager    RecipientKind = "case_manager"     // user ID
	ToGP             RecipientKind = "gp"
	ToMunicipality   RecipientKind = "municipality"
	ToTerritorial    RecipientKind = "territorial"
	ToPerson         RecipientKind = "person" // patient or caregiver, by the channel they chose
	ToPatient        RecipientKind = "patient"
	ToCaregiver      RecipientKind = "caregiver"
	ToRepresentative RecipientKind = "representative"
	ToDPO            RecipientKind = "dpo" // of the case's programme
)

// Recipient is somebody a notice goes to.
type Recipient struct {
	Kind RecipientKind `json:"kind"`
	ID   string        `json:"id,omitempty"`
}

// Notice is one moment to tell. Record makes one message per recipient, keyed by case, moment, round and
// recipient, so that nobody is told twice of the same moment.
type Notice struct {
	Moment        Moment
	To            []Recipient
	Round         int        // the seq of the event that caused it
	At            time.Time  // not to be sent before: the next working hour, or the event's instant when urgent
	Clocks        []Reminder // reminders of the day, most pressing first
	Meeting       *Meeting   // meeting moments: what the invitation says
	Notifications []string   // delivery_failed, wrong_delivery: which messages
}

// Reminder is one clock's word in a reminder mail.
type Reminder struct {
	Clock ClockKind
	DueOn string // YYYY-MM-DD
	Why   string // Italian
}

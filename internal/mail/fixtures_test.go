package mail

import (
	"time"

	"dimissioni/internal/calendar"
	"dimissioni/internal/discharge"
)

// What no letter may ever show.
const (
	readerName    = "Ludovica Bianchessi"
	readerAddress = "l.bianchessi@esempio.test"
)

var (
	wednesday = calendar.NewDate(2026, time.December, 2)
	settings  = Settings{
		Host: "127.0.0.1", Port: 25,
		From: "avvisi@esempio.test", SenderName: "Dimissioni protette", PublicName: "Ufficio di piano",
		Phone: "0373 000000", PhoneHours: "dal lunedì al venerdì, 8-18",
	}
)

var (
	everyone = []discharge.RecipientKind{
		discharge.ToUser, discharge.ToCoordinators, discharge.ToSender, discharge.ToHospital, discharge.ToPartner,
		discharge.ToCaseManager, discharge.ToGP, discharge.ToMunicipality, discharge.ToTerritorial, discharge.ToPerson,
		discharge.ToPatient, discharge.ToCaregiver, discharge.ToRepresentative,
	}
	family       = []discharge.RecipientKind{discharge.ToPerson, discharge.ToPatient, discharge.ToCaregiver, discharge.ToRepresentative}
	coordinators = []discharge.RecipientKind{discharge.ToCoordinators}
	screeners    = []discharge.RecipientKind{discharge.ToCoordinators, discharge.ToMunicipality}
	ward         = []discharge.RecipientKind{discharge.ToSender, discharge.ToHospital}
	network      = []discharge.RecipientKind{discharge.ToGP, discharge.ToMunicipality, discharge.ToTerritorial}
	partner      = []discharge.RecipientKind{discharge.ToPartner}
	involved     = []discharge.RecipientKind{
		discharge.ToGP, discharge.ToMunicipality, discharge.ToTerritorial, discharge.ToPartner, discharge.ToHospital,
		discharge.ToCaseManager, discharge.ToSender,
	}
	team = []discharge.RecipientKind{discharge.ToCaseManager, discharge.ToCoordinators, discharge.ToPartner}
)

// readersOf is DOMAIN's table of notifications: to whom each moment may go.
func readersOf(m discharge.Moment) []discharge.RecipientKind {
	switch m {
	case discharge.MomentReferralReceived, discharge.MomentInformationGiven, discharge.MomentFundsReleased:
		return screeners
	case discharge.MomentProposalAccepted, discharge.MomentProposalDeclined, discharge.MomentCaseReturned,
		discharge.MomentMeetingDecision, discharge.MomentDeliveryFailed:
		return coordinators
	case discharge.MomentEarlyNotice, discharge.MomentNoFollowUp:
		return network
	case discharge.MomentInformationRequested, discharge.MomentRejected, discharge.MomentWaitlisted,
		discharge.MomentAdmitted, discharge.MomentStartConfirmed:
		return ward
	case discharge.MomentProposal, discharge.MomentProposalRevoked:
		return partner
	case discharge.MomentCaseManagerAppointed:
		return []discharge.RecipientKind{discharge.ToCaseManager, discharge.ToUser}
	case discharge.MomentReadmission:
		return []discharge.RecipientKind{discharge.ToCaseManager, discharge.ToCoordinators}
	case discharge.MomentTechnicalExtension:
		return team
	case discharge.MomentSignatureRequested:
		return []discharge.RecipientKind{
			discharge.ToCoordinators, discharge.ToCaseManager, discharge.ToPerson, discharge.ToPatient,
			discharge.ToCaregiver, discharge.ToRepresentative,
		}
	case discharge.MomentDischargeMoved, discharge.MomentActivated, discharge.MomentReplanned, discharge.MomentRenewed,
		discharge.MomentSuspended, discharge.MomentResumed, discharge.MomentClosed, discharge.MomentNotStarted,
		discharge.MomentReopened, discharge.MomentCancelled:
		return append([]discharge.RecipientKind{discharge.ToCoordinators}, involved...)
	case discharge.MomentStarted, discharge.MomentChanged, discharge.MomentEndsIn7Days, discharge.MomentEnded:
		return family
	case discharge.MomentMeetingConvened, discharge.MomentMeetingMoved, discharge.MomentMeetingCancelled:
		return everyone
	case discharge.MomentDigest:
		return []discharge.RecipientKind{discharge.ToCoordinators, discharge.ToSender, discharge.ToCaseManager, discharge.ToUser}
	case discharge.MomentCommandRefused:
		return []discharge.RecipientKind{discharge.ToUser}
	default:
		return remindedBy(m)
	}
}

func remindedBy(m discharge.Moment) []discharge.RecipientKind {
	switch m {
	case discharge.ReminderOf(discharge.ClockCompletion), discharge.ReminderOf(discharge.ClockWaitlistCheck):
		return ward
	case discharge.ReminderOf(discharge.ClockScreening), discharge.ReminderOf(discharge.ClockAssignment):
		return screeners
	case discharge.ReminderOf(discharge.ClockAcceptance):
		return []discharge.RecipientKind{discharge.ToPartner, discharge.ToCoordinators}
	default:
		for _, k := range discharge.Clocks() {
			if m == discharge.ReminderOf(k) {
				return team
			}
		}
		return nil
	}
}

// bare is a message with nothing that it could do without.
func bare(moment discharge.Moment, kind discharge.RecipientKind) Message {
	m := Message{
		ID: "0198c0de-0000-7000-8000-000000000042", Moment: moment, RecipientKind: kind,
		To: readerAddress, ToName: readerName, QueuedAt: wednesday.At(9, 0),
		CaseID: "0198c0de-0000-7000-8000-00000000ca5e", CaseCode: "DP-2026-00042",
	}
	switch moment {
	case discharge.MomentMeetingConvened, discharge.MomentMeetingMoved, discharge.MomentMeetingCancelled:
		m.Meeting = &discharge.Meeting{UID: 1, At: wednesday.AddDays(7).At(14, 30)}
	case discharge.MomentDigest:
		m.CaseCode, m.CaseID = "", ""
		m.Items = []DigestItem{{CaseCode: "DP-2026-00042", Clock: discharge.ClockEquipe}}
	}
	for _, k := range discharge.Clocks() {
		if moment == discharge.ReminderOf(k) {
			m.Clocks = []discharge.Reminder{{Clock: k, DueOn: wednesday.AddDays(2).String()}}
		}
	}
	return m
}

// full is a message with all that its moment can tell.
func full(moment discharge.Moment, kind discharge.RecipientKind) Message {
	m := bare(moment, kind)
	m.On = wednesday
	m.Link = "https://pratiche.esempio.test/pratiche/0198c0de-0000-7000-8000-00000000ca5e"
	if m.person() || m.outside() || m.to(discharge.ToPartner) {
		m.Link = "https://pratiche.esempio.test/risposte/NBSWY3DPEB3W64TMMQ"
		m.LinkUntil = wednesday.AddDays(14)
	}
	switch moment {
	case discharge.MomentReferralReceived, discharge.MomentProposal:
		m.DueOn, m.DueAt, m.Urgent = wednesday.AddDays(1), wednesday.AddDays(1).At(12, 0), true
		m.Why = "4 ore lavorative, perché la pratica è urgente"
	case discharge.MomentInformationRequested, discharge.MomentProposalDeclined, discharge.MomentCaseReturned,
		discharge.MomentSignatureRequested, discharge.MomentMeetingDecision:
		m.DueOn, m.DueAt = wednesday.AddDays(2), wednesday.AddDays(2).End()
		m.Why = "2 giorni lavorativi dal 02/12/2026"
	case discharge.MomentFundsReleased:
		m.AboutCode = "DP-2026-00050"
	case discharge.MomentDeliveryFailed:
		m.Failed = 3
	case discharge.MomentMeetingMoved, discharge.MomentMeetingCancelled:
		m.Meeting.Sequence = 2
	case discharge.MomentDigest:
		m.Link = "https://pratiche.esempio.test/"
		m.Items = []DigestItem{
			{"DP-2026-00042", discharge.ClockEquipe, wednesday.AddDays(-1), "https://pratiche.esempio.test/pratiche/42"},
			{"DP-2026-00042", discharge.ClockSignatures, wednesday.AddDays(-5), "https://pratiche.esempio.test/pratiche/42"},
			{"DP-2026-00050", discharge.ClockHandover, wednesday.AddDays(-2), "https://pratiche.esempio.test/pratiche/50"},
		}
	}
	for i := range m.Clocks {
		m.Clocks[i].Why = "avvio del 24/11/2026 più 10 giorni"
	}
	return m
}

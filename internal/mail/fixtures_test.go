package mail

import (
	"strings"
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

var everyone = []discharge.RecipientKind{
	discharge.ToUser, discharge.ToCoordinators, discharge.ToSender, discharge.ToHospital, discharge.ToPartner,
	discharge.ToCaseManager, discharge.ToGP, discharge.ToMunicipality, discharge.ToTerritorial, discharge.ToPerson,
	discharge.ToPatient, discharge.ToCaregiver, discharge.ToRepresentative,
}

// readersOf says to whom each moment goes: DOMAIN's table of notifications, as discharge.Notices applies it.
func readersOf(m discharge.Moment) []discharge.RecipientKind {
	kinds := func(k ...discharge.RecipientKind) []discharge.RecipientKind { return k }
	switch m {
	case discharge.MomentReferralReceived, discharge.MomentInformationGiven, discharge.MomentFundsReleased,
		discharge.MomentProposalAccepted, discharge.MomentProposalDeclined, discharge.MomentCaseReturned,
		discharge.MomentMeetingDecision, discharge.MomentDeliveryFailed:
		return kinds(discharge.ToCoordinators)
	case discharge.MomentEarlyNotice, discharge.MomentNoFollowUp:
		return kinds(discharge.ToGP, discharge.ToMunicipality, discharge.ToTerritorial)
	case discharge.MomentInformationRequested, discharge.MomentRejected, discharge.MomentWaitlisted,
		discharge.MomentAdmitted, discharge.MomentStartConfirmed:
		return kinds(discharge.ToSender, discharge.ToHospital, discharge.ToUser)
	case discharge.MomentProposal, discharge.MomentProposalRevoked:
		return kinds(discharge.ToPartner)
	case discharge.MomentPartnerChanged, discharge.MomentTechnicalExtension:
		return kinds(discharge.ToPartner, discharge.ToCaseManager)
	case discharge.MomentCaseManagerAppointed:
		return kinds(discharge.ToCaseManager)
	case discharge.MomentReadmission:
		return kinds(discharge.ToCoordinators, discharge.ToCaseManager)
	case discharge.MomentDischargeMoved:
		return kinds(discharge.ToCoordinators, discharge.ToPartner, discharge.ToCaseManager)
	case discharge.MomentSignatureRequested:
		return kinds(discharge.ToCoordinators, discharge.ToCaseManager, discharge.ToPatient, discharge.ToRepresentative,
			discharge.ToCaregiver)
	case discharge.MomentActivated, discharge.MomentReplanned, discharge.MomentRenewed, discharge.MomentSuspended,
		discharge.MomentResumed, discharge.MomentClosed, discharge.MomentReopened:
		return kinds(discharge.ToPartner, discharge.ToGP, discharge.ToMunicipality, discharge.ToHospital,
			discharge.ToCaseManager)
	case discharge.MomentNotStarted, discharge.MomentCancelled:
		return kinds(discharge.ToCoordinators, discharge.ToSender, discharge.ToHospital, discharge.ToUser,
			discharge.ToPartner, discharge.ToCaseManager, discharge.ToGP, discharge.ToMunicipality)
	case discharge.MomentChanged:
		return kinds(discharge.ToPerson, discharge.ToPartner, discharge.ToCaseManager)
	case discharge.MomentStarted, discharge.MomentEndsIn7Days, discharge.MomentEnded:
		return kinds(discharge.ToPerson)
	case discharge.MomentMeetingConvened, discharge.MomentMeetingMoved, discharge.MomentMeetingCancelled:
		return everyone
	case discharge.MomentDigest:
		return kinds(discharge.ToCoordinators, discharge.ToSender, discharge.ToCaseManager, discharge.ToUser)
	case discharge.MomentCommandRefused, discharge.MomentPasswordLink:
		return kinds(discharge.ToUser)
	case discharge.MomentWrongDelivery:
		return kinds(discharge.ToDPO)
	default:
		return remindedOf(m)
	}
}

func remindedOf(m discharge.Moment) []discharge.RecipientKind {
	kind, ok := strings.CutPrefix(string(m), reminderPrefix)
	if !ok {
		return nil
	}
	switch discharge.ClockKind(kind) {
	case discharge.ClockScreening, discharge.ClockAssignment:
		return []discharge.RecipientKind{discharge.ToCoordinators}
	case discharge.ClockCompletion, discharge.ClockWaitlistCheck:
		return []discharge.RecipientKind{discharge.ToSender, discharge.ToHospital, discharge.ToUser}
	case discharge.ClockAcceptance:
		return []discharge.RecipientKind{discharge.ToPartner}
	case discharge.ClockReview, discharge.ClockCap:
		return []discharge.RecipientKind{discharge.ToCaseManager, discharge.ToCoordinators}
	case discharge.ClockEquipe:
		return []discharge.RecipientKind{discharge.ToCaseManager, discharge.ToPartner}
	default:
		return []discharge.RecipientKind{discharge.ToCaseManager}
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
	case discharge.MomentPasswordLink:
		m.CaseCode, m.CaseID = "", ""
		m.Link = "https://pratiche.esempio.test/nuova-password/NBSWY3DPEB3W64TMMQ"
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
	if m.Link == "" {
		m.Link = "https://pratiche.esempio.test/pratiche/0198c0de-0000-7000-8000-00000000ca5e"
	}
	if m.person() || m.outside() || m.to(discharge.ToPartner) {
		m.Link = "https://pratiche.esempio.test/risposte/NBSWY3DPEB3W64TMMQ"
		m.LinkUntil = wednesday.AddDays(14)
	}
	switch moment {
	case discharge.MomentReferralReceived, discharge.MomentProposal:
		m.DueOn, m.DueAt, m.Urgent = wednesday.AddDays(1), wednesday.AddDays(1).At(12, 0), true
		m.Why = "Quattro ore lavorative dalla proposta all'ente: la dimissione è entro 48 ore."
	case discharge.MomentInformationRequested, discharge.MomentProposalDeclined, discharge.MomentCaseReturned,
		discharge.MomentSignatureRequested, discharge.MomentMeetingDecision:
		m.DueOn, m.DueAt = wednesday.AddDays(2), wednesday.AddDays(2).End()
		m.Why = "Tre giorni lavorativi dall'avvio: l'assistenza è partita senza firme."
	case discharge.MomentPasswordLink:
		m.DueOn, m.DueAt = wednesday, wednesday.At(11, 20)
	case discharge.MomentFundsReleased:
		m.AboutCode = "DP-2026-00050"
	case discharge.MomentDeliveryFailed:
		m.Failed = 3
	case discharge.MomentMeetingMoved, discharge.MomentMeetingCancelled:
		m.Meeting.Sequence = 2
	case discharge.MomentDigest:
		m.Link = "https://pratiche.esempio.test/"
		m.Items = []DigestItem{
			{"DP-2026-00042", discharge.ClockEquipe, wednesday.AddDays(-1), nil, "https://pratiche.esempio.test/pratiche/42"},
			{"DP-2026-00042", discharge.ClockSignatures, wednesday.AddDays(-5), []string{"case_manager", "patient"}, "https://pratiche.esempio.test/pratiche/42"},
			{"DP-2026-00050", discharge.ClockHandover, wednesday.AddDays(-2), nil, "https://pratiche.esempio.test/pratiche/50"},
		}
	}
	for i := range m.Clocks {
		m.Clocks[i].Why = "10 giorni dall'avvio del 24/11/2026: l'équipe si riunisce entro 10 giorni dall'avvio."
	}
	return m
}

package discharge

import "time"

// Reader is who wants to see a case, in the role held in its programme.
type Reader struct {
	UserID     string
	OrgID      string
	HospitalID string // the hospital of the reader's ward, or the hospital itself
	Role       Role
	Resident   bool // municipality: the person resides, or goes to live, there
	Assigned   bool // operator: assigned to the person
}

// View is how much of a case a reader sees. DOMAIN, Roles.
type View string

// The views, from nothing to everything.
const (
	ViewNone     View = ""         // the case does not exist for this reader
	ViewProposal View = "proposal" // a partner before accepting: no name, diagnosis or address
	ViewSender   View = "sender"   // the ward: its own referral, the state, the contacts
	ViewOperator View = "operator" // name, address, access, tasks, risks, allergies, contacts; no diagnosis, no money
	ViewAudit    View = "audit"    // the DPO: who looked, nothing of the content
	ViewCare     View = "care"     // who cares: everything but money
	ViewFull     View = "full"     // the coordinator
)

// View decides how much of the case a reader sees at now, the one place where role, organisation and case meet.
// Who cared keeps access until AccessDays after the end.
func (c Case) View(r Reader, now time.Time) View {
	switch r.Role {
	case RoleCoordinator:
		return ViewFull
	case RoleSender:
		return viewIf(r.OrgID != "" && r.OrgID == c.WardID || r.UserID == c.SenderID, ViewSender)
	case RoleHospitalContact:
		return viewIf(r.HospitalID != "" && r.HospitalID == c.HospitalID, ViewSender)
	case RolePartnerManager:
		return c.partnerView(r.OrgID, now)
	case RoleCaseManager:
		return viewIf(c.inCharge(r.UserID) && c.open(now), ViewCare)
	case RoleOperator:
		return viewIf(r.Assigned && c.servedBy(r.OrgID) && c.open(now), ViewOperator)
	case RoleMunicipality:
		if c.Rules.ScreenedBy == RoleMunicipality {
			return viewIf(r.Resident, ViewFull)
		}
		return viewIf(r.Resident && c.SharesWith("municipality") && c.open(now), ViewCare)
	case RoleDPO:
		return ViewAudit
	default:
		return ViewNone
	}
}

func (c Case) partnerView(org string, now time.Time) View {
	switch {
	case org == "":
		return ViewNone
	case c.servedBy(org) && c.open(now):
		return ViewCare
	case c.Proposal != nil && c.Proposal.PartnerID == org:
		return ViewProposal
	default:
		return ViewNone
	}
}

// servedBy reports whether an organisation serves the case, or served it and is still within AccessDays of the
// day it left.
func (c Case) servedBy(org string) bool {
	return org != "" && c.PartnerID == org
}

// inCharge reports whether a user is or was appointed by the partner that serves now.
func (c Case) inCharge(user string) bool {
	for _, a := range c.CaseManagers {
		if a.UserID == user {
			return true
		}
	}
	return false
}

// open reports whether the case has not ended, or ended less than AccessDays ago.
func (c Case) open(now time.Time) bool {
	return c.Exit == nil || c.Today(now).DaysSince(c.Exit.On) <= c.Rules.AccessDays
}

func viewIf(ok bool, v View) View {
	if ok {
		return v
	}
	return ViewNone
}

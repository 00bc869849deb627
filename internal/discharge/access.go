package discharge

import (
	"slices"
	"time"

	"dimissioni/internal/calendar"
)

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
	ViewNotice   View = "notice"   // a ward that announced a readmission: the state and whom to call
	ViewSender   View = "sender"   // the ward: its own referral, the state, the contacts
	ViewOperator View = "operator" // name, address, access, tasks, risks, allergies, contacts; no diagnosis, no money
	ViewAudit    View = "audit"    // the DPO: who looked, nothing of the content
	ViewCare     View = "care"     // who cares for the person: the case
	ViewFull     View = "full"     // the coordinator
)

// View decides how much of the case a reader sees at now, the one place where role, organisation and case meet.
// Who cares sees the case while it cares, and until AccessDays after the end or after handing it over. [D]
func (c Case) View(r Reader, now time.Time) View {
	today := c.Today(now)
	switch r.Role {
	case RoleCoordinator:
		return ViewFull
	case RoleSender:
		if c.sentBy(r.UserID, r.OrgID) {
			return ViewSender
		}
		return viewIf(r.OrgID != "" && slices.Contains(c.NoticeWards, r.OrgID) && c.readableOn(today, forever), ViewNotice)
	case RoleHospitalContact:
		return viewIf(r.HospitalID != "" && r.HospitalID == c.HospitalID, ViewSender)
	case RolePartnerManager:
		if c.servedBy(r.OrgID, today) {
			return ViewCare
		}
		return viewIf(r.OrgID != "" && c.Proposal != nil && c.Proposal.PartnerID == r.OrgID, ViewProposal)
	case RoleCaseManager:
		last := c.inChargeUntil(r.UserID)
		return viewIf(!last.IsZero() && c.readableOn(today, last), ViewCare)
	case RoleOperator:
		return viewIf(r.Assigned && c.servedBy(r.OrgID, today), ViewOperator)
	case RoleMunicipality:
		if c.Rules.ScreenedBy == RoleMunicipality {
			return viewIf(r.Resident, ViewFull)
		}
		return viewIf(r.Resident && c.SharesWith("municipality") && c.readableOn(today, forever), ViewCare)
	case RoleDPO:
		return ViewAudit
	default:
		return ViewNone
	}
}

// MayAnnounce reports whether a reader may give notice of a readmission of a case that the reader may not see: a ward of
// the hospital that sent it, while care goes on. The notice then makes it visible.
func (c Case) MayAnnounce(r Reader) bool {
	return r.Role == RoleSender && r.OrgID != "" && r.HospitalID != "" && r.HospitalID == c.HospitalID && c.State.InCare()
}

// Belongs judges whether somebody who sees the case is with it at now, as far as a kind of command goes: nil, or why not.
// A partner that has handed it over and a case manager who was replaced read for a while and do nothing; a partner that
// was only asked may only answer. Records of care count as [LogVisit].
func (c Case) Belongs(a Actor, kind CommandKind, now time.Time) error {
	if err := c.belongs(a, kind, c.Today(now)); err != nil {
		return err
	}
	return nil
}

// forever is later than any day of a case.
var forever = calendar.NewDate(9999, 12, 31)

// readableOn reports whether whoever was with the case until a day may still read it on another.
func (c Case) readableOn(today, until calendar.Date) bool {
	if c.Exit != nil {
		until = calendar.Min(until, c.Exit.On)
	}
	return !today.After(until.AddDays(c.Rules.AccessDays))
}

// sentBy reports whether the referral is a user's own or of the user's ward.
func (c Case) sentBy(user, ward string) bool {
	return ward != "" && ward == c.WardID || user != "" && user == c.SenderID
}

// servedBy reports whether a partner may read the case on a day: it serves it or has served it.
func (c Case) servedBy(org string, today calendar.Date) bool {
	if org == "" {
		return false
	}
	if c.PartnerID == org {
		return c.readableOn(today, forever)
	}
	return slices.ContainsFunc(c.FormerPartners, func(f Former) bool {
		return f.PartnerID == org && c.readableOn(today, f.Until)
	})
}

// inCharge reports whether a user is a case manager of the case on a day, or will be: a substitute may prepare.
func (c Case) inCharge(user string, today calendar.Date) bool {
	return !c.inChargeUntil(user).Before(today)
}

// inChargeUntil is the last day on which a user is case manager of the case: that of the appointment, or the day before
// somebody else was appointed without an end; [forever] while nothing of the kind is known, zero for everybody else.
func (c Case) inChargeUntil(user string) calendar.Date {
	var last calendar.Date
	if user == "" {
		return last
	}
	for i, a := range c.CaseManagers {
		if a.UserID != user {
			continue
		}
		until := firstDate(a.To, forever)
		for _, later := range c.CaseManagers[i+1:] {
			if later.To.IsZero() && later.UserID != user {
				until = calendar.Min(until, calendar.Max(a.From, later.From.AddDays(-1)))
			}
		}
		last = calendar.Max(last, until)
	}
	return last
}

func viewIf(ok bool, v View) View {
	if ok {
		return v
	}
	return ViewNone
}

package api

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/gin-gonic/gin"

	"dimissioni/internal/discharge"
	"dimissioni/internal/postgres"
)

// Everything about who may see and who may do stands in this file: a reader's roles come from the session's grants,
// what a role sees of a case from [discharge.Case.View], what it may ask from [discharge.Allowed].

// seen is a case that the reader may see.
type seen struct {
	postgres.CaseFile
	me    postgres.User
	now   time.Time // by the case's clock
	roles []roleOn  // that see the case, the one that sees most first

	announces bool // a readmission alone: the reader does not see the case yet
}

// roleOn is a role that the reader holds in the case's programme and how much it sees of the case.
type roleOn struct {
	role discharge.Role
	view discharge.View
}

// views from the one that shows least.
var views = []discharge.View{
	discharge.ViewAudit, discharge.ViewNotice, discharge.ViewProposal, discharge.ViewOperator, discharge.ViewSender, discharge.ViewCare,
	discharge.ViewFull,
}

// view is how much the reader sees, all roles together.
func (v seen) view() discharge.View { return v.roles[0].view }

// holds reports whether the reader sees the case in one of these roles.
func (v seen) holds(roles ...discharge.Role) bool {
	return slices.ContainsFunc(v.roles, func(r roleOn) bool { return slices.Contains(roles, r.role) })
}

// actor is who gives a command: the reader in a role that may and is with the case. A partner that has only been asked
// may only answer; one that has handed the case over, or a case manager who was replaced, may do nothing.
func (v seen) actor(kind discharge.CommandKind) (discharge.Actor, error) {
	answer, refusal := kind == discharge.Accept || kind == discharge.Decline, error(errForbidden)
	for _, r := range v.roles {
		if !discharge.Allowed(r.role, kind, v.Snapshot.Rules) || !answer && r.view == discharge.ViewProposal {
			continue
		}
		by := v.as(r.role)
		if refusal = v.Snapshot.Belongs(by, kind, v.now); refusal == nil {
			return by, nil
		}
	}
	return discharge.Actor{}, refusal
}

// records judges whether the reader may write a record of care: in one of these roles, and with the case.
func records(roles ...discharge.Role) func(seen) error {
	return func(v seen) error {
		for _, r := range v.roles {
			if r.view != discharge.ViewProposal && slices.Contains(roles, r.role) &&
				v.Snapshot.Belongs(v.as(r.role), discharge.LogVisit, v.now) == nil {
				return nil
			}
		}
		return errForbidden
	}
}

// reads judges whether the reader sees the case in one of these views.
func reads(views ...discharge.View) func(seen) error {
	return func(v seen) error {
		if slices.Contains(views, v.view()) {
			return nil
		}
		return errForbidden
	}
}

func (v seen) as(role discharge.Role) discharge.Actor {
	return discharge.Actor{UserID: v.me.ID, OrgID: v.me.OrganisationID, Role: role}
}

// allowedCommands is what the reader may do now.
func (v seen) allowedCommands() []discharge.CommandKind {
	allowed := []discharge.CommandKind{}
	for _, kind := range discharge.Commands() {
		if slices.ContainsFunc(v.roles, func(r roleOn) bool {
			return slices.Contains(v.Snapshot.AllowedTo(v.as(r.role), v.now), kind)
		}) {
			allowed = append(allowed, kind)
		}
	}
	return allowed
}

// see opens the case of the path for the reader, judges what may be done with it (nil: whoever sees it) and writes down
// that it was read, or that it was asked for in vain.
func (s *server) see(c *gin.Context, what string, may func(seen) error) (seen, error) {
	v, err := s.open(c, "")
	if err != nil {
		return seen{}, err
	}
	look, refusal := v.lookAt(what), error(nil)
	if may != nil {
		refusal = may(v)
	}
	if refusal != nil {
		look.What = postgres.RefusedAccess + what
	}
	return v, cmp.Or(s.store.LogAccess(c, v.ID, look), refusal)
}

// open is see without the note, which the caller then owes. A case that may not be seen and one that does not exist are
// not told apart, neither by the words nor by the time. For a command, a ward reaches the case whose readmission it
// announces, for that alone.
func (s *server) open(c *gin.Context, kind discharge.CommandKind) (seen, error) {
	start := time.Now()
	v, err := s.lookFor(c, kind, c.Param("id"))
	if discharge.KindOf(err) == discharge.KindNotFound {
		settle(c, start, s.notFoundTakes)
		return seen{}, errNotFound
	}
	return v, err
}

// lookAt is the note of a read.
func (v seen) lookAt(what string) postgres.Look {
	return postgres.Look{UserID: v.me.ID, OrganisationID: v.me.OrganisationID, Role: v.roles[0].role, What: what}
}

// look finds a case for the reader, without a note: for one that the reader has just written.
func (s *server) look(c *gin.Context, id string) (seen, error) { return s.lookFor(c, "", id) }

func (s *server) lookFor(c *gin.Context, kind discharge.CommandKind, id string) (seen, error) {
	file, err := s.store.Case(c, id)
	if err != nil {
		return seen{}, err
	}
	me := reader(c)
	assigned, err := s.assigned(c, me)
	if err != nil {
		return seen{}, err
	}
	now := file.Now(s.now())
	roles := rolesOn(me, file.CaseSummary, assigned, now)
	announces := kind == discharge.ReadmissionNotice && len(roles) == 0
	if announces {
		roles = announcing(me, file.CaseSummary)
	}
	if len(roles) == 0 {
		return seen{}, errNotFound
	}
	return seen{CaseFile: file, me: me, now: now, roles: roles, announces: announces}, nil
}

// notFoundTakes is longer than reading a case takes, so that the answer's time says nothing.
const notFoundTakes = 25 * time.Millisecond

func settle(ctx context.Context, start time.Time, takes time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(takes - time.Since(start)):
	}
}

// rolesOn are the reader's roles that see a case, the one that sees most first.
func rolesOn(me postgres.User, c postgres.CaseSummary, assigned []string, now time.Time) []roleOn {
	var roles []roleOn
	for _, g := range me.Grants {
		if g.ProgrammeID != c.ProgrammeID {
			continue
		}
		view := c.Snapshot.View(readerAs(me, g.Role, c, assigned), now)
		if view != discharge.ViewNone {
			roles = append(roles, roleOn{g.Role, view})
		}
	}
	slices.SortStableFunc(roles, func(a, b roleOn) int {
		return cmp.Compare(slices.Index(views, b.view), slices.Index(views, a.view))
	})
	return roles
}

// announcing is the role in which the reader may announce a readmission of a case out of sight; none when there is none.
func announcing(me postgres.User, c postgres.CaseSummary) []roleOn {
	for _, g := range me.Grants {
		r := discharge.Reader{UserID: me.ID, OrgID: me.OrganisationID, HospitalID: me.HospitalID, Role: g.Role}
		if g.ProgrammeID == c.ProgrammeID && c.Snapshot.MayAnnounce(r) {
			return []roleOn{{g.Role, discharge.ViewNotice}}
		}
	}
	return nil
}

// readerAs is the reader of a case in one of the roles held in its programme.
func readerAs(me postgres.User, role discharge.Role, c postgres.CaseSummary, assigned []string) discharge.Reader {
	return discharge.Reader{
		UserID: me.ID, OrgID: me.OrganisationID, HospitalID: me.HospitalID, Role: role,
		Resident: me.ISTAT != "" && (me.ISTAT == c.ResidenceISTAT || me.ISTAT == c.MunicipalityISTAT),
		Assigned: slices.Contains(assigned, c.ID),
	}
}

// assigned are the cases that an operator works on today; nobody else needs them.
func (s *server) assigned(ctx context.Context, me postgres.User) ([]string, error) {
	if !slices.ContainsFunc(me.Grants, func(g postgres.Grant) bool { return g.Role == discharge.RoleOperator }) {
		return nil, nil
	}
	return s.store.AssignedCases(ctx, me.ID, s.now())
}

// scopesOf is the reader's part of a list.
func scopesOf(me postgres.User) []postgres.Scope {
	var scopes []postgres.Scope
	for _, g := range me.Grants {
		scopes = append(scopes, postgres.Scope{
			Programme: g.ProgrammeID, Role: g.Role, UserID: me.ID, OrgID: me.OrganisationID,
			HospitalID: me.HospitalID, ISTAT: me.ISTAT,
		})
	}
	return scopes
}

// found reports whether a view shows what a list was narrowed by: nobody learns by filtering what may not be read.
func found(view discharge.View, f postgres.CaseFilter, c postgres.CaseSummary) bool {
	cares := view == discharge.ViewCare || view == discharge.ViewFull
	switch {
	case cares:
		return true
	case f.Text != "" && !namesPerson(view),
		view == discharge.ViewAudit && (len(f.States) > 0 || f.Urgent != nil),
		f.Overdue != nil || f.Owner != "",
		f.CaseManager != "" && !namesPerson(view),
		f.Municipality != "" && view == discharge.ViewAudit,
		f.Municipality != "" && view != discharge.ViewSender && f.Municipality != c.MunicipalityISTAT:
		return false
	case f.Partner == "":
		return true
	case view == discharge.ViewProposal:
		return f.Partner == c.ProposedPartnerID
	default:
		return f.Partner == c.PartnerID && namesPerson(view)
	}
}

// namesPerson reports whether a view shows who the person is.
func namesPerson(v discharge.View) bool {
	return v != discharge.ViewNone && v != discharge.ViewAudit && v != discharge.ViewProposal && v != discharge.ViewNotice
}

// inProgramme reports whether the reader holds one of the roles in a programme.
func inProgramme(me postgres.User, programme string, roles ...discharge.Role) bool {
	return slices.ContainsFunc(me.Grants, func(g postgres.Grant) bool {
		return g.ProgrammeID == programme && slices.Contains(roles, g.Role)
	})
}

// submitter is the role in which the reader may send referrals in a programme.
func submitter(me postgres.User, p postgres.Programme) (discharge.Role, bool) {
	for _, g := range me.Grants {
		if g.ProgrammeID == p.ID && discharge.Allowed(g.Role, discharge.Submit, p.Rules) {
			return g.Role, true
		}
	}
	return "", false
}

// holdsAnywhere reports whether the reader holds one of the roles in any programme: for what belongs to none.
func holdsAnywhere(me postgres.User, roles ...discharge.Role) bool {
	return slices.ContainsFunc(me.Grants, func(g postgres.Grant) bool { return slices.Contains(roles, g.Role) })
}

// only lets in who holds one of the roles in any programme.
func (s *server) only(roles ...discharge.Role) gin.HandlerFunc {
	return s.handle(func(c *gin.Context) error {
		if !holdsAnywhere(reader(c), roles...) {
			return errForbidden
		}
		return nil
	})
}

package postgres

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"

	"dimissioni/internal/discharge"
	"dimissioni/internal/referral"
)

// addressee is somebody a message can be sent to.
type addressee struct {
	Key     string // stable: a user's or an organisation's id, gp:<id>, person:patient, person:caregiver
	User    bool   // an account, which may get a digest
	Role    string // what people read in the list of messages
	Name    string
	Address string
}

// people finds who stands behind the recipients of a case's notices.
type people struct {
	q     querier
	c     discharge.Case
	ref   referral.Referral
	avoid []string // recipient kinds and addresses that must hear nothing
	found map[discharge.Recipient][]addressee
}

func peopleOf(ctx context.Context, q querier, c discharge.Case) (*people, error) {
	p := &people{q: q, c: c, found: map[discharge.Recipient][]addressee{}}
	err := q.QueryRow(ctx, `
		SELECT r.content, pt.do_not_contact FROM referrals r JOIN patients pt ON pt.case_id = r.case_id
		WHERE r.case_id = $1`, c.ID).Scan(&p.ref, &p.avoid)
	if err != nil && !errors.Is(err, pgx.ErrNoRows) {
		return nil, fmt.Errorf("read referral: %w", err)
	}
	return p, nil
}

// find gives the addressees of a recipient, without those who must not be contacted. Nobody is an answer.
func (p *people) find(ctx context.Context, to discharge.Recipient) ([]addressee, error) {
	if found, ok := p.found[to]; ok {
		return found, nil
	}
	var list []addressee
	var err error
	if !slices.Contains(p.avoid, string(to.Kind)) {
		list, err = p.lookUp(ctx, to)
	}
	if err != nil {
		return nil, fmt.Errorf("find %s: %w", to.Kind, err)
	}
	list = slices.DeleteFunc(list, func(a addressee) bool {
		return a.Address == "" || slices.Contains(p.avoid, strings.ToLower(a.Address))
	})
	p.found[to] = list
	return list, nil
}

func (p *people) lookUp(ctx context.Context, to discharge.Recipient) ([]addressee, error) {
	switch to.Kind {
	case discharge.ToUser:
		return p.users(ctx, "", "u.id = @id", to.ID)
	case discharge.ToCaseManager:
		return p.users(ctx, discharge.RoleCaseManager, "u.id = @id", to.ID)
	case discharge.ToCoordinators:
		return p.coordinators(ctx)
	case discharge.ToSender:
		sender, err := p.users(ctx, discharge.RoleSender, "u.id = @id", p.c.SenderID)
		if err != nil || len(sender) > 0 {
			return sender, err
		}
		return p.hospital(ctx) // who sent it has left
	case discharge.ToHospital:
		return p.hospital(ctx)
	case discharge.ToPartner:
		return p.office(ctx, discharge.RolePartnerManager, to.ID)
	case discharge.ToGP:
		return p.gp(ctx)
	case discharge.ToMunicipality:
		return p.municipality(ctx)
	case discharge.ToTerritorial:
		if !p.c.SharesWith("territorial") {
			return nil, nil
		}
		return rows[addressee](ctx, p.q, `
			SELECT o.id::text AS key, 'territorial' AS role, o.name, coalesce(o.email, '') AS address
			FROM organisations o JOIN organisation_programmes op ON op.organisation_id = o.id
			WHERE o.type = 'territorial' AND o.active AND op.programme_id = $1 ORDER BY o.id`, p.c.Rules.Programme)
	case discharge.ToDPO:
		return p.users(ctx, discharge.RoleDPO, granted, "")
	default:
		return p.family(to.Kind), nil
	}
}

// users are the active accounts that meet a condition on @id, under the role they are written to in.
func (p *people) users(ctx context.Context, role discharge.Role, where, id string) ([]addressee, error) {
	return rows[addressee](ctx, p.q, `
		SELECT u.id::text AS key, true AS "user", CASE WHEN @role = '' THEN 'user' ELSE @role END AS role, u.name, u.email AS address
		FROM users u JOIN organisations o ON o.id = u.organisation_id
		WHERE u.active AND `+where+` ORDER BY u.id`,
		pgx.NamedArgs{"role": role, "id": null(id), "programme": p.c.Rules.Programme})
}

const granted = ` EXISTS (SELECT FROM grants g WHERE g.user_id = u.id AND g.programme_id = @programme AND g.role = @role)`

// coordinators are the case's owner, or every coordinator of the programme; where the municipality admits, its
// social workers come before them.
func (p *people) coordinators(ctx context.Context) ([]addressee, error) {
	if p.c.OwnerID != "" {
		owner, err := p.users(ctx, discharge.RoleCoordinator, "u.id = @id", p.c.OwnerID)
		if err != nil || len(owner) > 0 {
			return owner, err
		}
	}
	if p.c.Rules.ScreenedBy == discharge.RoleMunicipality {
		office, err := p.municipalOffice(ctx)
		if err != nil || len(office) > 0 {
			return office, err
		}
	}
	return p.users(ctx, discharge.RoleCoordinator, granted, "")
}

// hospital is every discharge contact of the case's hospital, or who sent the referral when there is none.
func (p *people) hospital(ctx context.Context) ([]addressee, error) {
	contacts, err := p.users(ctx, discharge.RoleHospitalContact,
		"@id::uuid IN (o.id, o.parent_id) AND"+granted, p.c.HospitalID)
	if err != nil || len(contacts) > 0 {
		return contacts, err
	}
	return p.users(ctx, discharge.RoleSender, "u.id = @id", p.c.SenderID)
}

// office is everybody who holds a role in an organisation, or its own address when nobody does.
func (p *people) office(ctx context.Context, role discharge.Role, org string) ([]addressee, error) {
	list, err := p.users(ctx, role, "o.id = @id AND"+granted, org)
	if err != nil || len(list) > 0 {
		return list, err
	}
	return rows[addressee](ctx, p.q, `
		SELECT id::text AS key, @role::text AS role, name, coalesce(email, '') AS address FROM organisations
		WHERE id = @id AND active`, pgx.NamedArgs{"id": null(org), "role": role})
}

// municipality is the social service of the residence, when the person lets it know.
func (p *people) municipality(ctx context.Context) ([]addressee, error) {
	if !p.c.SharesWith("municipality") {
		return nil, nil
	}
	return p.municipalOffice(ctx)
}

// municipalOffice is that of the residence, or of where the person goes when that one is not in the directory.
func (p *people) municipalOffice(ctx context.Context) ([]addressee, error) {
	for _, istat := range []string{p.ref.Places.ResidenceISTAT, p.ref.Places.GoingToISTAT} {
		if istat == "" {
			continue
		}
		var org string
		err := p.q.QueryRow(ctx, `
			SELECT id FROM organisations WHERE type = 'municipality' AND istat = $1 AND active ORDER BY id LIMIT 1`,
			istat).Scan(&org)
		if errors.Is(err, pgx.ErrNoRows) {
			continue
		}
		if err != nil {
			return nil, err
		}
		return p.office(ctx, discharge.RoleMunicipality, org)
	}
	return nil, nil
}

// gp is the physician of the directory whose address a coordinator has verified, when the person lets them know.
func (p *people) gp(ctx context.Context) ([]addressee, error) {
	gp := p.ref.Network.GP
	if gp == nil || !isID(gp.PhysicianID) || !p.c.SharesWith("gp") {
		return nil, nil
	}
	return rows[addressee](ctx, p.q, `
		SELECT 'gp:' || id AS key, 'gp' AS role, name, coalesce(email, '') AS address FROM physicians
		WHERE id = $1 AND verified_at IS NOT NULL`, gp.PhysicianID)
}

// family is who wants to be written to by e-mail: the caregiver, and for signatures the representative.
func (p *people) family(kind discharge.RecipientKind) []addressee {
	switch kind {
	case discharge.ToPerson, discharge.ToCaregiver:
		c := p.ref.Network.Caregiver
		if c == nil || c.None || c.Channel != "email" || slices.Contains(p.avoid, string(discharge.ToCaregiver)) {
			return nil
		}
		return []addressee{{Key: "person:caregiver", Role: "caregiver", Name: c.Name, Address: c.Email}}
	case discharge.ToRepresentative:
		r := p.ref.Network.Representative
		if r == nil || r.None {
			return nil
		}
		return []addressee{{Key: "person:representative", Role: "representative", Name: r.Name, Address: r.Email}}
	case discharge.ToPatient:
		return p.patient()
	default:
		return nil
	}
}

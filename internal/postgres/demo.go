package postgres

import (
	"context"
	"crypto/sha256"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"

	"dimissioni/internal/calendar"
	"dimissioni/internal/discharge"
)

const (
	protected = "dp-cremasco"
	elderly   = "domicilio-anziani"
)

// demoOrganisation is an organisation of the synthetic district; key makes its id.
type demoOrganisation struct {
	key, kind, name, parent, istat, email, phone string
	programmes                                   []string
	lead                                         bool
}

var both = []string{protected, elderly}

var demoOrganisations = []demoOrganisation{
	{key: "maggiore", kind: "hospital", name: "Ospedale Maggiore di Crema (demo)", phone: "0373 000100", programmes: both},
	{key: "medicina", kind: "ward", name: "Medicina generale", parent: "maggiore", phone: "0373 000101", programmes: both},
	{key: "ortopedia", kind: "ward", name: "Ortopedia", parent: "maggiore", phone: "0373 000102", programmes: both},
	{key: "pronto-soccorso", kind: "ward", name: "Pronto soccorso", parent: "maggiore", phone: "0373 000103", programmes: both},
	{key: "subacute", kind: "ward", name: "Cure subacute", parent: "maggiore", phone: "0373 000104", programmes: both},
	{key: "intermedie", kind: "ward", name: "Cure intermedie", parent: "maggiore", phone: "0373 000105", programmes: both},
	{key: "riabilitazione", kind: "ward", name: "Riabilitazione", parent: "maggiore", phone: "0373 000106", programmes: both},
	{key: "coordinamento", kind: "coordination", name: "Coordinamento dimissioni protette (demo)", phone: "0373 000200", programmes: both},
	{key: "regia", kind: "coordination", name: "Cabina di regia (demo)", programmes: both},
	{key: "igea", kind: "partner", name: "Igea", phone: "0373 000301", programmes: both, lead: true},
	{key: "meraki", kind: "partner", name: "Meraki", phone: "0373 000302", programmes: both},
	{key: "sentiero", kind: "partner", name: "Sentiero", phone: "0373 000303", programmes: both},
	{key: "brunenghi", kind: "partner", name: "Fondazione Brunenghi", phone: "0374 000304", email: "brunenghi@demo.test", programmes: []string{elderly}},
	{key: "soncino", kind: "partner", name: "Fondazione RSA di Soncino", phone: "0374 000305", email: "soncino@demo.test", programmes: []string{elderly}},
	{key: "crema-ente", kind: "public_body", name: "Comune di Crema, capofila del distretto", programmes: both},
	{key: "cremona-ente", kind: "public_body", name: "Comune di Cremona, capofila del progetto", programmes: both},
	{key: "cdom", kind: "territorial", name: "C-DOM di Crema (demo)", email: "cdom@demo.test", phone: "0373 000400", programmes: both},
	{key: "accoglienza", kind: "shelter", name: "Casa di accoglienza (demo)", phone: "0373 000500", programmes: both},
}

// demoUser is an account of API.md, or one more that makes the district whole: another ward, a case manager for every
// partner and one who stands in. Its organisation is a key above.
type demoUser struct {
	email, name, phone, org string
	role                    discharge.Role
	programmes              []string
}

var demoUsers = []demoUser{
	{"sender@demo.test", "Sara Segnalante", "0373 000101", "medicina", discharge.RoleSender, []string{protected}},
	{"sender.ortopedia@demo.test", "Orsola Segnalante", "0373 000102", "ortopedia", discharge.RoleSender, []string{protected}},
	{"hospital@demo.test", "Osvaldo Dimissioni", "0373 000110", "maggiore", discharge.RoleHospitalContact, []string{protected}},
	{"coordinator@demo.test", "Carla Coordina", "0373 000200", "coordinamento", discharge.RoleCoordinator, both},
	{"igea@demo.test", "Ida Igea", "0373 000301", "igea", discharge.RolePartnerManager, both},
	{"meraki@demo.test", "Mara Meraki", "0373 000302", "meraki", discharge.RolePartnerManager, both},
	{"sentiero@demo.test", "Silvio Sentiero", "0373 000303", "sentiero", discharge.RolePartnerManager, both},
	{"casemanager@demo.test", "Cesare Manager", "0373 000311", "igea", discharge.RoleCaseManager, both},
	{"casemanager.igea@demo.test", "Sabina Sostituta", "0373 000313", "igea", discharge.RoleCaseManager, both},
	{"casemanager.meraki@demo.test", "Marta Manager", "0373 000321", "meraki", discharge.RoleCaseManager, both},
	{"casemanager.sentiero@demo.test", "Sergio Manager", "0373 000331", "sentiero", discharge.RoleCaseManager, both},
	{"operator@demo.test", "Olga Operatrice", "0373 000312", "igea", discharge.RoleOperator, both},
	{"municipality@demo.test", "Milena Comune", "0373 000600", "comune-019035", discharge.RoleMunicipality, both},
	{"steering@demo.test", "Regina Cabina", "", "regia", discharge.RoleSteering, both},
	{"public@demo.test", "Piero Pubblico", "", "cremona-ente", discharge.RolePublicBody, both},
	{"administrative@demo.test", "Ada Amministra", "", "igea", discharge.RoleAdministrative, both},
	{"dpo@demo.test", "Dario Protezione", "", "coordinamento", discharge.RoleDPO, both},
	{"admin@demo.test", "Anna Sistema", "", "coordinamento", discharge.RoleAdmin, both},
}

// SeedDemo makes the synthetic district of demo and training: programmes that run from a year before today to a year
// after, organisations, and the accounts of API.md, all with the password of that hash. Doing it again moves the dates
// and, with another hash, renews the password and ends the sessions; cases stay.
func (s *Store) SeedDemo(ctx context.Context, passwordHash string, today calendar.Date) error {
	err := s.inTx(ctx, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, `SELECT pg_advisory_xact_lock($1)`, seedLock); err != nil {
			return err
		}
		starts, ends := yearsFrom(today, -1), yearsFrom(today, 1)
		_, err := tx.Exec(ctx, `
			UPDATE programmes
			SET starts_on = @starts, ends_on = @ends, rules = jsonb_set(rules, '{ends_on}', to_jsonb(@ends::date::text)),
			    coordinator_phone = '0373 000200', coordinator_hours = 'dal lunedì al venerdì, dalle 8 alle 18',
			    other_district_phone = CASE WHEN other_district_name IS NOT NULL THEN '0372 000200' END,
			    other_district_email = CASE WHEN other_district_name IS NOT NULL THEN 'cremona@demo.test' END
			WHERE id = ANY (@programmes)`, pgx.NamedArgs{"starts": starts, "ends": ends, "programmes": both})
		if err != nil {
			return err
		}
		if err := seedDemoOrganisations(ctx, tx); err != nil {
			return err
		}
		for _, u := range demoUsers {
			if err := u.save(ctx, tx, passwordHash); err != nil {
				return err
			}
		}
		_, err = tx.Exec(ctx, `
			INSERT INTO physicians (id, name, email, phone, verified_at) VALUES
			    ($1, 'Dott.ssa Demo', 'mmg@demo.test', '0373 000700', now()),
			    ($2, 'Dott. Prova (da verificare)', 'mmg2@demo.test', '0373 000701', NULL)
			ON CONFLICT (id) DO NOTHING`, DemoID("mmg"), DemoID("mmg2"))
		return err
	})
	if err != nil {
		return fmt.Errorf("seed demo: %w", err)
	}
	return nil
}

// DemoID is the id of an entry of the demo directory, always the same for a key: igea, medicina, coordinator@demo.test.
func DemoID(key string) string {
	sum := sha256.Sum256([]byte("dimissioni demo " + key))
	return formatID([16]byte(sum[:16]))
}

func seedDemoOrganisations(ctx context.Context, tx pgx.Tx) error {
	list, err := municipalities(ctx, tx)
	if err != nil {
		return err
	}
	all := demoOrganisations
	for _, m := range list {
		all = append(all[:len(all):len(all)], demoOrganisation{
			key: "comune-" + m.ISTAT, kind: "municipality", name: "Comune di " + m.Name + ", servizio sociale",
			istat: m.ISTAT, email: "comune." + m.ISTAT + "@demo.test", programmes: both,
		})
	}
	for _, o := range all {
		if err := o.save(ctx, tx); err != nil {
			return fmt.Errorf("organisation %s: %w", o.key, err)
		}
	}
	return nil
}

func (o demoOrganisation) save(ctx context.Context, tx pgx.Tx) error {
	id, parent := DemoID(o.key), ""
	if o.parent != "" {
		parent = DemoID(o.parent)
	}
	_, err := tx.Exec(ctx, `
		INSERT INTO organisations (id, type, name, parent_id, istat, email, phone)
		VALUES (@id, @type, @name, @parent, @istat, @email, @phone) ON CONFLICT (id) DO NOTHING`,
		pgx.NamedArgs{
			"id": id, "type": o.kind, "name": o.name, "parent": null(parent), "istat": null(o.istat),
			"email": null(o.email), "phone": null(o.phone),
		})
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `
		INSERT INTO organisation_programmes (organisation_id, programme_id, lead)
		SELECT $1, p, $3 FROM unnest($2::text[]) AS p ON CONFLICT DO NOTHING`, id, o.programmes, o.lead)
	return err
}

// DemoPasswordHash is the hash that the demo accounts have by now; empty before the first seed.
func (s *Store) DemoPasswordHash(ctx context.Context) (string, error) {
	hashes, err := column[string](ctx, s.pool, `SELECT password_hash FROM users WHERE id = $1`, DemoID(demoUsers[0].email))
	if err != nil {
		return "", fmt.Errorf("read demo password: %w", err)
	}
	return strings.Join(hashes, ""), nil
}

// save writes the account. A password that is another one than before ends the sessions that came in with that, and what
// others have tried out with a shared account is taken back.
func (u demoUser) save(ctx context.Context, tx pgx.Tx, hash string) error {
	var stale bool
	err := tx.QueryRow(ctx, `SELECT EXISTS (SELECT FROM users WHERE id = $1 AND password_hash <> $2)`, DemoID(u.email), hash).Scan(&stale)
	if err != nil {
		return fmt.Errorf("user %s: %w", u.email, err)
	}
	if stale {
		if err := signOut(ctx, tx, DemoID(u.email)); err != nil {
			return fmt.Errorf("user %s: %w", u.email, err)
		}
		if err := dropSecondFactor(ctx, tx, DemoID(u.email)); err != nil {
			return fmt.Errorf("user %s: %w", u.email, err)
		}
	}
	_, err = tx.Exec(ctx, `
		INSERT INTO users (id, email, name, phone, organisation_id, password_hash)
		VALUES (@id, @email, @name, @phone, @org, @hash)
		ON CONFLICT (id) DO UPDATE SET password_hash = @hash, active = true`,
		pgx.NamedArgs{
			"id": DemoID(u.email), "email": u.email, "name": u.name, "phone": null(u.phone), "org": DemoID(u.org),
			"hash": hash,
		})
	if err != nil {
		return fmt.Errorf("user %s: %w", u.email, err)
	}
	_, err = tx.Exec(ctx, `
		INSERT INTO grants (user_id, programme_id, role) SELECT $1, p, $3 FROM unnest($2::text[]) AS p
		ON CONFLICT DO NOTHING`, DemoID(u.email), u.programmes, u.role)
	return err
}

// yearsFrom is the same day some years away; 29 February becomes 1 March.
func yearsFrom(d calendar.Date, years int) calendar.Date {
	return calendar.NewDate(d.Year+years, d.Month, d.Day)
}

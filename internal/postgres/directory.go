package postgres

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"dimissioni/internal/discharge"
)

// Organisation is an entry of the directory.
type Organisation struct {
	ID       string
	Type     string // hospital, ward, partner, municipality, public_body, coordination, administrative, territorial, shelter
	Name     string
	ParentID string // a ward's hospital
	ISTAT    string // municipality
	Email    string
	Phone    string
	Active   bool
}

const organisationColumns = `
	o.id, o.type, o.name, coalesce(o.parent_id::text, '') AS parent_id, coalesce(o.istat, '') AS istat,
	coalesce(o.email, '') AS email, coalesce(o.phone, '') AS phone, o.active`

// Organisations lists the active organisations by name, of a type and of a programme when they are given.
func (s *Store) Organisations(ctx context.Context, kind, programme string) ([]Organisation, error) {
	list, err := rows[Organisation](ctx, s.pool, `
		SELECT `+organisationColumns+` FROM organisations o
		WHERE o.active AND (@type = '' OR o.type = @type)
		  AND (@programme = '' OR EXISTS (SELECT FROM organisation_programmes op
		       WHERE op.organisation_id = o.id AND op.programme_id = @programme))
		ORDER BY o.name, o.id`, pgx.NamedArgs{"type": kind, "programme": programme})
	if err != nil {
		return nil, fmt.Errorf("list organisations: %w", err)
	}
	return list, nil
}

// Organisation reads one; a *discharge.Error not_found when there is none.
func (s *Store) Organisation(ctx context.Context, id string) (Organisation, error) {
	notFound := discharge.Refuse(discharge.KindNotFound, "L'organizzazione non esiste.")
	if !isID(id) {
		return Organisation{}, notFound
	}
	o, err := row[Organisation](ctx, s.pool, `SELECT `+organisationColumns+` FROM organisations o WHERE o.id = $1`, id)
	if errors.Is(err, pgx.ErrNoRows) {
		return Organisation{}, notFound
	}
	if err != nil {
		return Organisation{}, fmt.Errorf("read organisation: %w", err)
	}
	return o, nil
}

// Physician is a GP of the directory; mail goes only to a verified address.
type Physician struct {
	ID         string
	Name       string
	Email      string
	Phone      string
	VerifiedAt *time.Time
}

const physicianColumns = `id, name, coalesce(email, '') AS email, coalesce(phone, '') AS phone, verified_at`

// Physicians lists up to 50 GPs whose name contains the text, by name.
func (s *Store) Physicians(ctx context.Context, name string) ([]Physician, error) {
	list, err := rows[Physician](ctx, s.pool, `
		SELECT `+physicianColumns+` FROM physicians WHERE name ILIKE '%' || $1 || '%' ORDER BY name, id LIMIT 50`,
		likeEscaper.Replace(name))
	if err != nil {
		return nil, fmt.Errorf("list physicians: %w", err)
	}
	return list, nil
}

// Physician reads one; a *discharge.Error not_found when there is none.
func (s *Store) Physician(ctx context.Context, id string) (Physician, error) {
	notFound := discharge.Refuse(discharge.KindNotFound, "Il medico non è nell'elenco.")
	if !isID(id) {
		return Physician{}, notFound
	}
	p, err := row[Physician](ctx, s.pool, `SELECT `+physicianColumns+` FROM physicians WHERE id = $1`, id)
	if errors.Is(err, pgx.ErrNoRows) {
		return Physician{}, notFound
	}
	if err != nil {
		return Physician{}, fmt.Errorf("read physician: %w", err)
	}
	return p, nil
}

// VerifyPhysician records that a coordinator has checked the address: from now on mail may go there.
func (s *Store) VerifyPhysician(ctx context.Context, id, email string, now time.Time) error {
	_, err := s.pool.Exec(ctx, `UPDATE physicians SET email = $2, verified_at = $3 WHERE id = $1`, id, normalEmail(email), now)
	if err != nil {
		return fmt.Errorf("verify physician: %w", err)
	}
	return nil
}

// Municipality is one of the 48 of the district.
type Municipality struct {
	ISTAT          string
	Name           string
	Cadastral      string
	CAP            string
	Population2011 int
	Population2021 int
	SubDistrict    *int // nil: to be confirmed
}

// Municipalities lists the municipalities of the district by name.
func (s *Store) Municipalities(ctx context.Context) ([]Municipality, error) {
	return municipalities(ctx, s.pool)
}

func municipalities(ctx context.Context, q querier) ([]Municipality, error) {
	list, err := rows[Municipality](ctx, q, `
		SELECT istat, name, cadastral, cap, population_2011, population_2021, sub_district
		FROM municipalities ORDER BY name`)
	if err != nil {
		return nil, fmt.Errorf("list municipalities: %w", err)
	}
	return list, nil
}

// SetSubDistrict says which sub-district a municipality belongs to; 0 takes it back. The split counts once all
// municipalities have one.
func (s *Store) SetSubDistrict(ctx context.Context, istat string, subDistrict int) error {
	_, err := s.pool.Exec(ctx, `UPDATE municipalities SET sub_district = nullif($2, 0) WHERE istat = $1`, istat, subDistrict)
	if err != nil {
		return fmt.Errorf("set sub-district: %w", err)
	}
	return nil
}

// AddOrganisation makes an entry of the directory, in these programmes, and answers with its id.
func (s *Store) AddOrganisation(ctx context.Context, o Organisation, programmes []string) (string, error) {
	var id string
	err := s.inTx(ctx, func(tx pgx.Tx) error {
		err := tx.QueryRow(ctx, `
			INSERT INTO organisations (type, name, parent_id, istat, email, phone)
			VALUES (@type, @name, @parent, @istat, @email, @phone) RETURNING id`,
			pgx.NamedArgs{
				"type": o.Type, "name": o.Name, "parent": null(o.ParentID), "istat": null(o.ISTAT),
				"email": null(normalEmail(o.Email)), "phone": null(o.Phone),
			}).Scan(&id)
		if err != nil {
			return err
		}
		_, err = tx.Exec(ctx, `
			INSERT INTO organisation_programmes (organisation_id, programme_id)
			SELECT $1, p FROM unnest($2::text[]) AS p`, id, orEmpty(programmes))
		return err
	})
	if err != nil {
		return "", fmt.Errorf("add organisation: %w", err)
	}
	return id, nil
}

// AddPhysician makes a GP of the directory, not verified, and answers with its id.
func (s *Store) AddPhysician(ctx context.Context, p Physician) (string, error) {
	var id string
	err := s.pool.QueryRow(ctx, `INSERT INTO physicians (name, email, phone) VALUES ($1, $2, $3) RETURNING id`,
		p.Name, null(normalEmail(p.Email)), null(p.Phone)).Scan(&id)
	if err != nil {
		return "", fmt.Errorf("add physician: %w", err)
	}
	return id, nil
}

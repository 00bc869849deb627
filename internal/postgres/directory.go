package postgres

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

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
	if !isID(id) {
		return Organisation{}, errNoOrganisation()
	}
	o, err := row[Organisation](ctx, s.pool, `SELECT `+organisationColumns+` FROM organisations o WHERE o.id = $1`, id)
	if errors.Is(err, pgx.ErrNoRows) {
		return Organisation{}, errNoOrganisation()
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
	if !isID(id) {
		return Physician{}, errNoPhysician()
	}
	p, err := row[Physician](ctx, s.pool, `SELECT `+physicianColumns+` FROM physicians WHERE id = $1`, id)
	if errors.Is(err, pgx.ErrNoRows) {
		return Physician{}, errNoPhysician()
	}
	if err != nil {
		return Physician{}, fmt.Errorf("read physician: %w", err)
	}
	return p, nil
}

// VerifyPhysician records that a coordinator has checked the address: from now on mail may go there. A *discharge.Error
// not_found when there is no such GP.
func (s *Store) VerifyPhysician(ctx context.Context, by, id, email string, now time.Time) error {
	if !isID(id) {
		return errNoPhysician()
	}
	err := s.inTx(ctx, func(tx pgx.Tx) error {
		tag, err := tx.Exec(ctx, `UPDATE physicians SET email = $2, verified_at = $3 WHERE id = $1`, id, normalEmail(email), now)
		if err != nil {
			return err
		}
		if tag.RowsAffected() == 0 {
			return errNoPhysician()
		}
		return audit(ctx, tx, by, "physician_verified", id, nil)
	})
	if err != nil {
		return fmt.Errorf("verify physician: %w", err)
	}
	return nil
}

func errNoPhysician() error {
	return discharge.Refuse(discharge.KindNotFound, "Il medico non è nell'elenco.")
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
func (s *Store) SetSubDistrict(ctx context.Context, by, istat string, subDistrict int) error {
	err := s.inTx(ctx, func(tx pgx.Tx) error {
		tag, err := tx.Exec(ctx, `UPDATE municipalities SET sub_district = nullif($2, 0) WHERE istat = $1`, istat, subDistrict)
		if err != nil {
			return err
		}
		if tag.RowsAffected() == 0 {
			return discharge.Refuse(discharge.KindNotFound, "Il comune non è nell'elenco.")
		}
		return audit(ctx, tx, by, "sub_district_set", istat, map[string]string{"sub_district": strconv.Itoa(subDistrict)})
	})
	if err != nil {
		return fmt.Errorf("set sub-district: %w", err)
	}
	return nil
}

// AddOrganisation makes an entry of the directory, in these programmes, and answers with its id. With an id of the
// caller's the same again makes no other.
func (s *Store) AddOrganisation(ctx context.Context, by string, o Organisation, programmes []string) (string, error) {
	var id string
	err := s.inTx(ctx, func(tx pgx.Tx) error {
		err := tx.QueryRow(ctx, `
			INSERT INTO organisations (id, type, name, parent_id, istat, email, phone)
			VALUES (coalesce(@id, gen_random_uuid()), @type, @name, @parent, @istat, @email, @phone)
			ON CONFLICT (id) DO NOTHING RETURNING id`,
			pgx.NamedArgs{
				"id":   null(o.ID),
				"type": o.Type, "name": o.Name, "parent": null(o.ParentID), "istat": null(o.ISTAT),
				"email": null(normalEmail(o.Email)), "phone": null(o.Phone),
			}).Scan(&id)
		if errors.Is(err, pgx.ErrNoRows) {
			id = o.ID
			return nil // made before
		}
		if err != nil {
			return err
		}
		_, err = tx.Exec(ctx, `
			INSERT INTO organisation_programmes (organisation_id, programme_id)
			SELECT $1, p FROM unnest($2::text[]) AS p`, id, orEmpty(programmes))
		if err != nil {
			return err
		}
		return audit(ctx, tx, by, "organisation_added", id, map[string]string{"type": o.Type})
	})
	if err != nil {
		return "", badOrganisation("add organisation", err)
	}
	return id, nil
}

// badOrganisation tells what an administrator can mend.
func badOrganisation(doing string, err error) error {
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		switch pg.ConstraintName {
		case "organisations_parent_id_fkey":
			return discharge.Invalid("parent_id", "unknown", "L'ospedale non è nell'elenco.")
		case "organisation_programmes_programme_id_fkey":
			return discharge.Invalid("programmes", "unknown", "Il programma non esiste.")
		}
	}
	return fmt.Errorf("%s: %w", doing, err)
}

// OrganisationChange is what an administrator changes of an organisation; what is nil stays. Its type never changes.
type OrganisationChange struct {
	Name   *string
	Email  *string
	Phone  *string
	Active *bool
}

// ChangeOrganisation changes an entry of the directory. One that still has open accounts cannot be closed.
func (s *Store) ChangeOrganisation(ctx context.Context, by, id string, in OrganisationChange) error {
	if !isID(id) {
		return errNoOrganisation()
	}
	err := s.inTx(ctx, func(tx pgx.Tx) error {
		tag, err := tx.Exec(ctx, `
			UPDATE organisations SET name = coalesce(@name, name), active = coalesce(@active, active),
			    email = CASE WHEN @email::text IS NULL THEN email ELSE nullif(lower(trim(@email)), '') END,
			    phone = CASE WHEN @phone::text IS NULL THEN phone ELSE nullif(@phone, '') END
			WHERE id = @id`,
			pgx.NamedArgs{"id": id, "name": in.Name, "email": in.Email, "phone": in.Phone, "active": in.Active})
		if err != nil {
			return err
		}
		if tag.RowsAffected() == 0 {
			return errNoOrganisation()
		}
		detail := map[string]string{}
		if in.Active != nil {
			detail["active"] = strconv.FormatBool(*in.Active)
			var people bool
			err := tx.QueryRow(ctx, `SELECT EXISTS (SELECT FROM users WHERE organisation_id = $1 AND active)`, id).Scan(&people)
			if err != nil {
				return err
			}
			if people && !*in.Active {
				return discharge.Refuse(discharge.KindNotAllowed, "L'organizzazione ha ancora utenti attivi: prima vanno chiusi o spostati.")
			}
		}
		return audit(ctx, tx, by, "organisation_changed", id, detail)
	})
	if err != nil {
		return fmt.Errorf("change organisation: %w", err)
	}
	return nil
}

func errNoOrganisation() error {
	return discharge.Refuse(discharge.KindNotFound, "L'organizzazione non esiste.")
}

// AddPhysician makes a GP of the directory, not verified, and answers with its id. With an id of the caller's the same
// again makes no other.
func (s *Store) AddPhysician(ctx context.Context, by string, p Physician) (string, error) {
	var id string
	err := s.inTx(ctx, func(tx pgx.Tx) error {
		err := tx.QueryRow(ctx, `
			INSERT INTO physicians (id, name, email, phone) VALUES (coalesce($1, gen_random_uuid()), $2, $3, $4)
			ON CONFLICT (id) DO NOTHING RETURNING id`,
			null(p.ID), p.Name, null(normalEmail(p.Email)), null(p.Phone)).Scan(&id)
		if errors.Is(err, pgx.ErrNoRows) {
			id = p.ID
			return nil // made before
		}
		if err != nil {
			return err
		}
		return audit(ctx, tx, by, "physician_added", id, nil)
	})
	if err != nil {
		return "", fmt.Errorf("add physician: %w", err)
	}
	return id, nil
}

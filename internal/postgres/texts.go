package postgres

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"

	"dimissioni/internal/discharge"
	"dimissioni/internal/referral"
)

// takeTexts brings the words of the command's body to where they belong, and tells the events what follows from
// them: which groups changed, what is still missing, with whom the person shares. A body that cannot stand is a
// *discharge.Error.
func (r *recording) takeTexts(ctx context.Context, events []discharge.Event) error {
	for i, e := range events {
		if len(r.body) == 0 || e.Kind != discharge.Completed && e.Kind != discharge.DetailsUpdated {
			continue
		}
		var given map[string]json.RawMessage
		if err := json.Unmarshal(r.body, &given); err != nil {
			return fmt.Errorf("read command body: %w", err)
		}
		for key := range given {
			if !slices.Contains(referral.Groups, key) {
				delete(given, key) // on, note, by_telephone_with
			}
		}
		var base referral.Referral
		err := r.tx.QueryRow(ctx, `SELECT content FROM referrals WHERE case_id = $1`, r.before.ID).Scan(&base)
		if err != nil {
			return fmt.Errorf("read referral: %w", err)
		}
		merged, groups, err := referral.Merge(base, given)
		if err != nil {
			return fmt.Errorf("merge referral: %w", err)
		}
		merged.Normalise(r.now)
		missing := referral.Missing(merged)
		if err := keepPerson(ctx, r.tx, r.before.ID, merged, missing); err != nil {
			return err
		}
		f := &events[i].Facts
		f.Groups, f.Missing = groups, missing
		if slices.Contains(groups, "consent") {
			f.Sharing = true
			f.ShareWith, f.Informed = merged.Consent.ShareWith, informed(merged)
		}
	}
	return nil
}

// keepDischarge brings the referral to the discharge's new date: one page does not say two.
func (r *recording) keepDischarge(ctx context.Context, events []discharge.Event) error {
	for _, e := range events {
		if e.Kind != discharge.DischargeUpdated {
			continue
		}
		stay := map[string]any{"expected_discharge_on": e.Facts.ExpectedOn}
		if on := e.Facts.DischargedOn; !on.IsZero() {
			stay = map[string]any{"expected_discharge_on": on, "already_home": true}
		}
		_, err := r.tx.Exec(ctx, `
			UPDATE referrals SET content = jsonb_set(content, '{stay}', content->'stay' || @stay::jsonb) WHERE case_id = @case`,
			pgx.NamedArgs{"case": r.before.ID, "stay": asJSON(stay)})
		if err != nil {
			return fmt.Errorf("keep discharge: %w", err)
		}
	}
	return nil
}

// informed reports whether the person has been informed.
func informed(r referral.Referral) bool { return r.Consent.Informed != nil && r.Consent.Informed.Given }

// keepPlans stores the words of a plan and brings every version's status to what the case says.
func (r *recording) keepPlans(ctx context.Context, after discharge.Case, events []discharge.Event) error {
	touched := false
	for _, e := range events {
		switch e.Kind {
		case discharge.PlanSubmitted, discharge.PlanDrafted:
			body := r.body
			if len(body) == 0 {
				body = []byte("{}")
			}
			// A draft has the version of the next plan, which takes its place.
			_, err := r.tx.Exec(ctx, `
				INSERT INTO plans (case_id, version, seq, status, content)
				VALUES (@case, @version, @seq, 'draft', @content)
				ON CONFLICT (case_id, version) DO UPDATE SET seq = @seq, status = 'draft', content = @content`,
				pgx.NamedArgs{"case": r.before.ID, "version": e.Facts.Version, "seq": e.Seq, "content": body})
			if err != nil {
				return fmt.Errorf("keep plan: %w", err)
			}
			touched = true
		case discharge.PlanInForce, discharge.Started, discharge.StartMoved:
			touched = true
		default:
		}
	}
	if !touched {
		return nil
	}
	// First what is no longer in force, then what is: never two at once.
	for _, sql := range []string{
		`UPDATE plans SET status = 'superseded'
		 WHERE case_id = @case AND version <> @in_force AND version <> @pending AND version <= @last`,
		`UPDATE plans SET status = 'pending' WHERE case_id = @case AND version = @pending`,
		`UPDATE plans SET status = 'in_force' WHERE case_id = @case AND version = @in_force`,
	} {
		_, err := r.tx.Exec(ctx, sql, pgx.NamedArgs{
			"case": r.before.ID, "in_force": after.PlanInForce, "pending": after.PlanPending, "last": len(after.Plans),
		})
		if err != nil {
			return fmt.Errorf("mark plans: %w", err)
		}
	}
	return nil
}

// PlanVersion is a stored version of the PAI.
type PlanVersion struct {
	Version int
	Seq     int
	Status  string // draft, pending, in_force, superseded
	Content json.RawMessage
}

// Plans are the versions of a case's plan, the newest first.
func (s *Store) Plans(ctx context.Context, caseID string) ([]PlanVersion, error) {
	list, err := rows[PlanVersion](ctx, s.pool, `
		SELECT version, seq, status, content FROM plans WHERE case_id = $1 ORDER BY version DESC`, caseID)
	if err != nil {
		return nil, fmt.Errorf("list plans: %w", err)
	}
	return list, nil
}

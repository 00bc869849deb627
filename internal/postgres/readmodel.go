package postgres

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"dimissioni/internal/calendar"
	"dimissioni/internal/discharge"
	"dimissioni/internal/referral"
)

// updateCase brings the read model to the case as it is now, and tells when its next mail may go; zero: none is queued. A
// sync command also sets the case's clock.
func (r *recording) updateCase(ctx context.Context, after discharge.Case) (nextMailAt time.Time, err error) {
	args := caseColumns(after, r.now)
	args["before"] = r.before.Version
	args["offset"] = nil
	if r.cmd.Kind == discharge.Sync {
		args["offset"] = time.Until(r.now).Milliseconds()
	}
	var next *time.Time
	err = r.tx.QueryRow(ctx, `
		UPDATE cases SET
			state = @state, version = @version, snapshot = @snapshot, urgent = @urgent, overdue = @overdue,
			flags = @flags, owner_id = @owner, partner_id = @partner, proposed_partner_id = @proposed,
			case_manager_id = @manager, case_manager_ids = @managers, notice_ward_ids = @notice_wards, level = coalesce(@level, level),
			shared_municipality = @shared, already_home = @home, expected_on = @expected, start_on = @start,
			period_end_on = @period_end, cap_on = @cap, ended_on = @ended, access_until = @access_until,
			next_due_on = @due_on, next_due_kind = @due_kind, clock_offset_ms = coalesce(@offset, clock_offset_ms),
			acknowledged_version = greatest(acknowledged_version, @before), updated_at = now(),
			next_mail_at = (SELECT min(not_before) FROM notifications WHERE case_id = @id AND status = 'queued')
		WHERE id = @id AND version = @before RETURNING next_mail_at`, args).Scan(&next)
	switch {
	case errors.Is(err, pgx.ErrNoRows):
		return time.Time{}, fmt.Errorf("update case: not at version %d", r.before.Version)
	case err != nil:
		return time.Time{}, fmt.Errorf("update case: %w", err)
	case next == nil:
		return time.Time{}, nil
	default:
		return next.UTC(), nil
	}
}

// caseColumns derives the filter columns from the case at now.
func caseColumns(c discharge.Case, now time.Time) pgx.NamedArgs {
	var ended, accessUntil calendar.Date
	if c.Exit != nil {
		ended, accessUntil = c.Exit.On, c.Exit.On.AddDays(c.Rules.AccessDays)
	}
	var proposed string
	if c.Proposal != nil {
		proposed = c.Proposal.PartnerID
	}
	managers := []string{}
	for _, a := range c.CaseManagers {
		managers = append(managers, a.UserID)
	}
	due, overdue := nextDue(c, now)
	return pgx.NamedArgs{
		"id": c.ID, "code": c.Code, "programme": c.Rules.Programme, "state": c.State, "version": c.Version,
		"snapshot": asJSON(c), "urgent": c.UrgentAt(now), "overdue": overdue, "flags": orEmpty(c.Flags(now)),
		"hospital": null(c.HospitalID), "ward": null(c.WardID), "sender": null(c.SenderID),
		"owner": null(c.OwnerID), "partner": null(c.PartnerID), "proposed": null(proposed),
		"manager": null(c.CaseManagerOn(c.Today(now))), "managers": managers, "notice_wards": orEmpty(c.NoticeWards), "level": null(string(c.Level)),
		"shared": c.SharesWith("municipality"), "home": c.AlreadyHome || !c.DischargedOn.IsZero(),
		"expected": c.DischargeOn(), "start": c.StartOn, "period_end": c.PeriodEndOn(), "cap": c.CapOn(),
		"ended": ended, "access_until": accessUntil, "due_on": due.DueOn, "due_kind": null(string(due.Kind)),
		"submitted": c.SubmittedAt,
	}
}

// nextDue is the nearest clock that still runs, and whether one is missed and still waited for.
func nextDue(c discharge.Case, now time.Time) (discharge.Deadline, bool) {
	var next discharge.Deadline
	overdue := false
	for _, d := range c.Deadlines(now) {
		overdue = overdue || d.Status == discharge.ClockMissed && !d.Late && d.Kind != discharge.ClockCap
		if d.Status == discharge.ClockPending && (next.Kind == "" || d.DueAt.Before(next.DueAt)) {
			next = d
		}
	}
	return next, overdue
}

// keepPerson brings the person's own table and the case's places to what the referral says.
func keepPerson(ctx context.Context, tx pgx.Tx, caseID string, r referral.Referral, missing []string) error {
	if missing == nil {
		missing = []string{}
	}
	p := r.Patient
	args := pgx.NamedArgs{
		"case": caseID, "family": p.FamilyName, "given": p.GivenName, "sex": p.Sex, "birth": p.BirthDate,
		"tax": null(p.TaxCode), "other": null(p.STPCode), "search": searchable(p.FamilyName + " " + p.GivenName),
		"content": asJSON(r), "missing": missing, "going_to": null(r.Places.GoingToISTAT),
		"residence": null(r.Places.ResidenceISTAT), "housing": null(r.Places.Housing), "level": null(string(r.Needs.Level)),
	}
	for _, sql := range []string{
		`INSERT INTO patients (case_id, family_name, given_name, sex, birth_date, tax_code, other_code, search)
		 VALUES (@case, @family, @given, @sex, @birth, @tax, @other, @search)
		 ON CONFLICT (case_id) DO UPDATE SET family_name = @family, given_name = @given, sex = @sex,
		     birth_date = @birth, tax_code = @tax, other_code = @other, search = @search`,
		`INSERT INTO referrals (case_id, content, missing) VALUES (@case, @content, @missing)
		 ON CONFLICT (case_id) DO UPDATE SET content = @content, missing = @missing`,
		`UPDATE cases SET municipality_istat = @going_to, residence_istat = @residence, housing = @housing,
		     level = coalesce(level, @level) WHERE id = @case`,
	} {
		if _, err := tx.Exec(ctx, sql, args); err != nil {
			return fmt.Errorf("keep person: %w", err)
		}
	}
	return nil
}

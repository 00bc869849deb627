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

// CaseSummary is a case in a list: no name and no diagnosis. Empty texts and zero dates mean none.
type CaseSummary struct {
	ID                string
	Code              string
	ProgrammeID       string
	State             discharge.State
	Version           int
	Urgent            bool
	Overdue           bool
	Flags             []discharge.Flag
	HospitalID        string
	WardID            string
	SenderID          string
	OwnerID           string
	PartnerID         string
	ProposedPartnerID string
	CaseManagerID     string
	MunicipalityISTAT string // where the person goes
	ResidenceISTAT    string
	Housing           string
	Level             discharge.Level // decided, or proposed by the ward
	AlreadyHome       bool
	SubmittedAt       time.Time
	ExpectedOn        calendar.Date
	StartOn           calendar.Date
	PeriodEndOn       calendar.Date
	CapOn             calendar.Date
	EndedOn           calendar.Date
	NextDueOn         calendar.Date
	NextDueKind       discharge.ClockKind
	ClockOffsetMS     int64
	FamilyName        string // the api shows names only to whoever may see them
	GivenName         string
	Snapshot          discharge.Case
}

// Now is the case's clock when the real one shows t: later in training, the same elsewhere.
func (c CaseSummary) Now(t time.Time) time.Time {
	return t.Add(time.Duration(c.ClockOffsetMS) * time.Millisecond)
}

const summaryColumns = `
	c.id, c.code, c.programme_id, c.state, c.version, c.urgent, c.overdue, c.flags,
	coalesce(c.hospital_id::text, '') AS hospital_id, coalesce(c.ward_id::text, '') AS ward_id,
	coalesce(c.sender_id::text, '') AS sender_id, coalesce(c.owner_id::text, '') AS owner_id,
	coalesce(c.partner_id::text, '') AS partner_id, coalesce(c.proposed_partner_id::text, '') AS proposed_partner_id,
	coalesce(c.case_manager_id::text, '') AS case_manager_id, coalesce(c.municipality_istat, '') AS municipality_istat,
	coalesce(c.residence_istat, '') AS residence_istat, coalesce(c.housing, '') AS housing,
	coalesce(c.level, '') AS level, c.already_home, c.submitted_at, c.expected_on, c.start_on, c.period_end_on,
	c.cap_on, c.ended_on, c.next_due_on, coalesce(c.next_due_kind, '') AS next_due_kind, c.clock_offset_ms, c.snapshot,
	pt.family_name, pt.given_name`

// PersonFlags are the warnings on the person: violence, conflict.
type PersonFlags struct {
	ConfidentialAddress bool
	// DoNotContact holds who must hear nothing: a discharge.RecipientKind (caregiver, gp, municipality, …) or an
	// e-mail address in lower case.
	DoNotContact []string
}

// CaseFile is everything of a case that is not its timeline.
type CaseFile struct {
	CaseSummary
	Referral            referral.Referral
	Missing             []string
	ConfidentialAddress bool
	DoNotContact        []string
}

// Case reads a case; a *discharge.Error not_found when there is none.
func (s *Store) Case(ctx context.Context, id string) (CaseFile, error) {
	if !isID(id) {
		return CaseFile{}, errNoCase()
	}
	file, err := row[CaseFile](ctx, s.pool, `
		SELECT `+summaryColumns+`, r.content AS referral, r.missing, pt.confidential_address, pt.do_not_contact
		FROM cases c JOIN patients pt ON pt.case_id = c.id JOIN referrals r ON r.case_id = c.id
		WHERE c.id = $1`, id)
	if errors.Is(err, pgx.ErrNoRows) {
		return CaseFile{}, errNoCase()
	}
	if err != nil {
		return CaseFile{}, fmt.Errorf("read case: %w", err)
	}
	return file, nil
}

// Summary reads a case without its referral; a *discharge.Error not_found when there is none.
func (s *Store) Summary(ctx context.Context, id string) (CaseSummary, error) {
	if !isID(id) {
		return CaseSummary{}, errNoCase()
	}
	c, err := row[CaseSummary](ctx, s.pool, `
		SELECT `+summaryColumns+` FROM cases c JOIN patients pt ON pt.case_id = c.id WHERE c.id = $1`, id)
	if errors.Is(err, pgx.ErrNoRows) {
		return CaseSummary{}, errNoCase()
	}
	if err != nil {
		return CaseSummary{}, fmt.Errorf("read case: %w", err)
	}
	return c, nil
}

// SetPersonFlags replaces the warnings on the person of a case.
func (s *Store) SetPersonFlags(ctx context.Context, caseID string, flags PersonFlags) error {
	if flags.DoNotContact == nil {
		flags.DoNotContact = []string{}
	}
	_, err := s.pool.Exec(ctx, `
		UPDATE patients SET confidential_address = @confidential, do_not_contact = @who WHERE case_id = @case`,
		pgx.NamedArgs{"case": caseID, "confidential": flags.ConfidentialAddress, "who": asJSON(flags.DoNotContact)})
	if err != nil {
		return fmt.Errorf("set person flags: %w", err)
	}
	return nil
}

// CountCases counts the cases by state, for the metrics.
func (s *Store) CountCases(ctx context.Context) (map[discharge.State]int64, error) {
	type count struct {
		State discharge.State
		N     int64
	}
	list, err := rows[count](ctx, s.pool, `SELECT state, count(*) AS n FROM cases GROUP BY state`)
	if err != nil {
		return nil, fmt.Errorf("count cases: %w", err)
	}
	counts := make(map[discharge.State]int64, len(list))
	for _, c := range list {
		counts[c.State] = c.N
	}
	return counts, nil
}

func errNoCase() error { return discharge.Refuse(discharge.KindNotFound, "Il caso non esiste.") }

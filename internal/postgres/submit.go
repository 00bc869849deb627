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

// Submission is a referral as it arrives, read and validated: the command that brings it and who sends.
type Submission struct {
	Command   NewCommand      // Kind submit, Body the request as received, CaseID empty
	Actor     discharge.Actor // in the role held in the programme
	Programme string
	WardID    string // the organisation that sends; of a ward, the parent is the hospital
	Referral  referral.Referral
	Now       time.Time
}

// Submitted is a case just born, or born before of the same command.
type Submitted struct {
	CaseID     string
	Code       string
	Version    int
	Repeated   bool // the same key and body had already made it
	NextMailAt time.Time
}

// Submit is the birth of a case in one transaction: command, number, person, referral, first event, mails. It needs no
// workflow. A person with a live case in the programme is a *discharge.Error duplicate_case, a refusal of the rules
// another; nothing is stored then.
func (s *Store) Submit(ctx context.Context, in Submission) (Submitted, error) {
	var out Submitted
	err := s.inTx(ctx, func(tx pgx.Tx) error {
		command, err := beginCommand(ctx, tx, in.Command)
		if err != nil {
			return err
		}
		if command.Status == CommandDone {
			out, err = submittedBefore(ctx, tx, command)
			return err
		}
		out, err = s.submit(ctx, tx, command.ID, in)
		return err
	})
	if err != nil {
		return Submitted{}, fmt.Errorf("submit: %w", err)
	}
	return out, nil
}

func submittedBefore(ctx context.Context, tx pgx.Tx, command StoredCommand) (Submitted, error) {
	out := Submitted{CaseID: command.CaseID, Version: command.Version, Repeated: true}
	if err := tx.QueryRow(ctx, `SELECT code FROM cases WHERE id = $1`, command.CaseID).Scan(&out.Code); err != nil {
		return Submitted{}, fmt.Errorf("find case of command: %w", err)
	}
	var err error
	out.NextMailAt, err = nextMailAt(ctx, tx, command.CaseID)
	return out, err
}

func (s *Store) submit(ctx context.Context, tx pgx.Tx, commandID string, in Submission) (Submitted, error) {
	// The programme's row serializes the births: no two for one person, numbers without holes.
	p, err := programme(ctx, tx, in.Programme, "FOR NO KEY UPDATE")
	if err != nil {
		return Submitted{}, err
	}
	if _, live, err := liveCase(ctx, tx, in.Programme, PersonOf(in.Referral)); err != nil || live {
		return Submitted{}, errors.Join(err, duplicate(live, p))
	}
	r := &recording{
		Store: s, tx: tx, before: discharge.Case{ID: NewID()}, now: in.Now.UTC().Truncate(time.Microsecond),
		cmd: discharge.Command{ID: commandID, Kind: discharge.Submit, Actor: in.Actor},
	}
	missing := referral.Missing(in.Referral)
	if r.cmd.Facts, err = birthFacts(ctx, tx, p, in, missing); err != nil {
		return Submitted{}, err
	}
	decision, err := discharge.Decide(r.before, r.cmd, r.now)
	if err != nil {
		return Submitted{}, err
	}
	events := r.stamp(decision.Events)
	if err := insertCase(ctx, tx, r.before.Apply(events[0]), r.now); err != nil {
		return Submitted{}, err
	}
	if err := keepPerson(ctx, tx, r.before.ID, in.Referral, missing); err != nil {
		return Submitted{}, err
	}
	next, err := r.store(ctx, events)
	if err != nil {
		return Submitted{}, err
	}
	err = r.answer(ctx, len(events), nil)
	return Submitted{CaseID: r.before.ID, Code: r.cmd.Facts.Code, Version: len(events), NextMailAt: next}, err
}

// birthFacts is what the rules need to know of a referral.
func birthFacts(ctx context.Context, tx pgx.Tx, p Programme, in Submission, missing []string) (discharge.Facts, error) {
	ref := in.Referral
	rules := p.Rules
	rules.Revision = discharge.Revision // of the code that judges the case from now on
	rules.Programme, rules.EndsOn = p.ID, p.EndsOn
	f := discharge.Facts{
		Rules: &rules, WardID: in.WardID, Missing: missing, Informed: informed(ref), ShareWith: ref.Consent.ShareWith,
		EarlyNotice: ref.EarlyNotice, Marked: ref.UrgentReason != "", AlreadyHome: ref.Stay.AlreadyHome,
		ExpectedOn: ref.Stay.ExpectedDischargeOn, Level: ref.Needs.Level,
	}
	if f.AlreadyHome { // then the date is that of the discharge
		f.ExpectedOn, f.DischargedOn = calendar.Date{}, ref.Stay.ExpectedDischargeOn
	}
	err := tx.QueryRow(ctx, `
		SELECT coalesce(CASE WHEN type IN ('ward', 'hospital') THEN coalesce(parent_id, id)::text END, '')
		FROM organisations WHERE id = $1`, null(in.WardID)).Scan(&f.HospitalID)
	if errors.Is(err, pgx.ErrNoRows) {
		return f, discharge.Invalid("sender.ward", "unknown", "Il reparto non è nell'elenco.")
	}
	if err != nil {
		return f, fmt.Errorf("find ward: %w", err)
	}
	f.Code, err = nextCode(ctx, tx, p, calendar.DateOf(in.Now).Year)
	return f, err
}

// nextCode takes the next number of the programme's year: DP-2026-00042.
func nextCode(ctx context.Context, tx pgx.Tx, p Programme, year int) (string, error) {
	var n int
	err := tx.QueryRow(ctx, `
		INSERT INTO case_numbers AS n (programme_id, year, last) VALUES ($1, $2, 1)
		ON CONFLICT (programme_id, year) DO UPDATE SET last = n.last + 1 RETURNING last`, p.ID, year).Scan(&n)
	if err != nil {
		return "", fmt.Errorf("take case number: %w", err)
	}
	return fmt.Sprintf("%s-%d-%05d", p.CodePrefix, year, n), nil
}

// insertCase makes the row that store then brings to its first version.
func insertCase(ctx context.Context, tx pgx.Tx, c discharge.Case, now time.Time) error {
	_, err := tx.Exec(ctx, `
		INSERT INTO cases (id, code, programme_id, state, version, snapshot, submitted_at, hospital_id, ward_id, sender_id)
		VALUES (@id, @code, @programme, @state, 0, '{}', @submitted, @hospital, @ward, @sender)`, caseColumns(c, now))
	if err != nil {
		return fmt.Errorf("insert case: %w", err)
	}
	return nil
}

// Person is how the same person is recognised.
type Person struct {
	TaxCode    string
	OtherCode  string // STP, ENI
	FamilyName string
	GivenName  string
	BirthDate  calendar.Date
}

// PersonOf is the person of a referral.
func PersonOf(r referral.Referral) Person {
	p := r.Patient
	return Person{p.TaxCode, p.STPCode, p.FamilyName, p.GivenName, p.BirthDate}
}

// Live is a case that has not ended.
type Live struct {
	ID   string
	Code string
}

// LiveCase finds the live case of a person in a programme: by tax code or STP/ENI; by names and birth date unless two
// different tax codes tell them apart.
func (s *Store) LiveCase(ctx context.Context, programme string, p Person) (Live, bool, error) {
	return liveCase(ctx, s.pool, programme, p)
}

func liveCase(ctx context.Context, q querier, programme string, p Person) (Live, bool, error) {
	args := p.args()
	args["programme"] = programme
	list, err := rows[Live](ctx, q, `
		SELECT c.id, c.code FROM cases c JOIN patients pt ON pt.case_id = c.id
		WHERE c.programme_id = @programme AND c.state NOT IN ('closed', 'not_started', 'rejected', 'cancelled')
		  AND `+samePerson+` ORDER BY c.submitted_at LIMIT 1`, args)
	if err != nil {
		return Live{}, false, fmt.Errorf("look for live case: %w", err)
	}
	if len(list) == 0 {
		return Live{}, false, nil
	}
	return list[0], true, nil
}

// samePerson compares the patient pt with the arguments of a [Person].
const samePerson = `(pt.tax_code = @tax OR pt.other_code = @other
	OR pt.search = @search AND pt.birth_date = @birth::date AND (pt.tax_code IS NULL OR @tax::text IS NULL))`

func (p Person) args() pgx.NamedArgs {
	return pgx.NamedArgs{
		"tax": null(p.TaxCode), "other": null(p.OtherCode),
		"search": searchable(p.FamilyName + " " + p.GivenName), "birth": p.BirthDate,
	}
}

// PersonCases are the ids of all the cases of a person in some programmes, the oldest first.
func (s *Store) PersonCases(ctx context.Context, programmes []string, p Person) ([]string, error) {
	args := p.args()
	args["programmes"] = orEmpty(programmes)
	ids, err := column[string](ctx, s.pool, `
		SELECT c.id::text FROM cases c JOIN patients pt ON pt.case_id = c.id
		WHERE c.programme_id = ANY (@programmes::text[]) AND `+samePerson+` ORDER BY c.submitted_at, c.id`, args)
	if err != nil {
		return nil, fmt.Errorf("find person: %w", err)
	}
	return ids, nil
}

// duplicate says the same to everybody, also to whoever may not see that case.
func duplicate(live bool, p Programme) error {
	if !live {
		return nil
	}
	message := "Questa persona è già seguita nello stesso programma: contatti il coordinatore"
	if p.CoordinatorPhone != "" {
		message += " al numero " + p.CoordinatorPhone
	}
	return discharge.Refuse(discharge.KindDuplicateCase, message+".")
}

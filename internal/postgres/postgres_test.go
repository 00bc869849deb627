package postgres

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"dimissioni/internal/calendar"
	"dimissioni/internal/discharge"
	"dimissioni/internal/postgres/pgtest"
	"dimissioni/internal/referral"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

// monday is 10:00 of Monday 2 November 2026, the case's clock of most tests.
var monday = calendar.NewDate(2026, time.November, 2).At(10, 0)

// seeded prepares the template: schema, programmes, demo district.
func seeded(url string) error {
	ctx := context.Background()
	if err := Migrate(ctx, url); err != nil {
		return err
	}
	s, err := Open(ctx, url, Options{})
	if err != nil {
		return err
	}
	defer s.Close()
	if err := s.SeedProgrammes(ctx); err != nil {
		return err
	}
	return s.SeedDemo(ctx, "hash", calendar.DateOf(monday))
}

// desk is a store on a database of its own, and the demo people at work on it.
type desk struct {
	*Store
	t   *testing.T
	ctx context.Context
	now time.Time
}

func newDesk(t *testing.T) *desk {
	t.Helper()
	t.Parallel()
	s, err := Open(t.Context(), pgtest.URL(t, seeded), Options{MessageHost: "demo.test"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return &desk{Store: s, t: t, ctx: t.Context(), now: monday}
}

func (d *desk) must(err error) {
	d.t.Helper()
	if err != nil {
		d.t.Fatal(err)
	}
}

func (d *desk) exec(sql string, args ...any) {
	d.t.Helper()
	_, err := d.pool.Exec(d.ctx, sql, args...)
	d.must(err)
}

func (d *desk) number(sql string, args ...any) int64 {
	d.t.Helper()
	var n int64
	d.must(d.pool.QueryRow(d.ctx, sql, args...).Scan(&n))
	return n
}

// person is a referral of a synthetic person, different for every n, leaving hospital a week from now.
func person(n int) referral.Referral {
	return referral.Referral{
		ProgrammeID: protected,
		Sender:      referral.Sender{Ward: "Medicina generale", Person: "Sara Segnalante", Phone: "0373 000101"},
		Patient: referral.Patient{
			FamilyName: fmt.Sprintf("D'Àcunto %c%c%c", 'a'+n/676%26, 'a'+n/26%26, 'a'+n%26), GivenName: "Rosa", Sex: "F",
			BirthDate: calendar.NewDate(1940, time.January, 1).AddDays(n), NoCodeReason: "non disponibile", Phone: "0373 1",
		},
		Places: referral.Places{GoingToISTAT: "019035", ResidenceISTAT: "019035", Address: "Via Prova 1", Housing: "stable"},
		Stay: referral.Stay{
			Kind: "ward", ExpectedDischargeOn: calendar.DateOf(monday).AddDays(7), Reason: "frattura", Infectious: "no",
		},
		Needs: referral.Needs{Figures: []discharge.Figure{"oss"}, Level: discharge.LevelModerate},
		Network: referral.Network{
			GP:        &referral.GP{PhysicianID: DemoID("mmg")},
			Caregiver: &referral.Caregiver{Name: "Figlia", Phone: "0373 2", Email: "figlia@demo.test", Channel: "email"},
		},
		Consent: referral.Consent{
			Informed: &referral.Informed{Given: true}, Willing: referral.WillingYes, ShareWith: referral.Audience{"gp", "municipality"},
		},
	}
}

func actor(email, org string, role discharge.Role) discharge.Actor {
	return discharge.Actor{UserID: DemoID(email), OrgID: DemoID(org), Role: role}
}

var (
	bySender      = actor("sender@demo.test", "medicina", discharge.RoleSender)
	byCoordinator = actor("coordinator@demo.test", "coordinamento", discharge.RoleCoordinator)
	byIgea        = actor("igea@demo.test", "igea", discharge.RolePartnerManager)
	byManager     = actor("casemanager@demo.test", "igea", discharge.RoleCaseManager)
	bySystem      = discharge.Actor{Role: discharge.RoleSystem}
)

func (d *desk) submission(r referral.Referral, key string) Submission {
	return Submission{
		Command: NewCommand{
			ActorID: bySender.UserID, Route: "/api/v1/discharges", Key: key, Kind: discharge.Submit, Body: asJSON(r),
		},
		Actor: bySender, Programme: protected, WardID: DemoID("medicina"), Referral: r, Now: d.now,
	}
}

// submit makes a case and gives its id.
func (d *desk) submit(r referral.Referral) string {
	d.t.Helper()
	out, err := d.Submit(d.ctx, d.submission(r, ""))
	d.must(err)
	return out.CaseID
}

// fold is the case as its stored events make it.
func (d *desk) fold(caseID string) discharge.Case {
	d.t.Helper()
	events, _, err := d.Load(d.ctx, caseID)
	d.must(err)
	c := discharge.Case{ID: caseID}
	for _, e := range events {
		c = c.Apply(e)
	}
	return c
}

// begin stores a command with its body.
func (d *desk) begin(caseID string, by discharge.Actor, kind discharge.CommandKind, body any) string {
	d.t.Helper()
	c, err := d.BeginCommand(d.ctx, NewCommand{
		CaseID: caseID, ActorID: by.UserID, Route: "/api/v1/discharges/{id}/" + string(kind), Kind: kind, Body: asJSON(body),
	})
	d.must(err)
	return c.ID
}

// give does what the workflow does with a command: decide, record, and decide again when the case has moved on.
func (d *desk) give(caseID string, cmd discharge.Command) (Recorded, error) {
	for {
		events, _, err := d.Load(d.ctx, caseID)
		if err != nil {
			return Recorded{}, err
		}
		c := discharge.Case{ID: caseID}
		for _, e := range events {
			c = c.Apply(e)
		}
		decision, err := discharge.Decide(c, cmd, d.now)
		if err != nil {
			return Recorded{}, err
		}
		out, err := d.Record(d.ctx, caseID, c.Version, d.now, cmd, decision)
		if err != nil || out.Applied {
			return out, err
		}
	}
}

// do gives a command that must be done.
func (d *desk) do(caseID string, by discharge.Actor, kind discharge.CommandKind, f discharge.Facts) {
	d.t.Helper()
	id := ""
	if by.UserID != "" {
		id = d.begin(caseID, by, kind, map[string]string{"note": "testo"})
	}
	out, err := d.give(caseID, discharge.Command{ID: id, Kind: kind, Actor: by, Facts: f})
	d.must(err)
	if out.Refusal != nil {
		d.t.Fatalf("%s refused: %v", kind, out.Refusal)
	}
}

func admit(level discharge.Level) discharge.Facts {
	return discharge.Facts{Outcome: "admit", Level: level}
}

// start brings a case to its first day of care, today.
func (d *desk) start(caseID string) {
	d.t.Helper()
	d.do(caseID, byCoordinator, discharge.Screen, admit(discharge.LevelModerate))
	d.do(caseID, byCoordinator, discharge.Propose, discharge.Facts{PartnerID: DemoID("igea")})
	d.do(caseID, byIgea, discharge.Accept, discharge.Facts{})
	d.do(caseID, byIgea, discharge.AppointCaseManager, discharge.Facts{UserID: byManager.UserID})
	d.do(caseID, byManager, discharge.SubmitPlan, discharge.Facts{
		Days: 21, StartPlannedOn: calendar.DateOf(d.now),
		Interventions: []discharge.Intervention{{Figure: "oss", TimesPerWeek: 3, Minutes: 60}},
	})
	for _, signer := range []string{"coordinator", "case_manager", "patient"} {
		d.do(caseID, byManager, discharge.Sign, discharge.Facts{Signer: signer, Method: "in_person"})
	}
	d.do(caseID, byManager, discharge.ConfirmStart, discharge.Facts{})
}

// refusal is the error a person would read; the test ends when there is none.
func refusal(t *testing.T, err error) *discharge.Error {
	t.Helper()
	var refused *discharge.Error
	if !errors.As(err, &refused) {
		t.Fatalf("not a refusal: %v", err)
	}
	return refused
}

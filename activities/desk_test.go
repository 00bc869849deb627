package activities_test

import (
	"encoding/json"
	"errors"
	"log/slog"
	"net"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	temporallog "go.temporal.io/sdk/log"
	"go.temporal.io/sdk/testsuite"

	"dimissioni/activities"
	"dimissioni/internal/calendar"
	"dimissioni/internal/discharge"
	"dimissioni/internal/mail"
	"dimissioni/internal/postgres"
	"dimissioni/internal/postgres/pgtest"
	"dimissioni/internal/standalone/mailcatcher"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

var (
	today = calendar.NewDate(2036, 11, 24) // a Monday, far from the real clock, which the test environment goes by
	now   = today.At(10, 0)

	sender      = actor("sender@demo.test", "medicina", discharge.RoleSender)
	coordinator = actor("coordinator@demo.test", "coordinamento", discharge.RoleCoordinator)
)

func actor(email, org string, role discharge.Role) discharge.Actor {
	return discharge.Actor{UserID: postgres.DemoID(email), OrgID: postgres.DemoID(org), Role: role}
}

// desk is a real Postgres and a real mail server, with the demo's district, and a log that can be read.
type desk struct {
	*activities.Activities
	t       *testing.T
	env     *testsuite.TestActivityEnvironment
	mails   *mailcatcher.Catcher
	address string
	log     *strings.Builder
	refuses atomic.Bool // the mail server refuses every reader
}

func newDesk(t *testing.T) *desk {
	t.Helper()
	t.Parallel()
	d := &desk{t: t, log: &strings.Builder{}}
	store, err := postgres.Open(t.Context(), pgtest.URL(t, seeded), postgres.Options{
		MessageHost: "demo.test",
		LinkKeys:    postgres.LinkKeys{Current: "test", Derive: func(_, purpose string) ([]byte, error) { return []byte(purpose), nil }},
	})
	d.must(err)
	t.Cleanup(store.Close)
	d.openMail("")
	host, port, err := net.SplitHostPort(d.mails.Addr())
	d.must(err)
	d.address = d.mails.Addr()
	number, err := strconv.Atoi(port)
	d.must(err)
	post, err := mail.NewSender(mail.Settings{
		Host: host, Port: number, From: "servizio@demo.test", Marked: true, Timeout: 5 * time.Second,
	})
	d.must(err)
	d.Activities = &activities.Activities{
		Store: store, Mail: post,
		CasePage:   func(id string) string { return "https://demo.test/casi/" + id },
		AnswerPage: func(token string) string { return "https://demo.test/answers/" + token },
	}
	var suite testsuite.WorkflowTestSuite
	suite.SetLogger(temporallog.NewStructuredLogger(slog.New(slog.NewTextHandler(d.log, nil))))
	d.env = suite.NewTestActivityEnvironment()
	d.env.RegisterActivity(d.Activities)
	return d
}

// seeded is the template: the schema, and the demo's district.
func seeded(url string) error {
	ctx, cancel := contextFor(time.Minute)
	defer cancel()
	if err := postgres.Migrate(ctx, url); err != nil {
		return err
	}
	store, err := postgres.Open(ctx, url, postgres.Options{})
	if err != nil {
		return err
	}
	defer store.Close()
	return errors.Join(store.SeedProgrammes(ctx), store.SeedDemo(ctx, "no password", today))
}

func (d *desk) openMail(address string) {
	d.t.Helper()
	catcher, err := mailcatcher.Start(mailcatcher.Options{Dir: d.t.TempDir(), SMTPAddr: address, Reject: func(string) error {
		if d.refuses.Load() {
			return errors.New("unknown reader")
		}
		return nil
	}})
	d.must(err)
	d.t.Cleanup(func() { _ = catcher.Stop() })
	d.mails = catcher
}

// submit makes a case, which queues a mail to the coordinators, and gives its id.
func (d *desk) submit() string {
	d.t.Helper()
	in := postgres.Submission{
		Command: postgres.NewCommand{
			ActorID: sender.UserID, Route: "/api/v1/discharges", Kind: discharge.Submit, Body: []byte(referral),
		},
		Actor: sender, Programme: "dp-cremasco", WardID: postgres.DemoID("medicina"), Now: now,
	}
	d.must(json.Unmarshal([]byte(referral), &in.Referral))
	out, err := d.Store.Submit(d.t.Context(), in)
	d.must(err)
	return out.CaseID
}

const referral = `{
	"programme_id": "dp-cremasco",
	"sender": {"ward": "Medicina generale", "person": "Sara Segnalante", "phone": "0373 000101"},
	"patient": {"family_name": "Bianchi", "given_name": "Rossella", "sex": "F", "birth_date": "1940-02-01",
		"no_code_reason": "non disponibile", "phone": "0373 999111"},
	"places": {"going_to_istat": "019035", "residence_istat": "019035", "address": "Via dei Tigli 7", "housing": "stable"},
	"stay": {"kind": "ward", "expected_discharge_on": "2036-12-01", "reason": "polmonite", "infectious": "no"},
	"needs": {"figures": ["oss"], "level": "moderate"},
	"consent": {"informed": {"given": true}, "willing": "yes", "share_with": []}
}`

// received lists the moments of the mails that arrived.
func (d *desk) received() []string {
	d.t.Helper()
	messages, err := d.mails.Messages()
	d.must(err)
	moments := []string{}
	for _, m := range messages {
		moments = append(moments, m.Moment)
	}
	return moments
}

func (d *desk) must(err error) {
	d.t.Helper()
	if err != nil {
		d.t.Fatal(err)
	}
}

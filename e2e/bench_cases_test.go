package e2e

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"dimissioni/internal/standalone/client"
)

// template is a case of the product that many others are copied from.
type template struct {
	state    string
	weight   int  // of 1000 cases so many are in this state
	live     bool // not ended
	commands int  // of the path; the rest is the last command
	last     order
}

// templates spread the cases as five years of a district would: most have ended.
func (b *benchmark) templates() []template {
	reject := admission()
	reject["outcome"], reject["reason_code"], reject["reason"] = "reject", "other", "Non serve"
	return []template{
		{state: "submitted", weight: 10, live: true},
		{state: "matching", weight: 10, live: true, commands: 1},
		{state: "proposed", weight: 10, live: true, commands: 2},
		{state: "planning", weight: 15, live: true, commands: 5},
		{state: "signing", weight: 10, live: true, commands: 6},
		{state: "ready", weight: 10, live: true, commands: 9},
		{state: "active", weight: 60, live: true, commands: 10},
		{state: "suspended", weight: 5, live: true, commands: 11},
		{state: "rejected", weight: 40, last: order{"coordinator", "screen", reject}},
		{state: "not_started", weight: 50, commands: 4, last: order{
			"coordinator", "end-before-start", client.Object{"reason_code": "discharge_cancelled"},
		}},
		{state: "cancelled", weight: 10, commands: 1, last: order{"coordinator", "cancel", client.Object{"reason": "Doppia"}}},
		{state: "closed", weight: 770, commands: 13},
	}
}

// fill puts so many cases into Postgres: one in each state led there by the product itself, the others copied from these
// with other people, places, partners and days.
func (b *benchmark) fill(n int) {
	b.t.Helper()
	began := time.Now()
	b.sql(`CREATE TABLE bench_template (id uuid, state text, live boolean, low int, high int)`)
	low := 0
	for _, t := range b.templates() {
		id := b.born(t)
		b.sql(`INSERT INTO bench_template VALUES ($1, $2, $3, $4, $5)`, id, t.state, t.live, low, low+t.weight)
		low += t.weight
	}
	if low != 1000 {
		b.t.Fatalf("the templates make %d of 1000", low)
	}
	b.must(pgx.BeginFunc(b.ctx(), b.db, func(tx pgx.Tx) error { return copyTemplates(b.ctx(), tx, n) }))
	for _, table := range []string{
		"cases", "patients", "referrals", "commands", "events", "notifications", "ledger", "plans", "accesses", "assignments",
	} {
		b.sql(`VACUUM ANALYZE ` + table)
	}
	b.say("\n%d cases put into Postgres in %.0f s: %d events, %d notifications, %d MB", n, time.Since(began).Seconds(),
		b.count(`SELECT count(*) FROM events`), b.count(`SELECT count(*) FROM notifications`),
		b.count(`SELECT pg_database_size(current_database()) / 1048576`))
}

// born leads a new person's case to a template's state.
func (b *benchmark) born(t template) string {
	b.t.Helper()
	id, err := b.path.submit(b.ctx(), b.nextName())
	b.must(err)
	commands := b.path.commands[:t.commands:t.commands]
	if t.last.command != "" {
		commands = append(commands, t.last)
	}
	for _, o := range commands {
		b.must(b.path.give(b.ctx(), id, o))
	}
	if state := b.state(id); state != t.state {
		b.t.Fatalf("the template is %s, want %s", state, t.state)
	}
	return id
}

// copyTemplates makes the copies. Foreign keys are not looked at one by one: the copies have what their templates have.
func copyTemplates(ctx context.Context, tx pgx.Tx, n int) error {
	if _, err := tx.Exec(ctx, `SET LOCAL session_replication_role = replica`); err != nil {
		return err
	}
	for _, sql := range append([]string{fmt.Sprintf(benchMade, n)}, benchCopies...) {
		if _, err := tx.Exec(ctx, sql); err != nil {
			return fmt.Errorf("%w:\n%s", err, sql)
		}
	}
	return nil
}

package e2e

import (
	"slices"

	enumspb "go.temporal.io/api/enums/v1"
	temporal "go.temporal.io/sdk/client"
	"go.temporal.io/sdk/converter"
)

// tighten leaves money for three cases out of four.
func (f *fleet) tighten(cases int) {
	f.t.Helper()
	planned := int64(max(1, cases*3/4)) * 200_000
	f.run(`UPDATE budget_lines SET planned_cents = $1 WHERE programme_id = 'dp-cremasco' AND id = 'percorso'`, planned)
}

// checkOnce compares what the walkers were answered with the timeline: every answered command is on it, once.
func (f *fleet) checkOnce(walkers []*walker) {
	f.t.Helper()
	for _, w := range walkers {
		if w.id == "" {
			continue
		}
		timeline := map[string]int{}
		for _, kind := range f.events(w.id) {
			timeline[kind]++
		}
		for effect, want := range w.effects {
			if timeline[effect] != want {
				f.t.Errorf("case %d: %d times %s on the timeline, %d were answered", w.number, timeline[effect], effect, want)
			}
		}
		for kind, want := range w.kinds {
			if got := query[int](f, `SELECT count(*)::int FROM commands WHERE case_id = $1 AND kind = $2 AND status = 'done'`,
				w.id, kind); got != want {
				f.t.Errorf("case %d: %d commands %s done, %d were answered", w.number, got, kind, want)
			}
		}
	}
	f.none("commands without an answer, or refused", `SELECT kind || ' ' || status FROM commands WHERE status <> 'done'`)
	f.none("commands done without an event", `
		SELECT c.kind FROM commands c WHERE c.status = 'done' AND c.kind <> 'take'
		AND NOT EXISTS (SELECT FROM events e WHERE e.case_id = c.case_id AND e.command_id = c.id::text)`)
	f.none("commands recorded more than once", `
		SELECT string_agg(kind, ' ') FROM events WHERE command_id IS NOT NULL GROUP BY case_id, command_id
		HAVING count(DISTINCT at) > 1 OR max(seq) - min(seq) + 1 <> count(*)`)
	f.none("timelines with holes, or not at the case's version", `
		SELECT c.code FROM cases c JOIN events e ON e.case_id = c.id GROUP BY c.id
		HAVING max(e.seq) <> count(*) OR max(e.seq) <> c.version OR (c.snapshot ->> 'version')::int <> c.version`)
}

// none fails with every row of a query that should find nothing.
func (f *fleet) none(what, sql string) {
	f.t.Helper()
	for _, found := range queryAll[string](f, sql) {
		f.t.Errorf("%s: %s", what, found)
	}
}

// checkAgreement gives every case one more command: its workflow must know what the database knows.
func (f *fleet) checkAgreement(walkers []*walker) {
	f.t.Helper()
	engine, err := temporal.Dial(temporal.Options{HostPort: f.setting("TEMPORAL_ADDRESS")})
	if err != nil {
		f.t.Fatal(err)
	}
	defer engine.Close()
	for _, w := range walkers {
		if w.id == "" {
			continue
		}
		answer := f.do("coordinator", w.id, "update-details", details(seeded(w.seed, -1)))
		version, _ := answer["version"].(float64)
		f.eventually("the workflow has seen what it recorded", func() bool {
			return query[bool](f, `SELECT acknowledged_version = version FROM cases WHERE id = $1 AND version >= $2`, w.id, int(version))
		})
		f.eventually("workflow and database say the same state", func() bool {
			seen, err := engine.DescribeWorkflowExecution(f.ctx(), "discharge/"+w.id, "")
			if err != nil {
				return false
			}
			info := seen.GetWorkflowExecutionInfo()
			if s := info.GetStatus(); s != enumspb.WORKFLOW_EXECUTION_STATUS_RUNNING && s != enumspb.WORKFLOW_EXECUTION_STATUS_COMPLETED {
				f.t.Errorf("case %d: its workflow is %s", w.number, s)
			}
			var state string
			attribute := info.GetSearchAttributes().GetIndexedFields()["DimissioniState"]
			return converter.GetDefaultDataConverter().FromPayload(attribute, &state) == nil && state == f.state(w.id)
		})
	}
}

// checkMoney adds the ledger up: the line was never over its plan, and people read what it says.
func (f *fleet) checkMoney() {
	f.t.Helper()
	f.none("the line was over its plan", `
		SELECT sum::text FROM (SELECT sum(amount_cents) OVER (ORDER BY id) FROM ledger
			WHERE programme_id = 'dp-cremasco' AND line_id = 'percorso') AS running(sum),
			budget_lines WHERE programme_id = 'dp-cremasco' AND id = 'percorso' AND sum > planned_cents`)
	sum := query[int64](f, `SELECT coalesce(sum(amount_cents), 0)::bigint FROM ledger WHERE programme_id = 'dp-cremasco'`)
	planned := query[int64](f, `SELECT planned_cents FROM budget_lines WHERE programme_id = 'dp-cremasco' AND id = 'percorso'`)
	line := f.budget()
	number := func(key string) int64 { n, _ := line[key].(float64); return int64(n) }
	if number("planned_cents") != planned || number("reserved_cents")+number("spent_cents") != sum || number("residual_cents") != planned-sum {
		f.t.Errorf("budget %v, the ledger says %d of %d", line, sum, planned)
	}
	f.none("cases whose money is not what the ledger says", `
		SELECT c.code FROM cases c LEFT JOIN ledger l ON l.case_id = c.id GROUP BY c.id
		HAVING c.state IN ('planning', 'signing', 'ready', 'active', 'suspended', 'matching', 'proposed')
			AND coalesce(sum(l.amount_cents), 0) <> 200000
		OR c.state IN ('submitted', 'waitlisted', 'rejected', 'not_started', 'cancelled') AND coalesce(sum(l.amount_cents), 0) <> 0
		OR coalesce(sum(l.amount_cents), 0) < 0`)
}

// checkMails lets the queued mails go and looks at what arrived: one Message-ID for case, moment, recipient and round.
func (f *fleet) checkMails(walkers []*walker) {
	f.t.Helper()
	const waiting = `SELECT id::text FROM notifications WHERE case_id = $1 AND status = 'queued' ORDER BY id`
	for _, w := range walkers {
		queued := queryAll[string](f, waiting, w.id)
		if len(queued) > 0 {
			f.forwardUntil(w.id, "the mails have gone", func() bool {
				left := queryAll[string](f, waiting, w.id)
				return !slices.ContainsFunc(queued, func(id string) bool { return slices.Contains(left, id) })
			})
		}
	}
	f.none("mails that failed", `SELECT moment || ' ' || coalesce(last_error_kind, '') FROM notifications WHERE status = 'failed'`)
	letters := map[string]letter{}
	for _, l := range f.letters() {
		if other, taken := letters[l.MessageID]; taken {
			f.t.Errorf("one Message-ID for %v and %v", other, l)
		}
		letters[l.MessageID] = l
	}
	all, err := f.catcher.Messages()
	if err != nil {
		f.t.Fatal(err)
	}
	arrived := map[string]bool{}
	for _, m := range all {
		arrived[m.MessageID] = true
		l, known := letters[m.MessageID]
		if m.Case != "" && (!known || l.Code != m.Case || l.Moment != m.Moment || !slices.Contains(m.To, l.Address)) {
			f.t.Errorf("%s %s to %v arrived as %s, which is nobody's or %v", m.Case, m.Moment, m.To, m.MessageID, l)
		}
	}
	for id, l := range letters {
		if l.Status == "sent" && !arrived[id] {
			f.t.Errorf("%v is said to be sent and never arrived", l)
		}
	}
	for _, w := range walkers {
		for moment, event := range map[string]string{"proposal": "proposed", "case_manager_appointed": "case_manager_appointed"} {
			if got := query[int](f, `SELECT count(*)::int FROM notifications WHERE case_id = $1 AND moment = $2`, w.id, moment); got != w.effects[event] {
				f.t.Errorf("case %d: %d messages %s, want %d", w.number, got, moment, w.effects[event])
			}
		}
	}
}

// letter is a message as the database remembers it: one for case, moment, round and recipient.
type letter struct{ MessageID, Code, Moment, Address, Status string }

func (f *fleet) letters() []letter {
	f.t.Helper()
	return queryAll[letter](f, `
		SELECT trim(n.message_id, '<>') AS message_id, c.code, n.moment, n.address, n.status
		FROM notifications n JOIN cases c ON c.id = n.case_id`)
}

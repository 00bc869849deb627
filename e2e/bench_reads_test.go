package e2e

import (
	"context"
	"fmt"
	"net/http"
	"sync"
	"time"

	"dimissioni/internal/standalone/client"
)

// slow is what a read may take, nineteen times in twenty.
const slow = 50 * time.Millisecond

// reading is something that a person reads.
type reading struct {
	who, what string
	ask       func(c *client.Client, n int) error
}

// readings asks everything that people read, by one client and by four, and prints how long it took.
func (b *benchmark) readings() {
	b.t.Helper()
	b.say("\nreads with %d cases in Postgres, %d times each", *bench.stored, *bench.reads)
	b.say("  %-16s %-44s %9s %9s   %9s %9s", "", "", "1: p50", "p95", "4: p50", "p95")
	missed := 0
	for _, r := range b.everyReading() {
		b.must(r.ask(b.as(r.who), 0)) // what is prepared once
		one, four := b.ask(r, 1), b.ask(r, 4)
		mark := ""
		if one.at(95) > slow {
			mark, missed = "  over "+ms(slow), missed+1
		}
		b.say("  %-16s %-44s %9s %9s   %9s %9s%s", r.who, r.what, ms(one.at(50)), ms(one.at(95)), ms(four.at(50)), ms(four.at(95)), mark)
	}
	b.say("  %d over %s for one client", missed, ms(slow))
}

// ask asks the same by so many clients at once.
func (b *benchmark) ask(r reading, clients int) samples {
	b.t.Helper()
	var took shared
	errs := make(chan error, clients)
	var wg sync.WaitGroup
	for c := range clients {
		wg.Go(func() {
			for n := range *bench.reads {
				began := time.Now()
				if err := r.ask(b.people[r.who], n*clients+c); err != nil {
					errs <- fmt.Errorf("%s, %s: %w", r.who, r.what, err)
					return
				}
				took.add(time.Since(began))
			}
		})
	}
	wg.Wait()
	select {
	case err := <-errs:
		b.t.Fatal(err)
	default:
	}
	return took.samples
}

func (b *benchmark) everyReading() []reading {
	b.t.Helper()
	var all []reading
	for _, who := range []string{"coordinator", "sender", "hospital", "igea", "casemanager", "operator", "municipality", "dpo"} {
		all = append(all, list(who, ""))
		if who != "dpo" {
			all = append(all, list(who, "?state=active"), list(who, "?overdue=true"))
		}
	}
	igea, manager := b.id("igea", "organisation"), b.id("casemanager", "user")
	for _, query := range []string{
		"?limit=200", "?state=submitted,matching", "?state=closed", "?overdue=false", "?urgent=true", "?urgent=true&overdue=true",
		"?partner=" + igea, "?case_manager=" + manager, "?owner=" + b.id("coordinator", "user"), "?municipality=019035",
		"?municipality=019002", "?code=" + column[string](b, `SELECT code FROM cases ORDER BY id LIMIT 1`)[0],
		"?partner=" + igea + "&state=active&overdue=true", "?programme=domicilio-anziani",
	} {
		all = append(all, list("coordinator", query))
	}
	all = append(all, list("igea", "?urgent=true"), list("municipality", "?partner="+igea))
	for _, who := range []string{"coordinator", "casemanager", "sender"} {
		for _, text := range []string{"rossi", "ros mar", "nessuno"} {
			all = append(all, search(who, text))
		}
	}
	all = append(all, reading{"coordinator", "a page far on", b.farPage()})
	all = append(all, b.ofCases()...)
	for _, who := range []string{"coordinator", "steering"} {
		all = append(all, get(who, "/programmes/dp-cremasco/budget"), get(who, "/programmes/dp-cremasco/split"))
	}
	return append(all, get("coordinator", "/me"))
}

// ofCases are the reads of one case, each time another that the reader sees.
func (b *benchmark) ofCases() []reading {
	b.t.Helper()
	var all []reading
	for _, reader := range []struct {
		who, sees string
		parts     []string
	}{
		{"coordinator", `true`, []string{"", "/timeline", "/deadlines", "/notifications", "/accesses"}},
		{"igea", `partner_id = '` + b.id("igea", "organisation") + `' AND state = 'active'`, []string{"", "/timeline"}},
		{"casemanager", `case_manager_id = '` + b.id("casemanager", "user") + `' AND state = 'active'`, []string{"", "/timeline", "/notifications"}},
		{"sender", `ward_id = '` + b.id("sender", "organisation") + `'`, []string{"", "/timeline"}},
		{"hospital", `true`, []string{""}},
		{"operator", `id IN (SELECT case_id FROM assignments)`, []string{""}},
		{"municipality", `residence_istat = '019035' AND shared_municipality AND state = 'active'`, []string{""}},
		{"dpo", `true`, []string{"/accesses"}},
	} {
		ids := column[string](b, `SELECT id::text FROM cases WHERE `+reader.sees+` ORDER BY md5(id::text) LIMIT 200`)
		for _, part := range reader.parts {
			all = append(all, reading{reader.who, "a case" + part, func(c *client.Client, n int) error {
				_, err := c.Get(b.ctx(), "/discharges/"+ids[n%len(ids)]+part)
				return err
			}})
		}
	}
	return all
}

// farPage follows the list to its twentieth page.
func (b *benchmark) farPage() func(*client.Client, int) error {
	b.t.Helper()
	query := "?limit=50"
	for range 20 {
		page, err := b.as("coordinator").Get(b.ctx(), "/discharges"+query)
		b.must(err)
		cursor := client.Text(page, "next_cursor")
		if cursor == "" {
			break
		}
		query = "?limit=50&cursor=" + cursor
	}
	return list("coordinator", query).ask
}

func list(who, query string) reading {
	r := get(who, "/discharges"+query)
	r.what = "list " + query
	if len(r.what) > 44 {
		r.what = r.what[:44]
	}
	return r
}

func get(who, path string) reading {
	return reading{who, path, func(c *client.Client, _ int) error {
		_, err := c.Get(context.Background(), path)
		return err
	}}
}

func search(who, text string) reading {
	return reading{who, "search «" + text + "»", func(c *client.Client, _ int) error {
		_, err := c.Do(context.Background(), http.MethodPost, "/discharges/search", client.Object{"text": text}, nil)
		return err
	}}
}

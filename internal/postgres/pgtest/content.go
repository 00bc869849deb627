package pgtest

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
)

// Content says what a database holds, a line for each table with its rows and a sum over them: the same before and after
// means that nothing has changed. The tables named are left out.
func Content(t testing.TB, url string, except ...string) string {
	t.Helper()
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		t.Fatalf("connect to test database: %v", err)
	}
	defer conn.Close(ctx)
	found, err := conn.Query(ctx, `SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename`)
	if err != nil {
		t.Fatalf("list tables: %v", err)
	}
	tables, err := pgx.CollectRows(found, pgx.RowTo[string])
	if err != nil {
		t.Fatalf("list tables: %v", err)
	}
	var b strings.Builder
	for _, table := range tables {
		if slices.Contains(except, table) {
			continue
		}
		var content string
		row := conn.QueryRow(ctx, `SELECT count(*) || ' ' || coalesce(sum(hashtextextended(t::text, 0)), 0) FROM `+
			pgx.Identifier{table}.Sanitize()+` t`)
		if err := row.Scan(&content); err != nil {
			t.Fatalf("read %s: %v", table, err)
		}
		fmt.Fprintln(&b, table, content)
	}
	return b.String()
}

// Package postgres is what the product remembers: a file per table, plain SQL through pgx.
//
// A case's state, plan, ledger and notifications have one writer, the workflow, through [Store.Record]; its birth is
// [Store.Submit]. Visits, diary, assessments and reads are facts that the api inserts. Public methods open the
// transaction, private functions work in it. What a person may be told is a *discharge.Error; everything else is an
// internal error, wrapped, without values.
package postgres

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
)

// Options are the settings of a [Store]. The zero value works.
type Options struct {
	// MessageHost is the right side of every Message-ID; "dimissioni.invalid" when empty.
	MessageHost string
	// MaxConns is the size of the pool; pgx decides when zero.
	MaxConns int32
	// Tracer sees every query, without its parameters.
	Tracer pgx.QueryTracer
	// LinkKeys make the links of mails and seal second factors; without them there are none.
	LinkKeys LinkKeys
	// SecondFactor asks a second factor of coordinators and administrators.
	SecondFactor bool
}

// Store reads and writes the database. It is safe for concurrent use.
type Store struct {
	pool         *pgxpool.Pool
	messageHost  string
	linkKeys     LinkKeys
	secondFactor bool
	hashing      hashing
}

// Open connects to the database and checks that it answers. The caller closes the Store.
func Open(ctx context.Context, url string, opts Options) (*Store, error) {
	config, err := pgxpool.ParseConfig(url)
	if err != nil {
		return nil, fmt.Errorf("read database url: %w", errors.New("not a valid Postgres URL")) // the cause may hold the password
	}
	if opts.MaxConns > 0 {
		config.MaxConns = opts.MaxConns
	}
	config.ConnConfig.Tracer = opts.Tracer
	config.ConnConfig.RuntimeParams["timezone"] = "UTC"
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return nil, fmt.Errorf("open pool: %w", err)
	}
	if err := pool.Ping(ctx); err != nil {
		pool.Close()
		return nil, fmt.Errorf("reach database: %w", err)
	}
	host := opts.MessageHost
	if host == "" {
		host = "dimissioni.invalid"
	}
	return &Store{
		pool: pool, messageHost: host, linkKeys: opts.LinkKeys, secondFactor: opts.SecondFactor, hashing: newHashing(),
	}, nil
}

// Close waits for the queries under way and closes every connection.
func (s *Store) Close() { s.pool.Close() }

// Ping reports whether the database answers.
func (s *Store) Ping(ctx context.Context) error {
	if err := s.pool.Ping(ctx); err != nil {
		return fmt.Errorf("ping database: %w", err)
	}
	return nil
}

// NewID is a random UUID (version 4), for cases, commands and records of care.
func NewID() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails, see crypto/rand
	return formatID(b)
}

// formatID writes 16 bytes as a UUID of version 4.
func formatID(b [16]byte) string {
	b[6] = b[6]&0x0f | 0x40
	b[8] = b[8]&0x3f | 0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[0:4], b[4:6], b[6:8], b[8:10], b[10:])
}

// querier is what the pool and a transaction have in common.
type querier interface {
	Exec(ctx context.Context, sql string, args ...any) (pgconn.CommandTag, error)
	Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error)
	QueryRow(ctx context.Context, sql string, args ...any) pgx.Row
}

// inTx runs work in a transaction and commits it last; an error rolls everything back.
func (s *Store) inTx(ctx context.Context, work func(tx pgx.Tx) error) error {
	return pgx.BeginFunc(ctx, s.pool, work)
}

// rows collects the rows of a query into structs, by column name.
func rows[T any](ctx context.Context, q querier, sql string, args ...any) ([]T, error) {
	r, err := q.Query(ctx, sql, args...)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(r, pgx.RowToStructByNameLax[T])
}

// row collects the only row of a query; pgx.ErrNoRows when there is none.
func row[T any](ctx context.Context, q querier, sql string, args ...any) (T, error) {
	r, err := q.Query(ctx, sql, args...)
	if err != nil {
		var zero T
		return zero, err
	}
	return pgx.CollectExactlyOneRow(r, pgx.RowToStructByNameLax[T])
}

// column collects a query of one column.
func column[T any](ctx context.Context, q querier, sql string, args ...any) ([]T, error) {
	r, err := q.Query(ctx, sql, args...)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(r, pgx.RowTo[T])
}

// null is nil for an empty text, so that it becomes NULL.
func null(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

// isID reports whether a text can be a uuid column's value: whoever types another one finds nothing.
func isID(s string) bool {
	if len(s) != 36 {
		return false
	}
	for i := range len(s) {
		switch c := s[i]; {
		case i == 8 || i == 13 || i == 18 || i == 23:
			if c != '-' {
				return false
			}
		case c >= '0' && c <= '9', c >= 'a' && c <= 'f', c >= 'A' && c <= 'F':
		default:
			return false
		}
	}
	return true
}

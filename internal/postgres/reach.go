package postgres

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// Reach connects once. What keeps it from that is said in a few Italian words, without the address, for whoever set
// the address up; the cause stays wrapped.
func Reach(ctx context.Context, url string) error {
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		return &unreachable{words: whyUnreachable(err), cause: err}
	}
	return conn.Close(context.WithoutCancel(ctx))
}

type unreachable struct {
	words string
	cause error
}

func (e *unreachable) Error() string { return e.words }

func (e *unreachable) Unwrap() error { return e.cause }

func whyUnreachable(err error) string {
	var malformed *pgconn.ParseConfigError
	var refused *pgconn.PgError
	switch {
	case errors.As(err, &malformed):
		return "non è un indirizzo di Postgres"
	case !errors.As(err, &refused):
		return "il server non risponde"
	case refused.Code == "28P01" || refused.Code == "28000": // invalid_password, invalid_authorization_specification
		return "il server non accetta l'utente o la password"
	case refused.Code == "3D000": // invalid_catalog_name
		return "il database non esiste"
	case refused.Code == "53300": // too_many_connections
		return "il server ha già troppe connessioni"
	case refused.Code == "57P03": // cannot_connect_now
		return "il server si sta avviando o fermando"
	default:
		return fmt.Sprintf("il server non apre la connessione (codice %s)", refused.Code)
	}
}

// Away reports whether an error means that Postgres did not answer, or not in time, or gave up: what was asked of it is
// perhaps done, and may be asked again. Every other answer that it gave is not that.
func Away(err error) bool {
	var connecting *pgconn.ConnectError
	var refused *pgconn.PgError
	var network net.Error
	switch {
	case errors.As(err, &connecting):
		return true
	case errors.As(err, &refused):
		switch refused.Code[:2] {
		case "08", "40", "53", "57": // connection, rollback, resources, operator intervention
			return true
		}
		return false
	}
	return errors.As(err, &network) || errors.Is(err, pgconn.ErrConnClosed) || errors.Is(err, context.DeadlineExceeded) ||
		errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)
}

package temporald

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	v12 "go.temporal.io/server/schema/postgresql/v12"
	"go.temporal.io/server/tools/common/schema"
	"go.temporal.io/server/tools/sql"
)

// schemaOf is one of the server's two databases.
type schemaOf struct {
	database string
	files    string // in the schemas embedded in the server
	version  string // that this server wants
}

var (
	mainSchema       = schemaOf{database: "temporal", files: "postgresql/v12/temporal", version: v12.Version}
	visibilitySchema = schemaOf{database: "temporal_visibility", files: "postgresql/v12/visibility", version: v12.VisibilityVersion}

	schemas = []schemaOf{mainSchema, visibilitySchema}
)

// setUp makes the database and brings its tables to the wanted version. It is quick when there is nothing to do, and takes
// up what a killed one has left half done.
func (s schemaOf) setUp(ctx context.Context, database database, logger logger) error {
	version, err := s.readVersion(ctx, database)
	if err != nil {
		return fmt.Errorf("read schema of %s: %w", s.database, err)
	}
	if version == s.version {
		return nil
	}
	if err := s.create(ctx, database); err != nil {
		return fmt.Errorf("create database %s: %w", s.database, err)
	}
	conn, err := sql.NewConnection(database.config(s.database), logger)
	if err != nil {
		return fmt.Errorf("connect to %s: %w", s.database, err)
	}
	defer conn.Close()
	if version == "" {
		versioning := &schema.SetupConfig{InitialVersion: "0.0"}
		if err := schema.NewSetupSchemaTask(conn, versioning, logger).Run(); err != nil {
			return fmt.Errorf("prepare schema of %s: %w", s.database, err)
		}
	}
	latest := &schema.UpdateConfig{SchemaName: s.files}
	if err := schema.NewUpdateSchemaTask(conn, latest, logger).Run(); err != nil {
		return fmt.Errorf("update schema of %s: %w", s.database, err)
	}
	return nil
}

// readVersion gives the version of the tables; empty when there are none, or no database.
func (s schemaOf) readVersion(ctx context.Context, database database) (string, error) {
	conn, err := pgx.Connect(ctx, database.named(s.database))
	if has(err, "3D000") { // no such database
		return "", nil
	}
	if err != nil {
		return "", err
	}
	defer conn.Close(context.WithoutCancel(ctx))
	var version string
	err = conn.QueryRow(ctx, "SELECT curr_version FROM schema_version WHERE version_partition = 0 AND db_name = $1", s.database).Scan(&version)
	if errors.Is(err, pgx.ErrNoRows) || has(err, "42P01") { // no such table
		return "", nil
	}
	return version, err
}

func (s schemaOf) create(ctx context.Context, database database) error {
	conn, err := pgx.Connect(ctx, database.url.String())
	if err != nil {
		return err
	}
	defer conn.Close(context.WithoutCancel(ctx))
	_, err = conn.Exec(ctx, "CREATE DATABASE "+pgx.Identifier{s.database}.Sanitize())
	if has(err, "42P04") || has(err, "23505") { // it is there, or a killed program's request has just made it
		return nil
	}
	return err
}

// has reports whether Postgres gave the error with this code.
func has(err error, code string) bool {
	refused := (*pgconn.PgError)(nil)
	return errors.As(err, &refused) && refused.Code == code
}

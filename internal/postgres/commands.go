package postgres

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"dimissioni/internal/discharge"
)

// NewCommand is a command as a person gave it, before anything has been decided.
type NewCommand struct {
	CaseID  string // empty: the case is not born yet
	ActorID string
	Route   string // the route's template with the case's id, so that a key counts for one case and one command
	Key     string // the Idempotency-Key; empty: every call is a new command
	Kind    discharge.CommandKind
	Body    []byte // JSON as received: the texts stay here
	Async   bool   // Prefer: respond-async
	Look    *Look  // the look at the case that comes with giving a command; nil: logged apart
}

// CommandStatus is where a stored command stands.
type CommandStatus string

// The statuses of a command.
const (
	CommandPending CommandStatus = "pending" // stored, not decided yet
	CommandDone    CommandStatus = "done"    // recorded; Version is the case's after it
	CommandRefused CommandStatus = "refused" // judged and refused; Refusal says why
)

// StoredCommand is a command's row, without its body.
type StoredCommand struct {
	ID        string
	CaseID    string // empty while the case is not born
	ActorID   string // empty: given from a link, by who has no account
	Kind      discharge.CommandKind
	Status    CommandStatus
	Async     bool
	Version   int              // done
	Refusal   *discharge.Error // refused
	CreatedAt time.Time
}

// BeginCommand stores a command, or finds the one that the same actor gave on the same route with the same key and
// body: done, with its answer; pending, to be waited for under the same id. A refusal is not remembered: the key
// moves to a fresh row. The same key with another body is a *discharge.Error idempotency_key_reused.
func (s *Store) BeginCommand(ctx context.Context, in NewCommand) (StoredCommand, error) {
	var stored StoredCommand
	var refusal *discharge.Error
	err := s.inTx(ctx, func(tx pgx.Tx) error {
		// One transaction for both: each more is one more wait for the disk. A refusal has been a look all the same.
		if err := logAccess(ctx, tx, in.CaseID, in.Look); err != nil {
			return err
		}
		var err error
		if stored, err = beginCommand(ctx, tx, in); errors.As(err, &refusal) {
			return nil
		}
		return err
	})
	if err == nil && refusal != nil {
		err = refusal
	}
	if err != nil {
		return StoredCommand{}, fmt.Errorf("begin command: %w", err)
	}
	return stored, nil
}

func beginCommand(ctx context.Context, tx pgx.Tx, in NewCommand) (StoredCommand, error) {
	body, err := canonical(in.Body)
	if err != nil {
		return StoredCommand{}, discharge.Refuse(discharge.KindMalformed, "Il contenuto non è JSON valido.")
	}
	var key []byte
	if in.Key != "" {
		key = hashOf(in.Key)
	}
	args := pgx.NamedArgs{
		"id": NewID(), "case": null(in.CaseID), "actor": in.ActorID, "route": in.Route, "key": key,
		"hash": hashOf(string(body)), "kind": in.Kind, "body": body, "async": in.Async,
	}
	for {
		tag, err := tx.Exec(ctx, `
			INSERT INTO commands (id, case_id, actor_id, route, key_hash, body_hash, kind, body, prefer_async)
			VALUES (@id, @case, @actor, @route, @key, @hash, @kind, @body, @async)
			ON CONFLICT (actor_id, route, key_hash) WHERE key_hash IS NOT NULL DO NOTHING`, args)
		if err != nil {
			return StoredCommand{}, err
		}
		if tag.RowsAffected() == 1 {
			return findCommand(ctx, tx, args["id"].(string))
		}
		found, err := byKey(ctx, tx, args)
		if err != nil || found.Status != CommandRefused {
			return found, err
		}
		if _, err := tx.Exec(ctx, `UPDATE commands SET key_hash = NULL WHERE id = $1`, found.ID); err != nil {
			return StoredCommand{}, err
		}
	}
}

// byKey finds and holds the command of a key.
func byKey(ctx context.Context, tx pgx.Tx, args pgx.NamedArgs) (StoredCommand, error) {
	var id string
	var same bool
	err := tx.QueryRow(ctx, `
		SELECT id, body_hash = @hash FROM commands
		WHERE actor_id = @actor AND route = @route AND key_hash = @key FOR UPDATE`, args).Scan(&id, &same)
	if err != nil {
		return StoredCommand{}, err
	}
	found, err := findCommand(ctx, tx, id)
	if err == nil && found.Status != CommandRefused && !same {
		return StoredCommand{}, discharge.Refuse(discharge.KindKeyReused,
			"La stessa Idempotency-Key è già servita per un'altra richiesta.")
	}
	return found, err
}

// Command reads a stored command; a *discharge.Error not_found when there is none.
func (s *Store) Command(ctx context.Context, id string) (StoredCommand, error) {
	c, err := findCommand(ctx, s.pool, id)
	if errors.Is(err, pgx.ErrNoRows) {
		return StoredCommand{}, discharge.Refuse(discharge.KindNotFound, "Il comando non esiste.")
	}
	if err != nil {
		return StoredCommand{}, fmt.Errorf("read command: %w", err)
	}
	return c, nil
}

// Refuse settles a pending command with a refusal. One already settled stays as it is.
func (s *Store) Refuse(ctx context.Context, commandID string, refusal *discharge.Error) error {
	err := s.inTx(ctx, func(tx pgx.Tx) error { return refuse(ctx, tx, commandID, refusal) })
	if err != nil {
		return fmt.Errorf("refuse command: %w", err)
	}
	return nil
}

// refuse and settleCommand leave the product's own commands alone: they have no row.
func refuse(ctx context.Context, tx pgx.Tx, id string, refusal *discharge.Error) error {
	return settle(ctx, tx, id, "", CommandRefused, asJSON(refusal))
}

func settleCommand(ctx context.Context, tx pgx.Tx, id, caseID string, version int) error {
	return settle(ctx, tx, id, caseID, CommandDone, asJSON(map[string]int{"version": version}))
}

func settle(ctx context.Context, tx pgx.Tx, id, caseID string, status CommandStatus, answer []byte) error {
	if !isID(id) {
		return nil
	}
	_, err := tx.Exec(ctx, `
		WITH settled AS (
		    UPDATE commands
		    SET status = @status, answer = @answer, answered_at = now(), case_id = coalesce(case_id, @case)
		    WHERE id = @id AND status = 'pending'
		    RETURNING link_id, status, answered_at)
		UPDATE links SET used_at = settled.answered_at FROM settled
		WHERE links.id = settled.link_id AND settled.status = 'done'`,
		pgx.NamedArgs{"id": id, "status": status, "answer": answer, "case": null(caseID)})
	if err != nil {
		return fmt.Errorf("settle command: %w", err)
	}
	return nil
}

// commandBody is what a command was given with, null for the product's own commands.
func commandBody(ctx context.Context, q querier, id string) ([]byte, error) {
	if !isID(id) {
		return nil, nil
	}
	var body []byte
	err := q.QueryRow(ctx, `SELECT body FROM commands WHERE id = $1`, id).Scan(&body)
	if err != nil && !errors.Is(err, pgx.ErrNoRows) {
		return nil, fmt.Errorf("read command body: %w", err)
	}
	return body, nil
}

type commandRow struct {
	ID        string
	CaseID    string
	ActorID   string
	Kind      discharge.CommandKind
	Status    CommandStatus
	Async     bool
	Answer    json.RawMessage
	CreatedAt time.Time
}

// findCommand is pgx.ErrNoRows when there is none.
func findCommand(ctx context.Context, q querier, id string) (StoredCommand, error) {
	if !isID(id) {
		return StoredCommand{}, pgx.ErrNoRows
	}
	list, err := listCommands(ctx, q, `WHERE id = $1`, id)
	if err == nil && len(list) == 0 {
		return StoredCommand{}, pgx.ErrNoRows
	}
	if err != nil {
		return StoredCommand{}, err
	}
	return list[0], nil
}

func listCommands(ctx context.Context, q querier, where string, args ...any) ([]StoredCommand, error) {
	list, err := rows[commandRow](ctx, q, `
		SELECT id, coalesce(case_id::text, '') AS case_id, coalesce(actor_id::text, '') AS actor_id, kind, status, prefer_async AS async,
		       coalesce(answer, '{}') AS answer, created_at
		FROM commands `+where, args...)
	if err != nil {
		return nil, fmt.Errorf("read commands: %w", err)
	}
	commands := make([]StoredCommand, len(list))
	for i, r := range list {
		c := StoredCommand{
			ID: r.ID, CaseID: r.CaseID, ActorID: r.ActorID, Kind: r.Kind, Status: r.Status, Async: r.Async,
			CreatedAt: r.CreatedAt.UTC(),
		}
		var answer struct{ Version int }
		switch r.Status {
		case CommandDone:
			err = json.Unmarshal(r.Answer, &answer)
			c.Version = answer.Version
		case CommandRefused:
			c.Refusal = new(discharge.Error)
			err = json.Unmarshal(r.Answer, c.Refusal)
		case CommandPending:
		}
		if err != nil {
			return nil, fmt.Errorf("read command answer: %w", err)
		}
		commands[i] = c
	}
	return commands, nil
}

// canonical is a JSON text with its keys in order and without spaces, so that two bodies that say the same are the
// same; an empty body is {}.
func canonical(body []byte) ([]byte, error) {
	if len(bytes.TrimSpace(body)) == 0 {
		return []byte("{}"), nil
	}
	var value any
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.UseNumber()
	if err := decoder.Decode(&value); err != nil {
		return nil, err
	}
	if decoder.More() {
		return nil, errors.New("more than one value")
	}
	text, err := json.Marshal(value)
	if err == nil && bytes.Contains(text, []byte(`\u0000`)) {
		return nil, errors.New("a NUL, which Postgres cannot keep")
	}
	return text, err
}

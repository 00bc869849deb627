package postgres

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"dimissioni/internal/calendar"
	"dimissioni/internal/discharge"
)

type eventRow struct {
	Seq       int
	Kind      discharge.EventKind
	CommandID string
	ActorUser string
	ActorOrg  string
	ActorRole discharge.Role
	OnDate    calendar.Date
	At        time.Time
	Telephone bool
	Facts     discharge.Facts
}

const eventColumns = `
	e.seq, e.kind, coalesce(e.command_id, '') AS command_id, coalesce(e.actor_user::text, '') AS actor_user,
	coalesce(e.actor_org::text, '') AS actor_org, e.actor_role, e.on_date, e.at, e.telephone, e.facts`

func (r eventRow) event() discharge.Event {
	return discharge.Event{
		Seq: r.Seq, Kind: r.Kind, CommandID: r.CommandID,
		Actor: discharge.Actor{UserID: r.ActorUser, OrgID: r.ActorOrg, Role: r.ActorRole},
		On:    r.OnDate, At: r.At.UTC(), Telephone: r.Telephone, Facts: r.Facts,
	}
}

// eventsAfter are the events past a sequence, in order.
func eventsAfter(ctx context.Context, q querier, caseID string, after int) ([]discharge.Event, error) {
	list, err := rows[eventRow](ctx, q, `
		SELECT `+eventColumns+` FROM events e WHERE e.case_id = $1 AND e.seq > $2 ORDER BY e.seq`, caseID, after)
	if err != nil {
		return nil, fmt.Errorf("read events: %w", err)
	}
	events := make([]discharge.Event, len(list))
	for i, r := range list {
		events[i] = r.event()
	}
	return events, nil
}

func insertEvents(ctx context.Context, tx pgx.Tx, caseID string, events []discharge.Event) error {
	for _, e := range events {
		_, err := tx.Exec(ctx, `
			INSERT INTO events (case_id, seq, kind, command_id, actor_user, actor_org, actor_role, on_date, at,
			                    telephone, facts)
			VALUES (@case, @seq, @kind, @command, @user, @org, @role, @on, @at, @telephone, @facts)`,
			pgx.NamedArgs{
				"case": caseID, "seq": e.Seq, "kind": e.Kind, "command": null(e.CommandID),
				"user": null(e.Actor.UserID), "org": null(e.Actor.OrgID), "role": e.Actor.Role,
				"on": e.On, "at": e.At, "telephone": e.Telephone, "facts": asJSON(e.Facts),
			})
		if err != nil {
			return fmt.Errorf("insert event: %w", err)
		}
	}
	return nil
}

package postgres

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/jackc/pgx/v5"

	"dimissioni/internal/discharge"
)

// TimelineEntry is an event with the words of its command and the name of who gave it.
type TimelineEntry struct {
	Event            discharge.Event
	ActorName        string // empty: the passing of time
	OrganisationName string
	PartnerName      string // of the partner that is asked, answers or hands back
	Note             string
	Reason           string
	Question         string // request_information
	TelephoneWith    string // recorded by telephone: who said so
	Ward             string // readmission_notice: where the person is
	Phone            string // readmission_notice: of that ward
}

// Timeline is everything that happened to a case, in order.
func (s *Store) Timeline(ctx context.Context, caseID string) ([]TimelineEntry, error) {
	type entryRow struct {
		eventRow
		ActorName        string
		OrganisationName string
		PartnerName      string
		Note             string
		Reason           string
		Question         string
		TelephoneWith    string
		Ward             string
		Phone            string
	}
	list, err := rows[entryRow](ctx, s.pool, `
		SELECT `+eventColumns+`, coalesce(u.name, '') AS actor_name, coalesce(o.name, '') AS organisation_name,
		       coalesce(p.name, '') AS partner_name,
		       coalesce(c.body->>'note', '') AS note, coalesce(c.body->>'reason', '') AS reason,
		       coalesce(c.body->>'question', '') AS question, coalesce(c.body->>'by_telephone_with', '') AS telephone_with,
		       CASE WHEN e.kind = 'readmission_noticed' THEN coalesce(c.body->>'ward', '') ELSE '' END AS ward,
		       CASE WHEN e.kind = 'readmission_noticed' THEN coalesce(c.body->>'phone', '') ELSE '' END AS phone
		FROM events e
		LEFT JOIN commands c ON c.case_id = e.case_id AND c.id::text = e.command_id
		LEFT JOIN users u ON u.id = e.actor_user
		LEFT JOIN organisations o ON o.id = e.actor_org
		LEFT JOIN organisations p ON p.id::text = e.facts->>'partner_id'
		WHERE e.case_id = $1 ORDER BY e.seq`, caseID)
	if err != nil {
		return nil, fmt.Errorf("read timeline: %w", err)
	}
	entries := make([]TimelineEntry, len(list))
	for i, r := range list {
		entries[i] = TimelineEntry{
			Event: r.event(), ActorName: r.ActorName, OrganisationName: r.OrganisationName,
			PartnerName: r.PartnerName, Note: r.Note, Reason: r.Reason, Question: r.Question, TelephoneWith: r.TelephoneWith,
			Ward: r.Ward, Phone: r.Phone,
		}
	}
	return entries, nil
}

// Said is the body of the command that became an event: the words that the rules have no use for (who was there, the
// minutes, the place).
type Said struct {
	Seq  int
	Kind discharge.EventKind
	Body json.RawMessage
}

// Said are the bodies behind the events of these kinds, the oldest first.
func (s *Store) Said(ctx context.Context, caseID string, kinds ...discharge.EventKind) ([]Said, error) {
	list, err := rows[Said](ctx, s.pool, `
		SELECT e.seq, e.kind, c.body FROM events e JOIN commands c ON c.case_id = e.case_id AND c.id::text = e.command_id
		WHERE e.case_id = @case AND e.kind = ANY (@kinds::text[]) ORDER BY e.seq`,
		pgx.NamedArgs{"case": caseID, "kinds": kinds})
	if err != nil {
		return nil, fmt.Errorf("read what was said: %w", err)
	}
	return list, nil
}

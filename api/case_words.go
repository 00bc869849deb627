package api

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"

	"dimissioni/internal/discharge"
)

// words are what people wrote with the facts of a case. The rules have no use for them: they stay in Postgres with
// their commands, and are read again beside the facts, by the event's seq.
type words struct {
	meetings map[int]meetingBody
	visits   map[int]homeVisitBody
	place    string // of the open invitation
	goals    goalsOutcome
}

// wordsOf reads them, in the order of the events: a later word takes the place of an earlier one.
func (s *server) wordsOf(ctx context.Context, v seen) (words, error) {
	w := words{meetings: map[int]meetingBody{}, visits: map[int]homeVisitBody{}}
	c := v.Snapshot
	if len(c.Meetings)+len(c.HomeVisits) == 0 && c.Convened == nil && c.Exit == nil {
		return w, nil
	}
	said, err := s.store.Said(ctx, v.ID, discharge.MeetingRecorded, discharge.HomeVisitRecorded,
		discharge.MeetingConvened, discharge.MeetingMoved, discharge.Closed, discharge.OutcomeCompletedLate)
	if err != nil {
		return w, err
	}
	for _, one := range said {
		if err := w.add(one.Seq, one.Kind, one.Body); err != nil {
			return w, fmt.Errorf("read words: %w", err)
		}
	}
	return w, nil
}

func (w *words) add(seq int, kind discharge.EventKind, body json.RawMessage) error {
	switch kind {
	case discharge.MeetingRecorded:
		return keep(w.meetings, seq, body)
	case discharge.HomeVisitRecorded:
		return keep(w.visits, seq, body)
	case discharge.MeetingConvened, discharge.MeetingMoved:
		if kind == discharge.MeetingConvened {
			w.place = ""
		}
		var convened conveneBody
		err := json.Unmarshal(body, &convened)
		w.place = cmp.Or(convened.Place, w.place) // moved, it stays where it was unless another place is named
		return err
	default: // the ends
		var ended closeBody
		err := json.Unmarshal(body, &ended)
		w.goals = ended.GoalsOutcome
		return err
	}
}

func keep[B any](in map[int]B, seq int, text json.RawMessage) error {
	var body B
	err := json.Unmarshal(text, &body)
	in[seq] = body
	return err
}

// attendees gives those who took part in a meeting their names back.
func (w words) attendees(m discharge.HeldMeeting) []attendee {
	said := w.meetings[m.Seq].Attendees
	list := make([]attendee, len(m.Attendees))
	for i, a := range m.Attendees {
		list[i] = attendee{Role: a.Role, Mode: a.Mode}
		if i < len(said) && said[i].Role == a.Role {
			list[i].Name = said[i].Name
		}
	}
	return list
}

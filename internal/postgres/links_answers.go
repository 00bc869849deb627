package postgres

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"dimissioni/internal/discharge"
)

// TryCode spends one of a link's tries on a typed code. The right one is used up, counts the tries anew and answers with
// the link of the next round, for [Store.LinkProof]. Fits is false for a wrong code and for a locked link.
func (s *Store) TryCode(ctx context.Context, l Link, typed string, now time.Time) (next Link, fits bool, err error) {
	// The try is taken before it is judged, so that many at once cannot have more than they are allowed.
	err = s.pool.QueryRow(ctx, `
		UPDATE links SET code_attempts = code_attempts + 1 WHERE id = $1 AND code_attempts < $2
		RETURNING code_attempts, code_round`, l.ID, codeTries).Scan(&l.CodeAttempts, &l.CodeRound)
	if errors.Is(err, pgx.ErrNoRows) {
		l.CodeAttempts = codeTries
		return l, false, nil
	}
	if err != nil {
		return l, false, fmt.Errorf("take try: %w", err)
	}
	if fits, err = s.linkKeys.codeFits(l, typed, now); err != nil || !fits {
		return l, false, err
	}
	tag, err := s.pool.Exec(ctx, `
		UPDATE links SET code_attempts = 0, code_round = code_round + 1 WHERE id = $1 AND code_round = $2`, l.ID, l.CodeRound)
	if err != nil {
		return l, false, fmt.Errorf("use code: %w", err)
	}
	l.CodeAttempts, l.CodeRound = 0, l.CodeRound+1
	return l, tag.RowsAffected() == 1, nil
}

// TriesLeft is how many codes may still be typed.
func (l Link) TriesLeft() int { return max(0, codeTries-l.CodeAttempts) }

// How often a code goes out by SMS.
const (
	mostSends = 3
	sendEvery = time.Minute
)

// TakeSend reports whether a code may go out by SMS now, and counts it.
func (s *Store) TakeSend(ctx context.Context, linkID string, now time.Time) (bool, error) {
	tag, err := s.pool.Exec(ctx, `
		UPDATE links SET code_sends = code_sends + 1, code_sent_at = @now
		WHERE id = @id AND code_sends < @most AND (code_sent_at IS NULL OR code_sent_at <= @before)`,
		pgx.NamedArgs{"id": linkID, "now": now, "most": mostSends, "before": now.Add(-sendEvery)})
	if err != nil {
		return false, fmt.Errorf("take send: %w", err)
	}
	return tag.RowsAffected() == 1, nil
}

// Answered is a command given from a link.
type Answered struct {
	StoredCommand
	Body []byte
}

// BeginAnswer stores the command that a link's holder gives. A link gives one command in its life, so that the second
// click, whatever it says, finds the first one; a refused one is not remembered.
func (s *Store) BeginAnswer(ctx context.Context, l Link, kind discharge.CommandKind, body []byte) (Answered, error) {
	text, err := canonical(body)
	if err != nil {
		return Answered{}, discharge.Refuse(discharge.KindMalformed, "La richiesta non si legge.")
	}
	var out Answered
	err = s.inTx(ctx, func(tx pgx.Tx) error {
		out, err = beginAnswer(ctx, tx, pgx.NamedArgs{
			"id": NewID(), "case": l.CaseID, "actor": null(l.UserID), "link": l.ID, "hash": hashOf(string(text)),
			"kind": kind, "body": text,
		})
		return err
	})
	if err != nil {
		return Answered{}, fmt.Errorf("begin answer: %w", err)
	}
	return out, nil
}

// beginAnswer locks nothing that Record wants while it waits for it: the link is settled with the command.
func beginAnswer(ctx context.Context, tx pgx.Tx, args pgx.NamedArgs) (Answered, error) {
	for {
		_, err := tx.Exec(ctx, `
			INSERT INTO commands (id, case_id, actor_id, link_id, route, body_hash, kind, body)
			VALUES (@id, @case, @actor, @link, '/answers/:token', @hash, @kind, @body)
			ON CONFLICT (link_id) WHERE link_id IS NOT NULL AND status <> 'refused' DO NOTHING`, args)
		if err != nil {
			return Answered{}, err
		}
		found, err := listCommands(ctx, tx, `WHERE link_id = $1 AND status <> 'refused'`, args["link"])
		if err != nil {
			return Answered{}, err
		}
		if len(found) == 0 {
			continue // refused in between
		}
		given, err := commandBody(ctx, tx, found[0].ID)
		return Answered{found[0], given}, err
	}
}

// KeepAcknowledgement records that a link's holder has read what it is about: presa visione. A link that has been used
// stays as it is.
func (s *Store) KeepAcknowledgement(ctx context.Context, l Link, note string, now time.Time) error {
	return s.useLink(ctx, l, now, `INSERT INTO acknowledgements (link_id, case_id, note, at) VALUES (@link, @case, @note, @now)`,
		pgx.NamedArgs{"note": note})
}

// KeepAttendance records whether a link's holder comes to the équipe that it is about. A link that has been used stays
// as it is.
func (s *Store) KeepAttendance(ctx context.Context, l Link, coming bool, note string, now time.Time) error {
	return s.useLink(ctx, l, now, `
		INSERT INTO attendance (link_id, case_id, meeting_uid, sequence, coming, note, at)
		VALUES (@link, @case, @uid, @sequence, @coming, @note, @now)`,
		pgx.NamedArgs{"uid": l.Subject.UID, "sequence": l.Subject.Sequence, "coming": coming, "note": note})
}

// useLink uses a link up and records the fact that it was used for, both or neither.
func (s *Store) useLink(ctx context.Context, l Link, now time.Time, fact string, args pgx.NamedArgs) error {
	args["link"], args["case"], args["now"] = l.ID, l.CaseID, now
	err := s.inTx(ctx, func(tx pgx.Tx) error {
		tag, err := tx.Exec(ctx, `UPDATE links SET used_at = @now WHERE id = @link AND used_at IS NULL`, args)
		if err != nil || tag.RowsAffected() == 0 {
			return err
		}
		_, err = tx.Exec(ctx, fact, args)
		return err
	})
	if err != nil {
		return fmt.Errorf("use link: %w", err)
	}
	return nil
}

// LogLinkAccess records that a link's holder has read its case, before the answer goes out.
func (s *Store) LogLinkAccess(ctx context.Context, l Link, what string) error {
	_, err := s.pool.Exec(ctx, `
		INSERT INTO accesses (case_id, user_id, organisation_id, link_id, role, what)
		VALUES (@case, @user, (SELECT organisation_id FROM users WHERE id = @user), @link, @role, @what)`,
		pgx.NamedArgs{"case": l.CaseID, "user": null(l.UserID), "link": l.ID, "role": l.Role, "what": what})
	if err != nil {
		return fmt.Errorf("log access: %w", err)
	}
	return nil
}

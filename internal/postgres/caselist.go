package postgres

import (
	"context"
	"encoding/base64"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"dimissioni/internal/calendar"
	"dimissioni/internal/discharge"
)

// CaseFilter narrows a list of cases. Empty fields do not narrow, except Scopes.
type CaseFilter struct {
	// Scopes are the roles the reader holds; a case is listed when one of them may see it. None: nothing is listed.
	Scopes       []Scope
	Programme    string
	States       []discharge.State
	Overdue      *bool
	Urgent       *bool
	Partner      string // serving, or asked
	CaseManager  string // in charge
	Owner        string
	Municipality string // istat, of the residence or of where the person goes
	Code         string
	Text         string // names; never logged
	Waitlist     bool   // only waitlisted, in DOMAIN's order: who is next

	// Sees is asked of every case that the scopes let through; nil lets all of them pass. What it leaves out is on no
	// page and in no cursor.
	Sees func(CaseSummary) bool
	Now  time.Time // the real time; zero: now
}

// Scope is one role of a reader in one programme. It must list what discharge.Case.View shows, or more: the api
// asks View again for each case.
type Scope struct {
	Programme  string
	Role       discharge.Role
	UserID     string
	OrgID      string
	HospitalID string
	ISTAT      string // municipality: the reader's
}

// Cases lists summaries, the newest submission first. The cursor of the next page is empty on the last one; an unknown
// cursor is refused as malformed. A page is stable under inserts.
func (s *Store) Cases(ctx context.Context, f CaseFilter, cursor string, limit int) ([]CaseSummary, string, error) {
	if f.Waitlist {
		limit = longestWaitlist
	}
	var shown []CaseSummary
	for {
		list, err := s.someCases(ctx, f, cursor, limit+1)
		if err != nil {
			return nil, "", err
		}
		for _, c := range list {
			if f.Sees == nil || f.Sees(c) {
				shown = append(shown, c)
			}
		}
		if len(shown) > limit {
			return shown[:limit], writeCursor(shown[limit-1]), nil
		}
		if len(list) <= limit {
			return shown, "", nil
		}
		cursor = writeCursor(list[len(list)-1])
	}
}

// someCases are the cases past a cursor that the scopes let through, at most so many.
func (s *Store) someCases(ctx context.Context, f CaseFilter, cursor string, most int) ([]CaseSummary, error) {
	where, args := f.where()
	order := "c.submitted_at DESC, c.id DESC"
	if f.Waitlist {
		order = waitlistOrder
	} else if cursor != "" {
		at, id, err := readCursor(cursor)
		if err != nil {
			return nil, err
		}
		where = append(where, "(c.submitted_at, c.id) < (@cursor_at, @cursor_id)")
		args["cursor_at"], args["cursor_id"] = at, id
	}
	args["limit"] = most
	// Planned each time: what is asked of a list decides the way to it, and a plan for any question suits none.
	list, err := rows[CaseSummary](ctx, s.pool, `
		SELECT `+summaryColumns+` FROM cases c JOIN patients pt ON pt.case_id = c.id
		WHERE `+strings.Join(where, " AND ")+`
		ORDER BY `+order+` LIMIT @limit`, pgx.QueryExecModeCacheDescribe, args)
	if err != nil {
		return nil, fmt.Errorf("list cases: %w", err)
	}
	return list, nil
}

// longestWaitlist is more than any programme can have: the waitlist is one page.
const longestWaitlist = 10_000

// where writes the filter as SQL conditions and their arguments.
func (f CaseFilter) where() ([]string, pgx.NamedArgs) {
	now := f.Now
	if now.IsZero() {
		now = time.Now()
	}
	args := pgx.NamedArgs{"today": calendar.DateOf(now)}
	where := []string{f.scopes(args)}
	narrow := func(when bool, cond, name string, value any) {
		if when {
			where = append(where, cond)
			args[name] = value
		}
	}
	byID := func(id, cond, name string) {
		if id != "" && !isID(id) {
			cond = "false"
		}
		narrow(id != "", cond, name, id)
	}
	narrow(f.Programme != "", "c.programme_id = @programme", "programme", f.Programme)
	narrow(f.Waitlist, "c.state = @waitlisted", "waitlisted", discharge.StateWaitlisted)
	if len(f.States) == 1 { // then the index is in the list's order
		narrow(true, "c.state = @state", "state", f.States[0])
	} else {
		narrow(len(f.States) > 0, "c.state = ANY(@states)", "states", f.States)
	}
	flagged := func(flag *bool, column string) {
		if flag != nil && *flag {
			where = append(where, column)
		} else if flag != nil {
			where = append(where, "NOT "+column)
		}
	}
	flagged(f.Overdue, "c.overdue")
	flagged(f.Urgent, "c.urgent")
	byID(f.Partner, "(c.partner_id = @partner OR c.proposed_partner_id = @partner)", "partner")
	byID(f.CaseManager, "c.case_manager_id = @case_manager", "case_manager")
	byID(f.Owner, "c.owner_id = @owner", "owner")
	narrow(f.Municipality != "", "(c.municipality_istat = @municipality OR c.residence_istat = @municipality)",
		"municipality", f.Municipality)
	narrow(f.Code != "", "c.code = upper(@code)", "code", strings.TrimSpace(f.Code))
	var indexed []string
	for i, word := range strings.Fields(searchable(f.Text)) {
		name := fmt.Sprintf("word%d", i)
		narrow(true, "(' ' || pt.search) LIKE @"+name, name, "% "+likeEscaper.Replace(word)+"%")
		if plain(word) {
			indexed = append(indexed, word+":*")
		}
	}
	narrow(len(indexed) > 0, "to_tsvector('simple', pt.search) @@ to_tsquery('simple', @words)", "words",
		strings.Join(indexed, " & "))
	return where, args
}

// plain reports whether a word is of those that the index of names knows by their beginnings for sure: letters alone. It
// only leads to the names, which are then compared.
func plain(word string) bool {
	return !strings.ContainsFunc(word, func(r rune) bool { return r < 'a' || r > 'z' })
}

var likeEscaper = strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`)

// scopes is the condition that some role of the reader may see the case; see discharge.Case.View. A role held in several
// programmes is one condition: Postgres finds its way through fewer alternatives.
func (f CaseFilter) scopes(args pgx.NamedArgs) string {
	programmes := map[Scope][]string{}
	var held []Scope
	for _, sc := range f.Scopes {
		programme := sc.Programme
		sc.Programme = ""
		if programmes[sc] == nil {
			held = append(held, sc)
		}
		programmes[sc] = append(programmes[sc], programme)
	}
	var conds []string
	for i, sc := range held {
		sees, ok := scopeConditions[sc.Role]
		if !ok {
			continue
		}
		prefix := fmt.Sprintf("@s%d_", i)
		args[prefix[1:]+"programmes"] = programmes[sc]
		args[prefix[1:]+"user"] = null(sc.UserID)
		args[prefix[1:]+"org"] = null(sc.OrgID)
		args[prefix[1:]+"hospital"] = null(sc.HospitalID)
		args[prefix[1:]+"istat"] = null(sc.ISTAT)
		conds = append(conds, scopeArgs(prefix).Replace("(c.programme_id = ANY(@programmes) AND ("+sees+"))"))
	}
	if len(conds) == 0 {
		return "false"
	}
	return "(" + strings.Join(conds, " OR ") + ")"
}

// scopeArgs gives a scope's arguments their names: @ is the scope's own, ~ the list's.
func scopeArgs(prefix string) *strings.Replacer {
	return strings.NewReplacer(" @>", " @>", "@", prefix, "~", "@")
}

var scopeConditions = map[discharge.Role]string{
	discharge.RoleCoordinator: "true",
	discharge.RoleDPO:         "true",
	discharge.RoleSender: "c.ward_id = @org::uuid OR c.sender_id = @user::uuid OR c.notice_ward_ids && ARRAY[@org::uuid] AND " +
		stillOpen,
	discharge.RoleHospitalContact: "c.hospital_id = @hospital::uuid",
	discharge.RolePartnerManager: "(c.partner_id = @org::uuid OR " + served + ") AND " + stillOpen +
		" OR c.proposed_partner_id = @org::uuid",
	discharge.RoleCaseManager: "c.case_manager_ids && ARRAY[@user::uuid] AND " + stillOpen,
	discharge.RoleOperator: "(c.partner_id = @org::uuid OR " + served + ") AND " + stillOpen +
		" AND c.id IN (SELECT a.case_id FROM assignments a WHERE a.user_id = @user::uuid)",
	discharge.RoleMunicipality: "(c.municipality_istat = @istat OR c.residence_istat = @istat) AND (" + stillOpen +
		" AND c.shared_municipality OR c.screened_by = 'municipality')",
}

// served: the partner has handed the case over, and may read it for a while.
const served = `c.former_partner_ids ? @org::uuid::text AND EXISTS (SELECT FROM jsonb_array_elements(c.snapshot->'former_partners') f
	WHERE f->>'partner_id' = @org::uuid::text AND (c.clock_offset_ms <> 0 OR
	      (f->>'until')::date + (c.snapshot->'rules'->>'access_days')::int >= ~today::date - 1))`

// stillOpen: who cared keeps access for a while after the end. One day of slack, since the case's own clock decides.
const stillOpen = "(c.access_until IS NULL OR c.access_until >= ~today::date - 1 OR c.clock_offset_ms <> 0)"

func writeCursor(c CaseSummary) string {
	raw := c.SubmittedAt.UTC().Format(time.RFC3339Nano) + " " + c.ID
	return base64.RawURLEncoding.EncodeToString([]byte(raw))
}

func readCursor(cursor string) (time.Time, string, error) {
	wrong := discharge.Invalid("cursor", "invalid_value", "Il cursore non è valido.")
	wrong.Kind = discharge.KindMalformed
	raw, err := base64.RawURLEncoding.DecodeString(cursor)
	if err != nil {
		return time.Time{}, "", wrong
	}
	left, id, ok := strings.Cut(string(raw), " ")
	at, err := time.Parse(time.RFC3339Nano, left)
	if !ok || err != nil || !isID(id) || at.Location() != time.UTC || at.Year() < 1 {
		return time.Time{}, "", wrong // what we write is in UTC, of our time
	}
	return at, id, nil
}

package api

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"dimissioni/internal/calendar"
	"dimissioni/internal/discharge"
	"dimissioni/internal/postgres"
)

// commandSpec is a line of the table of commands: its kind, which gives the path, and its body.
type commandSpec struct {
	kind discharge.CommandKind
	body func() commandBody
}

// commandBody is what a person sends with a command. Its keys are those of openapi.yaml, which checks lengths, sets
// and what is required; facts says what the rules need of it: codes, dates, ids. The words stay in Postgres.
type commandBody interface {
	said() *common
	facts() discharge.Facts
}

// lookup is a body that must look further before its facts can stand: at the directory, at the referral so far.
type lookup interface {
	look(t turn, f *discharge.Facts) error
}

// common is what every command may carry.
type common struct {
	On              calendar.Date `json:"on,omitzero"`                // when it happened; the case's today
	Note            string        `json:"note,omitzero"`              // text
	ByTelephoneWith string        `json:"by_telephone_with,omitzero"` // the coordinator: with whom
}

func (b *common) said() *common { return b }

// nothing is the body of the commands that say all with their name.
type nothing struct{ common }

func (*nothing) facts() discharge.Facts { return discharge.Facts{} }

// turn is what a body may look at.
type turn struct {
	context.Context
	*server
	v     seen
	actor discharge.Actor
}

// commandTable is every command that people give to a case that exists. DOMAIN, Commands; API, Commands.
func commandTable() []commandSpec {
	return slices.Concat(referralCommands, admissionCommands, planCommands, careCommands, endCommands)
}

// with makes the body of a line of the table.
func with[B any, P interface {
	*B
	commandBody
}]() commandBody {
	return P(new(B))
}

func (c commandSpec) path() string { return strings.ReplaceAll(string(c.kind), "_", "-") }

// route is where the contract describes the body.
func (c commandSpec) route() string {
	return http.MethodPost + " " + base + "/discharges/:id/" + c.path()
}

// command takes a person's command from the API.
func (s *server) command(spec commandSpec) func(*gin.Context) error {
	return func(c *gin.Context) error {
		in, err := s.newCommand(c, spec.kind)
		if err != nil {
			return err
		}
		v, err := s.open(c, spec.kind)
		var stored postgres.StoredCommand
		if err != nil {
			stored, err = s.repeated(c, in, err)
		} else {
			stored, err = s.obey(c, spec, in, v)
		}
		switch {
		case err != nil:
			return err
		case in.Async && stored.Status != postgres.CommandDone:
			return s.accepted(c, stored)
		default:
			return s.sendAfter(c, stored.CaseID, stored.ID)
		}
	}
}

// obey takes a person's command, from wherever it comes, on a case that the person sees: may do, well said, stored; then
// the engine decides. Unless it is told not to wait, the command is done when there is no error. ARCHITECTURE, A command,
// step by step.
func (s *server) obey(c *gin.Context, spec commandSpec, in postgres.NewCommand, v seen) (postgres.StoredCommand, error) {
	look := v.lookAt("command " + spec.path())
	actor, err := v.actor(spec.kind)
	if err != nil {
		return s.refused(c, in, v.ID, look, err)
	}
	cmd, err := s.judge(in, turn{c, s, v, actor}, spec)
	if err != nil {
		return postgres.StoredCommand{}, cmp.Or(s.store.LogAccess(c, v.ID, look), err)
	}
	in.CaseID, in.Look = v.ID, &look
	return s.give(c, in, cmd)
}

// judge makes the command of a body: well said. Nothing is stored yet.
func (s *server) judge(in postgres.NewCommand, t turn, spec commandSpec) (discharge.Command, error) {
	body := spec.body()
	if err := s.contract.readCommand(spec.route(), in.Body, body); err != nil {
		return discharge.Command{}, err
	}
	return commandOf(t, spec.kind, body)
}

// newCommand reads who asks what with which key; nothing is judged or stored yet.
func (s *server) newCommand(c *gin.Context, kind discharge.CommandKind) (postgres.NewCommand, error) {
	raw, err := s.rawBody(c)
	if err != nil {
		return postgres.NewCommand{}, err
	}
	key := c.GetHeader("Idempotency-Key")
	if len(key) > 200 {
		return postgres.NewCommand{}, discharge.Invalid("Idempotency-Key", "too_long", "La chiave è troppo lunga.")
	}
	return postgres.NewCommand{
		ActorID: reader(c).ID,
		Route:   strings.Replace(c.FullPath(), ":id", c.Param("id"), 1),
		Key:     key, Kind: kind, Body: raw,
		Async: prefersAsync(c.Request.Header.Values("Prefer")),
	}, nil
}

// prefersAsync reads the Prefer headers (RFC 7240): preferences with commas, each perhaps with parameters.
func prefersAsync(headers []string) bool {
	return slices.ContainsFunc(strings.Split(strings.Join(headers, ","), ","), func(preference string) bool {
		name, _, _ := strings.Cut(preference, ";")
		return strings.EqualFold(strings.TrimSpace(name), "respond-async")
	})
}

// repeated finds a command already done whose case the reader sees no more, as after a decline. Otherwise the case stays
// not found.
func (s *server) repeated(c *gin.Context, in postgres.NewCommand, notSeen error) (postgres.StoredCommand, error) {
	if discharge.KindOf(notSeen) != discharge.KindNotFound {
		return postgres.StoredCommand{}, notSeen
	}
	done, ok, err := s.store.RepeatedCommand(c, in)
	if err == nil && !ok {
		err = notSeen
	}
	return done, err
}

// refused finds a command already done by somebody who sees the case and by now may not give it, as after a handover.
// Otherwise it is forbidden, and stands in the log as asked for in vain.
func (s *server) refused(
	c *gin.Context, in postgres.NewCommand, id string, look postgres.Look, refusal error,
) (postgres.StoredCommand, error) {
	done, ok, err := s.store.RepeatedCommand(c, in)
	if !ok {
		look.What = postgres.RefusedAccess + look.What
	}
	err = cmp.Or(err, s.store.LogAccess(c, id, look))
	if err == nil && !ok {
		err = refusal
	}
	return done, err
}

// commandOf is the command for the rules.
func commandOf(t turn, kind discharge.CommandKind, body commandBody) (discharge.Command, error) {
	said := body.said()
	if said.ByTelephoneWith != "" && t.actor.Role != discharge.RoleCoordinator {
		return discharge.Command{}, discharge.Invalid("by_telephone_with", "not_applicable",
			"Solo il coordinatore registra ciò che gli è stato detto al telefono.")
	}
	facts := body.facts()
	if l, ok := body.(lookup); ok {
		if err := l.look(t, &facts); err != nil {
			return discharge.Command{}, err
		}
	}
	return discharge.Command{
		Kind: kind, Actor: t.actor, On: said.On, ByTelephone: said.ByTelephoneWith != "", Facts: facts,
	}, nil
}

// give stores the command and hands it to the engine, waiting for the answer or not.
func (s *server) give(c *gin.Context, in postgres.NewCommand, cmd discharge.Command) (postgres.StoredCommand, error) {
	stored, err := s.store.BeginCommand(c, in)
	if err != nil || stored.Status == postgres.CommandDone {
		return stored, err
	}
	cmd.ID, stored.CaseID = stored.ID, in.CaseID
	if in.Async {
		return stored, s.engine.Send(c, in.CaseID, cmd)
	}
	err = s.apply(c, in.CaseID, cmd)
	if err == nil {
		stored.Status = postgres.CommandDone
	}
	return stored, err
}

// apply gives a stored command to the engine; a refusal is written down beside it.
func (s *server) apply(ctx context.Context, caseID string, cmd discharge.Command) error {
	err := s.engine.Apply(ctx, caseID, cmd)
	var refusal *discharge.Error
	switch kind := discharge.KindOf(err); {
	case err == nil:
		return nil
	case kind == discharge.KindInternal || kind == discharge.KindUnavailable || !errors.As(err, &refusal):
		s.log.WarnContext(ctx, "no answer to a command", slog.String("command_id", cmd.ID), slog.String("cause", cause(err)))
		return errUnavailable
	}
	// The caller may have gone; the refusal is true all the same.
	kept, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	return errors.Join(s.store.Refuse(kept, cmd.ID, refusal), refusal)
}

// sendAfter answers with the case after a command: as the reader sees it now or, when it went out of sight with the
// command (a proposal declined), its code and the state that the command left it in.
func (s *server) sendAfter(c *gin.Context, caseID, commandID string) error {
	v, err := s.look(c, caseID)
	if discharge.KindOf(err) == discharge.KindNotFound {
		return s.sendLeft(c, caseID, commandID)
	}
	if err != nil {
		return err
	}
	return s.sendCase(c, http.StatusOK, v)
}

// sendLeft answers with what the command made of the case, not with what became of it since.
func (s *server) sendLeft(c *gin.Context, caseID, commandID string) error {
	stored, err := s.store.Command(c, commandID)
	if err != nil {
		return err
	}
	events, _, err := s.store.Load(c, caseID)
	if err != nil {
		return err
	}
	left, at := discharge.Case{ID: caseID}, stored.CreatedAt
	for _, e := range events[:min(stored.Version, len(events))] {
		left, at = left.Apply(e), e.At
	}
	c.JSON(http.StatusOK, caseAnswer{
		ID: left.ID, Code: left.Code, ProgrammeID: left.Rules.Programme, AllowedCommands: []discharge.CommandKind{},
		statePart: &statePart{State: left.State, Version: left.Version, Today: left.Today(at)},
	})
	return nil
}

type commandStatus struct {
	ID         string                 `json:"id"`
	CaseID     string                 `json:"case_id,omitempty"`
	Kind       discharge.CommandKind  `json:"kind"`
	Status     postgres.CommandStatus `json:"status"`
	Version    int                    `json:"version,omitempty"`
	RecordedAt time.Time              `json:"recorded_at"`
	Problem    *problem               `json:"problem,omitempty"`
}

func statusOf(stored postgres.StoredCommand) commandStatus {
	status := commandStatus{
		ID: stored.ID, CaseID: stored.CaseID, Kind: stored.Kind, Status: stored.Status, Version: stored.Version,
		RecordedAt: stored.CreatedAt,
	}
	if stored.Refusal != nil {
		p := problemOf(stored.Refusal)
		status.Problem = &p
	}
	return status
}

func (s *server) accepted(c *gin.Context, stored postgres.StoredCommand) error {
	c.Header("Location", base+"/commands/"+stored.ID)
	c.Header("Preference-Applied", "respond-async")
	c.JSON(http.StatusAccepted, statusOf(stored))
	return nil
}

// getCommand says what became of a command, to whoever gave it.
func (s *server) getCommand(c *gin.Context) error {
	stored, err := s.store.Command(c, c.Param("id"))
	if err != nil {
		return err
	}
	if stored.ActorID != reader(c).ID {
		return errNotFound
	}
	c.JSON(http.StatusOK, statusOf(stored))
	return nil
}

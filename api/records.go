package api

import (
	"errors"
	"net/http"

	"github.com/gin-gonic/gin"

	"dimissioni/internal/calendar"
	"dimissioni/internal/discharge"
	"dimissioni/internal/postgres"
)

// Records of care are facts: the api inserts them where the case's state allows it, and they decide nothing. Each has
// the id of the command that brought it, so that the same key brings it once.

// record opens the case for a record of care: in sight, by a role that may, of a case that has a partner or ended
// not long ago.
func (s *server) record(c *gin.Context, what string, may func(seen) error) (postgres.NewCommand, seen, error) {
	in, err := s.newCommand(c, discharge.CommandKind(what))
	if err != nil {
		return in, seen{}, err
	}
	v, err := s.see(c, "write "+what, may)
	return in, v, err
}

// recordable refuses days on which nothing can have happened.
func recordable(v seen, on calendar.Date) error {
	c, today := v.Snapshot, v.Snapshot.Today(v.now)
	late := c.Exit != nil && c.State == discharge.StateClosed &&
		!today.After(c.Rules.Calendar.AddWorkdays(c.Exit.On, c.Rules.LateRecordWorkdays))
	switch {
	case !c.State.HasPartner() && !late:
		return discharge.Refuse(discharge.KindNotAllowed,
			"In questo stato della pratica non si registra: serve un ente che segue la persona, o una conclusione recente.")
	case on.Before(calendar.DateOf(c.SubmittedAt)):
		return discharge.Invalid("on", "too_early", "La data è prima della segnalazione.")
	case c.Exit != nil && on.After(c.Exit.On):
		return discharge.Invalid("on", "too_late", "La data è dopo la conclusione.")
	default:
		return nil
	}
}

func notInFuture(v seen, on calendar.Date) error {
	if on.After(v.Snapshot.Today(v.now)) {
		return discharge.Invalid("on", "too_late", "La data del fatto non può essere nel futuro.")
	}
	return nil
}

// once stores the command of a record, has it written under the command's id, and settles it. Done before, it is
// written again to no effect.
func (s *server) once(c *gin.Context, in postgres.NewCommand, write func(id string) error) (string, error) {
	stored, err := s.store.BeginCommand(c, in)
	if err != nil {
		return "", err
	}
	if stored.Status == postgres.CommandDone {
		return stored.ID, nil
	}
	err = write(stored.ID)
	var refusal *discharge.Error
	if errors.As(err, &refusal) && refusal.Kind != discharge.KindUnavailable {
		err = errors.Join(s.store.Refuse(c, stored.ID, refusal), refusal) // the key may come again with a better body
	}
	if err != nil {
		return "", err
	}
	return stored.ID, s.store.SettleFact(c, stored.ID)
}

// listOf answers with the records of a case: to who cares, to the coordinator and, of visits, to the operator.
func listOf[R, A any](
	s *server, c *gin.Context, what string, operators bool,
	read func(*gin.Context, seen) ([]R, error), turn func(R) A, key func(A) string,
) error {
	may := []discharge.View{discharge.ViewFull, discharge.ViewCare}
	if operators {
		may = append(may, discharge.ViewOperator)
	}
	v, err := s.see(c, what, reads(may...))
	if err != nil {
		return err
	}
	list, err := read(c, v)
	if err != nil {
		return err
	}
	return send(c, http.StatusOK, each(list, turn), key)
}

// created answers with the record just written, found among those of the case by its id.
func created[R, A any](c *gin.Context, list []R, err error, id func(R) string, want string, turn func(R) A) error {
	if err != nil {
		return err
	}
	for _, r := range list {
		if id(r) == want {
			c.JSON(http.StatusCreated, turn(r))
			return nil
		}
	}
	return errors.New("find record just written: gone")
}

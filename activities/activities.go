// Package activities is what the workflows do in the world: read and record cases in Postgres, send mails. Each is
// thin and idempotent. What leaves it as an error is a constant text and a kind, because a local activity's failure
// is written in plain text in the history, whatever the converter; the cause goes to the log.
package activities

import (
	"context"
	"errors"

	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/temporal"

	"dimissioni/internal/discharge"
	"dimissioni/internal/engine"
	"dimissioni/internal/mail"
	"dimissioni/internal/postgres"
)

// Activities holds what the activities need. Workflows name its methods through a nil pointer.
type Activities struct {
	Store  *postgres.Store
	Mail   *mail.Sender
	Engine *engine.Client
	// CasePage is the absolute address of a case's page, for the mails to those who have an account; nil: no links.
	CasePage func(caseID string) string
	// AnswerPage is the absolute address of a link's page, for the mails to those who answer without an account; nil: no
	// such links.
	AnswerPage func(token string) string
	// PasswordPage is the absolute address of the page where a link sets a password; nil: no such mails.
	PasswordPage func(token string) string
}

// stumble is the error of a step that did not work now and may work later.
func stumble(ctx context.Context, step string, err error) error {
	activity.GetLogger(ctx).Warn("activity stumbled", "step", step, "cause", stripped(err))
	return temporal.NewApplicationErrorWithOptions(step+" did not work", string(discharge.KindUnavailable),
		temporal.ApplicationErrorOptions{})
}

// stripped is a cause without values: of what Postgres says, the code alone.
func stripped(err error) string {
	var reply interface{ SQLState() string }
	if errors.As(err, &reply) {
		return "SQLSTATE " + reply.SQLState()
	}
	return err.Error()
}

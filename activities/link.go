package activities

import (
	"context"
	"time"

	"dimissioni/internal/mail"
	"dimissioni/internal/postgres"
)

// withLink puts a message's own link into its letter: what its reader does there needs no account. Links live by real
// time, whatever the case's clock says.
func (a *Activities) withLink(ctx context.Context, m postgres.Mail, letter mail.Message) (mail.Message, error) {
	if !m.HasLink || a.AnswerPage == nil {
		return letter, nil
	}
	token, last, err := a.Store.OpenLink(ctx, m.ID, time.Now())
	if err != nil || token == "" {
		return letter, err
	}
	letter.Link, letter.LinkUntil = a.AnswerPage(token), last
	return letter, nil
}

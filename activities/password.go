package activities

import (
	"context"
	"time"

	"go.temporal.io/sdk/activity"

	"dimissioni/internal/calendar"
	"dimissioni/internal/discharge"
	"dimissioni/internal/engine"
	"dimissioni/internal/mail"
)

// PasswordLetter sends the mail with a link to set a password, unless it has gone or the link is of no use any more. A mail
// that the server refuses for good is given up: the administrator sees in the list of accounts who has not come in.
func (a *Activities) PasswordLetter(ctx context.Context, in engine.PasswordLetterRequest) error {
	if a.PasswordPage == nil {
		return nil
	}
	letter, err := a.Store.PasswordLetter(ctx, in.LinkID, time.Now())
	if discharge.KindOf(err) == discharge.KindNotFound {
		return nil
	}
	if err != nil {
		return stumble(ctx, "find password letter", err)
	}
	session := a.Mail.Session()
	defer session.Close()
	err = session.Send(ctx, mail.Message{
		ID: letter.ID, MessageID: letter.MessageID, Moment: discharge.MomentPasswordLink, RecipientKind: discharge.ToUser,
		To: letter.Address, ToName: letter.Name, Link: a.PasswordPage(letter.Token),
		DueOn: calendar.DateOf(letter.ExpiresAt), DueAt: letter.ExpiresAt,
	})
	switch {
	case err != nil && mail.Permanent(err):
		activity.GetLogger(ctx).Warn("password letter not sent", "link_id", in.LinkID, "kind", failedForGood, "cause", err.Error())
	case err != nil:
		return stumble(ctx, "send password letter", err)
	}
	kept, cancel := context.WithTimeout(context.WithoutCancel(ctx), afterwork)
	defer cancel()
	if err := a.Store.PasswordLetterSent(kept, in.LinkID, time.Now()); err != nil {
		return stumble(ctx, "mark password letter", err)
	}
	return nil
}

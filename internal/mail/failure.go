package mail

import (
	"context"
	"errors"
	"net/textproto"
	"strconv"

	gomail "github.com/wneessen/go-mail"
)

// Permanent reports whether err, from [Session.Send], stays the same however often the mail is sent: the server
// refused this reader's address or this mail, the address is none, or there are no words for the moment. Everything
// else passes: a server that is down, slow, busy or wrongly set.
func Permanent(err error) bool {
	var f *failure
	return errors.As(err, &f) && f.permanent
}

// The steps at which a mail may stop.
const (
	stepAddress = "reader's address is not valid"
	stepRender  = "render letter"
	stepConnect = "connect to the mail server"
	stepSender  = "mail server refused the sender"
	stepReader  = "mail server refused the reader"
	stepContent = "mail server refused the mail"
	stepTalk    = "talk to the mail server"
)

// failure says why a mail did not go. It has the server's code and never its text, which repeats the address.
type failure struct {
	step      string
	code      int // of the server, 0 none
	permanent bool
	cause     error // ours or the network's; nil when the server spoke
	hungUp    bool  // the connection was dead before the mail's turn came
}

func (f *failure) Error() string {
	text := f.step
	if f.code != 0 {
		text += " (" + strconv.Itoa(f.code) + ")"
	}
	if f.cause != nil {
		text += ": " + f.cause.Error()
	}
	return text
}

func (f *failure) Unwrap() error { return f.cause }

// breaksConnection reports whether the next mail needs a new connection: the server has hung up, or nobody knows what
// it waits for.
func (f *failure) breaksConnection() bool { return f.code == 0 || f.code == 421 }

// connectFailure is about the server, before any reader is named. Of a refused login it keeps the code alone: the
// server's text may repeat the user's name.
func connectFailure(ctx context.Context, err error) *failure {
	if ctx.Err() != nil {
		return &failure{step: stepConnect, cause: ctx.Err()}
	}
	var reply *textproto.Error
	if errors.As(err, &reply) {
		return &failure{step: stepConnect, code: reply.Code}
	}
	return &failure{step: stepConnect, cause: err}
}

// sendFailure classifies what go-mail says of one mail.
func sendFailure(ctx context.Context, err error) *failure {
	if ctx.Err() != nil {
		return &failure{step: stepTalk, cause: ctx.Err()}
	}
	var e *gomail.SendError
	if !errors.As(err, &e) {
		return &failure{step: stepTalk}
	}
	f := &failure{step: stepTalk, code: e.ErrorCode(), hungUp: e.Reason == gomail.ErrConnCheck}
	switch e.Reason {
	case gomail.ErrSMTPMailFrom:
		f.step = stepSender
	case gomail.ErrSMTPRcptTo:
		f.step = stepReader
		f.permanent = refuses(f.code)
	case gomail.ErrSMTPData, gomail.ErrSMTPDataClose:
		f.step = stepContent
		f.permanent = refuses(f.code)
	default:
		// The others are not about this mail.
	}
	if f.code == 0 {
		f.step, f.permanent = stepTalk, false
	}
	return f
}

// refuses reports whether a reply is about the reader or the mail. 502, 503, 530 and 535 are about us: commands, their
// order, a login that the server wants.
func refuses(code int) bool {
	switch code {
	case 502, 503, 530, 535, 538:
		return false
	default:
		return code >= 500 && code < 600
	}
}

package mail

import (
	netmail "net/mail"
	"strings"
	"time"

	gomail "github.com/wneessen/go-mail"

	"dimissioni/internal/calendar"
)

// Headers of demo and training. Elsewhere a mail says nothing of itself to the servers that it passes.
const (
	headerCase   gomail.Header = "X-Dimissioni-Case"
	headerMoment gomail.Header = "X-Dimissioni-Moment"
)

// compose puts a rendered letter into its envelope.
func (s *Sender) compose(m Message, now time.Time) (*gomail.Msg, error) {
	to, err := bareAddress(m.To)
	if err != nil {
		return nil, &failure{step: stepAddress, permanent: true}
	}
	rendered, err := Render(m, s.settings)
	if err != nil {
		return nil, &failure{step: stepRender, permanent: true, cause: err}
	}
	msg := gomail.NewMsg(gomail.WithNoDefaultUserAgent())
	msg.FromMailAddress(&netmail.Address{Name: s.settings.senderName(m), Address: s.from.Address})
	if !m.person() {
		to.Name = m.ToName
	}
	msg.ToMailAddress(to)
	msg.Subject(rendered.Subject)
	msg.SetMessageIDWithValue(strings.Trim(s.messageID(m), "<>"))
	msg.SetDateWithValue(now.In(calendar.Rome))
	msg.SetGenHeader("Auto-Submitted", "auto-generated")
	if s.settings.Marked {
		if m.CaseCode != "" {
			msg.SetGenHeader(headerCase, m.CaseCode)
		}
		msg.SetGenHeader(headerMoment, string(m.Moment))
	}
	msg.SetBodyString(gomail.TypeTextPlain, rendered.Text)
	msg.AddAlternativeString(gomail.TypeTextHTML, rendered.HTML)
	if rendered.ICS != nil {
		// Base64, so that no server on the way touches the lines.
		msg.AddAlternativeString(gomail.ContentType("text/calendar; method="+rendered.ICSMethod), string(rendered.ICS),
			gomail.WithPartEncoding(gomail.EncodingB64))
	}
	return msg, nil
}

func (s *Sender) messageID(m Message) string {
	if m.MessageID != "" {
		return m.MessageID
	}
	return s.settings.MessageID(m.ID)
}

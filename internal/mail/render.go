package mail

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	"html/template"
	"net/url"
	"strings"
	texttemplate "text/template"

	"dimissioni/internal/discharge"
)

// Rendered is a letter in its twin forms, with the invitation of a meeting.
type Rendered struct {
	Subject   string
	Text      string
	HTML      string
	ICS       []byte // nil but for the meeting moments
	ICSMethod string // REQUEST or CANCEL
}

//go:embed templates/letter.txt.tmpl templates/letter.html.tmpl
var layouts embed.FS

var (
	textLayout = texttemplate.Must(texttemplate.ParseFS(layouts, "templates/letter.txt.tmpl"))
	htmlLayout = template.Must(template.ParseFS(layouts, "templates/letter.html.tmpl"))
)

var (
	errIncomplete = errors.New("message lacks what its moment needs")
	errLink       = errors.New("link is not an absolute web address")
)

// Render writes the letter of a message. It is deterministic. It fails when no letter exists for the moment and the
// reader, or when the message lacks what the moment speaks of; no repetition can heal that.
func Render(m Message, s Settings) (Rendered, error) {
	m, err := m.complete()
	if err != nil {
		return Rendered{}, err
	}
	words, err := letterFor(m)
	if err != nil {
		return Rendered{}, err
	}
	p := newPage(m, words, s)
	r := Rendered{Subject: p.Subject}
	var text, html bytes.Buffer
	if err := textLayout.Execute(&text, p); err != nil {
		return Rendered{}, fmt.Errorf("lay out text: %w", err)
	}
	if err := htmlLayout.Execute(&html, p); err != nil {
		return Rendered{}, fmt.Errorf("lay out html: %w", err)
	}
	r.Text, r.HTML = text.String(), html.String()
	if m.Meeting != nil {
		if r.ICS, r.ICSMethod, err = invitation(m, s); err != nil {
			return Rendered{}, err
		}
	}
	return r, nil
}

// complete checks what the moment needs, and drops a meeting that it does not speak of.
func (m Message) complete() (Message, error) {
	for _, link := range m.links() {
		if u, err := url.Parse(link); err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
			return m, errLink
		}
	}
	switch m.Moment {
	case discharge.MomentDigest:
		for _, item := range m.Items {
			if _, ok := duties[item.Clock]; !ok || item.CaseCode == "" {
				return m, errIncomplete
			}
		}
		if len(m.Items) == 0 {
			return m, errIncomplete
		}
		return m, nil
	case discharge.MomentPasswordLink:
		if m.Link == "" {
			return m, errIncomplete
		}
		return m, nil
	case discharge.MomentMeetingConvened, discharge.MomentMeetingMoved, discharge.MomentMeetingCancelled:
		if m.Meeting == nil || m.Meeting.At.IsZero() || m.CaseID == "" || m.QueuedAt.IsZero() {
			return m, errIncomplete
		}
	default:
		m.Meeting = nil
	}
	if m.CaseCode == "" {
		return m, errIncomplete
	}
	if strings.HasPrefix(string(m.Moment), reminderPrefix) {
		return m.withClocks()
	}
	return m, nil
}

func (m Message) links() []string {
	var links []string
	if m.Link != "" {
		links = append(links, m.Link)
	}
	for _, item := range m.Items {
		if item.Link != "" {
			links = append(links, item.Link)
		}
	}
	return links
}

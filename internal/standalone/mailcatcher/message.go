package mailcatcher

import (
	"bytes"
	"fmt"
	"mime"
	netmail "net/mail"
	"slices"
	"strings"
	"time"

	"github.com/wneessen/go-mail"
)

// Message is a caught message as scripts and tests see it.
type Message struct {
	ID string    `json:"id"`
	At time.Time `json:"at"` // real time of arrival, UTC
	// To holds the addresses it was handed over for, which need not be those in its head.
	To        []string `json:"to"`
	Subject   string   `json:"subject"`
	Case      string   `json:"case"`       // X-Dimissioni-Case, such as DP-2026-00042
	Moment    string   `json:"moment"`     // X-Dimissioni-Moment, such as proposal
	MessageID string   `json:"message_id"` // without the angle brackets
	Text      string   `json:"text"`       // the plain text part, lines ended by \n
}

// parsed is a message with what only its page shows.
type parsed struct {
	Message
	Headers     []header
	HTML        string
	HTMLCharset string
	Calendar    string
	Attachments []string
	Unreadable  bool // the parts are not to be told apart
}

// header is a line of the head, decoded.
type header struct{ Name, Value string }

// parse never fails: of a message that is not well formed it gives what can be read.
func parse(id string, content []byte) *parsed {
	p := &parsed{Message: Message{ID: id, At: arrival(id), To: []string{}}}
	head, err := netmail.ReadMessage(bytes.NewReader(content))
	if err != nil {
		p.Unreadable = true
		return p
	}
	p.readHead(head.Header)
	message, err := readEML(content)
	if err != nil {
		p.Unreadable = true
		return p
	}
	for _, part := range message.GetParts() {
		p.readPart(part)
	}
	for _, file := range slices.Concat(message.GetAttachments(), message.GetEmbeds()) {
		p.Attachments = append(p.Attachments, file.Name)
		if p.Calendar == "" && strings.HasSuffix(strings.ToLower(file.Name), ".ics") {
			var text bytes.Buffer
			if _, err := file.Writer(&text); err == nil {
				p.Calendar = lines(text.Bytes())
			}
		}
	}
	return p
}

// readEML guards the page against the library: some malformed messages make it panic.
func readEML(content []byte) (message *mail.Msg, err error) {
	defer func() {
		if cause := recover(); cause != nil {
			err = fmt.Errorf("parse message: %v", cause)
		}
	}()
	return mail.EMLToMsgFromReader(bytes.NewReader(content))
}

func (p *parsed) readHead(head netmail.Header) {
	p.To = append(p.To, head["Delivered-To"]...)
	p.Subject = decode(head.Get("Subject"))
	p.Case = head.Get("X-Dimissioni-Case")
	p.Moment = head.Get("X-Dimissioni-Moment")
	p.MessageID = strings.Trim(head.Get("Message-ID"), "<> ")
	for name, values := range head {
		for _, value := range values {
			p.Headers = append(p.Headers, header{Name: name, Value: decode(value)})
		}
	}
	slices.SortStableFunc(p.Headers, func(a, b header) int { return strings.Compare(a.Name, b.Name) })
}

func (p *parsed) readPart(part *mail.Part) {
	content, err := part.GetContent()
	if err != nil {
		p.Unreadable = true
		return
	}
	kind, _, _ := strings.Cut(strings.ToLower(string(part.GetContentType())), ";")
	switch strings.TrimSpace(kind) {
	case "text/plain":
		p.Text = lines(content)
	case "text/html":
		p.HTML = string(content)
		p.HTMLCharset = strings.Trim(string(part.GetCharset()), `" `)
	case "text/calendar":
		p.Calendar = lines(content)
	}
}

func lines(text []byte) string { return strings.ReplaceAll(string(text), "\r\n", "\n") }

// decode reads the encoded words of a head, =?UTF-8?q?perch=C3=A9?=; what is not well formed stays as it is.
func decode(value string) string {
	decoded, err := new(mime.WordDecoder).DecodeHeader(value)
	if err != nil {
		return value
	}
	return decoded
}

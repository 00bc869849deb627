package mail

import (
	"errors"
	netmail "net/mail"
	"strings"
	"time"
)

// TLSMode is how the connection to the SMTP server is protected.
type TLSMode string

// The modes of SMTP_TLS. With starttls an answer in clear is refused, never accepted.
const (
	TLSNone     TLSMode = "none"
	TLSStartTLS TLSMode = "starttls"
	TLSImplicit TLSMode = "tls"
)

const defaultTimeout = 30 * time.Second

// Settings say who writes, and through which server. Belonging to the service is itself health data: what patients
// and their families see of the sender is PublicName and the host of From, never SenderName.
type Settings struct {
	Host     string
	Port     int
	Username string // empty: the server wants none
	Password string
	TLS      TLSMode       // empty: none
	Timeout  time.Duration // of the connection and of each mail; zero: 30 s

	From       string // MAIL_FROM, a bare address
	SenderName string // shown to professionals, also at the head of subjects; empty: nothing
	PublicName string // shown to patients and their families; empty: the address alone
	Phone      string // whom to call; empty: no number is given
	PhoneHours string // "dal lunedì al venerdì, 8-18"

	Marked bool // demo and training: the headers X-Dimissioni-Case and X-Dimissioni-Moment
}

// Check returns nil, or one error per fault joined, each a line in Italian that names the variable of the
// environment and never repeats its value.
func (s Settings) Check() error {
	var faults []error
	fault := func(wrong bool, line string) {
		if wrong {
			faults = append(faults, errors.New(line))
		}
	}
	fault(s.Host == "", "SMTP_HOST manca: è il nome del server di posta in uscita")
	fault(s.Port < 1 || s.Port > 65535, "SMTP_PORT non è una porta: serve un numero da 1 a 65535")
	switch s.TLS {
	case "", TLSNone, TLSStartTLS, TLSImplicit:
	default:
		fault(true, "SMTP_TLS non è valido: può essere none, starttls o tls")
	}
	fault(s.Username == "" && s.Password != "", "SMTP_USERNAME manca, ma SMTP_PASSWORD è impostata")
	_, err := bareAddress(s.From)
	fault(err != nil, "MAIL_FROM non è un indirizzo di posta: serve il solo indirizzo, senza nome")
	return errors.Join(faults...)
}

// MessageID is the Message-ID of a notification, the same at every attempt.
func (s Settings) MessageID(notificationID string) string {
	return "<" + notificationID + "@" + s.host() + ">"
}

// host is the domain of the sender: mails tell no other name of a machine.
func (s Settings) host() string {
	return s.From[strings.LastIndex(s.From, "@")+1:]
}

// senderName is the sender's name as this reader may see it.
func (s Settings) senderName(m Message) string {
	if m.person() {
		return s.PublicName
	}
	return s.SenderName
}

var errAddress = errors.New("not a bare e-mail address")

// bareAddress parses an address without a name. The error does not repeat it.
func bareAddress(address string) (*netmail.Address, error) {
	parsed, err := netmail.ParseAddress(address)
	if err != nil || parsed.Address != address {
		return nil, errAddress
	}
	return parsed, nil
}

package mail

import (
	"context"
	"crypto/tls"
	"net"
	netmail "net/mail"
	"time"

	gomail "github.com/wneessen/go-mail"
	"github.com/wneessen/go-mail/smtp"
)

// Sender sends letters through one SMTP server. It is safe for concurrent use; each user opens a [Session].
type Sender struct {
	settings Settings
	from     *netmail.Address
	tls      *tls.Config
}

// NewSender returns what [Settings.Check] finds wrong, all at once.
func NewSender(s Settings) (*Sender, error) {
	if err := s.Check(); err != nil {
		return nil, err
	}
	from, err := bareAddress(s.From)
	if err != nil {
		return nil, err
	}
	if s.Timeout <= 0 {
		s.Timeout = defaultTimeout
	}
	return &Sender{settings: s, from: from, tls: &tls.Config{ServerName: s.Host, MinVersion: tls.VersionTLS12}}, nil
}

// Session is one conversation with the server, for a batch of mails. It connects at the first mail and again after a
// broken connection. It is not safe for concurrent use; close it when the batch is done.
type Session struct {
	sender *Sender
	client *gomail.Client
	conn   net.Conn
	smtp   *smtp.Client
}

// Session starts a conversation without connecting yet.
func (s *Sender) Session() *Session { return &Session{sender: s} }

// Send renders one message and gives it to the server. A nil error means that the server has taken it. On an error
// [Permanent] says whether trying again is of use; the same message always bears the same Message-ID.
func (s *Session) Send(ctx context.Context, m Message) error {
	msg, err := s.sender.compose(m, time.Now())
	if err != nil {
		return err
	}
	if err := s.connect(ctx); err != nil {
		return err
	}
	failed := s.deliver(ctx, msg)
	if failed != nil && failed.hungUp {
		// The server hung up between two mails: nothing of this one was said.
		if err := s.connect(ctx); err != nil {
			return err
		}
		failed = s.deliver(ctx, msg)
	}
	if failed != nil {
		return failed
	}
	return nil
}

// Close says goodbye to the server. A server that does not answer is left.
func (s *Session) Close() {
	if s.smtp != nil {
		_ = s.conn.SetDeadline(time.Now().Add(s.sender.settings.Timeout))
		_ = s.smtp.Quit()
	}
	s.drop()
}

func (s *Session) connect(ctx context.Context) error {
	if s.smtp != nil {
		return nil
	}
	stop := func() bool { return true }
	defer func() { stop() }()
	client, err := s.newClient(func(dialCtx context.Context, network, address string) (net.Conn, error) {
		conn, err := s.sender.dial(dialCtx, network, address)
		if err != nil {
			return nil, err
		}
		s.conn, stop = conn, cutOff(ctx, conn)
		return conn, nil
	})
	if err != nil {
		return &failure{step: stepConnect, cause: err}
	}
	ready, err := client.DialToSMTPClientWithContext(ctx)
	if err != nil {
		s.drop() // go-mail leaves the connection open when the greeting fails
		return connectFailure(ctx, err)
	}
	s.client, s.smtp = client, ready
	return nil
}

func (s *Session) deliver(ctx context.Context, msg *gomail.Msg) *failure {
	stop := cutOff(ctx, s.conn)
	defer stop()
	err := s.client.SendWithSMTPClient(s.smtp, msg)
	if msg.IsDelivered() {
		if err != nil {
			s.drop() // the mail is taken, only the farewell to it failed
		}
		return nil
	}
	failed := sendFailure(ctx, err)
	if failed.breaksConnection() {
		s.drop()
	}
	return failed
}

// cutOff ends all talk on a connection when ctx is cancelled: go-mail's sending takes no context.
func cutOff(ctx context.Context, conn net.Conn) (stop func() bool) {
	return context.AfterFunc(ctx, func() { _ = conn.SetDeadline(time.Unix(1, 0)) })
}

// drop forgets the connection.
func (s *Session) drop() {
	if s.conn != nil {
		_ = s.conn.Close()
	}
	s.client, s.conn, s.smtp = nil, nil, nil
}

func (s *Session) newClient(dial gomail.DialContextFunc) (*gomail.Client, error) {
	set := s.sender.settings
	options := []gomail.Option{
		gomail.WithPort(set.Port),
		gomail.WithTimeout(set.Timeout),
		gomail.WithHELO(set.host()), // the machine's own name stays at home
		gomail.WithDialContextFunc(dial),
		gomail.WithTLSConfig(s.sender.tls),
		gomail.WithTLSPolicy(gomail.NoTLS),
	}
	if set.TLS == TLSStartTLS {
		options = append(options, gomail.WithTLSPolicy(gomail.TLSMandatory))
	}
	if set.Username != "" {
		// Without TLS go-mail gives PLAIN and LOGIN to localhost alone.
		options = append(options, gomail.WithUsername(set.Username), gomail.WithPassword(set.Password),
			gomail.WithOpportunisticSMTPAuth(gomail.SMTPAuthSCRAMSHA256, gomail.SMTPAuthSCRAMSHA1,
				gomail.SMTPAuthCramMD5, gomail.SMTPAuthPlain, gomail.SMTPAuthLogin))
	}
	return gomail.NewClient(set.Host, options...)
}

func (s *Sender) dial(ctx context.Context, network, address string) (net.Conn, error) {
	if s.settings.TLS == TLSImplicit {
		return (&tls.Dialer{Config: s.tls}).DialContext(ctx, network, address)
	}
	return (&net.Dialer{}).DialContext(ctx, network, address)
}

// Package mailcatcher is the outgoing mail server of one machine: it accepts every message on loopback, delivers none,
// keeps each as a file, and shows them in the browser. For demonstrations, training and end-to-end tests.
package mailcatcher

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/emersion/go-smtp"

	"dimissioni/internal/standalone"
)

// maxBytes is the largest message accepted, with its attachments.
const maxBytes = 15 << 20

// Options of Start.
type Options struct {
	// Dir holds the messages, one .eml file each; made when missing.
	Dir string
	// SMTPAddr is where the server listens, on loopback only; empty for any port of 127.0.0.1.
	SMTPAddr string
	// Logger for what happens to the server; nil for none. Addresses and subjects are not logged.
	Logger *slog.Logger
	// Reject refuses a recipient when it gives an error: for good (550) with the error's text, or as a *smtp.SMTPError
	// says. nil refuses nobody. It is called from several goroutines.
	Reject func(recipient string) error
}

// Catcher is a running mail catcher. Its methods are safe for concurrent use.
type Catcher struct {
	store    *store
	reject   func(recipient string) error
	logger   *slog.Logger
	smtp     *smtp.Server
	listener net.Listener
	served   chan struct{}
	stop     func() error
}

// Start gives a server that accepts messages. Messages of earlier runs in the folder are listed too.
//
// A fault that the user can mend is a *standalone.Fault: folder not writable, address taken.
func Start(options Options) (*Catcher, error) {
	if options.Logger == nil {
		options.Logger = slog.New(slog.DiscardHandler)
	}
	store, err := openStore(options.Dir)
	if err != nil {
		return nil, err
	}
	listener, err := listen(options.SMTPAddr)
	if err != nil {
		return nil, errors.Join(err, store.close())
	}
	c := &Catcher{
		store: store, reject: options.Reject, logger: options.Logger,
		listener: listener, served: make(chan struct{}),
	}
	c.stop = sync.OnceValue(c.stopOnce)
	c.smtp = smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) { return &session{catcher: c}, nil }))
	c.smtp.Domain = "localhost"
	c.smtp.MaxMessageBytes = maxBytes
	c.smtp.MaxRecipients = 100
	c.smtp.ReadTimeout = time.Minute
	c.smtp.WriteTimeout = time.Minute
	c.smtp.EnableSMTPUTF8 = true
	c.smtp.ErrorLog = errorLog{options.Logger}
	go func() {
		defer close(c.served)
		if err := c.smtp.Serve(listener); err != nil {
			c.logger.Error("mail catcher ended", "error", err)
		}
	}()
	return c, nil
}

func listen(addr string) (net.Listener, error) {
	if addr == "" {
		addr = "127.0.0.1:0"
	}
	tcp, err := net.ResolveTCPAddr("tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("resolve mail catcher address: %w", err)
	}
	if !tcp.IP.IsLoopback() {
		return nil, fmt.Errorf("mail catcher address %s is not loopback", addr)
	}
	listener, err := net.ListenTCP("tcp", tcp)
	if errors.Is(err, syscall.EADDRINUSE) {
		return nil, &standalone.Fault{
			Message: fmt.Sprintf("L'indirizzo %s per la posta di prova è già occupato da un altro programma: fermarlo o cambiare DIMISSIONI_SMTP_ADDR", addr),
			Err:     err,
		}
	}
	if err != nil {
		return nil, fmt.Errorf("listen for mail: %w", err)
	}
	return listener, nil
}

// Addr is where the SMTP server listens, host:port.
func (c *Catcher) Addr() string { return c.listener.Addr().String() }

// Messages gives every caught message, oldest first, also those of earlier runs; never nil.
func (c *Catcher) Messages() ([]Message, error) { return c.store.messages() }

// Stop ends the server at once: a message under way is not accepted, and its sender knows. The files stay; Messages and the
// Handler fail from now on. A second Stop does nothing.
func (c *Catcher) Stop() error { return c.stop() }

func (c *Catcher) stopOnce() error {
	err := c.smtp.Close()
	// The library knows the listener only once it serves, which a quick Stop may come before.
	if closeErr := c.listener.Close(); !errors.Is(closeErr, net.ErrClosed) {
		err = errors.Join(err, closeErr)
	}
	<-c.served
	return errors.Join(err, c.store.close())
}

// session takes the messages of one connection.
type session struct {
	catcher *Catcher
	from    string
	to      []string
}

func (s *session) Reset() { s.from, s.to = "", nil }

func (s *session) Logout() error { return nil }

func (s *session) Mail(from string, _ *smtp.MailOptions) error {
	s.from = from
	return nil
}

func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	if s.catcher.reject != nil {
		if err := s.catcher.reject(to); err != nil {
			return refusal(err)
		}
	}
	s.to = append(s.to, to)
	return nil
}

func refusal(err error) error {
	if chosen := (*smtp.SMTPError)(nil); errors.As(err, &chosen) {
		return chosen
	}
	line := strings.Join(strings.Fields(err.Error()), " ")
	return &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 1, 1}, Message: line}
}

func (s *session) Data(message io.Reader) error {
	id, err := s.catcher.store.save(s.from, s.to, message)
	if tooLarge := (*smtp.SMTPError)(nil); errors.As(err, &tooLarge) {
		return tooLarge
	}
	if err != nil {
		s.catcher.logger.Error("mail not stored", "error", err)
		return &smtp.SMTPError{Code: 451, EnhancedCode: smtp.EnhancedCode{4, 3, 0}, Message: "Message not stored"}
	}
	s.catcher.logger.Debug("mail caught", "id", id)
	return nil
}

// errorLog carries the library's lines to our log. They hold no message text.
type errorLog struct{ logger *slog.Logger }

func (l errorLog) Printf(format string, values ...any) {
	l.logger.Warn("mail catcher connection", "error", fmt.Sprintf(format, values...))
}

func (l errorLog) Println(values ...any) {
	l.logger.Warn("mail catcher connection", "error", strings.TrimSpace(fmt.Sprintln(values...)))
}

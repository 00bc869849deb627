package mail

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"io"
	"math/big"
	"net"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
)

// server is an SMTP server in the test's process. What it answers may be changed between mails.
type server struct {
	host string
	port int

	mu          sync.Mutex
	connections int
	mails       []string
	refuse      func(step, address string) error // step: RCPT or DATA
	login       string                           // wanted user and password, "user:password"
}

// serve starts a server; with a certificate it offers STARTTLS, or TLS at once.
func serve(t *testing.T, mode TLSMode, certificate *tls.Certificate) *server {
	t.Helper()
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	host, port, err := net.SplitHostPort(listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	s := &server{host: host}
	if s.port, err = strconv.Atoi(port); err != nil {
		t.Fatal(err)
	}
	backend := smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.connections++
		return &talk{server: s}, nil
	}))
	backend.ErrorLog = quiet{}
	if certificate != nil {
		backend.TLSConfig = &tls.Config{Certificates: []tls.Certificate{*certificate}, MinVersion: tls.VersionTLS12}
	}
	if mode == TLSImplicit {
		listener = tls.NewListener(listener, backend.TLSConfig)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = backend.Serve(listener)
	}()
	t.Cleanup(func() {
		_ = backend.Close()
		_ = listener.Close() // Serve may not have begun
		<-done
	})
	return s
}

func (s *server) received() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]string(nil), s.mails...)
}

// quiet drops what the server has to say of clients that hang up.
type quiet struct{}

func (quiet) Printf(string, ...any) {}

func (quiet) Println(...any) {}

// talk is one connection, as go-smtp wants it.
type talk struct{ server *server }

func (c *talk) answer(step, address string) error {
	c.server.mu.Lock()
	defer c.server.mu.Unlock()
	if c.server.refuse == nil {
		return nil
	}
	return c.server.refuse(step, address)
}

func (c *talk) Mail(string, *smtp.MailOptions) error { return c.answer("MAIL", "") }

func (c *talk) Rcpt(to string, _ *smtp.RcptOptions) error { return c.answer("RCPT", to) }

func (c *talk) Data(r io.Reader) error {
	body, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	if err := c.answer("DATA", ""); err != nil {
		return err
	}
	c.server.mu.Lock()
	defer c.server.mu.Unlock()
	c.server.mails = append(c.server.mails, string(body))
	return nil
}

func (c *talk) Reset() {}

func (c *talk) Logout() error { return nil }

func (c *talk) AuthMechanisms() []string { return []string{sasl.Plain} }

func (c *talk) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, user, password string) error {
		c.server.mu.Lock()
		defer c.server.mu.Unlock()
		if user+":"+password != c.server.login {
			return &smtp.SMTPError{Code: 535, EnhancedCode: smtp.EnhancedCode{5, 7, 8}, Message: "not you, " + user}
		}
		return nil
	}), nil
}

// settingsFor point at the server.
func settingsFor(s *server) Settings {
	set := settings
	set.Host, set.Port, set.Timeout = s.host, s.port, 5*time.Second
	return set
}

func open(t *testing.T, set Settings) *Session {
	t.Helper()
	return openTrusting(t, set, nil)
}

func openTrusting(t *testing.T, set Settings, roots *x509.CertPool) *Session {
	t.Helper()
	sender, err := NewSender(set)
	if err != nil {
		t.Fatal(err)
	}
	sender.tls.RootCAs = roots
	session := sender.Session()
	t.Cleanup(session.Close)
	return session
}

// selfSigned is a certificate for 127.0.0.1 and who trusts it.
func selfSigned(t *testing.T) (*tls.Certificate, *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AddCert(leaf)
	return &tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, roots
}

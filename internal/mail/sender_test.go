package mail

import (
	"context"
	"errors"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-smtp"

	"dimissioni/internal/discharge"
)

func TestBatchUsesOneConnection(t *testing.T) {
	t.Parallel()
	s := serve(t, TLSNone, nil)
	s.refuse = func(step, address string) error {
		if step == "RCPT" && strings.HasPrefix(address, "nessuno") {
			return &smtp.SMTPError{Code: 550, Message: "no such user " + address}
		}
		return nil
	}
	session := open(t, settingsFor(s))
	for _, to := range []string{"uno@esempio.test", "nessuno@esempio.test", "due@esempio.test"} {
		m := full(discharge.MomentAdmitted, discharge.ToSender)
		m.To = to
		if err := session.Send(t.Context(), m); (err != nil) != strings.HasPrefix(to, "nessuno") {
			t.Errorf("%s: %v", to, err)
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.connections != 1 || len(s.mails) != 2 {
		t.Errorf("%d connections for %d mails, want 1 for 2", s.connections, len(s.mails))
	}
}

func TestRefusalsArePermanentOrPass(t *testing.T) {
	t.Parallel()
	tests := []struct {
		step      string
		code      int
		permanent bool
	}{
		{"RCPT", 550, true},
		{"RCPT", 553, true},
		{"DATA", 554, true},
		{"RCPT", 450, false},
		{"RCPT", 421, false},
		{"DATA", 421, false},
		{"DATA", 451, false},
		{"RCPT", 530, false}, // the server wants a login
		{"MAIL", 550, false}, // about us, not about the reader
		{"MAIL", 452, false},
	}
	s := serve(t, TLSNone, nil)
	for _, tt := range tests {
		s.mu.Lock()
		s.refuse = func(step, address string) error {
			if step != tt.step {
				return nil
			}
			return &smtp.SMTPError{Code: tt.code, Message: "no, " + readerAddress + " " + address}
		}
		s.mu.Unlock()
		session := open(t, settingsFor(s))
		err := session.Send(t.Context(), full(discharge.MomentAdmitted, discharge.ToSender))
		if err == nil || Permanent(err) != tt.permanent {
			t.Errorf("%d at %s: permanent is %t, want %t: %v", tt.code, tt.step, Permanent(err), tt.permanent, err)
		}
		discreet(t, err)
		s.mu.Lock()
		s.refuse = nil
		s.mu.Unlock()
		if err := session.Send(t.Context(), full(discharge.MomentAdmitted, discharge.ToSender)); err != nil {
			t.Errorf("after %d at %s the session is of no use: %v", tt.code, tt.step, err)
		}
	}
}

func TestServerDownPasses(t *testing.T) {
	t.Parallel()
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	set := settings
	set.Host, set.Port = "127.0.0.1", listener.Addr().(*net.TCPAddr).Port
	if err := listener.Close(); err != nil {
		t.Fatal(err)
	}
	err = open(t, set).Send(t.Context(), full(discharge.MomentAdmitted, discharge.ToSender))
	if err == nil || Permanent(err) {
		t.Errorf("permanent is %t: %v", Permanent(err), err)
	}
	if !strings.Contains(err.Error(), "connection refused") {
		t.Errorf("the cause is hidden: %v", err)
	}
	discreet(t, err)
}

// mute accepts connections and says nothing, until the test ends.
func mute(t *testing.T) Settings {
	t.Helper()
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	set := settings
	set.Host, set.Port = "127.0.0.1", listener.Addr().(*net.TCPAddr).Port
	return set
}

func TestSilentServerPasses(t *testing.T) {
	t.Parallel()
	set := mute(t)
	set.Timeout = 50 * time.Millisecond
	err := open(t, set).Send(t.Context(), full(discharge.MomentAdmitted, discharge.ToSender))
	if err == nil || Permanent(err) {
		t.Errorf("permanent is %t: %v", Permanent(err), err)
	}
	discreet(t, err)
}

func TestCancelledSendEndsAtOnce(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	begun := time.Now()
	err := open(t, mute(t)).Send(ctx, full(discharge.MomentAdmitted, discharge.ToSender))
	if !errors.Is(err, context.DeadlineExceeded) || Permanent(err) {
		t.Errorf("permanent is %t: %v", Permanent(err), err)
	}
	if took := time.Since(begun); took > 10*time.Second {
		t.Errorf("it took %v", took)
	}
}

func TestSessionConnectsAgain(t *testing.T) {
	t.Parallel()
	s := serve(t, TLSNone, nil)
	session := open(t, settingsFor(s))
	m := full(discharge.MomentAdmitted, discharge.ToSender)
	if err := session.Send(t.Context(), m); err != nil {
		t.Fatal(err)
	}
	if err := session.conn.Close(); err != nil { // as when the server hangs up between two mails
		t.Fatal(err)
	}
	if err := session.Send(t.Context(), m); err != nil {
		t.Fatal(err)
	}
	if n := len(s.received()); n != 2 {
		t.Errorf("%d mails arrived, want 2", n)
	}
}

func TestWhatCannotBeSentIsPermanent(t *testing.T) {
	t.Parallel()
	s := serve(t, TLSNone, nil)
	session := open(t, settingsFor(s))
	for name, change := range map[string]func(*Message){
		"no address":        func(m *Message) { m.To = "" },
		"not an address":    func(m *Message) { m.To = "bianchessi" },
		"a second header":   func(m *Message) { m.To = "a@esempio.test\r\nBcc: b@esempio.test" },
		"a name beside it":  func(m *Message) { m.To = "Ludovica <a@esempio.test>" },
		"no words for this": func(m *Message) { m.Moment = "unheard_of" },
	} {
		m := full(discharge.MomentAdmitted, discharge.ToSender)
		change(&m)
		err := session.Send(t.Context(), m)
		if err == nil || !Permanent(err) {
			t.Errorf("%s: permanent is %t: %v", name, Permanent(err), err)
		}
		discreet(t, err)
	}
	if n := len(s.received()); n != 0 {
		t.Errorf("%d mails went out", n)
	}
}

func TestTLSIsKeptOrRefused(t *testing.T) {
	t.Parallel()
	certificate, roots := selfSigned(t)
	for _, mode := range []TLSMode{TLSStartTLS, TLSImplicit} {
		s := serve(t, mode, certificate)
		s.login = "utente:segreto"
		set := settingsFor(s)
		set.TLS, set.Username, set.Password = mode, "utente", "segreto"
		m := full(discharge.MomentAdmitted, discharge.ToSender)
		if err := openTrusting(t, set, roots).Send(t.Context(), m); err != nil {
			t.Errorf("%s: %v", mode, err)
		}
		if err := open(t, set).Send(t.Context(), m); err == nil || Permanent(err) {
			t.Errorf("%s: a certificate nobody vouches for was taken: %v", mode, err)
		}
		set.Password = "sbagliato"
		err := openTrusting(t, set, roots).Send(t.Context(), m)
		if err == nil || Permanent(err) || !strings.Contains(err.Error(), "535") {
			t.Errorf("%s: a wrong password: %v", mode, err)
		}
		discreet(t, err)
	}
	plain := serve(t, TLSNone, nil)
	set := settingsFor(plain)
	set.TLS = TLSStartTLS
	if err := open(t, set).Send(t.Context(), full(discharge.MomentAdmitted, discharge.ToSender)); err == nil {
		t.Error("starttls was asked for and the mail went in clear")
	}
}

func TestSettingsAreCheckedAllAtOnce(t *testing.T) {
	t.Parallel()
	_, err := NewSender(Settings{Port: 70000, TLS: "forse", From: "Servizio <a@esempio.test>", Password: "segreto"})
	if err == nil {
		t.Fatal("nothing is wrong")
	}
	lines := strings.Split(err.Error(), "\n")
	want := []string{"SMTP_HOST", "SMTP_PORT", "SMTP_TLS", "SMTP_USERNAME", "MAIL_FROM"}
	if len(lines) != len(want) {
		t.Fatalf("%d lines, want %d: %v", len(lines), len(want), lines)
	}
	for i, name := range want {
		if !strings.HasPrefix(lines[i], name+" ") {
			t.Errorf("line %d is %q, want %s", i, lines[i], name)
		}
	}
	if strings.Contains(err.Error(), "segreto") || strings.Contains(err.Error(), "a@esempio") {
		t.Error("a value is repeated")
	}
}

// discreet checks that an error repeats neither reader nor subject nor login.
func discreet(t *testing.T, err error) {
	t.Helper()
	if err == nil {
		return
	}
	for _, secret := range []string{"@", "bianchessi", "DP-2026", "utente", "Pratica", "Ludovica"} {
		if strings.Contains(err.Error(), secret) {
			t.Errorf("the error repeats %q: %v", secret, err)
		}
	}
}

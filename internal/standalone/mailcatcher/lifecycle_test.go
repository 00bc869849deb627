package mailcatcher

import (
	"errors"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"dimissioni/internal/standalone"
)

func TestStopRightAfterTheStart(t *testing.T) {
	t.Parallel()
	for range 100 {
		c := mustStart(t, Options{})
		if err := c.Stop(); err != nil {
			t.Fatal(err)
		}
	}
}

func TestStopWithAnIdleClient(t *testing.T) {
	t.Parallel()
	c := mustStart(t, Options{})
	client, err := new(net.Dialer).DialContext(t.Context(), "tcp", c.Addr())
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	if err := client.SetDeadline(time.Now().Add(10 * time.Second)); err != nil {
		t.Fatal(err)
	}
	if err := c.Stop(); err != nil {
		t.Fatal(err)
	}
	if again, err := new(net.Dialer).DialContext(t.Context(), "tcp", c.Addr()); err == nil {
		_ = again.Close()
		t.Error("still listening after Stop")
	}
	if _, err := io.Copy(io.Discard, client); errors.Is(err, os.ErrDeadlineExceeded) {
		t.Error("the connection is still open after Stop")
	}
}

func TestFaults(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	taken := mustStart(t, Options{})
	for name, tt := range map[string]struct {
		options Options
		says    string
	}{
		"folder":  {Options{Dir: filepath.Join(file, "posta")}, file},
		"address": {Options{Dir: t.TempDir(), SMTPAddr: taken.Addr()}, taken.Addr()},
	} {
		_, err := Start(tt.options)
		var fault *standalone.Fault
		if !errors.As(err, &fault) || !strings.Contains(fault.Message, tt.says) || strings.Contains(fault.Message, "\n") {
			t.Errorf("%s: error = %v, want a one line fault that names %s", name, err, tt.says)
		}
	}
	if _, err := Start(Options{Dir: t.TempDir(), SMTPAddr: "0.0.0.0:0"}); err == nil {
		t.Error("listens on every interface")
	}
}

package mailcatcher

import (
	"errors"
	"fmt"
	"net"
	"net/smtp"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	gosmtp "github.com/emersion/go-smtp"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/wneessen/go-mail"
)

func mustStart(t *testing.T, options Options) *Catcher {
	t.Helper()
	if options.Dir == "" {
		options.Dir = t.TempDir()
	}
	c, err := Start(options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := c.Stop(); err != nil {
			t.Error(err)
		}
	})
	return c
}

// invitation is a message as the product sends them: text, HTML, calendar.
func invitation(t *testing.T, code, moment string) *mail.Msg {
	t.Helper()
	m := mail.NewMsg()
	if err := errors.Join(m.From("dimissioni@demo.test"), m.To("mmg@demo.test")); err != nil {
		t.Fatal(err)
	}
	m.Subject("Équipe per " + code)
	m.SetMessageIDWithValue("equipe." + code + "@demo.test")
	m.SetGenHeader("X-Dimissioni-Case", code)
	m.SetGenHeader("X-Dimissioni-Moment", moment)
	m.SetBodyString(mail.TypeTextPlain, "Perché lei?\nRisponda su https://demo.test/answers/abc.\n")
	m.AddAlternativeString(mail.TypeTextHTML, "<p>Perché <b>lei</b>?</p><script>alert(1)</script>")
	m.AddAlternativeString("text/calendar; method=REQUEST", "BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nEND:VCALENDAR\r\n")
	return m
}

func send(t *testing.T, c *Catcher, messages ...*mail.Msg) error {
	t.Helper()
	_, port, err := net.SplitHostPort(c.Addr())
	if err != nil {
		t.Fatal(err)
	}
	var number int
	if _, err := fmt.Sscan(port, &number); err != nil {
		t.Fatal(err)
	}
	client, err := mail.NewClient("127.0.0.1", mail.WithPort(number), mail.WithTLSPolicy(mail.NoTLS))
	if err != nil {
		t.Fatal(err)
	}
	return client.DialAndSendWithContext(t.Context(), messages...)
}

func mustSend(t *testing.T, c *Catcher, messages ...*mail.Msg) {
	t.Helper()
	if err := send(t, c, messages...); err != nil {
		t.Fatal(err)
	}
}

func mustList(t *testing.T, c *Catcher) []Message {
	t.Helper()
	messages, err := c.Messages()
	if err != nil {
		t.Fatal(err)
	}
	return messages
}

func TestCaughtMessageIsReadBack(t *testing.T) {
	t.Parallel()
	before := time.Now()
	c := mustStart(t, Options{})
	mustSend(t, c, invitation(t, "DP-2026-00042", "meeting"))
	got := mustList(t, c)
	want := []Message{{
		To: []string{"mmg@demo.test"}, Subject: "Équipe per DP-2026-00042", Case: "DP-2026-00042", Moment: "meeting",
		MessageID: "equipe.DP-2026-00042@demo.test", Text: "Perché lei?\nRisponda su https://demo.test/answers/abc.\n",
	}}
	if diff := cmp.Diff(want, got, cmpopts.IgnoreFields(Message{}, "ID", "At")); diff != "" {
		t.Fatalf("messages (-want +got):\n%s", diff)
	}
	if !idPattern.MatchString(got[0].ID) {
		t.Errorf("id %q has the wrong shape", got[0].ID)
	}
	if got[0].At.Before(before) || got[0].At.After(time.Now()) {
		t.Errorf("arrived at %v, want now", got[0].At)
	}
	if _, err := os.Stat(filepath.Join(c.store.dir.Name(), got[0].ID+".eml")); err != nil {
		t.Error(err)
	}
}

func TestEnvelopeSaysWhoGotIt(t *testing.T) {
	t.Parallel()
	c := mustStart(t, Options{})
	m := invitation(t, "DP-2026-00001", "proposal")
	if err := m.Bcc("archivio@demo.test"); err != nil {
		t.Fatal(err)
	}
	mustSend(t, c, m)
	got := mustList(t, c)[0].To
	if diff := cmp.Diff([]string{"mmg@demo.test", "archivio@demo.test"}, got); diff != "" {
		t.Errorf("recipients (-want +got):\n%s", diff)
	}
}

func TestMessagesSortByArrival(t *testing.T) {
	t.Parallel()
	c := mustStart(t, Options{})
	var senders sync.WaitGroup
	for i := range 20 {
		senders.Go(func() {
			if err := send(t, c, invitation(t, fmt.Sprintf("DP-2026-%05d", i), "proposal")); err != nil {
				t.Error(err)
			}
		})
	}
	senders.Wait()
	mustSend(t, c, invitation(t, "DP-2026-99999", "closure"))
	got := mustList(t, c)
	if len(got) != 21 {
		t.Fatalf("%d messages, want 21", len(got))
	}
	if got[20].Case != "DP-2026-99999" {
		t.Errorf("the last one is of %s", got[20].Case)
	}
	if !slices.IsSortedFunc(got, func(a, b Message) int { return a.At.Compare(b.At) }) {
		t.Error("not in the order of arrival")
	}
}

func TestMessagesOfEarlierRunsStay(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	first := mustStart(t, Options{Dir: dir})
	mustSend(t, first, invitation(t, "DP-2026-00001", "proposal"))
	old := mustList(t, first)[0]
	if err := first.Stop(); err != nil {
		t.Fatal(err)
	}
	// As if the clock had been ahead: what comes later sorts later all the same.
	ahead := time.Now().UTC().Add(time.Hour).Format(timestamp) + "-000001"
	if err := os.Rename(filepath.Join(dir, old.ID+suffix), filepath.Join(dir, ahead+suffix)); err != nil {
		t.Fatal(err)
	}
	killed := filepath.Join(dir, ahead+".tmp") // a message that a killed program had not finished
	if err := os.WriteFile(killed, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	second := mustStart(t, Options{Dir: dir})
	if _, err := os.Stat(killed); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the unfinished message is still there: %v", err)
	}
	mustSend(t, second, invitation(t, "DP-2026-00002", "proposal"))
	got := mustList(t, second)
	if len(got) != 2 || got[0].ID != ahead || got[1].Case != "DP-2026-00002" {
		t.Errorf("messages %+v", got)
	}
}

func TestRefusedRecipientIsRefusedForGood(t *testing.T) {
	t.Parallel()
	c := mustStart(t, Options{Reject: func(recipient string) error {
		switch recipient {
		case "mmg@demo.test":
			return errors.New("no such\nmailbox")
		case "busy@demo.test":
			return &gosmtp.SMTPError{Code: 450, EnhancedCode: gosmtp.EnhancedCode{4, 2, 1}, Message: "later"}
		}
		return nil
	}})
	var refused *mail.SendError
	if err := send(t, c, invitation(t, "DP-2026-00001", "proposal")); !errors.As(err, &refused) {
		t.Fatalf("error = %v, want a refusal", err)
	}
	if refused.IsTemp() || refused.ErrorCode() != 550 || !strings.Contains(refused.Error(), "no such mailbox") {
		t.Errorf("refusal = %v, want a permanent 550", refused)
	}
	later := invitation(t, "DP-2026-00001", "proposal")
	if err := later.To("busy@demo.test"); err != nil {
		t.Fatal(err)
	}
	if err := send(t, c, later); !errors.As(err, &refused) || refused.ErrorCode() != 450 {
		t.Errorf("error = %v, want the 450 of the hook", err)
	}
	if got := mustList(t, c); len(got) != 0 {
		t.Errorf("%d messages stored, want none", len(got))
	}
}

func TestTooLargeMessageIsRefusedAndLeavesNothing(t *testing.T) {
	t.Parallel()
	c := mustStart(t, Options{})
	body := strings.Repeat(strings.Repeat("x", 76)+"\r\n", maxBytes/78+1)
	err := smtp.SendMail(c.Addr(), nil, "a@demo.test", []string{"b@demo.test"}, []byte("Subject: x\r\n\r\n"+body))
	if err == nil || !strings.HasPrefix(err.Error(), "552") {
		t.Errorf("error = %v, want a 552", err)
	}
	left, err := os.ReadDir(c.store.dir.Name())
	if err != nil {
		t.Fatal(err)
	}
	if len(left) != 0 {
		t.Errorf("left behind: %v", left)
	}
}

func TestMalformedMessagesAreListedAllTheSame(t *testing.T) {
	t.Parallel()
	c := mustStart(t, Options{})
	for _, raw := range []string{
		"no head at all\r\n",
		"Subject: x\r\nContent-Type: image/png\r\n\r\n...",
		"Subject: =?UTF-8?q?broken\r\nDate: yesterday\r\n\r\ntext",
		"Subject: x\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n" +
			"Content-Disposition: attachment; filename=x\r\n\r\nboom\r\n--b--\r\n",
	} {
		if err := smtp.SendMail(c.Addr(), nil, "a@demo.test", []string{"b@demo.test"}, []byte(raw)); err != nil {
			t.Fatal(err)
		}
	}
	mustSend(t, c, invitation(t, "DP-2026-00001", "proposal"))
	if got := mustList(t, c); len(got) != 5 || got[4].Text == "" {
		t.Errorf("messages %+v", got)
	}
}

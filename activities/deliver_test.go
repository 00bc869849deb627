package activities_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"dimissioni/internal/calendar"
	"dimissioni/internal/discharge"
	"dimissioni/internal/engine"
)

func TestWhatIsDeliveredIsNotDeliveredAgain(t *testing.T) {
	d := newDesk(t)
	id := d.submit()
	for range 2 {
		out, err := run[engine.Delivered](d, d.Deliver, engine.DeliverRequest{CaseID: id, Version: 1, Now: now})
		d.must(err)
		if !out.NextMailAt.IsZero() || len(out.Failed) > 0 {
			t.Errorf("delivered %+v", out)
		}
	}
	if got := d.received(); !slices.Equal(got, []string{"referral_received"}) {
		t.Errorf("received %v", got)
	}
	messages, err := d.mails.Messages()
	d.must(err)
	if text := messages[0].Text; !strings.Contains(text, "https://demo.test/casi/"+id) || !strings.Contains(text, "entro") {
		t.Errorf("the mail lacks its link or its date:\n%s", text)
	}
	if behind, err := d.Store.Unacknowledged(t.Context(), 0, 10); err != nil || len(behind) != 0 {
		t.Errorf("not acknowledged: %v %v", behind, err)
	}
}

func TestAMailServerThatIsAwayIsTriedAgainWithTheSameMail(t *testing.T) {
	d := newDesk(t)
	id := d.submit()
	d.must(d.mails.Stop())
	request := engine.DeliverRequest{CaseID: id, Version: 1, Now: now}
	if _, err := run[engine.Delivered](d, d.Deliver, request); err == nil {
		t.Fatal("the delivery says that it went well")
	}
	queued, err := d.Store.Notifications(t.Context(), id)
	d.must(err)
	if queued[0].Status != "queued" || queued[0].Attempts != 1 {
		t.Errorf("after a failure: %s, %d attempts", queued[0].Status, queued[0].Attempts)
	}
	d.openMail(d.address)
	_, err = run[engine.Delivered](d, d.Deliver, request)
	d.must(err)
	messages, err := d.mails.Messages()
	d.must(err)
	if len(messages) != 1 || "<"+messages[0].MessageID+">" != queued[0].MessageID {
		t.Errorf("received %+v, want one with %s", messages, queued[0].MessageID)
	}
}

func TestARefusedReaderIsToldOfAndNotTriedAgain(t *testing.T) {
	d := newDesk(t)
	id := d.submit()
	d.refuses.Store(true)
	out, err := run[engine.Delivered](d, d.Deliver, engine.DeliverRequest{CaseID: id, Version: 1, Now: now})
	d.must(err)
	if len(out.Failed) != 1 || !out.NextMailAt.IsZero() {
		t.Errorf("delivered %+v", out)
	}
	if strings.Contains(d.log.String(), "@demo.test") {
		t.Errorf("an address is in the log:\n%s", d.log)
	}
}

func TestNothingGoesBeforeItsTime(t *testing.T) {
	d := newDesk(t)
	id := d.submit()
	out, err := run[engine.Delivered](d, d.Deliver, engine.DeliverRequest{CaseID: id, Version: 1, Now: now.Add(-time.Hour)})
	d.must(err)
	if out.NextMailAt.IsZero() || len(d.received()) != 0 {
		t.Errorf("next %s, received %v", out.NextMailAt, d.received())
	}
}

func TestGivingUpIsForWhatHasWaitedLongEnough(t *testing.T) {
	d := newDesk(t)
	id := d.submit()
	young, err := run[engine.Delivered](d, d.GiveUp, engine.GiveUpRequest{CaseID: id, Before: now.Add(-time.Hour)})
	d.must(err)
	if len(young.Failed) != 0 || young.NextMailAt.IsZero() {
		t.Errorf("too early: %+v", young)
	}
	old, err := run[engine.Delivered](d, d.GiveUp, engine.GiveUpRequest{CaseID: id, Before: now.Add(time.Hour)})
	d.must(err)
	if len(old.Failed) != 1 || !old.NextMailAt.IsZero() {
		t.Errorf("given up: %+v", old)
	}
}

func TestTheDigestGoesOnceADayAndOnWorkingDaysAlone(t *testing.T) {
	d := newDesk(t)
	d.submit()
	at := func(day calendar.Date) engine.DigestRequest { return engine.DigestRequest{Now: day.At(8, 0)} }
	for _, day := range []calendar.Date{today.AddDays(5), calendar.NewDate(2036, 12, 8)} { // a Saturday, a holiday
		out, err := run[engine.Digested](d, d.Digest, at(day))
		d.must(err)
		if out.Sent != 0 {
			t.Errorf("%s: %d sent", day, out.Sent)
		}
	}
	for i, want := range []int{1, 0} { // the referral has not been screened for a week
		out, err := run[engine.Digested](d, d.Digest, at(today.AddDays(7)))
		d.must(err)
		if out.Sent != want || out.Failed != 0 {
			t.Errorf("time %d: %+v", i, out)
		}
	}
	if got := d.received(); !slices.Equal(got, []string{string(discharge.MomentDigest)}) {
		t.Errorf("received %v", got)
	}
}

package postgres

import (
	"sync"
	"testing"

	"dimissioni/internal/discharge"
)

func TestAKeyIsOneCommand(t *testing.T) {
	d := newDesk(t)
	id := d.submit(person(1))
	in := NewCommand{
		CaseID: id, ActorID: byCoordinator.UserID, Route: "take", Key: "k", Kind: discharge.Take, Body: []byte(`{"note":"a","on":null}`),
	}
	first, err := d.BeginCommand(d.ctx, in)
	d.must(err)

	in.Body = []byte(`{ "on": null, "note": "a" }`)
	same, err := d.BeginCommand(d.ctx, in)
	d.must(err)
	if same.ID != first.ID || same.Status != CommandPending {
		t.Errorf("same key and body: %s %s, want the same pending command", same.ID, same.Status)
	}
	in.Body = []byte(`{"note":"b"}`)
	if _, err := d.BeginCommand(d.ctx, in); refusal(t, err).Kind != discharge.KindKeyReused {
		t.Errorf("another body: %v", err)
	}
	in.Route = "other"
	if other, err := d.BeginCommand(d.ctx, in); err != nil || other.ID == first.ID {
		t.Errorf("another route is another command: %v", err)
	}
}

func TestTheAnswerOfADoneCommandIsKept(t *testing.T) {
	d := newDesk(t)
	id := d.submit(person(1))
	in := NewCommand{CaseID: id, ActorID: byCoordinator.UserID, Route: "take", Key: "k", Kind: discharge.Take, Body: []byte(`{}`)}
	first, err := d.BeginCommand(d.ctx, in)
	d.must(err)
	_, err = d.give(id, discharge.Command{ID: first.ID, Kind: discharge.Take, Actor: byCoordinator})
	d.must(err)
	again, err := d.BeginCommand(d.ctx, in)
	d.must(err)
	if again.ID != first.ID || again.Status != CommandDone || again.Version != 2 {
		t.Errorf("again: %+v", again)
	}
	d.must(d.Refuse(d.ctx, first.ID, discharge.Refuse(discharge.KindForbidden, "no")))
	if still, err := d.Command(d.ctx, first.ID); err != nil || still.Status != CommandDone {
		t.Errorf("a done command was refused: %+v, %v", still, err)
	}
}

func TestARefusalIsNotRemembered(t *testing.T) {
	d := newDesk(t)
	id := d.submit(person(1))
	in := NewCommand{CaseID: id, ActorID: byCoordinator.UserID, Route: "take", Key: "k", Kind: discharge.Take, Body: []byte(`{}`)}
	first, err := d.BeginCommand(d.ctx, in)
	d.must(err)
	d.must(d.Refuse(d.ctx, first.ID, discharge.Invalid("on", "too_late", "Nel futuro.")))
	old, err := d.Command(d.ctx, first.ID)
	d.must(err)
	if old.Status != CommandRefused || old.Refusal.Fields[0].Code != "too_late" {
		t.Errorf("refused: %+v", old)
	}
	fresh, err := d.BeginCommand(d.ctx, in)
	d.must(err)
	if fresh.ID == first.ID || fresh.Status != CommandPending {
		t.Errorf("the same key is judged again: %+v", fresh)
	}
	if again, err := d.BeginCommand(d.ctx, in); err != nil || again.ID != fresh.ID {
		t.Errorf("the key has moved to the fresh command: %v", err)
	}
}

func TestABodyMustBeJSON(t *testing.T) {
	d := newDesk(t)
	for _, body := range []string{`{`, `{} {}`, `{"note":"\u0000"}`} {
		in := NewCommand{ActorID: byCoordinator.UserID, Route: "take", Kind: discharge.Take, Body: []byte(body)}
		if _, err := d.BeginCommand(d.ctx, in); refusal(t, err).Kind != discharge.KindMalformed {
			t.Errorf("%s: %v", body, err)
		}
	}
	if _, err := d.Command(d.ctx, "../etc"); refusal(t, err).Kind != discharge.KindNotFound {
		t.Errorf("unknown command: %v", err)
	}
}

func TestOneKeySentManyTimesAtOnceMakesOneCase(t *testing.T) {
	d := newDesk(t)
	var wg sync.WaitGroup
	out := make([]Submitted, 20)
	for i := range out {
		wg.Go(func() {
			var err error
			if out[i], err = d.Submit(d.ctx, d.submission(person(1), "key")); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	repeated := 0
	for _, o := range out {
		if o.CaseID != out[0].CaseID || o.Code != "DP-2026-00001" || o.Version != 1 {
			t.Errorf("%+v, want the case of the others", o)
		}
		if o.Repeated {
			repeated++
		}
	}
	if repeated != len(out)-1 {
		t.Errorf("%d repeated, want all but one", repeated)
	}
}

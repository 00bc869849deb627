package cipher

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	commonpb "go.temporal.io/api/common/v1"
	"go.temporal.io/sdk/converter"
	"go.temporal.io/sdk/temporal"
	"google.golang.org/protobuf/proto"
)

type parcel struct {
	State string
	Days  int
}

func TestAParcelComesBackAndIsNotReadableOnTheWay(t *testing.T) {
	t.Parallel()
	dc := DataConverter(ring(t, NewKey("a")))
	sent := parcel{State: "planning", Days: 21}
	p, err := dc.ToPayload(sent)
	if err != nil {
		t.Fatal(err)
	}
	if raw, _ := proto.Marshal(p); bytes.Contains(raw, []byte("planning")) || bytes.Contains(raw, []byte("json")) {
		t.Errorf("the payload can be read: %q", raw)
	}
	if got := string(p.Metadata["encryption-key-id"]); got != "a" {
		t.Errorf("key id %q, want a", got)
	}
	if got := read(t, dc, p); got != sent {
		t.Errorf("got %+v, want %+v", got, sent)
	}
}

func TestTheSameParcelNeverLooksTheSame(t *testing.T) {
	t.Parallel()
	dc := DataConverter(ring(t, NewKey("a")))
	one, _ := dc.ToPayload("planning")
	two, _ := dc.ToPayload("planning")
	if bytes.Equal(one.Data, two.Data) {
		t.Error("two payloads share their nonce")
	}
}

func TestRotation(t *testing.T) {
	t.Parallel()
	older, newer := NewKey("2026"), NewKey("2027")
	before := DataConverter(ring(t, older))
	after := DataConverter(ring(t, newer+" , "+older))
	old, _ := before.ToPayload(parcel{Days: 1})
	if got := read(t, after, old); got.Days != 1 {
		t.Errorf("what the old key sealed: %+v", got)
	}
	fresh, _ := after.ToPayload(parcel{Days: 2})
	if got := string(fresh.Metadata[metaKeyID]); got != "2027" {
		t.Errorf("key %q encrypts, want the first one", got)
	}
	var lost parcel
	if err := before.FromPayload(fresh, &lost); !errors.Is(err, ErrUnknownKey) {
		t.Errorf("without its key: %v, want %v", err, ErrUnknownKey)
	}
}

func TestTampering(t *testing.T) {
	t.Parallel()
	dc := DataConverter(ring(t, NewKey("a")+","+NewKey("b")))
	for name, spoil := range map[string]func(p *commonpb.Payload){
		"a bit of the data":       func(p *commonpb.Payload) { p.Data[len(p.Data)-1] ^= 1 },
		"a bit of the nonce":      func(p *commonpb.Payload) { p.Data[0] ^= 1 },
		"cut short":               func(p *commonpb.Payload) { p.Data = p.Data[:5] },
		"emptied":                 func(p *commonpb.Payload) { p.Data = nil },
		"said to be another's":    func(p *commonpb.Payload) { p.Metadata[metaKeyID] = []byte("b") },
		"something after the end": func(p *commonpb.Payload) { p.Data = append(p.Data, 0) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p, _ := dc.ToPayload(parcel{State: "active"})
			spoil(p)
			var got parcel
			if err := dc.FromPayload(p, &got); !errors.Is(err, ErrTampered) {
				t.Errorf("got %+v, %v, want %v", got, err, ErrTampered)
			}
		})
	}
}

func TestAnOperatorsPlainSignalIsRead(t *testing.T) {
	t.Parallel()
	plain, _ := converter.GetDefaultDataConverter().ToPayload(parcel{Days: 7})
	if got := read(t, DataConverter(ring(t, NewKey("a"))), plain); got.Days != 7 {
		t.Errorf("got %+v", got)
	}
}

func TestFailuresHideTheirMessages(t *testing.T) {
	t.Parallel()
	fc := FailureConverter(ring(t, NewKey("a")))
	f := fc.ErrorToFailure(temporal.NewApplicationError("la pratica è già chiusa", "not_allowed_in_state", parcel{Days: 3}))
	if raw, _ := proto.Marshal(f); bytes.Contains(raw, []byte("chiusa")) {
		t.Errorf("the failure can be read: %q", raw)
	}
	var back *temporal.ApplicationError
	if err := fc.FailureToError(f); !errors.As(err, &back) {
		t.Fatalf("came back as %T", err)
	}
	var details parcel
	if err := back.Details(&details); err != nil || details.Days != 3 || back.Message() != "la pratica è già chiusa" {
		t.Errorf("got %q %+v, %v", back.Message(), details, err)
	}
}

func TestFaultsOfARing(t *testing.T) {
	t.Parallel()
	good := NewKey("a")
	for text, want := range map[string]string{
		"":                         "key 1: want id:base64",
		"a":                        "key 1: want id:base64",
		":" + good[2:]:             "key 1: want id:base64",
		"a:§":                      "key 1: not base64",
		"a:c2VncmV0bw==":           "key 1: 7 bytes long instead of 32",
		good + "," + good:          "key 2: its id is already in the ring",
		good + ",":                 "key 2: want id:base64",
		"a:c2VncmV0bw==,b:!," + "": "key 1: 7 bytes long instead of 32\nkey 2: not base64\nkey 3: want id:base64",
	} {
		r, err := ParseRing(text)
		if err == nil || err.Error() != want || r != nil {
			t.Errorf("%q: got %v, want %s", strings.ReplaceAll(text, good[2:], "…"), err, want)
		}
	}
	if _, err := ParseRing(strings.TrimRight(good, "=")); err != nil {
		t.Errorf("without padding: %v", err)
	}
}

func ring(t *testing.T, text string) *Ring {
	t.Helper()
	r, err := ParseRing(text)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func read(t *testing.T, dc converter.DataConverter, p *commonpb.Payload) parcel {
	t.Helper()
	var got parcel
	if err := dc.FromPayload(p, &got); err != nil {
		t.Fatal(err)
	}
	return got
}

package cipher

import (
	"bytes"
	"encoding/hex"
	"errors"
	"testing"
)

// fixed is a key that never changes, so that what is derived from it may not either: links in mails depend on it.
const fixed = "test:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="

func TestADerivedKeyIsAlwaysTheSame(t *testing.T) {
	t.Parallel()
	got, err := ring(t, fixed).Derive("test", "link tokens")
	if err != nil {
		t.Fatal(err)
	}
	const want = "2b6b16dba3c2e4045a4c1f0dbef06a1dbb5c93196bf4862ecd61e7f449f74a67"
	if hex.EncodeToString(got) != want {
		t.Errorf("derived %x, want %s: the links already in mails would die", got, want)
	}
}

func TestADerivedKeyIsOfOneKeyAndOnePurpose(t *testing.T) {
	t.Parallel()
	r := ring(t, NewKey("2027")+","+fixed)
	if r.First() != "2027" {
		t.Errorf("first %q, want 2027", r.First())
	}
	seen := [][]byte{}
	for _, id := range []string{"2027", "test"} {
		for _, purpose := range []string{"link tokens", "link codes", ""} {
			key, err := r.Derive(id, purpose)
			if err != nil || len(key) != 32 {
				t.Fatalf("%s, %q: %d bytes, %v", id, purpose, len(key), err)
			}
			for _, other := range seen {
				if bytes.Equal(key, other) {
					t.Errorf("%s, %q: the same as another", id, purpose)
				}
			}
			seen = append(seen, key)
		}
	}
	if _, err := r.Derive("lost", "link tokens"); !errors.Is(err, ErrNoKey) {
		t.Errorf("without its key: %v, want %v", err, ErrNoKey)
	}
}

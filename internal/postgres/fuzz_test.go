package postgres

import (
	"crypto/sha256"
	"encoding/base64"
	"strings"
	"testing"
	"time"

	"dimissioni/internal/discharge"
)

// A cursor is one that we have written, or it is refused.
func FuzzReadCursor(f *testing.F) {
	for _, seed := range []string{
		"", "x", "2026-11-02T09:00:00Z 00000000-0000-4000-8000-000000000000", "2026-11-02T09:00:00+23:59 x", "9999-12-31T23:59:59-23:59 " + NewID(),
	} {
		f.Add(base64.RawURLEncoding.EncodeToString([]byte(seed)))
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, cursor string) {
		at, id, err := readCursor(cursor)
		if err != nil {
			if discharge.KindOf(err) != discharge.KindMalformed {
				t.Errorf("%q refused with %v", cursor, err)
			}
			return
		}
		var c CaseSummary
		c.ID, c.SubmittedAt = id, at
		if again, sameID, err := readCursor(writeCursor(c)); err != nil || !again.Equal(at) || sameID != id {
			t.Errorf("%q is read as %v %s, and again as %v %s, %v", cursor, at, id, again, sameID, err)
		}
	})
}

// Nobody opens a link with what we have not given: neither a code nor a proof nor a token.
func FuzzLinkSecrets(f *testing.F) {
	keys := LinkKeys{Current: "k1", Derive: func(keyID, purpose string) ([]byte, error) {
		sum := sha256.Sum256([]byte(keyID + purpose))
		return sum[:], nil
	}}
	s := &Store{linkKeys: keys}
	now := time.Date(2026, time.November, 2, 9, 0, 0, 0, time.UTC)
	l := Link{ID: "00000000-0000-4000-8000-000000000001", KeyID: "k1", NotificationID: "00000000-0000-4000-8000-000000000002"}
	good := map[string]bool{}
	for back := range int64(codeWindows) {
		code, err := keys.code(l, windowOf(now)-back)
		if err != nil {
			f.Fatal(err)
		}
		good[code] = true
		f.Add(code)
	}
	proof, err := s.LinkProof(l, now.Add(time.Hour))
	if err != nil {
		f.Fatal(err)
	}
	token, err := keys.token("k1", l.NotificationID)
	if err != nil {
		f.Fatal(err)
	}
	for _, seed := range []string{"", "000000", "１２３４５６", proof, proof + "\x00", strings.ToUpper(proof), "." + proof, "9223372036854775807." + proof, "+" + proof, token} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, given string) {
		fits, err := keys.codeFits(l, given, now)
		if err != nil || fits != good[given] {
			t.Errorf("code %q: %t, %v", given, fits, err)
		}
		if s.LinkProven(l, given, now) != (given == proof) {
			t.Errorf("proof %q", given)
		}
		if len(hashOf(given)) != sha256.Size || string(hashOf(given)) == string(hashOf(token)) && given != token {
			t.Errorf("token %q is found as another", given)
		}
	})
}

package postgres

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base32"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// LinkKeys are what the secrets of links come from: the id of the key in use, and the derivation of a key for a purpose
// from the key of an id (cipher.Ring). Without them no links are made.
type LinkKeys struct {
	Current string
	Derive  func(keyID, purpose string) ([]byte, error)
}

// What keys are derived for. A change of these words kills every link.
const (
	purposeToken = "link tokens"
	purposeCode  = "link codes"
	purposeProof = "link proofs"
)

// sum is the HMAC of some words under the key of a link.
func (k LinkKeys) sum(keyID, purpose string, words ...string) ([]byte, error) {
	if k.Derive == nil {
		return nil, fmt.Errorf("derive %s: no keys", purpose)
	}
	key, err := k.Derive(keyID, purpose)
	if err != nil {
		return nil, err
	}
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(strings.Join(words, "\n")))
	return mac.Sum(nil), nil
}

// tokenBytes is how much of the sum a token shows: 160 bits, 32 characters.
const tokenBytes = 20

var tokenText = base32.StdEncoding.WithPadding(base32.NoPadding)

// token is the secret of a notification's link, the same whenever it is made: a mail that is tried again says the same.
func (k LinkKeys) token(keyID, notificationID string) (string, error) {
	sum, err := k.sum(keyID, purposeToken, notificationID)
	if err != nil {
		return "", err
	}
	return strings.ToLower(tokenText.EncodeToString(sum[:tokenBytes])), nil
}

// A code is good from its window on and for two more: at least ten minutes from when somebody reads it.
const (
	codeWindow  = 5 * time.Minute
	codeWindows = 3
	codeTries   = 5 // wrong ones in a row, then the link is locked
)

func windowOf(now time.Time) int64 { return now.Unix() / int64(codeWindow/time.Second) }

// code is the six digits of a link in one window. Using one up makes the next round's.
func (k LinkKeys) code(l Link, window int64) (string, error) {
	sum, err := k.sum(l.KeyID, purposeCode, l.ID, strconv.Itoa(l.CodeRound), strconv.FormatInt(window, 10))
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("%06d", binary.BigEndian.Uint64(sum)%1_000_000), nil
}

// LinkCode is the one-time code that opens a link now, and until when. It is derived, never stored.
func (s *Store) LinkCode(l Link, now time.Time) (code string, until time.Time, err error) {
	window := windowOf(now)
	code, err = s.linkKeys.code(l, window)
	if err != nil {
		return "", time.Time{}, fmt.Errorf("derive code: %w", err)
	}
	return code, time.Unix((window+codeWindows)*int64(codeWindow/time.Second), 0).UTC(), nil
}

// codeFits compares a typed code with those that are good now, in constant time.
func (k LinkKeys) codeFits(l Link, typed string, now time.Time) (bool, error) {
	fits := false
	for back := range int64(codeWindows) {
		code, err := k.code(l, windowOf(now)-back)
		if err != nil {
			return false, err
		}
		fits = hmac.Equal([]byte(code), []byte(typed)) || fits
	}
	return fits, nil
}

// LinkProof says, to whoever holds it, that a link was opened with its code, until an instant; the next code makes it
// void. It goes into a cookie.
func (s *Store) LinkProof(l Link, until time.Time) (string, error) {
	stamp := strconv.FormatInt(until.Unix(), 10)
	sum, err := s.linkKeys.sum(l.KeyID, purposeProof, l.ID, strconv.Itoa(l.CodeRound), stamp)
	if err != nil {
		return "", fmt.Errorf("derive proof: %w", err)
	}
	return stamp + "." + hex.EncodeToString(sum), nil
}

// LinkProven reports whether a proof is this link's and still good.
func (s *Store) LinkProven(l Link, proof string, now time.Time) bool {
	stamp, _, _ := strings.Cut(proof, ".")
	seconds, err := strconv.ParseInt(stamp, 10, 64)
	if err != nil || !now.Before(time.Unix(seconds, 0)) {
		return false
	}
	want, err := s.LinkProof(l, time.Unix(seconds, 0))
	return err == nil && hmac.Equal([]byte(want), []byte(proof))
}

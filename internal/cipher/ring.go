// Package cipher keeps what the workflows say from whoever reads Temporal's database: a payload codec with
// AES-256-GCM and the ring of its keys. What Temporal keeps in plain text for ever (ids, names of queues, search
// attributes, update ids) never passes here, and holds no personal data.
package cipher

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
)

// keySize is AES-256.
const keySize = 32

// Ring holds the keys by id. The first one encrypts, all of them decrypt. To rotate: add a new key at the end, in every
// process; then move it to the front; keep the old ones until no history needs them.
type Ring struct {
	first string
	keys  map[string]cipher.AEAD
	roots map[string][]byte // by id, for Derive
}

// ParseRing reads "id:base64,id2:base64": 32 bytes each, in standard base64 with or without padding. The error lists
// every fault, one per line, and never repeats a key.
func ParseRing(text string) (*Ring, error) {
	ring := &Ring{keys: make(map[string]cipher.AEAD), roots: make(map[string][]byte)}
	var faults []error
	for i, entry := range strings.Split(text, ",") {
		id, encoded, _ := strings.Cut(strings.TrimSpace(entry), ":")
		if err := ring.add(id, encoded); err != nil {
			faults = append(faults, fmt.Errorf("key %d: %w", i+1, err))
		}
	}
	if len(faults) > 0 {
		return nil, errors.Join(faults...)
	}
	return ring, nil
}

// NewKey makes a random key in the form that ParseRing reads.
func NewKey(id string) string {
	key := make([]byte, keySize)
	_, _ = rand.Read(key) // never fails: it stops the program instead
	return id + ":" + base64.StdEncoding.EncodeToString(key)
}

func (r *Ring) add(id, encoded string) error {
	if id == "" || encoded == "" {
		return errors.New("want id:base64")
	}
	if _, twice := r.keys[id]; twice {
		return errors.New("its id is already in the ring")
	}
	key, err := base64.RawStdEncoding.DecodeString(strings.TrimRight(encoded, "="))
	if err != nil {
		return errors.New("not base64")
	}
	if len(key) != keySize {
		return fmt.Errorf("%d bytes long instead of %d", len(key), keySize)
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return errors.New("not an AES key")
	}
	aead, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		return errors.New("not a GCM key")
	}
	root, err := rootOf(key)
	if err != nil {
		return err
	}
	if r.first == "" {
		r.first = id
	}
	r.keys[id], r.roots[id] = aead, root
	return nil
}

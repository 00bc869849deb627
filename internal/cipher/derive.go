package cipher

import (
	"crypto/hkdf"
	"crypto/sha256"
	"errors"
	"fmt"
)

// ErrNoKey is the answer to a key id that is not in the ring.
var ErrNoKey = errors.New("key is not in the ring")

// First is the id of the key in use: new secrets are derived from it, old ones from the key that they name.
func (r *Ring) First() string { return r.first }

// Derive makes 32 bytes for one purpose from the key of an id (HKDF with SHA-256): always the same for the same two,
// and telling nothing of the key, of another purpose's or of another key's. The error is [ErrNoKey].
func (r *Ring) Derive(keyID, purpose string) ([]byte, error) {
	root, ok := r.roots[keyID]
	if !ok {
		return nil, ErrNoKey
	}
	key, err := hkdf.Expand(sha256.New, root, "dimissioni/"+purpose, keySize)
	if err != nil {
		return nil, fmt.Errorf("derive key: %w", err)
	}
	return key, nil
}

// rootOf is what keys for other purposes are derived from, so that the ring does not keep the key itself.
func rootOf(key []byte) ([]byte, error) {
	root, err := hkdf.Extract(sha256.New, key, nil)
	if err != nil {
		return nil, errors.New("not a key to derive others from")
	}
	return root, nil
}

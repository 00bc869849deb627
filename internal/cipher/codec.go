package cipher

import (
	"errors"
	"fmt"

	commonpb "go.temporal.io/api/common/v1"
	"go.temporal.io/sdk/converter"
	"go.temporal.io/sdk/temporal"
	"google.golang.org/protobuf/proto"
)

// Metadata of an encrypted payload.
const (
	encoding   = "binary/encrypted"
	metaCipher = "encryption-cipher"
	metaKeyID  = "encryption-key-id"
	algorithm  = "AES-256-GCM"
)

// The ways in which a payload cannot be read. Both are constant: they may be written in plain text in a history.
var (
	ErrUnknownKey = errors.New("payload encrypted with a key that is not in the ring")
	ErrTampered   = errors.New("payload altered or encrypted with another key")
)

// DataConverter is the SDK's own, encrypted with the ring. A payload that is not encrypted is read as it is: an
// operator's command line sends such signals.
func DataConverter(ring *Ring) converter.DataConverter {
	return converter.NewCodecDataConverter(converter.GetDefaultDataConverter(), codec{ring})
}

// FailureConverter encrypts messages and stack traces of failures too. A local activity's failure escapes it, so
// activities return constant texts.
func FailureConverter(ring *Ring) converter.FailureConverter {
	return temporal.NewDefaultFailureConverter(temporal.DefaultFailureConverterOptions{
		DataConverter:          DataConverter(ring),
		EncodeCommonAttributes: true,
	})
}

type codec struct{ ring *Ring }

// Encode seals every payload, metadata included, with the ring's first key.
func (c codec) Encode(payloads []*commonpb.Payload) ([]*commonpb.Payload, error) {
	sealed := make([]*commonpb.Payload, len(payloads))
	for i, p := range payloads {
		plain, err := proto.Marshal(p)
		if err != nil {
			return nil, fmt.Errorf("marshal payload: %w", err)
		}
		id := c.ring.first
		sealed[i] = &commonpb.Payload{
			Metadata: map[string][]byte{
				converter.MetadataEncoding: []byte(encoding),
				metaCipher:                 []byte(algorithm),
				metaKeyID:                  []byte(id),
			},
			// The nonce is made and put in front by the cipher; the key's id is authenticated with the rest.
			Data: c.ring.keys[id].Seal(nil, nil, plain, []byte(id)), //nolint:gosec // G407: this AEAD makes its own random nonce
		}
	}
	return sealed, nil
}

// Decode opens what Encode sealed and passes on what is not encrypted.
func (c codec) Decode(payloads []*commonpb.Payload) ([]*commonpb.Payload, error) {
	plain := make([]*commonpb.Payload, len(payloads))
	for i, p := range payloads {
		if string(p.GetMetadata()[converter.MetadataEncoding]) != encoding {
			plain[i] = p
			continue
		}
		opened, err := c.open(p)
		if err != nil {
			return nil, err
		}
		plain[i] = opened
	}
	return plain, nil
}

func (c codec) open(p *commonpb.Payload) (*commonpb.Payload, error) {
	id := p.GetMetadata()[metaKeyID]
	key, ok := c.ring.keys[string(id)]
	if !ok {
		return nil, ErrUnknownKey
	}
	data, err := key.Open(nil, nil, p.GetData(), id)
	if err != nil {
		return nil, ErrTampered
	}
	opened := &commonpb.Payload{}
	if err := proto.Unmarshal(data, opened); err != nil {
		return nil, ErrTampered
	}
	return opened, nil
}

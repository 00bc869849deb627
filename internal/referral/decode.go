package referral

import (
	"bytes"
	"encoding/json"
	"io"
	"slices"
	"strings"

	"dimissioni/internal/strictjson"
)

// everybodyShared is what early_notice true reads as, until it is known whom the referral is shared with.
const everybodyShared = "share_with"

// Decode reads the body of POST /discharges, strictly (package strictjson). It returns a *discharge.Error of kind
// malformed or invalid that names the field, or the error of r, wrapped. What is written in it is for Validate to judge.
func Decode(r io.Reader) (Referral, error) {
	var decoded Referral
	if err := strictjson.Decode(r, &decoded); err != nil {
		return Referral{}, strictjson.Refusal(err)
	}
	decoded.nameEverybody()
	return decoded, nil
}

// nameEverybody names whom an early_notice true means.
func (r *Referral) nameEverybody() {
	if slices.Equal(r.EarlyNotice, Audience{everybodyShared}) {
		r.EarlyNotice = slices.Clone(r.Consent.ShareWith)
	}
}

// UnmarshalJSON reads a list of codes, one code, or true or false.
func (a *Audience) UnmarshalJSON(data []byte) error {
	switch string(data) {
	case "true":
		*a = Audience{everybodyShared}
		return nil
	case "false":
		*a = Audience{}
		return nil
	}
	return oneOrMore(data, (*[]string)(a))
}

// UnmarshalJSON reads a list of codes, or one.
func (c *Codes) UnmarshalJSON(data []byte) error { return oneOrMore(data, (*[]string)(c)) }

// UnmarshalJSON reads a list of texts, or one.
func (l *Lines) UnmarshalJSON(data []byte) error { return oneOrMore(data, (*[]string)(l)) }

// UnmarshalJSON reads a text, or a list of texts.
func (t *Text) UnmarshalJSON(data []byte) error {
	var texts []string
	if err := oneOrMore(data, &texts); err != nil {
		return err
	}
	*t = Text(strings.Join(texts, "\n"))
	return nil
}

// UnmarshalJSON reads one of the codes, and true and false. Any other text is kept for Validate to refuse.
func (w *Willing) UnmarshalJSON(data []byte) error {
	switch string(data) {
	case "true", `"true"`:
		*w = WillingYes
	case "false", `"false"`:
		*w = WillingNo
	case `"not_asked"`:
		*w = WillingNotYet
	default:
		return json.Unmarshal(data, (*string)(w))
	}
	return nil
}

// UnmarshalJSON reads the object, or only whether the information was given.
func (i *Informed) UnmarshalJSON(data []byte) error {
	type object Informed // without this method
	if !bytes.HasPrefix(data, []byte("{")) {
		return json.Unmarshal(data, &i.Given)
	}
	return strictjson.DecodeBytes(data, (*object)(i))
}

// oneOrMore reads a list of texts, or one text as a list. Null is no list, and so is one text that is empty: a form sends
// it for a field left alone.
func oneOrMore(data []byte, into *[]string) error {
	var one string
	if err := strictjson.DecodeBytes(data, &one); err == nil {
		*into = nil
		if one != "" {
			*into = []string{one}
		}
		return nil
	}
	return strictjson.DecodeBytes(data, into)
}

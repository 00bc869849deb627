package strictjson_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/google/go-cmp/cmp"

	"dimissioni/internal/discharge"
	"dimissioni/internal/strictjson"
)

// Common is embedded in every body, as the commands do.
type Common struct {
	On   day    `json:"on"`
	Note string `json:"note,omitempty"`
}

// day reads itself from a text.
type day struct{ text string }

func (d *day) UnmarshalText(text []byte) error {
	parsed, err := time.Parse(time.DateOnly, string(text))
	d.text = parsed.String()
	return err
}

type body struct {
	Common
	Level  discharge.Level            `json:"level"`
	Days   int                        `json:"days"`
	Share  *float64                   `json:"share"`
	Met    bool                       `json:"met"`
	At     time.Time                  `json:"at"`
	Items  []item                     `json:"items"`
	Next   *item                      `json:"next"`
	Groups map[string]json.RawMessage `json:"groups"`
	Scan   []byte                     `json:"scan"`
	Any    any                        `json:"any"`
	Plain  string
	Hidden string `json:"-"`
	secret string //nolint:unused // no JSON may reach it
}

type item struct {
	Who   string `json:"who"`
	Inner picky  `json:"inner"`
}

// picky reads itself, strictly.
type picky struct{ n int }

func (p *picky) UnmarshalJSON(data []byte) error {
	var object struct {
		N int `json:"n"`
	}
	if err := strictjson.DecodeBytes(data, &object); err != nil {
		return err
	}
	if object.N < 0 {
		return errors.New("negative")
	}
	p.n = object.N
	return nil
}

func TestDecodeReadsWhatEncodingJSONReads(t *testing.T) {
	t.Parallel()
	for _, document := range []string{
		`{}`, ` { } `, `{"on": "2026-11-21", "note": "a\nb\tc\r\nd \u00e8 \ud83d\ude00 \"\\\/"}`,
		`{"level": "high", "days": -21, "share": 0.5e1, "met": true, "at": "2026-11-21T09:00:00Z"}`,
		`{"items": [{"who": "x"}, {"inner": {"n": 3}}], "next": {"who": "y"}}`, `{"items": [], "next": null}`,
		`{"groups": {"patient": {"a": [1, {"b": null}]}, "plan": null}, "scan": "AQID", "Plain": "p"}`,
		`{"note": "l'\u00e8 D\u2019Amico \u0645\u06cc\u200c\u0631 \u00ad<b>"}`, `{"any": [1, "two", {"three": null}, [], false]}`, `{"note": null, "days": null, "share": null, "on": null, "at": null, "any": null}`,
		`{"groups": null, "scan": null, "items": null}`,
	} {
		t.Run(document, func(t *testing.T) {
			t.Parallel()
			var got, want body
			if err := json.Unmarshal([]byte(document), &want); err != nil {
				t.Fatal(err)
			}
			if err := strictjson.Decode(strings.NewReader(document), &got); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, got, cmp.AllowUnexported(body{}, day{}, picky{})); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestDecodeReadsMoreThanObjects(t *testing.T) {
	t.Parallel()
	var list []string
	if err := strictjson.DecodeBytes([]byte(`["a"]`), &list); err != nil || !cmp.Equal(list, []string{"a"}) {
		t.Errorf("got %v, %v", list, err)
	}
	if err := strictjson.DecodeBytes([]byte(`null`), &list); err != nil || list != nil {
		t.Errorf("got %v, %v", list, err)
	}
	var counts map[discharge.State]int
	if err := strictjson.DecodeBytes([]byte(`{"active": 2}`), &counts); err != nil || counts[discharge.StateActive] != 2 {
		t.Errorf("got %v, %v", counts, err)
	}
}

func TestDecodeRefuses(t *testing.T) {
	t.Parallel()
	nested := func(depth int) string {
		return `{"any": ` + strings.Repeat("[", depth) + strings.Repeat("]", depth) + `}`
	}
	tests := []struct {
		name, document, field string
		code                  strictjson.Code
	}{
		{"nothing", ``, "", strictjson.Syntax},
		{"spaces", " \n", "", strictjson.Syntax},
		{"a word", `maybe`, "", strictjson.Syntax},
		{"half a word", `nul`, "", strictjson.Syntax},
		{"a brace", `{`, "", strictjson.Syntax},
		{"a key alone", `{"days"`, "", strictjson.Syntax},
		{"no colon", `{"days" 1}`, "", strictjson.Syntax},
		{"a key without quotes", `{days: 1}`, "", strictjson.Syntax},
		{"a comma at the end", `{"days": 1,}`, "", strictjson.Syntax},
		{"a comma at the end of a list", `{"items": [{},]}`, "", strictjson.Syntax},
		{"no comma", `{"days": 1 "met": true}`, "", strictjson.Syntax},
		{"the wrong bracket", `{"items": [}]`, "", strictjson.Syntax},
		{"an open text", `{"note": "x`, "", strictjson.Syntax},
		{"an open escape", `{"note": "x\`, "", strictjson.Syntax},
		{"an escape of nothing", `{"note": "\x41"}`, "", strictjson.Syntax},
		{"an escape too short", `{"note": "\u00"}`, "", strictjson.Syntax},
		{"a line feed not escaped", "{\"note\": \"a\nb\"}", "", strictjson.Syntax},
		{"a number with a zero", `{"days": 01}`, "", strictjson.Syntax},
		{"a number with a plus", `{"days": +1}`, "", strictjson.Syntax},
		{"a lone minus", `{"days": -}`, "", strictjson.Syntax},
		{"not a number", `{"days": NaN}`, "", strictjson.Syntax},
		{"a comment", `{} // x`, "", strictjson.Syntax},
		{"two documents", `{}{}`, "", strictjson.Syntax},
		{"a null character at the end", "{}\x00", "", strictjson.Syntax},
		{"a byte order mark", "\ufeff{}", "", strictjson.Syntax},
		{"too deep", nested(32), "", strictjson.Syntax},
		{"too deep and open", strings.Repeat("[", 1_000_000), "", strictjson.Syntax},

		{"a key twice", `{"days": 1, "days": 1}`, "days", strictjson.DuplicateKey},
		{"a key twice, escaped", `{"days": 1, "\u0064ays": 1}`, "days", strictjson.DuplicateKey},
		{"a key twice, inside", `{"items": [{}, {"who": "", "who": ""}]}`, "items[1].who", strictjson.DuplicateKey},
		{"a key twice, in what is read raw", `{"groups": {"plan": {"x": 1, "x": 1}}}`, "groups.plan.x", strictjson.DuplicateKey},
		{"not UTF-8", "{\"note\": \"\xc3\"}", "note", strictjson.InvalidText},
		{"a key not UTF-8", "{\"\xff\": 1}", "?", strictjson.InvalidText},
		{"a high surrogate", `{"note": "\ud83d"}`, "note", strictjson.InvalidText},
		{"a high surrogate and a letter", `{"note": "\ud83dx"}`, "note", strictjson.InvalidText},
		{"two high surrogates", `{"note": "\ud83d\ud83d"}`, "note", strictjson.InvalidText},
		{"a low surrogate", `{"note": "\ude00"}`, "note", strictjson.InvalidText},
		{"a surrogate at the end", `{"note": "\ud83d\u`, "note", strictjson.InvalidText},
		{"a null character", `{"note": "a\u0000b"}`, "note", strictjson.ControlCharacter},
		{"a delete", "{\"note\": \"\u007f\"}", "note", strictjson.ControlCharacter},
		{"a control of Latin-1", `{"note": "\u0085"}`, "note", strictjson.ControlCharacter},
		{"a backspace", `{"note": "\b"}`, "note", strictjson.ControlCharacter},
		{"a lone carriage return", `{"note": "a\rb"}`, "note", strictjson.ControlCharacter},
		{"text backwards", `{"note": "a\u202eb"}`, "note", strictjson.ControlCharacter},
		{"text backwards, not escaped", "{\"note\": \"a\u202eb\"}", "note", strictjson.ControlCharacter},
		{"a right-to-left mark", `{"note": "\u200f"}`, "note", strictjson.ControlCharacter},
		{"an isolate inside", `{"items": [{"who": "\u2067"}]}`, "items[0].who", strictjson.ControlCharacter},
		{"a line separator", `{"note": "\u2028"}`, "note", strictjson.ControlCharacter},
		{"a space of no width", `{"note": "\u200b"}`, "note", strictjson.ControlCharacter},
		{"a byte order mark inside", `{"note": "\ufeff"}`, "note", strictjson.ControlCharacter},
		{"a tag", `{"note": "\udb40\udc41"}`, "note", strictjson.ControlCharacter},
		{"what is no character", `{"note": "\uffff"}`, "note", strictjson.ControlCharacter},
		{"text backwards in a key", `{"\u202e": 1}`, "?", strictjson.ControlCharacter},
		{"a control in a key", `{"\u0001": 1}`, "?", strictjson.ControlCharacter},
		{"a control where it is not known", `{"groups": {"plan": {"x": ["\u0007"]}}}`, "groups.plan.x[0]", strictjson.ControlCharacter},

		{"a key that is none", `{"colour": "red"}`, "colour", strictjson.UnknownField},
		{"a key inside that is none", `{"next": {"colour": "red"}}`, "next.colour", strictjson.UnknownField},
		{"a key in capitals", `{"Days": 1}`, "?", strictjson.UnknownField},
		{"a key of a person", `{"Rossi Mario": 1}`, "?", strictjson.UnknownField},
		{"a key too long", `{"` + strings.Repeat("a", 41) + `": 1}`, "?", strictjson.UnknownField},
		{"an empty key", `{"": 1}`, "?", strictjson.UnknownField},
		{"a field that is hidden", `{"Hidden": "x"}`, "?", strictjson.UnknownField},
		{"a field that is not exported", `{"secret": "x"}`, "secret", strictjson.UnknownField},
		{"the name of what is embedded", `{"Common": {}}`, "?", strictjson.UnknownField},

		{"a text for a number", `{"days": "1"}`, "days", strictjson.WrongType},
		{"a fraction for a whole number", `{"days": 1.5}`, "days", strictjson.WrongType},
		{"a number too great", `{"days": 99999999999999999999}`, "days", strictjson.WrongType},
		{"a number far too great", `{"share": 1e999}`, "share", strictjson.WrongType},
		{"a number for a text", `{"level": 1}`, "level", strictjson.WrongType},
		{"a number for a truth", `{"met": 1}`, "met", strictjson.WrongType},
		{"a number for a date", `{"on": 20261121}`, "on", strictjson.WrongType},
		{"an object for a date", `{"on": {}}`, "on", strictjson.WrongType},
		{"an object for a list", `{"items": {}}`, "items", strictjson.WrongType},
		{"a list for an object", `{"next": []}`, "next", strictjson.WrongType},
		{"a text for an object", `{"next": "x"}`, "next", strictjson.WrongType},
		{"a list for a map", `{"groups": []}`, "groups", strictjson.WrongType},
		{"null in a list", `{"items": [null]}`, "items[0]", strictjson.WrongType},
		{"null for the document", `null`, "", strictjson.WrongType},
		{"a list for the document", `[]`, "", strictjson.WrongType},
		{"a text for what reads itself", `{"next": {"inner": "x"}}`, "next.inner", strictjson.WrongType},
		{"a text inside what reads itself", `{"items": [{"inner": {"n": "x"}}]}`, "items[0].inner.n", strictjson.WrongType},
		{"a key inside what reads itself", `{"items": [{"inner": {"m": 1}}]}`, "items[0].inner.m", strictjson.UnknownField},
		{"a date that does not exist", `{"on": "2026-02-30"}`, "on", strictjson.InvalidValue},
		{"an instant that is none", `{"at": "yesterday"}`, "at", strictjson.InvalidValue},
		{"what reads itself says no", `{"next": {"inner": {"n": -1}}}`, "next.inner", strictjson.InvalidValue},
		{"the text first, then the fields", `{"colour": 1, "days": 01}`, "", strictjson.Syntax},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			err := strictjson.DecodeBytes([]byte(tt.document), &body{})
			var got *strictjson.Error
			if !errors.As(err, &got) || got.Field != tt.field || got.Code != tt.code {
				t.Errorf("got %v, want %q %s", err, tt.field, tt.code)
			}
		})
	}
	if err := strictjson.DecodeBytes([]byte(nested(31)), &body{}); err != nil {
		t.Errorf("not too deep: %v", err)
	}
}

func TestDecodeTellsItsOwnFaults(t *testing.T) {
	t.Parallel()
	if err := strictjson.DecodeBytes([]byte(`{}`), body{}); err == nil || !errors.Is(strictjson.Refusal(err), err) {
		t.Errorf("not a pointer gave %v", err)
	}
	err := strictjson.Decode(iotest.ErrReader(io.ErrClosedPipe), &body{})
	if !errors.Is(err, io.ErrClosedPipe) || discharge.KindOf(strictjson.Refusal(err)) != discharge.KindInternal {
		t.Errorf("a broken reader gave %v", err)
	}
}

func TestRefusalSpeaksToPeople(t *testing.T) {
	t.Parallel()
	tests := []struct {
		code strictjson.Code
		kind discharge.ErrorKind
	}{
		{strictjson.Syntax, discharge.KindMalformed},
		{strictjson.InvalidText, discharge.KindMalformed},
		{strictjson.DuplicateKey, discharge.KindMalformed},
		{strictjson.UnknownField, discharge.KindInvalid},
		{strictjson.WrongType, discharge.KindInvalid},
		{strictjson.InvalidValue, discharge.KindInvalid},
		{strictjson.ControlCharacter, discharge.KindInvalid},
	}
	for _, tt := range tests {
		t.Run(string(tt.code), func(t *testing.T) {
			t.Parallel()
			refusal := func(field string) *discharge.Error {
				var told *discharge.Error
				if err := strictjson.Refusal(fmt.Errorf("read body: %w", &strictjson.Error{Field: field, Code: tt.code})); !errors.As(err, &told) {
					t.Fatalf("got %v", err)
				}
				return told
			}
			got := refusal("days")
			if got.Kind != tt.kind || got.Message == "" || len(got.Fields) != 1 || got.Fields[0].Field != "days" {
				t.Errorf("got %+v", got)
			}
			if whole := refusal(""); whole.Fields != nil {
				t.Errorf("the document has no field: %+v", whole)
			}
		})
	}
	if strictjson.Refusal(nil) != nil {
		t.Error("no error, no refusal")
	}
}

// What is taken is JSON, and is read as encoding/json reads it; what is refused is refused with a code.
func FuzzDecodeBytes(f *testing.F) {
	for _, seed := range []string{
		`{"a": [1, -0.5e+3, true, null, "\u00e8\ud83d\ude00\r\n"]}`, `[[[[]]]]`, `{"a": 1, "a": 2}`, `"\ud800"`, "\"\xff\"", `01`, ` 1 `, `{`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, document []byte) {
		var got, want any
		err := strictjson.DecodeBytes(document, &got)
		if err != nil {
			var own *strictjson.Error
			if !errors.As(err, &own) || own.Code == "" {
				t.Errorf("refused with %v", err)
			}
			return
		}
		if err := json.Unmarshal(document, &want); err != nil {
			t.Fatalf("taken, and it is not JSON: %v", err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
	})
}

package e2e

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"

	"dimissioni/internal/standalone/client"
)

// TestContract holds the product to API.md and DOMAIN.md as somebody would who has only those: requests with the keys
// that they name, answers read by the keys that they name. One world for all its parts.
func TestContract(t *testing.T) {
	t.Parallel()
	d := desk{newWorld(t), map[string]string{}}
	for _, part := range []struct {
		name string
		hold func(desk)
	}{
		{"who one is", desk.holdLogin},
		{"directories", desk.holdDirectories},
		{"clocks left alone", desk.holdClocks}, // first of those that let time pass: nobody gets two digests of one day
		{"a start corrected", desk.holdCorrection},
		{"the check before the form", desk.holdCheck},
		{"what may be sent", desk.holdSubmission},
		{"what may not be sent", desk.holdBadSubmission},
		{"every command of the path", desk.holdPath},
		{"every other way", desk.holdOtherWays},
		{"who may do what", desk.holdMayNot},
		{"the same key", desk.holdKeys},
		{"without waiting", desk.holdAsync},
		{"bad requests", desk.holdErrors},
		{"lists and search", desk.holdLists},
		{"who reads what", desk.holdViews},
		{"money", desk.holdMoney},
		{"the second programme", desk.holdSecondProgramme},
		{"mails", desk.holdMails},
		{"nobody is told who should not be", desk.holdSilence},
		{"no personal data in any mail", desk.holdPrivacy},
	} {
		t.Run(part.name, func(t *testing.T) {
			d.t = t
			part.hold(d)
		})
	}
}

// desk is a world and the tokens of its people, for requests below the client's comfort.
type desk struct {
	*world
	tokens map[string]string
}

// secret is sent where it does not belong; no answer repeats it.
const secret = "Segretissimo"

// reply is an answer as it came.
type reply struct {
	desk
	status int
	header http.Header
	body   client.Object
	raw    string
}

// ask sends a body as JSON, or a string as it is; nobody asks without a token. Headers come in pairs.
func (d desk) ask(who, method, path string, body any, headers ...string) reply {
	d.t.Helper()
	content, ok := body.(string)
	if !ok && body != nil {
		text, err := json.Marshal(body)
		if err != nil {
			d.t.Fatal(err)
		}
		content = string(text)
	}
	if !strings.HasPrefix(path, "/api/") {
		path = "/api/v1" + path
	}
	req, err := http.NewRequestWithContext(d.ctx(), method, d.address+path, bytes.NewBufferString(content))
	if err != nil {
		d.t.Fatal(err)
	}
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	if who != "" {
		req.Header.Set("Authorization", "Bearer "+d.token(who))
	}
	for pair := range slices.Chunk(headers, 2) {
		req.Header.Set(pair[0], pair[1])
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		d.t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	raw, err := io.ReadAll(res.Body)
	if err != nil {
		d.t.Fatal(err)
	}
	r := reply{desk: d, status: res.StatusCode, header: res.Header, raw: string(raw)}
	_ = json.Unmarshal(raw, &r.body) // what is not an object is read as it is
	return r
}

func (d desk) get(who, path string) reply { return d.ask(who, http.MethodGet, path, nil) }

func (d desk) post(who, path string, body any, headers ...string) reply {
	d.t.Helper()
	return d.ask(who, http.MethodPost, path, body, headers...)
}

// give gives a command that must leave the case in a state.
func (d desk) give(who, id, command string, body client.Object, state string) reply {
	d.t.Helper()
	if body == nil {
		body = client.Object{}
	}
	r := d.post(who, "/discharges/"+id+"/"+command, body).wants(http.StatusOK)
	if r.text("state") != state {
		d.t.Errorf("after %s: state %q, want %q", command, r.text("state"), state)
	}
	return r
}

func (d desk) token(who string) string {
	d.t.Helper()
	if d.tokens[who] == "" {
		r := d.post("", "/login", client.Object{"email": who + "@demo.test", "password": password}).wants(http.StatusOK)
		d.tokens[who] = r.text("token")
	}
	return d.tokens[who]
}

func (r reply) wants(status int) reply {
	r.t.Helper()
	if r.status != status {
		r.t.Fatalf("answer %d, want %d: %s", r.status, status, r.raw)
	}
	return r
}

// refuses checks a problem document: its keys, its code, and that it repeats nothing.
func (r reply) refuses(status int, code string) reply {
	r.t.Helper()
	r.wants(status)
	if got := r.header.Get("Content-Type"); got != "application/problem+json" {
		r.t.Errorf("content type %q", got)
	}
	for _, key := range []string{"type", "title", "detail"} {
		if r.text(key) == "" {
			r.t.Errorf("the problem has no %s: %s", key, r.raw)
		}
	}
	if r.text("code") != code || client.Number(r.body, "status") != status {
		r.t.Errorf("problem %s, want %d %s", r.raw, status, code)
	}
	if strings.Contains(r.raw, secret) {
		r.t.Errorf("the answer repeats what was sent: %s", r.raw)
	}
	return r
}

// names checks that a refusal names a field.
func (r reply) names(field string) reply {
	r.t.Helper()
	faults, _ := r.body["errors"].([]any)
	for _, f := range faults {
		if fault, ok := f.(client.Object); ok && client.Text(fault, "field") == field {
			return r
		}
	}
	r.t.Errorf("the refusal does not name %s: %s", field, r.raw)
	return r
}

// at walks into the answer; nil when something is not there.
func (r reply) at(keys ...string) any {
	var value any = r.body
	for _, key := range keys {
		object, _ := value.(client.Object)
		value = object[key]
	}
	return value
}

func (r reply) text(keys ...string) string {
	s, _ := r.at(keys...).(string)
	return s
}

func (r reply) items() []client.Object { return objects(r.body["items"]) }

// flags are the flags of a case.
func (r reply) flags() []string { return texts(r.body["flags"]) }

// has checks that an object holds exactly the keys that the contract names, or more.
func has(t testing.TB, what string, object client.Object, keys ...string) {
	t.Helper()
	for _, key := range keys {
		if _, ok := object[key]; !ok {
			t.Errorf("%s has no %s: %v", what, key, object)
		}
	}
}

func objects(value any) []client.Object {
	list, _ := value.([]any)
	found := make([]client.Object, 0, len(list))
	for _, item := range list {
		if o, ok := item.(client.Object); ok {
			found = append(found, o)
		}
	}
	return found
}

func texts(value any) []string {
	list, _ := value.([]any)
	found := make([]string, 0, len(list))
	for _, item := range list {
		if s, ok := item.(string); ok {
			found = append(found, s)
		}
	}
	return found
}

package e2e

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"dimissioni/internal/standalone/client"
)

// longestAnswer is how long a person may be left without any answer while something is away: 20 seconds, and what a
// busy machine adds.
const longestAnswer = 35 * time.Second

// pen writes requests by hand, so that headers can be looked at.
type pen struct {
	*fleet
	token string
}

func (f *fleet) pen(who string) *pen {
	f.t.Helper()
	p := &pen{fleet: f}
	res, body := p.write("/login", client.Object{"email": who + "@demo.test", "password": password})
	p.token = client.Text(body, "token")
	if p.token == "" {
		f.t.Fatalf("sign in: %d %v", res.StatusCode, body)
	}
	return p
}

// write sends a request, a GET without a body, and reads the answer as JSON; nil when it comes too late.
func (p *pen) write(path string, body client.Object, headers ...string) (*http.Response, client.Object) {
	p.t.Helper()
	method, content := http.MethodGet, []byte(nil)
	if body != nil {
		method = http.MethodPost
		content, _ = json.Marshal(body)
	}
	base := p.address
	if path != "/readyz" {
		base += "/api/v1"
	}
	req, err := http.NewRequestWithContext(p.ctx(), method, base+path, bytes.NewReader(content))
	if err != nil {
		p.t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	if p.token != "" {
		req.Header.Set("Authorization", "Bearer "+p.token)
	}
	for i := 0; i+1 < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	res, err := (&http.Client{Timeout: longestAnswer}).Do(req)
	if err != nil {
		p.t.Errorf("%s: no answer within %s", path, longestAnswer)
		return nil, nil
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	answer := client.Object{}
	if err == nil {
		err = json.Unmarshal(text, &answer)
	}
	if err != nil {
		p.t.Errorf("%s: %v", path, err)
	}
	return res, answer
}

// comeBack wants a 503 that says in words what to do, and when.
func (p *pen) comeBack(path string, body client.Object, key string, headers ...string) {
	p.t.Helper()
	if key != "" {
		headers = append(headers, "Idempotency-Key", key)
	}
	res, problem := p.write(path, body, headers...)
	if res == nil {
		return
	}
	seconds, err := strconv.Atoi(res.Header.Get("Retry-After"))
	if res.StatusCode != http.StatusServiceUnavailable || client.Text(problem, "code") != "unavailable" || err != nil || seconds < 1 {
		p.t.Errorf("%s: %d %v, Retry-After %q, want 503", path, res.StatusCode, problem, res.Header.Get("Retry-After"))
	}
	if words := strings.ToLower(client.Text(problem, "detail")); !strings.Contains(words, "ripet") && !strings.Contains(words, "riprov") {
		p.t.Errorf("%s: %q does not say what to do", path, words)
	}
}

// notReady wants the part that is away named.
func (p *pen) notReady(part string) {
	p.t.Helper()
	res, problem := p.write("/readyz", nil)
	if res == nil {
		return
	}
	named, _ := json.Marshal(problem["errors"])
	if res.StatusCode != http.StatusServiceUnavailable || !strings.Contains(string(named), `"field":"`+part+`"`) {
		p.t.Errorf("readyz: %d %s, want %s named", res.StatusCode, named, part)
	}
}

// insist repeats a command with its key until it is done.
func (p *pen) insist(path string, body client.Object, key string) {
	p.t.Helper()
	p.eventually(path, func() bool {
		res, answer := p.write(path, body, "Idempotency-Key", key)
		if res != nil && res.StatusCode != http.StatusOK && res.StatusCode != http.StatusServiceUnavailable {
			p.t.Fatalf("%s: %d %v", path, res.StatusCode, answer)
		}
		return res != nil && res.StatusCode == http.StatusOK
	})
}

package mailcatcher

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// site serves the pages of a catcher under a path of its own, as the product mounts them.
func site(t *testing.T, c *Catcher) string {
	t.Helper()
	server := httptest.NewServer(http.StripPrefix("/posta", c.Handler()))
	t.Cleanup(server.Close)
	return server.URL + "/posta/"
}

func get(t *testing.T, address string) (*http.Response, string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response, string(body)
}

// elements gives every element of the page by its name.
func elements(t *testing.T, page string) map[string][]*html.Node {
	t.Helper()
	root, err := html.Parse(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	found := make(map[string][]*html.Node)
	for node := range root.Descendants() {
		if node.Type == html.ElementNode {
			found[node.Data] = append(found[node.Data], node)
		}
	}
	return found
}

func attribute(node *html.Node, name string) string {
	for _, a := range node.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

func text(node *html.Node) string {
	var all strings.Builder
	for n := range node.Descendants() {
		if n.Type == html.TextNode {
			all.WriteString(n.Data)
		}
	}
	return strings.TrimSpace(all.String())
}

func TestListShowsTheNewestFirstAndFilters(t *testing.T) {
	t.Parallel()
	c := mustStart(t, Options{})
	address := site(t, c)
	if _, page := get(t, address); !strings.Contains(page, "Nessun messaggio ancora.") {
		t.Error("the empty list does not say so")
	}
	mustSend(t, c, invitation(t, "DP-2026-00001", "proposal"), invitation(t, "DP-2026-00002", "meeting"))
	_, page := get(t, address)
	if first, second := strings.Index(page, ">Équipe per DP-2026-00002"), strings.Index(page, ">Équipe per DP-2026-00001"); first < 0 || second < first {
		t.Errorf("newest at %d, oldest at %d", first, second)
	}
	_, page = get(t, address+"?pratica=dp-2026-00001")
	if !strings.Contains(page, "Équipe per DP-2026-00001") || strings.Contains(page, "DP-2026-00002") {
		t.Errorf("the filter gives %s", page)
	}
	_, page = get(t, address+"?pratica=DP-2026-00003")
	if !strings.Contains(page, "Nessun messaggio per la pratica DP-2026-00003.") {
		t.Errorf("no match gives %s", page)
	}
}

func TestPagesAreAccessibleAndWithoutScripts(t *testing.T) {
	t.Parallel()
	c := mustStart(t, Options{})
	mustSend(t, c, invitation(t, "DP-2026-00001", "proposal"))
	address := site(t, c)
	for _, at := range []string{address, address + "messages/" + mustList(t, c)[0].ID} {
		response, page := get(t, at)
		found := elements(t, page)
		if len(found["html"]) != 1 || attribute(found["html"][0], "lang") != "it" {
			t.Error("the page does not say that it is Italian")
		}
		if len(found["title"]) != 1 || text(found["title"][0]) == "" || len(found["h1"]) != 1 || len(found["main"]) != 1 {
			t.Error("the page needs one title, one h1 and one main")
		}
		for _, input := range found["input"] {
			if id := attribute(input, "id"); id == "" || !strings.Contains(page, `for="`+id+`"`) {
				t.Errorf("field %q has no label", attribute(input, "name"))
			}
		}
		if len(found["caption"]) != len(found["table"]) {
			t.Error("the table has no caption")
		}
		for _, head := range found["th"] {
			if attribute(head, "scope") == "" {
				t.Errorf("head %q has no scope", text(head))
			}
		}
		for _, frame := range found["iframe"] {
			if attribute(frame, "title") == "" || attribute(frame, "sandbox") != "" {
				t.Error("the frame needs a title and a full sandbox")
			}
		}
		if len(found["script"]) != 0 {
			t.Error("the page has a script")
		}
		policy := response.Header.Get("Content-Security-Policy")
		if !strings.Contains(policy, "default-src 'none'") || strings.Contains(policy, "unsafe") {
			t.Errorf("policy %q", policy)
		}
	}
}

func TestMessagePageShowsEveryPart(t *testing.T) {
	t.Parallel()
	c := mustStart(t, Options{})
	mustSend(t, c, invitation(t, "DP-2026-00001", "reminder:equipe"))
	at := site(t, c) + "messages/" + mustList(t, c)[0].ID
	_, page := get(t, at)
	for _, part := range []string{
		"Perché lei?", "METHOD:REQUEST", "reminder:equipe", "mmg@demo.test", "equipe.DP-2026-00001@demo.test",
		`<a href="https://demo.test/answers/abc" rel="noopener noreferrer">https://demo.test/answers/abc</a>.`,
	} {
		if !strings.Contains(page, part) {
			t.Errorf("the page does not show %q", part)
		}
	}
	frame := elements(t, page)["iframe"]
	if len(frame) != 1 {
		t.Fatalf("%d frames, want one", len(frame))
	}
	base, err := url.Parse(at)
	if err != nil {
		t.Fatal(err)
	}
	source, err := base.Parse(attribute(frame[0], "src"))
	if err != nil {
		t.Fatal(err)
	}
	response, part := get(t, source.String())
	if !strings.Contains(part, "<b>lei</b>") {
		t.Errorf("the HTML part is %q", part)
	}
	policy := response.Header.Get("Content-Security-Policy")
	if !strings.HasPrefix(policy, "sandbox; default-src 'none'") || strings.Contains(policy, "allow-") {
		t.Errorf("policy of the part: %q", policy)
	}
}

func TestNothingInAMailBecomesMarkup(t *testing.T) {
	t.Parallel()
	c := mustStart(t, Options{})
	m := invitation(t, "DP-<i>1</i>", "\"><script>alert(1)</script>")
	m.Subject("<script>alert(2)</script>")
	m.SetBodyString("text/plain", "<img src=x onerror=alert(3)> javascript:alert(4)")
	mustSend(t, c, m)
	address := site(t, c)
	for _, at := range []string{address, address + "messages/" + mustList(t, c)[0].ID, address + "?pratica=<script>"} {
		_, page := get(t, at)
		found := elements(t, page)
		if len(found["script"])+len(found["img"])+len(found["i"]) != 0 {
			t.Errorf("%s: the mail's markup came through", at)
		}
		for _, a := range found["a"] {
			if strings.HasPrefix(attribute(a, "href"), "javascript") {
				t.Errorf("%s: a link runs a script", at)
			}
		}
	}
}

func TestJSONListsForScripts(t *testing.T) {
	t.Parallel()
	c := mustStart(t, Options{})
	address := site(t, c) + "messages.json"
	if _, body := get(t, address); strings.TrimSpace(body) != "[]" {
		t.Errorf("no messages give %q, want []", body)
	}
	mustSend(t, c, invitation(t, "DP-2026-00001", "proposal"), invitation(t, "DP-2026-00002", "meeting"))
	_, body := get(t, address)
	var all []map[string]any
	if err := json.Unmarshal([]byte(body), &all); err != nil {
		t.Fatal(err)
	}
	if len(all) != 2 || all[0]["case"] != "DP-2026-00001" {
		t.Fatalf("messages %v, want two, oldest first", all)
	}
	for _, key := range []string{"id", "at", "to", "subject", "case", "moment", "message_id", "text"} {
		if _, ok := all[0][key]; !ok {
			t.Errorf("no %q", key)
		}
	}
	if _, body := get(t, address+"?pratica=DP-2026-00002"); strings.Contains(body, "DP-2026-00001") {
		t.Errorf("the filter gives %s", body)
	}
}

func TestOnlyIdsOfMessagesAreOpened(t *testing.T) {
	t.Parallel()
	c := mustStart(t, Options{})
	if err := c.store.dir.WriteFile("secret.eml", []byte("Subject: secret\r\n\r\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	address := site(t, c) + "messages/"
	for _, id := range []string{
		"secret", "..%2f..%2fetc%2fpasswd", "..", "%00", "20261121T101112.000000000Z-000001", "20261121T101112.000000000Z-000001%2f..%2fsecret",
	} {
		for _, part := range []string{"", "/html"} {
			if response, body := get(t, address+id+part); response.StatusCode == http.StatusOK && strings.Contains(body, "secret") {
				t.Errorf("%s%s was opened", id, part)
			} else if response.StatusCode != http.StatusNotFound && id != ".." {
				t.Errorf("%s%s: status %d, want 404", id, part, response.StatusCode)
			}
		}
	}
}

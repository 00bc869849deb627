// Package htmltest reads pages in tests: what is there, by CSS selectors, and what every page must keep to.
package htmltest

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// Page is a page that has been read.
type Page struct {
	testing.TB
	Root *html.Node
}

// Read parses a page.
func Read(t testing.TB, page []byte) Page {
	t.Helper()
	root, err := html.Parse(bytes.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	return Page{t, root}
}

// All finds the elements of a selector: descendants of tag, #id, .class, [name] and [name=value], as in
// "form input[name=code]".
func (p Page) All(selector string) []*html.Node {
	found := []*html.Node{p.Root}
	for _, part := range strings.Fields(selector) {
		var next []*html.Node
		for _, n := range found {
			for d := range n.Descendants() {
				if d.Type == html.ElementNode && fits(d, part) && !slices.Contains(next, d) {
					next = append(next, d)
				}
			}
		}
		found = next
	}
	return found
}

// One is the only element of a selector.
func (p Page) One(selector string) *html.Node {
	p.Helper()
	found := p.All(selector)
	if len(found) != 1 {
		p.Fatalf("%d elements of %q, want one", len(found), selector)
	}
	return found[0]
}

// Text is what people read in an element, with single spaces.
func Text(n *html.Node) string {
	var words []string
	for d := range n.Descendants() {
		if d.Type == html.TextNode {
			words = append(words, strings.Fields(d.Data)...)
		}
	}
	return strings.Join(words, " ")
}

// Text is what people read in the main part of the page.
func (p Page) Text() string {
	p.Helper()
	return Text(p.One("main"))
}

// Attr is an attribute; empty when there is none.
func Attr(n *html.Node, name string) string {
	value, _ := attr(n, name)
	return value
}

func attr(n *html.Node, name string) (string, bool) {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val, true
		}
	}
	return "", false
}

// fits judges one part of a selector.
func fits(n *html.Node, part string) bool {
	for part != "" {
		end := strings.IndexAny(part[1:], "#.[") + 1
		if end == 0 {
			end = len(part)
		}
		piece := part[:end]
		part = part[end:]
		switch piece[0] {
		case '#':
			if Attr(n, "id") != piece[1:] {
				return false
			}
		case '.':
			if !slices.Contains(strings.Fields(Attr(n, "class")), piece[1:]) {
				return false
			}
		case '[':
			name, want, valued := strings.Cut(strings.Trim(piece, "[]"), "=")
			if value, ok := attr(n, name); !ok || valued && value != want {
				return false
			}
		default:
			if n.Data != piece {
				return false
			}
		}
	}
	return true
}

// Check holds a page to what every page keeps to: Italian, one title and heading that say the same, a label for every
// field, scripts and styles from files of ours alone, pictures that stand in the page, nothing from elsewhere, forms that post (or search) and can be sent.
func (p Page) Check() {
	p.Helper()
	if Attr(p.One("html"), "lang") != "it" {
		p.Error("the page is not in Italian")
	}
	if title, heading := Text(p.One("title")), Text(p.One("h1")); title == "" || title != heading {
		p.Errorf("title %q, heading %q", title, heading)
	}
	for _, script := range p.All("script") {
		if !strings.HasPrefix(Attr(script, "src"), "/assets/") || Text(script) != "" {
			p.Errorf("a script that is not a file of ours: %v", script.Attr)
		}
	}
	for _, selector := range []string{"style", "iframe", "[style]", "[onclick]", "[onload]", "base"} {
		if n := len(p.All(selector)); n > 0 {
			p.Errorf("%d of %q", n, selector)
		}
	}
	for _, img := range p.All("img") {
		if !strings.HasPrefix(Attr(img, "src"), "data:image/png;base64,") || Attr(img, "alt") == "" {
			p.Errorf("a picture that does not stand in the page, or says nothing: %.100v", img.Attr)
		}
	}
	for _, field := range slices.Concat(p.All("input"), p.All("select"), p.All("textarea")) {
		if Attr(field, "type") != "hidden" && len(p.All("label[for="+Attr(field, "id")+"]")) != 1 {
			p.Errorf("field %s has no label", Attr(field, "name"))
		}
	}
	for _, form := range p.All("form") {
		inside := Page{p.TB, form}
		posts := Attr(form, "method") == "post" || Attr(form, "method") == "get" && Attr(form, "role") == "search"
		if action := Attr(form, "action"); !posts || action != "" && !strings.HasPrefix(action, "/") || len(inside.All("button")) == 0 {
			p.Errorf("a form that does not post here, or cannot be sent: %v", form.Attr)
		}
	}
	for _, link := range slices.Concat(p.All("[href]"), p.All("[src]")) {
		to := Attr(link, "href") + Attr(link, "src")
		if link.Data == "img" {
			continue // judged above
		}
		if !strings.HasPrefix(to, "/") && !strings.HasPrefix(to, "#") && !strings.HasPrefix(to, "tel:") || strings.HasPrefix(to, "//") {
			p.Errorf("a link elsewhere: %s", to)
		}
	}
	seen := []string{}
	for _, n := range p.All("[id]") {
		if slices.Contains(seen, Attr(n, "id")) {
			p.Errorf("two of #%s", Attr(n, "id"))
		}
		seen = append(seen, Attr(n, "id"))
	}
}

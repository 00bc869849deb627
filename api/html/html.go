// Package html is what people see in a browser: a layout, a view for every page, the typed struct that each view shows,
// and the files they need, all embedded and parsed when the program starts. Pages are Italian, work without JavaScript
// and from 320 pixels on, and tell nothing to any other site.
package html

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"html/template"
	"path"
	"strings"
)

//go:embed templates/*.html
var templates embed.FS

//go:embed static/style.css
var style []byte

// Policy is the Content-Security-Policy of every page: its own style sheet and its own forms, nothing else.
const Policy = "default-src 'none'; style-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"

// StylePath is where the style sheet lives. Its name changes with its content, so that it may be kept for ever.
var StylePath = "/assets/" + hashed("style.css", style)

// Asset is an embedded file by the name of its path, with its media type; false when there is none.
func Asset(name string) (content []byte, media string, ok bool) {
	if name != path.Base(StylePath) {
		return nil, "", false
	}
	return style, "text/css; charset=utf-8", true
}

func hashed(name string, content []byte) string {
	sum := sha256.Sum256(content)
	ext := path.Ext(name)
	return strings.TrimSuffix(name, ext) + "." + hex.EncodeToString(sum[:6]) + ext
}

// View is a page: its template in the layout, and the type of what it shows.
type View[T any] struct{ page *template.Template }

// frame is what the layout adds to a page.
type frame[T any] struct {
	Style string
	Page  T
}

// view parses a page and its layout; a template that does not parse stops the program at its start.
func view[T any](name string) View[T] {
	return View[T]{template.Must(template.New("layout.html").Funcs(words).ParseFS(templates,
		"templates/layout.html", "templates/parts.html", "templates/"+name+".html"))}
}

// Render is the whole page. The error is of the template: nothing has been written yet.
func (v View[T]) Render(page T) ([]byte, error) {
	var out bytes.Buffer
	if err := v.page.Execute(&out, frame[T]{Style: StylePath, Page: page}); err != nil {
		return nil, fmt.Errorf("render page: %w", err)
	}
	return out.Bytes(), nil
}

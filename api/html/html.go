// Package html is what people see in a browser: two layouts, a view for every page, the typed struct that each view
// shows, the building blocks they share, and the files they need, all embedded and parsed when the program starts. Pages
// are Italian, work without JavaScript and from 320 pixels on, and tell nothing to any other site.
//
// A page of the desk is a template under templates/desk with "title" and "main", and a line that makes its view:
//
//	var Today = desk[TodayPage]("today")
//
// Blocks are templates of templates/blocks.html, called with a typed value: a [Field] of a [Form], a [Table]'s head, a
// [Badge]. The pages behind the links of mails have a layout of their own, without the desk around them.
package html

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
)

//go:embed templates/*.html templates/desk/*.html templates/links/*.html
var templates embed.FS

// Policy is the Content-Security-Policy of every page: its own files and its own forms, nothing else. No script and no
// style is written into a page.
const Policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; " +
	"connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"

// View is a page behind a link: its template in the layout, and the type of what it shows.
type View[T any] struct{ page *template.Template }

// DeskView is a page of the desk: the same, with the desk around it.
type DeskView[T any] struct{ page *template.Template }

// frame is what the layout of the desk adds to a page.
type frame[T any] struct {
	Desk Desk
	Page T
}

// link parses a page behind a link; a template that does not parse stops the program at its start.
func link[T any](name string) View[T] {
	return View[T]{parse("layout.html", "templates/layout.html", "templates/blocks.html", "templates/links/parts.html",
		"templates/links/"+name+".html")}
}

// desk parses a page of the desk, written in one or more files.
func desk[T any](names ...string) DeskView[T] {
	files := deskParts()
	for _, name := range names {
		files = append(files, "templates/desk/"+name+".html")
	}
	return DeskView[T]{parse("desk.html", files...)}
}

// deskParts are what every page of the desk may use.
func deskParts() []string {
	return []string{"templates/desk.html", "templates/blocks.html", "templates/fields.html", "templates/cases.html"}
}

func parse(layout string, names ...string) *template.Template {
	return template.Must(template.New(layout).Funcs(words).Funcs(caseWords).Funcs(template.FuncMap{"asset": assetPath}).
		Option("missingkey=error").ParseFS(templates, names...))
}

// Render is the whole page. The error is of the template: nothing has been written yet.
func (v View[T]) Render(page T) ([]byte, error) { return render(v.page, page) }

// Render is the whole page with the desk around it. The error is of the template: nothing has been written yet.
func (v DeskView[T]) Render(around Desk, page T) ([]byte, error) {
	return render(v.page, frame[T]{around, page})
}

func render(page *template.Template, data any) ([]byte, error) {
	var out bytes.Buffer
	if err := page.Execute(&out, data); err != nil {
		return nil, fmt.Errorf("render page: %w", err)
	}
	return out.Bytes(), nil
}

package e2e

import (
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// atTheDesk is everybody of the demo, and whether they see the case under way.
var atTheDesk = []struct {
	who  string
	sees bool
}{
	{"coordinator", true},
	{"casemanager", true},
	{"igea", true},
	{"sender", true},
	{"hospital", true},
	{"dpo", true},
	{"meraki", false},
	{"sentiero", false},
	{"operator", false},
	{"municipality", true},
	{"steering", false},
	{"public", false},
	{"administrative", false},
	{"admin", false},
}

// TestPagesInABrowser opens every page as every role, wide and narrow, and holds it to what everybody needs.
func TestPagesInABrowser(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "DIMISSIONI_INSTITUTION=Ambito di prova")
	id, _ := w.toActiveCase()
	w.submit()
	script, browser := axe(t), chromium(t)

	t.Run("nobody", func(t *testing.T) {
		b := opens(browser, t, w.address, true)
		for _, width := range []int64{1280, 390, 320} {
			if heading := b.visit("/accedi", width); heading != "Accedere" {
				t.Errorf("signing in is headed %q", heading)
			}
			b.accessible(script, "/accedi")
		}
		b.visit("/password-dimenticata", 320)
		b.accessible(script, "/password-dimenticata")
		b.quiet()
	})
	for _, one := range atTheDesk {
		t.Run(one.who, func(t *testing.T) {
			b := opens(browser, t, w.address, true)
			b.signIn(one.who)
			paths := []string{"/oggi", "/casi"}
			if one.sees {
				paths = append(paths, "/casi/"+id)
			}
			switch one.who {
			case "coordinator": // they are the same for all
				paths = append(paths, "/sessioni", "/aiuto", "/accessibilita", "/nessuna-pagina", "/profilo", "/password", "/secondo-fattore")
			case "admin":
				user := "/amministrazione/utenti/" + w.id("sender", "user")
				paths = append(paths, "/amministrazione/utenti", user, user+"/disattiva", "/amministrazione/nuovo-utente", "/amministrazione/registro")
			}
			for _, path := range paths {
				for _, width := range []int64{1280, 390} {
					b.visit(path, width)
					b.accessible(script, path)
				}
				b.visit(path, 320)
			}
			b.wrongs = slices.DeleteFunc(b.wrongs, func(said string) bool { return strings.Contains(said, "/nessuna-pagina") }) // 404, as it must be
			b.quiet()
		})
	}
}

// TestPagesWithoutJavaScript signs in, searches and signs out with scripts switched off.
func TestPagesWithoutJavaScript(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	_, code := w.submit()
	b := opens(chromium(t), t, w.address, false)
	b.signIn("coordinator")
	task := reads(b, chromedp.Text(chromedp.CSS(`.task`)))
	b.does(
		chromedp.Navigate(w.address+"/casi"),
		chromedp.SendKeys(chromedp.CSS(`#f-nome`), "pro"),
		chromedp.Click(chromedp.CSS(`.by-name button`)),
		chromedp.WaitVisible(chromedp.CSS(`table.cases`)),
	)
	found := reads(b, chromedp.Text(chromedp.CSS(`table.cases`)))
	b.does(chromedp.Click(chromedp.CSS(`table.cases a`)), chromedp.WaitVisible(chromedp.CSS(`.case-head`)))
	heading := reads(b, chromedp.Text(chromedp.CSS(`main h1`)))
	b.does(chromedp.Click(chromedp.CSS(`form[action="/esci"] button`)), chromedp.WaitVisible(chromedp.CSS(`.roles`)))
	for what, text := range map[string]string{"the first page": task, "the search": found, "the case": heading} {
		if !strings.Contains(text, code) {
			t.Errorf("%s does not show %s: %q", what, code, text)
		}
	}
	b.quiet()
}

// toActiveCase is a case under way.
func (w *world) toActiveCase() (id, code string) {
	w.t.Helper()
	id, code = w.submit()
	w.toActive(id)
	return id, code
}

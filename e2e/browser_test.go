package e2e

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	cdplog "github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// chromium starts one headless browser for a test; without the program the test fails and says how to install it.
func chromium(t testing.TB) context.Context {
	t.Helper()
	path, err := exec.LookPath("chromium")
	if err != nil {
		t.Fatal("chromium is not installed: scripts/setup")
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.DisableGPU, chromedp.NoFirstRun, chromedp.UserDataDir(t.TempDir()),
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-background-networking", true),
		chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-sync", true), chromedp.Flag("disable-dev-shm-usage", true),
	)
	allocator, stop := chromedp.NewExecAllocator(t.Context(), options...)
	t.Cleanup(stop)
	browser, closeBrowser := chromedp.NewContext(allocator)
	t.Cleanup(closeBrowser)
	if err := chromedp.Do(browser); err != nil {
		t.Fatal(err)
	}
	return browser
}

// window is somebody's browser: cookies of its own, and everything that went wrong in it.
type window struct {
	testing.TB
	ctx     context.Context
	address string // of the service

	mu     sync.Mutex
	wrongs []string
}

// opens opens a window on the service; without scripts as for who has switched JavaScript off.
func opens(browser context.Context, t testing.TB, address string, scripts bool) *window {
	t.Helper()
	ctx, closeWindow := chromedp.NewContext(browser, chromedp.WithNewBrowserContext())
	t.Cleanup(closeWindow)
	limited, cancel := context.WithTimeout(ctx, 3*patience)
	t.Cleanup(cancel)
	w := &window{TB: t, ctx: limited, address: address}
	if err := chromedp.Do(ctx); err != nil { // without a limit, which would be the window's own
		t.Fatal(err)
	}
	if err := chromedp.Listen(limited, w.hear); err != nil {
		t.Fatal(err)
	}
	_, heard := chromedp.Call(limited, cdplog.Enable, cdp.Empty{})
	_, told := chromedp.Call(limited, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: !scripts})
	if err := errors.Join(heard, told); err != nil {
		t.Fatal(err)
	}
	return w
}

// hear notes what the browser complains of: scripts that failed, files that did not load, what the policy refused.
func (w *window) hear(event any) {
	var said string
	switch e := event.(type) {
	case *runtime.EventExceptionThrown:
		said = e.ExceptionDetails.Text
	case *cdplog.EventEntryAdded:
		if e.Entry.Level == cdplog.EntryLevelError || e.Entry.Source == cdplog.EntrySourceSecurity {
			said = e.Entry.Text + " " + e.Entry.URL
		}
	}
	if said != "" {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.wrongs = append(w.wrongs, said)
	}
}

// does takes steps; the first that fails ends the test.
func (w *window) does(steps ...chromedp.Action[chromedp.Void]) {
	w.Helper()
	if err := chromedp.Do(w.ctx, steps...); err != nil {
		w.Fatal(err)
	}
}

// reads takes a step that brings something back.
func reads[T any](w *window, step chromedp.Action[T]) T {
	w.Helper()
	value, err := chromedp.Run(w.ctx, step)
	if err != nil {
		w.Fatal(err)
	}
	return value
}

// signIn chooses a demo account, as people do.
func (w *window) signIn(who string) {
	w.Helper()
	w.does(
		chromedp.Navigate(w.address+"/accedi"),
		chromedp.Click(chromedp.CSS(fmt.Sprintf(`button[value=%q]`, who+"@demo.test"))),
		chromedp.WaitVisible(chromedp.CSS(`.reader`)),
	)
}

// visit opens a page and reads its heading; the page may not scroll sideways.
func (w *window) visit(path string, width int64) (heading string) {
	w.Helper()
	w.does(
		chromedp.EmulateViewport(width, 900), chromedp.Navigate(w.address+path), chromedp.WaitReady(chromedp.CSS(`main h1`)),
	)
	heading = reads(w, chromedp.Text(chromedp.CSS(`main h1`)))
	spare := reads(w, chromedp.Evaluate[int](`document.documentElement.scrollWidth - document.documentElement.clientWidth`))
	if spare > 0 {
		w.Errorf("%s is %d pixels wider than %d", path, spare, width)
	}
	w.photograph(path, width)
	return heading
}

// photograph keeps a picture of the page where DIMISSIONI_SCREENSHOTS says; nowhere otherwise.
func (w *window) photograph(path string, width int64) {
	folder := os.Getenv("DIMISSIONI_SCREENSHOTS")
	if folder == "" {
		return
	}
	picture := reads(w, chromedp.FullScreenshot(100))
	name := strings.ReplaceAll(strings.Trim(w.Name()+path, "/"), "/", "_")
	if err := os.WriteFile(filepath.Join(folder, fmt.Sprintf("%s-%d.png", name, width)), picture, 0o600); err != nil {
		w.Fatal(err)
	}
}

// axe is what checks pages for whoever cannot see, hear or point: as scripts/assets brought it in, unchanged.
func axe(t testing.TB) string {
	t.Helper()
	script, missing := os.ReadFile("testdata/axe/axe.min.js")
	sums, unknown := os.ReadFile("testdata/axe/SHA256SUMS")
	if err := errors.Join(missing, unknown); err != nil {
		t.Fatal(err)
	}
	if sum := sha256.Sum256(script); !strings.Contains(string(sums), hex.EncodeToString(sum[:])+"  axe.min.js") {
		t.Fatal("axe.min.js has changed")
	}
	return string(script)
}

// accessible holds the page that is open to WCAG 2.1, levels A and AA.
func (w *window) accessible(script, where string) {
	w.Helper()
	w.does(chromedp.Evaluate[chromedp.Void](script))
	found := reads(w, chromedp.Evaluate[string](`axe.run(document, {runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]}).then(r => JSON.stringify(
		r.violations.map(v => v.id + ": " + v.help + " (" + v.nodes.map(n => n.target.join(" ") + " " + n.failureSummary).join("; ") + ")")))`,
		func(p *runtime.EvaluateParams) { p.AwaitPromise = new(true) }))
	var violations []string
	if err := json.Unmarshal([]byte(found), &violations); err != nil {
		w.Fatal(err)
	}
	for _, v := range violations {
		w.Errorf("%s: %s", where, v)
	}
}

// quiet fails when the browser has complained of anything.
func (w *window) quiet() {
	w.Helper()
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, wrong := range w.wrongs {
		w.Errorf("the browser says: %s", wrong)
	}
}

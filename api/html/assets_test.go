package html

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"os"
	"regexp"
	"strings"
	"testing"
)

// TestWhatOthersMadeIsUnchanged: a newer version comes in by scripts/assets, with its checksums.
func TestWhatOthersMadeIsUnchanged(t *testing.T) {
	t.Parallel()
	const folder = "static/vendor/"
	sums, err := os.ReadFile(folder + "SHA256SUMS")
	if err != nil {
		t.Fatal(err)
	}
	known := map[string]bool{"SHA256SUMS": true, "README.md": true}
	for line := range strings.Lines(string(sums)) {
		want, name, _ := strings.Cut(strings.TrimSpace(line), "  ")
		content, err := os.ReadFile(folder + name)
		if err != nil {
			t.Fatal(err)
		}
		if sum := sha256.Sum256(content); hex.EncodeToString(sum[:]) != want {
			t.Errorf("%s has changed", name)
		}
		known[name] = true
	}
	found, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range found {
		if !known[file.Name()] {
			t.Errorf("%s has no checksum", file.Name())
		}
	}
}

// TestSheetsLoadOnlyWhatIsServed: whatever a sheet names is a file of ours or stands in the sheet itself.
func TestSheetsLoadOnlyWhatIsServed(t *testing.T) {
	t.Parallel()
	named := regexp.MustCompile(`url\(["']?([^"')]{0,60})`)
	for name, file := range files {
		if !strings.HasSuffix(name, ".css") {
			continue
		}
		for _, refused := range []string{"@import", "url(data:application", "url(data:font"} {
			if strings.Contains(string(file.Content), refused) {
				t.Errorf("%s holds %s, which the policy refuses", name, refused)
			}
		}
		for _, match := range named.FindAllStringSubmatch(string(file.Content), -1) {
			_, served := Asset(strings.TrimPrefix(match[1], Assets))
			if !served && !strings.HasPrefix(match[1], "data:") {
				t.Errorf("%s loads %s", name, match[1])
			}
		}
	}
}

func TestAssetsAreServedUnderTheirContentsNames(t *testing.T) {
	t.Parallel()
	if len(files) < 8 {
		t.Errorf("%d files", len(files))
	}
	for name, file := range files {
		if got, ok := Asset(strings.TrimPrefix(file.Path, Assets)); !ok || got.Path != file.Path || file.Media == "" {
			t.Errorf("%s is not served at %s, or as %q", name, file.Path, file.Media)
		}
		if file.Gzipped == nil {
			continue
		}
		r, err := gzip.NewReader(bytes.NewReader(file.Gzipped()))
		if err != nil {
			t.Fatal(err)
		}
		whole, err := io.ReadAll(r)
		if err != nil || !bytes.Equal(whole, file.Content) {
			t.Errorf("%s does not unpack to itself: %v", name, err)
		}
	}
	for _, name := range []string{"style.css", "../html.go", "", "style.000000000000.css", "SHA256SUMS"} {
		if _, ok := Asset(name); ok {
			t.Errorf("%q is served", name)
		}
	}
}

package html

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"io/fs"
	"path"
	"regexp"
	"strings"
	"sync"
)

// What browsers load beside the pages: what others made, brought in by scripts/assets, and our own sheet on top of it.
//
//go:embed static/*.css static/*.svg static/vendor/*.css static/vendor/*.js static/vendor/*.svg static/vendor/*.woff2
var static embed.FS

// File is what browsers load beside a page. Its name changes with its content: it may be kept for ever.
type File struct {
	Path    string // where it is served
	Media   string
	Content []byte
	Gzipped func() []byte // nil for what is compressed already
}

// Assets is the folder they are served from.
const Assets = "/assets/"

var mediaTypes = map[string]string{
	".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml", ".woff2": "font/woff2",
}

// files holds every file by the name it was written under.
var files = readStatic()

// StylePath is where our own sheet lives.
var StylePath = files["style.css"].Path

// Asset is the file that is served under a name; false when there is none.
func Asset(name string) (File, bool) {
	for _, f := range files {
		if f.Path == Assets+name {
			return f, true
		}
	}
	return File{}, false
}

// readStatic reads what is embedded; a sheet of ours that names a file which is not there stops the program.
func readStatic() map[string]File {
	found := map[string]File{}
	for _, pattern := range []string{"static/vendor/*", "static/*.svg", "static/*.css"} { // the sheets of ours last: they name the others
		names, err := fs.Glob(static, pattern)
		if err != nil {
			panic(err) // a pattern of ours
		}
		for _, name := range names {
			content, err := static.ReadFile(name)
			if err != nil {
				panic(err) // it is embedded
			}
			base := path.Base(name)
			content = videoFont.ReplaceAll(content, nil)
			if path.Dir(name) == "static" {
				content = nameUrls(content, found)
			}
			found[base] = newFile(base, content)
		}
	}
	return found
}

func newFile(name string, content []byte) File {
	ext := path.Ext(name)
	sum := sha256.Sum256(content)
	f := File{
		Path:  Assets + strings.TrimSuffix(name, ext) + "." + hex.EncodeToString(sum[:6]) + ext,
		Media: mediaTypes[ext], Content: content,
	}
	if ext != ".woff2" {
		f.Gzipped = sync.OnceValue(func() []byte { return gzipped(content) })
	}
	return f
}

// videoFont is what the sheet of Bootstrap Italia brings for a video player, written into itself: the policy refuses it,
// browsers complain of it on every page, and we show no video.
var videoFont = regexp.MustCompile(`@font-face\{font-family:VideoJS;[^}]*\}`)

var fileURL = regexp.MustCompile(`url\("([^":]+)"\)`)

// nameUrls gives the files that a sheet names the names they are served under.
func nameUrls(sheet []byte, found map[string]File) []byte {
	return fileURL.ReplaceAllFunc(sheet, func(match []byte) []byte {
		name := string(fileURL.FindSubmatch(match)[1])
		f, ok := found[name]
		if !ok {
			panic("html: no file " + name)
		}
		return []byte(`url("` + f.Path + `")`)
	})
}

func gzipped(content []byte) []byte {
	var out bytes.Buffer
	w, err := gzip.NewWriterLevel(&out, gzip.BestCompression)
	if err != nil {
		panic(err) // a level of gzip's own
	}
	_, _ = w.Write(content) // into memory: it cannot fail
	_ = w.Close()
	return out.Bytes()
}

// assetPath is for templates: where a file is served. A name that is not there is an error of the template.
func assetPath(name string) string {
	f, ok := files[name]
	if !ok {
		panic("html: no file " + name)
	}
	return f.Path
}

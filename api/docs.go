package api

import (
	"embed"
	"io/fs"
	"net/http"
	"path"
	"slices"

	"github.com/gin-gonic/gin"
)

// The documentation page: Swagger UI, vendored, and two files of ours. See docs/VENDORED.md.
//
//go:embed docs/index.html docs/init.js docs/swagger-ui-bundle.js docs/swagger-ui-bundle.js.LICENSE.txt docs/swagger-ui.css docs/LICENSE docs/NOTICE
var docs embed.FS

// docsPolicy lets the page load its own files and read the contract; it sends what the reader tries to us alone.
const docsPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; " +
	"frame-ancestors 'none'; base-uri 'none'; form-action 'none'"

var docsTypes = map[string]string{
	".html": "text/html; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8",
	"": "text/plain; charset=utf-8", ".txt": "text/plain; charset=utf-8",
}

func (s *server) openAPI(c *gin.Context) error {
	c.Header("Cache-Control", "no-cache")
	c.Data(http.StatusOK, "application/yaml", openAPI)
	return nil
}

func (s *server) docsPage(c *gin.Context) error { return sendDoc(c, "index.html") }

func (s *server) docsFile(c *gin.Context) error {
	files, err := fs.ReadDir(docs, "docs")
	if err != nil {
		return err
	}
	name := c.Param("file")
	if !slices.ContainsFunc(files, func(f fs.DirEntry) bool { return f.Name() == name }) {
		return errNotFound
	}
	return sendDoc(c, name)
}

func sendDoc(c *gin.Context, name string) error {
	content, err := docs.ReadFile(path.Join("docs", name))
	if err != nil {
		return err
	}
	c.Header("Content-Security-Policy", docsPolicy)
	c.Header("Cache-Control", "no-cache")
	c.Data(http.StatusOK, docsTypes[path.Ext(name)], content)
	return nil
}

package api

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"dimissioni/api/html"
)

// asset is a file that pages load. Its name changes with its content: browsers keep it for ever.
func (s *server) asset(c *gin.Context) error {
	file, ok := html.Asset(c.Param("file"))
	if !ok {
		return errNotFound
	}
	c.Header("Cache-Control", "public, max-age=31536000, immutable")
	if file.Gzipped == nil {
		c.Data(http.StatusOK, file.Media, file.Content)
		return nil
	}
	c.Header("Vary", "Accept-Encoding")
	if !takesGzip(c.GetHeader("Accept-Encoding")) {
		c.Data(http.StatusOK, file.Media, file.Content)
		return nil
	}
	c.Header("Content-Encoding", "gzip")
	c.Data(http.StatusOK, file.Media, file.Gzipped())
	return nil
}

// takesGzip reads Accept-Encoding as browsers write it; a weight of nought refuses.
func takesGzip(accepted string) bool {
	for coding := range strings.SplitSeq(accepted, ",") {
		name, weight, weighed := strings.Cut(strings.ReplaceAll(coding, " ", ""), ";q=")
		if !strings.EqualFold(name, "gzip") {
			continue
		}
		q, err := strconv.ParseFloat(weight, 64)
		return !weighed || err == nil && q > 0
	}
	return false
}

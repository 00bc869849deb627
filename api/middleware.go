package api

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"mime"
	"net/http"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"dimissioni/internal/discharge"
)

const (
	keyRequestID = "request_id"
	keySession   = "session"
	maxBody      = 1 << 20 // bytes of a JSON body
)

// identify gives every request an id of ours: one from outside could carry anything into the log.
func identify(c *gin.Context) {
	id := rand.Text()
	c.Set(keyRequestID, id)
	c.Header("X-Request-Id", id)
}

func requestID(c *gin.Context) string { return c.GetString(keyRequestID) }

// route is the template of the path, which holds no id and no token; the path itself is never written anywhere.
func route(c *gin.Context) string {
	if t := c.FullPath(); t != "" {
		return t
	}
	return "unknown"
}

// recoverPanics answers 500 and logs where it happened; neither the value nor the stack, which may hold data.
func (s *server) recoverPanics(c *gin.Context) {
	defer func() {
		value := recover()
		if value == nil {
			return
		}
		if err, ok := value.(error); ok && errors.Is(err, http.ErrAbortHandler) {
			panic(value) // the server's own way to cut a connection
		}
		s.log.ErrorContext(c, "request panicked", slog.String("request_id", requestID(c)),
			slog.String("route", route(c)), slog.String("at", panicSite()))
		if !c.Writer.Written() {
			c.Abort()
			s.writeProblem(c, problemOf(errInternal))
		}
	}()
	c.Next()
}

// panicSite is the first line of ours below the panic.
func panicSite() string {
	pcs := make([]uintptr, 32)
	frames := runtime.CallersFrames(pcs[:runtime.Callers(3, pcs)])
	for {
		frame, more := frames.Next()
		if strings.HasPrefix(frame.Function, "dimissioni/") {
			return fmt.Sprintf("%s:%d", frame.Function, frame.Line)
		}
		if !more {
			return "unknown"
		}
	}
}

// inTime bounds every answer: whoever asks is told to come back even when the database says nothing at all.
func inTime(c *gin.Context) {
	patience := answerPatience
	if strings.HasSuffix(c.FullPath(), "/fast-forward") {
		patience = forwardPatience
	}
	ctx, cancel := context.WithTimeout(c.Request.Context(), patience)
	defer cancel()
	c.Request = c.Request.WithContext(ctx)
	c.Next()
}

func (s *server) logAccess(c *gin.Context) {
	start := time.Now()
	c.Next()
	took := time.Since(start)
	s.metrics.observe(c, took)
	attrs := []slog.Attr{
		slog.String("request_id", requestID(c)),
		slog.String("method", knownMethod(c.Request.Method)),
		slog.String("route", route(c)),
		slog.Int("status", c.Writer.Status()),
		slog.Int64("duration_ms", took.Milliseconds()),
	}
	if me, ok := sessionOf(c); ok {
		attrs = append(attrs, slog.String("user_id", me.ID))
	}
	s.log.LogAttrs(c, slog.LevelInfo, "request", attrs...)
}

// knownMethod keeps invented methods out of logs and metrics.
func knownMethod(method string) string {
	known := []string{
		http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete,
		http.MethodOptions,
	}
	if slices.Contains(known, method) {
		return method
	}
	return "OTHER"
}

// secure sets the headers of every answer. Nothing of ours is framed, cached, sniffed or read from another site.
func secure(c *gin.Context) {
	h := c.Writer.Header()
	h.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Frame-Options", "DENY")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
	h.Set("Cache-Control", "no-store")
}

// sameOrigin refuses what a browser sends from another site, whatever it carries.
func (s *server) sameOrigin(guard *http.CrossOriginProtection) gin.HandlerFunc {
	return s.handle(func(c *gin.Context) error {
		if err := guard.Check(c.Request); err != nil {
			return discharge.Refuse(discharge.KindForbidden, "La richiesta arriva da un altro sito.")
		}
		return nil
	})
}

// jsonOnly bounds every body and refuses those that are not JSON.
func (s *server) jsonOnly() gin.HandlerFunc {
	return s.handle(func(c *gin.Context) error {
		body := &boundedBody{ReadCloser: http.MaxBytesReader(c.Writer, c.Request.Body, maxBody), whole: c.Request.Body}
		c.Request.Body = body
		if c.Request.ContentLength > maxBody {
			body.drain()
			return errTooLarge
		}
		if c.Request.ContentLength == 0 {
			return nil
		}
		media, params, err := mime.ParseMediaType(c.GetHeader("Content-Type"))
		charset := strings.ToLower(params["charset"])
		if encoded(c) {
			return discharge.Refuse(discharge.KindUnsupportedMedia, "Il corpo va mandato com'è, senza compressione.")
		}
		if err != nil || media != "application/json" || charset != "" && charset != "utf-8" {
			return discharge.Refuse(discharge.KindUnsupportedMedia, "Il corpo deve essere application/json in UTF-8.")
		}
		return nil
	})
}

// encoded reports whether a body is compressed: what is small needs not, and what is not would come out larger than it
// seems.
func encoded(c *gin.Context) bool {
	encoding := strings.ToLower(strings.Join(c.Request.Header.Values("Content-Encoding"), ","))
	return encoding != "" && encoding != "identity"
}

// boundedBody is a body of which only so much is read.
type boundedBody struct {
	io.ReadCloser
	whole io.Reader
}

// maxDrain is how much of a body that is too long we still take, to no effect.
const maxDrain = 16 << 20

// drain takes in the rest: many clients read the answer only once they have sent everything.
func (b *boundedBody) drain() { _, _ = io.CopyN(io.Discard, b.whole, maxDrain) }

package temporald

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync/atomic"

	"go.temporal.io/server/common/log"
	"go.temporal.io/server/common/log/tag"
)

// logger hands the server's warnings and errors to our log and drops the rest, which on a healthy day is all there is.
// While the server stops its parts complain of losing one another: then warnings and errors become details.
type logger struct {
	slog     *slog.Logger
	stopping *atomic.Bool
}

var _ log.WithLogger = logger{}

func newLogger(to *slog.Logger) logger {
	return logger{slog: to.With("component", "temporal"), stopping: new(atomic.Bool)}
}

// fatal is what the server logs before it means to end the process; see launch.
type fatal string

func (f fatal) Error() string { return string(f) }

func (l logger) With(tags ...tag.Tag) log.Logger {
	return logger{slog: slog.New(l.slog.Handler().WithAttrs(attributes(tags))), stopping: l.stopping}
}

func (l logger) Debug(string, ...tag.Tag) {}

func (l logger) Info(string, ...tag.Tag) {}

func (l logger) Warn(message string, tags ...tag.Tag) {
	switch {
	case strings.HasPrefix(message, "HTTP API port has not been set"): // on purpose: it serves Nexus, which we do not use
	case message == "TrailerToContextMetadataInterceptor: Trailer had metadata but context not wrapped":
		// The server's own workers (here the one of worker deployments) call a service that answers with metadata for
		// its metrics, without asking for them: they are dropped, nothing is missing.
	default:
		l.log(slog.LevelWarn, message, tags)
	}
}

func (l logger) Error(message string, tags ...tag.Tag) {
	switch {
	case message == "Queue reader unable to retrieve tasks" && mentions(tags, "shard status unknown"):
		// A queue that starts a moment before its shard is acquired; it tries again.
	case message == "service failures" && mentions(tags, "workflow is closing"):
		// The server's own workflow of our workers' version begins anew just then; whoever called is told, and tries again.
	default:
		l.log(slog.LevelError, message, tags)
	}
}

// DPanic reports a bug that the server survives.
func (l logger) DPanic(message string, tags ...tag.Tag) { l.log(slog.LevelError, message, tags) }

func (l logger) Panic(message string, tags ...tag.Tag) { l.giveUp(message, tags) }

func (l logger) Fatal(message string, tags ...tag.Tag) { l.giveUp(message, tags) }

func (l logger) giveUp(message string, tags []tag.Tag) {
	l.log(slog.LevelError, message, tags)
	panic(fatal(message))
}

func (l logger) log(level slog.Level, message string, tags []tag.Tag) {
	if l.stopping.Load() {
		level = slog.LevelDebug
	}
	l.slog.LogAttrs(context.Background(), level, message, attributes(tags)...) //nolint:sloglint // the server chooses its words
}

func mentions(tags []tag.Tag, text string) bool {
	return slices.ContainsFunc(tags, func(t tag.Tag) bool { return strings.Contains(fmt.Sprint(t.Value()), text) })
}

func attributes(tags []tag.Tag) []slog.Attr {
	attrs := make([]slog.Attr, len(tags))
	for i, t := range tags {
		attrs[i] = slog.Any(t.Key(), t.Value())
	}
	return attrs
}

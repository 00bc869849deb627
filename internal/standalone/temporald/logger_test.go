package temporald

import (
	"bytes"
	"errors"
	"log/slog"
	"strings"
	"testing"

	"go.temporal.io/server/common/log/tag"
)

func TestOnlyKnownNoiseIsDropped(t *testing.T) {
	t.Parallel()
	var said bytes.Buffer
	l := newLogger(slog.New(slog.NewTextHandler(&said, nil)))
	l.Info("all is well")
	l.Warn("TrailerToContextMetadataInterceptor: Trailer had metadata but context not wrapped", tag.NewStringTag("method", "m"))
	l.Error("Queue reader unable to retrieve tasks", tag.Error(errors.New("shard status unknown")))
	l.Error("service failures", tag.Error(errors.New("workflow operation can not be applied because workflow is closing")))
	if said.Len() > 0 {
		t.Errorf("noise: %s", &said)
	}
	l.Warn("TrailerToContextMetadataInterceptor: Failed to propagate some metadata from trailer")
	l.Error("Queue reader unable to retrieve tasks", tag.Error(errors.New("the database is away")))
	l.Error("service failures", tag.Error(errors.New("the database is away")))
	if lines := strings.Count(said.String(), "\n"); lines != 3 {
		t.Errorf("%d lines, want 3:\n%s", lines, &said)
	}
}

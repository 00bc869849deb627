package workflows_test

import (
	"log/slog"
	"path/filepath"
	"testing"

	temporallog "go.temporal.io/sdk/log"
	sdkworker "go.temporal.io/sdk/worker"

	"dimissioni/internal/cipher"
	"dimissioni/worker"
)

// histories holds what the engine kept of real runs, with synthetic people: `make e2e` with -update records them.
const histories = "testdata/histories"

// testKeys are those of the end-to-end tests, which recorded the histories. They protect nothing.
const testKeys = "test:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="

func TestRecordedHistoriesReplay(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob(filepath.Join(histories, "*.json"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no history in %s (%v): record one, or no change of a workflow is safe", histories, err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			t.Parallel()
			replay(t, file)
		})
	}
}

func replay(t *testing.T, file string) {
	ring, err := cipher.ParseRing(testKeys)
	if err != nil {
		t.Fatal(err)
	}
	replayer, err := sdkworker.NewWorkflowReplayerWithOptions(sdkworker.WorkflowReplayerOptions{
		DataConverter:    cipher.DataConverter(ring),
		FailureConverter: cipher.FailureConverter(ring),
	})
	if err != nil {
		t.Fatal(err)
	}
	worker.Register(replayer)
	logger := temporallog.NewStructuredLogger(slog.New(slog.DiscardHandler))
	if err := replayer.ReplayWorkflowHistoryFromJSONFile(logger, file); err != nil {
		t.Error(err)
	}
}

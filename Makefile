# Everything a person or a CI does here; `make` alone lists it. Tools are pinned in tools/go.mod and built once into bin/.

SHELL         := /bin/bash
.SHELLFLAGS   := -eu -o pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
# The go command already uses every core.
.NOTPARALLEL:

# Go where its installer puts it, for shells that do not know.
export PATH := $(PATH):/usr/local/go/bin
# The revision is stamped below; -buildvcs would fail in a clone that belongs to somebody else.
export GOFLAGS := $(strip $(filter-out -buildvcs%,$(GOFLAGS)) -buildvcs=false)
# Static binaries, the same with and without gcc, and one build cache for `build` and `lint`. Only -race needs C.
export CGO_ENABLED := 0

# Arguments of the caller: make run ARGS=-v, make story ARGS=--keep, make unit PKG=./internal/discharge RUN=TestRenewal
export PKG RUN
ARGS ?=

BUILD_ID := $(shell git rev-parse -q --verify --short=12 HEAD 2>/dev/null || echo dev)
GO_BUILD := go build -ldflags "-X dimissioni/internal/engine.BuildID=$(BUILD_ID)"
GENERATE := PATH="$(CURDIR)/bin:$$PATH" go generate ./...
GOTEST   := bin/gotestsum --raw-command --format
step      = @printf '\n== %s  %s\n' "$$(date +%T)" "$(1)"

##@ Use it

.PHONY: run
run: needs/run bin/standalone ## start everything on this machine: Postgres, Temporal, API, worker, mail catcher
	@exec bin/standalone run $(ARGS)

.PHONY: story
story: needs/run bin/standalone ## play six weeks of one discharge in under a minute and tell it
	@exec bin/standalone story $(ARGS)

##@ Check it

.PHONY: test
test: needs/test build lint bin/gotestsum ## everything: lint, then all tests with the race detector, then end to end on the real engine
	$(call step,test)
	@$(GOTEST) standard-quiet -- scripts/gotest unit e2e

.PHONY: unit
unit: bin/gotestsum ## tests of the rooms alone (PKG=./internal/discharge RUN=TestRenewal)
	@$(GOTEST) pkgname-and-test-fails -- scripts/gotest unit

.PHONY: e2e
e2e: build bin/gotestsum ## end-to-end tests alone, on the built binaries and the real engine (RUN=TestName)
	@$(GOTEST) standard-verbose -- scripts/gotest e2e

SECONDS ?= 300
CASES ?= 50
SEED ?= $(shell echo $$RANDOM)
.PHONY: chaos
chaos: build ## kill every process at random points, as long as one likes (SECONDS=600 CASES=50 SEED=42)
	@CHAOS_SECONDS=$(SECONDS) CHAOS_CASES=$(CASES) CHAOS_SEED=$(SEED) DIMISSIONI_BIN=$(CURDIR)/bin CGO_ENABLED=1 \
		go test -vet=off -race -count=1 -timeout 0 -v -run '^TestChaosKills' ./e2e/

# Ours and a bare Temporal workflow side by side: ratios, in about five minutes. docs/performance.md has the rest.
.PHONY: bench
bench: needs/test bin/standalone bin/dimissioni ## measure the product beside a bare workflow (ARGS="-bench-stored=10000 -bench-profile=/tmp/cpu")
	@DIMISSIONI_BIN=$(CURDIR)/bin go test -vet=off -count=1 -timeout 0 -v -run '^TestBench$$' ./e2e/ -args \
		-bench-latency=30 -bench-rounds=5 -bench-cases=40 -bench-at-once=4 -bench-stored=100000 -bench-reads=20 $(ARGS)

FUZZTIME ?= 30s
.PHONY: fuzz
fuzz: ## throw chance at every reader of what comes from outside (FUZZTIME=5m); what it finds is kept under testdata/fuzz
	@grep -roE --include='*_test.go' '^func Fuzz[A-Za-z]+' . | sed -E 's|/[^/]*:func | |' | sort | while read -r room name; do \
		go test -vet=off -run '^$$' -fuzz "^$$name$$" -fuzztime $(FUZZTIME) -fuzzminimizetime 20x "$$room"; \
	done

.PHONY: lint
lint: lint/tidy lint/generated lint/go lint/workflows ## format, vet, golangci-lint with the arrows, workflowcheck, go.mod, generated code

.PHONY: lint/tidy
lint/tidy:
	$(call step,lint: go.mod)
	@go mod tidy -diff
	@go -C tools mod tidy -diff

.PHONY: lint/generated
lint/generated: bin/oapi-codegen
	$(call step,lint: generated code)
	@before=$$(scripts/generated); $(GENERATE); after=$$(scripts/generated); \
	if [[ $$before != "$$after" ]]; then \
		echo "generated code was out of date: commit what was written just now"; \
		diff <(echo "$$before") <(echo "$$after"); \
	fi

.PHONY: lint/go
lint/go: bin/golangci-lint
	$(call step,lint: golangci-lint)
	@bin/golangci-lint run

# Through go vet, which remembers the Temporal SDK and looks only at what has changed.
.PHONY: lint/workflows
lint/workflows: bin/workflowcheck
	$(call step,lint: workflowcheck)
	@go vet -vettool=$(CURDIR)/bin/workflowcheck ./workflows/...
	@go vet -vettool=$(CURDIR)/bin/workflowcheck -tags next ./workflows/...

.PHONY: vuln
vuln: bin/govulncheck ## known vulnerabilities; needs the network and changes with the world, so it is not in test
	bin/govulncheck ./...

##@ Change it

.PHONY: build
build: bin/standalone bin/dimissioni bin/dimissioni-race bin/dimissioni-next ## the binaries, into bin/

.PHONY: fmt
fmt: bin/golangci-lint ## format all Go code
	bin/golangci-lint fmt

.PHONY: generate
generate: bin/oapi-codegen ## write the generated code (*.gen.*) again
	@$(GENERATE)

.PHONY: assets
assets: ## bring in again what browsers need and others have made (needs npm)
	@scripts/assets

.PHONY: readme
readme: needs/run bin/standalone ## play the story and write it into README.md
	@scripts/readme

.PHONY: tools
tools: bin/gotestsum bin/golangci-lint bin/workflowcheck bin/oapi-codegen bin/govulncheck ## build the pinned tools

.PHONY: setup
setup: ## install what is missing on a Debian machine (root or sudo)
	@scripts/setup

.PHONY: clean
clean: ## remove what was built; data/ stays
	rm -rf bin .cache

.PHONY: help
help:
	@awk 'BEGIN { FS = ":.*## " } \
		/^##@ / { printf "\n%s\n", substr($$0, 5) } \
		/^[a-z0-9]+:.*## / { printf "  %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

# Binaries: go build looks at every source itself and links only when something has changed.

.PHONY: bin/standalone
bin/standalone:
	$(call step,build: $@)
	@$(GO_BUILD) -o $@ ./cmd/standalone

.PHONY: bin/dimissioni
bin/dimissioni:
	$(call step,build: $@)
	@$(GO_BUILD) -o $@ ./cmd/dimissioni

.PHONY: bin/dimissioni-race
bin/dimissioni-race:
	$(call step,build: $@)
	@CGO_ENABLED=1 $(GO_BUILD) -race -o $@ ./cmd/dimissioni

# The next version, with one change of the loop (workflows/rehearsal_next.go), for the rolling upgrade of the end-to-end
# tests.
.PHONY: bin/dimissioni-next
bin/dimissioni-next:
	$(call step,build: $@)
	@CGO_ENABLED=1 go build -ldflags "-X dimissioni/internal/engine.BuildID=next" -tags next -race -o $@ ./cmd/dimissioni

# Tools: built again only when their pins change.

bin/gotestsum:     TOOL := gotest.tools/gotestsum
bin/golangci-lint: TOOL := github.com/golangci/golangci-lint/v2/cmd/golangci-lint
bin/workflowcheck: TOOL := go.temporal.io/sdk/contrib/tools/workflowcheck
bin/oapi-codegen:  TOOL := github.com/oapi-codegen/oapi-codegen/v2/cmd/oapi-codegen
bin/govulncheck:   TOOL := golang.org/x/vuln/cmd/govulncheck

bin/gotestsum bin/golangci-lint bin/workflowcheck bin/oapi-codegen bin/govulncheck: tools/go.mod tools/go.sum
	$(call step,tool: $@)
	@go -C tools build -o $(CURDIR)/$@ $(TOOL)
	@touch $@

# What must be on the machine: one line says what is missing, root installs it.

.PHONY: needs/run needs/test
needs/run needs/test: needs/%:
	@scripts/setup $*

# What a developer and CI call. What is more than a line is in scripts/.
#
# go build and bin/buildweb are called every time: both know by content what has
# changed and return at once when nothing has. Tools are built once, into bin/.

.DEFAULT_GOAL := help
.PHONY: setup-run setup-test setup-check setup-engines run build web test test-all test-go test-packages test-acceptance test-wasm test-web test-vectors test-engines \
	bench compare-clients check fmt format lint vet types generated archtest size clean help
# Prerequisites are steps in their order; the tools below use all cores themselves.
.NOTPARALLEL:

# Go is never fetched from elsewhere: scripts/setup says so where it is too old.
export GOTOOLCHAIN := local

TAGS := nomsgpack
VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)

# Packages that run in the browser's worker too.
BOTH := $(wildcard internal/reason internal/media internal/tusproto internal/probe internal/preflight internal/remedy internal/digest internal/uploader)

# Files that go generate writes.
GENERATED := docs/configuration.md docs/rules.md README.md

# Tests that need a program which is not there are skipped with the reason. Those
# that need one named here fail instead. In CI nothing may be skipped.
ifeq ($(CI),true)
export MEDIARELAY_TEST_REQUIRE ?= chromium,postgres,node,firefox,webkit
endif

##@ Use

run: setup-run build ## build everything, start the server and its sandbox, print one URL to open
	@exec bin/mediarelay serve

build: web ## bin/mediarelay: one static binary with the web files in it
	CGO_ENABLED=0 go build -tags $(TAGS) -trimpath -buildvcs=false -ldflags "-s -w -X main.version=$(VERSION)" -o bin/mediarelay ./server

web: setup-run bin/buildweb
	@bin/buildweb

setup-run setup-test setup-check setup-engines: setup-%:
	@scripts/setup $*

##@ Develop

test: setup-test build ## install what the tests need, run every test: Go, wasm, TypeScript, real browser
	@$(MAKE) --no-print-directory --keep-going test-go test-wasm test-web test-vectors

test-all: export MEDIARELAY_TEST_LONG = 1
test-all: setup-engines ## make test, and what takes minutes: a long outage, a hundred kills, Firefox and WebKitGTK
	@$(MAKE) --no-print-directory --keep-going test test-engines

# gotestsum prints go test's own lines, then every skipped test with its reason.
TESTSUM := bin/gotestsum --format standard-quiet --

# Acceptance tests start servers and browsers. They run one package after another,
# behind the rest: on a machine with two cores they would starve each other.
ACCEPTANCE := ./internal/e2e/stage/... ./internal/e2e/browser ./internal/e2e/faults ./internal/e2e/clients

# The timeouts are for a busy machine; on an idle one it takes a few minutes.
test-go: test-packages test-acceptance

test-packages: bin/gotestsum
	$(TESTSUM) -tags $(TAGS) -timeout 20m $$(go list -tags $(TAGS) ./... | grep -v /internal/e2e/)
	cd scripts/buildweb && ../../$(TESTSUM) ./...

test-acceptance: bin/gotestsum
	$(TESTSUM) -tags $(TAGS) -timeout $(if $(MEDIARELAY_TEST_LONG),60m,20m) -p 1 $(ACCEPTANCE)

# One line for each promise in each engine, and why where one cannot keep it.
test-engines: export MEDIARELAY_TEST_ENGINES = 1
test-engines: bin/gotestsum
	bin/gotestsum --format testname -- -tags $(TAGS) -timeout 40m ./internal/e2e/engines

# The loader that runs a test in Node has room for 12 KB of arguments and
# environment in all, so the environment is handed on in part.
WASM_EXEC = env -i 'PATH=$(PATH)' 'MEDIARELAY_TEST_REQUIRE=$(MEDIARELAY_TEST_REQUIRE)' '$(shell go env GOROOT)/lib/wasm/go_js_wasm_exec'

test-wasm: bin/gotestsum
	GOOS=js GOARCH=wasm $(TESTSUM) -exec "$(WASM_EXEC)" ./wasm $(BOTH:%=./%)

test-web:
	scripts/test-web

test-vectors:
	@scripts/count-vectors "$(WASM_EXEC)" $(TAGS)

bench: setup-test build ## the figures of docs/performance.md: Go and real browser
	go test -tags $(TAGS) -run '^$$' -bench . -benchmem -p 1 ./...

# Other people's clients are installed for this alone, and nothing of them is in the product.
compare-clients: setup-test build bin/esbuild ## the table of docs/resilience.md: the same faults, other clients
	npm --prefix scripts/compare ci --ignore-scripts --no-audit --no-fund --loglevel=error >/dev/null
	bin/esbuild --bundle --format=esm --target=es2022 --log-level=warning --outdir=bin/compare scripts/compare/uppy.js scripts/compare/tus.js
	go test -tags $(TAGS),compare -run '^TestCompareClients$$' -count 1 -timeout 60m -v ./internal/e2e/clients

check: setup-check build ## format, lint, vet, types, generated files, import table, size budget
	@$(MAKE) --no-print-directory --keep-going format lint vet types generated archtest size

format: bin/golangci-lint
	bin/golangci-lint fmt --diff ./...
	cd scripts/buildweb && ../../bin/golangci-lint fmt --diff ./...

fmt: bin/golangci-lint ## write the Go files in the form that check asks for
	bin/golangci-lint fmt ./...
	cd scripts/buildweb && ../../bin/golangci-lint fmt ./...

lint: bin/golangci-lint
	bin/golangci-lint run ./...
	GOOS=js GOARCH=wasm bin/golangci-lint run ./wasm $(BOTH:%=./%)
	cd scripts/buildweb && ../../bin/golangci-lint run ./...

vet:
	go vet -tags $(TAGS) ./...
	GOOS=js GOARCH=wasm go vet ./wasm $(BOTH:%=./%)

types:
	npm --prefix web --silent run types

generated:
	scripts/check-generated $(GENERATED)

archtest:
	go test ./internal/archtest

size: setup-run bin/buildweb ## the web files' sizes, against their budgets
	@bin/buildweb sizes

clean: ## remove everything that was built or installed here; data/ stays
	rm -rf bin web/.cache web/node_modules scripts/compare/node_modules
	find web/dist -mindepth 1 ! -name placeholder -delete

help: ## this list
	@awk -F ':.*## ' '/^##@/ { printf "\n%s\n", substr($$0, 5) } /^[a-z-]+:.*## / { printf "  make %-9s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

# Tools, each of them built once.

bin/buildweb: $(wildcard scripts/buildweb/*.go) scripts/buildweb/go.mod scripts/buildweb/go.sum
	go -C scripts/buildweb build -o ../../$@ .

# The bundler of bin/buildweb, as a program.
bin/esbuild: scripts/buildweb/go.mod scripts/buildweb/go.sum
	go -C scripts/buildweb build -o ../../$@ github.com/evanw/esbuild/cmd/esbuild

bin/golangci-lint: scripts/tools.mod scripts/tools.sum
	go build -modfile=scripts/tools.mod -o $@ github.com/golangci/golangci-lint/v2/cmd/golangci-lint

bin/gotestsum: scripts/tools.mod scripts/tools.sum
	go build -modfile=scripts/tools.mod -o $@ gotest.tools/gotestsum

# The commands of developers and of CI. Longer scripts are in scripts/.
#
# go build and bin/buildweb always run: both detect by content whether anything has
# changed, and return at once if not. Tools are built once, into bin/.

.DEFAULT_GOAL := help
.PHONY: setup-run setup-test setup-check setup-package setup-engines run build web package test test-all test-go test-packages test-acceptance test-wasm test-web test-vectors test-engines \
	bench bench-server compare-clients check fmt format lint vet types generated archtest size clean help
# Prerequisites run in order. The tools below use all cores by themselves.
.NOTPARALLEL:

# Never download another Go toolchain: scripts/setup reports if Go is too old.
export GOTOOLCHAIN := local

TAGS := nomsgpack
VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)

# Packages that are compiled for the browser's worker too. internal/archtest
# compares this list with its own.
BOTH := internal/digest internal/media internal/preflight internal/probe internal/probe/inflate internal/probe/input internal/reason internal/tusproto internal/uploader

# Files that go generate writes.
GENERATED := docs/configuration.md docs/rules.md docs/embedding-reference.md README.md

# If a program that a test needs is missing, the test is skipped, or it fails if
# the program is listed here. In CI no test may be skipped.
ifeq ($(CI),true)
export MEDIARELAY_TEST_REQUIRE ?= chromium,postgres,sqlite3,node,firefox,webkit,python,php
endif

##@ Use

run: setup-run build ## build, then start the server with its sandbox and print the URL to open
	@exec bin/mediarelay serve $(if $(MEDIARELAY_CHANNELS_FILE),,--sandbox)

build: web ## build bin/mediarelay, one static binary that includes the web files
	CGO_ENABLED=0 go build -tags $(TAGS) -trimpath -buildvcs=false -ldflags "-s -w -X main.version=$(VERSION)" -o bin/mediarelay ./server

web: setup-run bin/buildweb
	@bin/buildweb

package: setup-package bin/buildweb ## build the npm package of the web files, bin/package/….tgz
	@bin/buildweb package $(VERSION)

setup-run setup-test setup-check setup-package setup-engines: setup-%:
	@scripts/setup $*

##@ Develop

test: setup-test build package ## run all tests (Go, wasm, TypeScript, browser), list the ten slowest
	@rm -rf bin/tests
	@failed=0; $(MAKE) --no-print-directory --keep-going test-go test-wasm test-web test-vectors || failed=1; \
		scripts/slowest-tests; exit $$failed

test-all: export MEDIARELAY_TEST_LONG = 1
test-all: setup-engines ## make test, plus the tests that take minutes: long outages, a hundred kills, Firefox, WebKitGTK
	@$(MAKE) --no-print-directory --keep-going test test-engines

# go test; prints skipped tests with their reasons and records times in bin/tests.
TESTSUM := scripts/gotestsum

# Acceptance tests start servers and browsers. They run behind the rest, two packages at
# a time: one that keeps the processors busy, and beside it those that mostly wait.
ACCEPTANCE := ./internal/e2e/stage/... ./internal/e2e/browser ./internal/e2e/faults ./internal/e2e/clients ./internal/e2e/attacks ./internal/e2e/packages ./internal/e2e/examples ./internal/e2e/embed

# The timeouts are for a busy machine; on an idle one it takes a few minutes.
test-go: test-packages test-acceptance

# Eight tests at a time: those of the relay wait for back-off and for time-outs.
test-packages: bin/gotestsum
	$(TESTSUM) -tags $(TAGS) -timeout 20m -parallel 8 $$(go list -tags $(TAGS) ./... | grep -v /internal/e2e/)
	cd scripts/buildweb && ../../$(TESTSUM) ./...

test-acceptance: bin/gotestsum
	RERUN='$(ACCEPTANCE)' $(TESTSUM) -tags $(TAGS) -timeout $(if $(MEDIARELAY_TEST_LONG),90m,40m) -p $(if $(MEDIARELAY_TEST_LONG),1,2)

# Prints one line for each guarantee and engine, and why an engine cannot keep one.
test-engines: export MEDIARELAY_TEST_ENGINES = 1
test-engines: bin/gotestsum
	bin/gotestsum --format testname -- -tags $(TAGS) -timeout 40m ./internal/e2e/engines

# Go's loader for Node limits arguments and environment to 12 KB together, so it
# only gets the variables that it needs.
WASM_EXEC = env -i 'PATH=$(PATH)' 'MEDIARELAY_TEST_REQUIRE=$(MEDIARELAY_TEST_REQUIRE)' '$(shell go env GOROOT)/lib/wasm/go_js_wasm_exec'

test-wasm: bin/gotestsum
	GOOS=js GOARCH=wasm $(TESTSUM) -exec "$(WASM_EXEC)" ./wasm $(BOTH:%=./%)

test-web:
	scripts/test-web

test-vectors:
	@scripts/count-vectors "$(WASM_EXEC)" $(TAGS)

bench: setup-test build ## measure the figures of docs/performance.md
	go test -tags $(TAGS) -run '^$$' -bench . -benchmem -p 1 ./...

# BENCH_SERVER may hold flags: BENCH_SERVER='-runs 1 -case 8,tiny -before OLD_BUILD'.
bench-server: build bin/bench-server ## compare the speed of uploads with a bare handler and with tusd
	bin/bench-server -dir bin $(BENCH_SERVER) bin/mediarelay

# Installs the other clients for this comparison only. The product includes none of them.
compare-clients: setup-test build bin/esbuild ## run other upload clients through the faults of docs/resilience.md
	npm --prefix scripts/compare ci --ignore-scripts --no-audit --no-fund --loglevel=error >/dev/null
	bin/esbuild --bundle --format=esm --target=es2022 --log-level=warning --outdir=bin/compare scripts/compare/uppy.js scripts/compare/tus.js
	go test -tags $(TAGS),compare -run '^TestCompareClients$$' -count 1 -timeout 60m -v ./internal/e2e/clients

check: setup-check build ## check format, lint, vet, types, generated files, imports, sizes
	@$(MAKE) --no-print-directory --keep-going format lint vet types generated archtest size

format: bin/golangci-lint
	bin/golangci-lint fmt --diff ./...
	cd scripts/buildweb && ../../bin/golangci-lint fmt --diff ./...
	cd scripts/bench-server && ../../bin/golangci-lint fmt --diff ./...

fmt: bin/golangci-lint ## format the Go files
	bin/golangci-lint fmt ./...
	cd scripts/buildweb && ../../bin/golangci-lint fmt ./...
	cd scripts/bench-server && ../../bin/golangci-lint fmt ./...

lint: bin/golangci-lint
	bin/golangci-lint run ./...
	GOOS=js GOARCH=wasm bin/golangci-lint run ./wasm $(BOTH:%=./%)
	cd scripts/buildweb && ../../bin/golangci-lint run ./...
	cd scripts/bench-server && ../../bin/golangci-lint run ./...

vet:
	go vet -tags $(TAGS) ./...
	GOOS=js GOARCH=wasm go vet ./wasm $(BOTH:%=./%)

types:
	npm --prefix web --silent run types

generated:
	scripts/check-generated $(GENERATED)

archtest:
	go test ./internal/archtest

size: setup-run bin/buildweb ## print the sizes of the web files and their budgets
	@bin/buildweb sizes

clean: ## remove everything built or installed here, except data/
	rm -rf bin web/.cache web/node_modules scripts/compare/node_modules scripts/package/node_modules internal/e2e/packages/testdata/apps/node_modules internal/e2e/examples/testdata/playwright/node_modules
	find web/dist -mindepth 1 ! -name placeholder -delete

help: ## print this list
	@awk -F ':.*## ' '/^##@/ { printf "\n%s\n", substr($$0, 5) } /^[a-z-]+:.*## / { printf "  make %-15s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

# Tools, each built once.

bin/buildweb: $(wildcard scripts/buildweb/*.go) scripts/buildweb/go.mod scripts/buildweb/go.sum
	go -C scripts/buildweb build -o ../../$@ .

# The bundler of bin/buildweb as a command.
bin/esbuild: scripts/buildweb/go.mod scripts/buildweb/go.sum
	go -C scripts/buildweb build -o ../../$@ github.com/evanw/esbuild/cmd/esbuild

bin/bench-server: $(wildcard scripts/bench-server/*.go) scripts/bench-server/go.mod scripts/bench-server/go.sum
	go -C scripts/bench-server build -o ../../$@ .

bin/golangci-lint: scripts/tools.mod scripts/tools.sum
	go build -modfile=scripts/tools.mod -o $@ github.com/golangci/golangci-lint/v2/cmd/golangci-lint

bin/gotestsum: scripts/tools.mod scripts/tools.sum
	go build -modfile=scripts/tools.mod -o $@ gotest.tools/gotestsum

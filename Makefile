# Every target is one line that also works by hand.
SHELL := /bin/bash
GO ?= go
TOOL := $(GO) tool -modfile=tools/go.mod
STATIC := CGO_ENABLED=0

.DEFAULT_GOAL := help
.PHONY: help run demo build gen fmt lint test test-quick race fuzz bench check clean

help: ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "  %-12s %s\n", $$1, $$2}'

run: ## start Cordée on loopback, data in ./data
	@$(STATIC) $(GO) run ./cmd/cordee

demo: ## start a throw-away house full of people
	@$(STATIC) $(GO) run ./cmd/cordee demo

build: ## one static binary, ./cordee
	$(STATIC) $(GO) build -trimpath -ldflags='-s -w' -o cordee ./cmd/cordee

gen: ## write templ's Go, docs/acts.md and docs/states.md anew
	$(TOOL) templ generate -log-level error && $(GO) run ./internal/archtest/gen

fmt: ## gofumpt and templ fmt
	$(TOOL) gofumpt -w cmd internal && $(TOOL) templ fmt -log-level error internal

lint: ## the linters, and that generated files equal their source
	scripts/lint

test: ## the one test command: everything, both databases, the browser
	scripts/test

test-quick: ## what a change needs at once, without the browser
	scripts/test --quick

race: ## the tests of the rooms under the race detector
	scripts/test --race

fuzz: ## every fuzz target for FUZZTIME (10s)
	scripts/fuzz $${FUZZTIME:-10s}

bench: ## the benchmarks
	$(GO) test -run '^$$' -bench . -benchmem ./internal/...

check: lint test ## what CI runs

clean: ## what builds leave behind
	rm -rf cordee bin .cache

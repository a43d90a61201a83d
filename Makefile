# Everything a fresh machine with Python 3.11+ and make needs: `make demo` ends in the running UI, `make test` in the
# passing tests. The virtual environment is made on first use and again whenever the lock file changes.

PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin
READY  := $(VENV)/.ready
PYTEST := $(BIN)/python -m pytest
SOAK_MINUTES ?= 10

# The strangers' clients are heavy and of no use to anybody else: they live apart.
CONFORMANCE_VENV  ?= .venv-conformance
CONFORMANCE_READY := $(CONFORMANCE_VENV)/.ready
CONFORMANCE_NODE  := build/conformance
CONFORMANCE_NEEDS := tests/conformance/jsforce/package.json

# So does the browser's driver, which needs nothing of ours but the command.
BROWSER_VENV  ?= .venv-browser
BROWSER_READY := $(BROWSER_VENV)/.ready

.DEFAULT_GOAL := help
.PHONY: help install demo test check lint format typecheck contracts screenshots snapshots docs soak conformance test-web bench-requests bench-sync bench-ui lock clean

help:            ## this list
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 16

$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "lpc-tui needs Python 3.11 or newer; set PYTHON=/path/to/python3.11")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $(READY)

install: $(READY) ## the virtual environment, from the lock file

demo: $(READY)   ## the terminal UI on an embedded sandbox with sample data
	$(BIN)/lpc-tui demo

test: $(READY)   ## all tests
	$(PYTEST) -n 2 --dist worksteal

lint: $(READY)   ## format and lint, without changing anything
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .

format: $(READY) ## format and mend what the linter can
	$(BIN)/ruff check --fix-only --quiet .
	$(BIN)/ruff format --quiet .

typecheck: $(READY) ## mypy --strict
	$(BIN)/mypy

contracts: $(READY) ## which room may import which
	$(BIN)/lint-imports --no-cache

soak: $(READY)   ## random histories of all processes for SOAK_MINUTES=10; SOAK_FLAGS='--process task --seed 7' plays one round again
	$(BIN)/python -m tests.tools.soak --minutes $(SOAK_MINUTES) $(SOAK_FLAGS)

bench-requests: $(READY) ## how many requests each kind of run costs, beside the fewest possible (BENCH_FLAGS='--process task')
	$(BIN)/python -m tests.benchmarks.requests $(BENCH_FLAGS)

bench-sync: $(READY) ## how long each kind of run takes, beside a client without state and rules (BENCH_FLAGS='--rounds 5')
	$(BIN)/python -m tests.benchmarks.sync $(BENCH_FLAGS)

bench-ui: $(READY) ## what the terminal UI costs the line, beside a bare Textual app (BENCH_FLAGS='--only keys log')
	$(BIN)/python -m tests.benchmarks.ui $(BENCH_FLAGS)

$(CONFORMANCE_READY): requirements-conformance.lock
	$(PYTHON) -m venv $(CONFORMANCE_VENV)
	$(CONFORMANCE_VENV)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-conformance.lock
	@touch $(CONFORMANCE_READY)

$(CONFORMANCE_NODE)/.ready: $(CONFORMANCE_NEEDS)
	@mkdir -p $(CONFORMANCE_NODE) && cp $(CONFORMANCE_NEEDS) $(CONFORMANCE_NODE)
	npm_config_update_notifier=false npm install --prefix $(CONFORMANCE_NODE) --no-package-lock --ignore-scripts --engine-strict --no-audit --no-fund --loglevel=error
	@touch $@

conformance: $(CONFORMANCE_READY) $(CONFORMANCE_NODE)/.ready ## drive the sandbox with msgraph-sdk and jsforce (needs Node)
	NODE_PATH=$(CONFORMANCE_NODE)/node_modules $(CONFORMANCE_VENV)/bin/python -m pytest -p no:cacheprovider tests/conformance

$(BROWSER_READY): requirements-browser.lock
	$(PYTHON) -m venv $(BROWSER_VENV)
	$(BROWSER_VENV)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-browser.lock
	@touch $(BROWSER_READY)

test-web: $(READY) $(BROWSER_READY) ## open `lpc-tui web` in a headless Chromium (the one installed, or one that is downloaded)
	@command -v chromium chromium-browser google-chrome >/dev/null || $(BROWSER_VENV)/bin/playwright install --with-deps chromium
	LPC_TUI=$(abspath $(BIN))/lpc-tui $(BROWSER_VENV)/bin/python -m pytest -c tests/browser/pytest.ini --rootdir . -p no:cacheprovider tests/browser

check: lint typecheck contracts test ## what CI runs

screenshots: $(READY) ## rebuild screenshots/*.svg, and the recording of a first sync, from the demo
	$(BIN)/python -m tests.tools.screenshots
	$(BIN)/python -m tests.tools.screencast

snapshots: $(READY) ## accept the UI as it looks now (look at the pictures first)
	$(PYTEST) tests/tui --snapshot-update

docs: $(READY)   ## rebuild docs/fields.md from the field map
	$(BIN)/python -m tests.tools.field_page

COMPILE = uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-header $(LOCK_FLAGS) --quiet

lock:            ## write the lock files anew (needs uv); LOCK_FLAGS=--upgrade for newer versions
	$(COMPILE) --group dev -o requirements.lock
	$(COMPILE) --group conformance --constraints requirements.lock -o requirements-conformance.lock
	uv pip compile --group browser --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header \
		$(LOCK_FLAGS) --quiet -o requirements-browser.lock

clean:           ## remove the virtual environment and caches
	rm -rf $(VENV) $(CONFORMANCE_VENV) $(BROWSER_VENV) $(CONFORMANCE_NODE) .mypy_cache .ruff_cache .pytest_cache .hypothesis

# Consult. `make` lists the targets.
VENV ?= .venv
PY := $(VENV)/bin/python
PYTHON ?= python3
PYTEST_ARGS ?=
LOCKED := --require-hashes --only-binary :all: --disable-pip-version-check --quiet

.DEFAULT_GOAL := help
.PHONY: help demo demo-reset test test-long check bench bench-scale lock translations clean

help: ## List the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  make \1|/' | column -t -s '|' 2>/dev/null \
	  || grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST)

$(VENV)/.run: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed."; exit 1; }
	@test -x $(PY) || $(PYTHON) -m venv $(VENV)
	@$(PY) -m pip install $(LOCKED) -r requirements.lock
	@$(PY) -m pip install --disable-pip-version-check --quiet --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.dev: requirements-dev.lock $(VENV)/.run
	@$(PY) -m pip install $(LOCKED) -r requirements-dev.lock
	@touch $@

translations/fr/LC_MESSAGES/messages.mo: translations/fr/LC_MESSAGES/messages.po $(VENV)/.run
	@$(VENV)/bin/pybabel -q compile -d translations --statistics 2>/dev/null || $(VENV)/bin/pybabel compile -d translations

demo: translations/fr/LC_MESSAGES/messages.mo ## Install what is needed and serve the demo on http://127.0.0.1:8000
	@CONSULT_DATA_DIR=var/demo $(VENV)/bin/consult demo

demo-reset: ## Forget what was done in the demo
	@rm -rf var/demo && echo "The demo starts over at the next: make demo"

test: $(VENV)/.dev translations/fr/LC_MESSAGES/messages.mo ## Run the tests (PYTEST_ARGS="tests/promises -q" for some of them)
	@$(PY) -m pytest -n auto --dist loadgroup -m "not long" $(PYTEST_ARGS)

test-long: $(VENV)/.dev translations/fr/LC_MESSAGES/messages.mo ## Kill runs, simulations and exhaustive worlds in full
	@CONSULT_TEST_SCALE=full $(PY) -m pytest $(PYTEST_ARGS)

check: $(VENV)/.dev ## Lint, types, import contracts, templates, translations, locks
	@$(VENV)/bin/ruff check . && $(VENV)/bin/ruff format --check .
	@$(VENV)/bin/mypy
	@$(VENV)/bin/lint-imports
	@$(VENV)/bin/djlint --lint --quiet templates
	@$(PY) translations/check.py
	@$(PY) .ci/locks.py

bench: $(VENV)/.dev translations/fr/LC_MESSAGES/messages.mo ## Measure against two floors in the same run
	@$(PY) -m bench

bench-scale: $(VENV)/.dev translations/fr/LC_MESSAGES/messages.mo ## The same pages with 100 and with 20,000 notices
	@$(PY) -m bench.scale

translations: $(VENV)/.dev ## Extract strings and bring the French catalogue up to date
	@$(PY) translations/extract.py

lock: $(VENV)/.dev ## Resolve the dependencies anew
	@$(PY) .ci/locks.py --write

clean: ## Remove what the targets made
	@rm -rf $(VENV) var dist build .pytest_cache .mypy_cache .ruff_cache

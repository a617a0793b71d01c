# One command for each thing people do. `make` alone lists them.
PYTHON ?= python3
VENV   ?= .venv
BIN     = $(VENV)/bin
HTX     = $(BIN)/htx
DEMO    = out/demo

.DEFAULT_GOAL := help
.PHONY: help install up serve up-distributed demo test test-databases pictures check bench lock bundle

help: ## this list
	@grep -hE '^[a-z-]+:.*## ' Makefile | sed -E 's/:.*## /\t/' | expand -t 10

install: $(VENV)/.installed-runtime ## make the environment and install the locked packages

up: install ## try it: the demo in a browser, one click for each persona, invented figures (Ctrl+C stops it)
	@$(HTX) up --demo

serve: install ## load plan 3819 into var/ and run the real service of this machine (Ctrl+C stops it)
	@$(HTX) plan load config/plans/kontum-3819.yaml
	@$(HTX) up

up-distributed: install ## PostgreSQL, Prefect's server, two workers, two portals on this machine (ARGS=--trial tries them and stops)
	@$(BIN)/python scripts/up-distributed $(ARGS)

demo: install ## live plan 3819 through, from 23/10/2024 to 31/01/2026, with simulated agencies
	@$(HTX) replay kontum-3819 --from 2024-10-23 --to 2026-01-31 --seed 1 --out $(DEMO)

test: $(VENV)/.installed-dev ## run the tests (SQLite, PostgreSQL and SMTP servers are started by the tests)
	@$(BIN)/python -m pytest -n 2 --dist worksteal

test-databases: $(VENV)/.installed-dev ## what `make test` leaves out: every test of services on PostgreSQL as well
	@TEST_DATABASES=all $(BIN)/python -m pytest -n 2 --dist worksteal tests/integration -k postgresql

pictures: $(VENV)/.installed-dev ## renew the pictures of docs/huong-dan.md; every page, for looking at, into out/pictures
	@PICTURES=out/pictures $(BIN)/python -m pytest -n 0 tests/browser

check: $(VENV)/.installed-dev ## lint, types, layers, configuration
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	$(HTX) check

bench: $(VENV)/.installed-dev ## measure the headline figures beside their peers
	@$(BIN)/python -m benchmarks

bundle: $(VENV)/.made ## dist/: one archive that installs on a machine without internet (needs a package index)
	@scripts/bundle $(BIN)/python

lock: $(VENV)/.installed-dev ## renew requirements/ (needs a package index and uv)
	uv pip compile requirements/build.in --universal --python-version 3.11 --generate-hashes --no-header --no-annotate -q -U -o requirements/build.txt
	uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --no-header -q -U -o requirements/runtime.txt
	uv pip compile pyproject.toml --extra dev --universal --python-version 3.11 --generate-hashes --no-header -q -U -c requirements/runtime.txt -o requirements/dev.txt

$(VENV)/.made: requirements/build.txt
	@sh .ci/system-packages $(PYTHON)
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install -q --require-hashes -r requirements/build.txt
	@touch $@

$(VENV)/.installed-runtime: $(VENV)/.made requirements/runtime.txt pyproject.toml
	@$(BIN)/python -m pip install -q --require-hashes -r requirements/runtime.txt
	@PYTHONWARNINGS=ignore $(BIN)/python -m pip install -q --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.installed-dev: $(VENV)/.installed-runtime requirements/dev.txt
	@sh .ci/system-packages $(PYTHON) tests
	@$(BIN)/python -m pip install -q --require-hashes -r requirements/dev.txt
	@touch $@

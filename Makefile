# What can be made, and the set-up it takes. `make` alone lists it.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := PIP_USER=0 $(BIN)/python -m pip -qq --disable-pip-version-check
PYTEST := $(BIN)/python -m pytest --numprocesses auto --maxprocesses 4 --no-loadscope-reorder
UV_COMPILE := pip compile --quiet --universal --generate-hashes --no-emit-index-url \
	--no-emit-find-links --python-version 3.11 --no-header --no-strip-extras \
	--annotation-style line pyproject.toml

.DEFAULT_GOAL := help
.PHONY: help nightly test coverage faults dev lint audit sql bench sample lock clean

help: ## List what can be made
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-9s %s\n", $$1, $$2 }' Makefile

nightly: $(VENV)/.runtime ## Run the main job on data/landing and print the scorecard
	@$(BIN)/qo nightly; status=$$?; \
	if [ $$status -eq 3 ]; then \
		echo "qo nightly ended with 3: published, with rejected extracts or rows (listed above)."; \
		exit 0; \
	fi; exit $$status

test: $(VENV)/.dev ## Lint, check types and run every test
	@$(MAKE) --no-print-directory lint
	@echo "== tests of the parts"
	@$(PYTEST) tests/unit
	@echo "== tests of the whole"
	@$(PYTEST) tests/integration tests/cases tests/properties tests/security tests/faults

coverage: $(VENV)/.dev ## Tell which lines no test of the parts goes through
	@$(PYTEST) tests/unit --cov --cov-report=term-missing:skip-covered

faults: $(VENV)/.dev ## Try every fault and all that a kill leaves (some hours; ARGS="--kills 10")
	@mkdir -p build/faults
	@$(BIN)/python -m pytest tests/faults -q -m "long or not long" --numprocesses 2 \
		--dist worksteal -o junit_family=legacy --junit-xml build/faults/tests.xml; tested=$$?; \
	$(BIN)/python -m tests.faults $(ARGS) && exit $$tested

lint: $(VENV)/.dev ## Check the style of Python and SQL, and the types
	@echo "== ruff"
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@echo "== mypy"
	@$(BIN)/mypy pipelines
	@echo "== sqlfluff"
	@$(BIN)/sqlfluff lint --disable-progress-bar --processes 0 dbt_project

dev: $(VENV)/.runtime ## Open the Dagster UI on 127.0.0.1:3000
	@umask 027; home="$$($(BIN)/python -m pipelines.defs.instance)" || exit $$?; \
	echo "Dagster: http://127.0.0.1:3000 (run history in $$home)"; \
	DAGSTER_HOME="$$home" exec $(BIN)/dagster dev -h 127.0.0.1 -p 3000 -m pipelines.definitions

audit: $(VENV)/.audit/bin/pip-audit ## Ask PyPI which locked versions have known weaknesses
	@$(VENV)/.audit/bin/pip-audit --strict --disable-pip --require-hashes -r requirements.lock

sql: $(VENV)/.runtime ## Ask the published warehouse in SQL, in a terminal client
	@$(BIN)/qo sql

bench: $(VENV)/.runtime ## Measure against scripts written by hand (ARGS="--dossiers 1000000")
	@$(BIN)/python -m tests.benchmarks $(ARGS)

sample: $(VENV)/.runtime ## Write a fresh set of sample extracts to build/samples
	@$(BIN)/qo sample --out build/samples

lock: $(VENV)/.uv/bin/uv ## Renew both lock files (LOCK_ARGS=--upgrade for newer versions)
	@$(VENV)/.uv/bin/uv $(UV_COMPILE) $(LOCK_ARGS) -o requirements.lock
	@$(VENV)/.uv/bin/uv $(UV_COMPILE) $(LOCK_ARGS) --extra dev -c requirements.lock \
		-o requirements-dev.lock
	@echo "Renewed requirements.lock and requirements-dev.lock."

clean: ## Remove the environment and caches (never data)
	rm -rf $(VENV) build .coverage .mypy_cache .pytest_cache .ruff_cache .hypothesis *.egg-info

# --- set-up: again only when a lock file or pyproject.toml changed ------------------------------

$(BIN)/python:
	@command -v "$(PYTHON)" >/dev/null || { \
		echo "$(PYTHON) was not found. Install Python 3.11 to 3.13, or say which one to use:"; \
		echo "    make PYTHON=/path/to/python3.12"; exit 1; } >&2
	@"$(PYTHON)" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 14))' || { \
		echo "$(PYTHON) is $$("$(PYTHON)" -V 2>&1); Python 3.11 to 3.13 is needed. Say which one to use:"; \
		echo "    make PYTHON=/path/to/python3.12"; exit 1; } >&2
	@echo "Creating $(VENV) with $$("$(PYTHON)" -V 2>&1) ..."
	@"$(PYTHON)" -m venv $(VENV)

$(VENV)/.runtime: requirements.lock pyproject.toml | $(BIN)/python
	@echo "Installing what is locked in $< (some minutes the first time) ..."
	@$(PIP) install --require-hashes -r $<
	@$(PIP) install --no-deps --no-build-isolation -e .
	@touch $@

# The tools' lock file holds the runtime's too, in the same versions.
$(VENV)/.dev: requirements-dev.lock pyproject.toml | $(BIN)/python
	@echo "Installing what is locked in $< (some minutes the first time) ..."
	@$(PIP) install --require-hashes -r $<
	@$(PIP) install --no-deps --no-build-isolation -e .
	@touch $(VENV)/.runtime $@

$(VENV)/.uv/bin/uv: | $(BIN)/python
	@$(BIN)/python -m venv $(VENV)/.uv
	@PIP_USER=0 $(VENV)/.uv/bin/python -m pip -qq --disable-pip-version-check install uv

$(VENV)/.audit/bin/pip-audit: | $(BIN)/python
	@$(BIN)/python -m venv $(VENV)/.audit
	@PIP_USER=0 $(VENV)/.audit/bin/python -m pip -qq --disable-pip-version-check install pip-audit

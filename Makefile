# Two commands a newcomer needs: `make episode` and `make test`. Both do all their own set-up.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
SPECIES ?= haunter
export PIP_DISABLE_PIP_VERSION_CHECK = 1

.PHONY: episode studio studio-pg test bench lint emulators lock clean help
help:
	@echo "make episode [SPECIES=haunter]  a whole film, no key needed"
	@echo "make studio                     the Dagster UI on http://127.0.0.1:3000"
	@echo "make studio-pg                  the same on a real PostgreSQL and S3 server, for weeks of work"
	@echo "make test | bench | lint        the tests, the figures, the house rules"
	@echo "make emulators                  the three paid vendors, emulated on this machine"

episode: $(VENV)/.runtime
	@$(BIN)/pokegeo produce $(SPECIES)

studio: $(VENV)/.runtime
	@$(BIN)/pokegeo studio

studio-pg: $(VENV)/.studio
	@$(BIN)/pokegeo studio --postgres

# Half of what a test does is waiting: two processes a core.
test: $(VENV)/.dev
	@$(BIN)/python -m pytest -n $$($(BIN)/python -c 'import os; print(min(8, 2 * (os.cpu_count() or 1)))') --dist loadfile --no-loadscope-reorder $(PYTEST_ARGS)

bench: $(VENV)/.dev
	@$(BIN)/python -m bench

lint: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports --config setup.cfg
	$(BIN)/pyright

emulators: $(VENV)/.dev
	@$(BIN)/python -m pokegeo_dagster_tests.emulators $(EMULATOR_ARGS)

# Every requirement is locked with its hashes; no index host is named anywhere.
$(VENV)/bin/python:
	@echo "Setting up (once, about a minute) ..."
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Python 3.11 or newer is needed: make episode PYTHON=python3.12"; exit 2; }
	@$(PYTHON) -m venv $(VENV)

$(VENV)/.runtime: deploy/requirements/runtime.txt pyproject.toml | $(VENV)/bin/python
	@$(BIN)/python -m pip install -q --require-hashes -r deploy/requirements/runtime.txt
	@$(BIN)/python -m pip install -q --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.studio: deploy/requirements/studio.txt pyproject.toml | $(VENV)/.runtime
	@$(BIN)/python -m pip install -q --require-hashes -r deploy/requirements/studio.txt
	@touch $@

$(VENV)/.dev: deploy/requirements/dev.txt pyproject.toml | $(VENV)/bin/python
	@$(BIN)/python -m pip install -q --require-hashes -r deploy/requirements/dev.txt
	@$(BIN)/python -m pip install -q --no-deps --no-build-isolation -e .
	@touch $@ $(VENV)/.runtime $(VENV)/.studio

# For maintainers: renew the locks (needs `uv` on the PATH).
LOCK := uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
  --no-emit-index-url --no-strip-extras -q pyproject.toml
lock:
	$(LOCK) --extra dev -o deploy/requirements/dev.txt
	$(LOCK) --extra build --extra studio -c deploy/requirements/dev.txt -o deploy/requirements/studio.txt
	$(LOCK) --extra build -c deploy/requirements/dev.txt -o deploy/requirements/runtime.txt

clean:
	rm -rf $(VENV) build *.egg-info .pytest_cache .ruff_cache

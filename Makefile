# Needs Python 3.11 or later with venv, git and make. Everything is installed in .venv, by hash; uv makes it quicker.

PYTHON := $(shell for python in python3.11 python3; do $$python -c \
	'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$python && break; done)
BIN := .venv/bin
WORKERS := 0
PIP := $(BIN)/python -m pip --disable-pip-version-check -qq
UV := $(BIN)/python -m uv pip compile pyproject.toml --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-emit-find-links --no-annotate --no-header --extra embedded --group build

.PHONY: help demo drill test bench check fix schemas contract pictures lock clean

help: ## what there is
	@sed -n 's/^\([a-z]*\):.*## /make \1\t/p' Makefile

demo: .venv/.run ## set up, start everything on this machine, and answer a question (ARGS="…" is handed on)
	@$(BIN)/spor demo $(ARGS)

drill: .venv/.run ## start a Spor, back it up, destroy it, restore it, and look whether anything is missing
	@$(BIN)/spor drill $(ARGS)

test: .venv/.dev ## run the tests (WORKERS=2: in two processes; ARGS="…" is handed to pytest)
	@$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder $(ARGS)

bench: .venv/.dev ## measure, for about two minutes (ARGS="…" is handed on)
	@$(BIN)/python -m bench.sse $(ARGS)

check: .venv/.dev ## format, lint, types, rooms, dead code; changes nothing
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo
	@$(BIN)/python -m events.schemas --check
	@$(BIN)/python -m services.contract --check
	@found=$$($(BIN)/vulture) || test $$? -eq 3 || exit 1; ! echo "$$found" | grep -v 'unused variable' | grep .

fix: .venv/.dev ## format, and mend what can be mended
	@$(BIN)/ruff check --fix-only --quiet .
	@$(BIN)/ruff format .

schemas: .venv/.dev ## write the JSON Schemas of types that are new or grew
	@$(BIN)/python -m events.schemas

contract: .venv/.dev ## write docs/asyncapi.json and docs/contract.html anew
	@$(BIN)/python -m services.contract

pictures: .venv/.dev ## write docs/site/*.png anew: every kind of page, in Debian's Chromium
	@SPOR_PICTURES=1 $(BIN)/python -m pytest -q tests/site -k "pictures_of or test_acts_by_hand"

lock: .venv/.dev ## choose versions anew and write down their hashes
	@$(BIN)/python -m pip --quiet install uv
	@for name in requirements requirements-dev; do \
		printf '# Made from pyproject.toml by "make lock": versions and hashes, and no address.\n' > $$name.new; done
	@$(UV) --upgrade >> requirements.new
	@$(UV) --upgrade --group dev --constraint requirements.new >> requirements-dev.new
	@mv requirements.new requirements.txt
	@mv requirements-dev.new requirements-dev.txt

clean: ## forget .venv and what tools left behind
	@rm -rf .venv build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

# $(call install,requirements): the venv, the pinned packages, and this project as it lies here.
define install
	@test -n "$(PYTHON)" || { echo "Python 3.11 or later with venv is needed (Debian: apt install python3-venv)." >&2; exit 1; }
	@echo "Setting up .venv from $(1); the first time takes about half a minute." >&2
	@test -x $(BIN)/pip || $(PYTHON) -m venv --clear .venv
	@uv pip install --quiet --python $(BIN)/python --require-hashes --requirement $(1) 2>/dev/null \
		|| $(PIP) install --require-hashes --requirement $(1)
	@$(PIP) install --no-deps --no-build-isolation --editable .
endef

.venv/.run: requirements.txt pyproject.toml
	$(call install,requirements.txt)
	@touch $@

.venv/.dev: requirements-dev.txt pyproject.toml
	$(call install,requirements-dev.txt)
	@touch .venv/.run $@

# The two commands of the README are `make demo` and `make test`; each installs all that it needs.
# Versions come from requirements.lock, which `make lock` writes anew.

PYTHON ?= python3
BIN := .venv/bin
export PIP_CONSTRAINT := $(CURDIR)/requirements.lock
export PIP_DISABLE_PIP_VERSION_CHECK := 1
# Where the environment forbids it, each of the many processes of the tests would compile every module anew.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help demo test lint types unit oldest bench docs fuzz lock clean

help:  ## what can be made
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/'

.venv/run: pyproject.toml requirements.lock
	tools/venv $(PYTHON) .venv
	$(BIN)/pip install --quiet --editable .
	touch $@

.venv/dev: .venv/run
	$(BIN)/pip install --quiet --editable '.[dev]'
	touch $@

.venv-oldest/dev: pyproject.toml requirements.lock
	tools/venv $(PYTHON) .venv-oldest
	grep -v '^duckdb==' requirements.lock > .venv-oldest/lock
	PIP_CONSTRAINT=$(CURDIR)/.venv-oldest/lock .venv-oldest/bin/pip install --quiet --editable '.[dev]' 'duckdb==1.5.*'
	touch $@

demo: .venv/run  ## install, run the whole job on the made-up case, print the report's path
	$(BIN)/plateglass demo --out out/demo

test: lint types unit oldest  ## install everything needed, then lint, types and tests on both DuckDB lines

lint: .venv/dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: .venv/dev
	$(BIN)/mypy

unit: .venv/dev
	tools/browser
	tools/printing
	$(BIN)/pytest -n 2 --dist loadfile --no-loadscope-reorder --durations=10

oldest: .venv-oldest/dev  ## the same steps on the oldest DuckDB that we support
	.venv-oldest/bin/pytest -n 2 -m 'not real' tests/test_store.py tests/test_normalise.py tests/test_check.py tests/test_rules.py \
		tests/test_cli.py::test_the_same_six_calls_one_by_one

bench: .venv/dev  ## speed and memory, as ratios to a limit measured in the same run
	$(BIN)/python bench/run.py

fuzz: .venv/dev  ## broken copies of every fixture: make fuzz N=2000 SEED=1
	$(BIN)/python tests/fuzzing.py $(or $(N),2000) $(or $(SEED),1)

docs: .venv/dev  ## write docs/reference anew
	$(BIN)/python docs/generate.py

lock:  ## write requirements.lock anew
	tools/lock $(PYTHON)

clean:
	rm -rf .venv .venv-oldest out

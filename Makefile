# Needs python3.11 (or 3.12, 3.13) with venv, and make; fetches the rest from the Python package index.
# Every target may be run twice. A caller may choose the interpreter: make test PYTHON=/usr/bin/python3.11

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help

PYTHON ?= $(shell for p in python3.11 /usr/bin/python3.11 python3 python3.12 python3.13; do \
	"$$p" -c 'import sys, venv; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' 2>/dev/null \
	&& "$$p" -c 'import sys; print(sys.executable)' && break; done)
UV_RANGE := uv>=0.9,<1
TOOLS := .tenkyo-tools
UV := $(TOOLS)/bin/uv
SYNCED := .venv/.synced
JOBS ?= 2

export UV_PYTHON_DOWNLOADS := never
export UV_NO_PROGRESS := 1
unexport VIRTUAL_ENV

.PHONY: help setup demo test unit style types check bench clean

help: ## list the targets
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 10

setup: $(SYNCED) ## install everything into .venv, as locked

$(UV):
	@test -n "$(PYTHON)" || { echo "Tenkyo needs Python 3.11, 3.12 or 3.13 with its venv module (Debian: apt install python3.11-venv)" >&2; exit 1; }
	rm -rf $(TOOLS)
	"$(PYTHON)" -m venv $(TOOLS)
	$(TOOLS)/bin/pip install --quiet --disable-pip-version-check "$(UV_RANGE)"

$(SYNCED): pyproject.toml uv.lock | $(UV)
	@test -n "$(PYTHON)" || { echo "Tenkyo needs Python 3.11, 3.12 or 3.13 (Debian: apt install python3.11)" >&2; exit 1; }
	$(UV) sync --locked --python "$(PYTHON)"
	@touch $(SYNCED)

demo: setup ## take in the sample documents and ask them three questions
	@.venv/bin/tenkyo demo

test: setup ## run all tests: unit, contracts, integration, crash
	@command -v strace >/dev/null || { test "$$(id -u)" = 0 && command -v apt-get >/dev/null \
		&& apt-get update -qq && apt-get install -y -qq strace >/dev/null; } \
		|| { echo "without strace the tests of failing writes are skipped (Debian: apt install strace)" >&2; test -z "$${CI:-}"; }
	.venv/bin/pytest -n $(JOBS) --dist loadgroup tests

unit: setup ## run the unit tests and the architecture test alone (under a minute)
	.venv/bin/pytest -n $(JOBS) tests/unit tests/test_architecture.py

style: setup ## check format and lint
	.venv/bin/ruff format --check .
	.venv/bin/ruff check .

types: setup ## check the types, strictly
	.venv/bin/mypy

check: style types test ## what CI runs: format, lint, types, tests

bench: setup ## measure speed and memory, as ratios within one run (FOLDER=DIR for other documents than the samples)
	.venv/bin/python -m benchmarks $(FOLDER)

clean: ## remove what the other targets made
	rm -rf .venv $(TOOLS) .tenkyo .cache .mypy_cache .pytest_cache .ruff_cache .hypothesis

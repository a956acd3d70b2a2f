# Leitai: every command a person needs. `make run` and `make test` set up what they need by themselves.

PYTHON ?= python3
ARGS ?=
PROCESSES ?= 3
UV_VERSION := 0.13.9
UV := .tools/bin/uv
RUN := .venv/bin
CHINESE := competition/locale/zh_CN/LC_MESSAGES/leitai.po

export UV_CACHE_DIR ?= $(CURDIR)/.tools/cache
export UV_LINK_MODE ?= copy
export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PIP_ROOT_USER_ACTION := ignore

.PHONY: help run test check lint types imports tests format lock bench bench-boards bench-screen bench-scoring bench-tablets recount preview messages pictures clean

help:                     ## list the targets
	@awk -F':.*## ' '/^[a-z]+:.*## /{printf "  make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: .venv/ready          ## start the demo competition: make run ARGS="--port 8080 --no-robots"
	@$(RUN)/leitai demo $(ARGS)

test: .venv/ready-dev     ## set up and check everything: format, lint, types, floor plan, tests
	@$(MAKE) --no-print-directory check

check: lint types imports tests
	@echo "== all checks passed"

lint:
	@echo "== format and lint"
	@$(RUN)/ruff format --check .
	@$(RUN)/ruff check .

types:
	@echo "== types"
	@$(RUN)/mypy

imports:
	@echo "== floor plan"
	@$(RUN)/lint-imports --no-cache

tests:
	@echo "== tests"
	@$(RUN)/pytest -n $(PROCESSES) --dist loadfile $(ARGS)

format: .venv/ready-dev   ## format the code and mend what lint can mend
	@$(RUN)/ruff format .
	@$(RUN)/ruff check --fix .

bench: .venv/ready-dev    ## measure: marks a second against bare asyncpg, board latency
	@$(RUN)/python -m tests.benchmarks.marks $(ARGS)

bench-boards: .venv/ready-dev ## measure: what a delivery to a viewer costs, beside a C loop and other servers; thousands of viewers
	@$(RUN)/python -m tests.benchmarks.boards $(ARGS)

bench-screen: .venv/ready-dev ## let a hall screen run over a thousand revisions: memory and frames a second
	@$(RUN)/python -m tests.benchmarks.screen $(ARGS)

bench-scoring: .venv/ready-dev ## measure: 10,000 entrants scored and ranked, against sums of floats
	@$(RUN)/python -m tests.benchmarks.scoring $(ARGS)

bench-tablets: .venv/ready-dev ## try 50 tablets with 200 marks each in real browsers, network faults included (half an hour)
	@LEITAI_TABLETS=50 LEITAI_QUEUED=200 $(RUN)/pytest -s tests/journeys/test_tablet_crowd.py $(ARGS)

recount: .venv/ready-dev  ## let both scorers compute random contests: make recount ARGS="--cases 100000"
	@$(RUN)/python -m tests.recount $(ARGS)

preview: .venv/ready-dev  ## let engine and tablet say what random readings give: make preview ARGS="--cases 100000"
	@$(RUN)/python -m tests.preview $(ARGS)

pictures: .venv/ready-dev ## take the README's pictures anew
	@$(RUN)/python -m tests.pictures

lock: $(UV)               ## write the lock files anew from pyproject.toml
	@$(UV) pip compile -q --universal --generate-hashes --no-header --no-annotate --python-version 3.11 pyproject.toml -o requirements.lock
	@$(UV) pip compile -q --universal --generate-hashes --no-header --no-annotate --python-version 3.11 --group dev pyproject.toml -o requirements-dev.lock

messages: .venv/ready-dev ## collect the sentences people read into the Chinese catalogue
	@mkdir -p .tools
	@$(RUN)/pybabel -q extract -F pyproject.toml -k N_ -k translate --sort-output --no-location --no-wrap -o .tools/messages.pot .
	@$(RUN)/pybabel -q update -i .tools/messages.pot -o $(CHINESE) -l zh_CN --no-fuzzy-matching --ignore-obsolete --ignore-pot-creation-date --no-wrap
	@$(RUN)/pybabel compile -i $(CHINESE) -o .tools/messages.mo -l zh_CN --statistics

clean:                    ## take away what the targets above made (no data)
	rm -rf .venv .tools .mypy_cache .pytest_cache .ruff_cache .hypothesis

# uv goes into a folder of its own: that works with any pip, also where the system's Python is managed by its distribution.
$(UV):
	@$(PYTHON) -m pip install --quiet --target .tools 'uv==$(UV_VERSION)'

.venv/ready: requirements.lock pyproject.toml | $(UV)
	@test -x $(RUN)/python || $(UV) venv --quiet --python $(PYTHON) .venv
	@$(UV) pip install --quiet --python $(RUN)/python --require-hashes -r requirements.lock
	@$(UV) pip install --quiet --python $(RUN)/python --no-deps -e .
	@touch $@

.venv/ready-dev: requirements-dev.lock .venv/ready
	@$(UV) pip install --quiet --python $(RUN)/python --require-hashes -r requirements-dev.lock
	@touch $@

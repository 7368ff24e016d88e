# Everything one does here. `make` alone lists it.
.DEFAULT_GOAL := help
PYTHON ?= python3
PORT ?= 8000
DATA ?= .local
ROLE ?=
SUB ?=
AGENCY ?=
IDENTITY ?=
PHONE ?=
FILE ?=
TOKEN ?=
KEYS ?=
PROVINCE ?=
PROFILE ?=
ENDPOINT ?=
ID ?=
ARTEFACTS ?=
PARAMETERS ?=
AGAIN ?=
COUNT ?= 320
# Some systems set a NAME in every environment; only one given here is meant.
ifneq ($(origin NAME),command line)
override NAME :=
endif
export PORT DATA ROLE SUB AGENCY NAME IDENTITY PHONE FILE TOKEN KEYS PROVINCE PROFILE ENDPOINT ID AGAIN COUNT ARTEFACTS PARAMETERS
BIN := .venv/bin
READY := .venv/.ready
AUDIT_READY := .venv/audit/.ready
CARE := $(BIN)/python -m ops.care --data "$$DATA" --province "$$PROVINCE" --profile "$$PROFILE" --endpoint "$$ENDPOINT"
RELEASING := $(BIN)/python -m ops.release --province "$$PROVINCE" --profile "$$PROFILE" --endpoint "$$ENDPOINT"
SOURCES := app.py chalicelib ops tests

.PHONY: help setup run token credentials import calendar verify test fast bench check lint format types contracts template audit sbom lock package provinces rehearse deploy drift destroy doctor letters redrive migrate drill clean

help: ## List what can be done
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' Makefile

setup: $(READY) ## Prepare .venv from the pinned requirements (the others do it by themselves)

$(READY): requirements.txt requirements-dev.txt
	@command -v $(PYTHON) >/dev/null || { echo "make: $(PYTHON) is missing: install Python 3.11 or newer, or name it with PYTHON=." >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "make: Python 3.11 or newer is needed, and $(PYTHON) is $$($(PYTHON) -V): name another with PYTHON=." >&2; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv || \
		{ echo "make: $(PYTHON) cannot make a virtual environment: install its venv module (python3-venv)." >&2; exit 1; }
	@echo "Installing the pinned requirements into .venv"
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --no-compile -r requirements-dev.txt
	@touch $@

run: $(READY) ## Serve the whole product on http://127.0.0.1:PORT, its state kept in DATA
	@exec $(BIN)/python -m ops.local --data "$$DATA" run --port "$$PORT"

token: $(READY) ## Print a bearer token: ROLE=clerk AGENCY=H32.10 SUB=an NAME=, or ROLE=citizen SUB= NAME= IDENTITY= PHONE=
	@$(BIN)/python -m ops.local --data "$$DATA" token --role "$$ROLE" --sub "$$SUB" --agency "$$AGENCY" \
		--name "$$NAME" --identity "$$IDENTITY" --phone "$$PHONE"

credentials: $(READY) ## Print the local keys of the simulated providers, bank and carrier, as JSON
	@$(BIN)/python -m ops.local --data "$$DATA" credentials

import: $(READY) ## Import procedures into the running stack: FILE=export.jsonl AGENCY=H32.10 (DRY=1 only reports)
	@$(BIN)/python -m ops.local --data "$$DATA" import --file "$$FILE" --agency "$$AGENCY" $(if $(DRY),--dry-run)

calendar: $(READY) ## Show the working calendar of the running stack, or amend it: FILE=amendment.json (DRY=1 only shows what would change)
	@$(BIN)/python -m ops.local --data "$$DATA" calendar --file "$$FILE" $(if $(DRY),--dry-run)

verify: $(READY) ## Check a paper's QR token without asking anyone: TOKEN= (KEYS= a saved /verification-keys, or DATA)
	@$(BIN)/python -m ops.verify --data "$$DATA" --keys "$$KEYS" "$$TOKEN"

test: $(READY) ## Run every test
	@$(BIN)/python -m pytest -n auto --dist loadfile

fast: $(READY) ## Run the tests that take seconds
	@$(BIN)/python -m pytest -n auto --dist loadfile -m 'not slow and not stack'

bench: $(READY) ## What it costs: the clock, starts, a dossier's life in CPU and money, pages beside the API, the desk at 100,000 (minutes)
	@$(BIN)/python -m ops.bench.clock
	@$(BIN)/python -m tests.bench
	@echo && $(BIN)/python -m ops.bench.pages
	@echo && $(BIN)/python -m ops.bench.desk

check: ## Everything CI runs, in the same order
	@for step in lint types contracts audit test; do echo "== make $$step"; $(MAKE) --no-print-directory $$step || exit 1; done

lint: $(READY) ## Style and common mistakes
	@$(BIN)/ruff check $(SOURCES)
	@$(BIN)/ruff format --check $(SOURCES)

format: $(READY) ## Rewrite in the common style
	@$(BIN)/ruff check --fix --quiet $(SOURCES)
	@$(BIN)/ruff format $(SOURCES)

types: $(READY) ## mypy --strict
	@$(BIN)/mypy

contracts: $(READY) ## Which room may use which
	@$(BIN)/lint-imports

template: $(READY) ## cfn-lint of the packaged template
	@$(BIN)/python -m ops.package --code-only out/template
	@$(BIN)/cfn-lint out/template/template.json

$(AUDIT_READY): requirements-audit.txt | $(READY)
	@echo "Installing the pinned tools of the audit into .venv/audit"
	@$(BIN)/python -m venv .venv/audit
	@.venv/audit/bin/python -m pip install -qq --disable-pip-version-check --no-compile -r requirements-audit.txt
	@touch $@

audit: $(READY) $(AUDIT_READY) template ## checkov of the packaged template, pip-audit of the locked libraries
	@$(BIN)/python -m ops.audit out/template/template.json

sbom: $(READY) $(AUDIT_READY) ## List what is deployed in out/sbom.json, as CycloneDX
	@$(BIN)/python -m ops.sbom out/sbom.json

lock: $(READY) $(AUDIT_READY) ## Pin what requirements.txt comes to, by hash, and list the licences (docs/licences.md)
	@$(BIN)/python -m ops.locked
	@$(BIN)/python -m ops.licences

package: $(READY) ## Make what is deployed, the same for all, and the parameters of one: PROVINCE=khanh-hoa
	@$(BIN)/python -m ops.package out/package --province "$$PROVINCE"

provinces: $(READY) ## List the 34 provinces: name here, code, stack, whom they took in
	@$(BIN)/python -m ops.provinces

rehearse: $(READY) ## Deploy to a local cloud that enforces each role, do the whole job, update, delete: PROVINCE="khanh-hoa da-nang"
	@test -n "$$PROVINCE" || { echo "make: whose stack? PROVINCE= as \`make provinces\` lists them." >&2; exit 1; }
	@$(BIN)/python -m ops.rehearse $$PROVINCE

deploy: $(READY) ## Deploy to an account, shown and confirmed first: PROVINCE= ARTEFACTS=bucket PROFILE= PARAMETERS=file TOKEN= (YES=1 does not ask)
	@$(RELEASING) deploy --artefacts "$$ARTEFACTS" --parameters "$$PARAMETERS" $(if $(YES),--yes)

drift: $(READY) ## What in a stack is not as its template says any more: PROVINCE= PROFILE=
	@$(RELEASING) drift

destroy: $(READY) ## End a stack without filed dossiers, whose name is typed; its data is retained: PROVINCE= PROFILE=
	@$(RELEASING) destroy

doctor: $(READY) ## What is wrong in the running stack, in plain words: REPAIR=1 mends what is safe, ALL=1 (PROVINCE= PROFILE= an account's)
	@$(CARE) doctor $(if $(REPAIR),--repair) $(if $(ALL),--all)

letters: $(READY) ## List the dead letters of every queue and of the stream, and what each was about
	@$(CARE) letters

redrive: $(READY) ## Send dead letters again: ID= as `make letters` lists it, or ID=all
	@test -n "$$ID" || { echo "make: which letter? ID= as \`make letters\` lists it, or ID=all." >&2; exit 1; }
	@$(CARE) letters --redrive "$$ID"

migrate: $(READY) ## Bring what earlier releases wrote to this one's shape (DRY=1 only counts, AGAIN= one that is done)
	@$(CARE) migrate $(if $(DRY),--dry-run) --again "$$AGAIN"

drill: $(READY) ## Fill a stack, back it up, destroy it, restore it to a new one, compare everything: COUNT= dossiers
	@$(CARE) drill --count "$$COUNT"

clean: ## Remove what can be made again (never DATA)
	@rm -rf .venv out .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

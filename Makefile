# VectorIcons: every command there is. `make` shows them.
#
#   PYTHON=python3.11   the Python that makes the virtual environment
#   PORT=9000           the first of the region's eight ports     (8000)
#   REGION=/tmp/other   the directory of the region               (.region)
#   DATABASE_URL=...    a real Postgres instead of the embedded one
#   REDIS_URL=...       a real Valkey or Redis instead of the embedded one

PYTHON ?= python3
VENV := .venv/bin
LOCAL := $(VENV)/python -m local
DELIVERY := $(VENV)/python -m delivery
SERVICE ?= api
STACK ?= prod
TASK ?= migrate
SHARDS ?= 1
PYTEST := $(VENV)/pytest -n 2 --dist loadgroup

.DEFAULT_GOAL := help
.PHONY: help setup up down status logs task run-task preview policy mutants modules walkthrough images test e2e pages lint format schemas client fuzz locks comment snapshots picture release-state bench-api bench-api-peers bench-upload bench-converter bench-webp gallery seed

help: ## this list
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / {printf "  make %-16s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: ## system packages, virtual environment, Pulumi CLI; `up` and `test` do it by themselves
	@$(PYTHON) -m local.setup

up: setup ## the region, from nothing to a public sample of icons; again: what is missing
	@$(LOCAL) up

down: ## end the region and forget all it held
	@$(LOCAL) down

status: ## how its services are
	@$(LOCAL) status

logs: ## follow a service: make logs SERVICE=worker-images
	@$(LOCAL) logs $(SERVICE)

task: ## run a command once as a service: make task SERVICE=api CMD="api migrate"
	@$(DELIVERY) run-task $(SERVICE) --stack local --command "$(CMD)"

run-task: ## run a task in shards: make run-task TASK=converter STACK=local SHARDS=4 ARGS="--prefix x"
	@$(DELIVERY) run-task $(TASK) --stack $(STACK) --shards $(SHARDS) -- $(ARGS)

preview: setup ## what `pulumi up` would make, offline and with the policies: make preview STACK=prod; AWS=1 asks AWS
	@$(LOCAL) $(if $(AWS),preview-on-aws,preview) $(STACK)

policy: setup ## what the policies say of all a stack would be, offline: make policy STACK=prod
	@$(LOCAL) policy $(STACK)

mutants: setup ## each mandatory policy refuses, at preview, the program that breaks it
	@$(VENV)/python -m tests.policy.mutants

walkthrough: setup ## a day in the marketplace, with the ledger after every step: writes docs/walkthrough.md
	@$(VENV)/python -m tests.walkthrough

modules: setup ## the register of the domain: what each module can do, which events it leaves, how it is proven
	@$(VENV)/python -m tests.base.modules

images: setup ## build the three images, look into them, see each run as production does
	@$(LOCAL) images

test: setup lint ## every check and test, with the coverage gate
	$(PYTEST) --cov --cov-report=term

e2e: up ## a browser uploads two hundred icons to the running region
	REGION_UNDER_TEST="$${REGION:-$(CURDIR)/.region}" $(VENV)/pytest tests/e2e -p no:randomly

pages: up ## the README's pictures of the pages, made anew
	PICTURES=docs/pictures REGION_UNDER_TEST="$${REGION:-$(CURDIR)/.region}" $(VENV)/pytest tests/e2e/test_first_light.py tests/browser/test_docs.py -q

lint: setup ## ruff, mypy, the rooms' imports, the workflows
	$(VENV)/ruff check
	$(VENV)/ruff format --check
	$(VENV)/mypy
	$(VENV)/lint-imports
	$(VENV)/python -m local.engine.workflows

snapshots: setup ## record anew what each component declares and what the engine keeps of it
	$(VENV)/pytest tests/infra/test_snapshots.py -n0 -q --snapshot-update

picture: setup ## draw docs/pictures/architecture.svg from the state of prod (needs Graphviz)
	@$(LOCAL) picture docs/pictures/architecture.svg

release-state: setup ## keep the states of a release, for tests of upgrades: make release-state VERSION=0.1.0
	@mkdir -p tests/infra/releases/$(VERSION)
	@for stack in dev prod; do \
	  $(LOCAL) state $$stack > tests/infra/releases/$(VERSION)/$$stack.json || exit; done

format: setup ## put the code into the house's form
	$(VENV)/ruff check --fix
	$(VENV)/ruff format

client: up ## a typed Python client for the API of the running region, in build/vectoricons-client
	$(VENV)/openapi-python-client generate --url http://127.0.0.1:$${PORT:-8000}/openapi.json \
	  --config containers/api/client.yaml --output-path build/vectoricons-client --overwrite

fuzz: setup ## two hundred unlikely requests to each operation of the API; `make test` sends four
	FUZZ_EXAMPLES=200 $(VENV)/pytest tests/api/test_fuzz.py -n 2 --timeout 3600

schemas: setup ## write what is generated: the schema of stack files, the list of policies
	$(VENV)/python -m components.settings
	cd policy && ../$(VENV)/python -m vectoricons_policy rules

comment: setup ## make anew the comment on a change in docs/, and its picture
	$(VENV)/python -m tests.delivery.picture

locks: setup ## resolve requirements/*.in anew, with hashes
	cd requirements && for name in api converter worker infra dev build; do ../$(VENV)/uv pip compile --quiet --generate-hashes \
	  --python-version 3.11 --no-emit-index-url --no-annotate --no-header $$name.in -o $$name.txt; done

bench-upload: up ## how fast an upload becomes public, beside its floor and a peer
	$(VENV)/python -m bench.upload

bench-api-peers: setup ## free icons beside Iconify's own server, the catalogue beside its naive twin
	$(VENV)/python -m bench.api_peers

bench-api: setup ## how fast the API answers at 750,000 icons; made at the first run, and kept
	$(VENV)/python -m bench.api

bench-converter: setup ## the batch converter beside the original's pipeline; SOURCE=png: from PNGs
	$(VENV)/python -m bench.converter

bench-webp: setup ## WebP settings side by side: bytes, time, likeness
	$(VENV)/python -m bench.webp

seed: setup ## a database with a believable marketplace: make seed SCALE=small, or full with 750,000 icons
	$(VENV)/python -m bench.seed --scale $(or $(SCALE),small)

gallery: setup ## a page of two hundred icons beside a browser's, the largest differences first
	$(VENV)/python -m bench.gallery

# Two commands: `make run` and `make test`. Everything else is for those who work on the portal; `make help` lists it.
# They need python3 (3.11 or newer, with venv), make and git. No root, no compiler, no node, no database server.

PYTHON ?= python3
BIN := .venv/bin
UV_INSTALL := $(BIN)/uv pip install -q --only-binary :all: --require-hashes --python $(BIN)/python
export PATH := $(CURDIR)/$(BIN):$(PATH)
# The network of a Rathaus may have a certificate authority of its own.
export UV_SYSTEM_CERTS := true

.DEFAULT_GOAL := help
.PHONY: help run server test soak bench pictures check format hooks lock clean

help: ## List the commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-10s %s\n", $$1, $$2 }' Makefile

run: .venv/.run node_modules/.installed ## Start the portal with demo data; PORT= and SEED= change port and data
	@exec $(BIN)/python manage.py run

server: .venv/.run .venv/.node ## Bring environment, tables and static files up to date on a real server (deploy/)
	npm ci --omit=dev --silent
	$(BIN)/python manage.py migrate --no-input
	$(BIN)/python manage.py createcachetable
	$(BIN)/python manage.py collectstatic --no-input

test: .venv/.dev node_modules/.installed ## Run the tests on real servers and a real browser; ARGS= goes to pytest
	$(BIN)/python -m pytest -n auto --dist loadfile --no-loadscope-reorder $(ARGS)

soak: .venv/.dev node_modules/.installed ## Run the long tests: kill series, every URL for everyone, every page at every width
	$(BIN)/python -m pytest -m soak $(ARGS)

bench: .venv/.dev node_modules/.installed ## Measure the budgets of ARCHITECTURE.md
	$(BIN)/python -m tests.bench

pictures: .venv/.dev node_modules/.installed ## Take the pictures of the README from the demo
	$(BIN)/python -m tests.pictures

PRODUCTION = BASE_URL=https://portal.example.org SECRET_KEY=only-for-this-check-abcdefghijklmnopqrstuvwxyz-0123456789 \
	EMAIL_URL=smtp+tls://user:password@mail.example.org:587 TRUSTED_PROXY_COUNT=1

check: .venv/.dev node_modules/.installed ## Check format, style, types, arrows between rooms, migrations, deployment
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/djangofmt --check templates
	$(BIN)/djangofmt check templates
	$(BIN)/mypy --no-error-summary
	$(BIN)/lint-imports --no-logo
	$(BIN)/python manage.py makemigrations --check --dry-run
	$(PRODUCTION) $(BIN)/python manage.py check --deploy --fail-level WARNING

format: .venv/.dev ## Format code and templates
	$(BIN)/ruff check --quiet --fix --select I,UP .
	$(BIN)/ruff format --quiet .
	$(BIN)/djangofmt --quiet templates
	$(BIN)/djangofmt check --quiet --fix templates

hooks: .venv/.dev ## Let git run `make check` before each commit
	printf '#!/bin/sh\nexec make check\n' > .git/hooks/pre-commit && chmod +x .git/hooks/pre-commit

# Environments: one lock file with hashes for Python 3.11 to 3.13, wheels only ------------------------------------------

$(BIN)/uv: | requirements.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Needs Python 3.11 or newer: make PYTHON=…"; exit 1; }
	@$(PYTHON) -m venv .venv || { echo "Needs Python's venv module. On Debian: apt-get install python3-venv"; exit 1; }
	@awk '/^[^ ]/ { keep = /^uv==/ } keep' requirements.txt > .venv/uv.txt
	$(BIN)/python -m pip install -q --only-binary :all: --require-hashes -r .venv/uv.txt

.venv/.run: requirements.txt | $(BIN)/uv
	$(UV_INSTALL) -r requirements.txt
	@touch $@

.venv/.dev: requirements-dev.txt | $(BIN)/uv
	$(UV_INSTALL) -r requirements-dev.txt
	@touch .venv/.run $@

.venv/.node: requirements-node.txt | $(BIN)/uv
	@command -v node >/dev/null && command -v npm >/dev/null || $(UV_INSTALL) -r requirements-node.txt
	@touch $@

node_modules/.installed: package-lock.json .npmrc | .venv/.node
	npm ci --silent
	@touch $@

lock: | $(BIN)/uv ## Write the lock files anew from requirements*.in and package.json; UPGRADE=1 takes newer versions
	for set in requirements requirements-dev requirements-node; do \
		$(BIN)/uv pip compile -q --universal --generate-hashes --python-version 3.11 --no-header \
			$(if $(UPGRADE),--upgrade) $$set.in -o $$set.txt || exit 1; \
	done
	npm install --package-lock-only

clean: ## Remove everything that was installed or built, but not var/
	rm -rf .venv node_modules build

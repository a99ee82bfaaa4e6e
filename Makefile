# One command each for what people do here. Needs Python >= 3.11 and make; uses uv where there is one.

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
SHELL := /bin/sh

# The first Python that is new enough. PYTHON=… or PYENV_VERSION=… choose another.
new_enough := import sys; sys.exit(sys.version_info < (3, 11))
PYTHON ?= $(shell for python in python3 python python3.14 python3.13 python3.12 python3.11; do \
	$$python -c '$(new_enough)' 2>/dev/null && echo $$python && break; done)
ifeq ($(PYTHON),)
$(error no Python >= 3.11 found: set PYTHON=)
endif

VENV := .venv/$(shell $(PYTHON) -c 'import platform; print(platform.python_version())')
BIN := $(VENV)/bin
READY := $(VENV)/.installed
# Linters of the template want another boto3 than the project has: they have an environment of their own.
GATES := $(subst .venv/,.venv/gates/,$(VENV))
GATES_READY := $(GATES)/.installed
# A pyenv shim may be there without a uv behind it.
UV := $(shell uv --version >/dev/null 2>&1 && echo uv)
CODE := shared functions infra tests
TESTS ?= tests
# Tests run in so many processes side by side; WORKERS=0 runs them in one, with a debugger if need be.
WORKERS ?= auto
RUNNING := .local/run.$(shell echo $$PPID)

.PHONY: help
help: ## say what there is
	@sed -nE 's/^([a-z ]+):.*## (.*)/  make \1|\2/p' Makefile | awk -F'|' '{printf "%-31s %s\n", $$1, $$2}'

.PHONY: run
run: $(RUNNING) ## deploy to a local AWS emulator, with demo data, and serve (PORT=8000)

# An interrupted make tells its children nothing and waits for them; it only deletes the target that it was making (GNU
# make manual, "Interrupting or Killing make"). So a run has a file for its target, and ends when that is gone.
$(RUNNING):
	@mkdir -p $(@D); $(PYTHON) infra/local/run.py & runner=$$!; trap 'kill $$runner' TERM; trap : INT; \
	touch $@; while kill -0 $$runner 2>/dev/null && kill -0 $$PPID 2>/dev/null && [ -e $@ ]; do sleep 0.5; done; \
	rm -f $@; kill $$runner 2>/dev/null; wait $$runner

.PHONY: test
test: $(READY) ## run every test (TESTS=path for some, EFFORT=0.2 for fewer examples, WORKERS=0 for one process)
	$(BIN)/python -m pytest --numprocesses $(WORKERS) --maxprocesses 8 --dist loadgroup $(TESTS)

.PHONY: python
python: # the version of the default Python
	@$(PYTHON) -c 'import sys; print("%d.%d" % sys.version_info[:2])'

.PHONY: lint
lint: $(READY) $(GATES_READY) ## check style, types, imports, template, permissions, advisories, and what is generated
	$(BIN)/ruff check $(CODE)
	$(BIN)/ruff format --check $(CODE)
	$(BIN)/mypy shared functions infra
	$(BIN)/lint-imports
	$(BIN)/python -m infra.generate --check
	$(GATES)/bin/cfn-lint --config-file infra/gates/cfn-lint.yaml -- template.yaml
	$(GATES)/bin/python -W ignore -m infra.gates.permissions
	$(GATES)/bin/checkov --config-file infra/gates/checkov.yaml
	@$(GATES)/bin/python -m infra.gates.advisories requirements/authorizer.txt requirements/gateways.txt

.PHONY: audit
audit: $(GATES_READY) ## ask for known vulnerabilities of everything that is pinned
	@$(GATES)/bin/python -m infra.gates.advisories $(filter-out %/no-command-line.txt,$(wildcard requirements/*.txt))

.PHONY: bench
bench: $(READY) ## measure, and print JSON
	@$(BIN)/python -m tests.bench

.PHONY: smoke
smoke: $(READY) ## walk one change over a deployed stack (API=url TOKENS=file; STACK=name looks inside, MAIL_TO=address)
	@API="$(API)" TOKENS="$(TOKENS)" STACK="$(STACK)" MAIL_TO="$(MAIL_TO)" $(BIN)/python -m infra.smoke

.PHONY: soak
soak: $(READY) ## run simulated worlds from many seeds (SEEDS=20000); ends with "N seeds, V violations"
	@$(BIN)/python -m tests.simulation soak --seeds $(or $(SEEDS),20000)

.PHONY: sabotage
sabotage: $(READY) ## remove every guard of the code in turn; some test must notice each
	@$(BIN)/python -m tests.sabotage

.PHONY: openapi schemas template
openapi schemas template: $(READY) ## generate the OpenAPI document and the event schemas, and join the template
	$(BIN)/python -m infra.generate

.PHONY: format
format: $(READY) ## put the code into its form
	$(BIN)/ruff check --fix $(CODE)
	$(BIN)/ruff format $(CODE)

# pyproject.toml says what we need; requirements/*.txt say which releases, with hashes. `UPGRADE=1` takes newer ones.
COMPILE := uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header \
	--no-emit-index-url --no-emit-find-links $(if $(UPGRADE),--upgrade)
BUNDLED := --constraint requirements/dev.txt --overrides requirements/no-command-line.txt

.PHONY: lock
lock: ## pin the requirements anew (needs uv; UPGRADE=1 for newer releases)
	$(COMPILE) pyproject.toml --extra authorizer --extra gateways --group dev --output-file requirements/dev.txt
	$(COMPILE) pyproject.toml $(BUNDLED) --output-file requirements/runtime.txt
	$(COMPILE) pyproject.toml --extra authorizer $(BUNDLED) \
		--output-file requirements/authorizer.txt
	$(COMPILE) pyproject.toml --extra gateways $(BUNDLED) --output-file requirements/gateways.txt
	$(COMPILE) requirements/local.in --output-file requirements/local.txt
	$(COMPILE) requirements/gates.in --output-file requirements/gates.txt

# $(call install,environment,requirements). The stamp comes last, so an interrupted install is made anew.
ifneq ($(UV),)
define install
	@echo "installing what the checks need into $(1) (once) …" >&2
	@rm -rf $(1)
	@uv venv --quiet --no-project --python $(PYTHON) $(1)
	@uv pip install --quiet --python $(1)/bin/python --no-deps --require-hashes --requirement $(2)
	@touch $(1)/.installed
endef
else
define install
	@echo "installing what the checks need into $(1) (once) …" >&2
	@rm -rf $(1)
	@$(PYTHON) -m venv $(1)
	@$(1)/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes --requirement $(2)
	@touch $(1)/.installed
endef
endif

$(READY): requirements/dev.txt
	$(call install,$(VENV),$<)

$(GATES_READY): requirements/gates.txt
	$(call install,$(GATES),$<)

include infra/build.mk

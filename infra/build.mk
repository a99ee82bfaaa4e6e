# What `sam build` runs for each function (`BuildMethod: makefile`): `make build-<LogicalId> ARTIFACTS_DIR=…`.
# Why it looks like this: docs/adr/0006-what-runs-in-the-bundle.md.

# As in template.yaml: Runtime python3.13 on Amazon Linux 2023 (glibc 2.34), Architectures [arm64]. uv knows that a newer
# platform takes wheels for the older ones; pip must be told each.
LAMBDA_PYTHON := 3.13
LAMBDA_UV_PLATFORM := aarch64-manylinux_2_34
LAMBDA_PIP_PLATFORMS := manylinux_2_34_aarch64 manylinux_2_28_aarch64 manylinux2014_aarch64
PACKAGES := .aws-sam/packages

# The folder of a function's code: what the template gives as its Handler (functions.<folder>.handler.handler).
operation = $$(sed -nE '/^  $*Function:/,/^    *Handler:/s/^ *Handler: functions\.([a-z_]+)\..*/\1/p' template.yaml)
requirements = $(if $(filter Authorize,$*),authorizer,$(if $(filter Refund Reconcile Collect Resolve,$*),gateways,runtime))

# Says which folder of functions/ a function is built from.
folder-%Function:
	@echo $(operation)

.SECONDEXPANSION:
build-%Function: $$(PACKAGES)/$$(requirements)/.installed
	@operation=$(operation); [ -d "functions/$${operation:?template.yaml has no Handler of $*Function}" ] || \
		{ echo "no folder functions/$$operation" >&2; exit 1; }; \
	mkdir -p "$(ARTIFACTS_DIR)/functions" && \
	cp -R $(PACKAGES)/$(requirements)/. shared "$(ARTIFACTS_DIR)/" && \
	cp functions/__init__.py "$(ARTIFACTS_DIR)/functions/" && \
	cp -R functions/$$operation "$(ARTIFACTS_DIR)/functions/"
	@rm -f "$(ARTIFACTS_DIR)/.installed"
	@find "$(ARTIFACTS_DIR)/shared" "$(ARTIFACTS_DIR)/functions" -name __pycache__ -prune -exec rm -rf {} +
	@find "$(ARTIFACTS_DIR)/shared/http" \( -name reply.py -o -name document.py \) -delete # for the OpenAPI document only
	@$(call compile,$(ARTIFACTS_DIR)/shared,/var/task/shared)
	@$(call compile,$(ARTIFACTS_DIR)/functions,/var/task/functions)

.SECONDARY: $(PACKAGES)/runtime/.installed $(PACKAGES)/authorizer/.installed $(PACKAGES)/gateways/.installed
$(PACKAGES)/%/.installed: requirements/%.txt
	@rm -rf $(@D)
ifneq ($(UV),)
	@uv pip install --quiet --python-version $(LAMBDA_PYTHON) --python-platform $(LAMBDA_UV_PLATFORM) \
		--only-binary :all: --no-deps --require-hashes --requirement $< --target $(@D)
else
	@$(PYTHON) -m pip install --quiet --disable-pip-version-check --python-version $(LAMBDA_PYTHON) \
		$(addprefix --platform ,$(LAMBDA_PIP_PLATFORMS)) --implementation cp --only-binary :all: \
		--no-deps --require-hashes --requirement $< --target $(@D)
endif
	@find $(@D) -name __pycache__ -prune -exec rm -rf {} +
	@rm -rf $(@D)/bin $(@D)/.lock
	@$(call compile,$(@D),/var/task)
	@touch $@

# Bytecode saves a cold start from compiling (three times as long without). Only the runtime's own Python can make it,
# which need not be the one that builds.
compile = python=$$(for each in $(PYTHON) python$(LAMBDA_PYTHON); do $$each -c 'import sys; \
	sys.exit(sys.version_info[:2] != tuple(map(int, "$(LAMBDA_PYTHON)".split("."))))' 2>/dev/null && echo $$each && break; done); \
	if [ -n "$$python" ]; \
	then $$python -m compileall -q -j 0 --invalidation-mode unchecked-hash -s $(1) -p $(2) $(1); \
	else echo "built without bytecode: that takes Python $(LAMBDA_PYTHON)" >&2; fi

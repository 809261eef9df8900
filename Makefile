# Two commands: `make reproduce` runs the whole path, `make test` runs everything that proves it.
# Both set up .venv with the versions pinned in constraints.txt first.

PYTHON ?= python3
# A folder with your own copies of the texts that may not be shared; it need not exist.
TEXTS ?= ../shared/real
# SKIP_STUDIO=1 starts from the committed exports instead of a Label Studio server.
SKIP_STUDIO ?=

# How many processes the tests are spread over; each that needs a Label Studio starts one.
JOBS ?= 2

BIN := .venv/bin
READY := .venv/.ready

.PHONY: reproduce test lint reference clean

reproduce: $(READY)
	$(BIN)/fogbank reproduce --texts "$(TEXTS)" $(if $(SKIP_STUDIO),--skip-studio)

test: lint
	FOGBANK_TEXTS="$(TEXTS)" $(BIN)/python -m pytest --numprocesses $(JOBS) --dist loadfile --no-loadscope-reorder

lint: $(READY)
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/fogbank build --check

# the public names, from their docstrings: build/reference/index.html
reference: $(READY)
	$(BIN)/pdoc fogbank --output-directory build/reference

$(READY): pyproject.toml constraints.txt
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	touch $@

clean:
	rm -rf build .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

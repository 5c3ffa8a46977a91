# Needs make and Python 3.11 or newer with venv and pip; everything else goes into .venv.
PYTHON ?= python3
LAB_DIR ?= deploylab-lab
LAB_ARGS ?=
OLDEST_PYTHON ?= $(VENV)/bin/python

VENV := .venv
RUN := $(VENV)/bin/python -m
PYTEST := $(RUN) pytest
PARALLEL := -n auto --maxprocesses 4 --dist loadfile
NOTEBOOKS = $(wildcard notebooks/*.ipynb)

.DEFAULT_GOAL := help
.PHONY: help lab test lint unit oldest notebook-outputs browser wheel bench bench-browser notebooks site dist clean

help:  ## show this list
	@grep -hE '^[a-z-]+:.*## ' Makefile | sed -E 's/:.*## /\t/' | awk -F '\t' '{ printf "make %-18s %s\n", $$1, $$2 }'

lab: $(VENV)/.lab  ## open JupyterLab on copies of the notebooks in LAB_DIR; LAB_ARGS go to JupyterLab
	@$(RUN) deploylab lab "$(LAB_DIR)" $(LAB_ARGS)

test: lint unit oldest notebook-outputs browser wheel  ## run every check
	@echo "== every check passed"

lint: $(VENV)/.dev  ## style and types
	@echo "== ruff: style"
	@$(RUN) ruff check
	@echo "== ruff: format"
	@$(RUN) ruff format --check
	@echo "== mypy: types"
	@$(RUN) mypy

unit: $(VENV)/.dev  ## tests and examples of the package
	@echo "== pytest: tests and doctests"
	@$(PYTEST) -m "not browser and not wheel" $(PARALLEL)

oldest: $(VENV)/.oldest  ## the same bits with the oldest numpy that pyproject.toml admits?
	@$(VENV)/oldest/bin/python -c 'import platform, numpy; \
	  print("== pytest: the golden digests with numpy", numpy.__version__, "and Python", platform.python_version())'
	@$(VENV)/oldest/bin/python -m pytest -p no:cacheprovider tests/engine/test_golden.py

notebook-outputs: $(VENV)/.dev  ## do the notebooks still give the outputs that they hold?
	@echo "== pytest: every cell of the notebooks gives the output that it holds"
	@$(if $(NOTEBOOKS),$(PYTEST) --nbval $(PARALLEL) notebooks,echo "there are no notebooks" && exit 1)

browser: $(VENV)/.dev  ## JupyterLab in a real Chromium
	@echo "== pytest: JupyterLab in a real Chromium"
	@$(PYTEST) -m browser $(PARALLEL) tests/browser

wheel: $(VENV)/.dev  ## the wheel in an empty environment
	@echo "== pytest: the wheel in an empty environment"
	@$(PYTEST) -m wheel tests/test_wheel.py

bench: $(VENV)/.bench  ## measure against peers, side by side
	@$(RUN) benchmarks

bench-browser: $(VENV)/.dev  ## measure the pictures in a real Chromium with JupyterLab
	@$(RUN) benchmarks browser

notebooks: $(VENV)/.dev  ## run the notebooks anew and store their outputs in them
	@$(VENV)/bin/python docs/run_notebooks.py $(NOTEBOOKS)

site: $(VENV)/.lab  ## write the notebooks into site/ as pages that need no kernel and no network
	@$(VENV)/bin/python docs/site/build.py site

dist: $(VENV)/.release  ## build the wheel and the source distribution, and check them
	@rm -rf dist
	@$(RUN) build
	@$(RUN) twine check --strict dist/*

clean:  ## remove .venv and everything that was built; your notebooks stay
	rm -rf $(VENV) build dist site .mypy_cache .pytest_cache .ruff_cache .hypothesis
	find . -name __pycache__ -prune -exec rm -rf {} +

# The stamps make a second call quick: pip runs again only when the project's requirements changed.
$(VENV)/.lab: pyproject.toml constraints.txt | $(VENV)/bin/python
	@echo "Installing deploylab into $(VENV): once, about a minute."
	@$(RUN) pip install --quiet --constraint constraints.txt --editable .
	@touch $@

$(VENV)/.dev: pyproject.toml constraints.txt | $(VENV)/bin/python
	@echo "Installing deploylab and its checks into $(VENV): once, about a minute."
	@$(RUN) pip install --quiet --constraint constraints.txt --editable '.[dev]'
	@touch $(VENV)/.lab $@

$(VENV)/.bench: pyproject.toml | $(VENV)/.dev
	@$(RUN) pip install --quiet --constraint constraints.txt --editable '.[bench]'
	@touch $@

$(VENV)/.release: pyproject.toml | $(VENV)/bin/python
	@$(RUN) pip install --quiet --constraint constraints.txt --editable '.[release]'
	@touch $@

# Only what the engine needs, and not Jupyter, which would take a minute.
$(VENV)/.oldest: pyproject.toml constraints.txt | $(VENV)/bin/python
	@echo "Installing the oldest numpy into $(VENV)/oldest: once, about ten seconds."
	@$(OLDEST_PYTHON) -m venv --clear $(VENV)/oldest
	@$(VENV)/oldest/bin/python -m pip install --quiet --only-binary :all: \
	  "numpy==$$(sed -n 's/^ *"numpy>=\(.*\)",.*/\1/p' pyproject.toml)" \
	  $$(grep -iE '^(hypothesis|pytest|pyyaml|regex|rich)==' constraints.txt) || \
	  { echo "Name a Python that this numpy was made for: make oldest OLDEST_PYTHON=python3.11"; exit 1; }
	@touch $@

$(VENV)/bin/python:
	@command -v "$(PYTHON)" > /dev/null || { echo "There is no $(PYTHON). Name yours: make PYTHON=python3.12"; exit 1; }
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "deploylab needs Python 3.11 or newer; this is $$("$(PYTHON)" --version). Name a newer one: make PYTHON=python3.12"; exit 1; }
	@"$(PYTHON)" -m venv $(VENV) || \
	  { rm -rf $(VENV); echo "Python has no venv here. On Debian and Ubuntu: apt install python3-venv"; exit 1; }

# For contributors on Linux and macOS. Without make: python3 kam.py run | test | lab.
PYTHON := .venv/bin/python
UV := $(PYTHON) -m uv
PARTS := identify value choose grow relate plan
SAMPLE := 40

.PHONY: help
help: ## Show what there is to make
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-13s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: run
run: ## Run the analyses on the practice company
	python3 kam.py run

.PHONY: test
test: ## Run every check, as CI does
	python3 kam.py test

.PHONY: lab
lab: ## Open the notebooks in JupyterLab
	python3 kam.py lab

.PHONY: format
format: .venv/kam.json ## Bring the code into shape
	$(PYTHON) -m ruff check --fix .
	$(PYTHON) -m ruff format .

.PHONY: notebooks
notebooks: .venv/kam.json ## Execute all notebooks in place
	$(PYTHON) tools/build_notebooks.py

.PHONY: bench
bench: .venv/kam.json ## Measure account facts and lifetime models beside their peers, and the assignment
	$(PYTHON) bench/account_facts.py
	$(PYTHON) bench/lifetime.py
	$(PYTHON) bench/assignment.py

.PHONY: proofs
proofs: .venv/kam.json ## The slow proofs in full: the real ledger as CSV and workbook, a million simulated accounts
	KAMKIT_FULL=1 $(PYTHON) -m pytest -q tests/case/test_online_retail.py tests/browser \
		tests/value/test_repeat_recovery.py
	$(MAKE) mutants

.PHONY: mutants
mutants: .venv/kam.json ## Change lines of the steps and see whether a test notices (PARTS, SAMPLE)
	for part in $(PARTS); do $(PYTHON) tools/mutants.py kamkit/$$part --sample $(SAMPLE) || exit; done

.PHONY: language
language: .venv/kam.json ## Extract new strings, update the Norwegian catalogue, compile it
	$(PYTHON) tools/language.py

.PHONY: environment
environment: .venv/kam.json ## Write environment.yml from pyproject.toml
	$(PYTHON) tools/environment.py

.PHONY: lock
lock: .venv/kam.json environment ## Resolve pyproject.toml into requirements.lock
	$(UV) pip compile pyproject.toml --all-extras --universal --python-version 3.11 \
		--generate-hashes --no-emit-index-url --no-header --quiet -o requirements.lock

.PHONY: clean
clean: ## Remove what checks and builds leave behind (not .venv, not your runs)
	rm -rf .mypy_cache .ruff_cache .pytest_cache .hypothesis .kamkit-cache dist build bench/out
	find . -name .venv -prune -o -name __pycache__ -type d -exec rm -rf {} +
	find notebooks -name .ipynb_checkpoints -type d -exec rm -rf {} +

.venv/kam.json: pyproject.toml requirements.lock
	python3 kam.py --version && touch $@

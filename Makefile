# For contributors on Linux and macOS. Without make: python3 kam.py run | test | lab.
PYTHON := .venv/bin/python
UV := $(PYTHON) -m uv
PARTS := identify value choose grow relate plan
SAMPLE := 40
COMPILE := --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --quiet

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

.PHONY: dev
dev: # The environment with what contributors need; a matching one is only looked at
	@python3 kam.py dev

.PHONY: format
format: dev ## Bring the code into shape
	$(PYTHON) -m ruff check --fix .
	$(PYTHON) -m ruff format .

.PHONY: notebooks
notebooks: dev ## Execute all notebooks in place
	$(PYTHON) tools/build_notebooks.py

.PHONY: bench
bench: dev ## Measure runs, account facts and lifetime models beside their peers, the assignment, growth with accounts
	$(PYTHON) bench/whole_run.py -n 3
	$(PYTHON) bench/account_facts.py
	$(PYTHON) bench/lifetime.py
	$(PYTHON) bench/assignment.py
	$(PYTHON) bench/scale.py

.PHONY: proofs
proofs: dev ## The slow proofs in full: real ledgers, a million simulated accounts, the calibration table, mutants
	KAMKIT_FULL=1 $(PYTHON) -m pytest -q -n 2 --dist loadfile --no-loadscope-reorder --doctest-modules
	$(PYTHON) -m tools.calibration full
	$(MAKE) mutants

.PHONY: torture
torture: dev ## What tests have no time for: runs killed at 100 moments, generated ledgers; a line each
	$(PYTHON) -m tools.torture_kill --moments 100
	$(PYTHON) -m tools.torture_reading 100000

.PHONY: mutants
mutants: dev ## Change lines of the steps and see whether a test notices (PARTS, SAMPLE)
	for part in $(PARTS); do $(PYTHON) tools/mutants.py kamkit/$$part --sample $(SAMPLE) || exit; done

.PHONY: language
language: dev ## Extract new strings, update the Norwegian catalogue, compile it
	$(PYTHON) tools/language.py

.PHONY: shots
shots: dev ## Run the practice company, render all it made as pictures, measure it against the budgets
	$(PYTHON) -m kamkit run fjordgross --out kamkit-runs/shots --replace
	$(PYTHON) -m tools.shots kamkit-runs/shots

.PHONY: docs
docs: .venv/kam.json ## Write docs/columns.md from the register of columns
	$(PYTHON) tools/columns.py

.PHONY: environment
environment: dev ## Write environment.yml from pyproject.toml
	$(PYTHON) tools/environment.py

.PHONY: lock
lock: environment ## Resolve pyproject.toml into requirements.lock and requirements-dev.lock
	$(UV) pip compile pyproject.toml $(COMPILE) --extra setup -o requirements.lock
	$(UV) pip compile pyproject.toml $(COMPILE) --all-extras -c requirements.lock \
		-o requirements-dev.lock

.PHONY: newest
newest: dev ## Run the tests with the newest of everything, in an environment of its own
	$(UV) venv --quiet --clear .venv-newest
	$(PYTHON) tools/environment.py --names | \
		$(UV) pip install --quiet --python .venv-newest/bin/python -r -
	$(UV) pip install --quiet --python .venv-newest/bin/python --no-deps -e .
	.venv-newest/bin/python -m pytest -q -n 2 --dist loadfile --doctest-modules

.PHONY: coverage
coverage: dev ## Run the tests and say which lines of each part they reach
	$(PYTHON) -m pytest -q -n 2 --dist loadfile --doctest-modules --cov=kamkit --cov-report=
	@for part in kamkit/*/; do \
		reached=$$($(PYTHON) -m coverage report --include="$$part*" --format=total 2>/dev/null) && \
		printf '%-20s %3s %%\n' $$part $$reached; \
	done; printf '%-20s %3s %%\n' all $$($(PYTHON) -m coverage report --format=total)

.PHONY: clean
clean: ## Remove what checks and builds leave behind (not .venv, not your runs)
	rm -rf .mypy_cache .ruff_cache .pytest_cache .hypothesis .kamkit-cache dist build bench/out .coverage .venv-newest
	find . -name .venv -prune -o -name __pycache__ -type d -exec rm -rf {} +
	find notebooks -name .ipynb_checkpoints -type d -exec rm -rf {} +

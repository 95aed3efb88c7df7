# Every habit of the project. `make demo` and `make test` each work alone in a fresh clone.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
export UV_LINK_MODE ?= copy
# Installed packages are compiled once, at installation; a test or demo that starts processes relies on it.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: demo demo-billing page test test-fast test-faults test-engines lint format bench clean

$(READY): pyproject.toml constraints.txt
	@echo "Setting up $(VENV) (once; about a minute) ..."
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "headgate needs Python >= 3.11, this is " + sys.version.split()[0])'
	@test -x $(BIN)/uv || { $(PYTHON) -m venv $(VENV) && $(BIN)/pip install --quiet --disable-pip-version-check --constraint constraints.txt uv; }
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --compile-bytecode --constraint constraints.txt --editable '.[all]' --group dev
	@touch $@

demo: $(READY)
	@$(BIN)/python dags/churn/demo.py

demo-billing: $(READY)
	@$(BIN)/python dags/billing/demo.py

# The demo's page in a local Airflow, until Ctrl-C.
page: $(READY)
	@$(BIN)/python dags/churn/page.py

test: $(READY)
	@$(BIN)/python -m pytest -n auto --maxprocesses 4 --dist loadfile

test-fast: $(READY)
	@$(BIN)/python -m pytest -m "not slow and not engines" -n auto --dist loadfile

# Publishes killed 200 times at random for each place and mode, and ten times in each step; a thousand random reports
# read back; builds of dbt killed behind a gate; lineage events delivered in a thousand orders and by killed processes;
# the history delivered by killed processes, and by commands with every fault of its store; messages sent by killed
# processes, a year of incidents in 200 orders of arrival; fifty thousand random values on two engines; suites of Great
# Expectations answered as it answers; 20,000 events answered as SQL answers; about an hour and a half.
test-faults: $(READY)
	@$(BIN)/python -m tests.support.dbt_engines dbt-2
	@HEADGATE_KILLS=200 HEADGATE_KILLS_IN_STEPS=10 HEADGATE_REPORTS=1000 $(BIN)/python -m pytest -s tests/gate/test_kill.py tests/report/test_serial.py
	@HEADGATE_INTERLEAVINGS=1000 HEADGATE_LINEAGE_KILLS=20 $(BIN)/python -m pytest -s tests/lineage/test_order.py
	@HEADGATE_HISTORY_KILLS=20 $(BIN)/python -m pytest -s tests/history/test_kill.py tests/history/test_faults.py
	@HEADGATE_INCIDENT_ORDERS=200 $(BIN)/python -m pytest -s tests/incidents/test_year.py
	@HEADGATE_DRIFT_DAYS=1825 $(BIN)/python -m pytest -s -m engines tests/past/test_rates.py
	@HEADGATE_SUITES=2000 $(BIN)/python -m pytest -s tests/gx/test_answers.py -k random_suites
	@HEADGATE_EVENTS=20000 $(BIN)/python -m pytest -s tests/streams/test_gate_random.py
	@HEADGATE_CANONICAL=50000 $(BIN)/python -m pytest -s tests/compare/test_canonical.py
	@HEADGATE_ALERT_KILLS=100 $(BIN)/python -m pytest -s tests/alerts/test_kill.py
	@HEADGATE_KILLS=8 $(BIN)/python -m pytest -s -m "" -k "own or dbt-2" tests/dbt/test_gate_faults.py

# The dbt package on PostgreSQL, and on other versions of dbt, v2 among them, each in .engines, and more shadow runs of dbt;
# the registry; the page in Airflow and in Chromium.
# QUICK=1: all of it on v2, on PostgreSQL too; on 1.10, on 1.12 and on .venv's with PostgreSQL what the checks find, a gate, a
# good and a bad build of the shop, and that nothing is deprecated; with PostgreSQL killed builds besides.
IN_PART := test_conformance or (test_a_breach_leaves and duckdb) or (test_shop and (good or cents)) or test_nothing_is_deprecated
test-engines: $(READY)
	@$(BIN)/python -m tests.support.dbt_engines
	@$(BIN)/python -m tests.support.apicurio
	@$(BIN)/python -m tests.support.airflow_engines
	@$(BIN)/python -m pytest -m engines $(if $(QUICK),-k "billing or test_rates or (own and postgres and ($(IN_PART) or test_gate_faults)) or dbt-2 or ((dbt-1.10 or dbt-1.12) and ($(IN_PART)))") -n auto --maxprocesses 4 tests/dbt tests/airflow/test_reconcile.py tests/airflow/test_shadow.py tests/past
	@$(BIN)/python -m pytest -m engines tests/streams
	@$(BIN)/python -m pytest -m engines -n auto --maxprocesses 2 --dist loadfile tests/page tests/airflow/page

lint: $(READY)
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-cache > /dev/null || $(BIN)/lint-imports --no-cache

format: $(READY)
	@$(BIN)/ruff check --fix-only --quiet .
	@$(BIN)/ruff format .

# About two hours, and writes docs/benchmarks.md; QUICK=1 prints headgate beside the floor in about 8.
bench: $(READY)
	@$(BIN)/python -m benchmarks.checks $(if $(QUICK),--only duckdb postgres growth startup --rows 1000000,--write)
	@$(BIN)/python -m benchmarks.init
	@$(BIN)/python -m benchmarks.parse
	@$(BIN)/python -m benchmarks.dbt
	@$(BIN)/python -m benchmarks.history $(if $(QUICK),--runs 5)
	@$(BIN)/python -m benchmarks.page $(if $(QUICK),--runs 40)
	@$(BIN)/python -m benchmarks.drift $(if $(QUICK),--days 183 --faults 4 --rows 1000000)
	@$(BIN)/python -m benchmarks.normal
	@$(BIN)/python -m benchmarks.reconcile $(if $(QUICK),--rows 1000000,--longest 110)

clean:
	rm -rf $(VENV) .bench .demo .engines .pytest_cache .ruff_cache .mypy_cache dags/churn/data

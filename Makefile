# All the commands there are. Each one sets up what it needs; the second time it is fast.

BIN := .venv/bin
READY := .venv/ready
TEXTS := $(wildcard relance/locale/*/LC_MESSAGES/*.po)
SPOKEN := .venv/texts
PYTEST := $(BIN)/python -m pytest -n 2
CUSTOMERS := 1000000
MESSAGES := 10000
KILLS := 500
SEED := 1
SEEDS := 1
PROOFS := tests/journeys/test_whatever_happens.py tests/journeys/test_promised_sizes.py tests/exports/test_restored_and_asked.py tests/replies/test_stop_while_sending.py tests/delivery/test_pace.py tests/journeys/test_nobody_is_flooded.py tests/delivery/test_fairness.py tests/plan/test_no_nonsense.py tests/jobs/test_a_day_without_alarms.py tests/storms/test_storm.py tests/storms/test_acknowledged.py tests/delivery/receipts/test_every_order.py

.PHONY: help setup run test test-fast crash proof check format docs bench lock clean

help:  ## these lines
	@sed -n 's/^\([a-z-]*\):.*## /  make \1	/p' Makefile | expand -t 18

setup: $(READY) $(SPOKEN)  ## .venv with everything, so that .venv/bin/relance works

run: setup  ## a sample dealership on http://127.0.0.1:8000
	@$(BIN)/relance demo

test: setup  ## every test, on SQLite and on a PostgreSQL of its own
	@bin/system
	$(PYTEST)
	$(PYTEST) --database=postgres

test-fast: setup  ## the minute-long part: SQLite, no browser, no processes
	$(PYTEST) -m "not browser and not process"

crash: setup  ## kill workers at any instant, on both databases: nothing may be sent twice or lost
	$(BIN)/python -m tests.harness --messages $(MESSAGES) --kills $(KILLS) --seed $(SEED) --seeds $(SEEDS)

proof: setup  ## the promises about doubles, restores, replies and robots, at the sizes that are promised (an hour)
	STEPS=50000 MESSAGES=2000 INBOUND=200 EVENTS=10000 LINKS=1000 OPT_OUT_MESSAGES=10000 PACED=50000 WATCHED=1440 ORDERS=720 FLOOD_AUTOMATIONS=200 FLOOD_STEPS=2000 FLOOD_ROUNDS=20 FLOOD_OF=50000 RENDERS=100000 \
	$(BIN)/python -m pytest -n 0 -s $(PROOFS)

check: setup  ## format, lint, types, imports, migrations, translations
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	bin/migrations
	$(BIN)/python -m relance.lib.translations --missing

format: setup  ## format and sort
	$(BIN)/ruff check --fix-only --quiet .
	$(BIN)/ruff format .

docs: setup  ## the generated pages of docs/
	$(BIN)/python -m docs.generate

bench: setup  ## the benchmarks: one table, also in bench/results.md
	$(BIN)/python -m bench.run --customers $(CUSTOMERS)

lock: setup  ## newer versions into requirements.lock
	@bin/lock

clean:  ## remove what setup made; data stay
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

$(READY): requirements.lock pyproject.toml bin/setup
	@bin/setup
	@touch $@

$(SPOKEN): $(READY) $(TEXTS)
	@$(BIN)/python -m relance.lib.translations >/dev/null
	@touch $@

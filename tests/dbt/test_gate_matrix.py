"""The gate, form by policy by outcome: what a bad day leaves, on each version of dbt and each database.

All cells of a version and a database are models of one project, each with a model downstream, which two builds make:
of a good day, and of the day of the cell. `make test` builds a tenth of them, `make test-engines` all.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any

import pytest
import yaml
from headgate import Contract
from headgate.dbt import sync

from tests.support.dbt_engines import OWN, Engine
from tests.support.dbt_warehouses import Warehouse, on_duckdb, on_postgres
from tests.support.gated_shop import DISPATCH

Rows = list[tuple[int, int]]
BATCHES = "event_time='day', batch_size='day', begin='2026-01-01', lookback=0"
INCREMENTAL = "materialized='incremental', incremental_strategy="
FORMS = {
    "table": "materialized='table'",
    "append": f"{INCREMENTAL}'append'",
    "delete_insert": f"{INCREMENTAL}'delete+insert', unique_key='id'",
    "merge": f"{INCREMENTAL}'merge', unique_key='id'",
    # dbt-duckdb replaces the period of a batch, and refuses a key.
    "microbatch": f"{INCREMENTAL}'microbatch', unique_key=('id' if target.type == 'postgres' else none), {BATCHES}",
}
POLICIES = {
    "halt": ["halt"],
    "quarantine": ["quarantine"],
    "keep": ["last_known_good"],
    "warn": ["warn"],
    "chain": ["quarantine", "last_known_good"],
}
GOOD: Rows = [(1, 10), (2, 20), (3, 30), (4, 40)]
# The second day's rows, good and bad; more than half of the last are bad, which no quarantine takes.
DAYS: dict[str, tuple[Rows, Rows]] = {
    "passes": ([(4, 41), (5, 50), (6, 60), (7, 70)], []),
    "breaks": ([(4, 41), (5, 50), (6, 60)], [(7, 900)]),
    "floods": ([(4, 41)], [(5, 900), (6, 901), (7, 902)]),
}
# What each policy does on a bad day; the batch of a period cannot be kept, since it takes the place of that period.
DONE = {
    ("halt", "breaks"): "halted",
    ("halt", "floods"): "halted",
    ("quarantine", "breaks"): "sorted",
    ("quarantine", "floods"): "halted",
    ("keep", "breaks"): "kept",
    ("keep", "floods"): "kept",
    ("warn", "breaks"): "published",
    ("warn", "floods"): "published",
    ("chain", "breaks"): "sorted",
    ("chain", "floods"): "kept",
}


@dataclass(frozen=True)
class State:
    """What a cell leaves: the rows that are served, rejected and quarantined (None: no such table), the status of the
    model, of its test, and of the model downstream."""

    served: Rows | None
    rejected: Rows | None
    quarantined: Rows | None
    model: str | None
    test: str
    after: str


@dataclass(frozen=True)
class Cell:
    form: str
    policy: str
    day: str

    @property
    def name(self) -> str:
        return f"{self.form}__{self.policy}__{self.day}"

    def expected(self, engine: Engine, target: str) -> State:
        good, bad = DAYS[self.day]
        done = DONE.get((self.policy, self.day), "published")
        if done == "kept" and self.form == "microbatch":
            done = "halted"
        held = sorted(good + bad) if done in ("halted", "kept") else None
        added = {"published": sorted(good + bad), "sorted": good, "kept": [], "halted": []}[done]
        if self.form == "table":
            served = added or GOOD
        elif self.form == "append" or (self.form == "microbatch" and target == "duckdb"):
            served = sorted(GOOD + added)
        else:
            served = sorted((dict(GOOD) | dict(added)).items())
        model = {"halted": "error", "kept": engine.warned}.get(done, "success")
        if done == "halted" and self.form == "microbatch" and engine.name == "dbt-2":
            model = None  # of a model with a failed batch it names nothing
        test = "skipped" if done == "halted" else "warn" if done == "published" and bad else "pass"
        after = "skipped" if done == "halted" else "success"
        return State(served, held, bad if done == "sorted" else None, model, test, after)


CELLS = [Cell(*cell) for cell in product(FORMS, POLICIES, DAYS)]


def some(cells: list[Cell], seed: int) -> list[Cell]:
    """A tenth of the cells, and at least one of each form, policy and day."""
    shuffled = random.Random(seed).sample(cells, len(cells))
    chosen: list[Cell] = []
    seen: set[str] = set()
    for cell in shuffled:
        kinds = {cell.form, cell.policy, cell.day}
        if not kinds <= seen or len(chosen) < len(cells) / 10:
            chosen.append(cell)
            seen |= kinds
    return chosen


def values(rows: Rows, day: str) -> str:
    return " union all ".join(
        f"select {i} as id, {amount} as amount, cast('{day} 10:00' as timestamp) as day" for i, amount in rows
    )


def declare(project: Path, cells: list[Cell]) -> None:
    (project / "dbt_project.yml").open("a").write(DISPATCH)
    schema = []
    for cell in cells:
        config = f"{FORMS[cell.form]}, meta={{'headgate': {{'contract': 'shop#{cell.name}'}}}}"
        good, bad = DAYS[cell.day]
        (project / "models" / f"{cell.name}.sql").write_text(
            f"{{{{ config({config}) }}}}\n{{% if var('day') == 1 %}}{values(GOOD, '2026-01-01')}\n"
            f"{{% else %}}{values(good + bad, '2026-01-02')}{{% endif %}}"
        )
        (project / "models" / f"{cell.name}__after.sql").write_text(f"select * from {{{{ ref('{cell.name}') }}}}")
        properties = [
            {"name": "id", "logicalType": "integer"},
            {"name": "amount", "logicalType": "integer", "logicalTypeOptions": {"maximum": 500}},
            {"name": "day", "logicalType": "timestamp"},
        ]
        own = [{"property": "onBreach", "value": POLICIES[cell.policy], "vendor": "headgate"}]
        schema.append({"name": cell.name, "properties": properties, "customProperties": own})
    head = {"apiVersion": "v3.2.0", "kind": "DataContract", "id": "shop", "version": "1.0.0", "status": "active"}
    most = [{"property": "maxQuarantinePercent", "value": 50, "vendor": "headgate"}]
    file = project / "shop.odcs.yaml"
    file.write_text(yaml.safe_dump({**head, "schema": schema, "customProperties": most}))
    sync(Contract.load(file), project)


def tables(warehouse: Warehouse) -> dict[str, Rows]:
    """All tables with their rows."""
    names = warehouse.execute(
        "SELECT table_name FROM information_schema.tables WHERE table_schema = 'main' AND table_type = 'BASE TABLE'"
    )
    found: dict[str, Rows] = {name: [] for (name,) in names}
    query = " UNION ALL ".join(f"SELECT '{name}', id, amount FROM main.{name}" for name in found)
    for name, *row in warehouse.execute(query):
        found[name].append(tuple(row))
    return {name: sorted(rows) for name, rows in found.items()}


def build(cells: list[Cell], project: Path, dbt: Any, warehouse: Warehouse) -> dict[str, State]:
    """Build both days; return what each cell left."""
    declare(project, cells)
    for day in (1, 2):
        period = ("--event-time-start", f"2026-01-0{day}", "--event-time-end", f"2026-01-0{day + 1}")
        command = ("build", "--target", warehouse.target, "--threads", "4", "--vars", f"{{day: {day}}}", *period)
        ran = dbt(project, *command, **warehouse.environment)
        if day == 1:
            assert ran.code == 0, ran.output
            assert tables(warehouse) == {cell.name: GOOD for cell in cells}
    there = tables(warehouse)
    left = {}
    for cell in cells:
        rejected = [there.pop(f"{cell.name}__rejected{end}", None) for end in ("", "_20260102")]
        left[cell.name] = State(
            there.pop(cell.name, None),
            next((rows for rows in rejected if rows is not None), None),
            there.pop(f"{cell.name}__quarantine", None),
            ran.status.get(cell.name),
            ran.status[f"{cell.name}__contract"],
            ran.status[f"{cell.name}__after"],
        )
    assert there == {}, "nothing else is left"
    return left


@pytest.mark.slow
@pytest.mark.parametrize("engine", [OWN], indirect=True, ids=str)
def test_a_tenth_of_the_cells(project: Path, dbt: Any, warehouse: Warehouse, engine: Engine) -> None:
    cells = some(CELLS, seed=len(warehouse.target))
    assert build(cells, project, dbt, warehouse) == {c.name: c.expected(engine, warehouse.target) for c in cells}


@pytest.mark.engines
def test_all_cells(project: Path, dbt: Any, warehouse: Warehouse, engine: Engine) -> None:
    assert build(CELLS, project, dbt, warehouse) == {c.name: c.expected(engine, warehouse.target) for c in CELLS}


PYTHON = "def model(dbt, session):\n    dbt.config(materialized='table', meta={'headgate': {'contract': 'shop#m'}})\n"
KEY = "{name: m, constraints: [{type: foreign_key, columns: [id], expression: 'main.other (id)'}], " \
      "config: {contract: {enforced: true}}, columns: [{name: id, data_type: integer}]}"  # fmt: skip
# What cannot have a gate: the database, the model's file and text, its properties, and why.
REFUSED = {
    "view": ("duckdb", "m.sql", "materialized='view'", "{name: m}", "is materialized as 'view'; expected one of table, incremental"),
    "ephemeral": ("duckdb", "m.sql", "materialized='ephemeral'", "{name: m}", "is materialized as 'ephemeral'"),
    "materialized view": ("postgres", "m.sql", "materialized='materialized_view'", "{name: m}", "is materialized as 'materialized_view'"),
    "python": ("duckdb", "m.py", PYTHON + "    return None\n", "{name: m}", "a python model cannot be gated; only SQL is"),
    "foreign key": ("duckdb", "m.sql", "materialized='table'", KEY, "a foreign_key constraint, for which dbt-duckdb drops the table"),
}  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize(
    "case",
    [pytest.param(case, marks=[pytest.mark.engines] * (case not in ("ephemeral", "python"))) for case in REFUSED],
)
def test_what_cannot_have_a_gate(case: str, project: Path, dbt: Any, postgres_port: int, engine: Engine) -> None:
    target, file, config, properties, said = REFUSED[case]
    warehouse = on_duckdb(project) if target == "duckdb" else on_postgres(postgres_port)
    (project / "dbt_project.yml").open("a").write(DISPATCH)
    gate = "meta={'headgate': {'contract': 'shop#m'}}"
    text = config if file.endswith(".py") else f"{{{{ config({config}, {gate}) }}}} select 1 as id"
    (project / "models" / file).write_text(text)
    (project / "models" / "m.yml").write_text(f"models: [{properties}]\n")
    ran = dbt(project, "build", "--target", target, **warehouse.environment)
    assert ran.code in (1, 2)
    assert f"headgate: the model 'm' has meta.headgate, but {said}" in " ".join(ran.output.split())
    assert warehouse.execute("SELECT 1 FROM information_schema.tables WHERE table_schema = 'main'") == []

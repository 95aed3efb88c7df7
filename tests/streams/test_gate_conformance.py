"""The tables of cases, answered by the gate of events row by row."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

import duckdb
import pytest
from headgate.contract import Dataset
from headgate.streams.program import compiled, undecided

from tests.conformance.checks import runner
from tests.conformance.checks.cases import CASES as KIT
from tests.conformance.checks.tables import TABLES
from tests.conformance.nested_checks import CASES as NESTED
from tests.conformance.nested_checks import Case as NestedCase
from tests.conformance.row_checks import CASES as ROWS
from tests.conformance.row_checks import Case
from tests.support.contracts import dataset, dataset_of_case


def broken(things: Dataset, key: str, events: Sequence[Mapping[str, Any]]) -> int | str:
    """How many events break the check; why one event cannot decide it."""
    if reasons := [each.reason for each in undecided(things) if each.check.key == key]:
        return reasons[0]
    gate = compiled(things, [check for check in things.checks if check.key == key])
    return sum(gate(event) == (key,) for event in events)


def rows(columns: Mapping[str, Sequence[Any]]) -> list[dict[str, Any]]:
    return [dict(zip(columns, values, strict=True)) for values in zip(*columns.values(), strict=True)]


OTHERS = ("it looks at other events", "it refers to another dataset")


@pytest.mark.parametrize("case", ROWS, ids=[case.name for case in ROWS])
def test_row_checks(case: Case) -> None:
    events = rows({name: values for name, (_, values) in case.columns.items()})
    found = broken(dataset_of_case(case), case.key, events)
    among_rows = "unique" in case.name or "primary key" in case.name or "foreign" in case.name or "dupl" in case.name
    if among_rows and isinstance(found, str):
        assert found in OTHERS
    else:
        assert found == case.unexpected


@pytest.mark.parametrize("case", NESTED, ids=[case.name for case in NESTED])
def test_nested_checks(case: NestedCase) -> None:
    values = ", ".join(f"({value}::{case.kind})" for value in case.values)
    found = duckdb.sql(f"SELECT to_json(v) FROM (VALUES {values}) t(v)").fetchall()
    events = [{"v": None if text is None else json.loads(text)} for (text,) in found]
    things = dataset({"name": "id"}, {"name": "v", **case.promise})
    assert broken(things, case.key, events) == case.unexpected


BY_TABLE = defaultdict(list)
for _case in KIT:
    BY_TABLE[_case.table].append(_case)


@pytest.mark.parametrize("table", BY_TABLE)
def test_the_kit_of_check_types(table: str) -> None:
    """Every case that one event can decide; what it cannot has another reason than that of a missing translation."""
    things = runner.dataset_of(table, BY_TABLE[table])
    events = rows({name: column.values for name, column in TABLES[table].items()})
    wrong, decided = [], 0
    for number, case in enumerate(BY_TABLE[table]):
        if case.result.status not in ("passed", "failed") or not isinstance(case.result.found, int):
            continue
        keys = [check.key for check in things.checks if check.key == str(number) or check.key.startswith(f"{number}[")]
        found = broken(things, keys[0], events) if len(keys) == 1 else ""
        if isinstance(found, int):
            decided += 1
            if found != case.result.found:
                wrong.append(f"{case.name}: {found}, not {case.result.found}")
        elif "has no" in found:
            wrong.append(f"{case.name}: {found}")
    assert "\n".join(wrong) == ""
    assert decided or table in ("ordered", "thirds", "spread", "nan", "untyped", "empty"), table

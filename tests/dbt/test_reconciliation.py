"""Two models that must agree: `headgate.reconciles_with` and `headgate.equals` answer as `headgate reconcile` does."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import duckdb
import pytest
import yaml
from headgate.checks.reconciliation import Pair, Reconciliation, Tolerance
from headgate.compare.reconcile import compare
from headgate.compare.side import opened
from headgate.places import place_of

from tests.support.package_macros import returning

NOW = "2026-06-15T06:00:00+00:00"
_TYPES = {"id": "integer", "customer": "integer", "moment": "timestamp", "amount": "decimal(12,2)", "rate": "double precision",
          "label": "varchar",
          "heard": "timestamp with time zone"}  # fmt: skip
# (id, customer, moment, amount, rate, label, heard)
Row = tuple[Any, ...]
ONE, TWO = (
    (1, 7, "2026-05-02", "10.00", "1.5", "a", "2026-05-02 02:00:00+02"),
    (2, 8, "2026-05-03", "20.00", "2.5", "b", "2026-05-03 00:00:00+00"),
)


def changed(row: Row, **values: Any) -> Row:
    return tuple(values.get(name, value) for name, value in zip(_TYPES, row, strict=True))


def moved(row: Row, amount: str) -> Row:
    return changed(row, amount=amount)


@dataclass(frozen=True)
class Case:
    """Rows of both sides, arguments of the test, and of how many groups or rows it says that they differ."""

    name: str
    own: tuple[Row, ...]
    other: tuple[Row, ...]
    differ: int
    arguments: dict[str, Any] = field(default_factory=dict)

    @property
    def test(self) -> str:
        return "reconciles_with" if "sums" in self.arguments else "equals"


BY = {"by": ["customer"], "sums": ["amount"]}
MONTHLY = {"by": ["customer", "date_trunc('month', moment)"], "sums": ["amount"], "settled": "P2D"}
DAILY = {"by": [{"date_trunc('day', moment)": "date_trunc('day', moment)"}], "sums": {"amount": "amount"}, "settled": 1}
BY_ID = {"key": ["id"]}


def within(**tolerance: Any) -> dict[str, Any]:
    return {**BY, "tolerance": tolerance}


CASES = [
    # sums by group
    Case("equal", (ONE, TWO), (TWO, ONE), 0, BY),
    Case("one sum off", (ONE, TWO), (ONE, moved(TWO, "20.01")), 1, BY),
    Case("all rows are one group", (ONE, TWO), (moved(ONE, "11.00"), moved(TWO, "19.00")), 0, {"sums": ["amount"]}),
    Case("within an absolute tolerance", (ONE, TWO), (ONE, moved(TWO, "20.01")), 0, within(absolute=0.02)),
    Case("at the edge of it", (ONE, TWO), (ONE, moved(TWO, "20.01")), 0, within(absolute="0.01")),
    Case("beyond it", (ONE, TWO), (ONE, moved(TWO, "20.02")), 1, within(absolute=0.01)),
    Case("at the edge of a relative tolerance", (ONE, TWO), (ONE, moved(TWO, "25.00")), 0, within(relative=0.2)),
    Case("beyond it too", (ONE, TWO), (ONE, moved(TWO, "25.01")), 1, within(relative=0.2)),
    Case("the wider of both tolerances", (ONE, TWO), (ONE, moved(TWO, "25.01")), 0, within(relative=0.2, absolute=6)),
    Case("a group may differ", (ONE, TWO), (ONE, moved(TWO, "25.01")), 0, within(groups=1)),
    Case("two groups differ where one may", (ONE, TWO), (moved(ONE, "1"), moved(TWO, "1")), 2, within(groups=1)),
    Case("NULL is a group", (ONE, changed(TWO, customer=None)), (ONE, changed(TWO, customer=None)), 0, BY),
    Case("a NULL group off", (changed(ONE, customer=None),), (changed(ONE, customer=None, amount="9"),), 1, BY),
    Case("a group on this side", (ONE, TWO), (ONE,), 1, BY),
    Case("a group on the other side whose sum is 0", (ONE,), (ONE, moved(TWO, "0")), 1, BY),
    Case("the sum of NULLs is 0", (moved(ONE, None),), (moved(ONE, "0"),), 0, BY),
    Case("number of rows", (ONE, ONE), (ONE,), 1, {"by": "customer", "sums": [1]}),
    Case("this side is empty", (), (ONE, TWO), 1, BY),
    Case("the other is empty, and all may differ", (ONE,), (), 1, within(groups=9)),
    Case("both are empty", (), (), 0, BY),
    Case("sums of doubles in another order", (changed(ONE, rate="0.1"), changed(ONE, rate="0.2"), changed(ONE, rate="0.3")),
         (changed(ONE, rate="0.3"), changed(ONE, rate="0.2"), changed(ONE, rate="0.1")), 0, {"by": "customer", "sums": "rate"}),
    Case("a double off", (ONE,), (changed(ONE, rate="1.5001"),), 1, {"by": "customer", "sums": "rate"}),
    Case("NaN", (changed(ONE, rate="'NaN'"),), (ONE,), 1, {"by": "customer", "sums": "rate", "tolerance": {"absolute": 5}}),
    Case("a late month", (ONE, changed(TWO, moment="2026-06-01")), (ONE,), 0, MONTHLY),
    Case("a settled month", (ONE, TWO), (ONE,), 1, MONTHLY),
    Case("a late day", (ONE, changed(TWO, moment="2026-06-14 00:00:01")), (ONE,), 0, DAILY),
    Case("the last settled day", (ONE, changed(TWO, moment="2026-06-13 23:59:59")), (ONE,), 1, DAILY),
    Case("a row without a time is settled", (ONE, changed(TWO, moment=None)), (ONE,), 1, MONTHLY),
    Case("only late rows", (changed(ONE, moment="2026-06-14"),), (changed(TWO, moment="2026-06-14"),), 0, MONTHLY),
    Case("a moment and a timestamp of UTC", (ONE, TWO), (ONE, TWO), 0, {"by": {"heard": "moment"}, "sums": "amount"}),
    Case("another moment", (ONE,), (changed(ONE, moment="2026-05-02 02:00:00"),), 2, {"by": {"heard": "moment"}, "sums": "amount"}),
    Case("a date and a date of another period", (ONE, changed(TWO, moment="2026-06-01")), (ONE,), 0,
         {"by": {"cast(moment as date)": "date_trunc('month', moment)"}, "sums": [1], "settled": "P2D",
          "tolerance": {"groups": 2}}),
    # rows
    Case("equal rows", (ONE, TWO), (TWO, ONE), 0, BY_ID),
    Case("a changed row", (ONE, TWO), (ONE, moved(TWO, "21.00")), 1, BY_ID),
    Case("a column that is not compared", (ONE, TWO), (ONE, moved(TWO, "21.00")), 0, {**BY_ID, "except": ["amount"]}),
    Case("columns that are compared", (ONE, TWO), (ONE, moved(TWO, "21.00")), 0, {**BY_ID, "columns": ["customer", "label"]}),
    Case("a value becomes NULL", (ONE, TWO), (ONE, moved(TWO, None)), 1, BY_ID),
    Case("NULL equals NULL", (moved(ONE, None),), (moved(ONE, None),), 0, BY_ID),
    Case("a row on one side", (ONE, TWO), (ONE,), 1, BY_ID),
    Case("a row on each side", (ONE,), (TWO,), 2, BY_ID),
    Case("a NULL key on both sides", (changed(ONE, id=None),), (changed(ONE, id=None),), 0, BY_ID),
    Case("a NULL key, changed", (changed(ONE, id=None),), (changed(ONE, id=None, label="z"),), 1, BY_ID),
    Case("a NULL key on one side", (changed(ONE, id=None),), (ONE,), 2, BY_ID),
    Case("a duplicate on one side", (ONE, ONE), (ONE,), 1, BY_ID),
    Case("two duplicates, changed", (ONE, ONE), (moved(ONE, "9"), moved(ONE, "9")), 2, BY_ID),
    Case("three of one, two of the other", (ONE, ONE, moved(ONE, "9")), (ONE, moved(ONE, "9"), moved(ONE, "9")), 1, BY_ID),
    Case("a key of two columns, one NULL", (changed(ONE, customer=None), ONE), (changed(ONE, customer=None), moved(ONE, "9")), 1,
         {"key": ["id", "customer"]}),
    Case("rows within a tolerance", (ONE, TWO), (ONE, moved(TWO, "20.50")), 0, {**BY_ID, "tolerance": {"absolute": 0.5}}),
    Case("a tolerance of one column", (ONE, TWO), (moved(ONE, "10.50"), changed(TWO, rate="2.6")), 1,
         {**BY_ID, "tolerance": {"columns": {"amount": {"absolute": 0.5}}}}),
    Case("a row may differ", (ONE, TWO), (ONE, moved(TWO, "21.00")), 0, {**BY_ID, "tolerance": {"rows": 1}}),
    Case("empty rows", (), (ONE,), 1, BY_ID),
    Case("empty rows on both sides", (), (), 0, BY_ID),
    # without a key: each row is on one side or on both
    Case("rows without a key", (ONE, ONE, TWO), (TWO, ONE, ONE), 0, {"except": []}),
    Case("a changed row without a key", (ONE, TWO), (ONE, moved(TWO, "21.00")), 2, {"except": ["rate"]}),
    Case("a duplicate without a key", (ONE, ONE, ONE), (ONE,), 2, {"except": []}),
]  # fmt: skip


def rows_of(side: str) -> str:
    """Return the model with the rows of all cases."""
    listed = [(number, *row) for number, case in enumerate(CASES) for row in getattr(case, side)]
    told = ",\n".join(f"({', '.join(map(_literal, row))})" for row in listed)
    shown = ", ".join(f"cast({name} as {kind}) as {name}" for name, kind in {"number": "integer", **_TYPES}.items())
    return f"select {shown} from (values\n{told}\n) as v(number, {', '.join(_TYPES)})"


def _literal(value: Any) -> str:
    if value is None:
        return "null"
    text = str(value)
    return text if isinstance(value, int) or text.startswith("'") else f"'{text}'"


def of_rule(case: Case, number: int) -> Reconciliation:
    """Return what a contract's rule would say."""

    def pairs(value: Any) -> tuple[Pair, ...]:
        listed = value if isinstance(value, list) else [value]
        said = [(each.items() if isinstance(each, dict) else [(each, each)]) for each in listed]
        return tuple(Pair(str(own), str(other)) for each in said for own, other in each)

    def tolerance(said: dict[str, Any]) -> Tolerance:
        return Tolerance(Decimal(str(said.get("absolute", 0))), Decimal(str(said.get("relative", 0))))

    given, said = case.arguments, case.arguments.get("tolerance", {})
    settled = given.get("settled")
    left_out = given.get("except", [])
    return Reconciliation(
        by=pairs(given.get("by", [])),
        sums=pairs(given.get("sums", [])),
        # Rows that no key names are compared as wholes.
        key=pairs(given.get("key") or [name for name in _TYPES if name not in left_out])
        if case.test == "equals"
        else (),
        columns=pairs(given["columns"]) if "columns" in given else None,
        leave_out=frozenset([*left_out, "number"]),
        tolerance=tolerance(said),
        tolerances={name: tolerance(of) for name, of in said.get("columns", {}).items()},
        allowed=said.get("groups", said.get("rows", 0)),
        settled=timedelta(days={"P2D": 2}.get(settled, settled)) if settled is not None else None,
        where=f"number = {number}",
        other_where=f"number = {number}",
    )


# The test, its arguments, what is said when it runs.
NOT_COMPARED: list[tuple[str, dict[str, Any], str]] = [
    ("reconciles_with", {"sums": "label"}, "the sum of label, which is not a number"),
    ("reconciles_with", {**BY, "settled": 2}, "nothing that the groups are made of is a date or a timestamp"),
    ("reconciles_with", {"by": {"label": "id"}, "sums": "amount"}, "label is "),
    ("equals", {"key": [{"id": "label"}]}, "these types have no form in common"),
    ("equals", {"columns": []}, "no column is left to compare"),
    ("equals", {"columns": ["id", "nay"]}, "nay"),
]


@pytest.mark.slow
def test_both_tests_answer_as_the_comparison_does(project: Path, dbt: Any, warehouse: Any) -> None:
    tests = [_of_case(number, case) for number, case in enumerate(CASES)]
    tests += [{f"headgate.{test}": {"name": f"error{number}", "arguments": {"to": "ref('wide')", **given}}}
              for number, (test, given, _) in enumerate(NOT_COMPARED)]  # fmt: skip
    tests.append({"headgate.equals": {"name": "alone", "arguments": {"to": "ref('wide')", "key": "id"}}})
    models = {side: rows_of(side) for side in ("own", "other")}
    models["wide"] = "select *, 1 as more from {{ ref('own') }}"
    for name, query in models.items():
        (project / "models" / f"{name}.sql").write_text(query)
    (project / "models" / "models.yml").write_text(yaml.safe_dump({"models": [{"name": "own", "data_tests": tests}]}))
    ran = dbt(project, "build", "--target", warehouse.target, HEADGATE_NOW=NOW, **warehouse.environment)
    done = json.loads((project / "target" / "run_results.json").read_text())["results"]
    found = {each["unique_id"].split(".")[2]: each.get("failures") for each in done}
    assert {case.name: found.get(f"t{number}", ran.output) for number, case in enumerate(CASES)} == {
        case.name: case.differ for case in CASES
    }
    # What cannot be compared is no pass, and a column that the other side lacks is a difference.
    errors = [ran.status[f"error{number}"] for number in range(len(NOT_COMPARED))]
    assert [*errors, ran.status["alone"]] == ["error"] * len(NOT_COMPARED) + ["fail"], ran.output
    assert [said for *_, said in NOT_COMPARED if said not in ran.output] == []


def _of_case(number: int, case: Case) -> dict[str, Any]:
    given = {"to": "ref('other')", "other_where": f"number = {number}", **case.arguments}
    if case.test == "equals" and "columns" not in given:
        given["except"] = [*given.get("except", []), "number"]
    said = {"name": f"t{number}", "arguments": given, "config": {"where": f"number = {number}"}}
    return {f"headgate.{case.test}": said}


# The macro, its arguments, and what it returns or, with `headgate.`, says.
ARGUMENTS: list[tuple[str, tuple[Any, ...], Any]] = [
    ("pairs_of", ("a", "a"), [("a", "a")]),
    ("pairs_of", ("a", ["a", {"b": "c", "d": 1}, 1]), [("a", "a"), ("b", "c"), ("d", "1"), ("1", "1")]),
    ("pairs_of", ("a", [1.5]), "headgate.t: 'a' takes columns, or {here: there}, not 1.5"),
    ("pairs_of", ("a", [True]), "headgate.t: 'a' takes columns, or {here: there}, not True"),
    ("seconds_of", ("P2D",), 172800),
    ("seconds_of", ("P1W",), 604800),
    ("seconds_of", ("P1DT6H30M5S",), 109805),
    ("seconds_of", ("6 hours",), 21600),
    ("seconds_of", ("1 day",), 86400),
    ("seconds_of", (2,), 172800),
    *(("seconds_of", (wrong,), f"headgate.t: settled is '{wrong}'; expected days or hours, such as P2D, PT6H, '6 hours' or 2")
      for wrong in ("P1M", "P", "PT", "-1", "2 weeks")),
    ("tolerances", ({}, "groups"), {"absolute": "0", "relative": "0", "allowed": 0, "columns": {}}),
    ("tolerances", ({"absolute": 0.5, "rows": 3}, "rows"), {"absolute": "0.5", "relative": "0", "allowed": 3, "columns": {}}),
    ("tolerances", ({"group": 1}, "groups"), "headgate.t: tolerance has 'group'; expected one of absolute, relative, columns, groups"),
    ("tolerances", ({"groups": 0.5}, "groups"), "headgate.t: tolerance.groups is '0.5'; expected a whole number"),
    ("tolerances", ({"absolute": -1}, "rows"), "headgate.t: tolerance.absolute is -1; expected 0 or more"),
    ("has_common_scale", (["DECIMAL(38,2)", "DECIMAL(38,4)"],), False),
    ("has_common_scale", (["DECIMAL(18,2)", "DECIMAL(12,4)"],), True),
    ("has_common_scale", (["BIGINT", "DECIMAL(38,4)"],), True),
    ("has_common_scale", (["numeric", "numeric"],), True),
]  # fmt: skip


class CompilerError(Exception):
    """What dbt raises for `exceptions.raise_compiler_error`."""


def refuse(message: str) -> None:
    raise CompilerError(message)


@pytest.mark.parametrize(
    ("macro", "given", "expected"), ARGUMENTS, ids=[f"{m}-{i}" for i, (m, *_) in enumerate(ARGUMENTS)]
)
def test_arguments_are_checked_while_dbt_parses(macro: str, given: tuple[Any, ...], expected: Any) -> None:
    package: dict[str, Any] = {}
    errors = SimpleNamespace(raise_compiler_error=refuse)
    package["whole_match"] = returning("sql/whole_match.sql", "whole_match")
    package["fraction"] = returning("scan/fraction.sql", "fraction", **package)
    package["tolerance_of"] = returning("reconciliation/tolerance_of.sql", "tolerance_of", exceptions=errors, **package)
    called = returning(f"reconciliation/{macro}.sql", macro, exceptions=errors, **package)
    arguments = given if macro == "has_common_scale" else ("t", *given)
    if isinstance(expected, str):
        with pytest.raises(CompilerError, match=re.escape(expected)):
            called(*arguments)
        return
    found = called(*arguments)
    assert ([(each["own"], each["other"]) for each in found] if macro == "pairs_of" else found) == expected


def test_the_table_is_what_the_comparison_says(tmp_path: Path) -> None:
    file = tmp_path / "both.duckdb"
    with duckdb.connect(str(file)) as connection:
        for side in ("own", "other"):
            connection.execute(f"CREATE TABLE {side} AS {rows_of(side)}")
    agree = {}
    with opened(*(place_of(f"{file}#{side}") for side in ("own", "other"))) as (own, other):
        for number, case in enumerate(CASES):
            rule = of_rule(case, number)
            result = compare(own, other, rule, now=datetime.fromisoformat(NOW))
            agree[case.name] = (result.lost, result.agrees(rule.allowed), result.differing if not result.empty else 1)
    tolerated = {case.name: of_rule(case, 0).allowed for case in CASES}
    assert agree == {
        case.name: ("", not case.differ, agree[case.name][2] if tolerated[case.name] else case.differ) for case in CASES
    }

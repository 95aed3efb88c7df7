"""The page docs/checks.md: every check type of the catalogue, by an example of each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from headgate.checks import CATALOGUE, Check, CheckType, Column
from headgate.checks.aggregates import NOT_EMPTY
from headgate.checks.catalogue import count_expression, statement
from headgate.dbt.macros import MACROS
from headgate.errors import UnsupportedError
from headgate.gate.remaining_rows import with_existing_rows
from headgate.places import Relation
from headgate.places.postgres.render import render
from sqlglot import exp

from tests.conformance.checks.cases import CASES
from tests.conformance.checks.kit import Case
from tests.conformance.checks.runner import dataset_of
from tests.support.contracts import dataset

START, END = "<!-- types: written by tests/test_docs.py, do not edit -->", "<!-- end of types -->"
# What ODCS says and Great Expectations does not.
_ODCS = (
    {"name": "id", "logicalType": "integer", "primaryKey": True, "physicalType": "BIGINT"},
    {"name": "n", "logicalType": "integer", "logicalTypeOptions": {"multipleOf": 5}},
    {"name": "at", "logicalType": "timestamp", "logicalTypeOptions": {"timezone": True, "format": "yyyy-MM-dd HH:mm"}},
    {"name": "tags", "logicalType": "array", "logicalTypeOptions": {"maxItems": 3, "uniqueItems": True}},
    {"name": "o", "logicalType": "object", "logicalTypeOptions": {"maxProperties": 3, "required": ["a"]}},
    {"name": "v", "relationships": [{"to": "things.id"}], "quality": [{"metric": "invalidValues", "mustBe": 0, "arguments": {"validValues": ["a", "b"]}}]},
)  # fmt: skip
_RECONCILIATION = {
    "type": "custom",
    "engine": "headgate",
    "implementation": {"reconcile": "things", "by": ["id"], "sums": ["n"]},
}
_MODEL_METRIC = {
    "type": "custom",
    "engine": "headgate",
    "implementation": {"model_metric": "precision", "prediction": "n", "label": "id", "threshold": 5},
    "mustBeGreaterThan": 0.8,
}
_NORMAL = {"type": "custom", "engine": "headgate", "implementation": {"normal": "rowCount", "by": "at"}}


def _examples() -> Iterator[tuple[Check, str]]:
    """Checks, each with what says it."""
    by_table: dict[str, list[Case]] = defaultdict(list)
    for case in CASES:
        by_table[case.table].append(case)
    for table, cases in by_table.items():
        for check in dataset_of(table, cases).checks:
            place = check.key.partition("[")[0]
            yield check, f"`{cases[int(place)].kind}`" if place.isdigit() else "ODCS"
    odcs = dataset(*_ODCS)
    for check in odcs.checks:
        yield check, "ODCS"
    for check in dataset(*_ODCS, quality=[_RECONCILIATION, _MODEL_METRIC, _NORMAL]).checks:
        if check.type == "reconciliation":
            yield check, "`reconcile`"
        elif check.type == "model_metric":
            yield check, "`model_metric: precision`"
        elif check.type == "normal":
            yield check, "`normal: rowCount`"
    yield Check("drift", "drift", ("n",), args={"file": "things.baseline.json"}), "`drift: FILE`"
    columns = tuple(Column(p.column, "", frozenset()) for p in odcs.properties)
    for check in with_existing_rows(odcs, Relation(exp.table_("rest"), columns, "rest")).checks[len(odcs.checks) :]:
        yield check, "a publish that leaves rows"
    yield NOT_EMPTY, "a publish of no rows in the place of some"


# What measures the types that have an evaluator of their own, and where.
_EVALUATED = {
    "gx": ("Great Expectations, on the rows in memory", "DuckDB, PostgreSQL, with the extra `gx`"),
    "reconciliation": ("counts, sums by group, then all rows or checksums of ranges", "DuckDB, PostgreSQL, one against the other"),
    "drift": ("histogram", "DuckDB, PostgreSQL"),
    "normal": ("the same number of the days before", "DuckDB, PostgreSQL"),
    "model_metric": ("aggregate, one query for all rules of the same rows", "DuckDB, PostgreSQL"),
}  # fmt: skip


def _evidence(check: Check, kind: CheckType) -> str:
    """What may prove a check of this kind, the cheapest first; the last is exact."""
    if kind.evaluator in _EVALUATED:
        return _EVALUATED[kind.evaluator][0]
    found = ["columns"] if kind.examine else []
    found += ["statistics"] if kind.proof else []
    found += ["keys"] if kind.guaranteed_by in ("unique", "foreign") else []
    if kind.predicate:
        return "each distinct text, by Python"
    if kind.condition and not kind.count and not kind.proof and len(check.columns) == 1:
        found.append("distinct values")
    found += ["count"] if kind.counts else []
    found += ["aggregate"] if kind.aggregate else []
    found += ["query"] if kind.query else []
    return ", ".join(found)


def _places(check: Check, kind: CheckType) -> str:
    if kind.ordered:
        return "DuckDB, on what has an order: files, DataFrames, tables but no views"
    if kind.evaluator in _EVALUATED:
        return _EVALUATED[kind.evaluator][1]
    if check.type == "text_format":
        return "CSV files"
    if kind.stored:
        return "tables on DuckDB and PostgreSQL"
    if kind.condition and not kind.predicate:
        try:
            render(count_expression(check))
        except UnsupportedError:
            return "DuckDB"
    return "DuckDB, PostgreSQL, dbt" if check.type in MACROS else "DuckDB, PostgreSQL"


def table() -> str:
    example: dict[str, Check] = {}
    said: dict[str, dict[str, None]] = defaultdict(dict)
    for check, by in _examples():
        plain = check.where is None and check.expect.unit == "rows" and not check.within
        if check.type not in example or (plain and example[check.type].where is not None):
            example[check.type] = check
        said[check.type][by] = None
    lines = ["| type | for example | said by | proven by | executed on |", "| --- | --- | --- | --- | --- |"]
    assert CATALOGUE.keys() <= example.keys(), (
        f"no case of tests/conformance/checks/cases has {', '.join(sorted(CATALOGUE.keys() - example.keys()))}"
    )
    for name, kind in CATALOGUE.items():
        check = example[name]
        words = statement(check).replace("|", "\\|").replace("\n", " ")
        cells = (f"`{name}`", words, ", ".join(said[name]), _evidence(check, kind), _places(check, kind))
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def page(text: str) -> str:
    head, _, rest = text.partition(START)
    return f"{head}{START}\n{table()}\n{END}{rest.partition(END)[2]}"

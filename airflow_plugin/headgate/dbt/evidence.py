"""What platforms prove of keys, as forms of the SQL of a check type."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import ModuleType

from sqlglot import exp

from headgate.checks import Check, Column
from headgate.checks.check_type import CheckType
from headgate.dbt.slots import names, slot
from headgate.places import Proof, Relation
from headgate.places.duckdb import proofs as duckdb
from headgate.places.postgres import proofs as postgres
from headgate.scan.precheck import repeats_whole

# What is asked for, by what guarantees the promise: from the cheapest to the most costly. A query that fails fails the
# test in dbt, so that DuckDB's bit sets of keys are not among them: they need statistics.
EVIDENCE: Mapping[str, Sequence[str]] = {"unique": ("sorted", "distinct"), "foreign": ("dense",)}
_INTEGER = {"duckdb": "BIGINT", "postgres": "bigint"}
_PLATFORMS: Mapping[str, ModuleType] = {"duckdb": duckdb, "postgres": postgres}


class _Rows(Relation):
    """The relation under check, as a slot."""

    @property
    def as_data(self) -> exp.Expr:
        return exp.Table(this=slot("data"))


@dataclass(frozen=True)
class Evidence:
    """What a platform says of keys of a check type, a query: it is 0 if no row is unexpected, NULL if it cannot tell.

    `integers`: of integers alone; `alone`: of keys of one column.
    """

    form: Callable[[Check], exp.Expr]
    integers: bool
    alone: bool


def evidence(kind: CheckType, dialect: str, name: str) -> Evidence | None:
    """Return the evidence called `name`; None where the platform has no such."""

    def select(check: Check, type_name: str) -> exp.Select | None:
        return next((way.select for way in _ways(check, dialect, type_name) if way.evidence == name), None)

    def form(check: Check) -> exp.Expr:
        if kind.guaranteed_by == "unique" and not repeats_whole(check):
            return exp.select(exp.null())
        if not check.columns or (found := select(check, _INTEGER[dialect])) is None:
            raise LookupError(f"no {name} {check.type} of {len(check.columns)} columns")
        return found

    def example(columns: int) -> Check:
        args = {"to": "to", "to_columns": names("to_columns", columns)} if kind.guaranteed_by == "foreign" else {}
        return Check(kind.name, kind.name, names("columns", columns), args=args)

    if select(example(1), _INTEGER[dialect]) is None:
        return None
    alone = select(example(2), _INTEGER[dialect]) is None
    return Evidence(form, select(example(1), "TEXT") is None, alone)


def _ways(check: Check, dialect: str, type_name: str) -> Iterable[Proof]:
    columns = tuple(Column(name, type_name, frozenset()) for name in check.columns)
    relation = _Rows(exp.Table(this=slot("data")), columns, "")
    platform = _PLATFORMS[dialect]
    found: Iterable[Proof]
    if "to" in check.args:
        found = platform.held(relation, check.columns, check.args["to"], check.args["to_columns"])
    else:
        found = platform.unique(relation, check.columns)
    return found

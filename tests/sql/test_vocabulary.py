"""The vocabulary of conditions is closed: what is not in it, no platform has to say."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from headgate.checks import CATALOGUE, Check
from headgate.checks.catalogue import unexpected
from headgate.places.postgres.render import POSTGRES
from headgate.sql.vocabulary import NODES, Dialect, strangers
from sqlglot import exp

from tests.conformance.checks.cases import CASES as KIT
from tests.conformance.checks.runner import dataset_of
from tests.conformance.checks.tables import TABLES
from tests.conformance.row_checks import CASES
from tests.support.contracts import dataset, dataset_of_case

# What the tables of cases do not say: options of lists and objects, and what is inside of values.
NESTED = dataset(
    {"name": "n", "logicalType": "number", "logicalTypeOptions": {"multipleOf": 2}},
    {"name": "t", "logicalType": "string", "logicalTypeOptions": {"format": "uuid"}},
    {"name": "d", "logicalType": "date", "logicalTypeOptions": {"format": "dd.MM.yyyy"}},
    {"name": "l", "logicalType": "array", "logicalTypeOptions": {"minItems": 1, "uniqueItems": True},
     "items": {"name": "i", "logicalType": "string", "logicalTypeOptions": {"pattern": "^a"}}},
    {"name": "o", "logicalType": "object", "logicalTypeOptions": {"minProperties": 1, "required": ["a"]},
     "properties": [{"name": "a", "logicalType": "timestamp", "required": True, "enum": [{"value": "2026-01-01T00:00:00Z"}]}]},
    {"name": "m", "logicalType": "map", "map": {"key": {"name": "k", "logicalType": "string"},
                                              "value": {"name": "v", "logicalType": "integer", "logicalTypeOptions": {"minimum": 1}}}},
)  # fmt: skip


def conditions() -> Iterator[tuple[Check, exp.Expr]]:
    """Every condition of the tables of cases; those of what is inside a value are led into documents as well."""
    datasets = [NESTED, *(dataset_of_case(case) for case in CASES)]
    datasets += [dataset_of(table, [case for case in KIT if case.table == table]) for table in TABLES]
    for check in (check for things in datasets for check in things.checks):
        if CATALOGUE[check.type].condition is not None:
            yield check, unexpected(check)
            if check.within and check.type != "type":
                yield check, unexpected(check, document=True)


def test_conditions_keep_to_it() -> None:
    beyond = {(check.type, kind) for check, condition in conditions() for kind in strangers(condition)}
    assert beyond == set()


def test_every_type_that_has_a_condition_is_looked_at() -> None:
    """But for those that only publishing makes."""
    looked_at = {check.type for check, _ in conditions()}
    assert {name for name, kind in CATALOGUE.items() if kind.condition} - looked_at <= {"key_is_new"}


REFUSED: list[tuple[Dialect, str, str]] = [
    (POSTGRES, "list_filter(a, lambda x: x > 1)", "what is inside a value is not looked into on PostgreSQL"),
    (Dialect("mysql", "MySQL"), "st_area(a) > 1", "MySQL was not shown to answer ST_AREA as it is meant"),
    (Dialect("mysql", "MySQL", unsupported={exp.Mod: "no remainders"}), "a % 2 = 0", "no remainders"),
    (
        Dialect("mysql", "MySQL", proven=NODES - {exp.Like}),
        "a LIKE 'x'",
        "MySQL was not shown to answer Like as it is meant",
    ),
]


@pytest.mark.parametrize(("dialect", "condition", "said"), REFUSED)
def test_what_is_refused(dialect: Dialect, condition: str, said: str) -> None:
    assert dialect.refuses(exp.condition(condition, dialect="duckdb")) == said


def test_a_rewrite_is_one_line_of_a_table() -> None:
    def regexp(node: exp.RegexpLike) -> exp.Expr:
        return exp.Anonymous(this="REGEXP_LIKE", expressions=[node.this, node.expression, exp.Literal.string("c")])

    mysql = Dialect("mysql", "MySQL", rewrites={exp.RegexpLike: regexp})
    assert mysql.render(exp.condition("regexp_matches(a, '^x')", dialect="duckdb")) == "REGEXP_LIKE(a, '^x', 'c')"

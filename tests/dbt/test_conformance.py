"""The dbt macros and headgate's own catalogue find the same in the same data, on DuckDB and on PostgreSQL."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml
from headgate import Contract, check
from headgate.checks import CATALOGUE
from headgate.dbt import sync
from headgate.dbt.macros import MACROS

from tests.support.dbt_warehouses import on_postgres

WEIRD = 'we"ird; drop table'


@dataclass(frozen=True)
class Case:
    """`columns` are the data's types, `rows` SQL tuples, `properties` and `more` the contract's, by ODCS.

    `expected` gives for a key the number of unexpected rows and whether the check passes, or what else became of it.
    """

    name: str
    columns: dict[str, str]
    rows: str
    properties: dict[str, dict[str, Any]]
    expected: dict[str, Any]
    more: dict[str, Any] = field(default_factory=dict)


def quality(metric: str, operator: str, value: Any, unit: str = "rows", **arguments: Any) -> dict[str, Any]:
    rule = {"id": f"{operator}_{str(value).strip('[]').replace(', ', '_').replace('.', '_')}", "metric": metric}
    return {**rule, operator: value, "unit": unit, **({"arguments": arguments} if arguments else {})}


def text(**more: Any) -> dict[str, Any]:
    return {"logicalType": "string", **more}


def pattern(value: str) -> dict[str, Any]:
    return text(logicalTypeOptions={"pattern": value})


def bounds(kind: str, **options: Any) -> dict[str, Any]:
    return {"logicalType": kind, "logicalTypeOptions": options}


def expectation(name: str, key: str, **kwargs: Any) -> dict[str, Any]:
    implementation = {"type": f"expect_{name}", "kwargs": kwargs}
    return {"id": key, "type": "custom", "engine": "greatExpectations", "implementation": implementation}


def enum(kind: str, *values: Any) -> dict[str, Any]:
    return {"logicalType": kind, "enum": [{"value": value} for value in values]}


A = {"a": "TEXT"}
TYPES = (
    "SMALLINT, INTEGER, BIGINT, REAL, DOUBLE PRECISION, NUMERIC(10), NUMERIC(12), TEXT, VARCHAR, UUID, BYTEA, DATE, "
    "TIME, TIMESTAMP, TIMESTAMPTZ, BOOLEAN, INTEGER[], JSON"
)
KINDS = ("string", "integer", "number", "boolean", "date", "time", "timestamp", "object", "array")
SPELLED = {"NUMERIC(10)": "NUMERIC(10, 0)", "NUMERIC(12)": "NUMERIC(12, 2)"}
EVERY_TYPE = {f"{name} {kind}": (SPELLED.get(name, name), kind) for name in TYPES.split(", ") for kind in KINDS}
CASES = [
    Case(
        "types",
        {column: name for column, (name, _) in EVERY_TYPE.items()},
        "",
        {column: {"logicalType": kind} for column, (_, kind) in EVERY_TYPE.items()},
        {"BIGINT integer.logicalType": "passed", "BIGINT string.logicalType": "failed"},
    ),
    Case("required", A, "('x'), (NULL), ('')", {"a": text(required=True)}, {"a.required": (1, False)}),
    Case(
        "of_rows",
        A,
        "('x'), (NULL), (NULL)",
        {
            "a": text(
                quality=[
                    quality("nullValues", "mustBe", 2),
                    quality("nullValues", "mustNotBe", 2),
                    quality("nullValues", "mustBeGreaterThan", 2),
                    quality("nullValues", "mustBeGreaterOrEqualTo", 2),
                    quality("nullValues", "mustBeLessThan", 2),
                    quality("nullValues", "mustBeLessOrEqualTo", 2),
                    quality("nullValues", "mustBeBetween", [0, 2]),
                    quality("nullValues", "mustNotBeBetween", [0, 2]),
                    quality("nullValues", "mustBeLessThan", 2.5),
                ]
            )
        },
        {
            "a.mustBe_2": (2, True),
            "a.mustNotBe_2": (2, False),
            "a.mustBeGreaterThan_2": (2, False),
            "a.mustBeGreaterOrEqualTo_2": (2, True),
            "a.mustBeLessThan_2": (2, False),
            "a.mustBeLessOrEqualTo_2": (2, True),
            "a.mustBeBetween_0_2": (2, True),
            "a.mustNotBeBetween_0_2": (2, False),
            "a.mustBeLessThan_2_5": (2, True),
        },
    ),
    Case(
        "of_percent",
        A,
        "('x'), (NULL), ('y')",
        {
            "a": text(
                quality=[
                    quality("nullValues", "mustBeLessThan", 33.333333333333336, "percent"),
                    quality("nullValues", "mustBeLessThan", 33.3333333333333, "percent"),
                    quality("nullValues", "mustBeBetween", [33, 34], "percent"),
                ]
            )
        },
        {
            "a.mustBeLessThan_33_333333333333336": (1, True),
            "a.mustBeLessThan_33_3333333333333": (1, False),
            "a.mustBeBetween_33_34": (1, True),
        },
    ),
    Case(
        "five_percent",
        A,
        ", ".join(["(NULL)", *["('x')"] * 19]),
        {
            "a": text(
                quality=[
                    quality("nullValues", "mustBeLessThan", 5, "percent"),
                    quality("nullValues", "mustBeLessOrEqualTo", 5, "percent"),
                ]
            )
        },
        {"a.mustBeLessThan_5": (1, False), "a.mustBeLessOrEqualTo_5": (1, True)},
    ),
    Case(
        "empty",
        A,
        "",
        {"a": text(required=True, quality=[quality("nullValues", "mustBeLessThan", 5, "percent")])},
        {"a.required": (0, True), "a.mustBeLessThan_5": "not_executed"},
    ),
    Case(
        "one_key", A, "('x'), ('x'), ('x'), ('y'), (NULL), (NULL)", {"a": text(unique=True)}, {"a.unique": (3, False)}
    ),
    Case(
        "two_keys",
        {"a": "TEXT", "b": "INTEGER"},
        "('x', 1), ('x', 1), ('x', 2), (NULL, 1), (NULL, 1)",
        {"a": text(primaryKey=True, primaryKeyPosition=1), "b": {"primaryKey": True, "primaryKeyPosition": 2}},
        {"primaryKey": (2, False), "a.primaryKey": (2, False), "b.primaryKey": (0, True)},
    ),
    Case(
        "texts",
        A,
        "('it''s'), ('{{ 1 }}'), ('ref(''x'')'), ('a' || chr(10)), ('1'), "
        "('back\\slash'), ('*/ {# }} \"q\"'), (NULL), ('z')",
        {"a": enum("string", "it's", "{{ 1 }}", "ref('x')", "a\n", "1", "back\\slash", '*/ {# }} "q"')},
        {"a.enum": (1, False)},
    ),
    Case(
        "other_values",
        {"i": "INTEGER", "d": "NUMERIC(12, 2)", "b": "BOOLEAN", "t": "DATE", "u": "NUMERIC(12, 2)"},
        "(1, 0.10, TRUE, DATE '2024-02-29', 0.10), (2, 0.11, FALSE, DATE '2024-03-01', 0.11)",
        {
            "i": enum("integer", 1, 3),
            "d": enum("number", 0.1, 7),
            "b": enum("boolean", True),
            "t": enum("date", "2024-02-29"),
            "u": {"quality": [quality("invalidValues", "mustBe", 0, validValues=[0.1])]},
        },
        {
            "i.enum": (1, False),
            "d.enum": (1, False),
            "b.enum": (1, False),
            "t.enum": (1, False),
            "u.mustBe_0": (1, False),
        },
    ),
    Case(
        "missing",
        A,
        "('x'), (NULL), (''), ('n/a')",
        {
            "a": text(
                quality=[
                    quality("missingValues", "mustBe", 2),
                    quality("missingValues", "mustBe", 1, missingValues=["n/a"]),
                    quality("missingValues", "mustBe", 3, missingValues=[None, "", "n/a"]),
                ]
            )
        },
        {"a.mustBe_2": (2, True), "a.mustBe_1": (1, True), "a.mustBe_3": (3, True)},
    ),
    Case(
        "patterns",
        dict.fromkeys(
            ("anchored", "dot", "digit", "word", "edge", "other", "cased", "set", "optional", "braces"), "TEXT"
        ),
        "('C123456', 'a' || chr(10) || 'b', chr(1635), chr(233), 'a cat', chr(10), 'xABCx', 'a.b', 'ac', 'a{'), "
        "('xC123456', 'a-b', '3', 'e', 'concat', 'b', 'xabc', 'a-b', 'abc', 'aa'), "
        "('C123456' || chr(10), 'ab', 'x', '_', 'cat', 'a', 'ab', 'a', 'abbc', 'aaa'), "
        "(NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL)",
        {
            "anchored": pattern("^C[0-9]{6}$"),
            "dot": pattern("a.b"),
            "digit": pattern(r"\d"),
            "word": pattern(r"^\w$"),
            "edge": pattern(r"\bcat\b"),
            "other": pattern("^[^a]$"),
            "cased": pattern("(?i)ABC"),
            "set": pattern(r"a[\d.\]]b"),
            "optional": pattern("^a(?:b)?c$"),
            "braces": pattern("^a{2}?$|{"),
        },
        {
            "anchored.pattern": (2, False),
            "dot.pattern": (2, False),
            "digit.pattern": (2, False),
            "word.pattern": (1, False),
            "edge.pattern": (1, False),
            "other.pattern": (1, False),
            "cased.pattern": (1, False),
            "set.pattern": (2, False),
            "optional.pattern": (1, False),
            "braces.pattern": (1, False),
        },
    ),
    Case(
        "validity",
        A,
        "('ab'), ('b'), ('c'), (NULL)",
        {
            "a": text(
                quality=[
                    quality("invalidValues", "mustBe", 2, validValues=["ab", "b"], pattern="a|c"),
                    quality("invalidValues", "mustBe", 1, pattern="^[bc]$"),
                    quality("invalidValues", "mustBe", 3, validValues=[]),
                ]
            )
        },
        {"a.mustBe_2": (2, True), "a.mustBe_1": (1, True), "a.mustBe_3": (3, True)},
    ),
    Case(
        "ranges",
        {"i": "BIGINT", "j": "INTEGER", "d": "NUMERIC(12, 2)", "f": "DOUBLE PRECISION", "t": "DATE", "c": "TIME"},
        "(1, 1, 19.99, 0.1, DATE '2024-03-01', TIME '08:00'), "
        "(9223372036854775807, 5, 20.00, 'NaN', DATE '2024-03-02', TIME '18:00'), "
        "(NULL, NULL, NULL, NULL, NULL, NULL)",
        {
            "i": bounds("integer", minimum=1, maximum=9223372036854775806),
            "j": bounds("integer", exclusiveMinimum=1, exclusiveMaximum=5),
            "d": bounds("number", maximum=19.99),
            "f": bounds("number", minimum=0.1, maximum=1),
            "t": bounds("date", exclusiveMinimum="2024-03-01", maximum="2024-03-02"),
            "c": bounds("time", minimum="08:00:00", exclusiveMaximum="18:00:00"),
        },
        {
            "i.minimum": (0, True),
            "i.maximum": (1, False),
            "j.exclusiveMinimum": (1, False),
            "j.exclusiveMaximum": (1, False),
            "d.maximum": (1, False),
            "f.minimum": (0, True),
            "f.maximum": (1, False),
            "t.exclusiveMinimum": (1, False),
            "t.maximum": (0, True),
            "c.minimum": (0, True),
            "c.exclusiveMaximum": (1, False),
        },
    ),
    Case(
        "large",
        {"n": "NUMERIC(38, 0)", "m": "NUMERIC(38, 0)"},
        f"({10**37}, {10**37}), ({10**37 + 1}, {10**37 + 1})",
        {"n": bounds("integer", maximum=10**37), "m": enum("integer", 10**37)},
        {"n.maximum": (1, False), "m.enum": (1, False)},
    ),
    Case(
        "moments",
        {"naive": "TIMESTAMP", "zoned": "TIMESTAMPTZ", "day": "DATE"},
        "(TIMESTAMP '2024-03-01 00:00:00', TIMESTAMPTZ '2024-03-01 00:00:00+00', DATE '2024-03-01'), "
        "(TIMESTAMP '2024-02-29 23:59:59', TIMESTAMPTZ '2024-03-01 00:30:00+01', DATE '2024-02-29')",
        {
            "naive": bounds("timestamp", minimum="2024-03-01T00:00:00Z", timezone=False),
            "zoned": bounds("timestamp", minimum="2024-03-01T01:00:00+01:00", timezone=True),
            "day": bounds("timestamp", minimum="2024-03-01T00:00:00Z", timezone=True),
        },
        {
            "naive.minimum": (1, False),
            "zoned.minimum": (1, False),
            "day.minimum": (1, False),
            "naive.timezone": "passed",
            "zoned.timezone": "passed",
            "day.timezone": "failed",
            "day.logicalType": "failed",
        },
    ),
    Case(
        "lengths",
        A,
        "(''), ('é日'), ('abcd'), (NULL)",
        {"a": text(logicalTypeOptions={"minLength": 1, "maxLength": 3})},
        {"a.minLength": (1, False), "a.maxLength": (1, False)},
    ),
    Case(
        "uuids",
        {"u": "UUID"},
        "('00000000-0000-4000-8000-00000000000a'), (NULL)",
        {
            "u": text(
                logicalTypeOptions={"maxLength": 35, "pattern": "^0{8}-.*a$"},
                quality=[expectation("column_values_to_not_match_regex", "none", regex="a$")],
            )
        },
        {"u.maxLength": (1, False), "u.pattern": (0, True), "u.none": (1, False)},
    ),
    Case(
        "keys",
        {"id": "INTEGER", "parent": "INTEGER", "a": "TEXT", "b": "BIGINT"},
        "(1, NULL, 'x', 1), (2, 1, 'x', 2), (3, 9, NULL, 7)",
        {
            "id": {"logicalType": "integer"},
            "parent": {"logicalType": "integer", "relationships": [{"to": "keys.id"}]},
            "a": text(relationships=[{"to": "two_keys.a"}]),
            "b": {"logicalType": "integer"},
        },
        {"parent.foreignKey": (1, False), "a.foreignKey": (0, True), "both": (0, True)},
        {"relationships": [{"id": "both", "from": ["keys.a", "keys.b"], "to": ["two_keys.a", "two_keys.b"]}]},
    ),
    Case(
        "columns",
        {"a": "INTEGER", "surplus": "TEXT"},
        "(1, 'x')",
        {"a": text(), "gone": text(required=True), "whole": {"logicalType": "integer", "unique": True}},
        {
            "a.exists": "passed",
            "a.logicalType": "failed",
            "gone.exists": "failed",
            "gone.logicalType": "not_executed",
            "gone.required": "not_executed",
            "whole.unique": "not_executed",
            "extraColumns": "failed",
        },
    ),
    Case(
        "counted",
        A,
        "('x'), ('y')",
        {"a": text()},
        {"mustBe_2": "passed", "mustBeGreaterThan_2": "failed", "mustBeBetween_1_3": "passed"},
        {
            "quality": [
                quality("rowCount", "mustBe", 2),
                quality("rowCount", "mustBeGreaterThan", 2),
                quality("rowCount", "mustBeBetween", [1, 3]),
            ]
        },
    ),
    Case(
        "texts_by_patterns",
        A,
        "('ab'), ('b'), ('c'), (NULL)",
        {
            "a": text(
                quality=[
                    expectation("column_values_to_match_regex_list", "any", regex_list=["^a", "^b"]),
                    expectation("column_values_to_match_regex_list", "all", regex_list=["^a", "b$"], match_on="all"),
                    expectation("column_values_to_match_regex_list", "one", regex_list=["b"]),
                    expectation("column_values_to_not_match_regex_list", "none", regex_list=["^a", "c"]),
                ]
            )
        },
        {"a.any": (1, False), "a.all": (2, False), "a.one": (1, False), "a.none": (2, False)},
    ),
    Case(
        "numbers_of_values",
        A,
        "('x'), ('x'), ('y'), (NULL)",
        {
            "a": text(
                quality=[
                    expectation("column_values_to_be_null", "null"),
                    expectation("column_unique_value_count_to_be_between", "distinct", min_value=3, max_value=5),
                ]
            )
        },
        {"a.null": (3, False), "a.distinct": "failed", "same": "failed"},
        {"quality": [expectation("table_row_count_to_equal_other_table", "same", other_table_name="two_keys")]},
    ),
    Case(
        "records",
        {"a": "INTEGER", "b": "INTEGER", "c": "INTEGER"},
        "(1, 1, 1), (1, 2, 3), (3, 2, 1), (NULL, 1, 1), (NULL, NULL, NULL), (NULL, NULL, NULL), (1, 2, 3)",
        {name: {"logicalType": "integer"} for name in "abc"},
        {
            "equal": (4, False),
            "equal_any": (3, False),
            "equal_never": (6, False),
            "greater": (4, False),
            "not_below": (3, False),
            "sum": (2, False),
            "sum_any": (1, False),
            "key": (2, False),
            "key_never": (4, False),
            "key_any": (2, False),
        },
        {
            "quality": [
                expectation("column_pair_values_to_be_equal", "equal", column_A="a", column_B="b"),
                *(
                    expectation("column_pair_values_to_be_equal", key, column_A="a", column_B="b", ignore_row_if=rule)
                    for key, rule in (("equal_any", "either_value_is_missing"), ("equal_never", "neither"))
                ),
                expectation("column_pair_values_a_to_be_greater_than_b", "greater", column_A="a", column_B="b"),
                expectation(
                    "column_pair_values_a_to_be_greater_than_b", "not_below", column_A="a", column_B="b", or_equal=True
                ),
                expectation("multicolumn_sum_to_equal", "sum", column_list=["a", "b", "c"], sum_total=6),
                expectation(
                    "multicolumn_sum_to_equal",
                    "sum_any",
                    column_list=["a", "b", "c"],
                    sum_total=6,
                    ignore_row_if="any_value_is_missing",
                ),
                expectation("compound_columns_to_be_unique", "key", column_list=["a", "b", "c"]),
                *(
                    expectation("compound_columns_to_be_unique", key, column_list=["a", "b", "c"], ignore_row_if=rule)
                    for key, rule in (("key_never", "never"), ("key_any", "any_value_is_missing"))
                ),
            ]
        },
    ),
    Case(
        "hostile",
        {WEIRD: "TEXT", "{{ a }}": "TEXT", "data": "TEXT"},
        "('x', NULL, 'x'), ('x', 'y', 'x')",
        {
            WEIRD: text(unique=True),
            "{{ a }}": text(required=True),
            "data": text(enum=[{"value": "'); drop table hostile; --"}]),
        },
        {f"{WEIRD}.unique": (2, False), "{{ a }}.required": (1, False), "data.enum": (2, False)},
    ),
]


def contract_of(folder: Path) -> Contract:
    schema = []
    for case in CASES:
        properties = [{"name": name, **rules} for name, rules in case.properties.items()]
        schema.append({"name": case.name, "properties": properties, **case.more})
    document = {"apiVersion": "v3.2.0", "kind": "DataContract", "id": "cases", "version": "1.0.0", "schema": schema}
    file = folder / "cases.odcs.yaml"
    file.write_text(yaml.safe_dump(document, allow_unicode=True, sort_keys=False))
    return Contract.load(file)


def statements() -> list[str]:
    found = []
    for case in CASES:
        columns = ", ".join('"{}" {}'.format(name.replace('"', '""'), kind) for name, kind in case.columns.items())
        found.append(f"CREATE TABLE main.{case.name} ({columns})")
        if case.rows:
            found.append(f"INSERT INTO main.{case.name} VALUES {case.rows}")
    return found


def declare(project: Path, contract: Contract) -> None:
    tables = "".join(f"      - name: {case.name}\n" for case in CASES)
    (project / "models" / "sources.yml").write_text(f"sources:\n  - name: main\n    tables:\n{tables}")
    sync(contract, project)


def found_by_dbt(ran: Any) -> dict[tuple[str, str], Any]:
    found = {}
    for case in CASES:
        for key, result in ran.by_key(f"main_{case.name}__contract").items():
            found[case.name, key] = (result["status"], result["unexpected"])
    return found


def found_by_headgate(contract: Contract, database: Path) -> dict[tuple[str, str], Any]:
    found = {}
    for case in CASES:
        report = check(contract[case.name], f"{database}#main.{case.name}")
        for result in report.results:
            found[case.name, result.key] = (str(result.status), result.unexpected)
    return found


def expected() -> dict[tuple[str, str], Any]:
    said = {}
    for case in CASES:
        for key, what in case.expected.items():
            known = what if isinstance(what, str) else ("passed" if what[1] else "failed", what[0])
            said[case.name, key] = known if isinstance(known, tuple) else (known, None)
    return said


def test_every_type_of_check_has_a_case(tmp_path: Path) -> None:
    contract = contract_of(tmp_path)
    covered = {c.type for case in CASES for c in contract[case.name].checks if c.key in case.expected}
    assert covered == set(MACROS) - {"physical_type"}
    assert set(CATALOGUE) >= set(MACROS)


@pytest.mark.slow
def test_dbt_finds_what_headgate_finds(project: Path, dbt: Any, warehouse: Any) -> None:
    """Headgate itself measures on DuckDB; on both, dbt must find the same."""
    contract = contract_of(project)
    declare(project, contract)
    database = project / "headgate.duckdb"
    with duckdb.connect(str(database)) as connection:
        for statement in statements():
            connection.execute(statement)
    warehouse.execute(*statements())
    by_dbt = found_by_dbt(dbt(project, "test", "--target", warehouse.target, **warehouse.environment))
    assert by_dbt == found_by_headgate(contract, database)
    assert {key: by_dbt[key] for key in expected()} == expected()


@pytest.mark.slow
def test_what_postgres_cannot_execute_is_unknown(project: Path, dbt: Any, postgres_port: int) -> None:
    """A pattern without equivalent, a reference that is not there: said before the database would fail on it."""
    warehouse = on_postgres(postgres_port)
    warehouse.execute("CREATE TABLE main.one (a TEXT, b TEXT)")
    property_a = {"name": "a", **pattern(r"^\pL"), "relationships": [{"to": "one.gone"}]}
    properties = [property_a, {"name": "b", **bounds("integer", minimum=1)}, {"name": "gone"}]
    head = {"apiVersion": "v3.2.0", "kind": "DataContract", "id": "cases", "version": "1.0.0"}
    (project / "one.odcs.yaml").write_text(
        yaml.safe_dump({**head, "schema": [{"name": "one", "properties": properties}]})
    )
    (project / "models" / "sources.yml").write_text("sources:\n  - name: main\n    tables:\n      - name: one\n")
    sync(Contract.load(project / "one.odcs.yaml"), project)
    ran = dbt(project, "test", "--target", "postgres", **warehouse.environment)
    assert ran.status == {"main_one__contract": "fail"}
    assert {
        key: result["observed"] for key, result in ran.by_key("main_one__contract").items() if result["broken"]
    } == {
        "a.pattern": "PostgreSQL has no equivalent of the pattern",
        "a.foreignKey": 'the column gone of "postgres"."main"."one" is missing',
        "b.logicalType": "the column is text",
        "gone.exists": "the column is missing",
    }
    # What follows from a broken promise is not executed, and breaks nothing more.
    assert ran.by_key("main_one__contract")["b.minimum"]["observed"] == "the column is text, not integer"

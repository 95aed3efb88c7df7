"""The dbt macros and headgate's own catalogue find the same in the same data, on DuckDB and on PostgreSQL."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml
from headgate import Contract, check
from headgate.checks import CATALOGUE
from headgate.dbt import sync
from headgate.dbt.macros import MACROS

from tests.dbt.cases import CASES
from tests.dbt.cases.case import bounds, pattern
from tests.support.dbt_warehouses import on_postgres


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
    # Whether keys are new only a gate asks: tests/dbt/test_gate_batches.py.
    assert covered == set(MACROS) - {"physical_type", "key_is_new"}
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

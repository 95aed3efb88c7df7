"""What the data says about a change: the new contract runs on it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import duckdb
import pytest
from click.testing import CliRunner
from headgate.cli import main

from tests.conformance.changes_base import edited
from tests.support.contracts import write

HEAD = "order_id,line,amount,status,note,at,customer"
GOOD = f"{HEAD}\na,1,10,paid,abc,2026-01-01T00:00:00,c1\nb,2,20,open,abd,2026-01-02T00:00:00,c2\n"
BASE = {"tags_": "-"}

# edits that make the old contract, the new one, and what is found: rule, P, how the reason ends
KEPT = "The data keeps it already: 2 rows of data.csv, 0 unexpected."
FOUND: list[tuple[str, dict[str, Any], dict[str, Any], str, str, str]] = [
    ("required", {}, {"note.required": True}, "nullable-tightened", "SAFE", KEPT),
    ("unique", {}, {"note.unique": True}, "unique-tightened", "SAFE", KEPT),
    ("maximum", {}, {"amount.logicalTypeOptions.maximum": 20}, "bound-tightened", "SAFE", KEPT),
    ("maximum, broken", {}, {"amount.logicalTypeOptions.maximum": 15}, "bound-tightened", "BREAK",
     "The data breaks it: amount is at most 15: 1 of 2 rows (50 %)."),
    ("multipleOf", {}, {"amount.logicalTypeOptions.multipleOf": 5}, "bound-tightened", "SAFE", KEPT),
    ("pattern", {"note.logicalTypeOptions.pattern": "a"}, {"note.logicalTypeOptions.pattern": "^ab[cd]$"},
     "pattern-changed", "SAFE", KEPT),
    ("enum value removed, not used", {"status.enum+": {"value": "lost"}}, {}, "enum-value-removed", "SAFE", KEPT),
    ("enum value removed, used", {}, {"status.enum": [{"value": "open"}]}, "enum-value-removed", "BREAK",
     "The data breaks it: status is one of 'open': 1 of 2 rows (50 %)."),
    ("a key", {"order_id.primaryKey": "-"}, {}, "key-added", "SAFE", KEPT),
    ("a wider key", {}, {"line.primaryKey": True}, "grain-changed", "SAFE", KEPT),
    ("another key, broken", {"order_id.primaryKey": "-"}, {"order_id.primaryKey": "-", "extra.primaryKey": True},
     "key-added", "BREAK", "The data breaks it: "),
    ("a rule", {}, {"note.quality": [{"metric": "duplicateValues", "mustBe": 0}]}, "rule-added", "SAFE", KEPT),
    ("a looser rule is no matter of data", {}, {"orders.quality.0.mustBeGreaterThan": 0}, "rule-loosened", "SAFE",
     "Data that was refused is accepted."),
    ("a tighter rule", {}, {"orders.quality.0.mustBeGreaterThan": 200}, "rule-tightened", "BREAK",
     "The data breaks it: the number of rows is > 200: 2."),
    ("a text", {}, {"orders.quality+": {"type": "text", "description": "x"}}, "rule-added-text", "–", "people read."),
    ("a query", {}, {"orders.quality+": {"type": "sql", "query": "select count(*) from {object}", "mustBe": 3}},
     "rule-added", "BREAK", "The data breaks it: the result of the query sql is = 3: 2."),
    ("another engine, not executed", {},
     {"orders.quality+": {"type": "custom", "engine": "soda", "implementation": "x"}}, "rule-added", "BREAK",
     "Not shown by the data: not executed (the engine 'soda' is not run by headgate)."),
    ("a column that is there", {"extra": "-"}, {}, "property-added", "SAFE", KEPT),
    ("a column that is not", {}, {"orders.properties+": {"name": "channel"}}, "property-added", "RISK",
     "The data breaks it: column channel exists: the column is missing."),
    ("a new name", {"note.id": "n", "note.name": "remark"}, {"note.id": "n"}, "property-renamed", "SAFE", KEPT),
    ("a foreign key to what is not there", {}, {"customer.relationships": [{"to": "customers.id"}]},
     "relationship-added", "BREAK", "Not shown by the data: not executed ("),
]  # fmt: skip


def contract(edits: dict[str, Any]) -> dict[str, Any]:
    """The base contract without arrays, with a column `extra`, which the data has with a value that repeats."""
    made = edited({name: value for name, value in edits.items() if not name.startswith("extra")})
    properties = made["schema"][0]["properties"]
    properties[7] = {"name": "extra", **({"primaryKey": True} if "extra.primaryKey" in edits else {})}
    if edits.get("extra") == "-":
        properties.pop(7)
    return made


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    head, *rows = GOOD.splitlines()
    (tmp_path / "data.csv").write_text("\n".join([f"{head},extra", *(f"{row},e" for row in rows)]) + "\n")
    return tmp_path


def diff(folder: Path, old: dict[str, Any], new: dict[str, Any], *more: str) -> tuple[int, list[dict[str, Any]]]:
    paths = [str(write(folder, made, name)) for made, name in ((old, "old.yaml"), (new, "new.yaml"))]
    result = CliRunner().invoke(main, ["diff", *paths, "--format", "json", *more], catch_exceptions=False)
    assert result.stdout, result.stderr
    return result.exit_code, json.loads(result.stdout)[0]["changes"]


@pytest.mark.parametrize(("name", "old", "new", "rule", "level", "ends"), FOUND, ids=[f[0] for f in FOUND])
def test_what_the_data_says(
    name: str, old: dict[str, Any], new: dict[str, Any], rule: str, level: str, ends: str, folder: Path
) -> None:
    _, changes = diff(folder, contract(old), contract(new), "--data", "orders=data.csv")
    found = next(change for change in changes if change["rule"] == rule)
    assert (found["producers"] or "–", ends in f"{found['reason']} {found['evidence']}") == (level, True), found


def test_exit_codes_with_and_without_data(folder: Path) -> None:
    """A tightening that the data keeps needs a minor version, and nobody's agreement."""
    old, new = contract({}), contract({"note.required": True, "contract.version": "1.1.0"})
    assert diff(folder, old, new)[0] == 1
    assert diff(folder, old, new, "--data", "orders=data.csv")[0] == 0
    (folder / "data.csv").write_text((folder / "data.csv").read_text().replace("abd", ""))
    assert diff(folder, old, new, "--data", "orders=data.csv")[0] == 1


def test_production_is_evidence(folder: Path) -> None:
    """--shadow: the new contract, on the dataset's own table on the contract's server."""
    with duckdb.connect("w.duckdb") as made:
        made.execute("CREATE TABLE orders AS FROM read_csv('data.csv')")
    servers = [{"server": "production", "type": "duckdb", "database": "w.duckdb", "schema": "main"}]
    old, new = contract({}), contract({"note.required": True, "contract.version": "1.1.0"})
    for made in (old, new):
        made["servers"] = servers
    assert diff(folder, old, new)[0] == 1
    assert diff(folder, old, new, "--shadow", "--server", "production")[0] == 0
    with duckdb.connect("w.duckdb") as made:
        made.execute("UPDATE orders SET note = NULL WHERE line = 1")
    code, changes = diff(folder, old, new, "--shadow")
    assert (code, changes[0]["evidence"].startswith("The data breaks it: ")) == (1, True)


def test_an_only_dataset_needs_no_name(folder: Path) -> None:
    old, new = contract({}), contract({"note.required": True, "contract.version": "1.1.0"})
    for made in (old, new):
        made["schema"].pop()
    assert diff(folder, old, new, "--data", "data.csv")[0] == 0


def test_values_of_classified_columns_stay_where_they_are(folder: Path) -> None:
    secret = {"amount.classification": "restricted"}
    new = contract({**secret, "amount.logicalTypeOptions.maximum": 15})
    _, changes = diff(folder, contract(secret), new, "--data", "orders=data.csv")
    assert "20" not in changes[0]["evidence"]

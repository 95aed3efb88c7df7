"""The kit's nouns: a case, the files it becomes, and what a tool answers."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any, Protocol

import duckdb
import yaml

# What can become of a rule. A tool may also say nothing at all of it: `dropped`.
PASSED, FAILED, NOT_EXECUTED, ERRORED = "passed", "failed", "not_executed", "errored"
CONTRACT_WRONG, DROPPED = "contract_wrong", "dropped"
# What may then be done with the data.
PASS, WARN, BREACH, UNKNOWN = "pass", "warn", "breach", "unknown"

Columns = Mapping[str, tuple[str, Sequence[Any]]]
Number = int | Fraction | float


@dataclass(frozen=True)
class Case:
    """One rule on tiny data.

    `columns` of the dataset `things` are {name: (DuckDB type, values)}, `others` further tables of the same kind.
    `contract` is the ODCS document without its frame (see `document`). `rule` is the key of the rule in question:
    `property.key` or `key`, where the key is the rule's `id`, or ODCS's own word (required, minimum, foreignKey, …).

    Expected are `status`, `verdict` (each None where the case does not say), and `number`: what was measured, in the
    rule's unit; of a row rule the unexpected rows.

    `place` is where the data is: table, parquet or csv. `unquoted` lists texts that stand in the YAML without quotes.
    `settings` says that the case uses settings of headgate's own, which ODCS leaves to vendors. Cases of one `group`
    differ in a detail only, and a comparison tells them together.
    """

    name: str
    section: str
    columns: Columns
    contract: Mapping[str, Any]
    rule: str
    status: str | None
    number: Number | None = None
    verdict: str | None = None
    reading: str = ""
    reason: str = ""
    others: Mapping[str, Columns] = field(default_factory=dict)
    files: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    place: str = "table"
    unquoted: tuple[str, ...] = ()
    settings: bool = False
    group: str = ""

    @property
    def expected(self) -> str:
        return told(self.status, self.number, self.verdict)


@dataclass(frozen=True)
class Answer:
    """What a tool says: of a contract that is wrong, or of each of its rules `(status, number)`, by key; under `*` of
    all that it does not name one by one."""

    rules: Mapping[str, tuple[str, Number | None]] = field(default_factory=dict)
    verdict: str | None = None
    contract_wrong: bool = False

    def of(self, rule: str) -> tuple[str, Number | None]:
        return (
            (CONTRACT_WRONG, None)
            if self.contract_wrong
            else self.rules.get(rule, self.rules.get("*", (DROPPED, None)))
        )


class Adapter(Protocol):
    """A tool. `contract` is an ODCS file whose only server is where the data is; `data` is that place once more:
    `FILE.duckdb#things`, or a path that ends in .parquet or .csv."""

    name: str
    version: str

    def __call__(self, contract: Path, data: str) -> Answer: ...


@dataclass(frozen=True)
class Outcome:
    """A case and what a tool made of it."""

    case: Case
    answer: Answer

    @property
    def agrees(self) -> bool:
        """Whether the tool found what the case expects; a number that it does not tell is no difference."""
        status, number = self.answer.of(self.case.rule)
        return (
            self.case.status in (None, status)
            and (self.case.verdict is None or self.answer.contract_wrong or self.answer.verdict == self.case.verdict)
            and (self.case.number is None or number is None or same(number, self.case.number))
        )

    @property
    def said(self) -> str:
        return told(*self.answer.of(self.case.rule), self.answer.verdict if self.case.verdict else None)


def same(one: Number, other: Number) -> bool:
    """Exact, but for a float, which stands for what it was rounded from."""
    if isinstance(one, float) or isinstance(other, float):
        return abs(float(one) - float(other)) < 1e-4
    return one == other


def told(status: str | None, number: Number | None, verdict: str | None) -> str:
    """An expectation or an answer in a few words."""
    parts = [status.replace("_", " ") if status else "", "" if number is None else f"({number})"]
    said = " ".join(filter(None, parts))
    return f"{said}{', ' if said else ''}verdict {verdict}" if verdict else said


def document(case: Case, data: str) -> dict[str, Any]:
    """The whole ODCS document of a case: its frame, and the one server where the data is."""
    contract = dict(case.contract)
    thing = {"name": "things", "physicalName": "things", **contract.pop("object", {})}
    thing["properties"] = contract.pop("properties", None) or [{"name": name} for name in case.columns]
    path, _, _ = data.partition("#")
    server = {"server": "data", "type": "duckdb", "database": path, "schema": "main"}
    if case.place != "table":
        server = {"server": "data", "type": "local", "path": path, "format": case.place}
    return {
        "apiVersion": "v3.1.0",
        "kind": "DataContract",
        "id": "kit",
        "version": "1.0.0",
        "status": "active",
        "servers": [server],
        "schema": [thing, *contract.pop("objects", [])],
        **contract,
    }


def write(case: Case, folder: Path) -> tuple[Path, str]:
    """The case as files: its contract, and its data as the adapter gets it."""
    data = _data(case, folder)
    path = folder / f"{_digest(case.name)}.odcs.yaml"
    path.write_text(_yaml(document(case, data), case.unquoted), encoding="utf-8")
    for name, more in case.files.items():
        path.with_name(name).write_text(_yaml(document(Case("", "", {}, more, "", None), data)), encoding="utf-8")
    return path, data


def _yaml(value: Any, unquoted: Sequence[str] = ()) -> str:
    text = yaml.safe_dump(value, sort_keys=False, allow_unicode=True, width=1000)
    for plain in unquoted:
        text = text.replace(f"'{plain}'", plain)
    return text


def _data(case: Case, folder: Path) -> str:
    """The data of a case, written once for all cases that have the same."""
    tables = {"things": case.columns, **case.others}
    database = folder / f"{_digest(repr(tables))}.duckdb"
    if not database.exists():
        with duckdb.connect() as connection:
            connection.execute("SET TimeZone = 'UTC'")
            # Older versions of DuckDB, which other tools bring, read it too.
            connection.execute(f"ATTACH '{database}' AS kit (STORAGE_VERSION 'v1.0.0')")
            connection.execute("USE kit")
            for name, columns in tables.items():
                _fill(connection, name, columns)
    if case.place == "table":
        return f"{database}#things"
    path = database.with_suffix(f".{case.place}")
    options = "FORMAT parquet" if case.place == "parquet" else "FORMAT csv, HEADER"
    with duckdb.connect(str(database), read_only=True) as connection:
        connection.execute("SET TimeZone = 'UTC'")
        connection.execute(f"COPY things TO '{path}' ({options})")
    return str(path)


def _fill(connection: duckdb.DuckDBPyConnection, table: str, columns: Columns) -> None:
    declared = ", ".join(f'"{name}" {kind}' for name, (kind, _) in columns.items())
    connection.execute(f"CREATE TABLE {table} ({declared})")
    rows = [list(row) for row in zip(*(values for _, values in columns.values()), strict=True)]
    if rows:
        casts = ", ".join(f"CAST(? AS {kind})" for kind, _ in columns.values())
        connection.executemany(f"INSERT INTO {table} VALUES ({casts})", rows)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]

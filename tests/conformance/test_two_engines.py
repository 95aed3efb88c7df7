"""Random columns under random text rules: DuckDB and PostgreSQL count the same."""

from __future__ import annotations

import os
import random
import re
from pathlib import Path
from typing import Any

import duckdb
import psycopg
import pytest
from headgate import check
from headgate.checks.re2 import wrong_pattern

from tests.support.contracts import dataset
from tests.support.postgres_tables import Database

pytestmark = pytest.mark.slow
# A tenth in every run; all of them with HEADGATE_COLUMNS=5000.
COLUMNS, AT_ONCE = int(os.environ.get("HEADGATE_COLUMNS", "500")), 100
LETTERS = "abcxyzABCKSks0189 _-.,:/@#\t\nàéßÉſK٣日\u2028😀"
ATOMS = ["a", "b", "K", "s", "0", "é", "日", " ", ".", r"\.", r"\-", "_", r"\d", r"\w", r"\s", r"\D", r"\W", r"\S", "[abc]", "[^abc]",
         "[a-z]", "[A-Z0-9]", "[^0-9]", "[é-ü]", r"[\d_]", r"[^\w]", "[[:alpha:]]", "[[:^digit:]]", "[[:punct:]]", r"\x41", r"\x{e9}", r"\t"]  # fmt: skip
FORMATS = ["uuid", "email", "ipv4", "ipv6", "hostname", "uri", "date", "date-time", "time"]
# What RE2 has and PostgreSQL has not, told apart by other means than the translation's.
NOT_IN_POSTGRES = re.compile(
    r"\\[pPCQ]|\\[0-7]|\(\?[a-zA-Z-]*[smU]|\\B|.\(\?i|\(\?i:|\{[0-9,]*(25[6-9]|2[6-9][0-9]|[3-9][0-9]{2}|[0-9]{4})"
)


def text(rng: random.Random) -> str | None:
    if rng.random() < 0.1:
        return None
    if rng.random() < 0.2:
        return rng.choice(
            [
                "",
                "a",
                "abc",
                "10.0.0.1",
                "::1",
                "a@b.de",
                "2026-01-02",
                "10:00:00",
                "2026-01-02T03:04:05Z",
                "k",
                "K",
                "\u212a",
                "\u017f",
            ]
        )
    return "".join(rng.choice(LETTERS) for _ in range(rng.randrange(12)))


def pattern(rng: random.Random, depth: int = 0) -> str:
    parts = []
    for _ in range(rng.randrange(1, 4)):
        letters = rng.choice([r"\pL", r"\p{Greek}"]) if rng.random() < 0.01 else ""  # has no equal on PostgreSQL
        atom = letters or (
            rng.choice(ATOMS)
            if depth > 1 or rng.random() < 0.8
            else f"({'?:' * rng.randrange(2)}{pattern(rng, depth + 1)})"
        )
        parts.append(atom + rng.choice(["", "", "", "*", "+", "?", "{2}", "{1,3}", "{0,2}", "+?", "??"]))
    said = "".join(parts)
    if rng.random() < 0.2:
        said += "|" + "".join(parts[:1])
    if depth:
        return said
    edges = rng.choice([("", ""), ("^", ""), ("", "$"), ("^", "$"), (r"\b", ""), ("", r"\b"), ("", "")])
    return ("(?i)" if rng.random() < 0.15 else "") + edges[0] + said + edges[1]


def rule(rng: random.Random, values: list[str | None]) -> tuple[str, dict[str, Any]]:
    some = [value for value in values if value is not None][:3]
    match rng.randrange(8):
        case 0:
            return "minLength", {"logicalTypeOptions": {"minLength": rng.randrange(8)}}
        case 1:
            return "maxLength", {"logicalTypeOptions": {"maxLength": rng.randrange(8)}}
        case 2:
            return "format", {"logicalTypeOptions": {"format": rng.choice(FORMATS)}}
        case 3:
            return "enum", {"enum": [{"value": value} for value in dict.fromkeys([*some, "x"])]}
        case 4:
            return "missingValues", {
                "quality": [
                    {"metric": "missingValues", "mustBe": 0, "arguments": {"missingValues": [None, "", *some[:1]]}}
                ]
            }
        case 5:
            return "duplicateValues", {"quality": [{"metric": "duplicateValues", "mustBe": 0}]}
    while wrong_pattern(said := pattern(rng)):
        pass
    if rng.random() < 0.3:
        return "invalidValues", {"quality": [{"metric": "invalidValues", "mustBe": 0, "arguments": {"pattern": said}}]}
    return "pattern", {"logicalTypeOptions": {"pattern": said}}


def test_both_count_the_same(postgres: str, tmp_path: Path) -> None:
    executed = 0
    for batch in range(COLUMNS // AT_ONCE):
        schema = Database.new(postgres)
        executed += compare(random.Random(batch), schema, tmp_path / f"{batch}.duckdb")
        schema.drop()
    assert executed >= 0.95 * COLUMNS


def compare(rng: random.Random, schema: Database, path: Path) -> int:
    """How many rules are executed by both, with the same count; the others for a reason that holds."""
    names = [f"c{number}" for number in range(AT_ONCE)]
    columns = {name: [text(rng) for _ in range(30)] for name in names}
    rules = {name: rule(rng, columns[name]) for name in names}
    things = dataset(*({"name": name, "logicalType": "string", **said} for name, (_, said) in rules.items()))
    rows = list(zip(*columns.values(), strict=True))
    listed = ", ".join(names)
    with duckdb.connect(str(path)) as connection:
        connection.execute(f"CREATE TABLE things ({', '.join(f'{name} VARCHAR' for name in names)})")
        connection.executemany(f"INSERT INTO things VALUES ({', '.join('?' * AT_ONCE)})", rows)
    schema.run(f"CREATE TABLE things ({', '.join(f'{name} text' for name in names)})")
    with (
        psycopg.connect(schema.server_url, autocommit=True) as server,
        server.cursor().copy(f"COPY {schema.schema}.things ({listed}) FROM STDIN".encode()) as copy,
    ):
        for row in rows:
            copy.write_row(row)
    by_duckdb = {r.key: r for r in check(things, f"{path}#things").results}
    by_postgres = {r.key: r for r in check(things, schema.url("things")).results}
    executed = 0
    for name, (key, said) in rules.items():
        one, two = by_duckdb[f"{name}.{key}"], by_postgres[f"{name}.{key}"]
        assert str(one.status) in ("passed", "failed"), (one, said)
        if str(two.status) in ("passed", "failed"):
            executed += 1
            assert two.unexpected == one.unexpected, (said, columns[name])
        else:
            assert NOT_IN_POSTGRES.search(str(said).replace("\\\\", "\\")) or re.search(
                r"\(\?i\).*[^\x00-\x7f]", str(said)
            ), (two, said)
    return executed

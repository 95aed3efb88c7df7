"""Folders of Parquet files as engines write them, and files that are damaged."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import pytest
from headgate import check
from headgate.errors import CallError, HeadgateError
from headgate.places import place_of
from sqlglot import exp

from tests.support.contracts import dataset

THINGS = dataset(
    {"name": "id", "logicalType": "integer", "logicalTypeOptions": {"multipleOf": 1}},
    {"name": "note", "logicalType": "string"},
)
WHOLE = "SELECT 1 AS id, 'n' AS note"


def write(path: Path, query: str = WHOLE) -> bytes:
    path.parent.mkdir(parents=True, exist_ok=True)
    duckdb.execute(f"COPY ({query}) TO '{path}' (FORMAT parquet)")
    return path.read_bytes()


def read(data: Path) -> tuple[list[str], list[tuple[Any, ...]]]:
    place = place_of(data)
    with place.connect() as session:
        relation = session.read(place)
        shown = [f"{c.name} {c.type}" for c in relation.columns]
        return shown, sorted(session.rows(exp.select("*").from_(relation.source.copy())), key=repr)


def damaged(content: bytes) -> dict[str, tuple[bytes, str]]:
    data = content.index(b"PAR1") + 4
    return {
        "0 bytes": (b"", "the file is empty (0 bytes), not a Parquet file; was it written to the end?"),
        "cut off in its data": (content[: len(content) // 3], "the Parquet file is cut off or damaged: its footer is missing; write it again"),
        "cut off at its end": (content[:-3], "the Parquet file is cut off or damaged: its footer is missing; write it again"),
        "cut off after its first bytes": (content[:6], "the Parquet file is cut off or damaged: its footer is missing; write it again"),
        "text": (b"id,note\n1,n\n", "not a Parquet file: it does not begin with PAR1"),
        "encrypted": (b"PARE" + content[4:-4] + b"PARE", "the Parquet file is encrypted; headgate reads files that are not"),
        "a footer of nonsense": (content[:-30] + b"\xff" * 22 + content[-8:], "the Parquet file is damaged, or has a part that DuckDB cannot read; write it again"),
        "pages of nonsense": (content[:data] + b"\xff" * 30 + content[data + 30 :], "the Parquet file is damaged, or has a part that DuckDB cannot read; write it again"),
    }  # fmt: skip


@pytest.mark.parametrize("alone", [True, False], ids=["alone", "one of a folder"])
@pytest.mark.parametrize("case", damaged(b"PAR1" + bytes(30)))
def test_damaged_files(case: str, alone: bool, tmp_path: Path) -> None:
    path = tmp_path / "things" / "b.parquet"
    content, said = damaged(write(path, "SELECT range AS id, 'note ' || range AS note FROM range(1000)"))[case]
    path.write_bytes(content)
    if not alone:
        write(path.with_name("a.parquet"), "SELECT 1::BIGINT AS id, 'n' AS note")
        write(path.with_name("c.parquet"), "SELECT 1::BIGINT AS id, 'n' AS note")
    try:
        told = " ".join(result.reason for result in check(THINGS, path if alone else path.parent).results)
    except HeadgateError as error:
        told = str(error)
    assert f"{path}: {said}" in told
    assert "Exception" not in told
    assert ":memory:" not in told


ENGINES = [
    "_temporary/0/task_1/part-0.parquet", "_SUCCESS", "_metadata", "_common_metadata", ".part-0.parquet.crc", "._COPYING_",
    "_started_1", "_committed_1", "day=1/_temporary/part-9.parquet", "_part-0.parquet", ".part-0.parquet", ".hidden/part-0.parquet",
    "day=2/.part-1.parquet", "_spark_metadata/0",
]  # fmt: skip


@pytest.mark.parametrize("name", ["things", "things.parquet"])
def test_what_engines_keep_beside_the_data_is_no_data(name: str, tmp_path: Path) -> None:
    folder = tmp_path / name
    for file in ["day=1/part-0.parquet", "day=2/part-0.snappy.parquet", "day=2/_x=1/part-0.parquet"]:
        write(folder / file)
    for file in ENGINES:
        (folder / file).parent.mkdir(parents=True, exist_ok=True)
        (folder / file).write_bytes(b"nothing to read")
    assert check(THINGS, f"{folder}/**/*.parquet").rows == 3
    (folder / "day=2/_x=1/part-0.parquet").unlink()
    assert check(THINGS, folder).rows == 2


def test_a_folder_of_csv_files_as_spark_writes_it(tmp_path: Path) -> None:
    folder = tmp_path / "things.csv"
    for file in ["part-0.csv", "part-1.csv", "_temporary/0/part-2.csv"]:
        (folder / file).parent.mkdir(parents=True, exist_ok=True)
        (folder / file).write_text("id,note\n1,n\n")
    (folder / "_SUCCESS").touch()
    assert check(THINGS, folder).rows == 2


def test_a_folder_of_nothing_but_an_engine_s_files(tmp_path: Path) -> None:
    write(tmp_path / "_temporary" / "part-0.parquet")
    with pytest.raises(CallError, match="file not found; names that begin with"):
        check(THINGS, tmp_path)


TABLES = {
    "_delta_log/00000000000000000000.json": "Delta",
    "metadata/v1.metadata.json": "Iceberg",
    ".hoodie/hoodie.properties": "Hudi",
}


@pytest.mark.parametrize("mark", TABLES)
@pytest.mark.parametrize("data", ["", "/*.parquet", "/**/*.parquet", "/day=1", "/day=1/*.parquet", "/.."])
def test_tables_of_other_formats(mark: str, data: str, tmp_path: Path) -> None:
    folder = tmp_path / "lake" / "things"
    write(folder / "part-0.parquet")
    write(folder / "day=1" / "part-0.parquet")
    (folder / mark).parent.mkdir(exist_ok=True)
    (folder / mark).write_text("{}")
    with pytest.raises(
        CallError, match=f"things is a table of {TABLES[mark]}: its files may hold rows that are deleted"
    ):
        check(THINGS, f"{folder}{data}")


# What two files hold, and what they are as one table.
CHANGED: dict[str, tuple[str, str, list[str], list[tuple[Any, ...]]]] = {
    "another order": (WHOLE, "SELECT 'm' AS note, 2 AS id", ["id INTEGER", "note VARCHAR"], [(1, "n"), (2, "m")]),
    "a column added later": (WHOLE, f"{WHOLE}, 3 AS more", ["id INTEGER", "note VARCHAR", "more INTEGER"], [(1, "n", 3), (1, "n", None)]),
    "a column left out later": ("SELECT 1 AS id, 3 AS more, 'n' AS note", WHOLE, ["id INTEGER", "more INTEGER", "note VARCHAR"], [(1, 3, "n"), (1, None, "n")]),
    "a wider integer": (WHOLE, "SELECT 5000000000 AS id, 'n' AS note", ["id BIGINT", "note VARCHAR"], [(1, "n"), (5000000000, "n")]),
    "a narrower integer": ("SELECT 5000000000 AS id, 'n' AS note", WHOLE, ["id BIGINT", "note VARCHAR"], [(1, "n"), (5000000000, "n")]),
    "a wider float": ("SELECT 1.5::FLOAT AS id", "SELECT 1e300 AS id", ["id DOUBLE"], [(1.5,), (1e300,)]),
    "names in another case": (WHOLE, "SELECT 2 AS ID, 'm' AS Note", ["id INTEGER", "note VARCHAR"], [(1, "n"), (2, "m")]),
}  # fmt: skip


@pytest.mark.parametrize("case", CHANGED)
def test_columns_that_changed(case: str, tmp_path: Path) -> None:
    one, other, columns, rows = CHANGED[case]
    write(tmp_path / "a.parquet", one)
    write(tmp_path / "b.parquet", other)
    assert read(tmp_path) == (columns, rows)


def test_a_wider_decimal(tmp_path: Path) -> None:
    for name, kind in {"a": "DECIMAL(9,2)", "b": "DECIMAL(12,4)"}.items():
        write(tmp_path / f"{name}.parquet", f"SELECT 1.5::{kind} AS id")
    assert [str(value) for (value,) in read(tmp_path)[1]] == ["1.5000", "1.5000"]


OTHERWISE = {
    "text": ("1", "'1'", "VARCHAR", "INTEGER"),
    "a date": ("TIMESTAMP '2026-01-01'", "DATE '2026-01-01'", "DATE", "TIMESTAMP"),
    "a float": ("1", "1.5::DOUBLE", "DOUBLE", "INTEGER"),
    "a decimal with fewer digits": ("1.5::DECIMAL(9,4)", "1::DECIMAL(9,0)", "DECIMAL(9,0)", "DECIMAL(9,4)"),
    "a list": ("1", "[1]", "INTEGER[]", "INTEGER"),
}  # fmt: skip


@pytest.mark.parametrize("case", OTHERWISE)
def test_types_that_changed_otherwise(case: str, tmp_path: Path) -> None:
    one, other, kind, before = OTHERWISE[case]
    write(tmp_path / "a.parquet", f"SELECT {one} AS id")
    write(tmp_path / "b.parquet", f"SELECT {other} AS id")
    with pytest.raises(CallError) as error:
        check(THINGS, tmp_path)
    said = f"{tmp_path}/b.parquet: the column 'id' is {kind}, but {before} in {tmp_path}/a.parquet; rewrite the files"
    assert str(error.value).startswith(said)


def test_a_partition_of_files_whose_columns_changed(tmp_path: Path) -> None:
    write(tmp_path / "day=1" / "a.parquet", "SELECT 1 AS id")
    write(tmp_path / "day=2" / "b.parquet", WHOLE)
    assert read(tmp_path) == (["id INTEGER", "note VARCHAR", "day VARCHAR"], [(1, "n", "2"), (1, None, "1")])

"""Files are read as they are: nothing is sniffed, nothing is guessed from a path."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import pytest
from contracts import dataset
from headgate.errors import CallError, HeadgateError
from headgate.gate import check
from headgate.places import QueryError, Table

ANY = dataset({"name": "a"}, settings={"extraColumns": "ignore"})


def rows(path: Path | str, things: Any = ANY) -> int:
    return check(things, path).rows


def test_a_line_that_begins_with_a_hash_is_a_row(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("a,b\n" + "".join(f"{'#' if i % 2 else ''}{i},x\n" for i in range(1000)))
    assert rows(path) == 1000


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"a,b\n1,2\n3\n", "line 3: 1 columns where the header has 2"),
        (b"a,b\n1,2\n3,4,5\n", "line 3: 3 columns where the header has 2"),
        (b'a,b\n1,2\n3,"4\n', "line 3: a quote that is not closed"),
        ("a,b\n1,Größe\n".encode("latin-1"), "not UTF-8"),
        (b"", "is empty"),
        (b"a,a\n1,2\n", "'a' stands there twice"),
    ],
)
def test_what_is_no_csv_is_named_with_its_line_and_without_its_values(
    content: bytes, said: str, tmp_path: Path
) -> None:
    path = tmp_path / "broken.csv"
    path.write_bytes(content)
    with pytest.raises(HeadgateError) as caught:
        rows(path)
    assert isinstance(caught.value, CallError | QueryError)
    assert said in str(caught.value)
    assert "broken.csv" in str(caught.value)


@pytest.mark.parametrize(
    "content", [b"a\r\n1\r\n", b"\xef\xbb\xbfa\n1\n", b'a\n"1\n2"\n', b'"a"\n1', b'a\n""""\n'],
    ids=["crlf", "bom", "newline in quotes", "quoted header, no last newline", "a quote"],
)  # fmt: skip
def test_what_is_csv(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(content)
    assert check(ANY, path).to_dict()["verdict"] == "pass"
    assert rows(path) == 1


def test_a_header_alone_is_a_file_without_rows(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("a\n")
    assert rows(path) == 0


def test_a_glob_reads_files_that_are_alike(tmp_path: Path) -> None:
    for name, text in (("1.csv", "a,b\n1,2\n"), ("2.csv", "a,b\n3,4\n")):
        (tmp_path / name).write_text(text)
    assert rows(str(tmp_path / "*.csv")) == 2
    (tmp_path / "3.csv").write_text("b,a\n1,2\n")
    with pytest.raises(CallError, match=r"3.csv has another header than .*1.csv: their order"):
        rows(str(tmp_path / "*.csv"))
    for number, select in ((1, "1 AS a"), (2, "2.7 AS a")):
        duckdb.sql(f"COPY (SELECT {select}) TO '{tmp_path / f'{number}.parquet'}'")
    with pytest.raises(CallError, match=r"2.parquet has other columns or types than .*1.parquet"):
        rows(str(tmp_path / "*.parquet"))


@pytest.mark.parametrize("folder", ["v=7", "we[1]rd", "it's #1"])
def test_a_path_is_only_a_path(folder: str, tmp_path: Path) -> None:
    (tmp_path / folder).mkdir()
    parquet, csv = tmp_path / folder / "x.parquet", tmp_path / folder / "x[1].csv"
    duckdb.sql("SELECT 'a' AS a, 1 AS v").write_parquet(str(parquet))
    csv.write_text("a,v\na,1\n")
    things = dataset({"name": "a"}, {"name": "v", "logicalType": "integer", "enum": [{"value": 1}]})
    for path in (parquet, csv):
        assert str(check(things, path).verdict) == "pass"


@pytest.mark.parametrize("make", ["folder", "text", "device"])
def test_what_is_no_database_is_not_tried_again(make: str, tmp_path: Path) -> None:
    path = tmp_path / "w.duckdb"
    if make == "folder":
        path.mkdir()
    elif make == "text":
        path.write_text("not a database, but long enough to be looked at as one" * 100)
    else:
        path = Path("/dev/null")
    with pytest.raises(CallError):
        check(ANY, Table(str(path), "t"))

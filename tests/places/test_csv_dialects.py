"""CSV files with another delimiter or encoding, compressed ones, and what is said where the contract does not say so."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import Any

import pytest
from headgate import CallError, check, publish
from headgate.errors import QueryError

from tests.support.contracts import dataset

PROPERTIES = (
    {"name": "id", "logicalType": "integer"},
    {"name": "note", "logicalType": "string", "enum": [{"value": "é, x"}, {"value": "n"}]},
)
ROWS = 'id,note\n1,"é, x"\n2,n\n'


def things(**settings: str) -> Any:
    return dataset(
        *PROPERTIES,
        customProperties=[{"property": f"headgate.{name}", "value": value} for name, value in settings.items()],
    )


def separated(delimiter: str) -> str:
    return ROWS.replace("é, x", "\0").replace(",", delimiter).replace("\0", "é, x")


READ: dict[str, tuple[str, bytes, dict[str, str]]] = {
    "semicolons": ("rows.csv", separated(";").encode(), {"delimiter": ";"}),
    "pipes": ("rows.csv", separated("|").encode(), {"delimiter": "|"}),
    "tabs": ("rows.csv", separated("\t").encode(), {"delimiter": "\t"}),
    "a caret": ("rows.csv", separated("^").encode(), {"delimiter": "^"}),
    "tabs by name": ("rows.tsv", separated("\t").encode(), {}),
    "commas in a .tsv": ("rows.tsv", ROWS.encode(), {"delimiter": ","}),
    "gzip": ("rows.csv.gz", gzip.compress(ROWS.encode()), {}),
    "gzip of tabs": ("rows.TSV.gz", gzip.compress(separated("\t").encode()), {}),
    "gzip, a byte order mark and a break in the header": ("rows.csv.gz", gzip.compress(ROWS.replace("id", '"id"').encode("utf-8-sig")), {}),
    "Latin-1": ("rows.csv", ROWS.encode("latin-1"), {"encoding": "latin-1"}),
    "Windows-1252 with semicolons": ("rows.csv", separated(";").encode("cp1252"), {"encoding": "cp1252", "delimiter": ";"}),
    "UTF-16": ("rows.csv", ROWS.encode("utf-16"), {"encoding": "utf-16"}),
    "gzip of Latin-1": ("rows.tsv.gz", gzip.compress(separated("\t").encode("latin-1")), {"encoding": "latin-1"}),
}  # fmt: skip


@pytest.mark.parametrize("case", READ)
def test_what_is_read(case: str, tmp_path: Path) -> None:
    name, content, settings = READ[case]
    (tmp_path / name).write_bytes(content)
    report = check(things(**settings), tmp_path / name)
    assert (report.verdict, report.rows, report.failed) == ("pass", 2, ())
    outcome = publish(things(**settings), tmp_path / name, f"{tmp_path}/w.duckdb#main.things", run_key="r")
    assert outcome.rows_published == 2


SAY = "let the contract say so (`customProperties`, delimiter:"
SAID = {
    "semicolons": (separated(";"), f": one column 'id;note': the file is separated by semicolons; {SAY} \";\")"),
    "tabs": (separated("\t"), f": one column 'id\tnote': the file is separated by tabs; {SAY} \"\\t\")"),
    "pipes": (separated("|"), f": one column 'id|note': the file is separated by pipes; {SAY} \"|\")"),
    "decimal commas": ("id;amount\n1;1,5\n", f": one column 'id;amount': the file is separated by semicolons; {SAY} \";\")"),
    "nothing but a header": ("id;note\n", f": one column 'id;note': the file is separated by semicolons; {SAY} \";\")"),
    "quoted names": ('"id";"note"\n"1";"n"\n', f": one column '\"id\";\"note\"': the file is separated by semicolons; {SAY} \";\")"),
    "a line for Excel": ("sep=;\nid;note\n", f", line 1: 'sep=;' is a line for Excel; remove it, and {SAY} \";\")"),
}  # fmt: skip


@pytest.mark.parametrize("case", SAID)
def test_what_is_said_of_another_delimiter(case: str, tmp_path: Path) -> None:
    text, said = SAID[case]
    path = tmp_path / "rows.csv"
    path.write_text(text)
    with pytest.raises(CallError) as error:
        check(things(), path)
    assert str(error.value) == f"{path}{said}"


def test_a_single_column_may_have_a_semicolon(tmp_path: Path) -> None:
    (tmp_path / "rows.csv").write_text("id;note\n1\n2\n")
    assert (
        check(
            dataset({"name": "id;note", "physicalName": "id;note", "logicalType": "integer"}), tmp_path / "rows.csv"
        ).rows
        == 2
    )


def test_another_encoding_than_the_contract_says(tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    path.write_bytes(b"id,note\n1,n\n2,\x81\n")
    with pytest.raises(QueryError) as error:
        check(things(encoding="cp1252"), path)
    assert str(error.value) == f"{path}, line 3: not cp1252; let the contract name the encoding that the file is in"


def test_a_name_that_differs_in_case(tmp_path: Path) -> None:
    (tmp_path / "rows.csv").write_text("ID,note\n1,n\n")
    said = {result.key: result.observed for result in check(things(), tmp_path / "rows.csv").failed}
    assert said["id.exists"] == "the column is missing; 'ID' differs from 'id' in case"


@pytest.mark.parametrize("cut", [0, 10, -5])
def test_a_damaged_gzip_file(cut: int, tmp_path: Path) -> None:
    path = tmp_path / "rows.csv.gz"
    path.write_bytes(gzip.compress(ROWS.encode() * 100)[:cut] if cut else ROWS.encode())
    with pytest.raises(QueryError, match=r"rows\.csv\.gz: not a gzip file, or cut off"):
        check(things(), path)

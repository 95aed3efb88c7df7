"""CSV files with another delimiter or encoding, compressed ones, and what is said where the contract does not say so."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import Any

import pytest
from headgate import CallError, Contract, ContractError, check, publish
from headgate.errors import QueryError
from headgate.gate import data_of
from headgate.places.duckdb.places import Files
from sqlglot import exp

from tests.support.contracts import dataset, odcs, write

PROPERTIES = (
    {"name": "id", "logicalType": "integer"},
    {"name": "note", "logicalType": "string", "enum": [{"value": "é, x"}, {"value": "n"}]},
)
ROWS = 'id,note\n1,"é, x"\n2,n\n'


def things(**settings: Any) -> Any:
    return dataset(
        *PROPERTIES,
        customProperties=[{"property": f"headgate.{name}", "value": value} for name, value in settings.items()],
    )


def separated(delimiter: str) -> str:
    return ROWS.replace("é, x", "\0").replace(",", delimiter).replace("\0", "é, x")


READ: dict[str, tuple[str, bytes, dict[str, Any]]] = {
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
    "single quotes": ("rows.csv", ROWS.replace('"', "'").encode(), {"quote": "'"}),
    "single quotes, semicolons, gzip": ("rows.csv.gz", gzip.compress(separated(";").replace('"', "'").encode()), {"quote": "'", "delimiter": ";"}),
    "single quotes in Latin-1": ("rows.csv", ROWS.replace('"', "'").encode("latin-1"), {"quote": "'", "encoding": "latin-1"}),
    "no quotes": ("rows.csv", separated("|").replace('"', "").encode(), {"quote": "", "delimiter": "|"}),
    "no header": ("rows.csv", ROWS.partition("\n")[2].encode(), {"header": ["id", "note"]}),
    "no header, tabs": ("rows.tsv", separated("\t").partition("\n")[2].encode(), {"header": ["id", "note"]}),
    "no header, carets as quotes, CRLF": ("rows.csv", "1,^é, x^\r\n2,n\r\n".encode(), {"header": ["id", "note"], "quote": "^"}),
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


# settings, the file, its cells; or the line and what is wrong there
CELLS: list[tuple[dict[str, Any], str, Any]] = [
    ({"quote": ""}, 'id,note\n1,"x\n2,a "b" c\n3,""\n', ['"x', 'a "b" c', '""']),
    ({"quote": "'"}, "id,note\n1,'it''s'\n2,\"\n3,'a\nb'\n", ["it's", '"', "a\nb"]),
    ({"header": ["id", "note"]}, '1,"a\nb"\n\n2,"c ""d"""\n', ["a\nb", 'c "d"']),
    ({"header": ["id", "note"]}, "1,a\n2\n", "line 2: 1 cell where the header has 2; is a part of the row missing?"),
    ({"header": ["id", "note"]}, "1,a,b\n", "line 1: 3 cells where the header has 2; quote a cell that has the delimiter in it"),
    ({"quote": "'"}, "id,note\n1,'a'\n2,'b\n", "line 3: a quote that is not closed; a quote inside a quoted cell is written twice"),
    ({"quote": "'"}, "id,note\n1, 'a'\n", "line 2: a space before a quote; a quoted cell begins with its quote"),
    ({"quote": "'"}, "id,note\n1,a\r\n2,b\n", "line 2: mixed line ends: CRLF here, LF in line 1; save the file with one of them"),
]  # fmt: skip


@pytest.mark.parametrize(("settings", "text", "expected"), CELLS)
def test_other_quotes_and_no_header(settings: dict[str, Any], text: str, expected: Any, tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    path.write_bytes(text.encode())
    place = Files(str(path), "csv").written_as(settings)
    with place.connect() as session:
        if isinstance(expected, str):
            with pytest.raises(QueryError) as error:
                session.read(place)
            assert str(error.value) == f"{path}, {expected}"
            return
        rows = session.rows(exp.select("note").from_(session.read(place).source))
    assert [note for (note,) in rows] == expected


def test_a_server_says_how_its_files_are_written(tmp_path: Path) -> None:
    own = [{"property": "headgate.delimiter", "value": ";"}, {"property": "headgate.header", "value": ["id", "note"]}]
    servers = [{"server": "s", "type": "local", "path": "rows.csv", "format": "csv", "customProperties": own}]
    document = odcs({"name": "things", "properties": list(PROPERTIES)}, servers=servers)
    things = Contract.load(write(tmp_path, document))["things"]
    (tmp_path / "rows.csv").write_text("1;n\n2;é, x\n")
    report = check(things, data_of(things, None)[0])
    assert (report.verdict, report.rows) == ("pass", 2), str(report)


# setting, a value that is wrong, what is said
WRONG: list[tuple[str, Any, str]] = [
    ("quote", "''", "expected one character, or '' where no cell is quoted"),
    ("quote", "\n", "expected one character"),
    ("header", "id", "is not a list of strings"),
    ("header", [], "expected the names of all columns, each once"),
    ("header", ["id", "ID"], "expected the names of all columns, each once"),
    ("header", ["id", ""], "expected the names of all columns, each once"),
]


@pytest.mark.parametrize(("name", "value", "said"), WRONG)
def test_settings_that_are_no_dialect(name: str, value: Any, said: str) -> None:
    with pytest.raises(ContractError) as error:
        things(**{name: value})
    assert said in str(error.value)


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
    (tmp_path / "rows.csv").write_text("id ,note\n1,n\n")
    said = {result.key: result.observed for result in check(things(), tmp_path / "rows.csv").failed}
    assert said["id.exists"] == "the column is missing; 'id ' differs from 'id' in blanks"


def test_a_file_with_commas_where_the_contract_says_semicolons(tmp_path: Path) -> None:
    (tmp_path / "rows.csv").write_text("id,note\n1,n\n")
    said = {result.key: result.observed for result in check(things(delimiter=";"), tmp_path / "rows.csv").failed}
    assert said["extraColumns"] == "1 column, and none of the contract's; is it separated by ',' (setting `delimiter`)?"


@pytest.mark.parametrize("cut", [0, 10, -5])
def test_a_damaged_gzip_file(cut: int, tmp_path: Path) -> None:
    path = tmp_path / "rows.csv.gz"
    path.write_bytes(gzip.compress(ROWS.encode() * 100)[:cut] if cut else ROWS.encode())
    with pytest.raises(QueryError, match=r"rows\.csv\.gz: not a gzip file, or cut off"):
        check(things(), path)

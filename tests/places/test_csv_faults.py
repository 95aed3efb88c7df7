"""What is said of CSV files that cannot be read: file, line, what is wrong, what to do."""

from __future__ import annotations

from pathlib import Path

import pytest
from headgate import check
from headgate.errors import HeadgateError

from tests.support.contracts import dataset

THINGS = dataset({"name": "id", "logicalType": "integer"}, {"name": "note", "logicalType": "string"})
# Long enough for several chunks of bytes, and for several pieces of DuckDB's.
MANY = b"1,n\n" * 1_000_000
TWICE = "a quote inside a quoted cell is written twice"

FAULTS = {
    "a byte of Latin-1": (b"id,note\n1,n\n2,caf\xe9\n", 3, "not UTF-8 (byte 0xe9; is it Latin-1 or Windows-1252?); save the file as UTF-8"),
    "one in the header": (b"id,note\xe9\n1,n\n", 1, "not UTF-8 (byte 0xe9;"),
    "one far down": (b"id,note\n" + MANY + b"2,caf\xe9\n", 1_000_002, "not UTF-8 (byte 0xe9;"),
    "a character cut off at the end": (b"id,note\n1,caf\xc3", 2, "not UTF-8 (byte 0xc3;"),
    "UTF-16": ("id,note\n1,n\n".encode("utf-16"), 0, "the file is UTF-16; save it as UTF-8"),
    "UTF-32": ("id,note\n1,n\n".encode("utf-32"), 0, "the file is UTF-32; save it as UTF-8"),
    "CRLF among LF": (b"id,note\n1,n\n2,n\r\n3,n\n", 3, "mixed line ends: CRLF here, LF in line 1; save the file with one of them"),
    "LF among CRLF, far down": (b"id,note\r\n" + MANY.replace(b"\n", b"\r\n") + b"2,n\n3,n\r\n", 1_000_002, "mixed line ends: LF here, CRLF in line 1"),
    "CR among LF": (b"id,note\n1,n\r2,n\n", 2, "mixed line ends: CR here, LF in line 1"),
    "a quote that is not closed": (b'id,note\n1,n\n2,"n\n3,n\n', 3, f"a quote that is not closed; {TWICE}"),
    "a quote in the header": (b'id,"note\n1,n\n', 1, f"a quote that is not closed; {TWICE}"),
    "one before other quotes": (b'id,note\n1,"n\n2,n\n3,"n"\n', 2, f"a quote that is not closed: its cell goes on to line 4, where text follows a quote; {TWICE}"),
    "a quote, far down": (b"id,note\n" + MANY + b'2,"n\n3,n\n', 1_000_002, f"a quote that is not closed; {TWICE}"),
    "text after a quote": (b'id,note\n1,"n"x\n', 2, f"text after a closing quote; {TWICE}"),
    "a space after a quote": (b'id,note\n1,"n" \n', 2, f"text after a closing quote; {TWICE}"),
    "a space before a quote": (b'id,note\n1, "n"\n', 2, "a space before a quote; a quoted cell begins with its quote"),
    "a cell is missing": (b"id,note\n1,n\n2\n", 3, "1 cell where the header has 2; is a part of the row missing?"),
    "one more cell": (b"id,note\n1,n\n2,n,x\n", 3, "3 cells where the header has 2; quote a cell that has the delimiter in it"),
    "one more empty cell": (b"id,note\n1,n\n2,n,\n", 3, "3 cells where the header has 2"),
    "one missing and one more": (b"id,note\n1,n\n2\n3,n,x\n", 3, "1 cell where the header has 2"),
    "one more after cells of many lines": (b'id,note\n1,"n\n\n\nn"\n2,n,x\n', 6, "3 cells where the header has 2"),
    "one missing, far down": (b"id,note\n" + MANY + b"2\n", 1_000_002, "1 cell where the header has 2"),
    "spaces in a blank line": (b"id,note\n1,n\n  \n", 3, "1 cell where the header has 2"),
    "an end-of-file mark": (b"id,note\n1,n\n\x1a", 3, "1 cell where the header has 2"),
}  # fmt: skip


@pytest.mark.parametrize("case", FAULTS)
def test_faults(case: str, tmp_path: Path) -> None:
    content, line, said = FAULTS[case]
    path = tmp_path / "things.csv"
    path.write_bytes(content)
    where = f"{path}, line {line}: " if line else f"{path}: "
    with pytest.raises(HeadgateError) as error:
        check(THINGS, path)
    assert str(error.value).startswith(where + said)


def test_the_file_of_several_that_has_the_fault_is_named(tmp_path: Path) -> None:
    for number, text in enumerate(["1,n\n", "1,n\n2\n", "1,n\n"]):
        (tmp_path / f"{number}.csv").write_text(f"id,note\n{text}")
    with pytest.raises(HeadgateError, match=r"/1\.csv, line 3: 1 cell where"):
        check(THINGS, f"{tmp_path}/*.csv")


LONG = {"a cell of 3 MB": 3 << 20, "a cell of 20 MB": 20 << 20}


@pytest.mark.parametrize("case", LONG)
@pytest.mark.parametrize("cell", ["{}", '"{}\n"'])
def test_long_cells_are_read(case: str, cell: str, tmp_path: Path) -> None:
    path = tmp_path / "things.csv"
    path.write_text(f"id,note\n1,n\n2,{cell.format('x' * LONG[case])}\n3,n\n")
    assert check(THINGS, path).rows == 3


def test_a_bare_quote_is_a_character(tmp_path: Path) -> None:
    path = tmp_path / "things.csv"
    path.write_text('id,note\n1,5" nails\n2,n""\n3,"a\nb"\n')
    assert check(THINGS, path).rows == 3

"""CSV files that are written otherwise than with commas and in UTF-8."""

from __future__ import annotations

from pathlib import Path

import pytest
from headgate import CallError, draft_contract
from headgate.errors import QueryError
from headgate.rules.load import parse

from tests.support.drafts import drafted

pytestmark = pytest.mark.slow

ROWS = "id;price;note\n1;2,50;a\n2;3,75;b,c\n"
# name and bytes of a file, settings, columns
FILES: list[tuple[str, bytes, dict[str, str], int]] = [
    ("t.csv", b"a,b\n1,2\n", {}, 2),
    ("t.tsv", b"a\tb\n1\t2\n", {}, 2),
    ("t.csv", b"a\n1\n", {}, 1),
    ("t.csv", b"a\n1;2\n", {}, 1),
    ("t.csv", ROWS.encode(), {"delimiter": ";"}, 3),
    ("t.csv", b"a\tb\n1\t2\n", {"delimiter": "\t"}, 2),
    ("t.csv", b"a|b\n1|2\n", {"delimiter": "|"}, 2),
    ("t.tsv", b"a,b\n1,2\n", {"delimiter": ","}, 2),
    ("t.csv", b'"a;b";c\n"1;2";3\n', {"delimiter": ";"}, 2),
    ("t.csv", b"name, first;b\nAnn;1\n", {"delimiter": ";"}, 2),
    ("t.csv", ROWS.encode("utf-16"), {"delimiter": ";", "encoding": "utf-16"}, 3),
    ("t.csv", "a,b\n1,é\n".encode("utf-16"), {"encoding": "utf-16"}, 2),
]


@pytest.mark.parametrize(("name", "written", "settings", "columns"), FILES)
def test_how_a_file_is_written(
    name: str, written: bytes, settings: dict[str, str], columns: int, tmp_path: Path
) -> None:
    path = tmp_path / name
    path.write_bytes(written)
    things = parse(str(draft_contract(path)), Path("draft.odcs.yaml")).only()
    assert {key: things.settings[key] for key in ("delimiter", "encoding") if things.settings.get(key)} == settings
    assert len(drafted(path).properties) == columns


REFUSED = [
    (b"a;b|c\n1;2|3\n", "the rows may be separated by semicolons (2 columns) or pipes (2 columns)"),
    (b"a;b,c\n1;2,5\n", "the rows may be separated by semicolons (2 columns) or commas (2 columns)"),
    (b"sep=;\na;b\n1;2\n", "is a line for Excel; remove it"),
    ("a,b\n1,é\n".encode("latin-1"), "not UTF-8 (byte 0xe9; is it Latin-1 or Windows-1252?)"),
]


@pytest.mark.parametrize(("written", "said"), REFUSED)
def test_what_leaves_a_doubt_is_refused(written: bytes, said: str, tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(written)
    with pytest.raises((CallError, QueryError)) as raised:
        draft_contract(path)
    assert said in str(raised.value)

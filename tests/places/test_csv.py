"""CSV files, as Python's csv module reads them (RFC 4180, 2.6: a quoted cell may hold line breaks, a name too)."""

from __future__ import annotations

import csv
import itertools
from collections.abc import Sequence
from pathlib import Path

import pytest
from headgate import Contract, check, publish
from headgate.places.duckdb.places import Files
from sqlglot import exp

BREAKS = {"LF": "\n", "CR": "\r", "CRLF": "\r\n"}
NAMES = ("id", "amount", "note")
QUOTED = {"no name": (), "the first": ("id",), "the middle": ("amount",), "the last": ("note",), "every name": NAMES}
ROWS = [("1", "1.5", "x"), ("2", "two{}lines", ""), ("3", "", "z{}{}z")]


def line(cells: Sequence[str]) -> str:
    return ",".join(f'"{cell}"' if {"\r", "\n"} & set(cell) else cell for cell in cells)


def written(path: Path, names: Sequence[str], end: str, cell: str, *, last: bool = True) -> Path:
    lines = [line(names), *(line([text.format(cell, cell) for text in row]) for row in ROWS)]
    path.write_text(end.join(lines) + end * last, encoding="utf-8", newline="")
    return path


def oracle(path: Path) -> tuple[list[str], list[tuple[str | None, ...]]]:
    with path.open(encoding="utf-8", newline="") as text:
        names, *rows = csv.reader(text)
    return names, [tuple(cell or None for cell in row) for row in rows]


def read(path: Path) -> tuple[list[str], list[tuple[str | None, ...]]]:
    place = Files(str(path), "csv")
    with place.connect() as session:
        relation = session.read(place)
        return list(relation.by_name), session.rows(exp.select("*").from_(relation.source.copy()))


@pytest.mark.parametrize("quoted", QUOTED)
@pytest.mark.parametrize("end", BREAKS)
@pytest.mark.parametrize("inside", BREAKS)
def test_line_breaks_in_names(inside: str, end: str, quoted: str, tmp_path: Path) -> None:
    names = [f"{name}{BREAKS[inside]}({name})" if name in QUOTED[quoted] else name for name in NAMES]
    for cell, last in itertools.product(BREAKS.values(), (True, False)):
        path = written(tmp_path / "rows.csv", names, BREAKS[end], cell, last=last)
        assert read(path) == oracle(path), (cell, last)


def test_files_whose_lines_end_differently_are_one_table(tmp_path: Path) -> None:
    names = ["id\r\n(id)", "amount\n\n", "note\r"]
    ends = ["\n", "\r\n", "\r\n", "\r", "\n"]
    paths = [written(tmp_path / f"{i}.csv", names, end, "\n") for i, end in enumerate(ends)]
    assert read(tmp_path / "*.csv") == (names, [row for path in paths for row in oracle(path)[1]])


@pytest.mark.parametrize("text", ['id,"amount\n(EUR)"', 'id,"amount\n(EUR)"\r\n', '\ufeffid,"amount\n(EUR)"\r'])
def test_a_header_without_rows(text: str, tmp_path: Path) -> None:
    (tmp_path / "rows.csv").write_text(text, encoding="utf-8", newline="")
    assert read(tmp_path / "rows.csv") == (["id", "amount\n(EUR)"], [])


@pytest.mark.parametrize(("name", "rows"), [("good_crlf", 2), ("good_lf", 2), ("crlf_lf", 3), ("lf", 3)])
def test_the_files_that_people_had(name: str, rows: int, tmp_path: Path, shared: Path) -> None:
    cases = shared / "cases" / "data" / "header-newline"
    orders = Contract.load(cases / "c.odcs.yaml")["orders"]
    assert check(orders, cases / f"{name}.csv").rows == rows
    outcome = publish(orders, cases / f"{name}.csv", f"{tmp_path}/w.duckdb#main.orders", run_key="r", on_breach="warn")
    assert outcome.rows_published == rows

"""Random CSV files, read as Python's csv module reads them, or refused with file, line and cause."""

from __future__ import annotations

import os
import re
from collections import Counter
from pathlib import Path
from random import Random

import pytest
from headgate.errors import HeadgateError
from headgate.places.duckdb.places import Files
from sqlglot import exp

from tests.support.csv_files import CsvFile, random_file

FILES = int(os.environ.get("HEADGATE_CSV_FILES", "300"))
SEED = int(os.environ.get("HEADGATE_CSV_SEED", "1"))
# What is said of each fault, where it is found in the line that has it. A quote that is not closed has many faces.
SAID = {
    "latin-1 byte": "not UTF-8",
    "mixed line ends": "mixed line ends",
    "text after a quote": "text after a closing quote|not closed",
    "cell missing": "where the header has",
    "cell too many": "where the header has",
    "empty cell too many": "where the header has",
    "space before a quote": "a space before a quote",
}


def read(path: Path) -> list[list[str]]:
    place = Files(str(path), "csv")
    with place.connect() as session:
        relation = session.read(place)
        rows = session.rows(exp.select("*").from_(relation.source.copy()))
    return [list(relation.by_name), *([cell or "" for cell in row] for row in rows)]


def outcome(file: CsvFile, path: Path) -> str:
    """Return "read" or "refused". Fails if a row is lost or changed, or the cause is not the true one."""
    path.write_bytes(file.content)
    try:
        found = read(path)
    except HeadgateError as error:
        assert file.fault is not None, (str(error), file)
        match = re.match(rf"{re.escape(str(path))}, line (\d+): (.*)", str(error))
        assert match is not None, (str(error), file)
        if said := SAID.get(file.fault):
            assert (int(match[1]), bool(re.search(said, match[2]))) == (file.line, True), (str(error), file)
        return "refused"
    assert found == file.rows, file
    return "read"


@pytest.mark.slow
def test_random_files(tmp_path: Path) -> None:
    seen: Counter[tuple[str, str]] = Counter()
    for number in range(FILES):
        file = random_file(Random(f"{SEED}/{number}"))
        seen[file.fault or "none", outcome(file, tmp_path / "rows.csv")] += 1
    print("\n" + "\n".join(f"{fault:22} {what:8} {count}" for (fault, what), count in sorted(seen.items())))
    assert {what for fault, what in seen if fault == "none"} == {"read"}

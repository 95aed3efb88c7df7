"""Random CSV files: some as RFC 4180 has them, some with one fault."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass
from random import Random

ENDS = ("\n", "\r\n", "\r")
FAULTS = ("latin-1 byte", "mixed line ends", "quote not closed", "text after a quote", "cell missing", "cell too many",
          "empty cell too many", "bare quote", "space before a quote")  # fmt: skip
_LETTERS = ["a", "b", "7", ".", " ", ";", "'", "\\", "#", "\t", "ü", "日", "\u2028", "\x0b", "\x85", "😀"]
_SPECIAL = [",", '"', '""', "\n", "\r", "\r\n", "\n\n", ',"', '",', '"\n"', "\n1,2\n"]


@dataclass(frozen=True, slots=True)
class CsvFile:
    """The bytes of a file, and its fault with the line where it is; None if there is no fault."""

    content: bytes
    fault: str | None
    line: int

    @property
    def rows(self) -> list[list[str]]:
        """The rows as Python's csv module reads them, the header first. A blank line is none but in a single column,
        where its cell is empty."""
        text = self.content.decode("utf-8-sig", "replace")
        read = csv.reader(io.StringIO(text, newline=""))
        header = next(row for row in read if row)
        return [header, *(row or [""] for row in read if row or len(header) == 1)]


def random_file(random: Random) -> CsvFile:
    """Return a file; every second one has a fault."""
    end = random.choice(ENDS)
    columns = random.choice([1, 1, 2, 3, 4, 9, 60])
    length = random.choice([0, 1, 2, 5, 20, 200 if columns < 9 else 9])
    quoting = random.choice([0.05, 0.3, 1.0])
    breaks = random.random() < 0.6
    records = [_names(random, columns, breaks)]
    records += [[_cell(random, breaks) for _ in range(columns)] for _ in range(length)]
    lines = [",".join(_written(cell, random.random() < quoting) for cell in record) for record in records]
    fault = random.choice(FAULTS) if random.random() < 0.5 and length else None
    at = random.randrange(1, len(lines)) if fault else 0
    ends = [end] * len(lines)
    if fault:
        lines[at], ends[at], fault = _faulty(random, fault, records[at], lines[at], end)
        if fault == "mixed line ends" and at == len(lines) - 1:
            lines.append(",".join(["1"] * columns))
            ends.append(end)
    if random.random() < 0.3:
        ends[-1] = ""
    blank = [end * random.choice([1, 2]) if random.random() < 0.1 else "" for _ in lines]
    if columns == 1:
        # A line that is blank would be a row with an empty cell, and an empty last line no row at all.
        lines = [line or '""' for line in lines]
    if ends[-1] == "":
        blank[-1] = ""
    before = end * random.choice([0, 0, 0, 1, 3])
    pieces = [line + e + b for line, e, b in zip(lines, ends, blank, strict=True)]
    mark = "\ufeff" if random.random() < 0.2 else ""
    text = (mark + before + "".join(pieces)).encode().replace("\ue000".encode(), b"\xe9")
    line = _breaks(before + "".join(pieces[:at])) + 1 if fault else 0
    if fault == "latin-1 byte":
        line += _breaks(lines[at].partition("\ue000")[0])
    return CsvFile(text, fault, line)


def _names(random: Random, columns: int, breaks: bool) -> list[str]:
    names = [f"n{i}_" + (_cell(random, breaks) if random.random() < 0.3 else "") for i in range(columns)]
    # A single name with a semicolon in it, say, is rather several.
    return names if columns > 1 else [re.sub(r"[;\t]", "", names[0])]


def _cell(random: Random, breaks: bool) -> str:
    special = [text for text in _SPECIAL if breaks or not {"\r", "\n"} & set(text)]
    kinds = [_LETTERS] * 4 + [special]
    return "".join(random.choice(random.choice(kinds)) for _ in range(random.choice([0, 1, 1, 2, 4, 9])))


def _written(cell: str, quoted: bool) -> str:
    return '"' + cell.replace('"', '""') + '"' if quoted or {",", '"', "\r", "\n"} & set(cell) else cell


def _faulty(random: Random, fault: str, record: list[str], line: str, end: str) -> tuple[str, str, str]:
    """Return the line with the fault, its line end, and the fault; another one if the line cannot have it."""
    cells = [_written(cell, random.random() < 0.3) for cell in record]
    i = random.randrange(len(cells))
    match fault:
        case "latin-1 byte":
            cells[i] = _written(record[i] + "\ue000", True)
        case "mixed line ends":
            return line or '""', random.choice([other for other in ENDS if other != end]), fault
        case "quote not closed":
            cells[i] = '"' + record[i].replace('"', "")
        case "text after a quote":
            cells[i] = '"x"y'
        case "cell missing" if len(cells) > 1:
            del cells[i]
            cells[0] = cells[0] or '""'
        case "cell missing" | "cell too many":
            cells.insert(i, "x")
            fault = "cell too many"
        case "empty cell too many":
            cells.append("")
        case "bare quote":
            cells[i] = 'x"y'
        case "space before a quote":
            cells[i] = ' "x,y"' if random.random() < 0.5 else '  "x"'
    return ",".join(cells), end, fault


def _breaks(text: str) -> int:
    return text.count("\n") + text.count("\r") - text.count("\r\n")

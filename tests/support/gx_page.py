"""The page about Great Expectations: its table is that of the code."""

from __future__ import annotations

from headgate.gx.types import TYPES

START, END = "<!-- types: written by tests/test_docs.py, do not edit -->", "<!-- end of types -->"


def table() -> str:
    lines = ["| type | answered by | GX is asked for |", "| --- | --- | --- |"]
    for reading in TYPES.values():
        how = reading.how if reading.how != "gx" else "GX" if reading.on_pandas else "GX (raises on pandas)"
        lines.append(f"| `{reading.type}` | {how} | {reading.note or '–'} |")
    return "\n".join(lines)


def page(text: str) -> str:
    head, _, rest = text.partition(START)
    return f"{head}{START}\n{table()}\n{END}{rest.partition(END)[2]}"

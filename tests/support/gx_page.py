"""The page about Great Expectations: its tables are those of the code."""

from __future__ import annotations

from headgate.expectations import EXPECTATIONS
from headgate.gx.types import TYPES

WRITTEN = "written by tests/test_docs.py, do not edit -->"


def types() -> str:
    lines = ["| type | answered by | GX is asked for |", "| --- | --- | --- |"]
    for reading in TYPES.values():
        how = reading.how if reading.how != "gx" else "GX" if reading.on_pandas else "GX (raises on pandas)"
        lines.append(f"| `{reading.type}` | {how} | {reading.note or '–'} |")
    return "\n".join(lines)


def exported() -> str:
    lines = ["| check type | expectation | what GX reads otherwise |", "| --- | --- | --- |"]
    for name in sorted({name for one in EXPECTATIONS.values() for name in one.says}):
        of_type = {kind: one for kind, one in EXPECTATIONS.items() if name in one.says}
        said = ", ".join(f"`{kind}`" for kind, one in of_type.items() if one.from_check)
        notes = dict.fromkeys(one.note or one.why_not for one in of_type.values())
        lines.append(f"| `{name}` | {said or 'not exported'} | {', '.join(filter(None, notes)) or '–'} |")
    return "\n".join(lines)


def page(text: str) -> str:
    for name, table in (("exported", exported), ("types", types)):
        start, end = f"<!-- {name}: {WRITTEN}", f"<!-- end of {name} -->"
        head, _, rest = text.partition(start)
        text = f"{head}{start}\n{table()}\n{end}{rest.partition(end)[2]}"
    return text

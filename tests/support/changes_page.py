"""docs/changes.md: the rules from their table, and what another tool says to the table of cases."""

from __future__ import annotations

import json
import re
import textwrap
from collections import Counter

from headgate.changes.change import Level
from headgate.changes.table import TABLE, Row

from tests.conformance.changes import CHANGES
from tests.conformance.peers import RECORD

_MARKED = re.compile(r"(<!-- (rules|peers): .*? -->\n).*?(<!-- end of \2 -->)", re.DOTALL)


def page(now: str) -> str:
    """The page with its two tables as they must be; what is written by hand around them stays."""
    tables = {"rules": _rules, "peers": _peers}
    return _MARKED.sub(lambda match: "\n".join([match[1].rstrip(), *tables[match[2]](), match[3]]), now)


def _rules() -> list[str]:
    lines = ["| rule | change | C | P | version | why |", "| --- | --- | --- | --- | --- | --- |"]
    return [*lines, *(_row(row) for row in TABLE)]


def _row(row: Row) -> str:
    places = _shortened(row.where.split())
    when = "" if row.when == "*" else f": {', '.join(row.when.split())}"
    star = "\\*" if row.measured else ""
    return f"| `{row.rule}` | {places}{when} | {row.consumers} | {row.producers}{star} | {row.bump} | {row.reason} |"


def _shortened(places: list[str]) -> str:
    shown = [f"`{place}`" for place in places[:4]]
    return ", ".join(shown) + (f" and {len(places) - 4} more" if len(places) > 4 else "")


_RANK = {"none": 0, "info": 0, "warning": 1, "error": 2}
_OURS = {Level.NONE: 0, Level.DOC: 0, Level.SAFE: 0, Level.RISK: 1, Level.BREAK: 2}


def _peers() -> list[str]:
    record = json.loads(RECORD.read_text(encoding="utf-8"))
    rows: list[str] = []
    found: Counter[str] = Counter()
    for name, _, _, forth, back in CHANGES:
        for arrow, ours, theirs in (("→", forth, record["answers"][name][0]), ("←", back, record["answers"][name][1])):
            sides = [max((Level[_word(g.split()[i])] for g in ours), default=Level.NONE) for i in (1, 2)]
            mine, other = max(_OURS[side] for side in sides), max(_RANK[level] for level in theirs)
            verdict = (
                "same" if mine == other else "headgate is graver" if mine > other else "datacontract-cli is graver"
            )
            found[verdict] += 1
            found["holes"] += mine == 2 and other == 0
            shown = "" if verdict == "same" else verdict
            rows.append(f"| {name} | {arrow} | {sides[0]} | {sides[1]} | {theirs[0]} | {theirs[1]} | {shown} |")
    counts = (
        f"Of {found.total() - found['holes']} changes, both say the same of {found['same']} (BREAK and error, RISK and "
        f"warning, anything less); headgate is graver {found['headgate is graver']} times, {found['holes']} of them a "
        f"BREAK that the other reports as info or not at all; datacontract-cli is graver "
        f"{found['datacontract-cli is graver']} times. Graver is not better: every such row is a reading to decide on. "
        "datacontract-cli fails on most loosened bounds, rules and enums, which are a RISK here unless the field is "
        "critical; it asks producers for a new object's data, which headgate does not; and it knows no types, so that "
        "a wider one, or another name of the same, fails. Settings of headgate's own are among the changes, and "
        "no other tool can know them."
    )
    head = ["| change | | C | P | consumer | producer | |", "| --- | --- | --- | --- | --- | --- | --- |"]
    said = textwrap.wrap(f"{record['tool']}, {record['date']}. {counts}", 120, break_on_hyphens=False)
    return [*said, "", *head, *rows]


def _word(level: str) -> str:
    return "NONE" if level == "–" else level

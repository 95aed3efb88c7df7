"""The same changes, graded by another tool.

What it says is recorded in tests/conformance/peers.json, which docs/changes.md shows. `HEADGATE_PEERS=1` runs the tool
and compares; with `HEADGATE_WRITE=1` the record is written anew.
"""

from __future__ import annotations

import datetime
import json
import os

import pytest

from tests.conformance.changes import CHANGES
from tests.conformance.changes_base import edited
from tests.conformance.peers import DATACONTRACT, RECORD, breaking


@pytest.mark.slow
@pytest.mark.skipif(not os.environ.get("HEADGATE_PEERS"), reason="HEADGATE_PEERS=1 runs other tools (some minutes)")
def test_what_datacontract_cli_says() -> None:
    sides = [tuple(json.dumps(edited(edits)) for edits in row[1:3]) for row in CHANGES]
    answers = iter(breaking([pair for old, new in sides for pair in ((old, new), (new, old))]))
    found = {row[0]: [list(next(answers)), list(next(answers))] for row in CHANGES}
    assert not [name for name, sides in found.items() if any("failed" in level for side in sides for level in side)]
    if os.environ.get("HEADGATE_WRITE"):
        today = datetime.datetime.now(datetime.UTC).date().isoformat()
        record = {"tool": DATACONTRACT, "date": today, "answers": found}
        lines = ",\n".join(f"  {json.dumps(name)}: {json.dumps(sides)}" for name, sides in found.items())
        head = json.dumps({k: v for k, v in record.items() if k != "answers"})[1:-1]
        RECORD.write_text(f'{{{head}, "answers": {{\n{lines}\n}}}}\n', encoding="utf-8")
    assert json.loads(RECORD.read_text(encoding="utf-8"))["answers"] == found


def test_the_record_has_every_case() -> None:
    """A case that is new or has another name: `HEADGATE_PEERS=1 HEADGATE_WRITE=1` on this file."""
    record = json.loads(RECORD.read_text(encoding="utf-8"))
    assert (record["tool"], list(record["answers"])) == (DATACONTRACT, [row[0] for row in CHANGES])

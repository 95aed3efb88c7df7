"""Broken contracts: whatever is done to a file, there is an answer, soon, and it names the line."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from collections.abc import Iterable
from itertools import islice, repeat
from pathlib import Path
from typing import Any

import pytest

from tests.support import lint_child
from tests.support.mutations import KINDS, Kind, Mutant, Source

# Of each file at first, and in all at least; the longest file fills up.
A_FILE, AT_LEAST = 6, 90

FULL = """\
apiVersion: v3.2.0
kind: DataContract
id: generated
version: 1.0.0
status: active
description:
  purpose: to be broken
team:
  name: Shop
  members:
    - username: ann
      role: owner
      dateIn: "2024-01-01"
    - username: bob
      description: helps
servers:
  - server: warehouse
    type: duckdb
    database: w.duckdb
  - server: lake
    type: local
    path: data
    format: parquet
support:
  - channel: shop
    url: https://example.com
roles:
  - role: reader
    access: read
  - role: writer
    access: write
slaProperties:
  - property: latency
    value: 4
    unit: h
  - property: retention
    value: 3
    unit: y
schema:
  - name: customers
    description: who buys
    properties:
      - name: id
        logicalType: integer
        primaryKey: true
      - name: email
        logicalType: string
        businessName: address
        classification: pii
  - name: orders
    description: what they buy
    quality:
      - metric: rowCount
        type: library
        mustBeGreaterThan: 0
        dimension: completeness
    properties:
      - name: id
        logicalType: string
        primaryKey: true
        description: number of the order
      - name: customer
        logicalType: integer
        description: who bought
        relationships:
          - to: customers.id
      - name: amount
        logicalType: number
        required: true
        businessName: amount in euros
      - name: placed
        logicalType: date
        quality:
          - metric: nullValues
            type: library
            mustBe: 0
            dimension: completeness
"""


def lint_all(texts: Iterable[str]) -> list[dict[str, Any]]:
    done = subprocess.run(
        [sys.executable, lint_child.__file__], input=json.dumps(list(texts)), capture_output=True, text=True, check=True
    )
    return json.loads(done.stdout)


def mutants(kind: Kind, sources: list[Source], a_file: int, at_least: int) -> list[tuple[Source, Mutant]]:
    """So many of each file, and again where that is too few."""
    chance = random.Random(kind.__name__)
    made = [zip(repeat(source), kind(source, chance)) for source in sources]
    chosen: list[tuple[Source, Mutant]] = []
    while len(chosen) < at_least and (more := [pair for some in made for pair in islice(some, a_file)]):
        chosen += more
    return chosen


def told(mutant: Mutant, answer: dict[str, Any], before: list[Any]) -> bool:
    """Whether a problem that was not there before stands at a line of the mutation, or, where nothing may change,
    whether nothing did."""
    if "broken" in answer:
        raise AssertionError(f"{mutant.kind}: {mutant.what}\n{answer['broken']}")
    if not mutant.lines:
        return answer["loads"] and len(answer["problems"]) == len(before)
    known = {(rule, message) for _, _, rule, message in before}
    new = {line for line, _, rule, message in answer["problems"] if (rule, message) not in known}
    return bool(new & mutant.lines)


def judge(kind: Kind, sources: list[Source], a_file: int, at_least: int) -> tuple[int, list[Mutant]]:
    """How many mutants there were, and those of which the line was not told."""
    before = dict(zip((s.text for s in sources), lint_all(s.text for s in sources), strict=True))
    chosen = mutants(kind, sources, a_file, at_least)
    answers = zip(chosen, lint_all(mutant.text for _, mutant in chosen), strict=True)
    missed = [m for (source, m), answer in answers if not told(m, answer, before[source.text]["problems"])]
    return len(chosen), missed


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_a_generated_contract(kind: Kind) -> None:
    count, missed = judge(kind, [Source(FULL)], 6, 1)
    assert count >= 2
    assert missed == []


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_the_standards_examples(kind: Kind, shared: Path) -> None:
    files = sorted((shared / "spec" / "odcs" / "examples").glob("*.yaml"))
    assert len(files) == 18
    count, missed = judge(kind, [Source(f.read_text(encoding="utf-8")) for f in files], A_FILE, AT_LEAST)
    print(f"{kind.__name__}: {count} mutants, the line told of {count - len(missed)}")
    assert count >= 60
    assert len(missed) <= 0.05 * count, [(m.what, sorted(m.lines)) for m in missed]


def test_all_problems_at_once() -> None:
    lines = FULL.splitlines()
    wrong = {
        "    type: duckdb": "    typ: duckdb",
        "  - property: latency": "  - propert: latency",
        "        logicalType: integer": "        logicalType: int",
        "        dimension: completeness": "        dimension: complete",
    }
    broken = [wrong.get(line, line) for line in lines]
    places = {number for number, line in enumerate(lines, 1) if line in wrong}
    (answer,) = lint_all(["\n".join(broken)])
    assert places <= {line for line, *_ in answer["problems"]}

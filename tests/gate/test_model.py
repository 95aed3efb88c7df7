"""Publishes, reruns, releases and drops in any order, beside a model in Python that says what must be the case then."""

from __future__ import annotations

import contextlib
import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from headgate.contract import Dataset
from headgate.errors import CallError
from headgate.gate import drop, quarantined, release

from tests.support.contracts import dataset
from tests.support.warehouse import WAREHOUSES, Warehouse, put

PLACES = tuple(WAREHOUSES)
START = datetime(2026, 1, 1, tzinfo=UTC)
# Of which mode, and of which part, a run key is; a second letter tells runs of the same mode apart.
MODES = {"r": "replace", "a": "append", "u": "upsert", "p": "replace", "s": "swap"}
KEYS = ("ra", "rb", "aa", "ab", "ua", "ub", "p1", "p2", "sa")
POLICIES: list[Any] = ["halt", "warn", "quarantine", "quarantine", ["quarantine", "last_known_good"],
                       ["last_known_good", "warn"], ["quarantine", "warn"]]  # fmt: skip


@dataclass(frozen=True)
class Row:
    """`v` as the source says it; of what is served, `key` is that of the run that it came with."""

    id: str | None
    v: str | None
    day: int
    tag: str | None
    key: str | None = None

    def __str__(self) -> str:
        return ",".join("" if cell is None else str(cell) for cell in (self.id, self.v, self.day, self.tag))

    @property
    def number(self) -> int | None:
        return int(self.v) if self.v not in (None, "x") else None

    @property
    def shown(self) -> tuple[Any, ...]:
        return (self.id, self.number, self.day, self.tag)


@dataclass
class Model:
    """What a target serves, what is set aside of each run (rows with their reasons), and what is recorded."""

    served: list[Row] = field(default_factory=list)
    there: bool = False
    aside: dict[str, list[tuple[Row, frozenset[str]]]] = field(default_factory=dict)
    order: list[str] = field(default_factory=list)
    counts: dict[str, tuple[int, int]] = field(default_factory=dict)
    stale: str | None = None

    def staying(self, key: str, new: list[Row]) -> list[Row]:
        match key[0]:
            case "a":
                return [row for row in self.served if row.key != key]
            case "u":
                return [row for row in self.served if row.id is None or row.id not in {n.id for n in new}]
            case "p":
                return [row for row in self.served if row.day != int(key[1])]
        return []

    def broken(self, key: str, rows: list[Row], standing: list[Row]) -> list[frozenset[str]]:
        """The rules that each row breaks."""
        ids, tags = Counter(r.id for r in rows), Counter(r.tag for r in rows)
        there_ids, there_tags = {r.id for r in standing} - {None}, {r.tag for r in standing} - {None}
        found = []
        for row in rows:
            said = {
                "id.primaryKey": row.id is None,
                "primaryKey": row.id is not None and ids[row.id] > 1,
                "primaryKey.new": row.id in there_ids,
                "tag.unique": row.tag is not None and tags[row.tag] > 1,
                "tag.unique.new": row.tag in there_tags,
                "v.logicalType": row.v == "x",
                "v.minimum": (row.number or 0) < 0,
            }
            found.append(frozenset(name for name, broken in said.items() if broken))
        return found

    def publish(self, key: str, rows: list[Row], chain: list[str], limit: int) -> str:
        replaced = len(self.served) - len(self.staying(key, []))
        if not rows and replaced:
            return self.empty(key, chain)
        reasons = self.broken(key, rows, self.staying(key, rows))
        good = [row for row, broken in zip(rows, reasons, strict=True) if not broken]
        bad = [(row, broken) for row, broken in zip(rows, reasons, strict=True) if broken]
        if not bad:
            return self.switch(key, rows, [])
        for policy in chain:
            if policy == "quarantine" and good and 100 * len(bad) <= limit * len(rows):
                if not any(self.broken(key, good, self.staying(key, good))):
                    return self.switch(key, good, bad)
            elif policy == "last_known_good" and self.there:
                self.stale = self.stale or key
                return "kept_last_good"
            elif policy == "warn":
                unkeyed = key[0] == "u" and any(b & {"primaryKey", "id.primaryKey"} for b in reasons)
                return "halted" if unkeyed else self.switch(key, rows, [])
            elif policy == "halt":
                break
        return "halted"

    def empty(self, key: str, chain: list[str]) -> str:
        """Nothing in the place of rows is a breach that is not about single rows."""
        for policy in chain:
            if policy == "last_known_good":
                self.stale = self.stale or key
                return "kept_last_good"
            if policy == "warn":
                return self.switch(key, [], [])
        return "halted"

    def switch(self, key: str, rows: list[Row], bad: list[tuple[Row, frozenset[str]]]) -> str:
        standing = self.staying(key, rows)
        self.served = [*standing, *(replace(row, key=key) for row in rows)]
        self.there, self.stale = True, None
        self.aside.pop(key, None)
        if bad:
            self.aside[key] = bad
        if self.order[-1:] != [key]:
            self.order = [*(k for k in self.order if k != key), key]
        self.counts[key] = (len(rows), len(bad))
        return "published_partly" if bad else "published"

    def superseded(self, key: str) -> bool:
        """Whether what the run published was published anew since."""
        later = self.order[self.order.index(key) + 1 :]
        if key[0] == "a":
            return any(k[0] in "rs" for k in later)
        return any(k[0] != "a" and (k[0] != "p" or key[0] != "p" or k == key) for k in later)

    def release(self, key: str) -> bool:
        rows, accepted = [row for row, _ in self.aside[key]], frozenset().union(*(b for _, b in self.aside[key]))
        if key[0] == "u" and any(b & {"primaryKey", "id.primaryKey"} for b in self.broken(key, rows, [])):
            return False
        stays = self.staying(key, rows) if key[0] == "u" else self.served
        mended = [replace(row, v=None if row.v == "x" else row.v) for row in rows]
        together = frozenset().union(*self.broken(key, [*stays, *mended], []))
        already = frozenset().union(*self.broken(key, self.served, []))
        if together - already - accepted:
            return False
        self.served = [*stays, *(replace(row, key=key) for row in mended)]
        del self.aside[key]
        return True


def contract(on_breach: Any, limit: int) -> Dataset:
    return dataset(
        {"name": "id", "logicalType": "string", "primaryKey": True},
        {"name": "v", "logicalType": "integer", "logicalTypeOptions": {"minimum": 0}},
        {"name": "day", "logicalType": "integer"},
        {"name": "tag", "logicalType": "string", "unique": True},
        settings={"onBreach": on_breach, "maxQuarantinePercent": limit},
    )


def some_rows(chance: random.Random, key: str) -> list[Row]:
    days = (int(key[1]),) if key[0] == "p" else (1, 2, 3)
    return [
        Row(
            chance.choice([*"abcdefghijkl"] * 2 + [None]),
            chance.choice(["1", "2", "3", "4", "5", "6", "-1", "x", None]),
            chance.choice(days),
            chance.choice([*"ABCDEFGH", *[None] * 12]),
        )
        for _ in range(chance.choice([0, 1, 1, 2, 3, 3, 4, 5]))
    ]


def state(warehouse: Warehouse, model: Model) -> tuple[Any, Any]:
    """What is the case, and what the model says, alike."""
    aside = [(key, *row.shown, sorted(b)) for key, rows in model.aside.items() for row, b in rows]
    found = warehouse.rows("shop.things__quarantine", "headgate_run_key, id, v, day, tag, headgate_reasons")
    records = "run_key, rows_published, rows_set_aside"
    return (
        {
            "served": warehouse.rows(columns="id, v, day, tag"),
            "aside": sorted(((*row[:-1], sorted(row[-1])) for row in found), key=repr),
            "records": warehouse.rows("headgate.publications", records),
            "stale": [key for (key,) in warehouse.rows("headgate.stale", "run_key")],
            "left": [name for name in warehouse.tables() if "__headgate" in name],
        },
        {
            "served": sorted((row.shown for row in model.served), key=repr),
            "aside": sorted(aside, key=repr),
            "records": sorted(((key, *counts) for key, counts in model.counts.items()), key=repr),
            "stale": [model.stale] if model.stale else [],
            "left": [],
        },
    )


def steps(chance: random.Random, warehouse: Warehouse, model: Model) -> Iterator[str]:
    """Random steps, taken on both; what each was, and how it ended."""
    last: tuple[Any, ...] = ()
    for number in range(8):
        waiting = sorted(model.aside)
        what = chance.choice(["publish"] * 5 + ["again"] * bool(last) + ["release", "release", "drop"] * bool(waiting))
        if what in ("publish", "again"):
            if what == "publish":
                key = chance.choice(KEYS)
                last = (key, some_rows(chance, key), chance.choice(POLICIES), chance.choice([50, 100]))
            key, rows, policy, limit = last
            expected = model.publish(key, rows, [policy] if isinstance(policy, str) else policy, limit)
            where = f"day = {key[1]}" if key[0] == "p" else None
            outcome = put(
                warehouse, contract(policy, limit), *map(str, rows), key=key, header="id,v,day,tag",
                mode=MODES[key[0]], where=where, now=START + timedelta(minutes=number),
            )  # fmt: skip
            yield f"{what} {key} {policy} {limit} {[str(r) for r in rows]}: {outcome}"
            assert str(outcome.status) == expected
            continue
        key = chance.choice(waiting)
        if what == "drop":
            assert drop(contract("halt", 100), warehouse.target, run_key=key) == len(model.aside.pop(key))
            yield f"drop {key}"
            continue
        (found,) = [a for a in quarantined(contract("halt", 100), warehouse.target) if a.run_key == key]
        asked = {"run_key": key, "accepted": found.fingerprint, "by": "olga", "why": "seen"}
        if model.superseded(key):
            with contextlib.suppress(CallError):
                assert release(contract("halt", 100), warehouse.target, **asked).refused
        rows = len(model.aside[key])
        done = release(contract("halt", 100), warehouse.target, **asked, allow_older=True)
        assert (done.rows, done.refused is None) == ((rows, True) if model.release(key) else (0, False))
        if done.refused is None:
            assert release(contract("halt", 100), warehouse.target, **asked, allow_older=True).before
        yield f"release {key}: {done}"


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(3))
def test_any_order_of_steps_ends_as_the_model_says(seed: int, warehouse: Warehouse) -> None:
    model, taken = Model(), []
    try:
        for step in steps(random.Random(seed), warehouse, model):
            taken.append(step)
            found, expected = state(warehouse, model)
            assert found == expected
    except BaseException as error:
        error.add_note("\n".join(taken))
        raise

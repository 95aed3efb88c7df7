"""Killed at any moment, a publish leaves the old version or the new one, whole; the rerun ends as if nothing had been.

`make test-faults` kills more often: 200 times at random for each place and mode, ten times in each step.
"""

from __future__ import annotations

import os
import random
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from headgate.errors import CallError

from tests.support.arena import ARENAS, MODES, READABLE, Arena, KeyedArena, reading
from tests.support.zygote import STEPS

pytestmark = pytest.mark.slow

# Kills at random for each place and mode, and in each step; 40 a place in all.
RANDOM = int(os.environ.get("HEADGATE_KILLS", "10"))
IN_STEPS = int(os.environ.get("HEADGATE_KILLS_IN_STEPS", "1"))
# One each in `make test`, for the modes that touch the most and the least of a target.
MODES_IN_STEPS = list(MODES) if IN_STEPS > 1 else ["replace", "upsert"]
NAMED = ("staging", "auditing", *list(STEPS.values())[:1], "auditing again", "switching", *list(STEPS.values())[1:])


@pytest.fixture(scope="module", params=list(ARENAS))
def arena(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Arena]:
    made = ARENAS[request.param](tmp_path_factory.mktemp("kill"))
    yield made
    made.close()


def versions(arena: Arena, mode: str) -> list[str]:
    """What is seen of either version, with the target serving the first."""
    arena.mode = mode
    arena.fresh()
    arena.publish(0)
    second = arena.publish(1)
    first = arena.publish(0)
    assert first != second
    return [first, second]


def table(hits: Counter[tuple[str, str]]) -> str:
    found = list(dict.fromkeys(step for step, _ in hits))
    steps = [step for step in NAMED if step in found] + [step for step in found if step not in NAMED]
    outcomes = ("old", "new", "mixed")
    lines = [f"{'killed during':<32}" + "".join(f"{name:>7}" for name in outcomes)]
    lines += [f"{step:<32}" + "".join(f"{hits[step, name]:>7}" for name in outcomes) for step in steps]
    return "\n".join(lines)


@pytest.mark.parametrize("mode", MODES)
def test_a_kill_at_random_leaves_the_old_version_or_the_new_one(mode: str, arena: Arena) -> None:
    kill_at_random(arena, mode)


def test_a_table_of_duckdb_with_a_key_too(tmp_path: Path) -> None:
    arena = KeyedArena(tmp_path)
    try:
        kill_at_random(arena, "replace")
    finally:
        arena.close()


def kill_at_random(arena: Arena, mode: str) -> None:
    known, chance, hits = versions(arena, mode), random.Random(mode), Counter[tuple[str, str]]()
    for n in range(RANDOM):
        new = (n + 1) % 2
        step = arena.kill(new, chance.random())
        found = arena.state()
        hits[step, "new" if found == known[new] else "old" if found == known[1 - new] else "mixed"] += 1
        assert arena.publish(new) == known[new], f"after a kill during {step}, the rerun ends wrong"
    print(f"\n{type(arena).__name__}, {mode}: {RANDOM} kills within {arena.seconds:.2f} s\n{table(hits)}")
    assert not [step for step, outcome in hits if outcome == "mixed"]


@pytest.mark.parametrize("mode", MODES_IN_STEPS)
def test_a_kill_in_each_step(mode: str, arena: Arena) -> None:
    known, hits, new = versions(arena, mode), Counter[tuple[str, str]](), 1
    for step in NAMED:
        for _ in range(IN_STEPS):
            if not arena.kill_in(new, step):  # no such step in this place: it was published
                assert arena.state() == known[new]
            else:
                found = arena.state()
                hits[step, "new" if found == known[new] else "old" if found == known[1 - new] else "mixed"] += 1
                assert arena.publish(new) == known[new], f"after a kill in {step}, the rerun ends wrong"
            new = 1 - new
    print(f"\n{type(arena).__name__}, {mode}: {IN_STEPS} kills in each step\n{table(hits)}")
    assert not [step for step, outcome in hits if outcome == "mixed"]
    # What the steps mean: before the commit there is the old version, after it the new one.
    assert hits["writing record", "old"] == hits["cleaning up", "new"] == IN_STEPS


def test_readers_see_a_whole_version_at_any_time(arena: Arena) -> None:
    if not any(isinstance(arena, ARENAS[name]) for name in READABLE):
        pytest.skip("a DuckDB file that is written is open to nobody else")
    for mode in MODES_IN_STEPS:
        known, chance = versions(arena, mode), random.Random(mode)
        with reading(arena) as seen:
            for n in range(max(2, RANDOM // 4)):
                arena.kill((n + 1) % 2, chance.random())
                arena.publish((n + 1) % 2)
        assert seen <= set(known), mode
        assert len(seen) == 2, "the reader saw only one of the versions"


def test_without_the_transaction_or_the_pointers_rename_it_fails(arena: Arena) -> None:
    """The mutation: what the tests above forbid is what they then find."""
    known = versions(arena, "replace")
    mutant, step = ("pointer", "pointing") if "Parquet" in type(arena).__name__ else ("commit", "writing record")
    if mutant == "commit":
        assert arena.kill_in(1, step, mutant)
        assert arena.state() not in known
        return
    pid, lines = arena.start(1, None, mutant)
    assert step in lines  # it has come so far
    found = set()
    for _ in range(100):
        try:
            found.add(arena.state())
        except CallError:
            found.add("half a pointer")
    os.kill(pid, 9)
    assert list(lines)[-1] != "exit 0"
    assert "half a pointer" in found

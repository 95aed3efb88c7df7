"""The ladder: from the cheapest step that decides whether two datasets agree to the values that differ.

counts → sums by group, on each side → all rows pulled, or checksums of ranges first, whichever is cheaper → the rows
that differ → the columns that differ, and what the differences have in common.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, TypeVar

from headgate.checks.reconciliation import Reconciliation
from headgate.compare import plan
from headgate.compare.background import RowsBehind
from headgate.compare.checksums import differing
from headgate.compare.found import Reconciled, Step
from headgate.compare.groups import groups_of
from headgate.compare.joined import Decided
from headgate.compare.matched import columns_of, match, within
from headgate.compare.patterns import find_patterns
from headgate.compare.period import Watermark, watermark
from headgate.compare.side import Side, opened, workbench
from headgate.compare.tables import Part, Tables
from headgate.contract import Dataset
from headgate.errors import UnsupportedError
from headgate.places import Place
from headgate.plural import counted

T = TypeVar("T")
# So many differences of each kind are looked at.
EXAMPLES = 10_000


def reconcile(
    own: Place,
    other: Place,
    rule: Reconciliation,
    *,
    now: datetime,
    own_dataset: Dataset | None = None,
    other_dataset: Dataset | None = None,
    bandwidth: float = plan.DEFAULT_BANDWIDTH,
    examples: int = EXAMPLES,
) -> Reconciled:
    """Return how two datasets agree.

    Args:
        now: what `settled` of the rule is counted from; aware.
        own_dataset, other_dataset: the contracts' datasets, for types of files and the columns that are compared.
        bandwidth: how fast rows move from the other platform, in bytes a second.
        examples: how many differences of each kind are looked at for what they have in common, at most.

    Raises:
        CallError: there is no such data, or the rule names what it does not have.
        QueryError: it could not be read.
        TransientError: a place could not be reached now.
    """
    with opened(own, other, own_dataset, other_dataset) as (a, b):
        promised = [p.column for p in own_dataset.properties] if own_dataset else []
        return compare(a, b, rule, now=now, promised=promised, bandwidth=bandwidth, examples=examples)


def compare(
    own: Side,
    other: Side,
    rule: Reconciliation,
    *,
    now: datetime,
    promised: Sequence[str] = (),
    bandwidth: float = plan.DEFAULT_BANDWIDTH,
    examples: int = EXAMPLES,
) -> Reconciled:
    """Return how two open sides agree; `promised` are the columns that a contract names. Arguments and errors as of
    `reconcile`."""
    own, other = own.filtered(rule.where, now), other.filtered(rule.other_where, now)
    empty = Reconciled(own.name, other.name, rule.unit)
    try:
        mark = watermark(own, other, rule, now)
        return _Ladder(own, other, rule, mark, bandwidth).climb(empty, promised, examples)
    except UnsupportedError as why:
        return replace(empty, lost=str(why))


@dataclass
class _Ladder:
    """The steps that were taken so far."""

    own: Side
    other: Side
    rule: Reconciliation
    mark: Watermark | None
    bandwidth: float
    steps: list[Step] = field(default_factory=list)

    def climb(self, found: Reconciled, promised: Sequence[str], examples: int) -> Reconciled:
        (own, late), (other, other_late) = self._timed(
            "counts", self._counts, lambda counts: f"{counts[0][0]:,} and {counts[1][0]:,} rows"
        )
        rows = (own, other)
        found = replace(found, rows=rows, late=late + other_late if self.mark else None)
        if not all(rows):
            return self._of_empty(found)
        alone = ""
        if self.rule.of_rows:
            pairs, alone = columns_of(self.own, self.other, self.rule, promised)
            keys = match(self.own, self.other, self.rule.key, "k")
            columns = within(match(self.own, self.other, pairs, "c"), self.rule)
            tables = Tables(self.own, self.other, keys, columns, self.mark)
        else:
            groups = self._timed(
                "sums by group", lambda: groups_of(self.own, self.other, self.rule, self.mark),
                lambda groups: counted(len(groups.columns), "sum"),
            )  # fmt: skip
            tables = Tables(groups.own, groups.other, groups.keys, groups.columns)
        with workbench(tables.own, tables.other) as bench:
            decided, elsewhere = self._decided(bench, tables, max(rows))
            totals = decided.totals()
            found = replace(
                found,
                compared=totals["compared"] + elsewhere,
                changed=totals["changed"],
                only_own=totals["only_own"],
                only_other=totals["only_other"],
                columns=decided.columns(),
                alone=alone,
                families={m.name: m.family for m in tables.every},
            )
            if found.differing:
                some = decided.examples(examples)
                behind = RowsBehind(decided.joined, tables)
                sides = (self.own.name, self.other.name)
                patterns = find_patterns(some, found.families, background=behind, sides=sides)
                found = replace(found, examples=some, patterns=patterns)
            return replace(found, steps=tuple(self.steps))

    def _counts(self) -> tuple[tuple[int, int], tuple[int, int]]:
        """Return how many rows either side has, of those that are settled, and how many are not."""
        mark = self.mark
        own, other = (mark.late(mark.own), mark.late(mark.other)) if mark else (None, None)
        return self.own.count(own), self.other.count(other)

    def _of_empty(self, found: Reconciled) -> Reconciled:
        """Two empty sides agree; where one is, nothing else has to be read."""
        own, other = found.rows
        words = ""
        if own or other:
            empty, full = (self.other, self.own) if own else (self.own, self.other)
            words = f"{empty.name} is empty, {full.name} has {counted(own or other, 'row')}"
        return replace(found, steps=tuple(self.steps), empty=words)

    def _decided(self, bench: Any, tables: Tables, rows: int) -> tuple[Decided, int]:
        """Return how the rows differ, and how many are known to be equal without having been moved."""
        if tables.own.session is tables.other.session is bench:
            return self._joined("join in place", bench, tables)
        if tables.own.session is tables.other.session and tables.mark is None:
            return self._joined("rows that differ, found in place", bench, tables, reduced=True)
        if not self.rule.of_rows:
            return self._joined("pull of groups", bench, tables)
        if self.mark is not None or any(m.tolerance for m in tables.columns):
            # What is tolerated, and what is late, is seen in rows alone.
            return self._joined("pull", bench, tables)
        size = plan.Size(rows, len(tables.every), tables.width)
        if ranges := self._ranges(tables, size):
            return self._by_checksums(bench, tables, size, ranges)
        return self._joined("pull", bench, tables)

    def _ranges(self, tables: Tables, size: plan.Size) -> int:
        """Return how many ranges have a checksum, 0 if it is cheaper to pull all rows."""
        whole = plan.pull(size, self.bandwidth)
        least = plan.checksums(size, self.bandwidth, plan.ranges_for(size))
        self.steps.append(Step("plan", f"pull: about {whole}; checksums: at least {least}"))
        if least.seconds >= whole.seconds:
            return 0
        ranges = tables.ranges(plan.sums_for(size), size.rows)
        likely = 0
        if ranges.width:
            own, other = self._timed("sums by range", lambda: tables.sums(ranges), lambda both: _told(*both), sums=True)
            likely = plan.likely(len(differing(own, other)), len(own.keys() | other.keys()))
        number = plan.cheapest(size, self.bandwidth, likely)
        cost = plan.checksums(size, self.bandwidth, number, likely)
        self.steps.append(
            Step("plan", f"about {counted(likely, 'row')} differ; checksums of {number:,} ranges: {cost}")
        )
        return number if cost.seconds < whole.seconds else 0

    def _by_checksums(self, bench: Any, tables: Tables, size: plan.Size, number: int) -> tuple[Decided, int]:
        ranges = tables.ranges(number, size.rows)
        own, other = self._timed("checksums", lambda: tables.checksums(ranges), lambda both: _told(*both), sums=True)
        bad = differing(own, other)
        if len(bad) > plan.MANY * len(own.keys() | other.keys()):
            return self._joined("pull", bench, tables)
        same = sum(checksum[0] for number, checksum in own.items() if checksum == other.get(number))
        decided, _ = self._joined("rows", bench, tables, (ranges, bad))
        return decided, same

    def _joined(
        self, name: str, bench: Any, tables: Tables, part: Part | None = None, *, reduced: bool = False
    ) -> tuple[Decided, int]:
        start = time.perf_counter()
        decided, moved, equal = tables.decide(bench, part, reduced=reduced)
        totals = decided.totals()
        differ = totals["changed"] + totals["only_own"] + totals["only_other"]
        told = f"{differ:,} of {totals['compared'] + equal:,} {self.rule.unit} differ"
        size = int(moved * tables.width) if moved else 0
        self.steps.append(Step(name, told, moved, 0, size, time.perf_counter() - start))
        return decided, equal

    def _timed(self, name: str, run: Callable[[], T], told: Callable[[T], str], *, sums: bool = False) -> T:
        start = time.perf_counter()
        result: Any = run()
        moved = len(result[1]) if sums else 0
        seconds = time.perf_counter() - start
        self.steps.append(Step(name, told(result), 0, moved, moved * plan.CHECKSUM_BYTES, seconds))
        return result  # type: ignore[no-any-return]


def _told(own: dict[int, Any], other: dict[int, Any]) -> str:
    return f"{len(differing(own, other)):,} of {counted(len(own.keys() | other.keys()), 'range')} differ"

"""Texts that only Python can judge: each distinct one is streamed and looked at once, before the plan is made."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace

from sqlglot import exp

from headgate.checks import CATALOGUE, Check
from headgate.checks import conditions as c
from headgate.checks.row_filter import of_relation
from headgate.places import Relation, Session
from headgate.scan.bind import Binding

BATCH = 10_000
# So many bad texts are kept, as a condition for examples and quarantine. Beyond it the count is exact all the same, and
# which rows they are is not known.
KEPT = 1_000


@dataclass
class _Tally:
    """What is found of one check."""

    expected: Callable[[str], bool]
    rows: int = 0
    bad: list[str] = field(default_factory=list)
    partial: bool = False

    def look(self, text: str, rows: int) -> None:
        if self.expected(text):
            return
        self.rows += rows
        if len(self.bad) < KEPT:
            self.bad.append(text)
        else:
            self.partial = True

    @property
    def args(self) -> dict[str, object]:
        return {"bad": tuple(self.bad), "rows": self.rows, "partial": self.partial}


def looked_at(checks: Iterable[Check], relation: Relation, session: Session) -> tuple[Check, ...]:
    """The checks, those of texts with what was found: `bad` texts, the `rows` that have one, whether bad is `partial`.

    Columns that hold no texts are left to the plan, which says so.
    """
    chosen = tuple(checks)
    groups: dict[tuple[str, str], dict[str, Check]] = {}
    for check in chosen:
        if CATALOGUE[check.type].predicate and _holds_texts(check, relation):
            groups.setdefault((check.columns[0], repr(check.where)), {})[check.key] = check
    found: dict[str, _Tally] = {}
    for group in groups.values():
        found |= _tallied(group, relation, session)
    return tuple(replace(k, args={**k.args, **found[k.key].args}) if k.key in found else k for k in chosen)


def _holds_texts(check: Check, relation: Relation) -> bool:
    kind, columns = CATALOGUE[check.type], relation.by_name
    there = all(name in columns for name in check.names)
    return there and kind.installed and bool(columns[check.columns[0]].logical & kind.wants)


def _tallied(group: dict[str, Check], relation: Relation, session: Session) -> dict[str, _Tally]:
    one = next(iter(group.values()))
    tallies = {}
    for key, check in group.items():
        predicate = CATALOGUE[check.type].predicate
        assert predicate is not None
        tallies[key] = _Tally(predicate(check))
    text = exp.alias_(exp.cast(c.column(one.columns[0]), "TEXT"), "text")
    present = exp.select(text).from_(of_relation(relation.as_data, one)).where(c.not_null(one.columns))
    size = exp.alias_(exp.Count(this=exp.Star()), "size")
    distinct = exp.select("text", size).from_(present.subquery("present")).group_by("text")
    for batch in session.batches(Binding(relation, {}).bound(distinct, one), BATCH):
        for value, rows in batch:
            for tally in tallies.values():
                tally.look(value, rows)
    return tallies

"""The evaluator of texts that only Python can judge: each distinct one is streamed and looked at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from sqlglot import exp

from headgate.checks import CATALOGUE, Check
from headgate.checks import conditions as sql
from headgate.checks.row_filter import of_relation
from headgate.errors import QueryError
from headgate.places import Relation, Session
from headgate.scan.bind import Binding
from headgate.scan.evaluate import Measured

BATCH = 10_000
# So many bad texts are kept, as a condition for examples and quarantine. Beyond it the count is exact all the same, and
# which rows they are is not known.
KEPT = 1_000


@dataclass
class _Tally:
    """What is found of one check."""

    check: Check
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
    def measured(self) -> Measured:
        condition = sql.in_set(self.check.columns[0], tuple(self.bad), None)
        return Measured(self.rows, "count", unexpected_when=condition, partial=self.partial)


def evaluate(checks: Sequence[Check], relation: Relation, session: Session) -> Mapping[str, Measured]:
    """Return what was measured for each check, by its key; see `Evaluator`."""
    groups: dict[tuple[str, str], list[Check]] = {}
    for check in checks:
        groups.setdefault((check.columns[0], repr(check.where)), []).append(check)
    found: dict[str, Measured] = {}
    for group in groups.values():
        try:
            found |= {tally.check.key: tally.measured for tally in _tallied(group, relation, session)}
        except QueryError as error:
            found |= {check.key: Measured(error=str(error)) for check in group}
    return found


def _tallied(group: Sequence[Check], relation: Relation, session: Session) -> list[_Tally]:
    one, tallies = group[0], []
    for check in group:
        predicate = CATALOGUE[check.type].predicate
        assert predicate is not None
        tallies.append(_Tally(check, predicate(check)))
    text = exp.alias_(exp.cast(sql.column(one.columns[0]), "TEXT"), "text")
    present = exp.select(text).from_(of_relation(relation.as_data, one)).where(sql.not_null(one.columns))
    size = exp.alias_(exp.Count(this=exp.Star()), "size")
    distinct = exp.select("text", size).from_(present.subquery("present")).group_by("text")
    for batch in session.batches(Binding(relation, {}).bound(distinct, one), BATCH):
        for value, rows in batch:
            for tally in tallies:
                tally.look(value, rows)
    return tallies

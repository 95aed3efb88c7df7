"""headgate's own word on a change of a schema: the graded difference of two contracts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from headgate.changes.agreement import Agreement, agreed
from headgate.changes.change import Change, Level
from headgate.changes.grade import compare

if TYPE_CHECKING:
    from headgate.contract.document import Document


@dataclass(frozen=True, slots=True)
class Comparison:
    """`by` says what was compared with the contract: 'the contract at main', 'the registered schema'.

    For producers (P), and whoever reads old data with the new schema: BACKWARD. For consumers (C), who read new data
    with the old one: FORWARD.
    """

    by: str
    changes: tuple[Change, ...]

    @property
    def producers(self) -> Level:
        return max((change.producers for change in self.changes), default=Level.NONE)

    @property
    def consumers(self) -> Level:
        return max((change.consumers for change in self.changes), default=Level.NONE)

    def failing(self, strict: bool = False) -> tuple[Change, ...]:
        """Return the breaking changes that nobody has agreed to; with `strict` the risky ones as well."""
        least = Level.RISK if strict else Level.BREAK
        return tuple(change for change in self.changes if change.level >= least and not change.is_agreed)


def compared(
    old: Document, new: Document, dataset: str, *, by: str, agreements: Sequence[Agreement] = ()
) -> Comparison:
    """Return what changed of one dataset from `old` to `new`, two readings of one contract."""
    diff = agreed(compare(old, new), list(agreements))
    return Comparison(by, tuple(change for change in diff.changes if change.dataset == dataset))

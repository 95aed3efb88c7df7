"""What was found of one subject: the word of the registry, and headgate's, beside each other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from headgate.changes.change import Change, Level
from headgate.streams.registry.compatibility import looks_backward, looks_forward

if TYPE_CHECKING:
    from headgate.streams.registry.client import Answer, Registered, SchemaText
    from headgate.streams.registry.comparison import Comparison
    from headgate.streams.registry.compatibility import Mode
    from headgate.streams.schemas import Lost

Word = Literal["compatible", "incompatible", "incompatible in one or both", "not asked"]


@dataclass(frozen=True, slots=True)
class SubjectFinding:
    """Of one dataset of a contract, at `file:line`.

    `latest` is the newest version of its subject, None of a new one; `known` the version as which the registry has the
    contract's schema already. `answer` is the registry's word under its `mode`. `comparison` is ours; None of a new
    subject. `lost` is what the schema does not say of the contract.
    """

    subject: str
    dataset: str
    contract: str
    file: str
    line: int
    schema: SchemaText
    mode: Mode
    latest: Registered | None
    known: int | None
    answer: Answer
    comparison: Comparison | None
    lost: tuple[Lost, ...] = ()
    strict: bool = False
    notes: tuple[str, ...] = ()

    @property
    def is_known(self) -> bool:
        """Whether the newest version of the subject is the contract's schema, by the registry's reading."""
        return self.latest is not None and self.known == self.latest.version

    @property
    def backward(self) -> Word:
        """The registry's word for readers of the new schema, who meet old data."""
        return self._word(looks_backward(self.mode))

    @property
    def forward(self) -> Word:
        """The registry's word for readers of the old schema, who meet new data."""
        return self._word(looks_forward(self.mode))

    def _word(self, asked: bool) -> Word:
        if self.mode == "NONE" or not asked:
            return "not asked"
        if self.answer.compatible:
            return "compatible"
        both = looks_backward(self.mode) and looks_forward(self.mode)
        return "incompatible in one or both" if both else "incompatible"

    @property
    def failing(self) -> tuple[Change, ...]:
        """The changes that headgate calls breaking, and that nobody has agreed to."""
        return self.comparison.failing(self.strict) if self.comparison else ()

    @property
    def silent(self) -> tuple[Change, ...]:
        """The changes that headgate calls breaking or risky, where the registry takes the schema."""
        if self.comparison is None or not self.answer.compatible:
            return ()
        return tuple(change for change in self.comparison.changes if change.level >= Level.RISK)

    @property
    def fails(self) -> bool:
        """Whether the registry or headgate calls it breaking."""
        return not self.answer.compatible or bool(self.failing)


@dataclass(frozen=True, slots=True)
class Pushed:
    """What became of the schema of one subject. `version` and `id` are those of the registry; None where it was not
    registered, and `why` says why. `new`: it was not there before."""

    finding: SubjectFinding
    version: int | None = None
    id: int | None = None
    new: bool = False
    why: str = ""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SubjectDifference:
    """`lines` is a unified diff from the registered schema to the contract's."""

    finding: SubjectFinding
    lines: tuple[str, ...]

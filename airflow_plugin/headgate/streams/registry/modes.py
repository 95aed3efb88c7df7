"""The compatibility modes that a push sets, and sets back where it registers nothing."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from headgate.errors import HeadgateError

if TYPE_CHECKING:
    from headgate.streams.registry.client import Registry
    from headgate.streams.registry.compatibility import Mode


@dataclass(slots=True)
class Modes:
    """The modes of subjects in one push. `before` has those that were set, each with what it was: None where the
    subject had none of its own."""

    registry: Registry
    before: dict[str, Mode | None] = field(default_factory=dict)

    def set(self, subject: str, mode: Mode) -> None:
        """Set the mode of a subject and read it back, where it is another. Raises CallError where it is not kept."""
        own = self.registry.own_mode(subject)
        if own != mode:
            self.before[subject] = own
            self.registry.set_mode(mode, subject)

    def set_back(self, subject: str) -> str:
        """Set the mode of a subject back, and return what holds now; nothing where it was not set."""
        if subject not in self.before:
            return ""
        before = self.before.pop(subject)
        try:
            if before is None:
                self.registry.unset_mode(subject)
            else:
                self.registry.set_mode(before, subject)
            return f"the mode of '{subject}' is {self.registry.mode(subject)} again"
        except HeadgateError:
            pass
        try:
            return f"the mode of '{subject}' could not be set back: it is {self.registry.mode(subject)} now"
        except HeadgateError:
            was = before or "the registry's default"
            return f"the mode of '{subject}' could not be set back; it was {was}"

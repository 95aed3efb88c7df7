"""What a platform can do with a target: the facts from which the commit of a publish follows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from headgate.errors import CallError
from headgate.places.records import MODES, SWAP, Mode, WriteMode

if TYPE_CHECKING:
    from headgate.places.statements import TableState, Target


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What is true of every target of a platform.

    Attributes:
        modes: the modes (`records.MODES`) in which it can be published into.
        commit: what makes a publish visible: a transaction of its database, or a pointer to files that are complete.
        swap: whether another table can take the place of a whole one: never, if mode `swap` asks for it, or always
            where the table has nothing that would be lost.
        comments: whether a table has a comment that consumers see.
        grants: whether users have rights on a table of their own, so that a new quarantine has to be closed to them.
    """

    modes: tuple[Mode, ...] = MODES
    commit: Literal["transaction", "pointer"] = "transaction"
    swap: Literal["never", "asked", "always"] = "never"
    comments: bool = False
    grants: bool = False

    def ensure_mode(self, target: Target, mode: WriteMode) -> None:
        """Raise CallError where the platform has no such mode."""
        if mode.kind not in self.modes:
            raise CallError(f"{target}: there is no mode {mode.kind} there; use {' or '.join(self.modes)}")

    def swaps(self, mode: WriteMode, state: TableState) -> bool:
        """Return whether another table takes the place of a target that is as `state` says.

        A table that was appended to, or that has what a staged one has not (constraints, indexes, columns that fill
        themselves), keeps it.
        """
        if not mode.whole or self.swap == "never":
            return False
        if self.swap == "asked":
            return mode.kind == SWAP and state.exists
        return not state.has_run_key and not state.keeps

"""The compatibility modes of a registry."""

from __future__ import annotations

from typing import Literal, cast

from headgate.contract.settings import MODES
from headgate.errors import CallError
from headgate.suggest import did_you_mean

Mode = Literal["NONE", "BACKWARD", "BACKWARD_TRANSITIVE", "FORWARD", "FORWARD_TRANSITIVE", "FULL", "FULL_TRANSITIVE"]


def mode_of(text: str, what: str) -> Mode:
    """Return the mode of a text in any case. Raises CallError with the modes that there are; `what` is what gave it."""
    name = text.strip().upper().replace("-", "_")
    if name not in MODES:
        raise CallError(f"{what} '{text}' is not a compatibility mode{did_you_mean(name, MODES)}; "
                        f"expected one of {', '.join(MODES)}")  # fmt: skip
    return cast(Mode, name)


def looks_backward(mode: Mode) -> bool:
    """Return whether under this mode readers of the new schema must be able to read what is there already."""
    return mode.startswith(("BACKWARD", "FULL"))


def looks_forward(mode: Mode) -> bool:
    """Return whether under this mode readers of the old schema must be able to read what comes."""
    return mode.startswith(("FORWARD", "FULL"))

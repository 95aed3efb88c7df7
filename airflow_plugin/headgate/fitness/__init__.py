"""The one answer: may I use this data now?

`fitness` is pure: what is known, a clock and a consumer's needs come in, an answer goes out. `status` reads.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from headgate.lazy import lazily

if TYPE_CHECKING:
    from headgate.fitness.answer import Answer, Fitness, Reason
    from headgate.fitness.ask import status
    from headgate.fitness.decide import fitness
    from headgate.fitness.evidence import Evidence, Finding, Trouble, Unreadable

_HOMES = {
    "Answer": "answer",
    "Evidence": "evidence",
    "Finding": "evidence",
    "Fitness": "answer",
    "Reason": "answer",
    "Trouble": "evidence",
    "Unreadable": "evidence",
    "fitness": "decide",
    "status": "ask",
}
__all__ = ["Answer", "Evidence", "Finding", "Fitness", "Reason", "Trouble", "Unreadable", "fitness", "status"]

__getattr__ = lazily(__name__, {name: f"{__name__}.{home}:{name}" for name, home in _HOMES.items()})

"""The answer to "may I use this data now?" for people: the answer and its reasons first, then what serves."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING

import click

from headgate.levels.reading import length_words
from headgate.plural import counted
from headgate.render.escaping import plain

if TYPE_CHECKING:
    from datetime import datetime

    from headgate.fitness import Fitness
    from headgate.render.answers import StatusAnswer

_WORDS = {"yes": "yes", "degraded": "yes, but", "no": "no", "unknown": "unknown"}
_COLOURS = {"yes": "green", "degraded": "yellow", "no": "red", "unknown": "cyan"}


def render(answer: StatusAnswer, *, colour: bool = False) -> str:
    """Return the answer in lines of text."""
    found = answer.fitness
    word = _WORDS[found.answer]
    whose = f" for {found.consumer}" if found.consumer else ""
    said = click.style(word, fg=_COLOURS[found.answer], bold=True) if colour else word
    lines = [f"{plain(f'{found.dataset} at {answer.place}: may it be used now{whose}?')} {said}"]
    for reason in found.reasons:
        since = f" (since {_minute(reason.since)})" if reason.since else ""
        detail = f": {reason.detail}" if reason.detail else ""
        lines.append(plain(f"  {_WORDS[reason.calls_for]}: {reason.text}{detail}{since}"))
    lines += [plain(f"  {name}: {text}") for name, text in _facts(found)]
    return "\n".join(lines)


def _facts(found: Fitness) -> list[tuple[str, str]]:
    served = found.publication
    facts = [("contract", f"{found.contract_id} {found.contract_version}")]
    if served is not None:
        under = "" if served.contract_version == found.contract_version else f" under {served.contract_version}"
        at = _minute(served.published_at or served.run_at)
        facts.append(("serves", f"{counted(served.rows_published, 'row')} of {served.run_key}{under}, published {at}"))
    if found.age is not None:
        promise = f"; promised {found.promised}" if found.promised else ""
        facts.append(("age", f"{length_words(found.age)}{promise}"))
    if found.valid_until is not None:
        facts.append(("valid until", _minute(found.valid_until)))
    facts.append(("owner", found.owner or "not said"))
    if found.support:
        facts.append(("support", ", ".join(found.support)))
    return [*facts, ("as of", _minute(found.as_of))]


def _minute(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M} UTC"

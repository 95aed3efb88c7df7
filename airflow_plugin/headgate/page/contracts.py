"""All datasets with a contract, those in trouble first."""

from __future__ import annotations

from collections.abc import Iterator

from headgate.page.ask import Ask
from headgate.page.document import document
from headgate.page.overview import Line, overview
from headgate.page.state import State

_A_PAGE = 50


def contracts(ask: Ask) -> str:
    """Return the list of contracts, as the parameters choose: `q` (a part of the name, the owner or a consumer),
    `owner`, `domain`, `state`, `page` from 1 on."""
    found = overview(ask)
    chosen = [line for line in found.lines if _is_asked(line, ask)]
    pages = max(1, -(-len(chosen) // _A_PAGE))
    page = min(max(_number(ask.query.get("page", "")), 1), pages)
    # A folder has one file of all.
    shown = chosen if ask.links.static else chosen[(page - 1) * _A_PAGE : page * _A_PAGE]
    return document(
        ask,
        "contracts.html",
        lines=shown,
        total=len(chosen),
        of=len(found.lines),
        page=page,
        pages=1 if ask.links.static else pages,
        owners=sorted({line.owner for line in found.lines if line.owner}, key=str.casefold),
        domains=sorted({line.domain for line in found.lines if line.domain}, key=str.casefold),
        states=[state for state in State if found.counts[state]],
        counts=found.counts,
        query={name: ask.query.get(name, "") for name in ("q", "owner", "domain", "state")},
    )


def _is_asked(line: Line, ask: Ask) -> bool:
    wanted = ask.query.get("q", "").strip().casefold()
    if wanted and not any(wanted in each.casefold() for each in _texts(line)):
        return False
    exact = {"owner": line.owner, "domain": line.domain, "state": str(line.state)}
    return all(not ask.query.get(name) or ask.query[name] == value for name, value in exact.items())


def _texts(line: Line) -> Iterator[str]:
    yield from (line.name, line.owner)
    if line.standing is not None and line.standing.place is not None:
        yield line.standing.place.name
    for each in line.incidents:
        yield from (consumer.name for consumer in each.concern.consumers)


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 7 else 1

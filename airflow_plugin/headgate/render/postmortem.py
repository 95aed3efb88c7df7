"""The post-mortem of an incident as Markdown: what the history knows, and what people fill in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from headgate.history.timeline import EFFECTS
from headgate.levels.reading import length_words
from headgate.plural import counted
from headgate.render import trace as traces
from headgate.render.escaping import code, markdown
from headgate.render.incidents import ends, minute, promise, readers, reference, span

if TYPE_CHECKING:
    from headgate.incidents import Incident
    from headgate.render.answers import IncidentAnswer

# So many sentences of lineage are quoted.
_FINDINGS = 20
_ENDS = {
    "held": "the promise held again",
    "accepted": "it was accepted as it is",
    "withdrawn": "the contract did not make the promise any more",
    "superseded": "newer data held",
}


def document(answer: IncidentAnswer, at: datetime) -> str:
    """Return the post-mortem of an incident, as known `at` a time."""
    line = answer.detail.line
    title = f"# Incident {line.number}: {markdown(f'{line.concern.dataset}: {line.incident.broken.statement}')}"
    parts = (_what(answer, at), _impact(answer, at), _times(answer), _timeline(answer), _cause(answer), _before(answer))
    return "\n".join((title, *(each for part in parts for each in ("", *part)), *_BLANKS))


_BLANKS = (
    "",
    "## Root cause",
    "",
    "*To fill in: why could this happen, and why was it not found earlier?*",
    "",
    "## Actions",
    "",
    "*To fill in: what makes sure that it does not happen again, or is found earlier?*",
    "",
    "| action | who | until |",
    "| --- | --- | --- |",
    "|  |  |  |",
)


def _what(answer: IncidentAnswer, at: datetime) -> Iterator[str]:
    line = answer.detail.line
    concern, incident = line.concern, line.incident
    yield "## What happened"
    yield ""
    where = f" at {code(concern.place.name)}" if concern.place else ""
    verb = "breaks" if incident.open else "broke"
    yield (
        f"{code(f'{concern.contract}.{concern.dataset}')}{where} {verb} a promise of its contract "
        f"(version {markdown(incident.version)}): {code(promise(incident))}."
    )
    yield ""
    state = "It is open" if incident.open else "It was open"
    end = "" if incident.open else f"; it is closed because {ends(incident)}"
    has = f"; {incident.ack.by} has it" if incident.open and incident.ack else ""
    yield f"{state} {markdown(f'{span(incident, at)}{end}{has}')}."
    yield ""
    support = ", ".join(concern.support)
    yield f"Owner: {markdown(concern.owner or 'not named')}. Support: {markdown(support or 'not named')}."
    if concern.link:
        yield f"Log of the newest run: {markdown(concern.link)}"


def _impact(answer: IncidentAnswer, at: datetime) -> Iterator[str]:
    detail = answer.detail
    incident = detail.line.incident
    yield "## Impact"
    yield ""
    until = minute(incident.closed) if incident.closed else "now, it is still open"
    yield f"From {minute(incident.since)} to {until}, at worst: {EFFECTS[incident.effect]}."
    if columns := incident.broken.columns:
        yield f"The promise is about {', '.join(map(code, columns))}."
    yield f"Read by: {markdown(readers(detail.line) or 'nobody whom the contract names')}."
    if detail.joined:
        yield f"Broken by it, downstream: {markdown(', '.join(map(reference, detail.joined)))}."


def _times(answer: IncidentAnswer) -> Iterator[str]:
    took = answer.detail.times
    yield "## How long it took"
    yield ""
    yield from _table(
        ("to", "time", "from"),
        [
            ("find it", length_words(took.detect) if took.detect is not None else "not known",
             "the end of the data interval that it broke in"),
            ("tell somebody", length_words(took.notify) if took.notify is not None else "no message arrived",
             "the run that found it"),
            ("repair it", length_words(took.repair) if took.repair is not None else "not repaired",
             "the run that found it"),
        ],
    )  # fmt: skip


def _timeline(answer: IncidentAnswer) -> Iterator[str]:
    yield "## Timeline"
    yield ""
    rows = [(minute(each.at), each.kind, each.text, each.by) for each in answer.detail.timeline]
    yield from _table(("when", "what", "", "by"), rows)


def _cause(answer: IncidentAnswer) -> Iterator[str]:
    yield "## Where it came from"
    yield ""
    cause = answer.detail.line.cause
    if cause:
        yield f"{markdown(reference(cause))} was open upstream when this began: begin there."
    else:
        yield "No incident was open upstream when this began."
    yield ""
    if answer.trace is None:
        why = f"{markdown(answer.why)}. " if answer.why else ""
        yield f"{why}What it was made from then is said by:"
        yield ""
        yield code(answer.command)
        return
    yield f"{code(answer.command)} says:"
    yield ""
    found = traces.findings(answer.trace)
    yield from (f"- {markdown(each)}" for each in found[:_FINDINGS] or ["nothing changed, and nothing was held back"])


def _before(answer: IncidentAnswer) -> Iterator[str]:
    line = answer.detail.line
    yield "## How often"
    yield ""
    yield f"This promise broke {counted(line.broke, 'time')} in the last 28 days."
    incident: Incident = line.incident
    if len(incident.episodes) > 1:
        yield f"This incident was open {counted(len(incident.episodes), 'time')}:"
        yield ""
        yield from _table(
            ("from", "to", "ended because", "in run, or by"),
            [
                (minute(each.opened), minute(each.closed) if each.closed else "still open",
                 _ENDS[each.how] if each.how else "", each.by)
                for each in incident.episodes
            ],
        )  # fmt: skip


def _table(names: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    yield f"| {' | '.join(names)} |"
    yield "| --- " * len(names) + "|"
    yield from (f"| {' | '.join(map(markdown, row))} |" for row in rows)

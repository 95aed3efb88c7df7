"""Where data of a moment came from, as the first page of a post-mortem."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from headgate.lineage.graph import Publication
    from headgate.lineage.trace import Served, Trace


def when(moment: datetime | None) -> str:
    seconds = ":%S" if moment and moment.second else ""
    return f"{moment:%Y-%m-%d %H:%M{seconds}} {moment.tzname()}" if moment else "unknown"


def heading(trace: Trace) -> str:
    moment = f"the run of {when(trace.at)}" if trace.nominal else when(trace.at)
    return f"{trace.start.name.name}, as served at {moment}"


def served(one: Publication | None) -> str:
    """Return a publication in a line: what happened, when, by which run, and by what promise."""
    if one is None:
        return "no run that wrote it is known"
    said = [f"{_outcome(one)} {when(one.at)}"]
    said += [f"of {when(one.about)}"] if one.about and one.about != one.at else []
    said += [f"by {one.job}"] if one.job else []
    said += [f"run key {one.run_key}"] if one.run_key else []
    said += [f"contract {one.contract} {one.version}".strip()] if one.contract else []
    said += [f"commit {one.commit}"] if one.commit else []
    said += [f"verdict {one.verdict}"] if one.verdict else []
    said += [f"policy {one.policy}"] if one.policy else []
    said += [f"rows {what} {count:,}" for what, count in one.rows.items() if what != "before"]
    return " · ".join(said)


def _outcome(one: Publication) -> str:
    return (one.outcome or ("written" if one.completed else "failed")).replace("_", " ")


def reasons(one: Publication) -> list[str]:
    """Return the broken rules of a run, or why older data was kept."""
    return [str(each) for each in one.failed] or ([one.stale_reason] if one.stale_reason else [])


def owner(one: Served) -> str:
    said = [", ".join(one.node.owners)] if one.node.owners else []
    return " · ".join((*said, *map(str, one.node.support)))


def findings(trace: Trace) -> list[str]:
    """Return the findings in sentences: what changed last, and what was held back."""
    said = []
    if (last := trace.changed_last) and last.publication:
        who = f"; owner {owner(last)}" if owner(last) else ""
        said.append(f"Changed last: {last.node.name.name}, {served(last.publication)}{who}.")
    for one in trace.served:
        for run in one.held_back:
            why = "; ".join(reasons(run))
            kept = f"; the publication of {when(one.publication.about or one.publication.at)} kept serving" \
                if one.publication else ""  # fmt: skip
            who = f"; owner {owner(one)}" if owner(one) else ""
            about = when(run.about or run.at)
            said.append(
                f"Held back: {one.node.name.name} of {about} ({_outcome(run)}){f': {why}' if why else ''}{kept}{who}."
            )
    unknown = [one.node.name.name for one in trace.served if one.publication is None]
    if unknown:
        said.append(f"No run that wrote it is known: {', '.join(unknown)}.")
    return said


def details(one: Served) -> Iterator[tuple[str, str]]:
    """Yield the lines on a dataset, each with what it is about."""
    yield "served", served(one.publication)
    if one.publication and reasons(one.publication):
        yield "broken", "; ".join(reasons(one.publication))
    if one.before:
        yield "before", served(one.before)
        yield "differs", "; ".join(one.differences) or "nothing that the events tell"
    for run in one.held_back:
        why = "; ".join(reasons(run))
        yield "held back", f"{served(run)}{f': {why}' if why else ''}"
    if owner(one):
        yield "owner", owner(one)


def document(trace: Trace, escape: Callable[[object], str]) -> str:
    """Return the trace as Markdown; `escape` makes text of contracts and events mean nothing."""
    lines = [f"# {escape(heading(trace))}", ""]
    lines += [f"- {escape(each)}" for each in findings(trace)]
    lines += ["", "| dataset | steps up | served | outcome | contract | verdict | owner |", "| --- " * 7 + "|"]
    for one in trace.served:
        run = one.publication
        cells = (
            one.node.name.name,
            one.distance,
            when(run.at) if run else "unknown",
            _outcome(run) if run else "unknown",
            f"{run.contract} {run.version}".strip() if run and run.contract else "none known",
            run.verdict if run and run.verdict else "not known",
            owner(one) or "not known",
        )
        lines.append(f"| {' | '.join(escape(cell) for cell in cells)} |")
    for one in trace.served:
        lines += ["", f"## {escape(one.node.name.name)}", ""]
        lines += [f"- {what}: {escape(text)}" for what, text in details(one)]
    return "\n".join(lines)

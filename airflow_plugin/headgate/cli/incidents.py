"""headgate incidents: what is broken, who has it, and what is done about it."""

from __future__ import annotations

import getpass
import shlex
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import click

from headgate import alerts
from headgate import history as kept
from headgate.alerts.address import view_address
from headgate.cli.graph import default_source, graph_at
from headgate.cli.groups import DefaultGroup
from headgate.cli.options import UNKNOWN, complain, exits, format_option, show
from headgate.cli.store import open_flushed, store_option
from headgate.errors import CallError, DataNotFoundError, HeadgateError
from headgate.incidents import Deed
from headgate.incidents.deed import DONE, given, mute_end, refusal
from headgate.lineage.find import find
from headgate.lineage.trace import trace
from headgate.render.answers import ActAnswer, IncidentAnswer, IncidentsAnswer
from headgate.suggest import did_you_mean

if TYPE_CHECKING:
    from headgate.history.incident_views import IncidentDetail, IncidentLine
    from headgate.history.store import Store
    from headgate.lineage.trace import Trace

# So many open incidents are named where a number is wrong.
_SHOWN = 10

numbers_argument = click.argument("which", metavar="NUMBER...", nargs=-1, required=True)
by_option = click.option("--by", metavar="NAME", help="Who does it; by default your user name.")


@click.group(cls=DefaultGroup, default="list", short_help="List what is broken, say who has it, and mute it.")
def incidents() -> None:
    """What is broken: `headgate incidents`.

    An incident is one promise of a dataset that does not hold, from the first run that found it until a run in which it
    holds again. It closes by itself. NUMBER is its number, or its key.
    """


@incidents.command("list", short_help="List the open incidents. The default.")
@click.option("--all", "closed", is_flag=True, help="The closed ones as well.")
@click.option("--dataset", metavar="NAME", help="Only of DATASET, or CONTRACT.DATASET.")
@store_option
@format_option(IncidentsAnswer)
@exits
def list_(closed: bool, dataset: str | None, url: str | None, form: str) -> int:
    """List the open incidents: those that are worst for readers first, then those with most consumers, then the oldest.

    Exits 0, whether or not any is open; 3 where runs wait that are not in the history yet.
    """
    with open_flushed(url) as asked:
        store = asked.store
        if dataset is not None and not kept.find(store, dataset):
            names = [each.dataset for each in kept.home(store)]
            raise DataNotFoundError(f"the history has no dataset '{dataset}'{did_you_mean(dataset, names)}")
        now = datetime.now(UTC)
        found = kept.list_incidents(store, now, closed=closed, name=dataset)
        show(IncidentsAnswer(found, closed), form)
        if form == "text" and any(_would_page(each, now) for each in found) and not _has_channels():
            complain("nobody is told: no channel is configured here; set HEADGATE_CHANNELS: docs/alerts.md")
    return UNKNOWN if asked.lacks else 0


@incidents.command("show", short_help="Show an incident with its timeline; as Markdown its post-mortem.")
@click.argument("which", metavar="NUMBER")
@store_option
@format_option(IncidentAnswer)
@exits
def show_incident(which: str, url: str | None, form: str) -> int:
    """Show an incident: what broke, who has it, who was told, and its timeline. As Markdown it is a post-mortem, in
    which the root cause and the actions are left to fill in."""
    with open_flushed(url) as asked:
        detail = _detail(asked.store, which)
    found, why = _trace(detail) if form == "markdown" else (None, "")
    page = view_address("incidents", detail.line.number)
    show(IncidentAnswer(detail, _impact_command(detail), found, why, page), form)
    return 0


@incidents.command()
@numbers_argument
@by_option
@click.option("--note", "text", default="", help="What is known so far.")
@store_option
@format_option(ActAnswer)
@exits
def ack(which: tuple[str, ...], by: str | None, text: str, url: str | None, form: str) -> int:
    """Say that you have it: its owner is told who has it, and is not reminded every day any more."""
    return _do(url, form, which, Deed.ACK, by, text.strip())


@incidents.command()
@numbers_argument
@click.option("--until", required=True, metavar="TIME", help="A time (2026-03-03T10:00; UTC unless it has a zone), "
              "or how long from now: 4h, 2d. `now` ends a mute.")  # fmt: skip
@click.option("--reason", required=True, help="Why; it is kept.")
@by_option
@store_option
@format_option(ActAnswer)
@exits
def mute(which: tuple[str, ...], until: str, reason: str, by: str | None, url: str | None, form: str) -> int:
    """Let nobody be told of it until a time, except that it is over."""
    now = datetime.now(UTC)
    return _do(url, form, which, Deed.MUTE, by, given(reason, "--reason"), mute_end(until, now, "--until"), now)


@incidents.command()
@click.argument("which", metavar="NUMBER")
@click.argument("text")
@by_option
@store_option
@format_option(ActAnswer)
@exits
def note(which: str, text: str, by: str | None, url: str | None, form: str) -> int:
    """Add TEXT to its timeline."""
    return _do(url, form, (which,), Deed.NOTE, by, given(text, "TEXT"))


@incidents.command()
@numbers_argument
@click.option("--reason", required=True, help="Why; it is kept.")
@by_option
@store_option
@format_option(ActAnswer)
@exits
def accept(which: tuple[str, ...], reason: str, by: str | None, url: str | None, form: str) -> int:
    """Close it though the promise does not hold. A run that is measured later, and breaks it, opens it again."""
    return _do(url, form, which, Deed.ACCEPT, by, given(reason, "--reason"))


def _would_page(line: IncidentLine, now: datetime) -> bool:
    each = line.incident
    return each.open and each.pages and not (line.cause and line.cause.pages) and not each.muted(now)


def _has_channels() -> bool:
    try:
        return bool(alerts.channels_of())
    except HeadgateError:  # that it is wrong is said where something is sent
        return True


def _do(
    url: str | None,
    form: str,
    which: tuple[str, ...],
    deed: Deed,
    by: str | None,
    text: str,
    until: datetime | None = None,
    at: datetime | None = None,
) -> int:
    now, who = at or datetime.now(UTC), (by or "").strip() or getpass.getuser()
    with open_flushed(url) as asked:
        store = asked.store
        numbers = _numbers(store, which, deed)
        kept.act(store, numbers, deed, who, text, until, now)
        after = tuple(_detail(store, str(number)).line for number in numbers)
    alerts.send_due(url, lineage=0)
    ended = deed is Deed.MUTE and until is not None and until <= now
    show(ActAnswer(after, f"{'not muted any more' if ended else DONE[deed]}, by {who}"), form)
    return 0


def _numbers(store: Store, which: tuple[str, ...], deed: Deed) -> tuple[int, ...]:
    """Return the numbers of incidents. Raises CallError, with all that are wrong, where it cannot be done of each."""
    numbers, wrong, missing = [], [], False
    for each in dict.fromkeys(which):
        try:
            line = _detail(store, each).line
        except DataNotFoundError as error:
            wrong.append(str(error))
            missing = True
            continue
        if why := refusal(line.number, line.incident, deed):
            wrong.append(why)
        numbers.append(line.number)
    if wrong:
        nothing = ["nothing was done"] if len(which) > 1 else []
        raise (DataNotFoundError if missing else CallError)("\n".join([*wrong, *nothing]))
    return tuple(dict.fromkeys(numbers))


def _detail(store: Store, which: str) -> IncidentDetail:
    detail = kept.incident_detail(store, which, datetime.now(UTC))
    if detail is None:
        raise DataNotFoundError(
            f"there is no incident '{which}'{_open(kept.list_incidents(store, datetime.now(UTC)), which)}"
        )
    return detail


def _open(lines: tuple[IncidentLine, ...], which: str) -> str:
    """Return which incident may be meant."""
    if not lines:
        return "; none is open"
    keys = [each.key for each in lines]
    if hint := did_you_mean(which, keys):
        return hint
    named = ", ".join(f"{each.number} ({each.concern.dataset})" for each in lines[:_SHOWN])
    return f"; open {'is' if len(lines) == 1 else 'are'} {named}{', …' if len(lines) > _SHOWN else ''}"


def _impact_command(detail: IncidentDetail) -> str:
    concern, at = detail.line.concern, detail.line.incident.since
    name = concern.place.name if concern.place else concern.dataset
    return f"headgate impact {shlex.quote(name)} --upstream --at {_minute_after(at).isoformat(timespec='minutes')}"


def _trace(detail: IncidentDetail) -> tuple[Trace | None, str]:
    """Return from what the data was made when the promise broke, or why that is not known."""
    concern, at = detail.line.concern, detail.line.incident.since
    name = concern.place.name if concern.place else concern.dataset
    try:
        source = default_source()
    except CallError:
        return None, "No lineage is configured here"
    try:
        graph = graph_at(source, name, upstream=True)
        node = concern.place if concern.place and concern.place in graph.nodes else find(graph, name)[0]
        return trace(graph, node, _minute_after(at)), ""
    except HeadgateError as error:
        return None, f"The lineage does not say: {str(error).partition(chr(10))[0]}"


def _minute_after(at: datetime) -> datetime:
    """Return the next whole minute: what happened in this one had happened then."""
    return at.replace(second=0, microsecond=0) + timedelta(minutes=1)

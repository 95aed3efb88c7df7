"""The pages as a folder of files: for CI, and for people without Airflow."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from headgate.errors import CallError
from headgate.history import incident_read, read, survey
from headgate.page.ask import Ask
from headgate.page.contracts import contracts
from headgate.page.dataset import dataset
from headgate.page.home import home
from headgate.page.incident import incident, incidents
from headgate.page.links import Links
from headgate.page.overview import Overview, overview
from headgate.page.quarantine import quarantine
from headgate.page.reconciliations import reconciliations
from headgate.page.routes import View
from headgate.page.run import run
from headgate.page.usable import usable

STATIC = Path(__file__).with_name("static")
# What a page needs without a server.
_FILES = ("page.css", "page.js")
# So many of the last runs of each dataset have a page, and so many of the last closed incidents.
_RUNS, _CLOSED = 5, 100
# By this file a folder is known as one of ours, which may be written again.
_MARK = ".headgate-report"


@dataclass(frozen=True, slots=True)
class Folder:
    """What was written: the first page, how many pages there are, what they show, and when the first promised freshness
    ends (None where none was measured)."""

    index: Path
    pages: int
    overview: Overview
    valid_until: datetime | None


def write_folder(ask: Ask, folder: Path) -> Folder:
    """Write the pages of what `ask` may see into a folder, in place of an earlier report.

    Raises:
        CallError: there is something else in the folder, or it cannot be written.
        TransientError: the store cannot be used now.
    """
    found = overview(ask)
    ends = (usable(line, ask.now).valid_until for line in found.lines)
    until, views = min(filter(None, ends), default=None), dict(_views(ask, found))
    there = frozenset(views)
    try:
        _clear(folder)
        for path, (view, parts) in views.items():
            links = Links(files=there, depth=path.count("/"), valid_until=until)
            file = folder / f"{path or 'index'}.html"
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(view(replace(ask, links=links, query={}), **parts), encoding="utf-8")
        (folder / "static").mkdir(exist_ok=True)
        for name in _FILES:
            shutil.copyfile(STATIC / name, folder / "static" / name)
    except OSError as error:
        raise CallError(f"{folder}: the report cannot be written: {error.strerror or error}") from None
    return Folder(folder / "index.html", len(views), found, until)


def _views(ask: Ask, found: Overview) -> Iterator[tuple[str, tuple[View, dict[str, str]]]]:
    """Yield each page: its path without the ending, its view, and the parts of its path."""
    single: dict[str, View] = {
        "": home, "contracts": contracts, "incidents": incidents, "quarantine": quarantine,
        "reconciliations": reconciliations,
    }  # fmt: skip
    for path, view in single.items():
        yield path, (view, {})
    runs = {batch.run.id for batch in survey.quarantined(ask.store, ask.now, limit=_CLOSED)}
    for line in found.lines:
        if line.standing is not None:
            yield f"datasets/{line.standing.id}", (dataset, {"id": str(line.standing.id)})
            runs |= {each.id for each in read.runs(ask.store, line.standing.id, _RUNS)}
    for number in sorted(runs):
        yield f"runs/{number}", (run, {"id": str(number)})
    lines = incident_read.list_incidents(ask.store, ask.now, closed=True)
    closed = [line for line in lines if not line.incident.open][:_CLOSED]
    for each in [line for line in lines if line.incident.open] + closed:
        yield f"incidents/{each.number}", (incident, {"number": str(each.number)})


def _clear(folder: Path) -> None:
    """Empty a folder that has a report. Raises CallError where it has something else."""
    mark = folder / _MARK
    if folder.is_dir() and any(folder.iterdir()):
        if not mark.is_file():
            raise CallError(f"{folder}: the folder is not empty, and has no report of headgate; give another")
        shutil.rmtree(folder)
    folder.mkdir(parents=True, exist_ok=True)
    mark.write_text("headgate report wrote this folder, and empties it when it writes it again.\n", encoding="utf-8")

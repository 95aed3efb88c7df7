"""headgate history: what checks and publishes found."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from pathlib import Path

import click

from headgate import alerts
from headgate import history as kept
from headgate.cli.groups import DefaultGroup
from headgate.cli.options import UNKNOWN, exits, format_option, show
from headgate.cli.store import open_flushed, store_option
from headgate.errors import DataNotFoundError
from headgate.history.address import DAYS
from headgate.render.answers import (
    DatasetHistory,
    DatasetHistoryAnswer,
    HistoryAnswer,
    HistoryExportAnswer,
    HistoryFlushAnswer,
    HistoryPruneAnswer,
    HistoryRebuildAnswer,
)
from headgate.suggest import did_you_mean


@click.group(cls=DefaultGroup, default="show", short_help="Say what checks and publishes found.")
def history() -> None:
    """What checks and publishes found, and since when: `headgate history [DATASET]`.

    Every check and publish of a command or of a task in Airflow is recorded in the store: a database of SQLite or
    PostgreSQL. Where that is down, its record waits in the spool.
    """


@history.command("show", short_help="Say what stands of every dataset, or of one. The default.")
@click.argument("dataset", required=False)
@click.option("--runs", type=click.IntRange(min=1), default=10, show_default=True, help="How many of the last runs.")
@store_option
@format_option(HistoryAnswer)
@exits
def show_history(dataset: str | None, runs: int, url: str | None, form: str) -> int:
    """Say what stands of every dataset; of DATASET or CONTRACT.DATASET also its rules and last runs."""
    with open_flushed(url) as asked:
        if dataset is None:
            show(HistoryAnswer(kept.home(asked.store)), form)
            return 0
        found = kept.find(asked.store, dataset)
        if not found:
            names = [each.dataset for each in kept.home(asked.store)]
            raise DataNotFoundError(f"the history has no dataset '{dataset}'{did_you_mean(dataset, names)}")
        each = (
            DatasetHistory(one, kept.rules(asked.store, one.id), kept.runs(asked.store, one.id, runs)) for one in found
        )
        show(DatasetHistoryAnswer(tuple(each)), form)
    return 0


@history.command()
@store_option
@click.option("--budget", type=click.FloatRange(min=0.1), default=60.0, show_default=True, metavar="SECONDS",
              help="How long it may take.")  # fmt: skip
@format_option(HistoryFlushAnswer)
@exits
def flush(url: str | None, budget: float, form: str) -> int:
    """Deliver the runs that wait in the spool, then the messages about incidents, where channels are configured
    (HEADGATE_CHANNELS). Exits 3 where some of either still wait."""
    channels = alerts.channels_of()
    begun = time.monotonic()
    done = kept.flush(url, seconds=budget)
    waiting = len(kept.waiting_records().waiting())
    sent, faults = None, []
    if channels and not done.error:
        sent = alerts.flush_messages(url, channels, seconds=max(1.0, budget - (time.monotonic() - begun)))
        faults = list(alerts.faults_of(sent, channels))
    show(HistoryFlushAnswer(done.delivered, done.refused, waiting, done.error, sent, tuple(faults)), form)
    return UNKNOWN if waiting or done.error or (sent is not None and sent.waiting) else 0


@history.command()
@click.argument("folders", nargs=-1, metavar="[FOLDER]...", type=click.Path(path_type=Path))
@store_option
@format_option(HistoryRebuildAnswer)
@exits
def rebuild(folders: tuple[Path, ...], url: str | None, form: str) -> int:
    """Record the reports that tasks have written to FOLDERs (`[headgate] reports_folder`), and what waits in the spool.

    What is recorded already stays as it is. Exits 3 where a file is not such a report.
    """
    with open_flushed(url, makes=True) as asked:
        recorded, skipped = kept.rebuild(asked.store, folders)
    show(HistoryRebuildAnswer(recorded, skipped), form)
    return UNKNOWN if skipped else 0


@history.command()
@click.option("--days", type=click.FloatRange(min=1), default=DAYS, show_default=True, help="How long they stay.")
@store_option
@format_option(HistoryPruneAnswer)
@exits
def prune(days: float, url: str | None, form: str) -> int:
    """Delete old reports and closed incidents. The last check and the last publish of each dataset stay."""
    with open_flushed(url) as asked:
        show(HistoryPruneAnswer(kept.prune(asked.store, days, datetime.now(UTC))), form)
    return 0


@history.command()
@click.argument("file", type=click.Path(path_type=Path))
@store_option
@format_option(HistoryExportAnswer)
@exits
def export(file: Path, url: str | None, form: str) -> int:
    """Write all results to FILE, as Parquet: one row for each rule of each run."""
    with open_flushed(url) as asked:
        show(HistoryExportAnswer(file, kept.export(asked.store, file)), form)
    return 0

"""Runs the billing example on real Airflow (`dag.test()`): a day on which invoices agree with usage, though events are
late; one on which a single invoice of a million is lost; one on which a month that was billed changes.

With BILLING_POSTGRES set (a URL of a database, `postgresql://user@host/name`), or a PostgreSQL that the usual
variables of libpq lead to (PGHOST), the invoices are there; else in a file of DuckDB. The output of Airflow goes to a
log file.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
HOME = Path(os.environ.get("HEADGATE_DEMO_HOME", HERE.parents[1] / ".demo")) / "billing"
LOG = HOME / "airflow.log"
LOST, LATE = (4711, "2025-06-01"), (815, "2025-09-30 23:59:30", "12.50")


def postgres_that_is_there() -> str:
    """Return how to connect to a PostgreSQL that answers, empty if none does."""
    url = os.environ.get("BILLING_POSTGRES") or ("postgresql:///" if os.environ.get("PGHOST") else "")
    if not url:
        return ""
    import psycopg

    with contextlib.suppress(psycopg.Error), psycopg.connect(url, connect_timeout=3) as connection:
        info = connection.info
        os.environ.update(
            HEADGATE_VAR_BILLING_HOST=info.host, HEADGATE_VAR_BILLING_DATABASE=info.dbname, PGUSER=info.user
        )
        return url
    return ""


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Everything that is written to stdout and stderr goes to the log."""
    sys.stdout.flush()
    kept = os.dup(1), os.dup(2)
    with LOG.open("ab") as log:
        os.dup2(log.fileno(), 1)
        os.dup2(log.fileno(), 2)
        try:
            yield
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            for number, saved in enumerate(kept, start=1):
                os.dup2(saved, number)
                os.close(saved)


def prepare(server: str) -> Any:
    """A clean start; the DAG."""
    os.environ.update(
        AIRFLOW_HOME=str(HOME / "airflow"),
        AIRFLOW__CORE__DAGS_FOLDER=str(HERE.parent),
        AIRFLOW__CORE__LOAD_EXAMPLES="False",
        AIRFLOW__OPENLINEAGE__DISABLED="True",
        AIRFLOW__HEADGATE__REPORTS_FOLDER=str(HOME / "reports"),
        BILLING_SERVER=server,
        HEADGATE_SPOOL=str(HOME / "spool"),
        HEADGATE_STORE=f"sqlite:///{HOME / 'history.db'}",
    )
    with quiet():
        from airflow.utils.db import initdb

        initdb()
        from headgate.history import open_store

        open_store().close()
        from airflow.dag_processing.dagbag import DagBag

        bag = DagBag(str(HERE / "pipeline.py"))
    if bag.import_errors:
        raise SystemExit("\n".join(bag.import_errors.values()))
    return bag.dags["billing"]


def main() -> None:
    from rich.console import Console

    from billing.generate import USAGE, Billing, arrive_late, bill, lose, write_usage

    console = Console(highlight=False, width=None if sys.stdout.isatty() else 400)  # no line is wrapped
    started = time.monotonic()
    shutil.rmtree(HOME, ignore_errors=True)
    HOME.mkdir(parents=True)
    billing = Billing(postgres_that_is_there())
    where = "PostgreSQL" if billing.postgres else "a second file of DuckDB (no PostgreSQL is there)"
    console.print(f"Making usage in {USAGE.name}, invoices in {where} ...", style="dim")
    write_usage()
    console.print(f"{bill(billing):,} invoices, one for each customer and month")
    dag = prepare(billing.server)

    days: list[tuple[int, str, Callable[[], None]]] = [
        (6, "events of February have arrived, nobody is billed for them yet", lambda: None),
        (7, "one invoice is lost", lambda: lose(billing, *LOST)),
        (8, "an event of September arrives, which was billed long ago", lambda: arrive_late(*LATE)),
    ]
    found = []
    for day, what, happen in days:
        happen()
        console.print(f"\n[bold]2026-02-{day:02}[/]  {what}")
        with console.status("running the DAG ..."):
            states, report = run(dag, datetime(2026, 2, day, tzinfo=UTC))
        found.append(states["reconcile"])
        for task in ("reconcile", "send_invoices"):
            mark = {"success": "[green]✔[/]", "failed": "[red]✘[/]"}.get(states[task], "[yellow]–[/]")
            console.print(f"  {mark} {task}{'  did not run' if states[task] == 'upstream_failed' else ''}")
        _print_report(console, report)
    console.print(f"\n[dim]{time.monotonic() - started:.0f} s; the log is {os.path.relpath(LOG)}[/]")
    if found != ["success", "failed", "failed"]:
        raise SystemExit(f"the demo did not go as it should ({', '.join(found)}); see {LOG}")


def run(dag: Any, when: datetime) -> tuple[dict[str, str], Any]:
    """The state of every task of the day's run, and the report."""
    from headgate.report import Report

    with quiet():
        dag_run = dag.test(logical_date=when, run_after=when)
        states = {ti.task_id: str(ti.state) for ti in dag_run.get_task_instances()}
    (path,) = (HOME / "reports" / "billing" / "reconcile").glob(f"*{when:%Y-%m-%d}*.json")
    import json

    return states, Report.from_dict(json.loads(path.read_text(encoding="utf-8")))


def _print_report(console: Any, report: Any) -> None:
    from headgate.report.words import difference_words
    from rich.markup import escape

    (result,) = (result for result in report.results if result.type == "reconciliation")
    late = result.reconciled["late"]
    lines = [f"{result.statement}: {result.observed} differ; {late:,} rows are not settled yet"]
    if result.examples:
        lines += [difference_words(result.reconciled)]
        lines += [", ".join(f"{name}={value}" for name, value in example.items()) for example in result.examples]
        lines += [f"owner: {report.owner} ({', '.join(report.support)}); affected: {', '.join(report.affected)}"]
    for line in lines:
        console.print(f"      {escape(line)}", style="dim")


if __name__ == "__main__":
    sys.path.insert(0, str(HERE.parent))  # as Airflow's DAG processor does
    main()

"""Runs the example pipeline on real Airflow (`dag.test()`, SQLite, DuckDB): a good day, two bad ones, one that is
bad for the model alone, and a good one.

All output of Airflow and dbt goes to a log file; what is printed here is read back from what the runs left behind.
With MARQUEZ_URL set, the lineage events go there as well.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import sys
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

from receiver import Message, receiving

HERE = Path(__file__).resolve().parent
HOME = Path(os.environ.get("HEADGATE_DEMO_HOME", HERE.parents[1] / ".demo"))
DATA = HERE / "data"
WAREHOUSE = DATA / "warehouse.duckdb"
EVENTS, REPORTS, LOG = HOME / "lineage.jsonl", HOME / "reports", HOME / "airflow-and-dbt.log"

DAYS = (
    (date(2026, 3, 2), None, "a good day: messy as production is, and fine"),
    (date(2026, 3, 3), "cents", "a bad day: the export writes amount_eur in cents"),
    (date(2026, 3, 4), "duplicated", "a bad day: some invoices are written twice"),
    (
        date(2026, 3, 5),
        "renamed",
        "a bad day for the model alone: 1 % of the events have a new name, which the contract allows",
    ),
    (date(2026, 3, 6), None, "a good day: the events have their old name"),
)
# On which the model sees another world; a fix is tried before it is merged, and may change so many rows.
DRIFTED, MAY_CHANGE = date(2026, 3, 5), 500
CUSTOMER = "C000001"
EXPECTED = ["success", "failed", "success", "failed", "success"]
# Of the exports' owner, and of their consumer, who is told only of what affects what it reads.
CHANNELS = ("#subscription-data", "#customer-analytics")


class Hurried:
    """The module `time` to `dag.test()`, which waits for a second before each task that it does not run."""

    def __getattr__(self, name: str) -> Any:
        return (lambda _: None) if name == "sleep" else getattr(time, name)


def environment(receiver: str) -> None:
    """Airflow and OpenLineage are configured before they are imported. Messages go to `receiver`, a URL."""
    transport: dict[str, Any] = {"type": "file", "log_file_path": str(EVENTS), "append": True}
    if url := os.environ.get("MARQUEZ_URL"):
        # A lineage server that is down must not hold up the pipeline, and gets its events later.
        http = {"type": "http", "url": url, "endpoint": "api/v1/lineage"}
        spool = {"type": "headgate.lineage.SpoolTransport", "transport": http}
        transport = {"type": "composite", "continue_on_failure": True, "transports": [transport, spool]}
    os.environ.update(
        AIRFLOW_HOME=str(HOME / "airflow"),
        AIRFLOW__CORE__DAGS_FOLDER=str(HERE.parent),
        AIRFLOW__CORE__LOAD_EXAMPLES="False",
        AIRFLOW__OPENLINEAGE__TRANSPORT=json.dumps(transport),
        AIRFLOW__OPENLINEAGE__NAMESPACE="headgate-demo",
        AIRFLOW__HEADGATE__REPORTS_FOLDER=str(REPORTS),
        AIRFLOW__HEADGATE__CHANNELS=json.dumps({name: f"{receiver}/{name.strip('#')}" for name in CHANNELS}),
        HEADGATE_SPOOL=str(HOME / "spool"),
        OPENLINEAGE__TRANSPORT=json.dumps(transport),
        OPENLINEAGE_NAMESPACE="headgate-demo",
        PATH=os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"])),
    )
    os.environ.setdefault("HEADGATE_STORE", f"sqlite:///{HOME / 'history.db'}")


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Everything that is written to stdout and stderr, also by child processes, goes to the log."""
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


def prepare(receiver: str) -> Any:
    """A clean start; the DAG."""
    for folder in (DATA, HOME):
        shutil.rmtree(folder, ignore_errors=True)
    HOME.mkdir(parents=True)
    environment(receiver)
    with quiet():
        from airflow.utils.db import initdb

        initdb()
        from headgate.history import open_store

        open_store().close()  # makes its tables, for which a task on a busy machine may not have the time
        from airflow.dag_processing.dagbag import DagBag
        from airflow.sdk.definitions import dag as running

        running.time = Hurried()

        sys.path.insert(0, str(HERE.parent))  # as Airflow's DAG processor does
        bag = DagBag(str(HERE / "pipeline.py"))
    if bag.import_errors:
        raise SystemExit("\n".join(bag.import_errors.values()))
    return bag.dags["churn"]


def run(dag: Any, day: date, fault: str | None) -> dict[str, str]:
    """The state of every task of the day's run."""
    when = datetime(day.year, day.month, day.day, tzinfo=UTC)
    with quiet():
        dag_run = dag.test(logical_date=when, run_after=when, run_conf={"fault": fault} if fault else {})
        return {ti.task_id: str(ti.state) for ti in dag_run.get_task_instances()}


def query(text: str) -> list[tuple[Any, ...]]:
    import duckdb

    with duckdb.connect(str(WAREHOUSE), read_only=True) as connection:
        return connection.execute(text).fetchall()


def report_of(task: str, day: date) -> dict[str, Any]:
    """The report that a task of the day's run wrote."""
    (path,) = (REPORTS / "churn" / task).glob(f"*{day.isoformat()}*.json")
    return json.loads(path.read_text(encoding="utf-8"))


def main() -> None:
    from rich.console import Console

    console = Console(highlight=False, width=None if sys.stdout.isatty() else 400)  # no line is wrapped
    started = time.monotonic()
    messages: list[Message] = []
    with receiving(messages.append) as receiver:
        console.print("Preparing Airflow (SQLite), dbt and DuckDB ...", style="dim")
        dag = prepare(receiver)
        for day, fault, what in DAYS:
            console.print(f"\n[bold]{day}[/]  {what}")
            begun, before = time.monotonic(), len(messages)
            with console.status("running the DAG ..."):
                states = run(dag, day, fault)
            _print_day(console, day, dag, states, time.monotonic() - begun)
            _print_messages(console, messages[before:])
            if day == DRIFTED:
                _print_service(console)
                _print_cause(console)
                _print_fix(console)
    _print_end(console, messages, time.monotonic() - started)
    states = [states_of(day) for day, _, _ in DAYS]
    if states != EXPECTED:
        raise SystemExit(f"the demo did not go as it should (runs: {', '.join(states)}); see {LOG}")


def states_of(day: date) -> str:
    """The state of the day's run, as Airflow's database has it."""
    from airflow.models.dagrun import DagRun
    from airflow.utils.session import create_session

    when = datetime(day.year, day.month, day.day, tzinfo=UTC)
    with create_session() as session:
        return str(session.query(DagRun).filter(DagRun.logical_date == when).one().state)


def _print_day(console: Any, day: date, dag: Any, states: dict[str, str], seconds: float) -> None:
    marks = {"success": "[green]✔[/]", "failed": "[red]✘[/]", "upstream_failed": "[yellow]–[/]"}
    for task in dag.topological_sort():
        state = states[task.task_id]
        said = f"  {marks.get(state, '?')} {task.task_id:<22}[dim]{_said(task.task_id, day, state)}[/]"
        console.print(said.replace(" [dim][/]", ""), soft_wrap=True)
    served = query("select count(*), max(scored_at)::date, round(avg(churn_score), 3) from analytics.churn_scores")
    rows, as_of, mean = served[0]
    console.print(f"    consumers read {rows:,} churn scores of {as_of} (mean {mean})  [dim]{seconds:.0f} s[/]")


def _print_service(console: Any) -> None:
    """What the service of scores answers now, and why."""
    from rich.markup import escape

    from churn import serve

    serve.BOUND = 30.0  # its first answer, whatever else the machine does
    told = serve.score(CUSTOMER)
    answer = f"the {told['source']} score, of {told['as_of']:%Y-%m-%d}: {told['score']:.3f}"
    console.print(f"    serve.py answers for {CUSTOMER} with {answer}")
    for why in told["why"]:
        console.print(f"      [dim]{escape(why)}[/]", soft_wrap=True)


def _said(task: str, day: date, state: str) -> str:
    from headgate.report.words import drift_words

    if state == "upstream_failed":
        return "did not run"
    if not (REPORTS / "churn" / task).exists():
        return ""
    report = report_of(task, day)
    lines = [report.get("summary", f"verdict {report['verdict']}").partition(" · ")[0]]
    for result in report["results"]:
        drifted = drift_words(result["drift"]) if "drift" in result else ""
        if result["status"] == "failed" and (drifted or result["severity"] == "error"):
            mark = "" if result["severity"] == "error" else f"{result['severity']}: "
            lines.append(f"{'':<26}{mark}{result['statement']}: {drifted or result['observed']}")
    return "\n".join(lines)


def _print_messages(console: Any, messages: list[Message]) -> None:
    """What arrived during a day: in full what is about data that was held back, of the others one line."""
    from rich.markup import escape
    from rich.padding import Padding

    for message in messages:
        said = message.body
        in_full = any(each["effect"] == "held_back" for each in said["incidents"])
        what = said["text"] if in_full else f"{said['subject']} ..."
        console.print(f"    [cyan]message to #{message.to}[/]")
        console.print(Padding(escape(what), (0, 0, 0, 6), expand=False), style="dim")


def _run(console: Any, *command: str) -> str:
    """What a command of headgate prints; the command is shown. Raises SystemExit if it does not exit with 0."""
    from click.testing import CliRunner
    from headgate.cli import main as headgate

    console.print(f"\n[dim]headgate {' '.join(command)}[/]", soft_wrap=True)
    done = CliRunner().invoke(headgate, command)
    if done.exit_code:
        raise SystemExit(done.output)
    return done.stdout


def _print_cause(console: Any) -> None:
    """Whom the incident of the model's inputs names: who owns the export."""
    from headgate.history import list_incidents, open_store
    from rich.markup import escape

    with contextlib.closing(open_store()) as store:
        found = list_incidents(store, datetime.now(UTC))
    number = next(each.number for each in found if each.concern.contract == "churn-inputs")
    first, *facts = _run(console, "incidents", "show", str(number)).splitlines()
    named = (line for line in facts if line.startswith(("  owner: ", "  cause: ")))
    console.print(escape("\n".join((first, *named))), soft_wrap=True)


def _print_fix(console: Any) -> None:
    """A shadow run of the model that takes both names for one; headgate exits 1 where it breaks a promise."""
    from rich.markup import escape

    contracts, fix = (os.path.relpath(HERE / name) for name in ("contracts", "fix/stg_usage_events.sql"))
    export = f"usage_events={contracts}/subscriptions.odcs.yaml#usage_events"
    given = ("--sql", fix, "--input", export, "--allow", str(MAY_CHANGE))
    shown = _run(console, "shadow", f"{contracts}/inputs.odcs.yaml#stg_usage_events", *given)
    console.print(escape(shown.partition("\nagain:")[0].rstrip()), soft_wrap=True)


def _print_incidents(console: Any, messages: list[Message]) -> None:
    from rich.markup import escape
    from rich.table import Table

    listed = _run(console, "incidents", "list", "--all")
    table = Table.grid(padding=(0, 2, 0, 0))
    for line in listed.splitlines():
        table.add_row(*map(escape, re.split(r"\s{2,}", line.strip(), maxsplit=2)))
    console.print(table)
    arrived = (f"{sum(each.to == name.strip('#') for each in messages)} at {name}" for name in CHANNELS)
    console.print(f"[dim]messages that arrived: {', '.join(arrived)}[/]")


def _print_links(console: Any, url: str) -> None:
    """What to look at in Marquez, after what still waits was delivered; its menus open on an empty namespace."""
    from headgate.lineage import flush
    from headgate.naming import duckdb_table

    with quiet():
        delivered = flush()
    for flushed in delivered:
        if flushed.waiting:
            console.print(f"\n{flushed.waiting} lineage events wait for {flushed.destination}: {flushed.error}")
    web = os.environ.get("MARQUEZ_WEB_URL") or url.replace(":5000", ":3000")
    console.print("\nLook at in Marquez:")
    for schema, table, what in (
        ("raw", "invoices", "what the bad days made of the invoices"),
        ("analytics", "customer_features", "a check before the score is computed"),
        ("analytics", "churn_scores", "what consumers read, and all that it comes from"),
    ):
        name = duckdb_table(str(WAREHOUSE), schema, table).safe
        link = f"{web}/lineage/dataset/{quote(name.namespace, safe='')}/{quote(name.name, safe='')}"
        console.print(f"  {what}\n  [cyan]{link}[/]", soft_wrap=True)


def _print_end(console: Any, messages: list[Message], seconds: float) -> None:
    from rich.markup import escape
    from rich.table import Table

    held = query(
        "select 'invoices' as t, headgate_reasons, count(*) from raw.invoices__quarantine group by all "
        "union all select 'usage_events', headgate_reasons, count(*) from raw.usage_events__quarantine group by all "
        "order by 1, 3 desc, 2"
    )
    table = Table("quarantine", "rows", "reasons", box=None, pad_edge=False, header_style="dim")
    for name, reasons, count in held:
        table.add_row(name, f"{count:,}", escape(", ".join(reasons)))
    console.print()
    console.print(table)
    _print_incidents(console, messages)
    events = [json.loads(line) for line in EVENTS.read_text(encoding="utf-8").splitlines()]
    broken = sum(not a["success"] for e in events for d in e.get("inputs", ())
                 for a in d.get("inputFacets", {}).get("dataQualityAssertions", {}).get("assertions", ()))  # fmt: skip
    console.print()
    for name, path, note in (
        ("warehouse", WAREHOUSE, "raw.*, raw.*__quarantine, analytics.*, headgate.publications"),
        ("lineage", EVENTS, f"{len(events)} OpenLineage events, {broken} failed assertions in them"),
        ("reports", REPORTS, f"{len(list(REPORTS.rglob('*.json')))} reports, one for each contract task and run"),
        ("log", LOG, "everything that Airflow and dbt said"),
    ):
        console.print(f"  {name:<10}[cyan]{os.path.relpath(path)}[/]  [dim]{escape(note)}[/]", soft_wrap=True)
    contract = os.path.relpath(HERE / "contracts" / "subscriptions.odcs.yaml")
    landing = os.path.relpath(DATA / "landing" / "2026-03-04" / "invoices.csv")
    if url := os.environ.get("MARQUEZ_URL"):
        _print_links(console, url)
    lineage = os.path.relpath(EVENTS)
    history = f"HEADGATE_STORE=sqlite:///{os.path.relpath(HOME / 'history.db')}"
    closed = next((m.body["incidents"][0]["number"] for m in messages if m.body["told"] == "closed"), 1)
    console.print("\nTry next:")
    for command in (
        f".venv/bin/headgate check {contract}#invoices {landing} --server warehouse --show-examples",
        f".venv/bin/headgate impact raw.invoices.amount_eur --from {lineage}",
        f".venv/bin/headgate impact churn_scores --upstream --at 2026-03-03T10:00 --nominal --from {lineage}",
        f"{history} .venv/bin/headgate status churn_scores --contracts {Path(contract).parent}",
        f"{history} .venv/bin/headgate incidents show {closed}",
        "make page (the same in Airflow, in a browser)",
        f"change a promise in {contract}, and run make demo again",
        "MARQUEZ_URL=http://localhost:5000 make demo",
    ):
        console.print(f"  {command}", soft_wrap=True)
    console.print(f"\n[dim]{seconds:.0f} s in all[/]")


if __name__ == "__main__":
    main()

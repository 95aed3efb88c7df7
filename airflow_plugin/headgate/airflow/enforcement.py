"""Contracts enforced on tasks that know nothing of them, as a cluster policy of Airflow (entry point `airflow.policy`).

With `[headgate] enforce_folder`, every task with outlets is followed by the check of those that have a contract in that
folder: after the write, in the same task. A breach fails the task, so that its assets have no event and nothing
downstream runs; what was written stays. Nothing is loaded when DAG files are parsed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from airflow.policies import hookimpl

if TYPE_CHECKING:
    from headgate.contract import Dataset

_DEFAULT_PORT = ":5432/"


@hookimpl
def task_policy(task: Any) -> None:
    """Put the check behind a task that writes something; Airflow calls this for every task that it parses."""
    if not getattr(task, "outlets", None):
        return
    from headgate.airflow.config import setting

    if not setting("enforce_folder"):
        return
    own = getattr(task, "operator_class", type(task))
    if any(kind.__module__.startswith("headgate.airflow.") for kind in own.__mro__):
        return
    if hasattr(task, "partial_kwargs"):
        task.partial_kwargs["post_execute"] = _after(task.partial_kwargs.get("post_execute"))
    else:
        task._post_execute_hook = _after(task._post_execute_hook)


def _after(previous: Callable[..., Any] | None) -> Callable[..., Any]:
    def check_outlets(context: Any, result: Any = None) -> None:
        if previous is not None:
            previous(context, result)
        enforce(context)

    return check_outlets


def enforce(context: Any) -> None:
    """Check every outlet of the task that has a contract. Raises ContractBreach, or ContractFailure."""
    from headgate.airflow.assets import written_uris
    from headgate.airflow.checking import place_for, run_check
    from headgate.airflow.config import setting
    from headgate.airflow.failure import ContractBreach, broken, no_retry
    from headgate.airflow.reporting import log_and_push, notify, write_report
    from headgate.airflow.run import run_of
    from headgate.rules import Contract

    folder = setting("enforce_folder")
    log = context["task"].log
    with no_retry():
        index = _index(folder, _mark(folder))
    for uri in dict.fromkeys(written_uris(context["task"].outlets, context["outlet_events"])):
        with no_retry():
            index.must_know(uri, log)
            if uri not in index.datasets:
                continue
            known, server = index.datasets[uri]
            dataset = Contract.load(known.contract.file)[known.name]
            place, near = place_for(dataset, None, folder, server)
            found = run_check(dataset, place, near=near, run=run_of(context))
        line = f"checked after the write: {found}"
        more = {"policy": str(found.policy)}
        summary = log_and_push(found.report, line, failed=found.failed, log=log, context=context, more=more)
        notify({"reports_folder": partial(write_report, found.report, log, more)}, log)
        if found.failed:
            raise ContractBreach(f"{broken(found.report)}: {line}", found.report, summary)


@dataclass(frozen=True)
class _Index:
    """The datasets of a folder of contracts, with their server, by the URI of their asset.

    `wrong` are the contracts that do not load, with the reason.
    """

    datasets: dict[str, tuple[Dataset, str]]
    wrong: dict[Path, str]

    def must_know(self, uri: str, log: Any) -> None:
        """Raises CallError where a contract that does not load speaks of the table: it cannot be let pass."""
        from headgate.errors import ConfigurationError

        table = uri.rpartition("/")[2]
        for file, reason in self.wrong.items():
            if table in file.read_text(encoding="utf-8", errors="replace"):
                raise ConfigurationError(f"{uri} may have its contract in {file}, which is wrong: {reason}")
            log.warning("%s cannot be enforced: %s", file, reason)


def _mark(folder: str) -> tuple[tuple[str, int], ...]:
    """Changes with the files."""
    return tuple((str(file), file.stat().st_mtime_ns) for file in sorted(Path(folder).rglob("*.odcs.y*ml")))


@lru_cache(maxsize=4)
def _index(folder: str, mark: tuple[tuple[str, int], ...]) -> _Index:
    from headgate.airflow.assets import asset_uri
    from headgate.errors import HeadgateError
    from headgate.gate import home_of
    from headgate.places import reaches
    from headgate.rules import Contract

    index = _Index({}, {})
    for name, _ in mark:
        try:
            contract = Contract.load(Path(name), with_commit=False)
        except HeadgateError as error:
            index.wrong[Path(name)] = str(error)
            continue
        for server in contract.servers:
            if not reaches(server):
                continue
            for dataset in contract:
                place = home_of(dataset, server.name)
                uri = asset_uri(place) if place is not None else None
                if uri is not None:
                    index.datasets[uri] = index.datasets[uri.replace(_DEFAULT_PORT, "/", 1)] = dataset, server.name
    return index

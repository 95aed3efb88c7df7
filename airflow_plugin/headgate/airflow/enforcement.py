"""Contracts enforced on tasks that do not use headgate, by a cluster policy of Airflow (entry point `airflow.policy`).

With `[headgate] enforce_folder`, every task with outlets is followed by a check of those that have a contract in that
folder: after the write, in the same task. A breach fails the task, so that its assets have no event and nothing
downstream runs; the data stays as it was written. Nothing is loaded when DAG files are parsed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from airflow.policies import hookimpl

from headgate.airflow import late
from headgate.errors import ConfigurationError, HeadgateError

if TYPE_CHECKING:
    from headgate.contract import Dataset

_DEFAULT_PORT = ":5432/"


@hookimpl
def task_policy(task: Any) -> None:
    """Add the check to a task that writes something; Airflow calls this for every task that it parses."""
    if not getattr(task, "outlets", None):
        return
    if not late.setting("enforce_folder"):
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
    folder = late.setting("enforce_folder")
    log = context["task"].log
    with late.no_retry():
        index = _index(folder, _mark(folder))
    for uri in dict.fromkeys(late.written_uris(context["task"].outlets, context["outlet_events"])):
        with late.no_retry():
            index.ensure_loaded(uri, log)
            if uri not in index.datasets:
                continue
            known, server = index.datasets[uri]
            dataset = late.Contract.load(known.contract.file)[known.name]
            place, near = late.place_for(dataset, None, folder, server)
            found = late.run_check(dataset, place, near=near, run=late.run_of(context))
        line = f"checked after the write: {found}"
        more = {"policy": str(found.policy)}
        summary = late.log_and_push(found.report, line, failed=found.failed, log=log, context=context, more=more)
        around = found.around(slot=late.slot_of(context), link=late.link_of(context), own=True)
        make = partial(late.RunRecord.of_check, found.report, str(found.policy), around=around)
        if record := late.record_run(make, log):
            more |= record.report_keys
        late.notify({"reports_folder": partial(late.write_report, found.report, line, log, more)}, log)
        if found.failed:
            raise late.ContractBreach(f"{late.broken(found.report)}: {line}", found.report, summary)


@dataclass(frozen=True)
class _Index:
    """The datasets of a folder of contracts, with their server, by the URI of their asset.

    `wrong` are the contracts that do not load, with the reason.
    """

    datasets: dict[str, tuple[Dataset, str]]
    wrong: dict[Path, str]

    def ensure_loaded(self, uri: str, log: Any) -> None:
        """Raise CallError if a contract that does not load describes the table: the task cannot pass then."""
        table = uri.rpartition("/")[2]
        for file, reason in self.wrong.items():
            if table in file.read_text(encoding="utf-8", errors="replace"):
                raise ConfigurationError(f"{uri} may have its contract in {file}, which is wrong: {reason}")
            log.warning("%s cannot be enforced: %s", file, reason)


def _mark(folder: str) -> tuple[tuple[str, int], ...]:
    """Return the files that can be contracts, with what changes when they do."""
    return tuple((str(file), file.stat().st_mtime_ns) for file in late.candidates_below(Path(folder)))


@lru_cache(maxsize=4)
def _index(folder: str, mark: tuple[tuple[str, int], ...]) -> _Index:
    index = _Index({}, {})
    for name, _ in mark:
        if not late.is_contract_file(Path(name)):
            continue
        try:
            contract = late.Contract.load(Path(name), with_commit=False)
        except HeadgateError as error:
            index.wrong[Path(name)] = str(error)
            continue
        for server in contract.servers:
            if not late.reaches(server):
                continue
            for dataset in contract:
                place = late.home_of(dataset, server.name)
                uri = late.asset_uri(place) if place is not None else None
                if uri is not None:
                    index.datasets[uri] = index.datasets[uri.replace(_DEFAULT_PORT, "/", 1)] = dataset, server.name
    return index

"""Where lineage events wait, as Airflow's configuration says it."""

from __future__ import annotations

import os
import re
from pathlib import Path

from airflow.providers.common.compat.sdk import conf

from headgate.airflow import late
from headgate.errors import ConfigurationError

# Their tasks run where the scheduler does.
_LOCAL_EXECUTORS = frozenset({"LocalExecutor", "SequentialExecutor"})


def spool_warning() -> str:
    """Return what is wrong with the folder of the spool; empty if nothing is.

    Where tasks run on other machines, events wait on the disk of each: what waits on one that is gone is lost, and no
    flush finds the others. A folder counts as shared if it is not on the disk that the system is on.
    """
    if not is_used() or not (remote := remote_executors()):
        return ""
    try:
        folder = late.spool_folder()
    except ConfigurationError as error:
        return f"{error}; lineage events wait in a folder of each worker instead, and are lost with it"
    if not is_on_system_disk(folder):
        return ""
    return (
        f"lineage events wait in {folder}, on the disk of this machine, and the executor is {', '.join(remote)}: "
        "those of a worker that is gone are lost. Set [headgate] spool to a folder that all workers mount"
    )


def is_used() -> bool:
    """Return whether Airflow's OpenLineage transport has a spool."""
    own = conf.get("openlineage", "transport", fallback="")
    return any(
        "headgate.lineage.SpoolTransport" in text for text in (own, os.environ.get("OPENLINEAGE__TRANSPORT", ""))
    )


def remote_executors() -> list[str]:
    """Return the configured executors that run tasks elsewhere: of `alias:module.Class` and `team=…;…` the classes."""
    parts = re.split(r"[,;=]", conf.get("core", "executor", fallback=""))
    names = [part.strip().rpartition(":")[2].rpartition(".")[2] for part in parts]
    return [name for name in names if name.endswith("Executor") and name not in _LOCAL_EXECUTORS]


def is_on_system_disk(folder: Path) -> bool:
    """Return whether a folder, or the one in which it will be made, is on the disk that the system is on."""
    there = next(path for path in (folder, *folder.absolute().parents) if path.exists())
    return there.stat().st_dev == Path("/").stat().st_dev

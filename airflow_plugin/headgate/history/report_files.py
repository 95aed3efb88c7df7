"""The history made again from the report files that tasks have written."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path

from headgate.errors import CallError, DataNotFoundError
from headgate.history.delivery import ServerError
from headgate.history.record import RunRecord
from headgate.history.store import Store


def rebuild(store: Store, folders: Iterable[Path]) -> tuple[int, dict[Path, str]]:
    """Record every report below the folders, and return how many, and the files that were skipped, with the reason.
    What is in the store already stays as it is, and nobody
    is told of incidents that come of it.

    Raises:
        DataNotFoundError: a folder does not exist.
        TransientError: the store cannot be used.
    """
    recorded, skipped = 0, dict[Path, str]()
    for file in _files(folders):
        try:
            store.record(RunRecord.of_file(json.loads(file.read_text(encoding="utf-8"))), tells=False)
        except (CallError, OSError, ServerError, ValueError) as error:
            skipped[file] = str(error)
        else:
            recorded += 1
    return recorded, skipped


def _files(folders: Iterable[Path]) -> Iterator[Path]:
    for folder in folders:
        if not folder.exists():
            raise DataNotFoundError(f"{folder} not found")
        yield from sorted(folder.rglob("*.json")) if folder.is_dir() else (folder,)

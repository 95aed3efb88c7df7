"""Files that are whole or absent, and locks that end with their process."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

# What a killed process left half written has this name, and is deleted after an hour.
_HALF = ".half-"
_HALF_SECONDS = 3600.0
_POLL = 0.01


def write(path: Path, text: str, *, durable: bool = False) -> None:
    """Write a file that others see whole or not at all; `durable`: it outlives a crash of the machine as well."""
    half = path.with_name(f"{_HALF}{uuid.uuid4().hex}")
    try:
        with half.open("w", encoding="utf-8") as file:
            file.write(text)
            if durable:
                file.flush()
                os.fsync(file.fileno())
        half.replace(path)
    except OSError:  # such as a full disk
        half.unlink(missing_ok=True)
        raise
    if durable:
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def read(path: Path) -> dict[str, Any]:
    """Return the JSON object in a file; an empty one where there is none that can be read."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def delete_half_written(folder: Path) -> None:
    """Delete what killed processes left in a folder."""
    for path in folder.glob(f"{_HALF}*"):
        with contextlib.suppress(FileNotFoundError):
            if time.time() - path.stat().st_mtime > _HALF_SECONDS:
                path.unlink()


@contextlib.contextmanager
def locked(path: Path, deadline: float | None = None) -> Iterator[bool]:
    """Hold a lock until the block ends, or the process: a kill leaves none behind. Gives False where another process
    holds it until `deadline` (of `time.monotonic`; None waits as long as it takes)."""
    with path.open("a") as handle:
        held = _lock(handle.fileno(), deadline)
        try:
            yield held
        finally:
            if held:
                # A child that was forked meanwhile has the file open too: closing it would not end the lock.
                fcntl.flock(handle, fcntl.LOCK_UN)


def _lock(handle: int, deadline: float | None) -> bool:
    if deadline is None:
        fcntl.flock(handle, fcntl.LOCK_EX)
        return True
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= deadline:
                return False
            time.sleep(_POLL)
        else:
            return True

"""A queue in a folder: one file for each entry, bounded, in the order of the entries' own times."""

from __future__ import annotations

import contextlib
import json
import re
import uuid
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from headgate.history import files

MAX_ENTRIES, MAX_BYTES = 10_000, 256 * 2**20
MAX_REFUSED = 1_000
_NAME = re.compile(r"(?P<microseconds>\d{17})-(?P<rank>\d)-[0-9a-f]{32}\.json\Z")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, order=True)
class Entry:
    """One entry by its file's name, which sorts by time, then rank."""

    name: str

    @classmethod
    def of(cls, at: datetime, rank: int) -> Entry:
        microseconds = (at - _EPOCH) // (datetime.resolution)
        return cls(f"{max(0, microseconds):017d}-{rank}-{uuid.uuid4().hex}.json")

    @property
    def time(self) -> datetime:
        return _EPOCH + int(self.name[:17]) * datetime.resolution

    @property
    def rank(self) -> int:
        return int(self.name[18])


class Spool:
    """Entries that wait in `folder` for their delivery. Any number of processes may use it at once, and be killed.

    What goes beyond `max_entries` or `max_bytes` is dropped: first what has rank 0, then the oldest. It is counted.
    """

    def __init__(self, folder: Path, *, max_entries: int = MAX_ENTRIES, max_bytes: int = MAX_BYTES) -> None:
        self.folder = folder
        self._waiting = folder / "waiting"
        self._refused = folder / "refused"
        self._max_entries, self._max_bytes = max_entries, max_bytes

    def put(self, key: str, at: datetime, body: Mapping[str, Any], rank: int = 1) -> Entry:
        """Add an entry; when this returns, it is on disk.

        Args:
            key: what it is of, for people who look at what waits.
            at: an aware time. Of equal times the lower `rank` (0 to 9) comes first.
            body: a JSON object.

        Raises:
            OSError: the folder cannot be written.
        """
        entry = Entry.of(at, rank)
        self._waiting.mkdir(parents=True, exist_ok=True)
        text = json.dumps({"key": key, "time": at.isoformat(), "body": body}, ensure_ascii=False)
        files.write(self._waiting / entry.name, text, durable=True)
        self._bound()
        return entry

    def waiting(self) -> list[Entry]:
        """Return the entries, in their order."""
        return sorted(self._entries(self._waiting))

    def read(self, entry: Entry) -> dict[str, Any]:
        """Return the body of an entry.

        Raises:
            FileNotFoundError: it is gone, delivered by another process or dropped.
            ValueError: the file holds something else.
        """
        found = json.loads((self._waiting / entry.name).read_text(encoding="utf-8"))
        if not isinstance(found, dict) or not isinstance(found.get("body"), dict):
            raise ValueError("is not an entry of a spool")
        body: dict[str, Any] = found["body"]
        return body

    def keys(self) -> Counter[str]:
        """Return how many entries of each key wait."""
        return Counter(str(files.read(self._waiting / entry.name).get("key", "?")) for entry in self.waiting())

    def remove(self, entry: Entry) -> None:
        """Remove an entry that was delivered."""
        (self._waiting / entry.name).unlink(missing_ok=True)

    def refuse(self, entry: Entry, reason: str) -> None:
        """Move an entry that can never be delivered out of the way, into the folder `refused`, with the reason."""
        self._refused.mkdir(exist_ok=True)
        with contextlib.suppress(FileNotFoundError):
            files.write(self._refused / f"{entry.name}.reason", reason)
            (self._waiting / entry.name).replace(self._refused / entry.name)
        surplus = sorted(self._entries(self._refused))[:-MAX_REFUSED]
        self._drop(self._refused, surplus)
        for old in surplus:
            (self._refused / f"{old.name}.reason").unlink(missing_ok=True)

    def refused(self) -> dict[Entry, str]:
        """Return the entries that were refused, each with the reason."""
        found = {}
        for entry in sorted(self._entries(self._refused)):
            reason = self._refused / f"{entry.name}.reason"
            found[entry] = reason.read_text(encoding="utf-8") if reason.exists() else ""
        return found

    @property
    def dropped(self) -> int:
        """How many entries the bound has dropped, ever."""
        return int(files.read(self.folder / "dropped.json").get("entries", 0))

    def lock(self, deadline: float) -> AbstractContextManager[bool]:
        """Hold the right to deliver, one process at a time; gives False where it was not free until `deadline`."""
        self.folder.mkdir(parents=True, exist_ok=True)
        return files.locked(self.folder / "delivery.lock", deadline)

    def clean(self) -> None:
        """Delete what killed processes left behind."""
        for folder in (self.folder, self._waiting, self._refused):
            files.delete_half_written(folder)

    def _entries(self, folder: Path) -> Iterator[Entry]:
        try:
            names = [path.name for path in folder.iterdir()]
        except FileNotFoundError:
            return
        yield from (Entry(name) for name in names if _NAME.match(name))

    def _bound(self) -> None:
        entries = self.waiting()
        sizes = {}
        for entry in entries:
            with contextlib.suppress(FileNotFoundError):
                sizes[entry] = (self._waiting / entry.name).stat().st_size
        count, size = len(sizes), sum(sizes.values())
        surplus = []
        for entry in sorted(sizes, key=lambda e: (e.rank > 0, e)):
            if count <= self._max_entries and size <= self._max_bytes:
                break
            surplus.append(entry)
            count, size = count - 1, size - sizes[entry]
        self._drop(self._waiting, surplus)

    def _drop(self, folder: Path, entries: list[Entry]) -> None:
        if not entries:
            return
        with files.locked(self.folder / "dropped.lock"):
            there = [entry for entry in entries if (folder / entry.name).exists()]
            # Counted first: a kill between the two counts an entry twice, and never one too few.
            total = {"entries": self.dropped + len(there), "last": datetime.now(UTC).isoformat()}
            files.write(self.folder / "dropped.json", json.dumps(total))
            for entry in there:
                (folder / entry.name).unlink(missing_ok=True)

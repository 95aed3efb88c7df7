"""The newest event that a server was sent of each job and dataset, so that a late one can be made good.

A server shows what it received last: a Monday's event that arrives on Tuesday paints over Tuesday. So the newest events
of what a late one names are sent again after it, and then the newest of what those name.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from headgate.history import files
from headgate.lineage.event import Event, states_of

# So many jobs and datasets are kept; of the others a late event stays the last.
MAX_KEPT = 2_000


class NewestEvents:
    """Kept in `folder`; used by one process at a time, and each step may be its last."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._late = folder / "late.json"

    def note_late(self, name: str, event: Event) -> None:
        """Note that an event is about to be sent which is older than what was sent. `name` sorts by time."""
        late = self._read_late()
        found = {what for what, _ in states_of(event) if any(kept > name for kept in self._kept(what))}
        if found:
            late |= {what: min(name, late.get(what, name)) for what in found}
            self._folder.mkdir(parents=True, exist_ok=True)
            files.write(self._late, json.dumps(late))

    def record(self, name: str, event: Event) -> None:
        """Keep an event that was sent, where it is the newest."""
        self._folder.mkdir(parents=True, exist_ok=True)
        roles: dict[str, set[str]] = {}
        for what, role in states_of(event):
            roles.setdefault(what, set()).add(role)
        for what, found in roles.items():
            path = self._path(what)
            kept = files.read(path)
            newest: dict[str, str] = kept.get("roles", {})
            newer = {role for role in found if name > newest.get(role, "")}
            if not newer:
                continue
            if not kept:
                self._forget_oldest()
            newest |= dict.fromkeys(newer, name)
            # A check of an older version tells nothing of this one.
            if newest.get("checked", name) < newest.get("written", ""):
                del newest["checked"]
            events = {kept_name: e for kept_name, e in {**kept.get("events", {}), name: event}.items()
                      if kept_name in newest.values()}  # fmt: skip
            files.write(path, json.dumps({"roles": newest, "events": events}, ensure_ascii=False))

    def to_send_again(self) -> list[tuple[str, Event]]:
        """Return (name, event) of what must be sent again after late events, oldest first."""
        again: dict[str, Event] = {}
        after = list(self._read_late().items())
        while after:
            what, name = after.pop()
            for newer, event in self._kept(what).items():
                if newer > name and newer not in again:
                    again[newer] = event
                    after += [(other, newer) for other in {what for what, _ in states_of(event)}]
        return sorted(again.items())

    def forget_late(self) -> None:
        """Note that all of it was sent again."""
        self._late.unlink(missing_ok=True)

    def _read_late(self) -> dict[str, str]:
        return {what: str(name) for what, name in files.read(self._late).items()}

    def _kept(self, what: str) -> Mapping[str, Any]:
        found: Mapping[str, Any] = files.read(self._path(what)).get("events", {})
        return found

    def _path(self, what: str) -> Path:
        return self._folder / f"{hashlib.sha256(what.encode()).hexdigest()[:32]}.json"

    def _forget_oldest(self) -> None:
        paths = [path for path in self._folder.glob("*.json") if path != self._late]
        if len(paths) >= MAX_KEPT:
            for path in sorted(paths, key=lambda path: path.stat().st_mtime)[: len(paths) - MAX_KEPT + 1]:
                with contextlib.suppress(FileNotFoundError):
                    path.unlink()

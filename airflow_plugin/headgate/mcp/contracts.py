"""The contracts that the server knows: those below its folders, as they are at each question."""

from __future__ import annotations

from pathlib import Path

from headgate.contract.find import candidates_below
from headgate.errors import CallError
from headgate.fitness.catalogue import Catalogue

_Mark = tuple[tuple[str, int, int], ...]


class Contracts:
    """Folders of contracts; what has changed in them is read again.

    Raises:
        CallError: one of them is not a folder.
    """

    def __init__(self, *folders: Path) -> None:
        for folder in folders:
            if not folder.is_dir():
                raise CallError(f"{folder}: folder not found")
        self._folders = folders
        self._mark: _Mark | None = None
        self._known = Catalogue(())

    def now(self) -> Catalogue:
        """Return the contracts as they are now."""
        mark = self._looks()
        if mark != self._mark:
            self._known, self._mark = Catalogue.below(*self._folders), mark
        return self._known

    def _looks(self) -> _Mark:
        found = []
        for folder in self._folders:
            for path in candidates_below(folder):
                try:
                    state = path.stat()
                except OSError:
                    continue
                found.append((str(path), state.st_mtime_ns, state.st_size))
        return tuple(found)

"""Documents that are known to be valid under the JSON schema, so that it need not be loaded for them again.

Each has an empty file, named by a hash, in the user's cache folder; if none can be written, none is known.
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
import os
import sys
from importlib.util import find_spec
from pathlib import Path

# The cache is emptied beyond so many: of contracts that are worked on, most are old versions.
_MOST = 1000


def remember(mark: Path) -> None:
    """Record that the document of this mark is valid."""
    with contextlib.suppress(OSError):
        mark.parent.mkdir(parents=True, exist_ok=True)
        marks = list(mark.parent.iterdir())
        for old in marks if len(marks) >= _MOST else ():
            old.unlink(missing_ok=True)
        mark.touch()


def mark_of(document: object) -> Path:
    """Return the file whose existence means that `document` is valid: its name depends on the document and on the files
    that validate it."""
    said = repr((document, _judges(), sys.version_info[:2]))
    return _folder() / hashlib.sha256(said.encode("utf-8", "surrogatepass")).hexdigest()


@functools.cache
def _judges() -> list[tuple[str, int, int]]:
    package = find_spec("open_data_contract_standard")
    files = [Path(str(package.origin)) if package else Path(), *Path(__file__).parent.glob("*.py")]
    return [(str(file), stat.st_mtime_ns, stat.st_size) for file in sorted(files) if (stat := file.stat())]


def _folder() -> Path:
    cache = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(cache) / "headgate" / "valid-contracts"

"""Which files are contracts: by what they say, whatever they are called."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from headgate.contract.document import MAX_BYTES, bytes_of

_NAMED = re.compile(r"\.odcs\.(ya?ml|json)\Z")
_FORMS = re.compile(r"\.(ya?ml|json)\Z")
# At the root of a YAML document, or anywhere in a JSON one.
_KIND = re.compile(rb"""^(?:kind|'kind'|[\s{]*"kind")\s*:\s*["']?DataContract\b""", re.MULTILINE)
_KIND_INSIDE = re.compile(rb"""[{,]\s*"kind"\s*:\s*"DataContract\"""")


def may_be_contract(name: str) -> bool:
    """Return whether a file of this name can be a contract: YAML or JSON."""
    return bool(_FORMS.search(name))


def is_contract(name: str, text: bytes) -> bool:
    """Return whether a file is a contract: it is called so, or says so itself."""
    return bool(_NAMED.search(name)) or (
        len(text) <= MAX_BYTES and bool(_KIND.search(text) or _KIND_INSIDE.search(text))
    )


def contracts_below(folder: Path) -> Iterator[Path]:
    """Yield every contract below a folder, in the order of their names; not in hidden folders, nor through links."""
    return (path for path in candidates_below(folder) if is_contract_file(path))


def candidates_below(folder: Path) -> Iterator[Path]:
    """Yield the files below a folder that can be contracts by their names, as `contracts_below` does."""
    for root, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        yield from (Path(root, name) for name in sorted(files) if may_be_contract(name))


def is_contract_file(path: Path) -> bool:
    """Return whether a file is a contract. One that cannot be read is none, unless it is called so."""
    return is_contract(path.name, _text(path))


def is_there(text: str, *, folders: bool = False) -> bool:
    """Return whether a text is the path of a file (or of a folder, where `folders`). One that can be no path, such as
    a name that is too long, is none."""
    try:
        return Path(text).exists() if folders else Path(text).is_file()
    except (OSError, ValueError):
        return False


def _text(path: Path) -> bytes:
    try:
        return bytes_of(path) if path.is_file() else b""
    except OSError:
        return b""


def _main(paths: list[str]) -> None:
    """Write the contracts among files and folders, each ended by NUL."""
    found = (path for name in paths for path in (contracts_below(Path(name)) if Path(name).is_dir() else [Path(name)]))
    sys.stdout.write("".join(f"{path}\0" for path in found if may_be_contract(path.name)))


if __name__ == "__main__":
    _main([argument for argument in sys.argv[1:] if argument != "--"])

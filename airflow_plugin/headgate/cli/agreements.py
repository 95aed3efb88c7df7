"""The agreements that a command reads from a file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from headgate.changes.agreement import FILE, from_file
from headgate.contract.document import read
from headgate.contract.load import contract_bytes
from headgate.errors import CallError

if TYPE_CHECKING:
    from headgate.changes.agreement import Agreement


def agreements_of(path: Path | None) -> list[Agreement]:
    """Return what is agreed by a file, by default headgate-agreed.yaml where there is one. Raises CallError."""
    if path is None:
        path = Path(FILE)
        if not path.is_file():
            return []
    try:
        return from_file(read(contract_bytes(path).decode("utf-8"), str(path)))
    except UnicodeDecodeError:
        raise CallError(f"{path}: not UTF-8; save the file as UTF-8") from None

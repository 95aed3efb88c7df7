"""Where a drafted contract is written."""

from __future__ import annotations

from pathlib import Path

import click

from headgate.draft import Draft
from headgate.errors import CallError

force_option = click.option("--force", is_flag=True, help="Overwrite the file if it exists.")


def ensure_writable(path: Path, force: bool) -> None:
    """Raise CallError if the file is there and `force` does not say that it is to be overwritten."""
    if path.exists() and not force:
        raise CallError(f"{path} already exists; name another --output, or overwrite it with --force")


def write(draft: Draft, path: Path, *, make_folder: bool = False) -> None:
    """Write the contract. Raises CallError if it cannot be written."""
    try:
        if make_folder:
            path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(str(draft), encoding="utf-8")
    except OSError as error:
        raise CallError(f"{path}: the contract cannot be written: {error.strerror}") from None

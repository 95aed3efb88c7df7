"""Where a drafted contract is written."""

from __future__ import annotations

from pathlib import Path

import click

from headgate.cli.options import show
from headgate.draft import Draft
from headgate.errors import CallError
from headgate.render.answers import DraftAnswer

output_option = click.option(
    "--output", "-o", help="The file to write; `-` prints it. By default NAME.odcs.yaml, here."
)
name_option = click.option("--name", help="What the dataset is called. By default as the file or the table.")
force_option = click.option("--force", is_flag=True, help="Overwrite the file if it exists.")


def ensure_writable(path: Path, force: bool) -> None:
    """Raise CallError if the file is there and `force` does not say that it is to be overwritten."""
    if path.exists() and not force:
        raise CallError(f"{path} already exists; name another --output, or overwrite it with --force")


def save(draft: Draft, data: str, output: str | None, form: str, *, force: bool, then: str = "") -> None:
    """Write a draft of `data` to `output`, by default a file with its name, and show what was written; print it where
    that is `-`. `then` is a command to give next, in which FILE stands for the file."""
    if output == "-":
        show(DraftAnswer(draft, data), form)
        return
    path = Path(output or f"{draft.id}.odcs.yaml")
    ensure_writable(path, force)
    write(draft, path)
    show(DraftAnswer(draft, data, path, then.replace("FILE", str(path))), form)


def write(draft: Draft, path: Path, *, make_folder: bool = False) -> None:
    """Write the contract. Raises CallError if it cannot be written."""
    try:
        if make_folder:
            path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(str(draft), encoding="utf-8")
    except OSError as error:
        raise CallError(f"{path}: the contract cannot be written: {error.strerror}") from None

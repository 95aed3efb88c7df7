"""The store of the history for a command: which one, and what still waits for it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from headgate import history as kept

if TYPE_CHECKING:
    from headgate.history.store import Store

# How long a command that reads waits for the runs that are not in the store yet.
_FLUSH_SECONDS = 5.0

store_option = click.option(
    "--store",
    "url",
    metavar="URL",
    help="sqlite:////PATH or postgresql://USER@HOST/DATABASE; by default HEADGATE_STORE, else a file in your state "
    "folder.",
)


@contextmanager
def open_flushed(url: str | None) -> Iterator[Store]:
    """Give the store, after what waits was delivered as far as that goes."""
    done = kept.flush(url, seconds=_FLUSH_SECONDS)
    store = kept.open_store(url)
    try:
        if done.error:
            click.echo(f"some runs are not in the history yet: {done.error}", err=True)
        yield store
    finally:
        store.close()

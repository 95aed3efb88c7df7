"""The store of the history for a command: which one, and what still waits for it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True)
class Asked:
    """The store of a question. `lacks`: runs wait that could not be delivered to it, so that its answer may lack
    something."""

    store: Store
    lacks: bool = False


@contextmanager
def open_flushed(url: str | None, *, makes: bool = False) -> Iterator[Asked]:
    """Give the store, after what waits was delivered as far as that goes.

    Args:
        makes: also where there is none yet. Else only the user's own is made, or the one that is configured where runs
            wait for it.

    Raises:
        ConfigurationError, MissingExtraError: there is no store.
        TransientError: it cannot be used, or there is none.
    """
    waits = url is None and kept.waiting_records().waiting()
    if not makes and kept.configured(url) and not waits:
        kept.demand_store(url)
    done = kept.flush(url, seconds=_FLUSH_SECONDS)
    store = kept.open_store(url)
    try:
        if done.error:
            click.echo(f"some runs are not in the history yet: {done.error}", err=True)
        yield Asked(store, lacks=bool(done.error))
    finally:
        store.close()

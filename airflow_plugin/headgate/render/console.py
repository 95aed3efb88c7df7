"""Lines and tables for a terminal: the one place that imports rich, which is heavy, and only when it draws."""

from __future__ import annotations

import functools
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from headgate.render.escaping import plain

if TYPE_CHECKING:
    from rich.console import Console

# A text, or one with a style.
Cell = str | tuple[str, str]


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table. What is too long is broken anywhere where it may `fold`, else between words or, `whole`,
    not at all; `ratio` is the share of the room that it gets."""

    name: str
    fold: bool = False
    whole: bool = False
    ratio: int | None = None


class Page:
    """What is printed, in lines of at most `width` characters; `str()` of it is the text.

    Control characters are taken out of every text.
    """

    def __init__(self, width: int, *, colour: bool = False) -> None:
        self._out = io.StringIO()
        self._width = width
        self._colour = colour

    @functools.cached_property
    def _console(self) -> Console:
        from rich.console import Console

        return Console(file=self._out, width=self._width, force_terminal=self._colour,
                       color_system="standard" if self._colour else None,
                       highlight=False, markup=False, emoji=False, soft_wrap=False)  # fmt: skip

    def line(self, *cells: Cell, style: str | None = None) -> None:
        """Add a line of texts, each in its own style or in `style`."""
        if not self._colour:
            bare = "".join(plain(cell if isinstance(cell, str) else cell[0]) for cell in cells)
            if len(bare) <= self._width and bare.isascii() and bare.isprintable():  # there is nothing to lay out
                self._out.write(f"{bare}\n")
                return
        from rich.text import Text

        text = Text(style=style or "")
        for cell in cells:
            said, own = (cell, None) if isinstance(cell, str) else cell
            text.append(plain(said), style=own)
        self._console.print(text)

    def table(self, columns: Sequence[Column | str], rows: Iterable[Sequence[Cell]]) -> None:
        """Add rows under the names of their columns."""
        from rich import box
        from rich.table import Table
        from rich.text import Text

        drawn = Table(box=box.SIMPLE_HEAD, pad_edge=False, expand=False)
        for column in (Column(c) if isinstance(c, str) else c for c in columns):
            options: dict[str, Any] = {"overflow": "fold"} if column.fold else {}
            drawn.add_column(column.name, no_wrap=column.whole, ratio=column.ratio, **options)
        for row in rows:
            drawn.add_row(*(plain(c) if isinstance(c, str) else Text(plain(c[0]), style=c[1]) for c in row))
        self._console.print(drawn)

    def __str__(self) -> str:
        return "\n".join(line.rstrip() for line in self._out.getvalue().splitlines())


def table(columns: Sequence[Column | str], rows: Iterable[Sequence[Cell]], width: int) -> str:
    """Return one table as text."""
    page = Page(width)
    page.table(columns, rows)
    return str(page).rstrip()

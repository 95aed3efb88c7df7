"""A format: how answers of each type become text."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, TypeVar


@dataclass(frozen=True, slots=True)
class View:
    """What the reader has: `width` characters a line, colours or none. `at` is when the command ran, by its clock."""

    width: int = 120
    colour: bool = False
    at: datetime = datetime(1970, 1, 1, tzinfo=UTC)


Renderer = Callable[[Any, View], str]
R = TypeVar("R", bound=Renderer)


@dataclass(frozen=True)
class Format:
    """One form in which answers are shown; `help` says what it is for.

    A module of `render.formats` has one as `FORMAT`, and registers with `of` a function for each type that it shows.
    """

    name: str
    help: str
    _renderers: dict[type, Renderer] = field(default_factory=dict, repr=False)

    def of(self, *kinds: type) -> Callable[[R], R]:
        """Register the decorated function for answers of these types."""

        def register(renderer: R) -> R:
            self._renderers.update(dict.fromkeys(kinds, renderer))
            return renderer

        return register

    def shows(self, kind: type) -> bool:
        """Return whether answers of a type have this form."""
        return kind in self._renderers

    def render(self, answer: Any, view: View | None = None) -> str:
        """Return the text of an answer, without the newline at its end; nothing where there is nothing to say."""
        return self._renderers[type(answer)](answer, view or View())

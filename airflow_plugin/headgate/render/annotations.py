"""Annotations of GitHub Actions: workflow commands that show a message at its line of a pull request.

Escaped as the runner reads it: %, carriage return and line feed everywhere, `:` and `,` in properties as well.
"""

from __future__ import annotations

from headgate.render.escaping import plain


def annotation(kind: str, message: str, *, file: str, line: int, title: str, column: int | None = None) -> str:
    """One line of output. `kind` is error, warning or notice, a `line` of 0 is not known; nothing in a text can end or
    steer the command."""
    place = f"file={_value(file)}" + (f",line={line}" if line else "") + (f",col={column}" if column else "")
    return f"::{kind} {place},title={_value(title)}::{escaped(message)}"


def escaped(text: str) -> str:
    """A message of several lines stays one command; whatever else is no text is taken out."""
    return "%0A".join(plain(line) for line in text.replace("%", "%25").split("\n"))


def _value(text: str) -> str:
    return escaped(text).replace(":", "%3A").replace(",", "%2C")

"""Annotations of GitHub Actions: workflow commands that show a message at its line of a pull request."""

from __future__ import annotations

_LEVELS = {"error": "error", "warning": "warning", "note": "notice"}


def annotation(level: str, message: str, *, file: str, line: int, column: int = 1, title: str = "") -> str:
    """One line of output; every character that could end or steer the command is escaped."""
    place = f"file={_value(file)},line={line},col={column}"
    named = f",title={_value(title)}" if title else ""
    return f"::{_LEVELS[level]} {place}{named}::{_data(message)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _value(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")

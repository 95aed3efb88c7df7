"""A pattern of a contract (RE2) as one that means the same to readers of JSON Schema (ECMA-262)."""

from __future__ import annotations

import re

_CLASSES = {"d": "0-9", "w": "0-9A-Za-z_", "s": r"\t\n\f\r "}
_CONTROLS = {"t": r"\t", "n": r"\n", "r": r"\r", "f": r"\f", "v": r"\v", "a": r"\x07"}
_SYNTAX = frozenset("^$\\.*+?()[]{}|")
_COUNT = re.compile(r"\{\d+(,\d*)?\}")
_GROUP = re.compile(r"\(\?(P?<\w+>|:)")
_HEX = re.compile(r"x(?:([0-9A-Fa-f]{2})|\{([0-9A-Fa-f]{1,4})\})")
_SET_OPERATORS = ("&&", "--", "~~", "[:", "[.", "[=")


class _OtherMeaningError(Exception):
    """A part of a pattern that other engines read in another way."""


def portable(pattern: str) -> str | None:
    """Return a pattern that every engine reads as RE2 reads `pattern`; None if this is not known.

    Classes are written out, since engines disagree on them: `\\s`, `\\d` and `\\w` of RE2 are ASCII, and its dot is
    everything but a newline.
    """
    try:
        return _Reader(pattern).read()
    except _OtherMeaningError:
        return None


class _Reader:
    def __init__(self, pattern: str) -> None:
        self.text, self.at = pattern, 0

    def read(self) -> str:
        made: list[str] = []
        repeatable = False
        while self.at < len(self.text):
            count = _COUNT.match(self.text, self.at)
            character = self.text[self.at]
            if count or character in "*+?":
                if not repeatable:
                    raise _OtherMeaningError
                made.append(self._taken(count[0] if count else character))
                if self._next("?"):
                    made.append(self._taken("?"))
                repeatable = False
                continue
            made.append(self._atom(character))
            repeatable = character not in "^$(|"
        return "".join(made)

    def _atom(self, character: str) -> str:
        if character == "\\":
            self.at += 1
            return self._escape()
        if character == "[":
            return self._class()
        if character == "(":
            if not self._next("(?"):
                return self._taken("(")
            group = _GROUP.match(self.text, self.at)
            if group is None:  # flags
                raise _OtherMeaningError
            self.at = group.end()
            return "(?:" if group[1] == ":" else "("
        self.at += 1
        if character == ".":
            return r"[^\n]"
        return f"\\{character}" if character in "{}]" else character

    def _escape(self) -> str:
        """Return what stands after a backslash, outside a class."""
        character = self.text[self.at : self.at + 1]
        if character.lower() in _CLASSES:
            self.at += 1
            return f"[{'^' if character.isupper() else ''}{_CLASSES[character.lower()]}]"
        if character in ("A", "z"):
            self.at += 1
            return "^" if character == "A" else "$"
        return self._character(character, _SYNTAX)

    def _class(self) -> str:
        self.at += 1
        made = "["
        if self._next("^"):
            made += self._taken("^")
        first = True
        while first or not self._next("]"):
            character = self.text[self.at : self.at + 1]
            if not character or any(self._next(word) for word in _SET_OPERATORS):
                raise _OtherMeaningError
            if character == "\\":
                self.at += 1
                escaped = self.text[self.at : self.at + 1]
                if escaped in _CLASSES:
                    self.at += 1
                    made += _CLASSES[escaped]
                else:
                    made += self._character(escaped, _SYNTAX | {"-"})
            else:
                self.at += 1
                literal = character in "[]" or (character == "-" and (first or self._next("]")))
                made += f"\\{character}" if literal else character
            first = False
        return made + self._taken("]")

    def _character(self, character: str, escaped: frozenset[str]) -> str:
        """Return one character that stands after a backslash."""
        if found := _HEX.match(self.text, self.at):
            self.at = found.end()
            return f"\\u{int(found[1] or found[2], 16):04x}"
        if not character or (character.isalnum() and character not in _CONTROLS) or not character.isascii():
            raise _OtherMeaningError
        self.at += 1
        if character in _CONTROLS:
            return _CONTROLS[character]
        return f"\\{character}" if character in escaped else character

    def _next(self, text: str) -> bool:
        return self.text.startswith(text, self.at)

    def _taken(self, text: str) -> str:
        self.at += len(text)
        return text

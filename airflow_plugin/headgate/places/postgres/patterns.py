"""RE2 patterns as PostgreSQL's advanced regular expressions, where both mean the same."""

from __future__ import annotations

import re

_ASCII = {"d": "0-9", "w": "0-9A-Za-z_", "s": r"\t\n\f\r "}
_SAME = frozenset("tnrfva")
_EDGES = {"b": r"\y", "B": r"\Y", "A": r"\A", "z": r"\Z"}
_ESCAPE, _POSIX = r"\\.", r"\[:\^?[a-z]+:\]"
_CLASS = rf"\[\^?\]?(?:{_POSIX}|{_ESCAPE}|[^]\\])*\]"
_TOKEN = re.compile(rf"[(][?][^:)]*[:)]?|{_CLASS}|{_ESCAPE}|[{{][0-9]+(?:,[0-9]*)?[}}]|.", re.DOTALL)
_PART = re.compile(rf"{_POSIX}|{_ESCAPE}|.", re.DOTALL)
# PostgreSQL counts no further.
_MOST = 255


def postgres_pattern(pattern: str) -> str | None:
    r"""Return the RE2 pattern as an advanced regular expression of PostgreSQL with the same meaning; None if there is
    none.

    In RE2 a dot matches any character but a newline, \d \w \s are ASCII, \b is the edge of a word, and a brace that
    does not begin a repetition matches itself.
    """
    out: list[str] = []
    # A quantifier may follow an atom; after another quantifier `?` only says that less is preferred.
    before = "start"
    for position, part in enumerate(_TOKEN.findall(pattern)):
        after, kind = part[1:], "atom"
        if part in ("*", "+", "?") or (part[0] == "{" and after):
            kind = "quantifier"
            if before == "atom" and all(int(count) <= _MOST for count in re.findall("[0-9]+", part)):
                out.append(part)
            elif before != "quantifier" or part != "?":
                return None
        elif part == ".":
            out.append(r"[^\n]")
        elif part == "(?:" or (part == "(?i)" and position == 0):
            kind = "start"
            out.append(part)
        elif part.startswith("(?"):
            return None
        elif part in ("(", "|", "^", "$"):
            kind = "start"
            out.append(part)
        elif part == "{":
            out.append(r"\{")
        elif part[0] == "\\" and after in _EDGES:
            kind = "start"
            out.append(_EDGES[after])
        elif part[0] == "\\" and after.lower() in _ASCII:
            out.append(f"[{'' if after in _ASCII else '^'}{_ASCII[after.lower()]}]")
        elif part[0] == "\\" and after not in _SAME and re.match("[0-9A-Za-z]", after):
            return None
        elif part[0] == "[" and after:
            inner = _class(part)
            if inner is None:
                return None
            out.append(inner)
        else:
            out.append(part)
        before = kind
    return "".join(out)


def _class(bracket: str) -> str | None:
    """Return a bracket expression; None if PostgreSQL has no equivalent."""
    out = []
    for piece in _PART.findall(bracket):
        letter = piece[1:] if piece[0] == "\\" else ""
        if letter in _ASCII:
            out.append(_ASCII[letter])
        elif piece.startswith("[:^") or (letter not in _SAME and re.match("[0-9A-Za-z]", letter)):
            return None
        else:
            out.append(piece)
    return "".join(out)

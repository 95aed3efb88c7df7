"""RE2 patterns as PostgreSQL's advanced regular expressions, where both mean the same."""

from __future__ import annotations

import re

from headgate.places.postgres.character_sets import LAST, CharacterSet, named

_LETTERS = {"t": "\t", "n": "\n", "r": "\r", "f": "\f", "v": "\v", "a": "\a"}
# The edges of RE2's words, which are of ASCII. What is none of them, RE2 finds within the bytes of a letter too.
_WORD = "[0-9A-Za-z_]"
_EDGES = {
    "b": f"(?:(?<={_WORD})(?!{_WORD})|(?<!{_WORD})(?={_WORD}))",
    "A": r"\A",
    "z": r"\Z",
}
_CODE = r"\\x(?:[0-9A-Fa-f]{2}|\{[0-9A-Fa-f]{1,6}\})"
_ESCAPE, _POSIX = rf"{_CODE}|\\.", r"\[:\^?[a-z]+:\]"
_CLASS = rf"\[\^?\]?(?:{_POSIX}|{_ESCAPE}|[^]\\])*\]"
_GROUP = r"\(\?P?<\w+>|\(\?[^:)]*[:)]?"
_TOKEN = re.compile(rf"{_GROUP}|{_CLASS}|{_ESCAPE}|[{{][0-9]+(?:,[0-9]*)?[}}]|.", re.DOTALL)
_PART = re.compile(rf"{_POSIX}|{_ESCAPE}|.", re.DOTALL)
# PostgreSQL counts no further.
_MOST = 255


def postgres_pattern(pattern: str) -> str | None:
    r"""Return the RE2 pattern as an advanced regular expression of PostgreSQL with the same meaning; None if there is
    none.

    In RE2 a dot matches any character but a newline, \d \w \s \b and the classes in brackets are ASCII, ranges are of
    code points, (?i) folds the Kelvin sign and the long s as well, and a brace that does not begin a repetition matches
    itself.
    """
    out: list[str] = []
    fold = pattern.startswith("(?i)")
    # A quantifier may follow an atom; after another quantifier `?` only says that less is preferred.
    before = "start"
    for part in _TOKEN.findall(pattern.removeprefix("(?i)")):
        after, kind = part[1:], "atom"
        if part in ("*", "+", "?") or (part[0] == "{" and after):
            kind = "quantifier"
            if before == "atom" and all(int(count) <= _MOST for count in re.findall("[0-9]+", part)):
                out.append(part)
            elif before != "quantifier" or part != "?":
                return None
        elif part == ".":
            out.append(r"[^\n]")
        elif part == "(?:" or re.fullmatch(r"\(\?P?<\w+>", part):
            kind = "start"
            out.append("(?:")
        elif part.startswith("(?"):
            return None
        elif part in ("(", "|", "^", "$"):
            kind = "start"
            out.append(part)
        elif part == ")":
            out.append(part)
        elif part[0] == "\\" and after in _EDGES:
            kind = "start"
            out.append(_EDGES[after])
        else:
            said = (_bracket if part[0] == "[" and after else _one)(part, fold=fold)
            if said is None:
                return None
            out.append(_written(said))
        before = kind
    return "".join(out)


def _written(said: CharacterSet) -> str:
    """Return a set as an atom: a plain character as itself."""
    if said.single and (letter := chr(said.ranges[0][0])).isprintable():
        return re.sub(r"([^\w\s])", r"\\\1", letter) if letter.isascii() else letter
    return said.posix() or "(?!)"  # nothing is in it


def _one(part: str, *, fold: bool) -> CharacterSet | None:
    """Return what one character of a pattern, or an escape, matches, whatever its case if it is to `fold`; None if it
    is none that is known."""
    after = part[1:]
    said: CharacterSet | None
    if not after:
        said = _character(part)
    elif re.fullmatch(_CODE, part):
        code = int(after.strip("x{}"), 16)
        said = CharacterSet(((code, code),)) if code <= LAST else None
    elif after.lower() in ("d", "w", "s"):
        said = named(after.lower())
    elif after in _LETTERS:
        said = _character(_LETTERS[after])
    else:
        said = None if re.match("[0-9A-Za-z]", after) else _character(after)
    said = said.folded() if said is not None and fold else said
    return said.complement() if said is not None and after in ("D", "W", "S") else said


def _character(letter: str) -> CharacterSet:
    return CharacterSet(((ord(letter), ord(letter)),))


def _bracket(bracket: str, *, fold: bool) -> CharacterSet | None:
    """Return what a class in brackets matches; None if something in it is not known."""
    pieces = _PART.findall(bracket[1:-1].removeprefix("^"))
    ranges: list[tuple[int, int]] = []
    while pieces:
        piece = pieces.pop(0)
        if re.fullmatch(_POSIX, piece):
            said = named(piece.strip("[]:^"))
            said = said.folded() if said is not None and fold else said
            said = said.complement() if said is not None and piece[2] == "^" else said
        elif len(pieces) > 1 and pieces[0] == "-":
            first, last = _one(piece, fold=False), _one(pieces[1], fold=False)
            pieces = pieces[2:]
            if first is None or last is None or not first.single or not last.single:
                return None
            said = CharacterSet(((first.ranges[0][0], last.ranges[0][0]),))
            said = said.folded() if fold else said
        else:
            said = _one(piece, fold=fold)
        if said is None:
            return None
        ranges += said.ranges
    found = CharacterSet.of(ranges)
    return found.complement() if bracket.startswith("[^") else found

"""RE2 patterns on single texts, in linear time.

Rust's engine, which answers in a tenth of a microsecond, serves the patterns that both engines read alike; a table of
cases holds that they do. RE2 itself serves all others.
"""

from __future__ import annotations

import re
from collections.abc import Callable

import jsonschema_rs
import re2

Search = Callable[[str], bool]

# Single characters, groups, alternatives, repeats up to 1000: no classes with names, no flags, no look at blanks or at
# the borders of words, in all of which the engines differ.
_CLASS = r"\[\^?(?:[^\\\[\]^&~\n-]|\\[dwDW]|\\[^\w\s])(?:[^\\\[\]&~\n-]|\\[dwDW]|\\[^\w\s]|-(?=[\w\]]))*\]"
_ATOM = rf"(?:[^\\\[\](){{}}|^$*+?\n]|\\[dwDW]|\\[^\w\s]|{_CLASS}|\))"
_TIMES = r"(?:\{(?:[0-9]{1,3}|1000)(?:,(?:[0-9]{1,3}|1000)?)?\}|[*+?])"
_SHARED = re.compile(rf"(?:\((?!\?)|\(\?:|\||\^|\$|{_ATOM}(?:{_TIMES}\??)?)*")


def is_shared(pattern: str) -> bool:
    """Return whether both engines read an RE2 pattern alike."""
    return bool(_SHARED.fullmatch(pattern))


def search(pattern: str) -> Search:
    """Return whether an RE2 pattern is found in a text, as a function of the text."""
    if is_shared(pattern):
        try:
            return jsonschema_rs.validator_for(
                {"type": "string", "pattern": pattern}, pattern_options=jsonschema_rs.RegexOptions()
            ).is_valid
        except ValueError:  # it is too large for Rust's engine
            pass
    options = re2.Options()
    options.log_errors = False
    found = re2.compile(pattern, options).search
    return lambda text: found(text) is not None


def like(pattern: str, escape: str = "") -> Search:
    """Return whether a whole text is like a pattern of LIKE, in which `escape` takes the next character as it is."""
    parts, characters = [], iter(pattern)
    for character in characters:
        if character == escape:
            parts.append(re2.escape(next(characters, "")))
        else:
            parts.append({"%": ".*", "_": "."}.get(character) or re2.escape(character))
    return search(f"(?s)^{''.join(parts)}$")

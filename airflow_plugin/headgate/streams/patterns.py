"""RE2 patterns on single texts, in linear time.

Rust's engine, which answers in a tenth of a microsecond, serves the patterns that every engine reads alike; a table of
cases holds that it does. RE2 itself serves all others.
"""

from __future__ import annotations

from collections.abc import Callable

import jsonschema_rs
import re2

from headgate.streams.schemas.patterns import portable

Search = Callable[[str], bool]


def search(pattern: str) -> Search:
    """Return whether an RE2 pattern is found in a text, as a function of the text."""
    if (shared := portable(pattern)) is not None:
        try:
            return jsonschema_rs.validator_for(
                {"type": "string", "pattern": shared}, pattern_options=jsonschema_rs.RegexOptions()
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

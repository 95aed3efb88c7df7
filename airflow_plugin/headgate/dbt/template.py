"""The SQL of a check type with slots, as Jinja: lists become loops, slots become calls of macros."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from headgate.checks.argument import COLUMNS, PATTERN, PATTERNS, VALUES, Argument
from headgate.dbt.slots import MARK, SLOT, mark

_SEPARATORS = (", ", " AND ", " OR ", " + ")


class NotSayableError(Exception):
    """The SQL of the type cannot be written before a check is known."""


@dataclass(frozen=True)
class Loop:
    """`body` is repeated for each member of the lists called `names`; its text uses the first one."""

    names: frozenset[str]
    body: str
    separator: str

    def repeated(self, count: int) -> str:
        return self.separator.join(_at(self.body, self.names, position) for position in range(count))


Parts = tuple[str | Loop, ...]


def _at(text: str, names: frozenset[str], position: int) -> str:
    """Return `text`, which uses the first member of some lists, with another member instead."""
    for name in names:
        text = text.replace(mark(name, 0), mark(name, position))
    return text


def with_loops(parts: Parts, names: frozenset[str]) -> Parts:
    """Return the parts with what is repeated for two members of the lists called `names` as a loop."""
    return tuple(piece for part in parts for piece in ([part] if isinstance(part, Loop) else _split(part, names)))


def _split(text: str, names: frozenset[str]) -> Iterator[str | Loop]:
    of_first, of_second = (
        re.compile("|".join(re.escape(mark(name, position)) for name in sorted(names))) for position in (0, 1)
    )
    begin = 0
    for first in of_first.finditer(text):
        if first.start() < begin:
            continue
        for separator in re.finditer("|".join(map(re.escape, _SEPARATORS)), text[first.end() :]):
            end, follow = first.end() + separator.start(), first.end() + separator.end()
            second = of_second.search(text, follow)
            if second is None:
                break
            start = first.start() - (second.start() - follow)
            body = text[max(start, 0) : end]
            if begin <= start and text[follow:].startswith(_at(body, names, 1)) and not of_second.search(body):
                yield text[begin:start]
                yield Loop(names, body, separator[0])
                begin = follow + len(body)
                break
    yield text[begin:]


def expanded(parts: Parts, columns: int, members: int) -> str:
    """Return the SQL of the parts for that many columns and members of lists."""
    counts = {True: columns, False: members}
    return "".join(part.repeated(counts["columns" in part.names]) if isinstance(part, Loop) else part for part in parts)


def jinja(parts: Parts, arguments: Mapping[str, Argument]) -> str:
    """Return the parts as Jinja. Raises NotSayableError if a slot is only a part of a name."""
    said = "".join(_loop(part, arguments) if isinstance(part, Loop) else _slots_in(part, arguments) for part in parts)
    if MARK in said:
        raise NotSayableError(said)
    return said


def _loop(loop: Loop, arguments: Mapping[str, Argument]) -> str:
    if "columns" in loop.names:
        lists, member = "check.columns", {"columns": "name"}
        member |= {name: f"{name}[loop.index0]" for name in loop.names if name != "columns"}
    else:
        (name,) = loop.names
        values = arguments[name].form == VALUES
        lists, member = (f"{name}_sql" if values else name), {name: "member"}
        if loop.body == mark(name, 0) and values:
            return f"{{{{ {lists} | join('{loop.separator}') }}}}"
    item = "name" if "columns" in loop.names else "member"

    def filled(match: re.Match[str]) -> str:
        return _filled(match, member[match["name"]], arguments) if match["name"] in member else match[0]

    body = _slots_in(SLOT.sub(filled, loop.body), arguments)
    return f"{{% for {item} in {lists} %}}{body}{{{{ '{loop.separator}' if not loop.last }}}}{{% endfor %}}"


def _slots_in(text: str, arguments: Mapping[str, Argument]) -> str:
    def filled(match: re.Match[str]) -> str:
        name = "check.columns" if match["name"] == "columns" else match["name"]
        return _filled(match, name if match["at"] is None else f"{name}[{match['at']}]", arguments)

    return SLOT.sub(filled, text)


def _filled(slot: re.Match[str], value: str, arguments: Mapping[str, Argument]) -> str:
    """Return what replaces a slot whose value is `value` in Jinja."""
    name = slot["name"]
    if name == "data":
        return "{{ data }}"
    if name == "reference":
        return "(SELECT * FROM {{ headgate.referenced(check) }})"
    if name == "columns" and slot["own"]:
        return "{{ column }}" if value == "check.columns[0]" else f"{{{{ headgate.column({value}) }}}}"
    form = COLUMNS if name == "columns" else arguments[name].form
    if form == COLUMNS:
        return f"{{{{ headgate.quoted({value}) }}}}"
    if form in (PATTERN, PATTERNS):
        return f"{{{{ headgate.pattern({value}) }}}}"
    if form == VALUES:
        return f"{{{{ {value} }}}}"
    return f"{{{{ headgate.literals([{value}], check, columns)[0] }}}}"

"""Service levels about the age of a dataset: what dbt tests of them, and the freshness settings of a source table."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from yaml.nodes import MappingNode

from headgate.checks import Unchecked
from headgate.contract import Dataset, Property
from headgate.contract.service_levels import Duration
from headgate.dbt.gate import Edit
from headgate.dbt.jinja import inert, text_of
from headgate.dbt.nodes import value_of
from headgate.dbt.text import flow
from headgate.errors import CallError, UnsupportedError

# Each is read as: the newest value of the element is at most that old. `dbt source freshness` knows one of them, the
# first in this order.
_LEVELS = ("freshness", "latency", "frequency")
_PERIODS = (("day", 86400), ("hour", 3600), ("minute", 60))
# With one of these a table has settings of its own.
_OWN = ("freshness", "loaded_at_field", "loaded_at_query")
_MARK = "  # by `headgate dbt sync`"
_MARKED = re.compile(rf"^.*{_MARK}\r?$\n?", re.MULTILINE)


def level_of(rule: Unchecked, dataset: Dataset) -> dict[str, Any] | None:
    """Return the service level `rule` as the test of a contract takes it; None if it is not about the age of a column
    of `dataset`.

    Raises:
        UnsupportedError: dbt has no such period.
    """
    columns = {f"{dataset.name}.{prop.name}": prop for prop in dataset.properties}
    for level in dataset.contract.service_levels:
        named = [columns[element] for element in level.elements if element in columns]
        if level.key != rule.key or level.name not in _LEVELS or not named:
            continue
        said: dict[str, Any] = {
            "key": inert(rule.key),
            "level": level.name,
            "columns": [inert(prop.column) for prop in named],
            "within": _period(level.value),
        }
        if zones := {zone for prop in named if (zone := _zone(prop)) != "UTC"}:
            if len({_zone(prop) for prop in named}) > 1:
                raise UnsupportedError("the columns have several default time zones")
            said["timezone"] = inert(zones.pop())
        if any(prop.classified for prop in named):
            said["classified"] = True
        told = f"{level.name}: the newest {', '.join(prop.column for prop in named)} is at most {level.value} old"
        severity = "error" if level.settings.get("onLate") == "halt" else "warning"
        return {**said, "severity": severity, "promise": inert(told), "digest": rule.digest}
    return None


def freshness_of(levels: Sequence[Mapping[str, Any]], dataset: Dataset) -> dict[str, Any]:
    """Return what `dbt source freshness` goes by, of the levels of a source table; empty if there are none."""
    if not levels:
        return {}
    first = min(levels, key=lambda level: _LEVELS.index(level["level"]))
    (prop,) = (prop for prop in dataset.properties if prop.column == text_of(first["columns"][0]))
    return {"freshness": {"warn_after": dict(first["within"])}, "loaded_at_field": inert(_moment(prop))}


def _moment(prop: Property) -> str:
    """Return a column as dbt takes it: a timestamp, which is in UTC if it has no zone; a date is refused."""
    column = '"' + prop.column.replace('"', '""') + '"'
    if prop.options.get("timezone") is True or (prop.logical_type != "date" and _zone(prop) == "UTC"):
        return column
    return f"cast({column} as timestamp)" + f" at time zone '{_zone(prop)}'" * (_zone(prop) != "UTC")


def freshness_edits(file: Path, text: str, table: MappingNode, last: int, settings: Mapping[str, Any]) -> list[Edit]:
    """Return the edits that give a source table `settings` in its `config:`, in the place of those that were written
    before. A table that has settings of its own, or is read by a query, keeps them.

    Args:
        last: the last line of the table.

    Raises:
        CallError: its `config:` is written in a form that is not edited.
    """
    lines = text.splitlines()
    ours = [at for at in range(table.start_mark.line, last + 1) if _MARKED.match(lines[at])]
    config = value_of(table, "config")
    said = [name for node in (table, config) if isinstance(node, MappingNode) for name, _ in node.value]
    if any(name.value in _OWN and name.start_mark.line not in ours for name in said):
        settings = {}
    written = [f"{name}: {flow(value)}{_MARK}" for name, value in settings.items()]
    if ours:
        assert isinstance(config, MappingNode)
        column = " " * config.start_mark.column
        edits: list[Edit] = [(at, at + 1, []) for at in ours]
        edits[0] = (ours[0], ours[0] + 1, [column + line for line in written])
        if not written and len(config.value) == len(ours):
            edits.append((config.start_mark.line - 1, config.start_mark.line, []))
        return edits
    if not written:
        return []
    if isinstance(config, MappingNode) and not config.flow_style:
        at = config.value[0][0].start_mark.line
        return [(at, at, [" " * config.start_mark.column + line for line in written])]
    first = table.value[0][1]
    if config is None and not table.flow_style and first.end_mark.line == first.start_mark.line:
        at, indent = first.end_mark.line + 1, " " * table.start_mark.column
        return [(at, at, [f"{indent}config:", *(f"{indent}  {line}" for line in written)])]
    raise CallError(
        f"{file}:{table.start_mark.line + 1}: the freshness cannot be put here by itself; add to the table "
        f"config: {flow(dict(settings))}"
    )


def without_marked(text: str) -> str:
    """Return the text of a properties file without the settings that were written into it."""
    return _MARKED.sub("", text)


def _period(length: Duration) -> dict[str, Any]:
    """Return a duration as dbt has it: {count, period}."""
    seconds = length.days * 86400 + length.seconds
    for period, size in _PERIODS:
        if seconds > 0 and not length.months and seconds % size == 0:
            return {"count": int(seconds // size), "period": period}
    raise UnsupportedError(f"{length} is not a number of minutes, hours or days, which dbt counts freshness in")


def _zone(prop: Property) -> str:
    return str(prop.options.get("defaultTimezone") or "UTC")

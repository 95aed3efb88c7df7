"""Lists of a YAML file, edited in place: every other line stays as it is, with its comments."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import yaml
from yaml.nodes import Node, ScalarNode, SequenceNode

from headgate.dbt.nodes import value_of
from headgate.dbt.properties import last_line
from headgate.dbt.text import flow


def with_item(text: str, key: str, item: Mapping[str, Any]) -> str:
    """Return `text` with `item` as the last of the list `key`, which is made if it is not there.

    Raises:
        ValueError: the list is written in a form that is not edited.
    """
    root = yaml.compose(text, Loader=yaml.SafeLoader)
    listed = value_of(root, key)
    lines = [f"{name}: {flow(value)}" for name, value in item.items()]
    block = [f"{'  ' if number else '- '}{line}" for number, line in enumerate(lines)]
    if listed is None:
        edited = _with_lines(text, len(text.splitlines()), [f"{key}:", *(f"  {line}" for line in block)])
    elif isinstance(listed, SequenceNode) and listed.flow_style:
        end = listed.end_mark.index - 1
        edited = f"{text[:end]}{', ' if listed.value else ''}{flow(dict(item))}{text[end:]}"
    elif isinstance(listed, SequenceNode):
        indent = " " * listed.start_mark.column
        edited = _with_lines(text, last_line(listed) + 1, [indent + line for line in block])
    else:
        raise ValueError(f"'{key}' is not a list")
    return _checked(text, edited, key, [*(_loaded(text).get(key) or []), dict(item)])


def with_member(text: str, members: SequenceNode, before: Node, member: str) -> str:
    """Return `text` with `member` in the list `members` of its own, before the member `before`."""
    at = before.start_mark
    if members.flow_style:
        return f"{text[: at.index]}{member}, {text[at.index :]}"
    return _with_lines(text, at.line, [f"{' ' * members.start_mark.column}- {member}"])


def without_member(text: str, members: SequenceNode, number: int) -> str:
    """Return `text` without a member of a list of its own that has another before it."""
    member, before = members.value[number], members.value[number - 1]
    if members.flow_style:
        return text[: before.end_mark.index] + text[member.end_mark.index :]
    lines = text.splitlines(keepends=True)
    del lines[member.start_mark.line : member.end_mark.line + 1]
    return "".join(lines)


def scalars(node: Node | None) -> list[str]:
    """Return the texts in a list."""
    members = node.value if isinstance(node, SequenceNode) else []
    return [member.value for member in members if isinstance(member, ScalarNode)]


def _with_lines(text: str, at: int, new: list[str]) -> str:
    lines = text.splitlines(keepends=True)
    end = "\r\n" if lines and lines[0].endswith("\r\n") else "\n"
    if lines and not lines[-1].endswith("\n"):
        lines[-1] += end
    return "".join((*lines[:at], *(line + end for line in new), *lines[at:]))


def _loaded(text: str) -> dict[str, Any]:
    loaded = yaml.safe_load(text)
    return loaded if isinstance(loaded, dict) else {}


def _checked(before: str, after: str, key: str, expected: Any) -> str:
    try:
        if _loaded(after) == {**_loaded(before), key: expected}:
            return after
    except yaml.YAMLError:
        pass
    raise ValueError(f"'{key}' is written in a form that is not edited")

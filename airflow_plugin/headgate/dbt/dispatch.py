"""The entry under `dispatch` by which dbt finds the package's macros before its own."""

from __future__ import annotations

from pathlib import Path

import yaml
from yaml.nodes import SequenceNode

from headgate.dbt.lists import scalars, with_item, with_member, without_member
from headgate.dbt.nodes import value_of
from headgate.errors import CallError


def with_dispatch(file: Path, text: str) -> str:
    """Return the text of dbt_project.yml in which dbt looks for its macros in the project, in headgate, and in dbt, in
    that order; what else stands in an order stays where it is.

    Raises:
        CallError: the entry is written in a form that cannot be edited.
    """
    try:
        while (edited := _step(text)) != text:
            text = edited
    except ValueError as error:
        raise CallError(
            f"{file}: {error}; write the entry by hand, as the README of the dbt package shows it"
        ) from None
    return text


def _step(text: str) -> str:
    """Return the text with one more member of the search order at its place; as it is when all are."""
    root = yaml.compose(text, Loader=yaml.SafeLoader)
    name = str(getattr(value_of(root, "name"), "value", ""))
    order = _search_order(root)
    if order is None:
        return with_item(text, "dispatch", {"macro_namespace": "dbt", "search_order": [name, "headgate", "dbt"]})
    members = scalars(order)
    if "dbt" not in members:
        raise ValueError("the search_order of 'dispatch' has no dbt")
    for member, behind in (("headgate", "dbt"), (name, "headgate")):
        at = members.index(behind)
        if member not in members:
            return with_member(text, order, order.value[at if member == "headgate" else 0], member)
        if members.index(member) > at:
            return without_member(text, order, members.index(member))
    return text


def _search_order(root: yaml.Node | None) -> SequenceNode | None:
    """Return the search order of dbt's own macros: the first, as dbt reads it."""
    entries = value_of(root, "dispatch")
    for entry in entries.value if isinstance(entries, SequenceNode) else ():
        order = value_of(entry, "search_order")
        if getattr(value_of(entry, "macro_namespace"), "value", "") == "dbt" and isinstance(order, SequenceNode):
            return order
    return None

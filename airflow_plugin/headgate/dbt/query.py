"""An `sql` rule in a dbt project: the query that was admitted, over names that the package puts the relations in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlglot import exp

from headgate.checks import REFERENCE, Check
from headgate.contract import Dataset
from headgate.dbt.jinja import inert, ref
from headgate.dbt.project import Node
from headgate.dbt.slots import mark
from headgate.dbt.tree import DIALECTS
from headgate.errors import UnsupportedError

# What the query calls the rows under check, and other datasets by their place in `others`. The time of the run is a
# slot. See dbt_macros/macros/scan/query_of.sql.
ROWS, OTHER, NOW = "headgate_rows", "headgate_other_{}", mark("now")


def query_args(check: Check, dataset: Dataset, nodes: Mapping[str, Node]) -> dict[str, Any]:
    """Return the arguments of an `sql` rule: `query` (by adapter where they say it differently), the columns of
    `dataset` that it `reads`, how dbt finds the `others`, datasets that it reads too, and why it may give `nothing`.

    Raises:
        UnsupportedError: another dataset is not in the project, or no adapter can say the query.
    """
    query = check.args["query"]
    others = [name for name in check.args["reads"] if name != dataset.name]
    names = {name: OTHER.format(position) for position, name in enumerate(others)} | {dataset.name: ROWS}
    said, why = _said(query, names)
    if not said:
        raise UnsupportedError(why)
    alike = len(said) == len(DIALECTS) and len(set(said.values())) == 1
    args: dict[str, Any] = {"query": next(iter(said.values())) if alike else said}
    words = {column.name.casefold() for column in query.find_all(exp.Column)}
    if reads := [prop.column for prop in dataset.properties if prop.column.casefold() in words]:
        args["reads"] = [inert(name) for name in reads]
    if "nothing" in check.args:
        args["nothing"] = inert(check.args["nothing"])
    if others:
        args["others"] = [relation_args(name, nodes) for name in others]
    return args


def _said(query: exp.Query, names: Mapping[str, str]) -> tuple[dict[str, str], str]:
    """Return the query as each adapter says it, and why one cannot."""
    tree = query.copy()
    for table in list(tree.find_all(exp.Table)):
        if table.db == REFERENCE:
            table.set("this", exp.to_identifier(names[table.name], quoted=True))
            table.set("db", None)
    for now in list(tree.find_all(exp.CurrentTimestamp)):
        now.replace(exp.cast(exp.Literal.string(NOW), "TIMESTAMPTZ"))
    said, why = {}, ""
    for dialect, render in DIALECTS.items():
        try:
            said[dialect] = inert(render(tree.copy()))
        except UnsupportedError as error:
            why = str(error)
    return said, why


def relation_args(to: str, nodes: Mapping[str, Node]) -> dict[str, Any]:
    """Return how dbt finds the dataset `to`. Raises UnsupportedError if it is not in the project."""
    if to not in nodes:
        raise UnsupportedError(f"the referenced dataset '{to}' is neither a model nor a source of the dbt project")
    there = nodes[to]
    if there.source:
        return {"to_source": [inert(there.source), inert(there.name)]}
    return {"to_relation": ref(there.name, there.version)}

"""The gate of a model in the files of a dbt project: `meta.headgate` of the model, `dispatch` of the project."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml
from yaml.nodes import MappingNode, Node

from headgate.dbt.nodes import value_of
from headgate.dbt.text import flow
from headgate.errors import CallError

# (first line, line after the last, the new lines)
Edit = tuple[int, int, list[str]]


def gate_of(model: Any) -> Any:
    """Return `config.meta.headgate` of a model as it is loaded from YAML, or None."""
    config = model.get("config")
    meta = config.get("meta") if isinstance(config, dict) else None
    return meta.get("headgate") if isinstance(meta, dict) else None


def without_gate(model: dict[str, Any]) -> None:
    """Remove `config.meta.headgate` from a model, and what holds nothing else."""
    if gate_of(model) is None:
        return
    del model["config"]["meta"]["headgate"]
    if not model["config"]["meta"]:
        del model["config"]["meta"]
    if not model["config"]:
        del model["config"]


def gate_lines(contract: str, indent: int) -> list[str]:
    """Return the `config` of a model with a gate for `contract`."""
    return [" " * indent + f"config: {flow({'meta': {'headgate': {'contract': contract}}})}"]


def gate_edit(file: Path, model: MappingNode, contract: str) -> Edit:
    """Return the edit that gives a model its gate, in block style. Raises CallError where it is written otherwise."""
    node: MappingNode = model
    said: Any = {"headgate": {"contract": contract}}
    wanted = [("config", {"meta": said}), ("meta", said), ("headgate", said["headgate"])]
    for name, value in wanted:
        inner = value_of(node, name)
        if inner is None:
            line, column = node.value[0][0].start_mark.line, node.start_mark.column
            # An item of a list begins behind its dash.
            at = line + 1 if node is model else line
            if node.flow_style or _ends(node.value[0][1]) != line:
                break
            return at, at, [" " * column + f"{name}: {flow(value)}"]
        if name == "headgate":
            return inner.start_mark.line, inner.start_mark.line, []
        if not isinstance(inner, MappingNode) or not inner.value:
            break
        node = inner
    raise CallError(
        f"{file}:{model.start_mark.line + 1}: the gate cannot be put here by itself; add to the model "
        f"config: {flow({'meta': said})}"
    )


def _ends(node: Node) -> int:
    line: int = node.end_mark.line
    return line


def with_dispatch(file: Path, text: str) -> str:
    """Return the text of dbt_project.yml with the entry that puts gates in the way of models.

    Raises:
        CallError: it has other entries.
    """
    settings = yaml.safe_load(text) or {}
    entry = {"macro_namespace": "dbt", "search_order": [settings.get("name"), "headgate", "dbt"]}
    if "dispatch" not in settings:
        end = "" if not text or text.endswith("\n") else "\n"
        return f"{text}{end}dispatch: {flow([entry])}\n"
    found = [one for one in settings["dispatch"] or [] if isinstance(one, Mapping)]
    orders = [one.get("search_order") or [] for one in found if one.get("macro_namespace") == "dbt"]
    if any("headgate" in order[: order.index("dbt")] for order in orders if "dbt" in order):
        return text
    raise CallError(f"{file} has a dispatch without headgate; put there, before dbt: {flow(entry)}")

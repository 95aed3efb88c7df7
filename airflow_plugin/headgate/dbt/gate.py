"""The gate of a model in a properties file of a dbt project: `meta.headgate` of the model."""

from __future__ import annotations

from pathlib import Path
from typing import Any

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

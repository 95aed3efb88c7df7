"""The nodes of a YAML file, which know where they stand in its text."""

from __future__ import annotations

from yaml.nodes import MappingNode, Node


def value_of(node: Node | None, key: str) -> Node | None:
    """Return the value of a key of a mapping; None if there is none."""
    pairs = node.value if isinstance(node, MappingNode) else []
    return next((value for name, value in pairs if name.value == key), None)
